package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

func (c *cli) wallCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "wall press|double|hold|high|low BOARD/PIN",
		Short: "Be the wall of a demo: press its buttons, move its contacts",
		Long: `Does to a virtual board of a running demo what a hand does to a real one. The
pin is written as in config.yaml: press, double and hold are for buttons; high
and low wire an input to a level, as a contact does. It finds the board by the
demo's state directory (--state or HOB_STATE).`,
		Example: `  hob wall press hall/32
  hob wall low hall/33`,
		Args: args(cobra.ExactArgs(2)),
		RunE: func(cmd *cobra.Command, given []string) error {
			board, pin, ok := strings.Cut(given[1], "/")
			n, err := strconv.Atoi(pin)
			if !ok || err != nil || board == "" || strings.ContainsAny(board, `./\`) {
				return usage("the pin must be written as in config.yaml, such as hall/32")
			}
			request := map[string]any{"cmd": given[0], "pin": n}
			switch given[0] {
			case "press", "double":
			case "hold":
				request["ms"] = 1000
			case "high", "low":
				request["cmd"], request["level"] = "set", given[0] == "high"
			default:
				return usage("%q is not one of press, double, hold, high and low", given[0])
			}
			return c.wall(cmd.Context(), board, request)
		},
	}
}

const wallWithin = 10 * time.Second

// wall sends one request to a board's control socket.
func (c *cli) wall(ctx context.Context, board string, request any) error {
	ctx, cancel := context.WithTimeout(ctx, wallWithin)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, "unix", boardSocket(c.state, board))
	if err != nil {
		return fmt.Errorf("there is no demo with a board %s at %s: is `hob demo` running with this --state?", board, c.state)
	}
	defer conn.Close()
	deadline, _ := ctx.Deadline()
	_ = conn.SetDeadline(deadline)
	if err := json.NewEncoder(conn).Encode(request); err != nil {
		return err
	}
	var answer struct {
		OK      bool   `json:"ok"`
		Message string `json:"message"`
	}
	if err := json.NewDecoder(conn).Decode(&answer); err != nil {
		return err
	}
	if c.json {
		if err := c.printJSON(answer); err != nil {
			return err
		}
	}
	if !answer.OK {
		return errors.New(answer.Message)
	}
	return nil
}

// boardSocket is the control socket of a demo's board.
func boardSocket(state, board string) string {
	return filepath.Join(state, "boards", board+".sock")
}

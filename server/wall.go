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
		Use:   "wall press|double|hold|high|low BOARD/PIN | world BOARD | CMD BOARD KEY=VALUE…",
		Short: "Be the wall of a demo: press its buttons, block its doors, break its sensors",
		Long: `Does to a virtual board of a running demo what a hand does to a real one. The
pin is written as in config.yaml: press, double and hold are for buttons; high
and low wire an input to a level, as a contact does. world shows the rooms, doors
and sensors around a board; door, room, sensor and weather change them, and
power_cut, power_on, reboot, advance, drop_link, block, unblock, freeze and thaw
are what befalls boards (docs/virtual-boards.md has all of it). It finds the board by the demo's
state directory (--state or HOB_STATE).`,
		Example: `  hob wall press hall/32
  hob wall low hall/33
  hob wall world shed
  hob wall door shed name=left block=0.4
  hob wall sensor hall pin=4 fault=vanished
  hob wall weather hall factor=60`,
		Args: args(cobra.MinimumNArgs(2)),
		RunE: func(cmd *cobra.Command, given []string) error {
			board, request, err := wallRequest(given)
			if err != nil {
				return err
			}
			if given[0] != "world" {
				return c.wall(cmd.Context(), board, request)
			}
			line, err := c.ask(cmd.Context(), board, request)
			if err != nil {
				return err
			}
			return c.showWorld(line)
		},
	}
}

// wallRequest turns words into a line for a board's control socket.
func wallRequest(words []string) (board string, request map[string]any, err error) {
	board, pin, hasPin := strings.Cut(words[1], "/")
	if board == "" || strings.ContainsAny(board, `./\`) {
		return "", nil, usage("%q names no board; a pin is written as in config.yaml, such as hall/32", words[1])
	}
	request = map[string]any{"cmd": words[0]}
	switch words[0] {
	case "press", "double", "hold", "high", "low":
		n, err := strconv.Atoi(pin)
		if !hasPin || err != nil {
			return "", nil, usage("the pin must be written as in config.yaml, such as hall/32")
		}
		request["pin"] = n
	case "world", "door", "room", "sensor", "weather", "power_cut", "power_on", "reboot", "advance",
		"drop_link", "block", "unblock", "freeze", "thaw":
		if hasPin {
			return "", nil, usage("%s takes a board without a pin", words[0])
		}
	default:
		return "", nil, usage("%q is not one of press, double, hold, high and low, nor any other that `hob wall --help` names", words[0])
	}
	switch words[0] {
	case "hold":
		request["ms"] = 1000
	case "high", "low":
		request["cmd"], request["level"] = "set", words[0] == "high"
	}
	for _, w := range words[2:] {
		key, value, ok := strings.Cut(w, "=")
		if !ok {
			return "", nil, usage("%q is not written as key=value", w)
		}
		request[key] = wallValue(value)
	}
	return board, request, nil
}

// wallValue is a number, true or false where it looks like one, else a text.
func wallValue(s string) any {
	var v any
	if json.Unmarshal([]byte(s), &v) == nil {
		switch v.(type) {
		case float64, bool:
			return v
		}
	}
	return s
}

const wallWithin = 10 * time.Second

// wall sends one request to a board's control socket and says how it went.
func (c *cli) wall(ctx context.Context, board string, request any) error {
	line, err := c.ask(ctx, board, request)
	if line == nil {
		return err
	}
	if c.json {
		err = errors.Join(err, c.printJSON(line))
	}
	return err
}

// ask sends one request to a board's control socket. With a line and an error
// the board has refused.
func (c *cli) ask(ctx context.Context, board string, request any) (json.RawMessage, error) {
	ctx, cancel := context.WithTimeout(ctx, wallWithin)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, "unix", boardSocket(c.state, board))
	if err != nil {
		return nil, fmt.Errorf("there is no demo with a board %s at %s: is `hob demo` running with this --state?", board, c.state)
	}
	defer conn.Close()
	deadline, _ := ctx.Deadline()
	_ = conn.SetDeadline(deadline)
	if err := json.NewEncoder(conn).Encode(request); err != nil {
		return nil, err
	}
	var line json.RawMessage
	var answer struct {
		OK      bool   `json:"ok"`
		Message string `json:"message"`
	}
	if err := json.NewDecoder(conn).Decode(&line); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(line, &answer); err != nil {
		return nil, err
	}
	if !answer.OK {
		return line, errors.New(answer.Message)
	}
	return line, nil
}

// boardSocket is the control socket of a demo's board.
func boardSocket(state, board string) string {
	return filepath.Join(state, "boards", board+".sock")
}

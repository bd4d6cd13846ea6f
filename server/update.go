package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"hob/internal/entity"
	"hob/internal/image"
	"hob/server/client"
)

const (
	// updateLook is how often it is looked how far a board is.
	updateLook = 300 * time.Millisecond
	// mostImage is more than a board has room for.
	mostImage = 4 << 20
)

func (c *cli) updateCommand() *cobra.Command {
	var rest bool
	cmd := &cobra.Command{
		Use:   "update BOARD IMAGE",
		Short: "Bring a board to another firmware",
		Long: `Brings a board to another firmware. IMAGE is a file that hob sign has made. The
board checks who signed it, and that it is for its chip and not older than its own
security version; it stores it beside what runs, reads it back, and restarts into
it. Unless the new firmware has a session with the server for 10 seconds within
two minutes, the board goes back to the old one by itself.

Try one board first. With --rest all other online boards of the same chip follow,
one after the other, and the first that fails ends it: hob update --rest IMAGE.`,
		Example: `  hob update hall build/hob.hob
  hob update --rest build/hob.hob`,
		Args: args(cobra.RangeArgs(1, 2)),
		RunE: func(cmd *cobra.Command, given []string) error {
			if rest == (len(given) == 2) {
				return usage("it is used as: hob update BOARD IMAGE, or hob update --rest IMAGE")
			}
			return c.update(cmd.Context(), given)
		},
	}
	cmd.Flags().BoolVar(&rest, "rest", false, "all boards of this chip that have another firmware, once one has this one")
	return cmd
}

// update is for BOARD IMAGE, or for all the rest with IMAGE alone.
func (c *cli) update(ctx context.Context, given []string) error {
	path := given[len(given)-1]
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if info.Size() > mostImage {
		return fmt.Errorf("%s: too large for any board", path)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	s, err := image.Decode(file)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	cl, err := c.client()
	if err != nil {
		return err
	}
	boards := given[:1]
	if len(given) == 1 {
		if boards, err = theRest(ctx, cl, s); err != nil {
			return err
		}
	}
	for _, board := range boards {
		if err := c.updateOne(ctx, cl, board, file); err != nil {
			return err
		}
	}
	return nil
}

// theRest is every online board that an image is for and that has another one,
// if one of them has proved it already.
func theRest(ctx context.Context, cl *client.Client, s *image.Signed) ([]string, error) {
	list, err := cl.Boards(ctx)
	if err != nil {
		return nil, err
	}
	var rest []string
	proved := false
	for _, b := range list {
		if !b.Declared || b.Chip != s.Chip || b.Status != entity.BoardOnline {
			continue
		}
		if b.Firmware != s.FW {
			rest = append(rest, string(b.ID))
		} else if b.Update == nil || b.Update.Over() {
			proved = true
		}
	}
	if !proved {
		return nil, fmt.Errorf("no online %s has firmware %s yet: try it with one board first (hob update BOARD IMAGE)", s.Chip, s.FW)
	}
	return rest, nil
}

// updateOne brings one board to an image, and says how far it is.
func (c *cli) updateOne(ctx context.Context, cl *client.Client, board string, file []byte) error {
	b, err := cl.Update(ctx, board, file)
	if err != nil {
		return err
	}
	var last entity.UpdateInfo
	tick := time.NewTicker(updateLook)
	defer tick.Stop()
	for {
		now, err := cl.Board(ctx, string(b.ID))
		if err != nil {
			return err
		}
		if now.Update == nil {
			return errors.New("the server has restarted: the board keeps what it has, so that the same command goes on there")
		}
		u := *now.Update
		if c.tellUpdate(boardName(b), u, last) {
			last = u
		}
		switch {
		case u.Stage == "failed":
			return fmt.Errorf("%s: %s", boardName(b), u.Message)
		case u.Over():
			if c.json {
				return c.printJSON(now)
			}
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// tellUpdate prints a line for every stage, and for every tenth of the sending.
func (c *cli) tellUpdate(board string, now, last entity.UpdateInfo) bool {
	tenth := func(u entity.UpdateInfo) int64 { return u.Done * 10 / max(u.Size, 1) }
	if now.Stage == last.Stage && (now.Stage != "sending" || tenth(now) == tenth(last)) {
		return false
	}
	words := map[string]string{
		"sending":    fmt.Sprintf("takes firmware %s: %d %%", printable(now.Firmware), tenth(now)*10),
		"checking":   "has all of it and checks it",
		"restarting": "restarts into it",
		"proving":    "runs it, on trial for 10 seconds",
		"done":       fmt.Sprintf("has firmware %s", printable(now.Firmware)),
	}[now.Stage]
	if words != "" {
		fmt.Fprintf(c.stderr, "%s %s\n", board, words)
	}
	return true
}

package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"hob/internal/entity"
	"hob/server/client"
)

func (c *cli) boardsCommand() *cobra.Command {
	var watch bool
	cmd := &cobra.Command{
		Use:   "boards [BOARD]",
		Short: "List the boards, and why one is not online",
		Long: `Lists the boards of config.yaml and those that announce themselves on the
network but are in no config (status unknown; they are never commanded). With a
name or an id it tells all that is known of that board: how long it has been
running, its signal, its free memory and stack, and how an update goes. A board
tells its figures every 30 seconds; what it has not told is unknown.

With --json it prints an array, or one object for one board; with --json and
--watch one object a line.`,
		Example: `  hob boards
  hob boards hall
  hob boards --json | jq -r '.[] | "\(.name) \(.link.stack)"'`,
		Args: args(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			switch {
			case watch && len(given) == 1:
				return usage("--watch is for all boards: hob boards --watch")
			case watch:
				return c.watchBoards(cmd.Context())
			case len(given) == 1:
				return c.showBoard(cmd.Context(), given[0])
			}
			return c.listBoards(cmd.Context())
		},
	}
	cmd.Flags().BoolVarP(&watch, "watch", "w", false, "go on and print changes")
	return cmd
}

func (c *cli) listBoards(ctx context.Context) error {
	cl, err := c.client()
	if err != nil {
		return err
	}
	list, err := cl.Boards(ctx)
	if err != nil {
		return err
	}
	defer c.warnOfConfig(ctx, cl)
	if c.json {
		return c.printJSON(list)
	}
	rows := make([]entity.BoardRecord, 0, len(list))
	for _, b := range list {
		rows = append(rows, b.BoardRecord)
	}
	c.boardTable(rows)
	return nil
}

func (c *cli) boardTable(list []entity.BoardRecord) {
	if len(list) == 0 {
		fmt.Fprintln(c.stderr, "No boards: none in config.yaml, and none has announced itself.")
		return
	}
	rows := make([][]cell, 0, len(list))
	for _, b := range list {
		rows = append(rows, []cell{text(string(b.Name)), text(string(b.ID)), text(b.Chip), statusCell(b.Status),
			text(b.Address), text(b.Firmware), text(age(b.Since)), text(b.Message)})
	}
	table(c.stdout, []string{"BOARD", "ID", "CHIP", "STATUS", "ADDRESS", "FIRMWARE", "SINCE", ""}, rows)
	for _, b := range list {
		if b.Status == entity.BoardNotAdopted && b.Address != "" { // else there is nothing to adopt yet
			fmt.Fprintf(c.stderr, "hob adopt %s CODE makes it yours; CODE is in its serial log and on its setup page.\n", b.Name)
			return
		}
	}
}

func statusCell(s entity.BoardStatus) cell {
	switch s {
	case entity.BoardOnline:
		return cell{string(s), green}
	case entity.BoardConnecting, entity.BoardUnknown, entity.BoardNotAdopted:
		return cell{string(s), yellow}
	}
	return cell{string(s), red}
}

func (c *cli) watchBoards(ctx context.Context) error {
	zone := time.Local
	first := func(v *client.View) error {
		zone = zoneOf(v.House)
		c.sayConfig(v.House)
		list := make([]entity.BoardRecord, 0, len(v.Boards))
		for _, b := range v.BoardList() {
			if c.json {
				if err := c.printLine(b); err != nil {
					return err
				}
			}
			list = append(list, b)
		}
		if !c.json {
			c.boardTable(list)
		}
		return nil
	}
	change := func(ch client.Change) error {
		switch {
		case ch.Board == nil:
			return nil
		case c.json:
			return c.printLine(ch.Board)
		}
		b := ch.Board
		name := string(b.Name)
		if name == "" {
			name = string(b.ID)
		}
		line := fmt.Sprintf("%s  %s  %s", time.Now().In(zone).Format("15:04:05"), name, b.Status)
		if b.Message != "" {
			line += "  (" + b.Message + ")"
		}
		_, err := fmt.Fprintln(c.stdout, printable(line))
		return err
	}
	return c.follow(ctx, first, change)
}

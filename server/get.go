package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"hob/internal/entity"
	"hob/server/client"
)

func (c *cli) getCommand() *cobra.Command {
	var watch bool
	cmd := &cobra.Command{
		Use:   "get [ID]",
		Short: "Show entities and their states",
		Long: `Shows every entity, or one. With --watch it goes on and prints each change.

With --json it prints an array, also for one ID. With --json and --watch it
prints one object a line: first every entity, then each one that changes. When
the connection was lost it starts anew with every entity.`,
		Example: `  hob get
  hob get porch
  hob get --json | jq -r '.[] | select(.state == "on") | .id'
  hob get -w`,
		Args: args(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			var id entity.ID
			if len(given) == 1 {
				id = entity.ID(given[0])
			}
			if watch {
				return c.watchEntities(cmd.Context(), id)
			}
			return c.getEntities(cmd.Context(), id)
		},
	}
	cmd.Flags().BoolVarP(&watch, "watch", "w", false, "go on and print changes")
	return cmd
}

func (c *cli) getEntities(ctx context.Context, id entity.ID) error {
	cl, err := c.client()
	if err != nil {
		return err
	}
	list := []entity.Record{}
	if id == "" {
		list, err = cl.Entities(ctx)
	} else {
		var one entity.Record
		if one, err = cl.Entity(ctx, id); err == nil {
			list = append(list, one)
		}
	}
	if err != nil {
		return err
	}
	defer c.warnOfConfig(ctx, cl)
	if c.json {
		return c.printJSON(list)
	}
	c.entityTable(list, glanceAt(ctx, cl))
	return nil
}

// glanceAt is how the house of a server is told to people. One that cannot be asked
// is metric, and in this computer's zone.
func glanceAt(ctx context.Context, cl *client.Client) glance {
	h, err := cl.House(ctx)
	if err != nil {
		return glance{}
	}
	return glanceOf(h)
}

func (c *cli) entityTable(list []entity.Record, g glance) {
	if len(list) == 0 {
		fmt.Fprintln(c.stderr, "No entities yet: add some to config.yaml.")
		return
	}
	rows := make([][]cell, 0, len(list))
	for _, e := range list {
		rows = append(rows, []cell{text(string(e.ID)), text(string(e.Kind)), g.state(e), text(e.Name),
			text(string(e.Area)), text(string(e.Board)), text(age(e.Changed)), g.note(e)})
	}
	table(c.stdout, []string{"ID", "KIND", "STATE", "NAME", "AREA", "BOARD", "SINCE", ""}, rows)
}

func (c *cli) watchEntities(ctx context.Context, id entity.ID) error {
	var g glance
	wanted := func(e *entity.Record) bool { return e != nil && (id == "" || e.ID == id) }
	first := func(v *client.View) error {
		g = glanceOf(v.House)
		c.sayConfig(v.House)
		if id != "" && v.Entities[id] == nil {
			return fmt.Errorf("%w: there is no entity %s", client.ErrNotFound, id)
		}
		var list []entity.Record
		for _, e := range v.List() {
			if wanted(&e) {
				list = append(list, e)
			}
		}
		if !c.json {
			c.entityTable(list, g)
			return nil
		}
		for _, e := range list {
			if err := c.printLine(e); err != nil {
				return err
			}
		}
		return nil
	}
	change := func(ch client.Change) error {
		if !wanted(ch.Entity) {
			return nil
		}
		if c.json {
			return c.printLine(ch.Entity)
		}
		e := *ch.Entity
		note := g.note(e).text
		if note == "" {
			note = because(e.Cause)
		}
		line := fmt.Sprintf("%s  %s  %s  (%s)", g.clock(time.Now(), "15:04:05"), e.ID, g.state(e).text, note)
		_, err := fmt.Fprintln(c.stdout, printable(line))
		return err
	}
	return c.follow(ctx, first, change)
}

const (
	reconnectWait = time.Second
	mostReconnect = 5 * time.Minute
)

// follow gives the house as it is to first and then every change, until ctx is
// done. When the connection breaks it says so and comes back.
func (c *cli) follow(ctx context.Context, first func(*client.View) error, change func(client.Change) error) error {
	cl, err := c.client()
	if err != nil {
		return err
	}
	lost := time.Time{}
	for {
		began, err := c.followOnce(ctx, cl, first, change)
		if ctx.Err() != nil {
			return nil //nolint:nilerr // the user has had enough, and that is no failure
		}
		if lost.IsZero() && !began || !errors.Is(err, errLive) && !errors.Is(err, client.ErrNoServer) {
			return err
		}
		if began || lost.IsZero() {
			fmt.Fprintln(c.stderr, "hob: connection lost; trying again")
			lost = time.Now()
		}
		if time.Since(lost) > mostReconnect {
			return err
		}
		select {
		case <-time.After(reconnectWait):
		case <-ctx.Done():
			return nil
		}
	}
}

// errLive marks the end of a session that had begun.
var errLive = errors.New("live connection lost")

func (c *cli) followOnce(ctx context.Context, cl *client.Client, first func(*client.View) error,
	change func(client.Change) error) (began bool, err error) {
	live, err := cl.Live(ctx)
	if err != nil {
		return false, err
	}
	defer live.Close()
	var view client.View
	for {
		m, err := live.Next()
		if err != nil {
			return began, fmt.Errorf("%w: %w", errLive, err)
		}
		ch, err := view.Apply(m)
		if err != nil {
			return began, err
		}
		if m.Type == "snapshot" {
			began = true
			err = first(&view)
		} else {
			err = change(ch)
		}
		if err != nil {
			return began, err
		}
	}
}

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

func (c *cli) setCommand() *cobra.Command {
	var wait time.Duration
	cmd := &cobra.Command{
		Use:   "set ID ACTION…",
		Short: "Command an entity",
		Long: `Commands an entity and waits until its board has done it.

Actions: on, off, toggle · a brightness such as 40% and a color such as
'#ff8800' (a # starts a comment in most shells: quote it) · press, double, hold
for a button.

Exit code 0 means that the board confirmed it, 5 that the board is offline or did
not answer in time, 2 that the entity does not know the action, 1 anything else.`,
		Example: `  hob set porch on
  hob set stairs 40%
  hob set strip '#ff8800' 80%
  hob set hall_button press
  hob set fan toggle --wait 0`,
		Args: args(cobra.MinimumNArgs(2)),
		RunE: func(cmd *cobra.Command, given []string) error {
			action, err := entity.ParseAction(given[1:])
			if err != nil {
				return c.misspelt(entity.ID(given[0]), given[1], err)
			}
			return c.set(cmd.Context(), entity.ID(given[0]), action, wait)
		},
	}
	cmd.Flags().Var((*seconds)(&wait), "wait", "how long to wait for the end; 0 does not wait")
	wait = 5 * time.Second
	cmd.Flags().Lookup("wait").DefValue = "5s"
	return cmd
}

const mostWait = 30 * time.Second

// seconds is a duration flag that takes a plain 0 too, and at most what the server allows.
type seconds time.Duration

func (s *seconds) String() string { return time.Duration(*s).String() }
func (s *seconds) Type() string   { return "duration" }
func (s *seconds) Set(v string) error {
	d, err := time.ParseDuration(v)
	if err != nil {
		return fmt.Errorf("%q is not a duration such as 5s", v)
	}
	if d < 0 || d > mostWait {
		return fmt.Errorf("must be from 0s to %v", mostWait)
	}
	*s = seconds(d)
	return nil
}

func (c *cli) set(ctx context.Context, id entity.ID, a entity.Action, wait time.Duration) error {
	cl, err := c.client()
	if err != nil {
		return err
	}
	// The answer comes when the wait is over at the latest; give it time to travel.
	limited, cancel := context.WithTimeout(ctx, wait+10*time.Second)
	defer cancel()
	res, err := cl.Command(limited, id, a, wait)
	if err != nil {
		res = entity.Result{Entity: id, Action: a.Verb, Status: entity.StatusFailed, Message: err.Error()}
		var refused *client.Problem
		if errors.Is(err, client.ErrAuth) || errors.As(err, &refused) {
			res.Status = entity.StatusRefused
		}
	}
	if c.json {
		if err := c.printJSON(res); err != nil {
			return err
		}
	}
	if err != nil {
		return err
	}
	return c.told(res, a, wait)
}

// misspelt answers for an action that is not worth asking a server about.
func (c *cli) misspelt(id entity.ID, word string, why error) error {
	if c.json {
		err := c.printJSON(entity.Result{Entity: id, Action: entity.Verb(word), Status: entity.StatusRefused,
			Code: entity.CodeInvalid, Message: why.Error()})
		if err != nil {
			return err
		}
	}
	return usage("%v", why)
}

// told says how the command ended, and what that means for the exit code.
func (c *cli) told(res entity.Result, a entity.Action, wait time.Duration) error {
	say := fmt.Sprintf("%s %s: %s", res.Entity, a, res.Status)
	switch res.Status {
	case entity.StatusConfirmed:
		fmt.Fprintln(c.stderr, say)
		return nil
	case entity.StatusAccepted:
		if wait == 0 {
			fmt.Fprintln(c.stderr, say)
			return nil
		}
		return &exitError{exitOffline, fmt.Sprintf("%s %s: not ended after %v", res.Entity, a, wait)}
	}
	code := exitFailed
	switch res.Code {
	case entity.CodeOffline, entity.CodeTimeout, entity.CodeLinkLost:
		code = exitOffline
	case entity.CodeInvalid:
		code = exitUsage
	}
	return &exitError{code, say + ": " + res.Message}
}

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"hob/internal/entity"
	"hob/server/client"
)

func (c *cli) setCommand() *cobra.Command {
	var wait time.Duration
	var yes bool
	var code string
	cmd := &cobra.Command{
		Use:   "set ID ACTION…",
		Short: "Command an entity",
		Long: `Commands an entity and waits until its board has done it.

Actions: on, off, toggle · a brightness such as 40% and a color such as
'#ff8800' (a # starts a comment in most shells: quote it) · press, double, hold
for a button, which then counts as used by hand, for rules too · open, close,
pulse for a garage door · 21.5, 70°F, the name of a preset, boost, off, auto
(back to the schedule), lock, unlock for a heater or a cooler, with "for 2h" if
it is to end · activate for a scene · home, away for a person · arm_away,
arm_home, disarm for the alarm.

A garage door moves only if somebody says that they can see it: answer the
question, or give --yes. The alarm's code is asked for and not shown; scripts
give it with --code - on standard input.

Exit code 0 means that it was confirmed, 5 that the board is offline or did not
answer in time, 2 that the entity does not know the action, 4 that the code was
wrong, 1 anything else.`,
		Example: `  hob set porch on
  hob set stairs 40%
  hob set strip '#ff8800' 80%
  hob set hall_button press
  hob set left close --yes
  hob set living_heat 21.5 for 2h
  hob set living_heat comfort
  hob set night activate
  hob set alarm disarm
  hob set fan toggle --wait 0`,
		Args: args(cobra.MinimumNArgs(2)),
		RunE: func(cmd *cobra.Command, given []string) error {
			action, err := entity.ParseAction(given[1:])
			if err != nil {
				return c.misspelt(entity.ID(given[0]), given[1], err)
			}
			return c.set(cmd.Context(), entity.ID(given[0]), action, setOptions{
				wait: wait, waits: cmd.Flags().Changed("wait"), yes: yes, code: code, person: atTerminal()})
		},
	}
	cmd.Flags().Var((*seconds)(&wait), "wait", "how long to wait for the end; 0 does not wait; if nothing is said, what may move a garage door (a scene and a button too) is waited for")
	wait = 5 * time.Second
	cmd.Flags().Lookup("wait").DefValue = "5s"
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "somebody can see the door that is to move")
	cmd.Flags().StringVar(&code, "code", "", "the alarm's code; - reads it from standard input, which other users of this computer cannot see")
	return cmd
}

// setOptions is how a command is to be given.
type setOptions struct {
	wait   time.Duration
	waits  bool // wait was asked for
	yes    bool
	code   string
	person person
}

const mostWait = 30 * time.Second

// patience is how long to wait for the end of what may come to a garage door: a warning
// takes its time, also one that a scene or a button leads to, and the command ends by
// itself. What was asked for goes first.
func (o setOptions) patience(v entity.Verb) time.Duration {
	if o.waits {
		return o.wait
	}
	switch v {
	case entity.VerbOpen, entity.VerbClose, entity.VerbPulse, entity.VerbActivate, entity.VerbPress, entity.VerbDouble, entity.VerbHold:
		return mostWait
	}
	return o.wait
}

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

func (c *cli) set(ctx context.Context, id entity.ID, a entity.Action, o setOptions) error {
	cl, err := c.client()
	if err != nil {
		return err
	}
	if err := c.confirm(ctx, cl, id, &a, o.yes, o.person); err != nil {
		return err
	}
	if err := c.code(ctx, cl, id, &a, o.code, o.person); err != nil {
		return err
	}
	wait := o.patience(a.Verb)
	// The answer comes when the wait is over at the latest; give it time to travel.
	limited, cancel := context.WithTimeout(ctx, wait+10*time.Second)
	defer cancel()
	res, err := cl.Command(limited, id, a, wait)
	if err != nil {
		res = entity.Result{Entity: id, Action: a.Verb, Status: entity.StatusFailed, Said: entity.Said{Message: err.Error()}}
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
	err = c.told(res, a, wait)
	var refused *exitError
	if errors.As(err, &refused) && res.Code == entity.CodeInvalid {
		refused.text += percentMeant(res, a) + c.atTheWall(limited, cl, res.Entity)
	}
	return err
}

// percentMeant is a line that says how a brightness is written, when one was meant
// that was read as a temperature; else "".
func percentMeant(res entity.Result, a entity.Action) string {
	var of struct{ Kind entity.Kind }
	if res.Detail != "no_temperature" || json.Unmarshal([]byte(res.Params), &of) != nil || of.Kind != entity.KindLight {
		return ""
	}
	if a.Temp == nil || a.Temp.Celsius() < 0 || a.Temp.Celsius() > 100 {
		return "\na brightness is written with %, from 0% to 100%"
	}
	return fmt.Sprintf("\na brightness is written with %%: hob set %s %s%%", res.Entity, strings.TrimSuffix(a.String(), "°C"))
}

// atTheWall is a line that says what to use instead in a demo, where an entity takes no
// commands; "" elsewhere.
func (c *cli) atTheWall(ctx context.Context, cl *client.Client, id entity.ID) string {
	e, err := cl.Entity(ctx, id)
	if err != nil {
		return "" // it is a hint and no more
	}
	if _, err := os.Lstat(boardSocket(c.state, string(e.Board))); e.Board == "" || err != nil {
		return ""
	}
	switch e.Kind {
	case entity.KindContact:
		return fmt.Sprintf("\nin a demo a hand does that: hob wall high %s/PIN, or low, with the pin of %s in the config file", e.Board, e.ID)
	case entity.KindSensor:
		return fmt.Sprintf("\nin a demo its surroundings do that: hob wall world %s shows them, hob wall --help says how they are changed", e.Board)
	}
	return ""
}

// misspelt answers for an action that is not worth asking a server about.
func (c *cli) misspelt(id entity.ID, word string, why error) error {
	if c.json {
		err := c.printJSON(entity.Result{Entity: id, Action: entity.Verb(word), Status: entity.StatusRefused,
			Code: entity.CodeInvalid, Said: entity.Said{Message: why.Error()}})
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
		if res.Message != "" { // it was done, and there is something to be known
			say += ": " + res.Message
		}
		fmt.Fprintln(c.stderr, printable(say))
		return nil
	case entity.StatusAccepted:
		if wait == 0 {
			fmt.Fprintln(c.stderr, say)
			return nil
		}
		return &exitError{exitOffline, fmt.Sprintf("%s %s: nothing has confirmed it after %v; hob get %s shows what becomes of it", res.Entity, a, wait, res.Entity)}
	}
	code := exitFailed
	switch res.Code {
	case entity.CodeOffline, entity.CodeTimeout, entity.CodeLinkLost:
		code = exitOffline
	case entity.CodeInvalid, entity.CodeConfirmNeeded:
		code = exitUsage
	case entity.CodeWrongCode, entity.CodeLocked:
		code = exitAuth
	}
	return &exitError{code, say + ": " + res.Message}
}

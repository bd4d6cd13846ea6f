package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"hob/internal/entity"
	"hob/server/client"
)

func (c *cli) whyCommand() *cobra.Command {
	var limit int
	cmd := &cobra.Command{
		Use:   "why ENTITY",
		Short: "Tell why an entity is as it is",
		Long: `Tells how the last changes of an entity came about, each back to its first
cause: the person, the button, the sensor or the time that a rule waited for.
What was not recorded is said to be so.

With --json it prints one object, with the newest change first.`,
		Example: `  hob why porch
  hob why porch --limit 20`,
		Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			if limit < 1 || limit > 50 {
				return usage("--limit is 1 to 50 changes")
			}
			return c.why(cmd.Context(), entity.ID(given[0]), limit)
		},
	}
	cmd.Flags().IntVar(&limit, "limit", 3, "how many of the last changes to tell")
	return cmd
}

func (c *cli) whyNotCommand() *cobra.Command {
	var when string
	cmd := &cobra.Command{
		Use:   "why-not RULE",
		Short: "Tell why a rule did not run",
		Long: `Tells why a rule does not run now, or did not at a time of the past: which
trigger did not fire, what its condition saw then, whether it was skipped, paused,
missed or switched off. Values of the past are those that were recorded.

--at takes a time in the house's zone: 16:12 (the last time it was that), yesterday
16:12, 2026-11-24 16:12:30, or one with its zone as in 2026-11-24T16:12:30+01:00.

With --json it prints one object.`,
		Example: `  hob why-not dusk
  hob why-not dusk --at 16:12
  hob why-not dusk --at 'yesterday 16:12'`,
		Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			return c.whyNot(cmd.Context(), entity.RuleID(given[0]), when)
		},
	}
	cmd.Flags().StringVar(&when, "at", "", "when it should have run; now when it is left out")
	return cmd
}

func (c *cli) why(ctx context.Context, id entity.ID, limit int) error {
	cl, err := c.client()
	if err != nil {
		return err
	}
	why, err := cl.Why(ctx, id, limit)
	if err != nil {
		return err
	}
	if c.json {
		return c.printJSON(why)
	}
	cal := calendarAt(ctx, cl)
	if len(why.Changes) == 0 {
		c.sayf("No change of %s is recorded.", id)
	}
	for _, line := range changesLines(why.Changes, cal) {
		c.sayf("%s", line)
	}
	since := cal.now.UnixMilli()
	for _, chain := range why.Changes {
		for _, step := range chain {
			since = min(since, step.At)
		}
	}
	for _, g := range why.Gaps {
		if g.Until > since {
			c.sayf("")
			c.sayf("Nothing was recorded from %s to %s: the server was not running, or could not write.", cal.alone(g.At), cal.alone(g.Until))
		}
	}
	return nil
}

// changesLines tell changes, the newest first, and what came before each of them
// once: an older one is often what led to a newer one.
func changesLines(changes [][]client.WhyStep, cal calendar) []string {
	var out []string
	told := map[string]bool{}
	for i, chain := range changes {
		if i > 0 {
			out = append(out, "")
		}
		for n, line := range chainLines(chain, cal) {
			said := strings.TrimSpace(line)
			if n > 0 && told[said] {
				out = append(out, "  and so on, as above")
				break
			}
			told[said] = true
			out = append(out, line)
		}
	}
	return out
}

// chainLines tell a change and its causes, the first cause last. What has no cause
// of its own is told along with what came of it.
func chainLines(chain []client.WhyStep, cal calendar) []string {
	var out []string
	for i, s := range chain {
		if i > 0 && (s.Kind == "origin" || s.Kind == "unrecorded") {
			continue
		}
		line := fmt.Sprintf("%s %s", s.Text, cal.in(s.At))
		if i > 0 {
			line = "  " + line
		}
		if len(s.Details) > 0 {
			line += " (" + strings.Join(s.Details, "; ") + ")"
		}
		if i+1 < len(chain) && (s.Kind == "change" || chain[i+1].Kind != "change") {
			line += becauseOf(chain[i+1])
		}
		out = append(out, line)
	}
	return out
}

// becauseOf is a cause within the line of what came of it. What was there at the
// start did not come of that.
func becauseOf(s client.WhyStep) string {
	if s.Kind == "origin" && s.Cause != nil && s.Cause.Kind == entity.CauseConfig {
		return ", as it was found when config.yaml came into force"
	}
	return ", because " + s.Text
}

func (c *cli) whyNot(ctx context.Context, id entity.RuleID, when string) error {
	cl, err := c.client()
	if err != nil {
		return err
	}
	cal := calendarAt(ctx, cl)
	var at time.Time
	if when != "" {
		if at, err = cal.past(when); err != nil {
			return err
		}
	}
	why, err := cl.WhyNot(ctx, id, at)
	if err != nil {
		return err
	}
	if c.json {
		return c.printJSON(why)
	}
	for _, sentence := range why.Answer {
		c.sayf("%s", sentence)
	}
	if !why.Gap {
		then := "now"
		if when != "" {
			then = cal.in(why.At)
		}
		c.sayf("")
		c.sayf("Its triggers and its condition, %s:", then)
		var rows [][]cell
		for _, t := range why.When {
			rows = append(rows, under("when", traceRows(t, 0))...)
		}
		if why.If != nil {
			rows = append(rows, under("if", traceRows(*why.If, 0))...)
		}
		columns(c.stdout, rows)
	}
	if len(why.Runs) > 0 {
		c.sayf("")
		c.sayf("Runs near that time:")
		c.runTable(why.Runs, cal)
	}
	if why.Next != nil && why.Enabled && when == "" {
		c.sayf("")
		c.sayf("It is due next %s.", cal.in(*why.Next))
	}
	return nil
}

// under puts a word before the first of some rows.
func under(word string, rows [][]cell) [][]cell {
	for i := range rows {
		first := text("")
		if i == 0 {
			first = cell{word, dim}
		}
		rows[i] = append([]cell{first}, rows[i]...)
	}
	return rows
}

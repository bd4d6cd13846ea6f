package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"hob/internal/entity"
	"hob/internal/schedule"
	"hob/server/client"
)

func (c *cli) rulesCommand() *cobra.Command {
	var limit int
	cmd := &cobra.Command{
		Use:   "rules [ID]",
		Short: "Show rules, when they ran last and when they run next",
		Long: `Shows every rule with its last and its next run, or one with its last runs and
every step of them.

With --json it prints an array, also for one ID; that one has its runs too.`,
		Example: `  hob rules
  hob rules dusk
  hob rules dusk --limit 50 --json | jq '.[0].runs[] | select(.outcome == "failed")'`,
		Args: args(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			if limit < 1 || limit > 500 {
				return usage("--limit is 1 to 500 runs")
			}
			if len(given) == 1 {
				return c.showRule(cmd.Context(), entity.RuleID(given[0]), limit)
			}
			return c.listRules(cmd.Context())
		},
	}
	cmd.Flags().IntVar(&limit, "limit", 10, "how many runs of one rule to show")
	cmd.AddCommand(c.runRuleCommand(), c.resumeRuleCommand())
	return cmd
}

func (c *cli) runRuleCommand() *cobra.Command {
	var wait time.Duration
	cmd := &cobra.Command{
		Use:   "run ID",
		Short: "Run a rule now",
		Long: `Runs a rule as if one of its triggers had fired, also one that is switched off
(enabled: false). Its condition is judged all the same: what says no is shown.

The exit code is 0 when every step worked out, or the run goes on after --wait
(a delay may take its time); 1 when a step failed or it did not run.`,
		Example: `  hob rules run dusk
  hob rules run dusk --wait 0s`,
		Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			return c.runRule(cmd.Context(), entity.RuleID(given[0]), wait)
		},
	}
	cmd.Flags().DurationVar(&wait, "wait", 5*time.Second, "how long to wait for the end of the run")
	return cmd
}

func (c *cli) resumeRuleCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "resume ID",
		Short: "End the pause of a rule that has run too often",
		Long: `A rule that runs more than 30 times within a minute is paused for a quarter of an
hour: it most likely sets itself off. This lets it run again at once. So does an
edit of the rule.`,
		Example: `  hob rules resume night_path`,
		Args:    args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			return c.resumeRule(cmd.Context(), entity.RuleID(given[0]))
		},
	}
}

func (c *cli) listRules(ctx context.Context) error {
	cl, err := c.client()
	if err != nil {
		return err
	}
	list, err := cl.Rules(ctx)
	if err != nil {
		return err
	}
	defer c.warnOfConfig(ctx, cl)
	if c.json {
		return c.printJSON(list)
	}
	if len(list) == 0 {
		fmt.Fprintln(c.stderr, "No rules yet: add some to config.yaml.")
		return nil
	}
	cal := calendarAt(ctx, cl)
	rows := make([][]cell, 0, len(list))
	for _, r := range list {
		next, last, outcome := text(""), text("never"), text("")
		if r.Next != nil && r.Enabled {
			next = text(cal.alone(*r.Next))
		}
		if r.Last != nil {
			last, outcome = text(cal.alone(r.Last.At)), outcomeCell(r.Last.Outcome)
		}
		rows = append(rows, []cell{text(string(r.ID)), ruleState(r), next, last, outcome, ruleNote(r, cal)})
	}
	table(c.stdout, []string{"RULE", "STATE", "NEXT", "LAST", "RESULT", ""}, rows)
	return nil
}

// ruleState is whether a rule can run now, in a word.
func ruleState(r client.Rule) cell {
	switch {
	case r.Paused != nil:
		return cell{"paused", red}
	case r.Running > 0:
		return cell{"running", green}
	case !r.Enabled:
		return cell{"off", dim}
	case r.Rests != nil:
		return cell{"resting", yellow}
	}
	return text("ready")
}

// ruleNote is what keeps a rule from running, or what its last run has to tell.
func ruleNote(r client.Rule, cal calendar) cell {
	switch {
	case r.Paused != nil:
		return cell{fmt.Sprintf("paused until %s: hob rules resume %s", cal.alone(*r.Paused), r.ID), red}
	case !r.Enabled:
		return cell{"switched off (enabled: false)", dim}
	case r.Last == nil:
		return text("")
	}
	note := cell{firedWords(r.Last.Trigger), dim}
	if r.Last.Reason != "" {
		note = text(r.Last.Reason)
	}
	if r.Rests != nil {
		note.text += fmt.Sprintf("; rests until %s (cooldown)", cal.alone(*r.Rests))
	}
	return note
}

// firedWords are what set a run off.
func firedWords(f client.Fired) string {
	if f.Kind != "asked" || f.Cause == nil {
		return f.Text
	}
	switch f.Cause.Kind {
	case entity.CauseCLI:
		return "asked for on the command line"
	case entity.CauseUser:
		return "asked for in a browser"
	}
	return "asked for over the API"
}

func outcomeCell(outcome string) cell {
	switch outcome {
	case "ran", "running":
		return cell{outcome, green}
	case "skipped", "missed", "stopped":
		return cell{outcome, yellow}
	}
	return cell{outcome, red}
}

// ruleWithRuns is a rule and its last runs, the newest first.
type ruleWithRuns struct {
	client.Rule
	Runs []client.Run `json:"runs"`
}

func (c *cli) showRule(ctx context.Context, id entity.RuleID, limit int) error {
	cl, err := c.client()
	if err != nil {
		return err
	}
	rule, err := cl.Rule(ctx, id)
	if err != nil {
		return err
	}
	runs, err := cl.Runs(ctx, id, limit)
	if err != nil {
		return err
	}
	defer c.warnOfConfig(ctx, cl)
	if c.json {
		return c.printJSON([]ruleWithRuns{{rule, runs}})
	}
	cal := calendarAt(ctx, cl)
	c.sayf("%s: %s", rule.ID, rule.Name)
	if rule.Next != nil && rule.Enabled {
		c.sayf("Next: %s.", cal.in(*rule.Next))
	}
	if !rule.Enabled {
		c.sayf("It is switched off: config.yaml says enabled: false.")
	}
	if rule.Paused != nil {
		c.sayf("It has run too often and is paused until %s; hob rules resume %s lifts that.", cal.alone(*rule.Paused), rule.ID)
	}
	if rule.Rests != nil {
		c.sayf("It has run lately and rests until %s (cooldown).", cal.alone(*rule.Rests))
	}
	if len(runs) == 0 {
		c.sayf("It has never run, as far as is recorded.")
		return nil
	}
	c.sayf("")
	c.runTable(runs, cal)
	return nil
}

// sayf prints a line for people.
func (c *cli) sayf(format string, args ...any) {
	fmt.Fprintln(c.stdout, printable(fmt.Sprintf(format, args...)))
}

func (c *cli) runTable(runs []client.Run, cal calendar) {
	var rows [][]cell
	for _, r := range runs {
		rows = append(rows, runRows(r, cal)...)
	}
	columns(c.stdout, rows)
}

// runRows are a run and its steps as rows of a table.
func runRows(r client.Run, cal calendar) [][]cell {
	what := firedWords(r.Trigger)
	if due := r.Trigger.Due; due != 0 && r.At-due >= time.Minute.Milliseconds() { // it was missed, or made up for
		what += fmt.Sprintf(" (due %s)", cal.alone(due))
	}
	if r.Reason != "" {
		what += ": " + r.Reason
	}
	if r.More > 0 {
		what += fmt.Sprintf(" (and %d more)", r.More)
	}
	rows := [][]cell{{text(cal.alone(r.At)), outcomeCell(r.Outcome), text(what)}}
	for _, s := range r.Steps {
		words := stepWords(s)
		if s.Outcome == "running" && s.At > 0 {
			words += ", since " + cal.alone(s.At)
		}
		rows = append(rows, []cell{text(""), outcomeCell(s.Outcome), text("  " + words)})
	}
	return rows
}

func stepWords(s client.RunStep) string {
	words := s.What
	if s.Message != "" {
		words += ": " + s.Message
	}
	// A wait says by itself how long it was.
	if s.TookMS > 0 && s.Outcome != "running" && (s.Kind != "wait" || s.Message == "") {
		words += fmt.Sprintf(" (%s)", tookWords(s.TookMS))
	}
	return words
}

func tookWords(ms int64) string {
	d := time.Duration(ms) * time.Millisecond
	switch {
	case d < time.Second:
		return fmt.Sprintf("%d ms", ms)
	case d < time.Minute:
		return d.Round(100 * time.Millisecond).String()
	}
	return schedule.DurationText(d.Round(time.Second))
}

// askAgain is how often a run is looked at that has not ended.
const askAgain = 100 * time.Millisecond

func (c *cli) runRule(ctx context.Context, id entity.RuleID, wait time.Duration) error {
	if wait < 0 {
		return usage("--wait must not be negative")
	}
	cl, err := c.client()
	if err != nil {
		return err
	}
	run, err := cl.RunRule(ctx, id)
	if err != nil {
		return err
	}
	if run, err = c.awaitRun(ctx, cl, run, wait); err != nil {
		return err
	}
	if c.json {
		if err := c.printJSON(run); err != nil {
			return err
		}
	} else {
		for _, s := range run.Steps {
			c.sayf("%s: %s", s.Outcome, stepWords(s))
		}
	}
	switch run.Outcome {
	case "ran":
		fmt.Fprintf(c.stderr, "%s ran\n", run.Rule)
		return nil
	case "running":
		say := fmt.Sprintf("%s runs, and has not ended yet", run.Rule)
		if run.Reason != "" {
			say += ": " + run.Reason
		}
		fmt.Fprintln(c.stderr, printable(say))
		return nil
	}
	say := fmt.Sprintf("%s: %s", run.Rule, run.Outcome)
	if run.Reason != "" {
		say += ": " + run.Reason
	}
	return &exitError{exitFailed, say}
}

// awaitRun is a run when it has ended, or wait is over.
func (c *cli) awaitRun(ctx context.Context, cl *client.Client, run client.Run, wait time.Duration) (client.Run, error) {
	over := time.NewTimer(wait)
	defer over.Stop()
	again := time.NewTicker(askAgain)
	defer again.Stop()
	for run.Outcome == "running" && wait > 0 {
		select {
		case <-again.C:
		case <-over.C:
			return run, nil
		case <-ctx.Done():
			return run, ctx.Err()
		}
		var err error
		if run, err = cl.Run(ctx, run.Rule, run.ID); err != nil {
			return run, err
		}
	}
	return run, nil
}

func (c *cli) resumeRule(ctx context.Context, id entity.RuleID) error {
	cl, err := c.client()
	if err != nil {
		return err
	}
	rule, err := cl.ResumeRule(ctx, id)
	if err != nil {
		return err
	}
	fmt.Fprintf(c.stderr, "%s is not paused\n", rule.ID)
	if c.json {
		return c.printJSON(rule)
	}
	return nil
}

// verdictCell is how a condition or a trigger stands.
func verdictCell(verdict string) cell {
	switch verdict {
	case "yes":
		return cell{verdict, green}
	case "no":
		return cell{verdict, yellow}
	}
	return cell{verdict, red}
}

// traceRows are a trace and its parts as rows of a table: verdict, text, why.
func traceRows(t client.Trace, depth int) [][]cell {
	why := t.Why
	if len(t.Parts) > 0 {
		why = "" // its parts say it
	}
	rows := [][]cell{{verdictCell(t.Verdict), text(strings.Repeat("  ", depth) + t.Text), text(why)}}
	for _, p := range t.Parts {
		rows = append(rows, traceRows(p, depth+1)...)
	}
	return rows
}

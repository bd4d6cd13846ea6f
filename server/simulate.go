package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"hob/config"
	"hob/internal/entity"
	"hob/internal/schedule"
	"hob/internal/simulate"
)

// mostDays bounds how far a house is run ahead.
const mostDays = 366

func (c *cli) simulateCommand() *cobra.Command {
	var file, from string
	var days int
	var set []string
	cmd := &cobra.Command{
		Use:   "simulate [FILE] [--from DATE|TIME] [--days N] [--set ID=STATE]",
		Short: "Run a config file ahead: what its rules and heaters will do",
		Long: `Runs the rules and the heaters' plans of a config file (config.yaml when none is
named) ahead, faster than life, in a modelled house, and shows what happens. No
server is needed, and nothing is contacted or changed.

The span is from --from (a day, or a day and a time, in the house's time zone)
until so many days of the calendar later. At its start outputs are off, doors and
contacts closed, people at home and the alarm is disarmed, unless --set says
otherwise. What a sensor measures is not known unless it is set, but for those that
heaters go by, whose rooms are modelled. Boards do at once what they are told.
What comes more than five times a day in the same words is one line that says how
often; --json has each.

With --json it prints an array with an object for each firing of a rule, also of
one that changes nothing: at, rule, outcome, reason, actions and trigger. An
invalid file is exit code 3.`,
		Example: "  hob simulate --from 2026-11-25 --days 7\n" +
			"  hob simulate --from \"2026-11-25 15:00\" --days 1 --set alarm=armed_away --set outside=2°C",
		Args: args(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				if cmd.Flags().Changed("config") {
					return usage("the file is named twice: %s, and %s with --config", args[0], file)
				}
				file = args[0]
			}
			return c.simulate(cmd.Context(), file, from, days, set)
		},
	}
	cmd.Flags().StringVar(&file, "config", "config.yaml", "the config file, as FILE")
	cmd.Flags().StringVar(&from, "from", "", "when it begins, such as 2026-11-25 or \"2026-11-25 15:00\" (today when not given)")
	cmd.Flags().IntVar(&days, "days", 7, fmt.Sprintf("how many days of the calendar, 1 to %d", mostDays))
	cmd.Flags().StringArrayVar(&set, "set", nil, "how an entity is at the start, such as porch=on; may be repeated")
	return cmd
}

func (c *cli) simulate(ctx context.Context, file, from string, days int, set []string) error {
	if days < 1 || days > mostDays {
		return usage("--days must be 1 to %d, not %d", mostDays, days)
	}
	sheet, err := c.open(file)
	if err != nil {
		return err
	}
	zone, err := simulate.Zone(sheet.House)
	if err != nil {
		return err
	}
	start, err := beginning(from, zone, time.Now())
	if err != nil {
		return err
	}
	given, err := c.given(sheet, set)
	if err != nil {
		return err
	}
	start, end := simulate.Span(start, days)
	line, err := simulate.Ahead(ctx, sheet.House, start, end, given)
	if err != nil {
		if errors.Is(err, context.Canceled) {
			return err
		}
		return usage("%v", err)
	}
	if c.json {
		if line.Rows == nil {
			line.Rows = []simulate.Row{}
		}
		return c.printJSON(line.Rows)
	}
	c.writeTimeline(line, sheet.House.Units)
	if n := len(line.Silent); n > 0 {
		fmt.Fprintf(c.stderr, "%s did not fire: %s\n", count(n, "rule"), joined(line.Silent))
	}
	return nil
}

// open is load for a file about which there are more questions.
func (c *cli) open(file string) (*config.Sheet, error) {
	c.warnOfHalf(file)
	sheet, err := config.Open(file)
	if err != nil {
		return nil, missing(file, err)
	}
	if err := c.diagnose(sheet.List); err != nil {
		return nil, err
	}
	if sheet.List.HasErrors() {
		return nil, &exitError{exitConfig, fmt.Sprintf("%s: %s", file, tally(sheet.List))}
	}
	return sheet, nil
}

// beginning reads --from in the house's zone: a day, a day and a time, or a time
// with its offset.
func beginning(raw string, zone *time.Location, now time.Time) (time.Time, error) {
	if raw == "" {
		return schedule.At(schedule.DateOf(now.In(zone)), 0, zone).At, nil
	}
	if t, err := time.Parse(time.RFC3339, raw); err == nil {
		return inYears(t.In(zone), raw)
	}
	day, clock, timed := strings.Cut(strings.Replace(strings.TrimSpace(raw), "T", " ", 1), " ")
	date, err := time.Parse("2006-01-02", day)
	if err != nil {
		return time.Time{}, usage("--from %q is no day and no time%s", raw, suggestDay(day))
	}
	var at schedule.Clock
	if timed {
		if at, err = schedule.ParseClock(strings.TrimSpace(clock)); err != nil {
			return time.Time{}, usage("--from %q: %v", raw, err)
		}
	}
	return inYears(schedule.At(schedule.DateOf(date), at, zone).At, raw)
}

// inYears refuses years for which nobody knows how clocks are set.
func inYears(t time.Time, raw string) (time.Time, error) {
	const first, last = 1970, 2200
	if t.Year() < first || t.Year() > last {
		return time.Time{}, usage("--from %q is not within the years %d to %d", raw, first, last)
	}
	return t, nil
}

// suggestDay knows how people write days elsewhere.
func suggestDay(raw string) string {
	for _, layout := range []string{"2006-1-2", "2006/01/02", "02.01.2006", "2.1.2006", "20060102", "2006-01-02Z"} {
		if t, err := time.Parse(layout, raw); err == nil {
			return ": write " + t.Format("2006-01-02")
		}
	}
	return `: write such as 2026-11-25 or "2026-11-25 15:00"`
}

// given reads --set.
func (c *cli) given(sheet *config.Sheet, set []string) ([]entity.Given, error) {
	given, list := sheet.Given(set)
	if !list.HasErrors() {
		return given, nil
	}
	var lines []string
	for _, d := range list {
		line := fmt.Sprintf("--set %s: %s", set[min(max(d.Line, 1), len(set))-1], d.Message)
		if d.Suggestion != "" {
			line += ": " + d.Suggestion
		}
		lines = append(lines, line)
	}
	return nil, usage("%s", strings.Join(lines, "\n"))
}

func joined[T ~string](ids []T) string {
	words := make([]string, len(ids))
	for i, id := range ids {
		words[i] = string(id)
	}
	return strings.Join(words, ", ")
}

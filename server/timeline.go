package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"hob/internal/entity"
	"hob/internal/rules"
	"hob/internal/schedule"
	"hob/internal/simulate"
)

// line is a line of a timeline.
type line struct {
	at   time.Time
	rank int // among those of one time: what is held, what a rule does, what comes of it
	who  string
	what cell
}

// writeTimeline shows a timeline to people, by days.
func (c *cli) writeTimeline(told simulate.Timeline, units string) {
	all := folded(linesOf(told, units))
	if len(all) == 0 {
		fmt.Fprintln(c.stdout, "Nothing happens.")
		return
	}
	var rows [][]cell
	var day schedule.Date
	flush := func() {
		if len(rows) > 0 {
			columns(c.stdout, rows)
			rows = nil
		}
	}
	for i, m := range all {
		if today := schedule.DateOf(m.at); i == 0 || today != day {
			flush()
			if i > 0 {
				fmt.Fprintln(c.stdout)
			}
			day = today
			fmt.Fprintln(c.stdout, m.at.Format("Monday 2 January 2006"))
		}
		rows = append(rows, []cell{text("  " + clockOf(m.at)), text(m.who), m.what})
	}
	flush()
}

// mostAlike is how many lines of a day that say the same of one have a line each;
// what comes oftener is one line, with how often.
const mostAlike = 5

// folded are lines of which the repetitions of a day are one, where the first was.
// What comes in between of another is no end of them; something else of the same is.
func folded(all []line) []line {
	type kind struct {
		day  schedule.Date
		rank int
		who  string
	}
	series := map[kind][]int{} // the lines of the one at hand, by their places
	gone := map[int]bool{}
	fold := func(places []int) {
		if len(places) <= mostAlike {
			return
		}
		first := &all[places[0]]
		first.what.text += " · " + repeated(all, places)
		for _, i := range places[1:] {
			gone[i] = true
		}
	}
	for i, l := range all {
		k := kind{schedule.DateOf(l.at), l.rank, l.who}
		if before := series[k]; len(before) > 0 && all[before[0]].what != l.what {
			fold(before)
			series[k] = nil
		}
		series[k] = append(series[k], i)
	}
	for _, places := range series {
		fold(places)
	}
	var out []line
	for i, l := range all {
		if !gone[i] {
			out = append(out, l)
		}
	}
	return out
}

// repeated says how often lines came, until when, and at which interval if it was one.
func repeated(all []line, places []int) string {
	last := len(places) - 1
	words := fmt.Sprintf("%d times until %s", len(places), clockOf(all[places[last]].at))
	every := all[places[1]].at.Sub(all[places[0]].at)
	for n := range last {
		if all[places[n+1]].at.Sub(all[places[n]].at) != every {
			return words
		}
	}
	return words + ", every " + schedule.DurationText(every)
}

// clockOf is a time of day. On a day on which clocks are set it says which.
func clockOf(t time.Time) string {
	layout := "15:04"
	if t.Second() != 0 {
		layout = "15:04:05"
	}
	day := schedule.DateOf(t)
	_, begins := schedule.At(day, 0, t.Location()).At.Zone()
	_, ends := schedule.At(day.AddDays(1), 0, t.Location()).At.Zone()
	if begins != ends {
		layout += " MST"
	}
	return t.Format(layout)
}

// linesOf is all that a timeline shows, in the order of the times: firings, what
// heaters hold, and what entities do by themselves.
func linesOf(told simulate.Timeline, units string) []line {
	var out []line
	for _, s := range told.Segments {
		out = append(out, line{s.At, 0, string(s.Entity), text("holds " + settingOf(s.To, units))})
	}
	for _, r := range told.Rows {
		out = append(out, line{r.At.Time, 1, string(r.Rule), rowText(r)})
	}
	for _, ch := range told.Changes {
		if bySelf(ch) {
			out = append(out, line{ch.At, 2, string(ch.Entity), cell{fmt.Sprintf("is %s (%s)", ch.State, strings.ReplaceAll(because(ch.Cause), "_", " ")), dim}})
		}
	}
	slices.SortStableFunc(out, func(a, b line) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.rank, b.rank)) })
	return out
}

// bySelf says whether a change came of a limit or of an entity's own time: what
// rules do is told with them, and a room that gets warmer is not worth a line.
func bySelf(c simulate.Change) bool {
	switch c.Kind {
	case entity.KindGarageDoor, entity.KindAlarm:
		return true
	case entity.KindSwitch, entity.KindLight:
		switch c.Cause.Kind {
		case entity.CauseOffAfter, entity.CauseMaxOn, entity.CauseInterlock, entity.CauseAlarm:
			return true
		}
	}
	return false
}

// settingOf is a target as the file of a house with such units writes it.
func settingOf(s entity.Setting, units string) string {
	switch {
	case s.Off:
		return "off"
	case units == "imperial":
		return strconv.FormatFloat(math.Round(s.Temp.Celsius()*18+320)/10, 'f', -1, 64) + "°F"
	}
	return s.Temp.String() + "°C"
}

// rowText is a firing in a line: what it did, or why it did not.
func rowText(r simulate.Row) cell {
	what := string(r.Outcome)
	if len(r.Actions) > 0 {
		what += ": " + strings.Join(r.Actions, ", ")
	}
	if r.Reason != "" {
		what += " (" + r.Reason + ")"
	}
	switch r.Outcome {
	case rules.Ran, rules.Running:
		return cell{what, green}
	case rules.Skipped, rules.Stopped:
		return cell{what, yellow}
	}
	return cell{what, red}
}

package rules

import (
	"slices"
	"sort"
	"time"

	"hob/internal/entity"
	"hob/internal/schedule"
)

// randomOf is how a trigger's times are moved.
func randomOf(t entity.Trigger) schedule.Random {
	switch t := t.(type) {
	case entity.AtTimes:
		return t.Random
	case entity.AtSun:
		return t.Random
	}
	return schedule.Random{}
}

// chance is a time from one instant to another, both within it.
type chance struct{ first, last int64 }

// chances are instants at which a trigger that is moved may fire in some year, among them
// one of each stretch in which a formula's own times do not change: what holds at none
// of them never holds when it fires. When it does fire in this year proves nothing.
func (c *check) chances(t entity.Trigger, f formula) []int64 {
	windows := c.windows(t)
	var out []int64
	for _, w := range windows {
		out = append(out, w.first, w.last)
	}
	for _, at := range c.year.turns(f) {
		// Of those that begin by then, the last one ends last.
		if i := sort.Search(len(windows), func(i int) bool { return windows[i].first > at }); i > 0 && at <= windows[i-1].last {
			out = append(out, at)
		}
	}
	slices.Sort(out)
	return out
}

// windows are the times of the year within which a trigger may fire, in order.
func (c *check) windows(t entity.Trigger) []chance {
	var out []chance
	switch t := t.(type) {
	case entity.AtTimes:
		for _, d := range c.year.days {
			for _, clock := range t.Clocks {
				if t.Days.Has(d.week) {
					out = append(out, c.window(d, t.Random, clock))
				}
			}
		}
	case entity.AtSun:
		still := t
		still.Random = schedule.Random{}
		i := 0
		for _, at := range c.year.sunTimes(still) {
			for i+1 < len(c.year.days) && c.year.days[i+1].start <= at {
				i++
			}
			out = append(out, c.window(c.year.days[i], t.Random, schedule.ClockOf(time.Unix(at, 0).In(c.zone))))
		}
	}
	slices.SortFunc(out, func(a, b chance) int { return int(a.first - b.first) })
	return out
}

func (c *check) window(d day, r schedule.Random, meant schedule.Clock) chance {
	first, last := r.Window(meant)
	return chance{c.year.at(d, first), c.year.at(d, last)}
}

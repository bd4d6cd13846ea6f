package plan

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"hob/internal/entity"
	"hob/internal/schedule"
)

// week is the schedule of a thermostat.
type week = schedule.Plan[entity.Planned]

// point is one of its points as it was and as it will be.
type point struct {
	at            schedule.Clock
	before, after string
}

// differingPoints are the points that are not the same, those of several days at
// once where they differ alike: "schedule mon-fri 06:00".
func differingPoints(before, after week) []Field {
	days := make(map[point]schedule.Days)
	for day := range time.Weekday(7) {
		for _, p := range differingOn(before.On(day), after.On(day)) {
			days[p] |= 1 << day
		}
	}
	fromMonday := func(d schedule.Days) time.Weekday {
		for i := range time.Weekday(7) {
			if day := (i + time.Monday) % 7; d.Has(day) {
				return i
			}
		}
		return 7
	}
	var out []Field
	for _, p := range slices.SortedFunc(maps.Keys(days), func(a, b point) int {
		return cmp.Or(cmp.Compare(fromMonday(days[a]), fromMonday(days[b])), cmp.Compare(days[a], days[b]),
			cmp.Compare(a.at, b.at), cmp.Compare(a.before, b.before), cmp.Compare(a.after, b.after))
	}) {
		out = append(out, Field{"schedule " + days[p].String() + " " + p.at.String(), p.before, p.after})
	}
	return out
}

// differingOn compares the points of one day.
func differingOn(before, after []schedule.Point[entity.Planned]) []point {
	was, is := settings(before), settings(after)
	var out []point
	for at, old := range was {
		if now := cmp.Or(is[at], none); now != old {
			out = append(out, point{at, old, now})
		}
	}
	for at, now := range is {
		if was[at] == "" {
			out = append(out, point{at, none, now})
		}
	}
	return out
}

func settings(points []schedule.Point[entity.Planned]) map[schedule.Clock]string {
	out := make(map[schedule.Clock]string)
	for _, p := range points {
		out[p.At] = cmp.Or(p.Value.Preset, text(p.Value.To))
	}
	return out
}

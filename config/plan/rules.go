package plan

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"hob/internal/entity"
	"hob/internal/schedule"
)

// nextRuns is how many of a rule's coming runs are told.
const nextRuns = 3

func (p *Plan) compareRules(a, b *entity.House, now time.Time) {
	first := len(p.Changes)
	p.compare(declaredBy(a.Rules, ofRule), declaredBy(b.Rules, ofRule))
	p.compareRuns(a, b, now, p.Changes[first:])
	for i := first; i < len(p.Changes); i++ {
		c := &p.Changes[i]
		for _, r := range b.Rules {
			if string(r.ID) == c.ID && c.Op != Removed {
				c.Next = runs(b, r, now)
			}
		}
	}
}

// compareRuns tells of rules that stay as they are and run at other times: the
// house is somewhere else now, or in another time zone.
func (p *Plan) compareRuns(a, b *entity.House, now time.Time, told []Change) {
	if a.Timezone == b.Timezone && reflect.DeepEqual(a.Location, b.Location) {
		return
	}
	before := make(map[entity.RuleID]string)
	for _, r := range a.Rules {
		before[r.ID] = strings.Join(first(runs(a, r, now)), "")
	}
	differs := slices.Clone(told)
	for _, r := range b.Rules {
		was, is := before[r.ID], strings.Join(first(runs(b, r, now)), "")
		if was == "" || was == is || slices.ContainsFunc(differs, func(c Change) bool { return c.ID == string(r.ID) }) {
			continue
		}
		p.add(Change{What: "rule", ID: string(r.ID), Op: Changed, Fields: []Field{{"next run", was, cmp.Or(is, none)}}})
	}
}

func first(list []string) []string { return list[:min(1, len(list))] }

// runs are the next runs of a rule that the clock or the sun gives.
func runs(h *entity.House, r entity.Rule, now time.Time) []string {
	out := []string{}
	if !r.Enabled {
		return out
	}
	var all []time.Time
	for _, t := range r.When {
		when := occurrences(h, t)
		at, ok := now, when != nil
		for range nextRuns {
			if ok {
				at, ok = when.Next(at)
			}
			if ok {
				all = append(all, at)
			}
		}
	}
	slices.SortFunc(all, time.Time.Compare)
	all = slices.CompactFunc(all, time.Time.Equal)
	for _, at := range all[:min(nextRuns, len(all))] {
		out = append(out, at.Format(time.RFC3339))
	}
	return out
}

// occurrences is when a trigger fires by itself; nil if something else does it.
func occurrences(h *entity.House, t entity.Trigger) schedule.Occurrences {
	loc, err := time.LoadLocation(cmp.Or(h.Timezone, "Local"))
	if err != nil {
		loc = time.UTC
	}
	switch t := t.(type) {
	case entity.AtTimes:
		return t.Times.In(loc)
	case entity.AtCron:
		return t.Cron.In(loc)
	case entity.AtEvery: // as the rules' engine counts them: restarts do not move them
		return t.From(time.Date(2000, 1, 1, 0, 0, 0, 0, loc))
	case entity.AtSun:
		if h.Location != nil {
			place := schedule.Place{Latitude: h.Location.Latitude, Longitude: h.Location.Longitude}
			return t.On(t.Days, t.Random, place, loc)
		}
	}
	return nil
}

// String of a change for people.
func (c Change) String() string {
	id := c.ID
	if id != "" {
		id = " " + id
	}
	if c.Op == Renamed {
		return fmt.Sprintf("%s%s: renamed, was %s", c.What, id, c.Was)
	}
	return fmt.Sprintf("%s%s: %s", c.What, id, c.Op)
}

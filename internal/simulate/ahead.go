package simulate

import (
	"cmp"
	"context"
	"slices"
	"time"

	"hob/internal/entity"
	"hob/internal/rules"
	"hob/internal/schedule"
)

// Stamp is a time whose text is RFC 3339 with milliseconds where there are any, and
// always with an offset in numbers: +00:00, not Z, so that whoever reads it can tell
// them all in one way.
type Stamp struct{ time.Time }

// MarshalText implements encoding.TextMarshaler.
func (s Stamp) MarshalText() ([]byte, error) {
	return []byte(s.Format("2006-01-02T15:04:05.999-07:00")), nil
}

// MarshalJSON implements json.Marshaler.
func (s Stamp) MarshalJSON() ([]byte, error) {
	return []byte(s.Format(`"2006-01-02T15:04:05.999-07:00"`)), nil
}

// Row is one firing of a rule, also of one that changed nothing.
type Row struct {
	At      Stamp         `json:"at"` // in the house's zone
	Rule    entity.RuleID `json:"rule"`
	Outcome rules.Outcome `json:"outcome"`
	Reason  string        `json:"reason"`
	Actions []string      `json:"actions"` // what it did, in the words of config.yaml; never nil
	Trigger string        `json:"trigger"` // what set it off, in words
}

// Segment is what a heater or a cooler holds from a moment on: its plan, as its
// board executes it.
type Segment struct {
	At     time.Time
	Entity entity.ID
	To     entity.Setting
}

// Change is a new state of an entity.
type Change struct {
	At     time.Time
	Entity entity.ID
	Kind   entity.Kind
	State  string
	Cause  entity.Cause
}

// Deed is what a rule has asked of an entity.
type Deed struct {
	At   time.Time
	Rule entity.RuleID
	Task entity.Task
}

// Timeline is what happens in a span of time, each list in the order of the times.
type Timeline struct {
	Zone     *time.Location
	Rows     []Row
	Segments []Segment // the first of each heater is what it holds at the start
	Changes  []Change
	Silent   []entity.RuleID // enabled rules that did not fire at all, in the file's order
}

// Zone is the zone in which a house means its times.
func Zone(h *entity.House) (*time.Location, error) {
	if h.Timezone == "" {
		return time.Local, nil
	}
	return time.LoadLocation(h.Timezone)
}

// Span is the time from a moment until so many days of the calendar later.
func Span(from time.Time, days int) (start, end time.Time) {
	local := schedule.DateOf(from)
	return from, schedule.At(local.AddDays(days), schedule.ClockOf(from), from.Location()).At
}

// Ahead runs a house from a moment, which is in its zone, until another, which is
// not part of it. given is how it is at the start where that is not as usual.
// The error says what the house cannot be, that its rules cannot be run or fire too
// often to be told, or it is that of ctx.
func Ahead(ctx context.Context, declared *entity.House, from, until time.Time, given []entity.Given) (Timeline, error) {
	zone := from.Location()
	h := newHouse(declared, zone, from.Add(-settling(declared)))
	if err := h.prepare(given, from); err != nil {
		return Timeline{}, err
	}
	h.letRoomsChange(from)
	r, err := newRunner(ctx, h, from)
	if err != nil {
		return Timeline{}, err
	}
	if err := r.until(until); err != nil {
		return Timeline{}, err
	}
	return r.timeline(from), nil
}

// settling is how long before its start a house is set up: an alarm that is to be
// armed then has to be told a while before.
func settling(h *entity.House) time.Duration {
	for _, e := range h.Entities {
		if a, ok := e.Spec.(*entity.Alarm); ok {
			return a.ExitDelay + time.Second
		}
	}
	return time.Second
}

func (r *runner) timeline(from time.Time) Timeline {
	t := Timeline{Zone: r.house.zone, Changes: r.changes}
	fired := map[entity.RuleID]bool{}
	t.Rows = slices.Clone(r.rows)
	for i := range t.Rows {
		row := &t.Rows[i]
		fired[row.Rule] = true
		if row.Outcome == rules.Running {
			row.Reason = cmp.Or(row.Reason, "it is not over at the end of the simulated time")
		}
	}
	slices.SortStableFunc(t.Rows, func(a, b Row) int { return a.At.Compare(b.At.Time) })
	for _, rule := range r.house.declared.Rules {
		if rule.Enabled && !fired[rule.ID] {
			t.Silent = append(t.Silent, rule.ID)
		}
	}
	last := map[entity.ID]entity.Setting{}
	for _, s := range r.segments {
		if to, held := last[s.Entity]; held && to == s.To {
			continue
		}
		last[s.Entity] = s.To
		if s.At.Before(from) {
			s.At = from
		}
		t.Segments = append(t.Segments, s)
	}
	return t
}

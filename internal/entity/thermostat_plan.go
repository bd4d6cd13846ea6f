package entity

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"time"

	"hob/internal/schedule"
)

const (
	// planSegments is how many segments a board takes (docs/wire.md).
	planSegments = 32
	// planDays is how many days after the present one a plan reaches: with the
	// server gone in the evening, the board knows two whole days.
	planDays = 2
)

// override is a setting that holds in the place of the schedule's. The zero
// value is none.
type override struct {
	mode   string // ModeManual, ModeBoost, ModeOff or ModeFrost
	to     Setting
	preset string    // the preset that it came from; "" for none
	until  time.Time // the zero time is for good
}

// at is the override if it still holds at now, else none.
func (o override) at(now time.Time) override {
	if o.mode != "" && !o.until.IsZero() && !now.Before(o.until) {
		return override{}
	}
	return o
}

// overrides are what was set by hand: the newest, and below a boost what it
// goes back to.
type overrides struct{ top, under override }

func (o overrides) at(now time.Time) overrides {
	o.top, o.under = o.top.at(now), o.under.at(now)
	if o.top.mode == "" {
		o.top, o.under = o.under, override{}
	}
	return o
}

// planned is what a thermostat's schedule says at t, without any override.
// Without a schedule that is what the board would hold without a plan.
func (t *Thermostat) planned(at time.Time) Planned {
	if s, ok := t.Schedule.InForce(at, t.zone()); ok {
		return s.Value
	}
	if t.Fallback != nil {
		return Planned{To: Setting{Temp: *t.Fallback}}
	}
	return Planned{To: Setting{Off: true}}
}

func (t *Thermostat) zone() *time.Location {
	if t.Zone == nil {
		return time.UTC
	}
	return t.Zone
}

// planBetween is what is to be held from one moment until another: the schedule,
// and for as long as they hold what was set by hand. It has a segment for each
// change, the first of which begins at from.
func (t *Thermostat) planBetween(o overrides, from, until time.Time) []Segment {
	var out []Segment
	add := func(from time.Time, to Setting) {
		if n := len(out); n > 0 && out[n-1].To == to {
			return
		}
		out = append(out, Segment{from, to})
	}
	at := from
	for _, held := range []override{o.top, o.under} {
		if held.mode == "" {
			continue
		}
		if held.until.IsZero() || !held.until.Before(until) {
			add(at, held.to)
			return out
		}
		if held.until.After(at) {
			add(at, held.to)
			at = held.until
		}
	}
	add(at, t.planned(at).To)
	for {
		next, ok := t.Schedule.Next(at, t.zone())
		if !ok || !next.At.Before(until) {
			return out
		}
		at = next.At
		add(at, next.Value.To)
	}
}

// planOf is the plan to be in force at now. It is made for whole days of the
// schedule's zone, so it stays the same until something is changed or the day is over.
func (t *Thermostat) planOf(o overrides, open bool, locked bool, now time.Time) Plan {
	from, _ := t.today(now)
	until := t.midnight(schedule.DateOf(now.In(t.zone())).AddDays(planDays + 1))
	p := Plan{Locked: locked, End: until}
	if open {
		p.Segments = []Segment{{from, Setting{Off: true}}}
	} else {
		p.Segments = t.planBetween(o, from, until)
	}
	// A day of very many points goes to the board in pieces, of which half lie ahead.
	for len(p.Segments) > planSegments && !now.Before(p.Segments[planSegments/2].From) {
		p.Segments = p.Segments[planSegments/2:]
	}
	if len(p.Segments) > planSegments {
		p.End = p.Segments[planSegments].From
		p.Segments = p.Segments[:planSegments]
	}
	p.ID = planID(p)
	// What is over is of no use to the board, and a plan's first segment has begun.
	for len(p.Segments) > 1 && !now.Before(p.Segments[1].From) {
		p.Segments = p.Segments[1:]
	}
	return p
}

// today is the day of the schedule's zone that now is in: when it began, and when
// the next one does.
func (t *Thermostat) today(now time.Time) (from, until time.Time) {
	date := schedule.DateOf(now.In(t.zone()))
	return t.midnight(date), t.midnight(date.AddDays(1))
}

func (t *Thermostat) midnight(date schedule.Date) time.Time { return schedule.At(date, 0, t.zone()).At }

// planID names a plan by what it says.
func planID(p Plan) string {
	hash := fnv.New32a()
	put := func(n int64) { _ = binary.Write(hash, binary.LittleEndian, n) } // a hash takes everything
	if p.Locked {
		put(1)
	}
	put(p.End.UnixMilli())
	for _, s := range p.Segments {
		put(s.From.UnixMilli())
		if s.To.Off {
			put(int64(MinTemp) - 1)
		} else {
			put(int64(s.To.Temp))
		}
	}
	return fmt.Sprintf("%08x", hash.Sum32())
}

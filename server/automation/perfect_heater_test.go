package automation

import (
	"slices"
	"time"

	"hob/internal/entity"
)

// perfectHeater does what a plan says, by how warm its room is: a heater, or a
// cooler. It rests for the least times, and stays off beyond its range.
type perfectHeater struct {
	board    *perfectBoard
	id       entity.ID
	spec     *entity.Thermostat
	room     *perfectRoom
	plan     entity.Plan
	to       entity.Setting
	on       bool
	switched time.Time // the zero time: long ago
	segment  *pause
	rest     *pause
	log      []heldSetting
}

type heldSetting struct {
	at time.Time
	to entity.Setting
}

// since is what it held from a time on: what it held then, and each change.
func (h *perfectHeater) since(start time.Time) []string {
	log := slices.Clone(h.log)
	for i := range log {
		if log[i].at.Before(start) {
			log[i].at = start
		}
	}
	return settings(h.id, log)
}

func (h *perfectHeater) point() entity.PointID { return entity.GPIO(h.spec.Relay) }

func (h *perfectHeater) take(p entity.Plan) {
	h.plan = p
	h.hold()
}

func (h *perfectHeater) hold() {
	now := time.Now()
	if h.segment != nil {
		h.segment.Stop()
	}
	for i, s := range h.plan.Segments {
		if i > 0 && s.From.After(now) {
			h.segment = h.board.of.after(s.From.Sub(now), h.hold)
			break
		}
		h.to = s.To
	}
	if n := len(h.log); n == 0 || h.log[n-1].to != h.to {
		h.log = append(h.log, heldSetting{now, h.to})
	}
	h.regulate()
	h.room.goOn()
}

func (h *perfectHeater) regulate() {
	v := h.value()
	if old := h.board.values[h.point()]; old.Control == nil || *old.Control != *v.Control {
		h.board.report(h.point(), v, entity.Cause{Kind: entity.CauseThermostat})
	}
}

// value is what the relay does, and why: the target, or frost protection below it,
// within half the hysteresis on either side.
func (h *perfectHeater) value() entity.Value {
	c := &entity.Control{Phase: entity.PhaseIdle, Temp: h.room.shown, HasTemp: true, Plan: h.plan.ID, Source: entity.TargetNone}
	if !h.to.Off {
		c.HasTo, c.Target, c.Source = true, h.to.Temp, entity.TargetPlan
	}
	if f := h.spec.Frost; f != nil && (h.to.Off || h.to.Temp < *f) {
		c.HasTo, c.Target, c.Source = true, *f, entity.TargetFrost
	}
	missing := c.Target - c.Temp // of warmth, or of cold
	beyond := c.Temp > h.spec.High
	if h.spec.Cools {
		missing, beyond = -missing, c.Temp < h.spec.Low
	}
	now := time.Now()
	switch half := max(h.spec.Hysteresis/2, 1); {
	case beyond:
		c.Phase = entity.PhaseRange
	case !c.HasTo:
		c.Phase = entity.PhaseOff
	case h.on && (missing > -half || h.held(now, h.spec.MinOn)):
		c.Phase = entity.PhaseActive
	case !h.on && missing >= half && h.held(now, h.spec.MinOff):
		c.Phase = entity.PhaseWait
	case !h.on && missing >= half:
		c.Phase = entity.PhaseActive
	}
	if on := c.Phase == entity.PhaseActive; on != h.on {
		h.on, h.switched = on, now
	}
	return entity.Value{On: h.on, Control: c}
}

// held says whether the relay was switched less than its least time ago, and has
// that looked at again when it is over.
func (h *perfectHeater) held(now time.Time, least time.Duration) bool {
	left := h.switched.Add(least).Sub(now)
	if h.switched.IsZero() || left <= 0 {
		return false
	}
	if h.rest != nil {
		h.rest.Stop()
	}
	h.rest = h.board.of.after(left, func() {
		h.regulate()
		h.room.goOn()
	})
	return true
}

// settle forgets when they were switched: it has long been so.
func (p *perfectBoards) settle() {
	for _, h := range p.heaters {
		h.switched = time.Time{}
		h.regulate()
		h.switched = time.Time{}
	}
}

func (p *perfectBoards) heated(since time.Time) []string {
	var out []string
	for _, h := range p.heaters {
		out = append(out, h.since(since)...)
	}
	slices.Sort(out)
	return out
}

package simulate

import (
	"hob/internal/entity"
	"hob/internal/registry"
)

// thermostat is what a board does with a plan: it holds each segment's setting,
// and frost protection in any case, within the band of its hysteresis.
type thermostat struct {
	board  *board
	id     entity.ID
	spec   *entity.Thermostat
	room   *room
	plan   entity.Plan
	to     entity.Setting // of the segment in force
	active bool
	next   func() // calls the next segment off
	last   entity.Control
	said   bool
}

func (b *board) addThermostat(id entity.ID, spec *entity.Thermostat) {
	t := &thermostat{board: b, id: id, spec: spec, room: b.house.roomOf(spec), to: entity.Setting{Off: true}}
	b.stats[entity.GPIO(spec.Relay)] = t
	if t.room != nil {
		t.room.stats = append(t.room.stats, t)
		if !spec.Cools {
			t.room.outside = coldOutside
		}
	}
	t.regulate()
}

// take takes a plan in place of the one before.
func (t *thermostat) take(p entity.Plan) {
	t.plan = p
	t.hold()
}

// hold takes up the segment that is in force, and waits for the next.
func (t *thermostat) hold() {
	stop(&t.next)
	h := t.board.house
	for i, s := range t.plan.Segments {
		if s.From.After(h.now) && i > 0 {
			t.next = h.agenda.add(s.From, func() { t.next = nil; t.hold() })
			break
		}
		t.to = s.To
	}
	if t.plan.Locked {
		t.to = entity.Setting{Off: true}
	}
	if h.held != nil {
		h.held(t.id, t.to)
	}
	t.regulate()
	if t.room != nil {
		t.room.goOn()
	}
}

// target is what is to be held: nothing while ok is false.
func (t *thermostat) target() (to entity.Temp, from entity.TargetSource, ok bool) {
	frost := t.spec.Frost
	switch {
	case t.plan.Locked:
		return 0, entity.TargetNone, false
	case !t.to.Off && (frost == nil || t.to.Temp >= *frost):
		return t.to.Temp, entity.TargetPlan, true
	case frost != nil:
		return *frost, entity.TargetFrost, true
	}
	return 0, entity.TargetNone, false
}

// regulate switches the relay by the room, and reports when anything is new.
func (t *thermostat) regulate() {
	c := entity.Control{Plan: t.plan.ID, Phase: entity.PhaseOff}
	if t.room != nil {
		c.Temp, c.HasTemp = t.room.temp, true
	}
	var holds bool
	c.Target, c.Source, holds = t.target()
	c.HasTo = holds
	switch {
	case t.plan.Locked:
		c.Phase, t.active = entity.PhaseLocked, false
	case !holds:
		t.active = false
	case !c.HasTemp:
		c.Phase, t.active = entity.PhaseLost, false
	default:
		t.active = t.wants(c.Temp, c.Target)
		c.Phase = entity.PhaseIdle
		if t.active {
			c.Phase = entity.PhaseActive
		}
	}
	if t.said && c == t.last {
		return
	}
	t.said, t.last = true, c
	t.board.report(registry.PointReport{Point: entity.GPIO(t.spec.Relay), Value: entity.Value{On: t.active, Control: &c},
		Cause: entity.Cause{Kind: entity.CauseThermostat}})
}

// wants says whether the relay is to be on: below the band it heats, above it
// does not, and within it goes on with what it does. A cooler is the mirror image.
func (t *thermostat) wants(is, target entity.Temp) bool {
	below := target - is
	if t.spec.Cools {
		below = -below
	}
	half := t.spec.Hysteresis / 2
	switch {
	case below >= half && below > 0:
		return true
	case below <= -half:
		return false
	}
	return t.active
}

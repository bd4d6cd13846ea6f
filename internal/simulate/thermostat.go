package simulate

import (
	"time"

	"hob/internal/entity"
	"hob/internal/registry"
)

// thermostat is what a board does with a plan: it holds each segment's setting,
// and frost protection in any case, within the band of its hysteresis, and leaves
// its relay on and off for the least times.
type thermostat struct {
	board  *board
	id     entity.ID
	spec   *entity.Thermostat
	room   *room
	plan   entity.Plan
	to     entity.Setting // of the segment in force
	active bool
	least  time.Time // until when the relay stays as it is
	next   func()    // calls the next segment off
	again  func()    // calls the look at the end of least off
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
	c := entity.Control{Plan: t.plan.ID}
	if t.room != nil {
		c.Temp, c.HasTemp = t.room.temp, true
	}
	c.Target, c.Source, c.HasTo = t.target()
	c.Phase = t.phase(c)
	if active := c.Phase == entity.PhaseActive; active != t.active {
		t.active, t.least = active, t.board.house.now.Add(t.spec.MinOff)
		if active {
			t.least = t.board.house.now.Add(t.spec.MinOn)
		}
	}
	if t.said && c == t.last {
		return
	}
	t.said, t.last = true, c
	t.board.report(registry.PointReport{Point: entity.GPIO(t.spec.Relay), Value: entity.Value{On: t.active, Control: &c},
		Cause: entity.Cause{Kind: entity.CauseThermostat}})
}

// settle has its relay be as if it had long been so: no least time runs.
func (t *thermostat) settle() {
	t.least = time.Time{}
	t.regulate()
	t.least = time.Time{}
}

// phase is what the relay does now. What is for safety waits for no least time.
func (t *thermostat) phase(c entity.Control) entity.Phase {
	stop(&t.again)
	switch {
	case t.plan.Locked:
		return entity.PhaseLocked
	case !c.HasTemp:
		return entity.PhaseLost
	case !t.spec.Cools && c.Temp > t.spec.High, t.spec.Cools && c.Temp < t.spec.Low:
		return entity.PhaseRange
	case !c.HasTo:
		return entity.PhaseOff
	}
	wants, h := t.wants(c.Temp, c.Target), t.board.house
	if wants != t.active && h.now.Before(t.least) {
		t.again = h.agenda.add(t.least, func() {
			t.again = nil
			t.regulate()
			t.room.goOn()
		})
		if wants {
			return entity.PhaseWait
		}
		return entity.PhaseActive
	}
	if wants {
		return entity.PhaseActive
	}
	return entity.PhaseIdle
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

package simulate

import (
	"fmt"
	"math"
	"time"

	"hob/internal/command"
	"hob/internal/entity"
	"hob/internal/registry"
)

// prepare brings the house to how it is to be at a moment, which is later than
// now. It fails for what it cannot be.
func (h *House) prepare(given []entity.Given, at time.Time) error {
	h.rest()
	for _, g := range given {
		if err := h.place(g); err != nil {
			return err
		}
		h.rest()
	}
	// What was begun by that, such as an alarm's exit delay, is over at its time.
	for next, ok := h.next(); ok && next.Before(at); next, ok = h.next() {
		before := h.now
		h.reach(next, h.rest)
		if !h.now.After(before) && !next.After(before) {
			h.now = h.now.Add(time.Millisecond)
		}
	}
	for _, b := range h.boards {
		for _, p := range b.order {
			if t := b.stats[p]; t != nil {
				t.settle()
			}
		}
	}
	h.rest()
	for _, g := range given {
		if is, _ := h.registry.Entity(g.Entity); g.State != "" && is.State != g.State {
			return fmt.Errorf("%s cannot be %s at the start: it is %s", g.Entity, g.State, is.State)
		}
	}
	return nil
}

// place puts an entity into a state, as if it had long been so.
func (h *House) place(g entity.Given) error {
	spec := h.specs[g.Entity]
	if d, ok := spec.(*entity.GarageDoor); ok && g.State != "" {
		switch g.State {
		case entity.DoorClosed, entity.DoorOpen, entity.DoorStopped:
		default:
			return fmt.Errorf("%s can be closed, open or stopped at the start, not %s", g.Entity, g.State)
		}
		m := h.byName[d.Board].doors[entity.GPIO(d.Relay)]
		m.put(g.State)
		// A frame in which a reed changes would be a movement. A board that has
		// booted says where its reeds are.
		m.board.detach()
		m.board.attach()
		return nil
	}
	if _, ok := spec.(*entity.Alarm); ok && g.State != "" {
		verb, ok := map[string]entity.Verb{entity.AlarmDisarmed: entity.VerbDisarm,
			entity.AlarmArmedAway: entity.VerbArmAway, entity.AlarmArmedHome: entity.VerbArmHome}[g.State]
		if !ok {
			return fmt.Errorf("the alarm can be disarmed, armed_away or armed_home at the start, not %s", g.State)
		}
		return h.command(g.Entity, entity.Action{Verb: verb})
	}
	return h.happen(g)
}

// happen has something happen to an entity now.
func (h *House) happen(g entity.Given) error {
	by := entity.Cause{Kind: entity.CauseBoard}
	switch spec := h.specs[g.Entity].(type) {
	case *entity.Contact:
		active := g.State == "closed" || g.State == "detected"
		h.byName[spec.Board].report(registry.PointReport{Point: spec.Ref().Point, Value: entity.Value{On: active}, Cause: by})
	case *entity.Button:
		h.byName[spec.Board].press(g.Entity, spec, g.Gesture)
	case *entity.Sensor:
		h.measure(g, spec)
	case *entity.GarageDoor:
		if g.State == "" {
			return h.command(g.Entity, *g.Action)
		}
		d := h.byName[spec.Board].doors[entity.GPIO(spec.Relay)]
		switch {
		case g.State == entity.DoorStopped:
			d.halt()
		case !d.at(g.State):
			d.move(g.State == entity.DoorOpen)
		}
	default:
		if g.Action == nil {
			return fmt.Errorf("nothing can happen to %s by itself", g.Entity)
		}
		return h.command(g.Entity, *g.Action)
	}
	return nil
}

// command is somebody's word. A refusal is an error: what a test, or a start, is
// given must be possible.
func (h *House) command(id entity.ID, a entity.Action) error {
	if alarm, ok := h.specs[id].(*entity.Alarm); ok && a.Verb == entity.VerbDisarm {
		a.Code = alarm.Code
	}
	a.Confirm = true
	var refused error
	h.submit(command.Request{Entity: id, Action: a, Cause: entity.Cause{Kind: entity.CauseUser}}, func(r command.Result) {
		if r.Status == entity.StatusRefused {
			refused = fmt.Errorf("%s %s: %s", id, a, r.Message)
		}
	})
	return refused
}

// measure has a sensor show something. A room whose temperature was said is as
// warm as that; whether it stays so is for the house to say (House.letRoomsChange).
func (h *House) measure(g entity.Given, spec *entity.Sensor) {
	b, p := h.byName[spec.Board], spec.Ref().Point
	var r entity.Reading
	if old := b.values[p].Reading; old != nil {
		r = *old
	}
	r.Valid, r.Fault = true, entity.FaultNone
	if g.Humidity.Given {
		r.Humidity, r.HasHumidity = int64(math.Round(g.Humidity.Value*1000)), true
	}
	if g.Number.Given {
		r.Number = raw(spec, g.Number.Value)
	}
	b.report(registry.PointReport{Point: p, Value: entity.Value{Reading: &r}, Cause: entity.Cause{Kind: entity.CauseSensor}})
	if room := h.rooms[g.Entity]; room != nil && g.Number.Given {
		room.become(entity.Temp(r.Number))
	}
}

// raw is the reading that shows as a number in the sensor's unit.
func raw(spec *entity.Sensor, n float64) int64 {
	switch spec.Type {
	case entity.SensorAnalog:
		if span := spec.AtFull - spec.AtZero; span != 0 {
			return int64(math.Round((n - spec.AtZero) / span * 3300)) // mV
		}
		return 0
	case entity.SensorPulse:
		return int64(math.Round(n * max(spec.PerUnit, 1)))
	}
	return int64(math.Round(n * 1000))
}

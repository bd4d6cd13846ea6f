package simulate

import (
	"hob/internal/entity"
	"hob/internal/registry"
)

// door is a garage door with its opener: each pulse moves it, stops it, or sends
// it back, and it takes its travel time from end to end.
type door struct {
	board *board
	spec  *entity.GarageDoor

	closed, open bool // at that end; neither while it moves or was stopped
	up           bool // which way it moves, or moved last
	arrives      func()
	warned       func()                     // calls off a pulse that a warning precedes
	end          func(registry.BoardResult) // of that pulse's command
}

func (b *board) addDoor(spec *entity.GarageDoor) {
	d := &door{board: b, spec: spec, closed: true}
	for _, p := range spec.Points() {
		b.put(p.Point, entity.Value{})
	}
	b.doors[entity.GPIO(spec.Relay)] = d
	d.place(entity.DoorClosed)
}

// place puts the door at an end without a movement.
func (d *door) place(state string) {
	d.closed, d.open = state == entity.DoorClosed, state == entity.DoorOpen
	d.up = d.open
	for _, r := range d.reeds() {
		d.board.put(r.Point, r.Value)
	}
}

// reeds are what they say.
func (d *door) reeds() []registry.PointReport {
	var out []registry.PointReport
	by := entity.Cause{Kind: entity.CauseBoard}
	if d.spec.Closed != nil {
		out = append(out, registry.PointReport{Point: d.spec.Closed.Ref().Point, Value: entity.Value{On: d.closed}, Cause: by})
	}
	if d.spec.Open != nil {
		out = append(out, registry.PointReport{Point: d.spec.Open.Ref().Point, Value: entity.Value{On: d.open}, Cause: by})
	}
	return out
}

// pulse is the server's order, with the warning before it.
func (d *door) pulse(c registry.BoardCommand) {
	d.callOff()
	end := d.board.takesTime(c)
	if c.Pulse.WarnFor <= 0 {
		d.press(c, end)
		return
	}
	lamp := c.Pulse.Warn
	d.board.report(registry.PointReport{Point: lamp, Value: entity.Value{On: true}, Cause: c.Cause})
	d.end = end
	d.warned = d.board.house.later(c.Pulse.WarnFor, func() {
		d.warned, d.end = nil, nil
		d.board.report(registry.PointReport{Point: lamp, Value: entity.Value{}, Cause: c.Cause})
		if d.board.link == nil {
			end(superseded()) // a board whose link has broken does not move it
			return
		}
		d.press(c, end)
	})
}

// press closes the relay for the length of the pulse.
func (d *door) press(c registry.BoardCommand, end func(registry.BoardResult)) {
	relay := entity.GPIO(d.spec.Relay)
	d.board.report(registry.PointReport{Point: relay, Value: entity.Value{On: true}, Cause: c.Cause})
	d.operate()
	d.board.house.later(c.Pulse.Width, func() {
		d.board.report(registry.PointReport{Point: relay, Value: entity.Value{}, Cause: c.Cause})
		end(confirmed())
	})
}

// callOff ends a warning and the pulse that it announces.
func (d *door) callOff() {
	if d.warned == nil {
		return
	}
	d.warned()
	d.warned = nil
	d.board.report(registry.PointReport{Point: entity.GPIO(d.spec.Warning.Pin), Value: entity.Value{}, Cause: entity.Cause{Kind: entity.CauseBoard}})
	end := d.end
	d.end = nil
	end(superseded())
}

// operate is the opener's button.
func (d *door) operate() {
	if d.arrives != nil {
		stop(&d.arrives)
		return
	}
	d.move(d.closed || !d.open && !d.up)
}

// move sends the door off. One that was stopped in between needs the whole time
// too: it is not known how far it has come.
func (d *door) move(up bool) {
	stop(&d.arrives)
	d.closed, d.open, d.up = false, false, up
	d.board.report(d.reeds()...)
	d.arrives = d.board.house.later(d.spec.Travel, func() {
		d.arrives = nil
		d.closed, d.open = !up, up
		d.board.report(d.reeds()...)
	})
}

package simulate

import (
	"time"

	"hob/internal/entity"
	"hob/internal/registry"
)

// door is a garage door with its opener: each pulse moves it, stops it, or sends
// it back, and it takes its travel time from end to end. Its board asks for the
// same before it pulses as a real one (docs/wire.md, "Pulses" and "Warnings").
type door struct {
	board *board
	spec  *entity.GarageDoor

	place   time.Duration // of its travel, from closed: where it was when it began to move, or where it is
	since   time.Time     // when it began
	up      bool          // which way it moves, or moved last
	arrives func()        // calls its arrival off; nil while it stands

	warns    *warning  // what precedes a pulse
	pulsing  *pulse    // the relay is on
	wasOff   time.Time // since when the relay is off; the zero time: it was never on
	lampIsOn bool
}

// warning is a pulse that is announced.
type warning struct {
	pulse
	callOff func()
}

// pulse is one for which the relay is, or will be, on.
type pulse struct {
	command registry.BoardCommand
	end     func(registry.BoardResult)
	off     func() // calls its end off
}

func (b *board) addDoor(spec *entity.GarageDoor) {
	d := &door{board: b, spec: spec}
	for _, p := range spec.Points() {
		b.put(p.Point, entity.Value{})
	}
	b.doors[entity.GPIO(spec.Relay)] = d
	d.put(entity.DoorClosed)
}

// put puts the door at an end, or in between, without a movement.
func (d *door) put(state string) {
	d.place, d.up = 0, false
	switch state {
	case entity.DoorOpen:
		d.place, d.up = d.spec.Travel, true
	case entity.DoorStopped: // on its way up: the next pulse closes it
		d.place, d.up = d.spec.Travel/2, true
	}
	for _, r := range d.reeds() {
		d.board.put(r.Point, r.Value)
	}
}

// at says whether the door stands at an end.
func (d *door) at(end string) bool {
	if d.arrives != nil {
		return false
	}
	return end == entity.DoorClosed && d.place == 0 || end == entity.DoorOpen && d.place == d.spec.Travel
}

// reeds are what they say.
func (d *door) reeds() []registry.PointReport {
	var out []registry.PointReport
	by := entity.Cause{Kind: entity.CauseBoard}
	if d.spec.Closed != nil {
		out = append(out, registry.PointReport{Point: d.spec.Closed.Ref().Point, Value: entity.Value{On: d.at(entity.DoorClosed)}, Cause: by})
	}
	if d.spec.Open != nil {
		out = append(out, registry.PointReport{Point: d.spec.Open.Ref().Point, Value: entity.Value{On: d.at(entity.DoorOpen)}, Cause: by})
	}
	return out
}

// ask is the server's order for a pulse, with the warning before it.
func (d *door) ask(c registry.BoardCommand) {
	d.callOff(superseded())
	switch {
	case d.pulsing != nil:
		c.Done(refused("it is on: " + string(c.Point)))
		return
	case !d.wasOff.IsZero() && d.board.house.now.Before(d.wasOff.Add(c.Pulse.Gap)):
		c.Done(refused("it is too soon: it rests for a moment after the last time"))
		return
	case !d.may(c):
		c.Done(refused("an input is not as it must be"))
		return
	}
	p := pulse{command: c, end: d.board.takesTime(c)}
	if c.Pulse.WarnFor <= 0 {
		d.begin(p)
		return
	}
	d.lamp(true, c.Cause)
	d.warns = &warning{pulse: p, callOff: d.board.house.later(c.Pulse.WarnFor, func() {
		d.warns = nil
		d.begin(p)
	})}
}

// may says whether the inputs are as a pulse wants them.
func (d *door) may(c registry.BoardCommand) bool {
	for _, pre := range c.Pulse.Pre {
		if d.board.values[pre.Point].On != pre.Is {
			return false
		}
	}
	return true
}

// begin closes the relay for the length of the pulse.
func (d *door) begin(p pulse) {
	relay := entity.GPIO(d.spec.Relay)
	d.pulsing = &p
	d.board.report(registry.PointReport{Point: relay, Value: entity.Value{On: true}, Cause: p.command.Cause})
	d.operate()
	p.off = d.board.house.later(p.command.Pulse.Width, func() { d.release(confirmed()) })
}

// release opens the relay, and ends the pulse and its warning.
func (d *door) release(how registry.BoardResult) {
	p := d.pulsing
	d.pulsing, d.wasOff = nil, d.board.house.now
	p.off()
	d.board.report(registry.PointReport{Point: entity.GPIO(d.spec.Relay), Value: entity.Value{}, Cause: p.command.Cause})
	d.lamp(false, p.command.Cause)
	p.end(how)
}

// lamp is the warning, where there is one.
func (d *door) lamp(on bool, by entity.Cause) {
	if d.lampIsOn != on {
		d.lampIsOn = on
		d.board.report(registry.PointReport{Point: entity.GPIO(d.spec.Warning.Pin), Value: entity.Value{On: on}, Cause: by})
	}
}

// callOff ends a warning, and the pulse that it announces.
func (d *door) callOff(how registry.BoardResult) {
	w := d.warns
	if w == nil {
		return
	}
	d.warns = nil
	w.callOff()
	d.lamp(false, w.command.Cause)
	w.end(how)
}

// switchOff is a word to the relay: it ends whatever is under way.
func (d *door) switchOff() {
	d.callOff(superseded())
	if d.pulsing != nil {
		d.release(registry.BoardResult{Status: entity.StatusFailed, Code: entity.CodeBoard, Said: entity.Said{Message: "The pulse was ended before its time"}})
	}
}

// operate is the opener's button.
func (d *door) operate() {
	if d.arrives != nil {
		d.place = d.now()
		stop(&d.arrives)
		return
	}
	d.move(d.at(entity.DoorClosed) || !d.at(entity.DoorOpen) && !d.up)
}

// halt is somebody's remote that stops the door on its way, or sends it off and stops
// it half way.
func (d *door) halt() {
	if d.arrives != nil {
		d.operate()
		return
	}
	if d.at(entity.DoorClosed) || d.at(entity.DoorOpen) {
		d.operate()
		d.place, d.since = d.spec.Travel/2, d.board.house.now
		stop(&d.arrives)
	}
}

// now is where the door is.
func (d *door) now() time.Duration {
	gone := d.board.house.now.Sub(d.since)
	if d.up {
		return min(d.place+gone, d.spec.Travel)
	}
	return max(d.place-gone, 0)
}

// move sends the door off, from wherever it is. A reed that lets go, or that it
// passes, ends a warning that counted on it.
func (d *door) move(up bool) {
	if d.arrives != nil {
		d.place = d.now()
		stop(&d.arrives)
	}
	left := d.place
	if up {
		left = d.spec.Travel - d.place
	}
	d.up, d.since = up, d.board.house.now
	d.arrives = d.board.house.later(left, func() {
		d.arrives = nil
		d.place = 0
		if up {
			d.place = d.spec.Travel
		}
		d.tell()
	})
	d.tell()
}

// tell reports the reeds.
func (d *door) tell() {
	before := map[entity.PointID]bool{}
	reeds := d.reeds()
	for _, r := range reeds {
		before[r.Point] = d.board.values[r.Point].On
	}
	d.board.report(reeds...)
	if d.warns == nil {
		return
	}
	for _, pre := range d.warns.command.Pulse.Pre {
		if is, changed := before[pre.Point]; changed && is != d.board.values[pre.Point].On {
			d.callOff(refused("an input changed during the warning"))
			return
		}
	}
}

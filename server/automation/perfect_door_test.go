package automation

import (
	"time"

	"hob/internal/entity"
	"hob/internal/registry"
)

// perfectDoor is a garage door whose board does with pulses and warnings what
// docs/wire.md says, and whose opener knows one button. It moves as evenly as its
// travel time says, from wherever it stands.
type perfectDoor struct {
	board *perfectBoard
	spec  *entity.GarageDoor

	place, goal float64 // 0 is shut, 1 is open; where it was at began
	began       time.Time
	last        float64 // where it went last
	arrival     *pause

	busy    *registry.BoardCommand     // what it warns of, or pulses for
	tell    func(registry.BoardResult) // nil: nobody hears of the end of that any more
	warns   bool
	timer   *pause    // the end of the warning, or of the pulse
	letGoAt time.Time // of the relay
}

func (d *perfectDoor) relay() entity.PointID { return entity.GPIO(d.spec.Relay) }
func (d *perfectDoor) moves() bool           { return d.arrival != nil }

// reeds are what the reeds say. It reports what is new, and gives which that was.
func (d *perfectDoor) reeds() (changed []entity.PointID) {
	var points []registry.PointReport
	for _, reed := range []struct {
		in *entity.Input
		at float64
	}{{d.spec.Closed, 0}, {d.spec.Open, 1}} {
		if reed.in == nil {
			continue
		}
		p, is := reed.in.Ref().Point, !d.moves() && d.place == reed.at
		if d.board.values[p].On != is {
			changed = append(changed, p)
		}
		d.board.values[p] = entity.Value{On: is}
		points = append(points, registry.PointReport{Point: p, Value: entity.Value{On: is}, Cause: entity.Cause{Kind: entity.CauseBoard}})
	}
	if d.board.att != nil {
		_ = d.board.att.Report(points)
	}
	return changed
}

// send has the door go to an end.
func (d *perfectDoor) send(goal float64) {
	d.halt()
	d.goal, d.last, d.began = goal, goal, time.Now()
	way := d.goal - d.place
	if way < 0 {
		way = -way
	}
	d.arrival = d.board.of.after(time.Duration(way*float64(d.spec.Travel)).Round(time.Microsecond), func() {
		d.arrival, d.place = nil, d.goal
		d.passed(d.reeds())
	})
	d.passed(d.reeds())
}

// halt has it stand where it is.
func (d *perfectDoor) halt() {
	if !d.moves() {
		return
	}
	d.arrival.Stop()
	d.arrival = nil
	gone := float64(time.Since(d.began)) / float64(d.spec.Travel)
	if d.goal < d.place {
		gone = -gone
	}
	d.place = min(max(d.place+gone, 0), 1)
}

// button is the opener's: start, stop, and back.
func (d *perfectDoor) button() {
	switch {
	case d.moves():
		d.halt()
	case d.place == 0, d.place != 1 && d.last == 0:
		d.send(1)
	default:
		d.send(0)
	}
}

// passed ends a warning that counted on a reed that has changed.
func (d *perfectDoor) passed(changed []entity.PointID) {
	if !d.warns {
		return
	}
	for _, pre := range d.busy.Pulse.Pre {
		for _, p := range changed {
			if p == pre.Point {
				d.end(registry.BoardResult{Status: entity.StatusRefused, Code: entity.CodeBoard, Said: entity.Said{Message: "an input changed during the warning"}})
				return
			}
		}
	}
}

// obey is an order of the server for the relay.
func (d *perfectDoor) obey(c registry.BoardCommand) {
	no := func(why string) {
		c.Done(registry.BoardResult{Status: entity.StatusRefused, Code: entity.CodeBoard, Said: entity.Said{Message: why}})
	}
	if d.warns {
		d.end(registry.BoardResult{Status: entity.StatusRefused, Code: entity.CodeSuperseded, Said: entity.Said{Message: "Something newer was asked for"}})
	}
	switch {
	case c.Do == entity.VerbOff && d.busy != nil:
		d.end(registry.BoardResult{Status: entity.StatusFailed, Code: entity.CodeBoard, Said: entity.Said{Message: "The pulse was ended before its time"}})
		c.Done(registry.BoardResult{Status: entity.StatusConfirmed})
	case c.Do == entity.VerbOff:
		c.Done(registry.BoardResult{Status: entity.StatusConfirmed})
	case d.busy != nil:
		no("it is on: " + string(c.Point))
	case !d.letGoAt.IsZero() && time.Since(d.letGoAt) < c.Pulse.Gap:
		no("it is too soon: it rests for a moment after the last time")
	case !d.asWanted(c.Pulse.Pre):
		no("an input is not as it must be")
	case c.Pulse.Warn != "":
		d.busy, d.tell, d.warns = &c, c.Done, true
		d.board.report(c.Pulse.Warn, entity.Value{On: true}, c.Cause)
		d.timer = d.board.of.after(c.Pulse.WarnFor, d.pulse)
	default:
		d.busy, d.tell = &c, c.Done
		d.pulse()
	}
}

func (d *perfectDoor) asWanted(pre []entity.Condition) bool {
	for _, p := range pre {
		if d.board.values[p.Point].On != p.Is {
			return false
		}
	}
	return true
}

func (d *perfectDoor) pulse() {
	d.warns = false
	d.board.report(d.relay(), entity.Value{On: true}, d.busy.Cause)
	d.timer = d.board.of.after(d.busy.Pulse.Width, func() { d.end(registry.BoardResult{Status: entity.StatusConfirmed}) })
	d.button()
}

// end ends what is under way: the relay and the lamp are off, and who has asked is told.
func (d *perfectDoor) end(how registry.BoardResult) {
	c := d.busy
	d.timer.Stop()
	if !d.warns {
		d.letGoAt = time.Now()
		d.board.report(d.relay(), entity.Value{}, c.Cause)
	}
	if c.Pulse.Warn != "" {
		d.board.report(c.Pulse.Warn, entity.Value{}, c.Cause)
	}
	tell := d.tell
	d.busy, d.tell, d.warns = nil, nil, false
	if tell != nil {
		tell(how)
	}
}

// cutOff is the end of the link: a warning ends with it, a pulse does not.
func (d *perfectDoor) cutOff() {
	lost := registry.BoardResult{Status: entity.StatusFailed, Code: entity.CodeLinkLost, Said: entity.Said{Message: "The link broke"}}
	switch {
	case d.warns:
		d.end(lost)
	case d.tell != nil:
		d.tell(lost)
		d.tell = nil
	}
}

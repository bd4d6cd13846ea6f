package entity

import "time"

// States of a garage door, beside StateUnknown.
const (
	DoorClosed     = "closed"
	DoorOpening    = "opening"
	DoorOpen       = "open"
	DoorClosing    = "closing"
	DoorStopped    = "stopped"    // at neither end, as far as is known
	DoorObstructed = "obstructed" // a move that we began is overdue
)

// DoorMoves says whether a state of a garage door is a movement.
func DoorMoves(state string) bool { return state == DoorOpening || state == DoorClosing }

// travelMargin is what a door may take longer than its travel time until that
// is told: openers start softly, and some wait for a moment before they move.
const travelMargin = 3 * time.Second

// doorState is where a door is, as its reeds and the time since its last start
// say. Nothing is guessed: a door is seen to move only because a reed let go of
// an end under our eyes, or because its board reports the pulse that we ordered.
type doorState struct {
	spec   *GarageDoor
	closed reed
	open   reed
	relay  reed      // the relay is no reed, but it is followed as one
	lamp   reed      // the warning
	warned time.Time // since when the warning has been on, without a pulse so far
	move   move
	wanted Verb   // of the newest order that was accepted and has not come to a pulse: VerbOpen, VerbClose or VerbPulse
	wrong  string // what went wrong with the last move; "" is nothing
}

// reed is what is known of one point.
type reed struct {
	known, active bool
	live          bool // it has spoken since its board is there: what differs now is an edge
}

// told is the reed after a report, and whether that report was an edge.
func (r reed) told(active bool) (after reed, edge bool) {
	return reed{known: true, active: active, live: true}, r.live && r.active != active
}

// away is the reed of a board that has come or gone. Where it was stays as what
// was seen last, unless that is not worth anything any more.
func (r reed) away(lost bool) reed {
	return reed{known: r.known && !lost, active: r.active && !lost}
}

// move is a door on its way.
type move struct {
	to    string // DoorOpen or DoorClosed; "" is no move, somewhere is a move to who knows where
	since time.Time
	ours  bool // we began it: if it does not arrive, that is told
}

// somewhere is where a door goes after a pulse that may have sent it either way.
const somewhere = "somewhere"

// What went wrong with a door's last move, as DoorAttributes tells it.
const (
	DoorDidNotOpen  = "did_not_open"
	DoorDidNotClose = "did_not_close"
	DoorReedsDiffer = "reeds_disagree" // both reeds say that the door is at their end
)

// DoorAttributes is the Attributes of a garage door.
type DoorAttributes struct {
	Position     string      `json:"position"` // what tells it: "reeds", "closed_reed" or "none"
	Closed       Maybe[bool] `json:"closed,omitzero"`
	Open         Maybe[bool] `json:"open,omitzero"`
	TravelMS     int64       `json:"travel_ms"`
	MovingSince  int64       `json:"moving_since,omitempty"`  // unix milliseconds
	WarningUntil int64       `json:"warning_until,omitempty"` // unix milliseconds
	Problem      string      `json:"problem,omitempty"`
}

func (s doorState) View() View {
	a := DoorAttributes{Position: s.spec.position(), TravelMS: s.spec.Travel.Milliseconds(), Problem: s.wrong}
	if s.closed.known {
		a.Closed = Some(s.closed.active)
	}
	if s.open.known {
		a.Open = Some(s.open.active)
	}
	if s.move.to != "" && s.spec.Closed != nil {
		a.MovingSince = s.move.since.UnixMilli()
	}
	if !s.warned.IsZero() && s.spec.Warning != nil {
		a.WarningUntil = s.warned.Add(s.spec.Warning.For).UnixMilli()
	}
	if s.bothEnds() {
		a.Problem = DoorReedsDiffer
	}
	return View{s.word(), a}
}

// position is what tells where the door is.
func (d *GarageDoor) position() string {
	switch {
	case d.Closed == nil:
		return "none"
	case d.Open == nil:
		return "closed_reed"
	}
	return "reeds"
}

// seen says whether every reed has spoken.
func (s doorState) seen() bool {
	return s.spec.Closed != nil && s.closed.known && (s.spec.Open == nil || s.open.known)
}

func (s doorState) bothEnds() bool { return s.closed.active && s.open.active }

func (s doorState) word() string {
	switch {
	case !s.seen() || s.bothEnds():
		return StateUnknown
	case s.move.to == DoorOpen:
		return DoorOpening
	case s.move.to == DoorClosed:
		return DoorClosing
	case s.closed.active:
		return DoorClosed
	case s.open.active:
		return DoorOpen
	case s.move.to == somewhere:
		return StateUnknown
	case s.wrong != "":
		return DoorObstructed
	}
	return DoorStopped
}

func (s doorState) Step(in Signal, now time.Time) State {
	switch in := in.(type) {
	case Linked:
		return s.linked()
	case Reported:
		return s.reported(in, moment(in.At, now))
	case Elapsed:
		if due := s.Due(); !due.IsZero() && !now.Before(due) {
			return s.overdue()
		}
	}
	return s
}

// linked forgets what was under way: what the door did while nobody looked is
// not known, and what a reed says first is where it is and no movement.
func (s doorState) linked() doorState {
	lost := s.move.to != ""
	return doorState{spec: s.spec, closed: s.closed.away(lost), open: s.open.away(lost)}
}

func (s doorState) reported(in Reported, at time.Time) doorState {
	on := in.Value.On
	var edge bool
	switch d := s.spec; {
	case in.Point.Point == GPIO(d.Relay):
		if s.relay, edge = s.relay.told(on); edge && on && in.Cause.Kind.commands() {
			return s.pulsed(at)
		}
	case d.Warning != nil && in.Point.Point == GPIO(d.Warning.Pin):
		if s.lamp, edge = s.lamp.told(on); !on {
			s.warned = time.Time{}
		} else if edge && !s.relay.active {
			s.warned = at
		}
	case d.Closed != nil && in.Point.Point == d.Closed.Ref().Point:
		if s.closed, edge = s.closed.told(on); edge {
			return s.passed(DoorClosed, on, at)
		}
	case d.Open != nil && in.Point.Point == d.Open.Ref().Point:
		if s.open, edge = s.open.told(on); edge {
			return s.passed(DoorOpen, on, at)
		}
	}
	return s
}

// pulsed follows the pulse that we ordered. Which way it sends the door is
// certain from an end only; a close that was accepted began somewhere that is
// not closed, and an opener that stands at its upper end goes down.
func (s doorState) pulsed(at time.Time) doorState {
	wanted := s.wanted
	s.warned, s.wrong, s.wanted = time.Time{}, "", ""
	if !s.seen() {
		return s
	}
	underWay := s.move.to != ""
	s.move = move{to: somewhere, since: at}
	switch {
	case underWay || s.bothEnds():
	case s.closed.active:
		s.move.to, s.move.ours = DoorOpen, true
	case s.open.active, s.spec.Open == nil && wanted == VerbClose:
		s.move.to, s.move.ours = DoorClosed, true
	}
	return s
}

// passed follows a reed's edge: the door has arrived at an end, or has left it.
func (s doorState) passed(end string, arrived bool, at time.Time) doorState {
	if arrived {
		s.wrong = ""
		if s.move.ours && s.move.to != end {
			s.wrong = didNot(s.move.to) // it turned round
		}
		s.move = move{}
		return s
	}
	to, there := DoorOpen, s.open.active
	if end == DoorOpen {
		to, there = DoorClosed, s.closed.active
	}
	if there { // a link that was held up tells of both ends at once, in the order of the pins
		return s
	}
	if s.move.to != to {
		s.move, s.wrong = move{to: to, since: at}, ""
	}
	return s
}

// Due implements Timed: when a door that is on its way should have arrived.
func (s doorState) Due() time.Time {
	if s.move.to == "" {
		return time.Time{}
	}
	return s.move.since.Add(s.spec.Pulse + s.spec.Travel + travelMargin)
}

// overdue ends a move that no reed has ended. A door without an open reed has
// nothing that could tell that it is open, so to have left is all that is asked.
func (s doorState) overdue() doorState {
	m := s.move
	s.move = move{}
	if m.ours && (m.to == DoorClosed || s.spec.Open != nil || s.closed.active) {
		s.wrong = didNot(m.to)
	}
	return s
}

func didNot(to string) string {
	if to == DoorClosed {
		return DoorDidNotClose
	}
	return DoorDidNotOpen
}

// With implements State. A part that the door has no more says nothing more: its
// pin may be another part's now.
func (s doorState) With(spec Spec) State {
	s.spec = spec.(*GarageDoor)
	if s.spec.Closed == nil {
		s.closed = reed{}
	}
	if s.spec.Open == nil {
		s.open = reed{}
	}
	if s.spec.Warning == nil {
		s.lamp, s.warned = reed{}, time.Time{}
	}
	return s
}

package entity

import (
	"strings"
	"time"
)

const (
	// doorGap is how long an opener gets to see the end of one press before the
	// next: shorter presses run together on some.
	doorGap = time.Second
	// reedFresh is how old the board's last look at a reed may be when a pulse
	// starts. It looks every tick; a board that is too busy must not move a door.
	reedFresh = 2 * time.Second
)

// Resolve implements State. It goes by what the reeds said last; the conditions
// go with the order, and the board checks them again when the pulse starts.
func (s doorState) Resolve(a Action, asked Asked) (Order, error) {
	if err := a.only(KindGarageDoor, 0); err != nil {
		return Order{}, err
	}
	switch a.Verb {
	case VerbOpen, VerbClose:
		if s.spec.Closed == nil {
			return Order{}, invalid("door_without_reed", "nothing tells where this door is, so it cannot be told to {action}: ask for pulse, as its own button would", "action", a.Verb)
		}
		if a.Verb == VerbOpen && asked.byRule() && !asked.MayOpen {
			return Order{}, invalid("door_rule_may_not_open", "a rule opens a garage door only if it says so itself: may_open, and the door")
		}
		if s.there(a.Verb) {
			return s.stays(a.Verb, asked), nil
		}
	case VerbPulse:
	default:
		return Order{}, unknownAction(KindGarageDoor, "knows open, close and pulse", a.Verb)
	}
	p := &Pulse{Width: s.spec.Pulse, Gap: doorGap}
	var err error
	switch a.Verb {
	case VerbOpen:
		err = s.opens(p, asked)
	case VerbClose:
		err = s.closes(p, a, asked)
	default:
		err = s.pulses(p, a, asked)
	}
	if err != nil {
		return Order{}, err
	}
	next := s
	next.wanted = a.Verb
	return Order{Point: PointRef{s.spec.Board, GPIO(s.spec.Relay)}, Do: VerbPulse, Pulse: p, Target: goal(a.Verb), Next: next}, nil
}

func (a Asked) byRule() bool { return a.ByRule || a.Cause.Kind == CauseRule }

// goal is the state that a command leads to; where a plain pulse leads is not known.
func goal(v Verb) string {
	switch v {
	case VerbOpen:
		return DoorOpen
	case VerbClose:
		return DoorClosed
	}
	return ""
}

// there says whether what is asked for is so, or on its way. A pulse would undo it.
func (s doorState) there(v Verb) bool {
	word := s.word()
	if v == VerbOpen {
		return word == DoorOpen || word == DoorOpening
	}
	return word == DoorClosed || word == DoorClosing
}

// stays is the order for a door that is where it is asked to be. There is nothing
// to do, unless it is open and a warning says that it is about to move: who asks
// for it to be open then calls that off, as any word about the relay does
// (docs/wire.md, "Warnings").
func (s doorState) stays(v Verb, asked Asked) Order {
	o := Order{Target: goal(v)}
	if v == VerbOpen && s.spec.Warning != nil && (!s.warned.IsZero() || asked.Pending == DoorClosed) {
		o.Point, o.Do = PointRef{s.spec.Board, GPIO(s.spec.Relay)}, VerbOff
	}
	return o
}

func (s doorState) opens(p *Pulse, asked Asked) error {
	if asked.Cause.Kind == CauseScene || asked.Cause.Kind == CauseAlarm {
		return invalid("door_not_opened_by_scene", "only a person or a rule opens a garage door, never a scene")
	}
	if s.word() != DoorClosed {
		return s.inBetween("open", "closed")
	}
	p.Pre = []Condition{s.is(s.spec.Closed, true)}
	return nil
}

func (s doorState) closes(p *Pulse, a Action, asked Asked) error {
	word := s.word()
	switch {
	case s.spec.Open != nil && word != DoorOpen:
		return s.inBetween("close", "open")
	case s.spec.Open == nil && word != DoorStopped && word != DoorObstructed:
		return s.inBetween("close", "at_rest")
	}
	p.Pre = []Condition{s.is(s.spec.Closed, false)}
	if s.spec.Open != nil {
		p.Pre = append(p.Pre, s.is(s.spec.Open, true))
	}
	return s.unattended(p, a, asked)
}

// pulses is a person's plain pulse, which may send the door either way.
func (s doorState) pulses(p *Pulse, a Action, asked Asked) error {
	if asked.byRule() || asked.Cause.Kind == CauseScene || asked.Cause.Kind == CauseAlarm {
		return invalid("door_pulse_by_person_only", "only a person may ask for a plain pulse of a garage door: where it leads is not known")
	}
	if s.spec.Closed != nil {
		if !s.closed.known {
			return notNow("door_closed_reed_silent", "the closed reed has not spoken yet; try again in a moment")
		}
		// Whether it needs a warning hangs on this reed, so the pulse does too.
		p.Pre = []Condition{s.is(s.spec.Closed, s.closed.active)}
		if s.word() == DoorClosed {
			return nil // it opens, which needs no warning
		}
	}
	return s.unattended(p, a, asked)
}

// inBetween refuses what is possible from one place only.
func (s doorState) inBetween(do, from string) error {
	switch word := s.word(); {
	case !s.seen():
		return notNow("door_reeds_silent", "the reeds have not spoken yet; try again in a moment")
	case s.bothEnds():
		return notNow("door_reeds_disagree", "both reeds say that the door is at their end: look at them; only pulse is possible")
	case word == DoorOpening || word == DoorClosing:
		return notNow("door_moving", "the door is {state}, and a pulse now may send it either way; wait until it has stopped", "state", word)
	case word == StateUnknown:
		return notNow("door_moving_somewhere", "the door is on its way and it is not known where to; wait until it has stopped")
	case do == "open" && s.spec.Open == nil:
		return notNow("door_not_closed", "the door is not closed, and nothing tells how far it is open: only pulse is possible, and it may go either way")
	}
	return notNow("door_in_between", "the door is not {_place} but in between, where a pulse may send it either way: only pulse is possible", "place", from, "_place", strings.ReplaceAll(from, "_", " "))
}

func (s doorState) is(in *Input, active bool) Condition {
	return Condition{Point: in.Ref().Point, Is: active, Age: reedFresh}
}

// unattended sees to it that nobody is surprised by a move: who stands at a
// button of the door's own board watches it, everyone else is preceded by the
// warning, or says that they can see the door.
func (s doorState) unattended(p *Pulse, a Action, asked Asked) error {
	if asked.Attended {
		return nil
	}
	if w := s.spec.Warning; w != nil {
		p.Warn, p.WarnFor = GPIO(w.Pin), w.For
		return nil
	}
	switch asked.Cause.Kind {
	case CauseUser, CauseAPI, CauseCLI:
		if a.Confirm {
			return nil
		}
		return &Refusal{CodeConfirmNeeded, Say("door_confirm_needed",
			"this door has no warning device, so it may only be moved by somebody who can see it: confirm that you do")}
	}
	return invalid("door_without_warning", "this door has no warning device, so nothing moves it that cannot see it: it needs unattended_close")
}

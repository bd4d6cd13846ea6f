package entity

import (
	"fmt"
	"time"
)

// Value is what a board reports of a point. A relay or an input uses On only;
// a dimmable output uses Level (On is then Level > 0), a strip Color too.
type Value struct {
	On       bool
	Level    Level
	HasLevel bool
	Color    RGB
	HasColor bool
}

// StateUnknown is the state of an entity whose board has not spoken yet.
const StateUnknown = "unknown"

// Signal is something that happens to an entity: a Reported or a Gestured.
type Signal interface{ signal() }

// Reported is a point's new value.
type Reported struct {
	Point PointRef
	Value Value
}

// Gestured is what a person did with a button.
type Gestured struct {
	Point   PointRef
	Gesture Gesture
}

func (Reported) signal() {}
func (Gestured) signal() {}

// View is what people see of a state. Attributes is a comparable struct whose
// JSON is the object `attributes` of docs/api.md, so two Views compare with ==.
type View struct {
	State      string
	Attributes any
}

// Order is what a command comes to: something for a board to do, or the
// actions of a binding.
type Order struct {
	Point    PointRef
	Do       Verb   // VerbOn, VerbOff or VerbSet
	Level    *Level // with VerbSet
	Color    *RGB   // with VerbSet
	Target   string // the state it should lead to
	Bindings []Binding
}

// State is an entity's state machine. Implementations are immutable values:
// Step and Resolve never change the receiver.
type State interface {
	View() View
	// Step is the state after a signal.
	Step(in Signal, now time.Time) State
	// Resolve turns an action into an order. pending is the target of the newest
	// unfinished command ("" for none); toggle goes by it. The error is a *Refusal.
	Resolve(a Action, pending string) (Order, error)
	// With is the same state under a changed declaration of the same kind.
	With(spec Spec) State
}

// Initial is the state of an entity of which no board has said anything.
func Initial(e Entity) State {
	switch spec := e.Spec.(type) {
	case *Switch:
		return switchState{spec: spec}
	case *Light:
		return lightState{spec: spec}
	case *Button:
		return buttonState{spec: spec}
	case *Contact:
		return contactState{spec: spec}
	}
	panic(fmt.Sprintf("entity %s: no state machine for %T", e.ID, e.Spec))
}

// Features says what an entity can do beyond its kind, as docs/api.md lists it.
func Features(s Spec) []string {
	out := []string{}
	switch s := s.(type) {
	case *Light:
		if s.Drive != DrivePin {
			out = append(out, "brightness")
		}
		if s.Drive == DriveWS2812 {
			out = append(out, "color")
		}
	case *Button:
		for _, b := range s.Bindings {
			out = append(out, string(b.On))
		}
	case *Contact:
		out = append(out, string(s.Class))
	}
	return out
}

// NoAttributes is the Attributes of kinds that have none.
type NoAttributes struct{}

func invalid(format string, args ...any) error {
	return &Refusal{Code: CodeInvalid, Message: fmt.Sprintf(format, args...)}
}

func onOff(known, on bool) string {
	switch {
	case !known:
		return StateUnknown
	case on:
		return "on"
	}
	return "off"
}

// toggled is the verb that a toggle comes to.
func toggled(state, pending string) Verb {
	if pending != "" {
		state = pending
	}
	if state == "on" {
		return VerbOff
	}
	return VerbOn
}

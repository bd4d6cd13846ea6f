package entity

import "time"

// buttonState follows one push button.
type buttonState struct {
	spec    *Button
	known   bool
	pressed bool
	event   Gesture
	at      int64
}

// ButtonAttributes is the Attributes of a button: the last gesture and when.
type ButtonAttributes struct {
	Event   Gesture `json:"event,omitempty"`
	EventAt int64   `json:"event_at,omitempty"` // unix milliseconds
}

func (s buttonState) View() View {
	state := StateUnknown
	if s.known {
		state = "released"
		if s.pressed {
			state = "pressed"
		}
	}
	return View{State: state, Attributes: ButtonAttributes{s.event, s.at}}
}

func (s buttonState) Step(in Signal, _ time.Time) State {
	switch in := in.(type) {
	case Reported:
		s.known, s.pressed = true, in.Value.On
	case Gestured:
		// A release ends a gesture and is none of its own to people.
		if in.Gesture != GestureRelease {
			s.event, s.at = in.Gesture, in.At.UnixMilli()
		}
	}
	return s
}

func (s buttonState) Resolve(a Action, _ Asked) (Order, error) {
	if err := a.only(KindButton, 0); err != nil {
		return Order{}, err
	}
	switch a.Verb {
	case VerbPress, VerbDouble, VerbHold:
	default:
		return Order{}, unknownAction(KindButton, "knows press, double and hold", a.Verb)
	}
	o := Order{Gesture: Gesture(a.Verb)}
	for _, b := range s.spec.Bindings {
		if string(b.On) == string(a.Verb) {
			o.Tasks = append(o.Tasks, Task{b.Target, b.Action})
		}
	}
	if !s.spec.Heeds(o.Gesture) {
		return Order{}, invalid("gesture_unbound", "nothing is bound to {gesture} of this button, and no rule waits for it", "gesture", a.Verb)
	}
	return o, nil
}

func (s buttonState) With(spec Spec) State {
	s.spec = spec.(*Button)
	return s
}

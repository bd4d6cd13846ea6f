package entity

import "time"

// switchState follows one relay.
type switchState struct {
	spec  *Switch
	known bool
	on    bool
}

func (s switchState) View() View {
	return View{State: onOff(s.known, s.on), Attributes: NoAttributes{}}
}

func (s switchState) Step(in Signal, _ time.Time) State {
	if r, ok := in.(Reported); ok {
		s.known, s.on = true, r.Value.On
	}
	return s
}

func (s switchState) Resolve(a Action, asked Asked) (Order, error) {
	if err := a.only(KindSwitch, 0); err != nil {
		return Order{}, err
	}
	verb := a.Verb
	if verb == VerbToggle {
		verb = toggled(s.View().State, asked.Pending)
	}
	if verb != VerbOn && verb != VerbOff {
		return Order{}, unknownAction(KindSwitch, "knows on, off and toggle", a.Verb)
	}
	return Order{Point: s.spec.Ref(), Do: verb, Target: string(verb)}, nil
}

func (s switchState) With(spec Spec) State {
	s.spec = spec.(*Switch)
	return s
}

package entity

import "time"

// contactState follows one two-state input.
type contactState struct {
	spec   *Contact
	known  bool
	active bool
}

func (s contactState) View() View {
	return View{State: s.word(), Attributes: NoAttributes{}}
}

func (s contactState) word() string {
	switch {
	case !s.known:
		return StateUnknown
	case s.spec.Class.Detects() && s.active:
		return "detected"
	case s.spec.Class.Detects():
		return "clear"
	case s.active:
		return "closed"
	}
	return "open"
}

func (s contactState) Step(in Signal, _ time.Time) State {
	if r, ok := in.(Reported); ok {
		s.known, s.active = true, r.Value.On
	}
	return s
}

func (s contactState) Resolve(Action, Asked) (Order, error) {
	return Order{}, invalid("contact_only_reports", "a contact only reports; it takes no commands")
}

func (s contactState) With(spec Spec) State {
	s.spec = spec.(*Contact)
	return s
}

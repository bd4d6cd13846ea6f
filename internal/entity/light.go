package entity

import "time"

// lightState follows one lamp. last is the newest brightness above zero, the
// one that "on" goes back to.
type lightState struct {
	spec     *Light
	known    bool
	level    Level
	last     Level
	color    RGB
	hasColor bool
}

// LightAttributes is the Attributes of a light. A nil-like zero is left out:
// the brightness of a light that was never seen on is not known.
type LightAttributes struct {
	Brightness float64 `json:"brightness,omitempty"` // percent
	Color      string  `json:"color,omitempty"`      // "#rrggbb"
}

func (s lightState) View() View {
	var a LightAttributes
	if s.spec.Drive != DrivePin {
		a.Brightness = s.last.Percent()
	}
	if s.hasColor {
		a.Color = s.color.String()
	}
	return View{State: onOff(s.known, s.level > 0), Attributes: a}
}

func (s lightState) Step(in Signal, _ time.Time) State {
	r, ok := in.(Reported)
	if !ok {
		return s
	}
	s.known = true
	switch {
	case r.Value.HasLevel:
		s.level = r.Value.Level
	case r.Value.On:
		s.level = FullLevel
	default:
		s.level = 0
	}
	if s.level > 0 {
		s.last = s.level
	}
	if r.Value.HasColor {
		s.color, s.hasColor = r.Value.Color, true
	}
	return s
}

func (s lightState) Resolve(a Action, asked Asked) (Order, error) {
	if err := a.only(KindLight, argLit); err != nil {
		return Order{}, err
	}
	if err := s.fits(a); err != nil {
		return Order{}, err
	}
	verb := a.Verb
	if verb == VerbToggle {
		verb = toggled(s.View().State, asked.Pending)
	}
	o := Order{Point: s.spec.Ref(), Do: verb, Target: string(verb)}
	switch {
	case verb == VerbOff:
	case a.Level == nil && a.Color == nil && verb == VerbOn:
	case s.spec.Drive == DrivePin:
		// A lamp that cannot be dimmed takes 0 % and 100 %.
		o.Do, o.Target = VerbOn, "on"
		if *a.Level == 0 {
			o.Do, o.Target = VerbOff, "off"
		}
	default:
		o.Do, o.Level, o.Color, o.Target = VerbSet, s.levelOf(a), a.Color, s.targetOf(a, asked.Pending)
	}
	return o, nil
}

// fits says what a light that is built like this cannot do.
func (s lightState) fits(a Action) error {
	switch {
	case a.Verb != VerbOn && a.Verb != VerbOff && a.Verb != VerbToggle && a.Verb != VerbSet:
		return unknownAction(KindLight, "knows on, off, toggle and set", a.Verb)
	case a.Verb == VerbSet && a.Level == nil && a.Color == nil:
		return invalid("light_set_needs", "set needs a level or a color")
	case a.Color != nil && s.spec.Drive != DriveWS2812:
		return invalid("light_without_color", "this light has no color")
	case a.Verb == VerbOn && a.Level != nil && *a.Level == 0:
		return invalid("light_on_at_zero", "on at 0% is off; ask for off")
	case a.Level != nil && s.spec.Drive == DrivePin && *a.Level != 0 && *a.Level != FullLevel:
		return invalid("light_without_levels", "this light is only on or off; it cannot be dimmed")
	}
	return nil
}

// levelOf is the brightness to send. "On" in some colour goes back to the last
// brightness, as a plain "on" does; the board's set leaves an absent level alone.
func (s lightState) levelOf(a Action) *Level {
	if a.Level != nil || a.Verb != VerbOn {
		return a.Level
	}
	l := s.last
	if l == 0 {
		l = FullLevel
	}
	return &l
}

// targetOf is the state that a set leads to: a colour alone turns nothing on
// unless the verb says so.
func (s lightState) targetOf(a Action, pending string) string {
	switch {
	case a.Level != nil && *a.Level == 0:
		return "off"
	case a.Level != nil || a.Verb == VerbOn:
		return "on"
	case pending != "":
		return pending
	}
	return s.View().State
}

func (s lightState) With(spec Spec) State {
	s.spec = spec.(*Light)
	return s
}

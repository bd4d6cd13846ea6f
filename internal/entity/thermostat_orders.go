package entity

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Resolve implements State. Every command comes to another plan. It is what
// counts from now on, whether or not the board is there to hear of it.
func (s thermostatState) Resolve(a Action, asked Asked) (Order, error) {
	name := "a heater"
	if s.spec.Cools {
		name = "a cooler"
	}
	if err := a.only(name, argTemp|argFor); err != nil {
		return Order{}, err
	}
	next, err := s.told(a, name, asked.Now)
	if err != nil {
		return Order{}, err
	}
	next.now = asked.Now
	next.firm = s.firm || s.known || a.Verb == VerbLock || a.Verb == VerbUnlock
	plan := next.Plan(asked.Now)
	return Order{Point: s.spec.Points()[0], Do: VerbPlan, Plan: &plan, Next: next, Queued: true}, nil
}

// told is the state after what was asked for.
func (s thermostatState) told(a Action, name string, now time.Time) (thermostatState, error) {
	if s.locked && a.Verb != VerbUnlock && a.Verb != VerbLock {
		return s, invalid("%s is locked for maintenance: unlock it first", name[2:])
	}
	s.set = s.set.at(now)
	switch a.Verb {
	case VerbSet:
		if a.Temp == nil {
			return s, invalid("set needs a temperature such as 21.5")
		}
		return s.byHand(override{mode: ModeManual, to: Setting{Temp: *a.Temp}}, a, now)
	case VerbAuto, VerbOn:
		s.set = overrides{}
		return s, s.timeless(a)
	case VerbOff:
		s.set = overrides{top: override{mode: ModeOff, to: Setting{Off: true}, until: after(now, a.For)}}
		return s, nil
	case VerbFrost:
		if s.spec.Frost == nil {
			return s, invalid("no frost protection is set for this one: ask for off")
		}
		s.set = overrides{top: override{mode: ModeFrost, to: Setting{Off: true}, until: after(now, a.For)}}
		return s, nil
	case VerbBoost:
		return s.boost(a, now)
	case VerbLock, VerbUnlock:
		s.locked = a.Verb == VerbLock
		return s, s.timeless(a)
	}
	p, ok := s.spec.preset(string(a.Verb))
	if !ok {
		return s, s.unknownVerb(name, string(a.Verb))
	}
	return s.byHand(override{mode: ModeManual, to: p.To, preset: p.Name}, a, now)
}

func (s thermostatState) timeless(a Action) error {
	if a.For != 0 {
		return invalid("%s takes no time", a.Verb)
	}
	return nil
}

// after is now and so long; the zero time for no time at all.
func after(now time.Time, d time.Duration) time.Time {
	if d == 0 {
		return time.Time{}
	}
	return now.Add(d)
}

// byHand puts a setting in the place of the schedule's, for as long as was asked
// for, else as the declaration says.
func (s thermostatState) byHand(o override, a Action, now time.Time) (thermostatState, error) {
	if err := s.inRange(o.to); err != nil {
		return s, err
	}
	o.until = after(now, cmp.Or(a.For, s.spec.Manual.For))
	if a.For == 0 && s.spec.Manual.UntilNext {
		o.until = time.Time{}
		if next, ok := s.spec.Schedule.Next(now, s.spec.zone()); ok {
			o.until = next.At
		}
	}
	s.set = overrides{top: o}
	return s, nil
}

// boostFor is how long a boost lasts that says nothing of it.
const boostFor = 30 * time.Minute

// boost holds a high target for a while, and then goes back to what was before.
func (s thermostatState) boost(a Action, now time.Time) (thermostatState, error) {
	b := s.spec.Boost
	if b == nil && a.Temp == nil {
		b = &Boost{To: s.spec.High, For: boostFor}
		if s.spec.Cools {
			b.To = s.spec.Low
		}
	}
	o := override{mode: ModeBoost}
	length := a.For
	if a.Temp != nil {
		o.to.Temp = *a.Temp
	} else {
		o.to.Temp = b.To
	}
	if length == 0 {
		length = boostFor
		if b != nil {
			length = b.For
		}
	}
	if err := s.inRange(o.to); err != nil {
		return s, err
	}
	o.until = now.Add(length)
	under := s.set.top
	if under.mode == ModeBoost {
		under = s.set.under
	}
	s.set = overrides{top: o, under: under}
	return s, nil
}

func (s thermostatState) inRange(to Setting) error {
	if t := s.spec; !to.Off && (to.Temp < t.Low || to.Temp > t.High) {
		hint := ""
		if f, err := TempOfFahrenheit(to.Temp.Celsius()); err == nil && f >= t.Low && f <= t.High {
			hint = fmt.Sprintf("; for Fahrenheit write %v°F", to.Temp)
		}
		return invalid("%v °C is outside of its range, which is %v to %v °C%s", to.Temp, t.Low, t.High, hint)
	}
	return nil
}

func (s thermostatState) unknownVerb(name, verb string) error {
	words := []string{"a temperature such as 21.5"}
	for _, p := range s.spec.Presets {
		words = append(words, p.Name)
	}
	words = append(words, "auto", "boost", "off")
	if s.spec.Frost != nil {
		words = append(words, "frost")
	}
	words = append(words, "lock", "unlock")
	if i := slices.IndexFunc(words, func(w string) bool { return strings.EqualFold(w, verb) }); i >= 0 {
		return invalid("write %s, not %s", words[i], verb)
	}
	if near := nearest(verb, words[1:]); near != "" {
		return invalid("%s knows no %q: did you mean %s?", name, verb, near)
	}
	return invalid("%s knows %s, not %q", name, strings.Join(words, ", "), verb)
}

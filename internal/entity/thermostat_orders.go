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
	if err := a.only(s.spec.Kind(), argTemp|argFor); err != nil {
		return Order{}, err
	}
	next, err := s.told(a, name, asked.Now)
	if err != nil {
		return Order{Queued: true}, err
	}
	next.now = asked.Now
	next.firm = s.firm || s.known || a.Verb == VerbLock || a.Verb == VerbUnlock
	plan := next.Plan(asked.Now)
	return Order{Point: s.spec.Points()[0], Do: VerbPlan, Plan: &plan, Next: next, Queued: true}, nil
}

// told is the state after what was asked for.
func (s thermostatState) told(a Action, name string, now time.Time) (thermostatState, error) {
	if s.locked && a.Verb != VerbUnlock && a.Verb != VerbLock {
		return s, notNow("thermostat_locked", "{_what} is locked for maintenance: unlock it first", "kind", s.spec.Kind(), "_what", name[2:])
	}
	s.set = s.set.at(now)
	switch a.Verb {
	case VerbSet:
		if a.Temp == nil {
			return s, invalid("thermostat_set_needs", "set needs a temperature such as 21.5")
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
			return s, invalid("thermostat_without_frost", "no frost protection is set for this one: ask for off")
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
		return invalid("takes_no_time", "{action} takes no time", "action", a.Verb)
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
		return invalid("out_of_range", "{temp} °C is outside of its range, which is {low} to {high} °C{_hint}",
			"temp", to.Temp, "low", t.Low, "high", t.High, "_hint", hint)
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
		return invalid("write_so", "write {right}, not {action}", "right", words[i], "action", verb)
	}
	if near := nearest(verb, words[1:]); near != "" {
		return invalid("did_you_mean", "{_what} knows no {action:q}: did you mean {near}?", "action", verb, "near", near, "_what", name)
	}
	return unknownAction(s.spec.Kind(), "knows "+strings.Join(words, ", "), Verb(verb))
}

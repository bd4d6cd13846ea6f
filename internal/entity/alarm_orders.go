package entity

import (
	"fmt"
	"slices"
	"time"
)

const (
	mostTries = 5                // wrong codes
	tryWindow = 15 * time.Minute // within which they count together
	lockFor   = 15 * time.Minute // never longer: who knows the code must get in again
)

// tries is how often a wrong code was given lately. Its slice is never changed
// in place.
type tries struct {
	wrong  []time.Time // oldest first, fewer than mostTries
	locked time.Time   // no code is looked at before; the zero time is no lock
}

// at forgets what no longer counts at now.
func (t tries) at(now time.Time) tries {
	if !t.locked.IsZero() && !now.Before(t.locked) {
		t.locked = time.Time{}
	}
	for len(t.wrong) > 0 && now.Sub(t.wrong[0]) >= tryWindow {
		t.wrong = t.wrong[1:]
	}
	return t
}

// failed counts a wrong code.
func (t tries) failed(now time.Time) tries {
	t.wrong = append(slices.Clip(t.wrong), now)
	if len(t.wrong) >= mostTries {
		return tries{locked: now.Add(lockFor)}
	}
	return t
}

// Resolve implements State. To arm needs no code, to disarm does where there is
// one: whoever could pretend to leave gains nothing by it.
func (s alarmState) Resolve(a Action, asked Asked) (Order, error) {
	if err := a.only(KindAlarm, argCode); err != nil {
		return Order{}, err
	}
	switch a.Verb {
	case VerbArmAway:
		return s.armFor(AlarmArmedAway, asked.Now)
	case VerbArmHome:
		return s.armFor(AlarmArmedHome, asked.Now)
	case VerbDisarm:
		return s.disarmed(a, asked)
	}
	return Order{}, unknownAction(KindAlarm, "knows arm_away, arm_home and disarm", a.Verb)
}

// armFor begins to arm for a mode. From an armed alarm there is no way to
// another mode but by disarming it: a change would begin a new exit delay, and
// may watch less, which is what a code is there to prevent.
func (s alarmState) armFor(mode string, now time.Time) (Order, error) {
	home := mode == AlarmArmedHome
	switch s.phase {
	case mode:
		return Order{Target: mode}, nil
	case AlarmDisarmed:
	case AlarmArming:
		if s.home == home {
			return Order{Target: mode}, nil
		}
	default:
		return Order{}, notNow("alarm_disarm_first", "the alarm is {_state}: disarm it first", "state", s.phase, "_state", inWords(s.phase))
	}
	s.home, s.by = home, ""
	if s.spec.ExitDelay <= 0 {
		return Order{Target: mode, Next: s.arm()}, nil
	}
	s.phase, s.until = AlarmArming, now.Add(s.spec.ExitDelay)
	return Order{Target: mode, Next: s}, nil
}

func (s alarmState) disarmed(a Action, asked Asked) (Order, error) {
	if s.phase == AlarmDisarmed {
		return Order{Target: AlarmDisarmed}, nil // whatever the code: it must not be tried out here
	}
	next, err := s.admit(a.Code, asked)
	if err != nil {
		return Order{Next: next}, err
	}
	return Order{Target: AlarmDisarmed, Next: next.disarm()}, nil
}

// admit looks at the code. With an error, the state is what the attempt leaves
// behind.
func (s alarmState) admit(code Secret, asked Asked) (alarmState, error) {
	s.tries = s.tries.at(asked.Now)
	switch kind := asked.Cause.Kind; {
	case s.spec.Code.IsZero() || kind == CauseRule: // a rule is written by whoever wrote the code
		return s, nil
	case kind == CauseScene || kind == CauseButton:
		return s, invalid("alarm_code_not_by_machine", "the alarm has a code, which a scene or a button cannot give")
	case !s.tries.locked.IsZero():
		wait := minutes(s.tries.locked.Sub(asked.Now))
		return s, &Refusal{CodeLocked, Say("code_locked", "Too many wrong codes: try again in {_wait}", "minutes", wait, "_wait", minutesText(wait))}
	case code.IsZero():
		return s, &Refusal{CodeWrongCode, Say("code_needed", "To disarm needs the code")}
	case !s.spec.Code.Equal(code):
		s.tries = s.tries.failed(asked.Now)
		return s, &Refusal{CodeWrongCode, Say("code_wrong", "The code is wrong")}
	}
	s.tries = tries{}
	return s, nil
}

// minutes is a wait in whole minutes, at least one.
func minutes(d time.Duration) int { return max(1, int((d+time.Minute-1)/time.Minute)) }

// minutesText is a number of minutes as people say it.
func minutesText(n int) string {
	if n == 1 {
		return "a minute"
	}
	return fmt.Sprintf("%d minutes", n)
}

// inWords is a state as it stands in a sentence.
func inWords(phase string) string {
	switch phase {
	case AlarmArmedAway, AlarmArmedHome:
		return "armed"
	case AlarmPending:
		return "about to go off"
	}
	return phase
}

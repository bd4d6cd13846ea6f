package entity

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// savedAlarm is the JSON of the alarm's Saved. Times are unix milliseconds.
type savedAlarm struct {
	State    string       `json:"state"`
	Home     bool         `json:"home,omitempty"`
	Until    int64        `json:"until,omitempty"`
	By       ID           `json:"by,omitempty"`
	Contacts []savedWatch `json:"contacts,omitempty"`
	Bypassed []ID         `json:"bypassed,omitempty"`
	Wrong    []int64      `json:"wrong,omitempty"`
	Locked   int64        `json:"locked,omitempty"`
	Sirens   []ID         `json:"sirens,omitempty"`
}

// mostSirens bounds what is believed of a store; there is one at a time, and those
// that a reload has replaced while they sounded.
const mostSirens = 32

// savedWatch is how a contact was last seen: what is opened during a power cut
// has been opened.
type savedWatch struct {
	ID   ID   `json:"id"`
	Open bool `json:"open,omitempty"`
}

// Saved implements Lasting.
func (s alarmState) Saved() ([]byte, error) {
	v := savedAlarm{State: s.phase, Home: s.home, Until: savedTime(s.until), By: s.by,
		Bypassed: s.bypassed, Locked: savedTime(s.tries.locked), Sirens: s.sirens}
	for _, c := range s.contacts {
		if c.known && s.phase != AlarmDisarmed {
			v.Contacts = append(v.Contacts, savedWatch{c.id, c.open})
		}
	}
	for _, at := range s.tries.wrong {
		v.Wrong = append(v.Wrong, savedTime(at))
	}
	return json.Marshal(v)
}

// Restore implements Lasting. A delay that ran out meanwhile has run out; one
// that would end later than it can, because the clock was set, ends as late as it can.
func (s alarmState) Restore(saved []byte, now time.Time) (State, error) {
	var v savedAlarm
	if err := readSaved(saved, &v); err != nil {
		return nil, err
	}
	if err := v.check(); err != nil {
		return nil, err
	}
	s.phase, s.home, s.by, s.sirens = v.State, v.Home, v.By, v.Sirens
	switch v.State {
	case AlarmArming:
		s.until = until(v.Until, now, s.spec.ExitDelay)
	case AlarmPending:
		s.until = until(v.Until, now, s.spec.EntryDelay)
	}
	s.contacts = slices.Clone(s.contacts)
	for i, c := range s.contacts {
		if j := slices.IndexFunc(v.Contacts, func(o savedWatch) bool { return o.ID == c.id }); j >= 0 {
			s.contacts[i].known, s.contacts[i].open = true, v.Contacts[j].Open
		}
		if slices.Contains(v.Bypassed, c.id) {
			s.bypassed = append(s.bypassed, c.id)
		}
	}
	if v.Locked != 0 {
		s.tries.locked = until(v.Locked, now, lockFor)
	}
	for _, ms := range v.Wrong {
		s.tries.wrong = append(s.tries.wrong, moment(time.UnixMilli(ms), now))
	}
	return s.elapsed(now), nil
}

func (v *savedAlarm) check() error {
	switch v.State {
	case AlarmDisarmed, AlarmArming, AlarmArmedAway, AlarmArmedHome, AlarmPending, AlarmTriggered:
	default:
		return fmt.Errorf("an alarm cannot be %q", v.State)
	}
	timed := v.State == AlarmArming || v.State == AlarmPending
	switch {
	case timed != (v.Until != 0):
		return fmt.Errorf("an alarm that is %s has a deadline or has none: %d", v.State, v.Until)
	case v.State == AlarmArmedAway && v.Home || v.State == AlarmArmedHome && !v.Home:
		return fmt.Errorf("an alarm that is %s does not watch the other mode's contacts", v.State)
	case len(v.Wrong) >= mostTries || !slices.IsSorted(v.Wrong):
		return fmt.Errorf("wrong codes cannot have been given at %d", v.Wrong)
	case len(v.Sirens) > mostSirens || slices.Contains(v.Sirens, ""):
		return fmt.Errorf("these cannot be sirens: %q", v.Sirens)
	}
	return nil
}

// savedTime is t in unix milliseconds, 0 for the zero time.
func savedTime(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// until is a deadline on the running clock of now: at most that long away.
func until(ms int64, now time.Time, most time.Duration) time.Time {
	left := time.UnixMilli(ms).Sub(now)
	return now.Add(min(max(left, 0), most))
}

package entity

import (
	"slices"
	"time"
)

// States of the alarm.
const (
	AlarmDisarmed  = "disarmed"
	AlarmArming    = "arming" // the exit delay runs
	AlarmArmedAway = "armed_away"
	AlarmArmedHome = "armed_home"
	AlarmPending   = "pending" // somebody came in; the entry delay runs
	AlarmTriggered = "triggered"
)

// Sounds says whether the siren is to be on in this state of the alarm.
func (*Alarm) Sounds(state string) bool { return state == AlarmTriggered }

// Watches implements Watcher: what either mode watches, each once.
func (a *Alarm) Watches() []ID {
	out := slices.Clone(a.Away)
	for _, id := range a.Home {
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// alarmState is the alarm of the house. Its slices are never changed in place.
type alarmState struct {
	spec     *Alarm
	phase    string    // one of the states
	home     bool      // armed, or being armed, for people at home
	until    time.Time // end of the exit or the entry delay
	by       ID        // what opened first
	contacts []watched // in the order of Watches
	bypassed []ID      // were open when watching began, and have not been closed since
	tries    tries
	sirens   []ID // may be on because of it (Sounding)
}

// watched is what is known of one contact. One whose board is away keeps what
// it was: if it comes back open, it was opened meanwhile.
type watched struct {
	id        ID
	known     bool // it has been open or closed
	open      bool
	available bool
}

// AlarmAttributes is the Attributes of the alarm. Its lists name contacts that
// the mode watches, or while it is disarmed, that any mode does.
type AlarmAttributes struct {
	Open        List  `json:"open"`
	Bypassed    List  `json:"bypassed"`  // open since before watching began
	Unwatched   List  `json:"unwatched"` // nobody knows how they are
	Until       int64 `json:"until,omitempty"`
	TriggeredBy ID    `json:"triggered_by,omitempty"`
	Code        bool  `json:"code"` // needed to disarm
	LockedUntil int64 `json:"locked_until,omitempty"`
	Sirens      List  `json:"-"` // may be on because of it: for who drives them, and not for clients
}

func newAlarm(spec *Alarm) State {
	s := alarmState{spec: spec, phase: AlarmDisarmed}
	for _, id := range spec.Watches() {
		s.contacts = append(s.contacts, watched{id: id})
	}
	return s
}

func (s alarmState) View() View {
	a := AlarmAttributes{TriggeredBy: s.by, Code: !s.spec.Code.IsZero(), Sirens: ListOf(s.sirens)}
	var open, bypassed, unwatched []ID
	for _, c := range s.contacts {
		switch {
		case !s.watches(c.id):
		case !c.available || !c.known:
			unwatched = append(unwatched, c.id)
		case slices.Contains(s.bypassed, c.id):
			open, bypassed = append(open, c.id), append(bypassed, c.id)
		case c.open:
			open = append(open, c.id)
		}
	}
	a.Open, a.Bypassed, a.Unwatched = ListOf(open), ListOf(bypassed), ListOf(unwatched)
	if !s.until.IsZero() {
		a.Until = s.until.UnixMilli()
	}
	if !s.tries.locked.IsZero() {
		a.LockedUntil = s.tries.locked.UnixMilli()
	}
	return View{s.phase, a}
}

// watches says whether a contact matters in the mode that is in force.
func (s alarmState) watches(id ID) bool {
	switch {
	case s.phase == AlarmDisarmed:
		return true
	case s.home:
		return slices.Contains(s.spec.Home, id)
	}
	return slices.Contains(s.spec.Away, id)
}

func (s alarmState) Step(in Signal, now time.Time) State {
	switch in := in.(type) {
	case Observed:
		return s.observed(in, now)
	case Elapsed:
		return s.elapsed(now)
	case Sounding:
		s.sirens = in.Sirens
	}
	return s
}

// observed follows one contact. What opens while the alarm is armed begins the
// entry delay, unless it was open when watching began and has not been closed since.
func (s alarmState) observed(in Observed, now time.Time) alarmState {
	i := slices.IndexFunc(s.contacts, func(c watched) bool { return c.id == in.Entity })
	if i < 0 {
		return s
	}
	was := s.contacts[i]
	is := watched{id: was.id, known: was.known, open: was.open}
	told := in.Available && in.State != StateUnknown
	if told {
		is.known, is.open, is.available = true, isOpen(in.State), true
	}
	s.contacts = slices.Clone(s.contacts)
	s.contacts[i] = is
	switch {
	case !told || !s.armed() || !s.watches(is.id):
	case !is.open:
		s.bypassed = without(s.bypassed, is.id)
	case slices.Contains(s.bypassed, is.id):
	case !was.known:
		s.bypassed = append(slices.Clip(s.bypassed), is.id) // nobody knows when it was opened
	case !was.open:
		return s.entered(is.id, now)
	}
	return s
}

// isOpen says whether somebody may have come through what is in this state.
func isOpen(state string) bool { return state != "closed" && state != "clear" }

func (s alarmState) armed() bool { return s.phase == AlarmArmedAway || s.phase == AlarmArmedHome }

func (s alarmState) entered(by ID, now time.Time) alarmState {
	s.by = by
	if s.spec.EntryDelay <= 0 {
		s.phase, s.until = AlarmTriggered, time.Time{}
		return s
	}
	s.phase, s.until = AlarmPending, now.Add(s.spec.EntryDelay)
	return s
}

// arm begins to watch. What is open already does not set off the alarm until it
// has been closed once.
func (s alarmState) arm() alarmState {
	s.phase, s.until, s.bypassed = AlarmArmedAway, time.Time{}, nil
	if s.home {
		s.phase = AlarmArmedHome
	}
	for _, c := range s.contacts {
		if c.known && c.open && s.watches(c.id) {
			s.bypassed = append(s.bypassed, c.id)
		}
	}
	return s
}

func (s alarmState) disarm() alarmState {
	s.phase, s.home, s.until, s.by, s.bypassed = AlarmDisarmed, false, time.Time{}, "", nil
	return s
}

// elapsed does what is due by now, be it long ago.
func (s alarmState) elapsed(now time.Time) alarmState {
	s.tries = s.tries.at(now)
	if s.until.IsZero() || now.Before(s.until) {
		return s
	}
	switch s.phase {
	case AlarmArming:
		return s.arm()
	case AlarmPending:
		s.phase, s.until = AlarmTriggered, time.Time{}
	}
	return s
}

// Due implements Timed.
func (s alarmState) Due() time.Time {
	if s.until.IsZero() || !s.tries.locked.IsZero() && s.tries.locked.Before(s.until) {
		return s.tries.locked
	}
	return s.until
}

func (s alarmState) With(spec Spec) State {
	to := newAlarm(spec.(*Alarm)).(alarmState)
	for i, c := range to.contacts {
		if j := slices.IndexFunc(s.contacts, func(o watched) bool { return o.id == c.id }); j >= 0 {
			to.contacts[i] = s.contacts[j]
		}
	}
	s.spec, s.contacts = to.spec, to.contacts
	s.bypassed = slices.DeleteFunc(slices.Clone(s.bypassed), func(id ID) bool {
		return !slices.ContainsFunc(s.contacts, func(c watched) bool { return c.id == id })
	})
	return s
}

// without is the list less one of its members; the list itself stays as it is.
func without(list []ID, id ID) []ID {
	return slices.DeleteFunc(slices.Clone(list), func(other ID) bool { return other == id })
}

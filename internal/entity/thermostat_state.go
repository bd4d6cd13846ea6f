package entity

import (
	"slices"
	"time"
)

// States of a heater or a cooler, beside StateUnknown and "off".
const (
	ThermostatHeating = "heating"
	ThermostatCooling = "cooling"
	ThermostatIdle    = "idle"
	ThermostatWaiting = "waiting"     // would be on, but its minimum time off or an interlock holds it; or its sensor has not answered yet
	ThermostatLost    = "sensor_lost" // off until its sensor is back
	ThermostatCutOff  = "cut_off"     // beyond its range's end, or its sensor shows nonsense
	ThermostatLocked  = "locked"
)

// Modes of a heater or a cooler.
const (
	ModeAuto   = "auto" // the schedule
	ModeManual = "manual"
	ModeBoost  = "boost"
	ModeOff    = "off"    // nothing but frost, until it is told otherwise
	ModeFrost  = "frost"  // the same under the name of what it is for
	ModeWindow = "window" // nothing but frost while a window is open
	ModeLocked = "locked"
)

// thermostatState is what the board does (Control), and what it is to do: the
// schedule with what was set by hand.
type thermostatState struct {
	spec    *Thermostat
	known   bool
	control Control
	set     overrides
	locked  bool
	firm    bool      // the lock is as it was told here, or to a board that had spoken; else a locked board knows better
	windows []window  // in the order of the spec; never changed in place
	now     time.Time // of the newest step: what View tells of the schedule is as of then
}

// window is what is known of one.
type window struct {
	id   ID
	open bool
}

// ThermostatAttributes is the Attributes of a heater or a cooler. Temperatures
// are in °C.
type ThermostatAttributes struct {
	Temperature Maybe[float64]    `json:"temperature,omitzero"` // as the board goes by it
	Target      Maybe[float64]    `json:"target,omitzero"`      // what the board holds
	Setpoint    Maybe[float64]    `json:"setpoint,omitzero"`    // what is asked for; missing is nothing but frost
	Low         float64           `json:"low"`
	High        float64           `json:"high"`
	Mode        string            `json:"mode"`
	Until       int64             `json:"until,omitempty"` // when the mode ends by itself, unix milliseconds
	Preset      string            `json:"preset,omitempty"`
	Presets     List              `json:"presets"` // of Preset's names
	Next        Maybe[NextPoint]  `json:"next,omitzero"`
	Source      TargetSource      `json:"source"`
	Boost       bool              `json:"boost"` // boost knows what to do without being told
	Windows     List              `json:"windows"`
	Warning     ThermostatWarning `json:"warning,omitempty"`
}

// NextPoint is the next point of a schedule.
type NextPoint struct {
	At     int64          `json:"at"` // unix milliseconds
	Target Maybe[float64] `json:"target,omitzero"`
	Preset string         `json:"preset,omitempty"`
}

func newThermostat(spec *Thermostat) State {
	s := thermostatState{spec: spec}
	for _, id := range spec.Windows {
		s.windows = append(s.windows, window{id: id})
	}
	return s
}

// Watches implements Watcher.
func (t *Thermostat) Watches() []ID { return t.Windows }

func (s thermostatState) View() View {
	t := s.spec
	a := ThermostatAttributes{Low: t.Low.Celsius(), High: t.High.Celsius(), Source: TargetNone,
		Boost: t.Boost != nil, Windows: ListOf(s.openWindows())}
	if s.known {
		a.Source, a.Warning = s.control.Source, s.control.Warning
		if s.control.HasTemp {
			a.Temperature = Some(rounded(s.control.Temp.Celsius(), 2))
		}
		if s.control.HasTo {
			a.Target = Some(s.control.Target.Celsius())
		}
	}
	names := make([]string, 0, len(t.Presets))
	for _, p := range t.Presets {
		names = append(names, p.Name)
	}
	a.Presets = ListOf(names)
	s.plan(&a)
	return View{s.word(), a}
}

// plan tells what is asked for, as of the newest step.
func (s thermostatState) plan(a *ThermostatAttributes) {
	if a.Mode = ModeAuto; s.now.IsZero() {
		return // nothing has told the time yet
	}
	held := s.set.at(s.now).top
	asked := Planned{held.preset, held.to}
	a.Mode = held.mode
	if held.mode == "" {
		a.Mode, asked = ModeAuto, s.spec.planned(s.now)
	} else if !held.until.IsZero() {
		a.Until = held.until.UnixMilli()
	}
	switch {
	case s.locked:
		a.Mode, a.Until, asked = ModeLocked, 0, Planned{To: Setting{Off: true}}
	case len(s.openWindows()) > 0:
		a.Mode, a.Until, asked = ModeWindow, 0, Planned{To: Setting{Off: true}}
	}
	a.Preset, a.Setpoint = asked.Preset, celsius(asked.To)
	if next, ok := s.spec.Schedule.Next(s.now, s.spec.zone()); ok {
		a.Next = Some(NextPoint{next.At.UnixMilli(), celsius(next.Value.To), next.Value.Preset})
	}
}

func celsius(to Setting) Maybe[float64] {
	if to.Off {
		return Maybe[float64]{}
	}
	return Some(to.Temp.Celsius())
}

func (s thermostatState) word() string {
	if !s.known {
		return StateUnknown
	}
	switch s.control.Phase {
	case PhaseActive:
		if s.spec.Cools {
			return ThermostatCooling
		}
		return ThermostatHeating
	case PhaseIdle:
		return ThermostatIdle
	case PhaseWait:
		return ThermostatWaiting
	case PhaseLost:
		return ThermostatLost
	case PhaseRange:
		return ThermostatCutOff
	case PhaseLocked:
		return ThermostatLocked
	}
	return "off"
}

func (s thermostatState) openWindows() []ID {
	var out []ID
	for _, w := range s.windows {
		if w.open {
			out = append(out, w.id)
		}
	}
	return out
}

func (s thermostatState) Step(in Signal, now time.Time) State {
	switch in := in.(type) {
	case Reported:
		if in.Value.Control != nil {
			s.known, s.control = true, *in.Value.Control
			if !s.firm && s.control.Phase == PhaseLocked {
				// The server has lost what it knew. A lock keeps somebody's hands safe.
				s.locked, s.firm = true, true
			}
		}
	case Observed:
		// A window whose board is away says nothing: the house is not to freeze
		// because of a board, so it counts as shut.
		if i := slices.IndexFunc(s.windows, func(w window) bool { return w.id == in.Entity }); i >= 0 {
			s.windows = slices.Clone(s.windows)
			s.windows[i].open = in.Available && in.State == "open"
		}
	}
	s.set, s.now = s.set.at(now), now
	return s
}

// Due implements Timed: when something that View tells of the schedule changes,
// or the plan has to be made anew because a day is over.
func (s thermostatState) Due() time.Time {
	if s.now.IsZero() {
		return time.Unix(0, 0) // at once: to be told the time
	}
	t := s.spec
	_, due := t.today(s.now)
	if next, ok := t.Schedule.Next(s.now, t.zone()); ok && next.At.Before(due) {
		due = next.At
	}
	for _, o := range []override{s.set.top, s.set.under} {
		if o.mode != "" && !o.until.IsZero() && o.until.Before(due) {
			due = o.until
		}
	}
	return due
}

// Plan implements Planner.
func (s thermostatState) Plan(now time.Time) Plan {
	return s.spec.planOf(s.set.at(now), len(s.openWindows()) > 0, s.locked, now)
}

func (s thermostatState) With(spec Spec) State {
	to := spec.(*Thermostat)
	next := newThermostat(to).(thermostatState)
	next.known, next.control, next.locked, next.firm, next.now = s.known, s.control, s.locked, s.firm, s.now
	next.set = overrides{s.set.top.within(to), s.set.under.within(to)}.at(s.now)
	for i, w := range next.windows {
		if j := slices.IndexFunc(s.windows, func(o window) bool { return o.id == w.id }); j >= 0 {
			next.windows[i] = s.windows[j]
		}
	}
	return next
}

// within is the override under another declaration: none if it would not be
// allowed any more, and with the preset's new temperature if it came from one.
func (o override) within(t *Thermostat) override {
	if o.mode == "" || o.to.Off && o.preset == "" {
		return o
	}
	if p, ok := t.preset(o.preset); ok {
		o.to = p.To
	} else if o.preset != "" {
		o.preset = ""
	}
	if !o.to.Off && (o.to.Temp < t.Low || o.to.Temp > t.High) {
		return override{}
	}
	return o
}

func (t *Thermostat) preset(name string) (Preset, bool) {
	for _, p := range t.Presets {
		if p.Name == name {
			return p, true
		}
	}
	return Preset{}, false
}

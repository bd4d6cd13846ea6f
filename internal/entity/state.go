package entity

import (
	"fmt"
	"time"
)

// Value is what a board reports of a point. A relay or an input uses On only;
// a dimmable output uses Level (On is then Level > 0), a strip Color too. A
// sensor uses Reading and nothing else; the relay of a thermostat has Control
// beside On.
//
// The server keeps one for every point of the house, and most are relays and
// inputs: what few points have is behind a pointer, and what that leads to is
// never changed. So == says of two Values of a relay or an input whether they
// are the same, and of two sensors only that they are.
type Value struct {
	On       bool
	HasLevel bool
	HasColor bool
	Color    RGB
	Level    Level
	Reading  *Reading // nil but for a sensor
	Control  *Control // nil but for the relay of a thermostat
}

// Reading is what a sensor measured last. Number is in thousandths of a degree
// Celsius, millivolts (SensorAnalog) or pulses since the board's boot
// (SensorPulse); it stands for the newest good sample even while Fault says
// that later ones failed.
type Reading struct {
	Valid       bool // there was a good sample since the sensor was set up
	Number      int64
	Humidity    int64 // thousandths of a percent
	HasHumidity bool
	Fault       SensorFault
}

// SensorFault is what is wrong with a sensor's newest sample.
type SensorFault string

// Values of SensorFault.
const (
	FaultNone     SensorFault = ""
	FaultNoAnswer SensorFault = "no_answer" // nothing, or not a number
	FaultChecksum SensorFault = "checksum"
	FaultRange    SensorFault = "range" // outside of what is plausible
)

// Control is what a board's thermostat does and why.
type Control struct {
	Phase   Phase
	Target  Temp
	HasTo   bool // Target is meant; false: nothing is to be held
	Temp    Temp
	HasTemp bool // Temp was measured, and is not too old
	Source  TargetSource
	Plan    string // id of the plan in force; "" for none
	Warning ThermostatWarning
}

// Phase is what a thermostat does right now.
type Phase string

// Values of Phase.
const (
	PhaseActive Phase = "active" // the relay is on
	PhaseIdle   Phase = "idle"   // within its band
	PhaseWait   Phase = "wait"   // would be on, but min_off or an interlock holds it; or no sample can be there yet
	PhaseOff    Phase = "off"    // nothing is to be held
	PhaseLost   Phase = "lost"   // no good sample for too long
	PhaseRange  Phase = "range"  // beyond the range's end, or implausible readings: cut off
	PhaseLocked Phase = "locked" // for maintenance: nothing switches it on, not even frost
)

// TargetSource is where a thermostat's target comes from.
type TargetSource string

// Values of TargetSource.
const (
	TargetPlan     TargetSource = "plan"
	TargetFallback TargetSource = "fallback" // the board has no plan (any more)
	TargetFrost    TargetSource = "frost"    // the plan's is lower, or there is none
	TargetNone     TargetSource = "none"
)

// ThermostatWarning is what a board noticed about what it drives.
type ThermostatWarning string

// Values of ThermostatWarning.
const (
	WarningNone   ThermostatWarning = ""
	WarningNoRise ThermostatWarning = "no_rise" // 15 minutes at full drive changed nothing
	WarningStuck  ThermostatWarning = "stuck"   // it goes on heating, or cooling, with the relay off
)

// StateUnknown is the state of an entity whose board has not spoken yet.
const StateUnknown = "unknown"

// Signal is something that happens to an entity: one of Reported, Gestured,
// Observed, Linked, Elapsed, Ended and Sounding.
type Signal interface{ signal() }

// Reported is a point's new value. An entity of several points is told of none
// before its board has reported all of them, and then of each.
type Reported struct {
	Point PointRef
	Value Value
	At    time.Time // when the point took it, by the server's clock: not after now
	Cause Cause     // why it did
}

// Gestured is what a person did with a button; without a Point, from afar.
type Gestured struct {
	Point   PointRef
	Gesture Gesture
	At      time.Time // when, by the server's clock: not after now
}

// Observed is the state of an entity that this one watches (Watcher).
type Observed struct {
	Entity    ID
	State     string
	Available bool
}

// Linked says that the entity's board has come back with all its points, or
// has gone. What it reports follows.
type Linked struct{ Up bool }

// Elapsed says that the time of Due has come.
type Elapsed struct{}

// Ended is how the tasks of an accepted order ended, in the order of the tasks.
// None of them is StatusAccepted any more.
type Ended struct{ Results []Result }

// Sounding tells the alarm which sirens may be on because of it, in order. It
// keeps that, so that no restart of the server leaves one on.
type Sounding struct{ Sirens []ID }

func (Reported) signal() {}
func (Gestured) signal() {}
func (Observed) signal() {}
func (Linked) signal()   {}
func (Elapsed) signal()  {}
func (Ended) signal()    {}
func (Sounding) signal() {}

// View is what people see of a state. Attributes is a comparable struct whose
// JSON is the object `attributes` of docs/api.md, so two Views compare with ==.
type View struct {
	State      string
	Attributes any
}

// Order is what a command comes to: something for a board to do, tasks for
// other entities, a new state of the entity itself, or several of these.
type Order struct {
	Point  PointRef
	Do     Verb   // VerbOn, VerbOff, VerbSet, VerbPulse or VerbPlan; "" is nothing for a board
	Level  *Level // with VerbSet
	Color  *RGB   // with VerbSet
	Pulse  *Pulse // with VerbPulse
	Plan   *Plan  // with VerbPlan
	Target string // the state it should lead to
	// Tasks are done by the server, side by side; the command ends with the last.
	Tasks []Task
	// Next, when it is not nil, is the entity's state from the moment on in which
	// the command is accepted. It is kept before the command is confirmed.
	Next State
	// Gesture is what counts as done with the button itself, by whoever asks.
	Gesture Gesture
	// Queued says that the command is accepted while the board is away: Next is
	// what counts, and the board gets it when it is back. With a refusal it says that
	// the refusal is the same whether or not the board is there.
	Queued bool
}

// Pulse is how a relay is pulsed, once.
type Pulse struct {
	Width time.Duration
	Gap   time.Duration // since the relay last went off, at least
	Pre   []Condition   // what the board's inputs must be when it starts
	// Warn is an output of the same board that is on for WarnFor before the
	// pulse; "" is no warning. If an input of Pre changes meanwhile, or the link
	// breaks, there is no pulse.
	Warn    PointID
	WarnFor time.Duration
}

// Lasts is how long after its start the pulse is over.
func (p *Pulse) Lasts() time.Duration { return p.WarnFor + p.Width }

// Condition is what an input must be when a pulse starts.
type Condition struct {
	Point PointID
	Is    bool          // active
	Age   time.Duration // since the board has looked at it, at most
}

// Plan is what a thermostat is to hold from now on. The board runs it with the
// server away, until its end; then it holds its fallback.
type Plan struct {
	ID       string // names the content: 8 hexadecimal digits
	Locked   bool   // off whatever happens, also after a boot; Segments do not matter
	Segments []Segment
	End      time.Time
}

// Segment is a setting and when it begins. The first segment of a plan has
// begun when the plan is made.
type Segment struct {
	From time.Time
	To   Setting
}

// State is an entity's state machine. Implementations are immutable values:
// Step and Resolve never change the receiver.
type State interface {
	View() View
	// Step is the state after a signal.
	Step(in Signal, now time.Time) State
	// Resolve turns an action into an order. The error is a *Refusal; of the order
	// that comes with one only Next counts: what the refused attempt itself changed.
	Resolve(a Action, asked Asked) (Order, error)
	// With is the same state under a changed declaration of the same kind.
	With(spec Spec) State
}

// Asked is the circumstances of a command.
type Asked struct {
	Pending string // target of the entity's newest unfinished command, "" for none; toggle goes by it
	Cause   Cause  // who asks
	// ByRule says that a rule asks, be it by a scene or by a button that it presses;
	// MayOpen that this rule says that it opens this very door.
	ByRule, MayOpen bool
	// Attended says that somebody stands there: the wish is a gesture on a button
	// of the entity's own board, made with a finger and not by a command.
	Attended bool
	Now      time.Time
}

// Watcher is a Spec whose state depends on other entities: it gets an Observed
// when it is declared and whenever one of them changes.
type Watcher interface {
	Watches() []ID
}

// Timed is a State with a deadline of its own: it gets an Elapsed at the first
// moment that is not before Due. The zero time is never.
type Timed interface {
	Due() time.Time
}

// Lasting is a State that outlives the server. Saved is JSON, the same for the
// same state; Restore is the state that had it, under the receiver's
// declaration, brought up to now. Restore fails on what Saved never made.
type Lasting interface {
	Saved() ([]byte, error)
	Restore(saved []byte, now time.Time) (State, error)
}

// Planner is a State whose board runs a plan. Plan is the one to be in force at
// now; it has the same ID for as long as it says the same.
type Planner interface {
	Plan(now time.Time) Plan
}

// Initial is the state of an entity of which no board has said anything.
func Initial(e Entity) State {
	switch spec := e.Spec.(type) {
	case *Switch:
		return switchState{spec: spec}
	case *Light:
		return lightState{spec: spec}
	case *Button:
		return buttonState{spec: spec}
	case *Contact:
		return contactState{spec: spec}
	case *Sensor:
		return newSensor(spec)
	case *GarageDoor:
		return doorState{spec: spec}
	case *Thermostat:
		return newThermostat(spec)
	case *Scene:
		return sceneState{spec: spec}
	case *Person:
		return personState{}
	case *Alarm:
		return newAlarm(spec)
	}
	panic(fmt.Sprintf("entity %s: no state machine for %T", e.ID, e.Spec))
}

// Features says what an entity can do beyond its kind, as docs/api.md lists it.
func Features(s Spec) []string {
	out := []string{}
	switch s := s.(type) {
	case *Light:
		if s.Drive != DrivePin {
			out = append(out, "brightness")
		}
		if s.Drive == DriveWS2812 {
			out = append(out, "color")
		}
	case *Button:
		for _, g := range s.heeded() {
			out = append(out, string(g))
		}
	case *Contact:
		out = append(out, string(s.Class))
	case *GarageDoor:
		if s.Closed != nil {
			out = append(out, string(VerbOpen), string(VerbClose))
		}
		out = append(out, string(VerbPulse))
		if s.Warning == nil {
			out = append(out, "attended")
		}
	case *Sensor:
		if s.MeasuresHumidity() {
			out = append(out, "humidity")
		}
	}
	return out
}

// NoAttributes is the Attributes of kinds that have none.
type NoAttributes struct{}

func onOff(known, on bool) string {
	switch {
	case !known:
		return StateUnknown
	case on:
		return "on"
	}
	return "off"
}

// toggled is the verb that a toggle comes to.
func toggled(state, pending string) Verb {
	if pending != "" {
		state = pending
	}
	if state == "on" {
		return VerbOff
	}
	return VerbOn
}

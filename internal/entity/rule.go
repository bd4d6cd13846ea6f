package entity

import (
	"time"

	"hob/internal/schedule"
)

// RuleID names a rule; unique among rules.
type RuleID string

// Rule is what happens by itself, as declared: when one of its triggers fires
// and its condition holds, its steps are taken in order.
type Rule struct {
	ID       RuleID
	Name     string // for people; config fills it from the id when not given
	Enabled  bool
	When     []Trigger     // one at least
	If       RuleCondition // nil: always
	Do       []Step        // one at least
	Mode     RunMode
	Cooldown time.Duration // after a run begins, the rule does not run again for so long; 0 is none
	Missed   Missed
	MayOpen  []ID // garage doors that it may open
}

// RunMode says what happens when a rule is triggered while it still runs.
type RunMode string

// Values of RunMode.
const (
	ModeSingle  RunMode = "single"  // nothing: the run goes on
	ModeRestart RunMode = "restart" // the run is given up and a new one begins
	ModeQueued  RunMode = "queued"  // the new run begins after it
)

// Missed says what happens to runs that were due while the server was down.
type Missed struct {
	Policy MissedPolicy
	Within time.Duration // with MissedRun and MissedLatest: no run is later than this; 0 is without limit
}

// MissedPolicy is the word of Missed.
type MissedPolicy string

// Values of MissedPolicy.
const (
	MissedSkip   MissedPolicy = "skip"
	MissedRun    MissedPolicy = "run"    // each of them
	MissedLatest MissedPolicy = "latest" // the last of them
)

// Trigger is what a rule waits for: one of the types below.
type Trigger interface{ trigger() }

// ByTime says whether a trigger goes by the clock: when it fires is known before.
func ByTime(t Trigger) bool {
	switch t.(type) {
	case AtTimes, AtCron, AtSun, AtEvery:
		return true
	}
	return false
}

// AtTimes triggers at times of day.
type AtTimes struct{ schedule.Times }

// AtCron triggers by a cron line.
type AtCron struct{ schedule.Cron }

// AtSun triggers at an event of the sun, on the given days.
type AtSun struct {
	schedule.Sun
	Days   schedule.Days
	Random schedule.Random
}

// AtEvery triggers after each interval.
type AtEvery struct{ schedule.Every }

// OnState triggers when an entity comes into a state, and has been in it for a while.
type OnState struct {
	Entity ID
	To     string
	From   string // "" is any other state
	For    time.Duration
}

// OnLevel triggers when a number crosses a threshold, and has been beyond it for
// a while. It triggers again only after the number has come back by Hysteresis.
type OnLevel struct {
	Threshold
	Hysteresis float64
	For        time.Duration
}

// OnGesture triggers when a button is used.
type OnGesture struct {
	Button  ID
	Gesture Gesture
}

// OnBoard triggers when a board comes or goes.
type OnBoard struct {
	Board  BoardName
	Online bool
	For    time.Duration
}

// OnWebhook triggers when somebody asks for a path that only they know.
type OnWebhook struct{ Name Secret }

// OnStart triggers when the server has started.
type OnStart struct{}

func (AtTimes) trigger()   {}
func (AtCron) trigger()    {}
func (AtSun) trigger()     {}
func (AtEvery) trigger()   {}
func (OnState) trigger()   {}
func (OnLevel) trigger()   {}
func (OnGesture) trigger() {}
func (OnBoard) trigger()   {}
func (OnWebhook) trigger() {}
func (OnStart) trigger()   {}

// RuleCondition is what has to hold: one of the types below.
type RuleCondition interface{ condition() }

// All holds if each of its conditions does.
type All []RuleCondition

// Any holds if one of its conditions does.
type Any []RuleCondition

// Not holds if its condition does not.
type Not struct{ Condition RuleCondition }

// InState holds while an entity is in a state.
type InState struct {
	Entity ID
	State  string
}

// AtLevel holds while a number is beyond a threshold.
type AtLevel struct{ Threshold }

// InWindow holds in a span of the day.
type InWindow struct{ schedule.Window }

// OnDays holds on days of the week.
type OnDays struct{ Days schedule.Days }

// SunIs holds while the sun is up, or down.
type SunIs struct{ Up bool }

// Expr holds if an expression over the house is true.
type Expr struct{ Text string }

func (All) condition()      {}
func (Any) condition()      {}
func (Not) condition()      {}
func (InState) condition()  {}
func (AtLevel) condition()  {}
func (InWindow) condition() {}
func (OnDays) condition()   {}
func (SunIs) condition()    {}
func (Expr) condition()     {}

// Threshold is a number of an entity and what it is compared with.
type Threshold struct {
	Entity ID
	Of     Quantity
	Below  bool // else above
	Than   float64
}

// Quantity is which number of an entity a threshold is about.
type Quantity string

// Values of Quantity, with the unit of Threshold.Than.
const (
	QuantityValue       Quantity = "value"       // of a sensor, in its unit; °C where it is a temperature
	QuantityHumidity    Quantity = "humidity"    // of a sensor, %
	QuantityTemperature Quantity = "temperature" // that a heater or cooler measures, °C
	QuantityBrightness  Quantity = "brightness"  // of a light, %
	QuantityTarget      Quantity = "target"      // that a heater or cooler holds, °C; in expressions only
)

// Step is one thing that a rule does: one of the types below.
type Step interface{ step() }

// Do asks an entity to do something.
type Do struct {
	Task
	StopIfFailed bool // unless the command is confirmed, the run ends here; else the next step follows in any case
}

// Delay waits.
type Delay struct{ For time.Duration }

// Wait waits until a condition holds, at most for a while; then the rule goes on
// in any case.
type Wait struct {
	Until  RuleCondition
	AtMost time.Duration
}

// Choose takes one of two ways.
type Choose struct {
	If         RuleCondition
	Then, Else []Step
}

// Notify tells people something.
type Notify struct {
	Everyone bool
	User     UserID // without Everyone
	Text     string
}

// Call asks a server somewhere for something: a webhook of another service. It
// has worked out if the answer's status is 2xx.
type Call struct {
	URL          Secret        // http or https; it may hold a token, so no more than its host is ever shown
	Method       string        // such as "POST", in capital letters
	Headers      []Header      // in the order of the file
	Body         string        // "" for none
	Timeout      time.Duration // of one attempt, the whole answer included
	Retries      int           // further attempts after one that failed; 0 is none
	StopIfFailed bool          // the run ends here if no attempt works out
}

// Header is a line of an HTTP request's head.
type Header struct {
	Name  string
	Value Secret
}

// Stop ends the run.
type Stop struct{}

func (Do) step()     {}
func (Delay) step()  {}
func (Wait) step()   {}
func (Choose) step() {}
func (Notify) step() {}
func (Call) step()   {}
func (Stop) step()   {}

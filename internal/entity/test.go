package entity

import (
	"time"

	"hob/internal/schedule"
)

// Given is how an entity is, or becomes by itself, in a house that is simulated:
// of a contact, a garage door or the alarm its State, of a sensor its Number or
// Humidity, of a button the Gesture that somebody makes, and of what takes
// commands what somebody asks of it.
type Given struct {
	Entity   ID
	State    string
	Number   Maybe[float64] // in the sensor's unit
	Humidity Maybe[float64] // percent
	Gesture  Gesture
	Action   *Action
}

// Place is where something is written.
type Place struct {
	File string
	Line int
}

// Test is a test of the house's rules, as declared: how the house is, what
// happens, and what is expected of it.
type Test struct {
	Name  string
	At    Place
	Date  schedule.Date // and Clock: when it begins, in the house's zone
	Clock schedule.Clock
	Given []Given
	Away  []BoardName // boards that are offline at the beginning
	When  []Happening // in the order of the file
	Then  []Check     // in the order of the file
}

// Moment is when something happens, or is looked at, in a test. The zero value
// is where the test has got to.
type Moment struct {
	Date  *schedule.Date // with Clock: that day; else the next time that clocks show it
	Clock *schedule.Clock
	Sun   *schedule.Sun // the next such event
	After time.Duration // so long after where the test has got to
}

// Happening is something that happens in a test: one of its fields but When and
// At, or none where only time passes.
type Happening struct {
	At      Place
	When    Moment
	Given   []Given
	Board   BoardName // comes or goes
	Online  bool
	Webhook Secret
	Startup bool
	Run     RuleID // somebody asks for it
}

// Check is something that is expected in a test: one of its fields but When and At.
type Check struct {
	At     Place
	When   Moment
	Text   string        // in the words of the file, for people
	Holds  RuleCondition // how the house is
	Done   *Task         // a rule has asked for it since the beginning,
	Not    bool          // or with Done and Notice: none has
	Notice string        // a message has this in it
	Rule   RuleID        // and Outcome: its newest firing ended so; "" is that it has not fired
	// Outcome is a word of docs/api.md; Reason is a part of the run's reason.
	Outcome string
	Reason  string
}

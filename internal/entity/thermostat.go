package entity

import (
	"time"

	"hob/internal/schedule"
)

// Thermostat is a heater, or a cooler when Cools. Its control law runs on the
// board that has the relay; the server knows the schedule and sends the board
// what is to come (docs/wire.md, "Thermostats").
type Thermostat struct {
	Cools       bool
	Board       BoardName
	Relay       int  // GPIO
	Inverted    bool // the relay is on at low level
	Sensor      ID
	SensorPoint PointRef // of Sensor; on another board the server feeds its values
	Low, High   Temp     // what a target may be; a heater is off at once above High, a cooler below Low
	Hysteresis  Temp     // whole width of the band around the target
	MinOn       time.Duration
	MinOff      time.Duration
	LostAfter   time.Duration          // off when the newest good sample is older
	Frost       *Temp                  // kept in every mode but locked; heaters only
	Fallback    *Temp                  // held while the board has no plan; nil is frost, or off
	Presets     []Preset               // in the order of the file
	Schedule    schedule.Plan[Planned] // the zero Plan has no points: nothing is planned
	Zone        *time.Location         // where the schedule's times are meant
	Manual      Manual
	Boost       *Boost // nil when not given
	Windows     []ID   // contacts: while one is open there is no target but frost
}

// Preset is a named setting of a thermostat.
type Preset struct {
	Name string
	To   Setting
}

// Planned is what a point of a schedule says: a setting, and the name of the
// preset that it comes from, "" for none.
type Planned struct {
	Preset string
	To     Setting
}

// Setting is what a thermostat is to hold: a temperature, or nothing but frost.
type Setting struct {
	Off  bool
	Temp Temp // without Off
}

// Manual says how long a setting by hand holds.
type Manual struct {
	UntilNext bool          // until the next point of the schedule
	For       time.Duration // else for so long; 0 is for good
}

// Boost is a high target for a while.
type Boost struct {
	To  Temp
	For time.Duration
}

// Kind implements Spec.
func (t *Thermostat) Kind() Kind {
	if t.Cools {
		return KindCooler
	}
	return KindHeater
}

// Points implements Spec. A sensor belongs to itself.
func (t *Thermostat) Points() []PointRef { return []PointRef{{t.Board, GPIO(t.Relay)}} }

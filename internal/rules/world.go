package rules

import (
	"time"

	"hob/internal/entity"
)

// Now is a moment, on both clocks.
type Now struct {
	Wall time.Time     // what the clock on the wall shows; it may be set
	Up   time.Duration // since some fixed moment of this process; it never jumps
}

// World is what is known of a house. The engine has one; why-not makes one of
// what was recorded.
type World interface {
	Entity(entity.ID) Seen
	Board(entity.BoardName) Link
}

// Past is a World of the past: what it does not know was not recorded.
type Past interface {
	World
	Past()
}

// Seen is what rules see of an entity. The zero value is one of which nothing is known.
type Seen struct {
	State     string // as in entity.Record; "" and entity.StateUnknown are not known
	Available bool   // its board is there, or it has none

	// What else an expression or a threshold can ask for.
	Value, Humidity, Temperature, Target, Brightness Number
	Mode, Preset                                     string // of a heater or cooler; without a Mode neither is known, and no preset is ""
}

// Number is a number that may not be known. Its unit is that of entity.Quantity.
type Number struct {
	Is    float64
	Known bool
}

func some(f float64) Number { return Number{f, true} }

// Number is one of the entity's numbers; it is not known while its board is away.
func (s Seen) Number(q entity.Quantity) Number {
	if !s.Available {
		return Number{}
	}
	switch q {
	case entity.QuantityValue:
		return s.Value
	case entity.QuantityHumidity:
		return s.Humidity
	case entity.QuantityTemperature:
		return s.Temperature
	case entity.QuantityTarget:
		return s.Target
	case entity.QuantityBrightness:
		return s.Brightness
	}
	return Number{}
}

// Known says whether the state is known.
func (s Seen) Known() bool {
	return s.Available && s.State != "" && s.State != entity.StateUnknown
}

// See is what rules see of a record.
func See(r *entity.Record) Seen {
	s := Seen{State: r.State, Available: r.Available}
	switch a := r.Attributes.(type) {
	case entity.LightAttributes:
		switch {
		case r.State == "off":
			s.Brightness = some(0)
		case r.State == "on" && a.Brightness > 0: // none: it cannot be dimmed
			s.Brightness = some(a.Brightness)
		}
	case entity.SensorAttributes:
		s.Value, s.Humidity = maybe(a.Value), maybe(a.Humidity)
		if a.Fault != entity.FaultNone && r.State == entity.StateUnknown {
			s.Value, s.Humidity = Number{}, Number{}
		}
	case entity.ThermostatAttributes:
		s.Temperature, s.Target, s.Mode, s.Preset = maybe(a.Temperature), maybe(a.Target), a.Mode, a.Preset
	}
	return s
}

func maybe(m entity.Maybe[float64]) Number {
	return Number{m.Value, m.Given}
}

// Link is how a board is.
type Link uint8

// Values of Link.
const (
	LinkUnknown Link = iota // not heard of yet
	LinkOffline
	LinkOnline
)

// Event is something that has happened: the fields of exactly one group are set.
type Event struct {
	// An entity is, or is seen, in another way; Gesture is what somebody did with a
	// button just now. Cause is why.
	Entity  entity.ID
	Seen    Seen
	Gesture entity.Gesture
	Cause   entity.Cause

	// A board has come or gone.
	Board entity.BoardName
	Link  Link

	// Somebody has asked for a path; an unknown one is no event.
	Webhook entity.Secret

	// The server has started.
	Started bool
}

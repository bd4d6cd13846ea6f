package world

import "math/rand/v2"

// Fault is what is wrong with a sensor.
type Fault string

// Values of Fault.
const (
	FaultNone       Fault = ""
	FaultStuck      Fault = "stuck"        // shows what it showed last, for ever
	FaultVanished   Fault = "vanished"     // no answer
	FaultNaN        Fault = "nan"          // an answer that is no number
	FaultChecksum   Fault = "checksum"     // an answer that was garbled on its way
	FaultOutOfRange Fault = "out_of_range" // far above anything true
)

// Faults lists every fault but none.
func Faults() []Fault {
	return []Fault{FaultStuck, FaultVanished, FaultNaN, FaultChecksum, FaultOutOfRange}
}

// Sensor is a thermometer with noise of its own. Rand must not be shared with
// another goroutine.
type Sensor struct {
	Noise float64 // standard deviation, °C
	Fault Fault
	Rand  *rand.Rand

	shown float64
	ever  bool
}

// outOfRange is what a sensor with a broken wire likes to say, in °C.
const outOfRange = 120

// Read is what the sensor makes of a true temperature in °C.
func (s *Sensor) Read(truth float64) float64 {
	switch {
	case s.Fault == FaultStuck && s.ever:
		return s.shown
	case s.Fault == FaultOutOfRange:
		return outOfRange
	}
	s.shown, s.ever = truth+s.Noise*s.Rand.NormFloat64(), true
	return s.shown
}

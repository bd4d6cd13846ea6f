package entity

import (
	"math"
	"strconv"
	"time"
)

// FaultStale is the fault of a sensor whose newest good sample is too old to
// stand for what is so now. Only the server says it.
const FaultStale SensorFault = "stale"

// staleAfter is how old a sensor's newest good sample may be.
func (s *Sensor) staleAfter() time.Duration { return max(3*s.Every, 5*time.Minute) }

// sensorState follows what one sensor measured last, and how old that is.
type sensorState struct {
	spec    *Sensor
	reading Reading
	sampled time.Time // of the newest good sample; the zero time is none
	stale   bool
}

// SensorAttributes is the Attributes of a sensor.
type SensorAttributes struct {
	Value    Maybe[float64] `json:"value,omitzero"` // of the newest good sample, in Unit
	Unit     string         `json:"unit"`
	Humidity Maybe[float64] `json:"humidity,omitzero"` // percent
	Sampled  int64          `json:"sampled,omitempty"` // unix milliseconds
	Fault    SensorFault    `json:"fault,omitempty"`
}

func newSensor(spec *Sensor) State {
	s := sensorState{spec: spec}
	if spec.Type == SensorPulse {
		return meterState{sensorState: s}
	}
	return s
}

func (s sensorState) View() View { return s.view(s.value()) }

// view shows the number as it is in the sensor's unit.
func (s sensorState) view(value float64) View {
	a := SensorAttributes{Unit: s.unit(), Fault: s.reading.Fault}
	if s.sampled.IsZero() {
		return View{StateUnknown, a}
	}
	a.Value, a.Sampled = Some(value), s.sampled.UnixMilli()
	if s.reading.HasHumidity {
		a.Humidity = Some(rounded(float64(s.reading.Humidity)/1000, 1))
	}
	if s.stale {
		if a.Fault == FaultNone {
			a.Fault = FaultStale
		}
		return View{StateUnknown, a}
	}
	return View{strconv.FormatFloat(rounded(value, s.decimals()), 'f', -1, 64), a}
}

func (s sensorState) unit() string {
	if s.spec.MeasuresTemp() {
		return "°C"
	}
	return s.spec.Unit
}

// decimals is how many of them people see.
func (s sensorState) decimals() int {
	if s.spec.MeasuresTemp() {
		return 1
	}
	return 3
}

// value is the reading in the sensor's unit.
func (s sensorState) value() float64 {
	n := float64(s.reading.Number)
	if s.spec.Type == SensorAnalog {
		const fullScale = 3300 // mV
		return rounded(s.spec.AtZero+(s.spec.AtFull-s.spec.AtZero)*n/fullScale, 4)
	}
	return rounded(n/1000, 3)
}

// rounded has at most so many decimals, and is never a negative zero.
func rounded(f float64, decimals int) float64 {
	p := math.Pow10(decimals)
	if r := math.Round(f*p) / p; !math.IsInf(r, 0) && !math.IsNaN(r) {
		return r + 0
	}
	return f
}

func (s sensorState) Step(in Signal, now time.Time) State { return s.step(in, now) }

func (s sensorState) step(in Signal, now time.Time) sensorState {
	switch in := in.(type) {
	case Reported:
		if in.Value.Reading == nil {
			return s
		}
		s.reading = *in.Value.Reading
		switch {
		case !s.reading.Valid:
			s.sampled = time.Time{} // the board has been set up anew
		case s.reading.Fault == FaultNone || s.sampled.IsZero():
			s.sampled = moment(in.At, now)
		}
		s.stale = s.tooOld(now)
	case Elapsed:
		s.stale = s.tooOld(now)
	}
	return s
}

func (s sensorState) tooOld(now time.Time) bool {
	return !s.sampled.IsZero() && now.Sub(s.sampled) >= s.spec.staleAfter()
}

// Due implements Timed.
func (s sensorState) Due() time.Time {
	if s.sampled.IsZero() || s.stale {
		return time.Time{}
	}
	return s.sampled.Add(s.spec.staleAfter())
}

func (s sensorState) Resolve(Action, Asked) (Order, error) {
	return Order{}, invalid("sensor_only_reports", "a sensor only reports; it takes no commands")
}

func (s sensorState) With(spec Spec) State {
	to := spec.(*Sensor)
	if s.spec.Type != to.Type {
		return newSensor(to) // what was measured was something else
	}
	s.spec = to
	return s
}

// moment is when something happened, on the running clock of now, so that what
// is added to it passes with elapsed time whatever the wall clock does.
func moment(at, now time.Time) time.Time {
	if at.IsZero() || at.After(now) {
		return now
	}
	return now.Add(at.Sub(now))
}

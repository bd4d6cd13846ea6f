package entity

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// meterState adds up the pulses of a meter. A board counts from its own boot;
// the total goes on over boots and over restarts of the server. What the meter
// counted while its board was without power is not known to anybody, and a board
// that has counted more since a boot than it ever had before is taken for one
// that did not boot.
type meterState struct {
	sensorState
	total   int64 // pulses since the meter was first seen
	last    int64 // what the board had counted when it was last heard
	started bool  // last is known
}

// mostPulses keeps a total exact as a JSON number; no meter gets there.
const mostPulses = 1 << 53

func (s meterState) View() View {
	per := s.spec.PerUnit
	if per <= 0 {
		per = 1
	}
	return s.view(rounded(float64(s.total)/per, 4))
}

func (s meterState) Step(in Signal, now time.Time) State {
	s.sensorState = s.step(in, now)
	r, ok := in.(Reported)
	if !ok || r.Value.Reading == nil || !r.Value.Reading.Valid {
		return s
	}
	count := min(max(r.Value.Reading.Number, 0), mostPulses)
	switch {
	case !s.started || count < s.last: // all that the board has counted is new
		s.total += count
	default:
		s.total += count - s.last
	}
	s.total = min(s.total, mostPulses)
	s.last, s.started = count, true
	return s
}

func (s meterState) With(spec Spec) State {
	to := spec.(*Sensor)
	if to.Type != SensorPulse {
		return newSensor(to)
	}
	s.spec = to
	return s
}

// savedMeter is the JSON of a meter's Saved. The count is what the board had,
// so that pulses of the time without a server are not lost.
type savedMeter struct {
	Total int64 `json:"total"`
	Count int64 `json:"count"`
}

// Saved implements Lasting.
func (s meterState) Saved() ([]byte, error) {
	if !s.started {
		return nil, nil
	}
	return json.Marshal(savedMeter{s.total, s.last})
}

// Restore implements Lasting.
func (s meterState) Restore(saved []byte, _ time.Time) (State, error) {
	var v savedMeter
	if err := readSaved(saved, &v); err != nil {
		return nil, err
	}
	if v.Count < 0 || v.Total < 0 || v.Total > mostPulses || v.Count > mostPulses {
		return nil, fmt.Errorf("a meter cannot have counted %d and %d pulses", v.Total, v.Count)
	}
	s.total, s.last, s.started = v.Total, v.Count, true
	return s, nil
}

// readSaved decodes what a Lasting saved, strictly: all of it is known, or it
// is of another version and must not be half understood.
func readSaved(saved []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(saved))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("what was saved cannot be read: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("what was saved goes on after its end")
	}
	return nil
}

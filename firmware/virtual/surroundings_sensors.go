package main

import (
	"math"
	"math/rand/v2"
	"time"

	"hob/firmware/virtual/world"
)

// What a sensor is when nothing is said: the common thermistor, and a voltage
// in the middle.
const (
	ntcBeta   = 3950.0
	ntcR25    = 10_000.0
	ntcSeries = 10_000.0
	analogMV  = 1650
)

func newSensor(r *rand.Rand) *sensor {
	return &sensor{Sensor: world.Sensor{Rand: r}, beta: ntcBeta, r25: ntcR25, series: ntcSeries, since: time.Now()}
}

// count is what a meter has counted by now.
func (x *sensor) count(now time.Time) float64 { return x.counted + x.rate*now.Sub(x.since).Minutes() }

// boardSensors is the sensorSource of one board in its surroundings.
type boardSensors struct{ board *board }

func (b boardSensors) answer(kind sensorKind, where int) []byte {
	return b.board.around.answer(kind, place{board: b.board, at: where, i2c: kind == sensorSHT3x})
}

// answer is what the sensor at a place sends; nil when nothing does.
func (s *surroundings) answer(kind sensorKind, p place) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	x, ok := s.sensors[p]
	if !ok || x.Fault == world.FaultVanished {
		return nil
	}
	now := time.Now()
	s.forward(now)
	s.nudge() // forward may have moved a door on
	return x.spoil(x.raw(kind, x.Read(s.truth(x, now)), s.weather.Humidity, now))
}

// truth is the temperature where a sensor hangs, in °C.
func (s *surroundings) truth(x *sensor, now time.Time) float64 {
	if x.value != nil {
		return *x.value
	}
	if r := s.rooms[x.room]; r != nil {
		return r.Temp
	}
	return s.weather.Temperature(s.climate.at(now))
}

// raw is a reading as it goes over the wire. A voltage is the value in mV.
func (x *sensor) raw(kind sensorKind, temp, humidity float64, now time.Time) []byte {
	milli := int32(math.Round(temp * 1000))
	switch kind {
	case sensorDS18B20:
		return rawDS18B20(milli)
	case sensorDHT22:
		return rawDHT22(milli, int32(humidity*1000))
	case sensorSHT3x:
		return rawSHT3x(milli, int32(humidity*1000))
	case sensorNTC:
		return rawMillivolts(ntcMillivolts(milli, x.beta, x.r25, x.series))
	case sensorPulse:
		return rawCount(uint32(x.count(now)))
	}
	if x.value == nil {
		return rawMillivolts(analogMV)
	}
	return rawMillivolts(uint16(min(max(*x.value, 0), math.MaxUint16)))
}

// spoil is what becomes of an answer on its way from a faulty sensor.
func (x *sensor) spoil(raw []byte) []byte {
	switch x.Fault {
	case world.FaultNaN:
		for i := range raw {
			raw[i] = 0xff
		}
	case world.FaultChecksum:
		raw[len(raw)-1] ^= 0x55
	}
	return raw
}

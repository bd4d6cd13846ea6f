package main

// #include "bridge.h"
import "C"

import (
	"encoding/binary"
	"math"
)

// sensorKind is how a sensor is read; the values are those of enum hob_sensor_kind.
type sensorKind uint8

const (
	sensorDS18B20 sensorKind = C.HOB_SENSOR_DS18B20
	sensorDHT22   sensorKind = C.HOB_SENSOR_DHT22
	sensorSHT3x   sensorKind = C.HOB_SENSOR_SHT3X
	sensorNTC     sensorKind = C.HOB_SENSOR_NTC
	sensorAnalog  sensorKind = C.HOB_SENSOR_ANALOG
	sensorPulse   sensorKind = C.HOB_SENSOR_PULSE
)

// sensorSource is what the sensors of a board would answer. where is the pin, or
// of a sensorSHT3x its address; the bytes are those of struct hob_port's
// sensor_read, and nil is no answer. It is called on the board's goroutine,
// during a call into the core, and must neither wait nor call the board.
type sensorSource interface {
	answer(kind sensorKind, where int) []byte
}

// noSensors is a board with nothing at its pins.
type noSensors struct{}

func (noSensors) answer(sensorKind, int) []byte { return nil }

// measuringMS is how long a sensor takes until it can be read, by the data
// sheets: 12 bits of a DS18B20, high repeatability of an SHT3x.
func (k sensorKind) measuringMS() int {
	switch k {
	case sensorDS18B20:
		return 750
	case sensorSHT3x:
		return 15
	}
	return 0
}

// Raw answers, as sensors in order would give them. Temperatures are in
// thousandths of a degree Celsius, humidities in thousandths of a percent.

// rawDS18B20 is the scratchpad of a DS18B20 of 12 bits.
func rawDS18B20(temp int32) []byte {
	sixteenths := int16(math.Round(float64(temp) * 16 / 1000))
	raw := binary.LittleEndian.AppendUint16(nil, uint16(sixteenths))
	raw = append(raw, 0x4b, 0x46, 0x7f, 0xff, byte(0x10-sixteenths&15), 0x10)
	return append(raw, crc8(raw, 0, 0x8c, true))
}

// rawDHT22 is the frame of a DHT22: tenths, and a sign of its own.
func rawDHT22(temp, humidity int32) []byte {
	tenths := uint16(math.Round(math.Abs(float64(temp)) / 100))
	if temp < 0 {
		tenths |= 0x8000
	}
	raw := binary.BigEndian.AppendUint16(nil, uint16((humidity+50)/100))
	raw = binary.BigEndian.AppendUint16(raw, tenths)
	return append(raw, raw[0]+raw[1]+raw[2]+raw[3])
}

// rawSHT3x is the answer of an SHT3x to a single shot: shares of 65535.
func rawSHT3x(temp, humidity int32) []byte {
	word := func(raw []byte, share float64) []byte {
		s := uint16(math.Round(65535 * min(max(share, 0), 1)))
		raw = binary.BigEndian.AppendUint16(raw, s)
		return append(raw, crc8(raw[len(raw)-2:], 0xff, 0x31, false))
	}
	return word(word(nil, float64(temp+45_000)/175_000), float64(humidity)/100_000)
}

// rawMillivolts is what the converter of the chip reads.
func rawMillivolts(mv uint16) []byte { return binary.LittleEndian.AppendUint16(nil, mv) }

// rawCount is what a pulse counter has counted since it was opened.
func rawCount(n uint32) []byte { return binary.LittleEndian.AppendUint32(nil, n) }

// ntcMillivolts is the voltage at a thermistor from the pin to ground under a
// resistor to 3.3 V, by the Beta equation.
func ntcMillivolts(temp int32, beta, r25, series float64) uint16 {
	r := r25 * math.Exp(beta*(1/(float64(temp)/1000+273.15)-1/298.15))
	return uint16(math.Round(3300 * r / (r + series)))
}

// crc8 is the CRC of a sensor; polynomial is in the order of the bits.
func crc8(data []byte, crc, polynomial byte, lowestFirst bool) byte {
	for _, b := range data {
		crc ^= b
		for range 8 {
			var out byte
			if lowestFirst {
				out, crc = crc&1, crc>>1
			} else {
				out, crc = crc>>7, crc<<1
			}
			if out != 0 {
				crc ^= polynomial
			}
		}
	}
	return crc
}

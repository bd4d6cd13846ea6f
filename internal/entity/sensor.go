package entity

import (
	"fmt"
	"time"
)

// SensorType is how a sensor is read.
type SensorType string

// Values of SensorType.
const (
	SensorDS18B20 SensorType = "ds18b20" // 1-Wire: temperature
	SensorDHT22   SensorType = "dht22"   // temperature and humidity
	SensorSHT3x   SensorType = "sht3x"   // I2C: temperature and humidity
	SensorNTC     SensorType = "ntc"     // thermistor to ground under a series resistor, on an analog pin
	SensorAnalog  SensorType = "analog"  // voltage
	SensorPulse   SensorType = "pulse"   // counter of a meter
)

// Sensor measures something.
type Sensor struct {
	Type        SensorType
	Board       BoardName
	Pin         int // GPIO; 0 for SensorSHT3x
	Address     int // I2C, 7 bits; SensorSHT3x
	Every       time.Duration
	Offset      Temp    // added to every temperature
	Low, High   Temp    // what is plausible; a reading outside counts as none
	Beta        int     // SensorNTC: K
	R25, Series int     // SensorNTC: Ω
	PerUnit     float64 // SensorPulse: pulses for one Unit
	AtZero      float64 // SensorAnalog: value in Unit at 0 V
	AtFull      float64 // SensorAnalog: value in Unit at 3.3 V
	Unit        string  // of SensorPulse and SensorAnalog; "°C" else
}

// Kind implements Spec.
func (*Sensor) Kind() Kind { return KindSensor }

// Ref is the point of the sensor: "gpio4", or "i2c-44" for address 0x44.
func (s *Sensor) Ref() PointRef {
	if s.Type == SensorSHT3x {
		return PointRef{s.Board, PointID(fmt.Sprintf("i2c-%02x", s.Address))}
	}
	return PointRef{s.Board, GPIO(s.Pin)}
}

// Points implements Spec.
func (s *Sensor) Points() []PointRef { return []PointRef{s.Ref()} }

// MeasuresTemp says whether the sensor's value is a temperature.
func (s *Sensor) MeasuresTemp() bool {
	return s.Type != SensorAnalog && s.Type != SensorPulse
}

// MeasuresHumidity says whether the sensor has a relative humidity too.
func (s *Sensor) MeasuresHumidity() bool {
	return s.Type == SensorDHT22 || s.Type == SensorSHT3x
}

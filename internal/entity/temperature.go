package entity

import (
	"fmt"
	"math"
	"strconv"
)

// Temp is a temperature, or a difference of two, in thousandths of a degree
// Celsius. Whole numbers keep the board free of floating point.
type Temp int32

// Bounds of what a Temp may be told to be: what a DS18B20 can measure, rounded
// outward, so that no setting is refused for a reason that nobody would guess.
const (
	MinTemp Temp = -55_000
	MaxTemp Temp = 125_000
)

// Celsius is the temperature in degrees Celsius.
func (t Temp) Celsius() float64 { return float64(t) / 1000 }

// String is the temperature in degrees Celsius with at most one decimal: "21.5".
func (t Temp) String() string {
	return strconv.FormatFloat(math.Round(t.Celsius()*10)/10+0, 'f', -1, 64) // + 0: no "-0"
}

// TempOfCelsius rounds degrees Celsius to a Temp. It fails outside MinTemp to
// MaxTemp and for anything that is not a number.
func TempOfCelsius(c float64) (Temp, error) {
	if math.IsNaN(c) || c < MinTemp.Celsius() || c > MaxTemp.Celsius() {
		return 0, fmt.Errorf("a temperature must be %v to %v °C, not %v", MinTemp, MaxTemp, c)
	}
	return Temp(math.Round(c * 1000)), nil
}

// TempOfFahrenheit is TempOfCelsius for degrees Fahrenheit.
func TempOfFahrenheit(f float64) (Temp, error) { return TempOfCelsius((f - 32) / 1.8) }

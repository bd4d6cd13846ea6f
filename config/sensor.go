package config

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"hob/internal/diag"
	"hob/internal/entity"
)

// sensorYAML is something that measures. Which other keys there are depends on
// the type.
type sensorYAML struct {
	commonYAML
	Type      choice           `yaml:"type" oneof:"ds18b20 dht22 sht3x ntc analog pulse" need:"true" example:"ds18b20" doc:"What it is."`
	Pin       pin              `yaml:"pin" example:"hall/4" doc:"Its pin (not with sht3x). ntc and analog need one that can measure a voltage."`
	Board     reference        `yaml:"board" names:"the name of a board" example:"hall" doc:"sht3x: the board with the I2C bus."`
	Address   choice           `yaml:"address" oneof:"0x44 0x45" example:"0x44" default:"0x44" doc:"sht3x: its address on the bus."`
	Every     duration         `yaml:"every" min:"1s" max:"1h" unit:"s" example:"30s" default:"30s" doc:"How often it measures; of pulse, how often the count is reported."`
	Offset    degrees          `yaml:"offset" min:"-20" max:"20" example:"-0.4°C" default:"0°C" doc:"Added to every temperature."`
	Plausible temperatureRange `yaml:"plausible" min:"-55" max:"125" example:"-30..60°C" default:"what the type can measure" doc:"What can be true; a reading outside counts as none."`
	Beta      whole            `yaml:"beta" min:"500" max:"10000" example:"3950" doc:"ntc: the thermistor's beta, in K."`
	R25       resistance       `yaml:"r25" example:"10k" doc:"ntc: its resistance at 25 °C."`
	Series    resistance       `yaml:"series" example:"10k" doc:"ntc: the resistor between 3.3 V and the pin."`
	PerUnit   number           `yaml:"per_unit" min:"0.001" max:"1000000" example:"450" doc:"pulse: how many pulses are one unit."`
	AtZero    number           `yaml:"at_zero" min:"-1000000" max:"1000000" example:"0" doc:"analog: the value at 0 V."`
	AtFull    number           `yaml:"at_full" min:"-1000000" max:"1000000" example:"100" doc:"analog: the value at 3.3 V."`
	Unit      name             `yaml:"unit" shape:"[\\p{L}\\p{N}%°³²·µ/]{1,8}" like:"1 to 8 letters, digits or signs without spaces, such as L or kWh" example:"L" doc:"analog, pulse: what the value counts."`
}

// What a sensor does unless the file says otherwise.
const (
	defaultEvery = 30 * time.Second
	dht22Every   = 2 * time.Second // its data sheet: no sooner
)

func (y *sensorYAML) kind() entity.Kind       { return entity.KindSensor }
func (y *sensorYAML) common() *commonYAML     { return &y.commonYAML }
func (y *sensorYAML) driven() *outputYAML     { return nil }
func (y *sensorYAML) sort() entity.SensorType { return entity.SensorType(y.Type.value) }

// sensorKey is a key that some types need and others have no use for.
type sensorKey struct {
	name   string
	at     slot
	needed string // types that need it
	taken  string // types that take it besides
}

func (y *sensorYAML) keys() []sensorKey {
	const all = "ds18b20 dht22 ntc analog pulse"
	const temperatures = "ds18b20 dht22 sht3x ntc"
	return []sensorKey{
		{"pin", y.Pin.slot, all, ""},
		{"board", y.Board.slot, "sht3x", ""},
		{"address", y.Address.slot, "", "sht3x"},
		{"offset", y.Offset.slot, "", temperatures},
		{"plausible", y.Plausible.slot, "", temperatures},
		{"beta", y.Beta.slot, "ntc", ""},
		{"r25", y.R25.slot, "ntc", ""},
		{"series", y.Series.slot, "ntc", ""},
		{"per_unit", y.PerUnit.slot, "pulse", ""},
		{"at_zero", y.AtZero.slot, "analog", ""},
		{"at_full", y.AtFull.slot, "analog", ""},
		{"unit", y.Unit.slot, "analog pulse", ""},
	}
}

func (y *sensorYAML) check(at value) {
	if !y.Type.valid {
		return
	}
	is := func(types string) bool { return slices.Contains(strings.Fields(types), y.Type.value) }
	for _, k := range y.keys() {
		switch {
		case !k.at.given && is(k.needed):
			m, _ := find(members(y), k.name)
			missingKey(at, m)
		case k.at.given && !is(k.needed) && !is(k.taken):
			k.at.at.r.errorAt(k.at.at.keySpan(), problem{
				code:       diag.NotApplied,
				message:    fmt.Sprintf("%q has no effect on a sensor of the type %s", k.name, y.Type.value),
				suggestion: fmt.Sprintf("delete it; it belongs to %s", oneOf(strings.Fields(k.needed+" "+k.taken))),
			})
		}
	}
	if y.sort() == entity.SensorDHT22 && y.Every.valid && y.Every.value < dht22Every {
		y.Every.at.problem(problem{code: diag.OutOfRange,
			message:    fmt.Sprintf(`"every" must be at least %s for a dht22, not %s`, formatDuration(dht22Every), y.Every.at.node.Value),
			suggestion: "write " + formatDuration(dht22Every)})
	}
}

func (y *sensorYAML) pins() []pinUse {
	if !y.Pin.given {
		return nil
	}
	use := pinUse{pin: &y.Pin}
	switch y.sort() {
	case entity.SensorDS18B20, entity.SensorDHT22:
		use.asks = true
	case entity.SensorNTC, entity.SensorAnalog:
		use.measures = true
	}
	return []pinUse{use}
}

// measuresTemp is false also while the type is not known.
func (y *sensorYAML) measuresTemp() bool {
	return y.Type.valid && (&entity.Sensor{Type: y.sort()}).MeasuresTemp()
}

// plausible are the bounds of what a type can measure.
func plausible(t entity.SensorType) (low, high entity.Temp) {
	switch t {
	case entity.SensorDHT22:
		return -40_000, 80_000
	case entity.SensorSHT3x, entity.SensorNTC:
		return -40_000, 125_000
	}
	return entity.MinTemp, entity.MaxTemp
}

func (y *sensorYAML) spec() entity.Spec {
	s := &entity.Sensor{
		Type: y.sort(), Board: y.Pin.board, Pin: y.Pin.number, Every: defaultEvery, Offset: y.Offset.value,
		Beta: y.Beta.value, R25: y.R25.value, Series: y.Series.value,
		PerUnit: y.PerUnit.value, AtZero: y.AtZero.value, AtFull: y.AtFull.value, Unit: y.Unit.value,
	}
	if y.Every.given {
		s.Every = y.Every.value
	}
	if s.Type == entity.SensorSHT3x {
		s.Board, s.Address = entity.BoardName(y.Board.value), y.address()
	}
	if s.MeasuresTemp() {
		s.Unit = "°C"
		s.Low, s.High = plausible(s.Type)
	}
	if y.Plausible.given {
		s.Low, s.High = y.Plausible.low, y.Plausible.high
	}
	return s
}

// address is the I2C address, 0x44 unless given.
func (y *sensorYAML) address() int {
	if y.Address.value == "0x45" {
		return 0x45
	}
	return 0x44
}

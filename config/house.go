package config

import (
	"fmt"
	"reflect"
	"strings"

	"hob/internal/diag"
	"hob/internal/entity"
)

// houseYAML is the whole file.
type houseYAML struct {
	Home     homeSection          `yaml:"home"`
	Boards   section[boardYAML]   `yaml:"boards"`
	Areas    section[areaYAML]    `yaml:"areas"`
	Switches section[switchYAML]  `yaml:"switches"`
	Lights   section[lightYAML]   `yaml:"lights"`
	Buttons  section[buttonYAML]  `yaml:"buttons"`
	Contacts section[contactYAML] `yaml:"contacts"`

	Sensors     section[sensorYAML]     `yaml:"sensors"`
	GarageDoors section[garageDoorYAML] `yaml:"garage_doors"`
	Heaters     section[thermostatYAML] `yaml:"heaters"`
	Coolers     section[thermostatYAML] `yaml:"coolers"`
	Scenes      section[sceneYAML]      `yaml:"scenes"`
	People      section[personYAML]     `yaml:"people"`
	Alarm       alarmSection            `yaml:"alarm"`

	Rules section[ruleYAML] `yaml:"rules"`
	Users section[userYAML] `yaml:"users"`
	Tests notYet            `yaml:"tests"`
}

// section is a mapping from ids to declarations of one kind, in the order of
// the file.
type section[T any] struct {
	slot
	items []*declared[T]
}

// declared is one declaration and where it stands.
type declared[T any] struct {
	id string
	at value
	T  T
}

func (s *section[T]) decode(v value, _ reflect.StructTag) {
	s.hold(v)
	entries, ok := v.mapping("a mapping of ids")
	if !ok {
		return
	}
	for _, e := range entries {
		d := &declared[T]{id: e.name, at: e.value}
		// A bad id is reported, but the declaration is read all the same, so that
		// references to it are not reported too.
		checkID(e)
		decodeDeclared(e.value, &d.T)
		s.items = append(s.items, d)
	}
}

// decodeDeclared decodes a mapping as its type does by itself, or key by key.
func decodeDeclared(v value, into any) {
	if own, ok := into.(interface{ decodeAs(value) }); ok {
		own.decodeAs(v)
		return
	}
	decodeStruct(v, into)
}

func checkID(e entry) {
	if entity.ValidID(e.name) {
		return
	}
	suggestion := "use a lower-case letter, then up to 31 letters, digits or _"
	if better := suggestID(e.name); better != "" {
		suggestion = "write " + better
	}
	e.r.errorAt(e.keySpan(), problem{
		code: diag.BadID, message: fmt.Sprintf("%s is not a valid id", quote(e.name)), suggestion: suggestion,
	})
}

// suggestID is the valid id nearest to what was written, "" if none is near.
func suggestID(s string) string {
	s = strings.NewReplacer(" ", "_", "-", "_", ".", "_", "ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss").
		Replace(strings.ToLower(s))
	if !entity.ValidID(s) {
		return ""
	}
	return s
}

// homeSection is what the house is called and where it stands.
type homeSection struct {
	slot
	T homeYAML
}

func (s *homeSection) decode(v value, _ reflect.StructTag) {
	s.hold(v)
	s.valid = decodeStruct(v, &s.T)
}

type homeYAML struct {
	Name     text     `yaml:"name"`
	Location location `yaml:"location"`
	Timezone timezone `yaml:"timezone"`
	Units    choice   `yaml:"units" oneof:"metric imperial"`
}

type location struct {
	slot
	T locationYAML
}

func (f *location) decode(v value, _ reflect.StructTag) {
	f.hold(v)
	f.valid = decodeStruct(v, &f.T)
}

type locationYAML struct {
	Latitude  number `yaml:"latitude" min:"-90" max:"90" need:"true" example:"52.52"`
	Longitude number `yaml:"longitude" min:"-180" max:"180" need:"true" example:"13.40"`
}

type areaYAML struct {
	Name text `yaml:"name"`
}

type boardYAML struct {
	ID        boardID  `yaml:"id" need:"true" example:"hob-7c9ebd"`
	Chip      chipName `yaml:"chip" need:"true" example:"esp32"`
	Address   address  `yaml:"address"`
	StatusLED whole    `yaml:"status_led" min:"0" max:"255"`
	I2C       i2cBus   `yaml:"i2c"`
}

// i2cBus are the two pins of a board's I2C bus.
type i2cBus struct {
	slot
	T i2cYAML
}

type i2cYAML struct {
	SDA whole `yaml:"sda" min:"0" max:"255" need:"true" example:"21"`
	SCL whole `yaml:"scl" min:"0" max:"255" need:"true" example:"22"`
}

func (f *i2cBus) decode(v value, _ reflect.StructTag) {
	f.hold(v)
	f.valid = decodeStruct(v, &f.T)
}

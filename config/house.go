package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"hob/internal/diag"
	"hob/internal/entity"
)

// houseYAML is the whole file.
type houseYAML struct {
	Home     homeSection          `yaml:"home" doc:"The house as a whole."`
	Boards   section[boardYAML]   `yaml:"boards" doc:"The boards. Each has a name of your choice, by which pins are written: *hall/16*."`
	Areas    section[areaYAML]    `yaml:"areas" doc:"Rooms and zones, in the order in which the dashboard shows them."`
	Switches section[switchYAML]  `yaml:"switches" doc:"Relays, and whatever else is on or off."`
	Lights   section[lightYAML]   `yaml:"lights" doc:"Lamps: plain, dimmed, or strips of coloured LEDs. Exactly one of *pin*, *pwm* and *ws2812* names the pin."`
	Buttons  section[buttonYAML]  `yaml:"buttons" doc:"Push buttons. What a button does on its own board works without server and Wi-Fi."`
	Contacts section[contactYAML] `yaml:"contacts" doc:"Inputs with two states: reeds, motion detectors, float switches."`

	Sensors     section[sensorYAML]     `yaml:"sensors" doc:"What measures. Which keys there are depends on *type*."`
	GarageDoors section[garageDoorYAML] `yaml:"garage_doors" doc:"Doors that the pulse of a relay moves. All parts of a door are on one board."`
	Heaters     section[thermostatYAML] `yaml:"heaters" doc:"Heating by a relay and a sensor. The board regulates by itself, also with the server away."`
	Coolers     section[thermostatYAML] `yaml:"coolers" doc:"Cooling: the same keys as *heaters*, but *frost*."`
	Scenes      section[sceneYAML]      `yaml:"scenes" doc:"What several entities become together: their ids, each with what it becomes, beside the keys below."`
	People      section[personYAML]     `yaml:"people" doc:"Who is at home or away, as the dashboard, a rule or a webhook says."`
	Alarm       alarmSection            `yaml:"alarm" doc:"The one alarm of the house."`

	Rules section[ruleYAML] `yaml:"rules" doc:"What happens by itself."`
	Users section[userYAML] `yaml:"users" doc:"Who may use Hob. Passwords are not in the file."`
	Tests testSection       `yaml:"tests" doc:"What the rules are to do, which *hob test* tries out. Each has a name of your choice; *rules.md* explains them."`
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
	s.decodeMore(v)
}

// decodeMore reads declarations in addition to those that there are.
func (s *section[T]) decodeMore(v value) {
	entries, ok := v.withoutItself().declarations()
	if !ok {
		return
	}
	if len(entries) > maxDeclared {
		v.problem(problem{code: diag.TooComplex, message: fmt.Sprintf("%s has more than %d entries", v.label(), maxDeclared),
			suggestion: "a configuration describes one house; is this the right file?"})
		entries = entries[:maxDeclared]
	}
	if keys := declaredKeys(new(T)); keys != nil {
		entries = v.indented(entries, func(key string) bool { return slices.Contains(keys, key) })
	}
	known := make(map[string]bool) // of a section of the same name
	for _, d := range s.items {
		known[d.id] = true
	}
	for _, e := range entries {
		if known[e.name] {
			continue
		}
		d := &declared[T]{id: e.name, at: e.value}
		if e.name == "" && v.node.Kind == yaml.SequenceNode {
			decodeDeclared(e.value, &d.T) // an item of a list, which nothing can refer to
			continue
		}
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

// declaredKeys are the keys of a declaration; nil if its type takes any.
func declaredKeys(into any) []string {
	if _, own := into.(interface{ decodeAs(value) }); own {
		return nil
	}
	var out []string
	for _, m := range members(into) {
		out = append(out, m.name)
	}
	return out
}

func checkID(e entry) {
	if entity.ValidID(e.name) {
		return
	}
	suggestion := "use a lower-case letter, then up to 31 letters, digits or _"
	if odd := oddSpace(e.name); odd != 0 {
		suggestion = retype(odd)
	} else if better := suggestID(e.name); better != "" {
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
	Name     text     `yaml:"name" example:"Lindenweg" default:"Home" doc:"What the house is called."`
	Location location `yaml:"location" example:"{latitude: 52.52, longitude: 13.40}" doc:"Where it stands, in degrees; needed for what goes by the sun."`
	Timezone timezone `yaml:"timezone" example:"Europe/Berlin" default:"the server's own" doc:"In which clock times are meant."`
	Units    choice   `yaml:"units" oneof:"metric imperial" example:"metric" default:"metric" doc:"In which temperatures are shown."`
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
	Latitude  number `yaml:"latitude" min:"-90" max:"90" need:"true" example:"52.52" doc:"Degrees north; south is negative."`
	Longitude number `yaml:"longitude" min:"-180" max:"180" need:"true" example:"13.40" doc:"Degrees east; west is negative."`
}

type areaYAML struct {
	Name text `yaml:"name" example:"Living room" default:"from the id" doc:"What people read."`
}

type boardYAML struct {
	ID        boardID  `yaml:"id" need:"true" example:"hob-7c9ebd" doc:"The board's own id, which *hob boards* lists."`
	Chip      chipName `yaml:"chip" need:"true" example:"esp32" doc:"Which pins there are and what they can do follows from it."`
	Address   address  `yaml:"address" example:"192.168.1.40" default:"found by itself" doc:"Where to find a board that does not announce itself here: a host name or IP address, with a port if it is not 80."`
	StatusLED whole    `yaml:"status_led" min:"0" max:"255" example:"2" default:"none" doc:"GPIO of an LED that shows how the board is."`
	I2C       i2cBus   `yaml:"i2c" example:"{sda: 21, scl: 22}" default:"none" doc:"The two GPIOs of an I2C bus for sensors."`
}

// i2cBus are the two pins of a board's I2C bus.
type i2cBus struct {
	slot
	T i2cYAML
}

type i2cYAML struct {
	SDA whole `yaml:"sda" min:"0" max:"255" need:"true" example:"21" doc:"GPIO of the data line."`
	SCL whole `yaml:"scl" min:"0" max:"255" need:"true" example:"22" doc:"GPIO of the clock line."`
}

func (f *i2cBus) decode(v value, _ reflect.StructTag) {
	f.hold(v)
	f.valid = decodeStruct(v, &f.T)
}

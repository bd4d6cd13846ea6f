package config

import (
	"reflect"
	"regexp"
	"time"

	"hob/internal/diag"
	"hob/internal/entity"
)

// alarmSection is the one alarm that a house may have.
type alarmSection struct {
	slot
	T alarmYAML
}

func (s *alarmSection) decode(v value, _ reflect.StructTag) {
	s.hold(v)
	s.valid = decodeStruct(v, &s.T)
}

type alarmYAML struct {
	commonYAML
	ExitDelay  duration  `yaml:"exit_delay" min:"0s" max:"10m" unit:"s" example:"45s" default:"45s" doc:"The time to leave, between arming and watching."`
	EntryDelay duration  `yaml:"entry_delay" min:"0s" max:"10m" unit:"s" example:"30s" default:"30s" doc:"The time to disarm, between a contact and the siren."`
	Watches    watches   `yaml:"watches" need:"true" example:"{away: [front_door]}" doc:"Which contacts count in which mode."`
	Siren      reference `yaml:"siren" names:"the id of a switch or a light" example:"siren" default:"none" doc:"A switch or light that is on while the alarm is triggered."`
	Code       code      `yaml:"code" example:"!secret alarm_code" default:"no code" doc:"4 to 12 digits that disarm; use *!secret*."`
}

// watches are the contacts of each way to arm the alarm.
type watches struct {
	slot
	T watchesYAML
}

type watchesYAML struct {
	Away references `yaml:"away" names:"ids of contacts" example:"[front_door, motion]" doc:"Contacts that count when nobody is in."`
	Home references `yaml:"home" names:"ids of contacts" example:"[front_door]" doc:"Contacts that count while people are in."`
}

func (f *watches) decode(v value, _ reflect.StructTag) {
	f.hold(v)
	f.valid = decodeStruct(v, &f.T)
}

// What the alarm does unless the file says otherwise.
const (
	defaultExitDelay  = 45 * time.Second
	defaultEntryDelay = 30 * time.Second
)

// code is what people type to disarm.
type code struct {
	slot
	value entity.Secret
}

var codeShape = regexp.MustCompile(`^[0-9]{4,12}$`)

// decode never shows what the code is, whatever is wrong with it.
func (f *code) decode(v value, _ reflect.StructTag) {
	f.hold(v)
	raw, fromFile, ok := v.secretText("a code of 4 to 12 digits")
	if !ok {
		return
	}
	if !codeShape.MatchString(raw) {
		v.problem(problem{code: diag.BadCode, message: v.label() + " must have 4 to 12 digits and nothing else",
			suggestion: "people type it on a keypad of digits"})
		return
	}
	if !fromFile {
		v.warning(problem{code: diag.PlainSecret, message: v.label() + " can be read by whoever can read this file",
			suggestion: "write code: !secret alarm_code, and put the code into " + secretsFile})
	}
	f.value, f.valid = entity.NewSecret(raw), true
}

func (y *alarmYAML) kind() entity.Kind   { return entity.KindAlarm }
func (y *alarmYAML) common() *commonYAML { return &y.commonYAML }
func (y *alarmYAML) driven() *outputYAML { return nil }
func (y *alarmYAML) pins() []pinUse      { return nil }

func (y *alarmYAML) check(value) {
	w := y.Watches
	if w.valid && len(w.T.Away.items)+len(w.T.Home.items) == 0 && !(w.T.Away.given && !w.T.Away.valid) {
		w.at.r.errorAt(w.at.keySpan(), problem{code: diag.MissingKey, message: "the alarm watches nothing",
			suggestion: "add away: with a list of contacts, and home: with those to watch while people are in"})
	}
}

func (y *alarmYAML) spec() entity.Spec {
	a := &entity.Alarm{
		ExitDelay: defaultExitDelay, EntryDelay: defaultEntryDelay,
		Away: y.Watches.T.Away.ids(), Home: y.Watches.T.Home.ids(), Siren: entity.ID(y.Siren.value), Code: y.Code.value,
	}
	if y.ExitDelay.given {
		a.ExitDelay = y.ExitDelay.value
	}
	if y.EntryDelay.given {
		a.EntryDelay = y.EntryDelay.value
	}
	return a
}

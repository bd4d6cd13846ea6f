package config

import (
	"reflect"

	"hob/internal/diag"
	"hob/internal/entity"
)

// contactYAML is a two-state input: a reed, a motion detector, a float switch.
type contactYAML struct {
	inputYAML
	Class contactClass `yaml:"class" example:"window" default:"opening" doc:"What it watches: says how its states are called, and how it is shown."`
}

// contactClass says what a contact watches.
type contactClass struct {
	slot
	value entity.ContactClass
}

func (f *contactClass) decode(v value, _ reflect.StructTag) {
	f.hold(v)
	var raw string
	raw, f.valid = decodeChoice(v, contactClasses(), diag.BadChoice)
	f.value = entity.ContactClass(raw)
}

func contactClasses() []string {
	var words []string
	for _, c := range entity.ContactClasses() {
		words = append(words, string(c))
	}
	return words
}

func (y *contactYAML) kind() entity.Kind   { return entity.KindContact }
func (y *contactYAML) common() *commonYAML { return &y.commonYAML }
func (y *contactYAML) driven() *outputYAML { return nil }
func (y *contactYAML) check(value)         {}

func (y *contactYAML) pins() []pinUse {
	return []pinUse{{pin: &y.Pin, pull: &y.Pull}}
}

func (y *contactYAML) spec() entity.Spec {
	class := y.Class.value
	if class == "" {
		class = entity.ClassOpening
	}
	return &entity.Contact{Input: y.input(), Class: class}
}

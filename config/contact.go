package config

import (
	"reflect"

	"hob/internal/diag"
	"hob/internal/entity"
)

// contactYAML is a two-state input: a reed, a motion detector, a float switch.
type contactYAML struct {
	inputYAML
	Class contactClass `yaml:"class"`
}

// contactClass says what a contact watches.
type contactClass struct {
	slot
	value entity.ContactClass
}

func (f *contactClass) decode(v value, _ reflect.StructTag) {
	f.hold(v)
	var words []string
	for _, c := range entity.ContactClasses() {
		words = append(words, string(c))
	}
	var raw string
	raw, f.valid = decodeChoice(v, words, diag.BadChoice)
	f.value = entity.ContactClass(raw)
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

package config

import "hob/internal/entity"

// personYAML is somebody who is at home or away.
type personYAML struct {
	commonYAML
}

func (y *personYAML) kind() entity.Kind   { return entity.KindPerson }
func (y *personYAML) common() *commonYAML { return &y.commonYAML }
func (y *personYAML) driven() *outputYAML { return nil }
func (y *personYAML) pins() []pinUse      { return nil }
func (y *personYAML) check(value)         {}
func (y *personYAML) spec() entity.Spec   { return &entity.Person{} }

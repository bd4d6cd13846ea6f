package config

import "hob/internal/entity"

// switchYAML is a relay or any other pin that is on or off.
type switchYAML struct {
	outputYAML
	Pin pin `yaml:"pin" need:"true" example:"hall/16" doc:"The pin of the relay."`
}

func (y *switchYAML) kind() entity.Kind   { return entity.KindSwitch }
func (y *switchYAML) common() *commonYAML { return &y.commonYAML }
func (y *switchYAML) check(value)         {}

func (y *switchYAML) pins() []pinUse {
	return []pinUse{{pin: &y.Pin, drives: true, channel: plainOutput}}
}

func (y *switchYAML) driven() *outputYAML { return &y.outputYAML }

func (y *switchYAML) spec() entity.Spec {
	return &entity.Switch{Output: y.output(&y.Pin)}
}

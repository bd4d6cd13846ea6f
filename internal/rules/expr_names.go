package rules

import (
	"hob/internal/entity"
)

// exprKind is what a part of an expression is. The words are those of messages.
type exprKind string

const (
	exprTruth  exprKind = "true or false"
	exprNumber exprKind = "a number"
	exprText   exprKind = "text"
)

// ref is what a name in an expression stands for.
type ref struct {
	entity   entity.ID
	property string // "state" or what stood after the dot
	kind     exprKind
	quantity entity.Quantity // of a number
	words    []string        // that a text can be; nil where any will do
}

// key names the value while an expression runs.
func (r ref) key() string {
	if r.property == propertyState {
		return string(r.entity)
	}
	return string(r.entity) + "." + r.property
}

// known says whether what the name stands for is known.
func (r *ref) known(seen Seen) bool {
	switch {
	case r.kind == exprNumber:
		return seen.Number(r.quantity).Known
	case r.property == propertyMode || r.property == propertyPreset:
		return seen.Available && seen.Mode != ""
	}
	return seen.Known()
}

// value is what the name stands for in what is seen of its entity.
func (r *ref) value(seen Seen) any {
	switch {
	case r.kind == exprNumber:
		return seen.Number(r.quantity).Is
	case r.property == propertyMode:
		return seen.Mode
	case r.property == propertyPreset:
		return seen.Preset
	}
	return seen.State
}

const (
	propertyState  = "state"
	propertyMode   = "mode"
	propertyPreset = "preset"
)

// refs are what an expression can ask of an entity: its state by its name alone, and the rest after
// a dot. The first is the state.
func refs(id entity.ID, spec entity.Spec) []ref {
	out := []ref{{entity: id, property: propertyState, kind: exprText, words: entity.StatesOf(spec)}}
	numbers := func(quantities ...entity.Quantity) {
		for _, q := range quantities {
			out = append(out, ref{entity: id, property: string(q), kind: exprNumber, quantity: q})
		}
	}
	switch s := spec.(type) {
	case *entity.Light:
		if s.Drive != entity.DrivePin {
			numbers(entity.QuantityBrightness)
		}
	case *entity.Sensor:
		numbers(entity.QuantityValue)
		if s.MeasuresHumidity() {
			numbers(entity.QuantityHumidity)
		}
	case *entity.Thermostat:
		numbers(entity.QuantityTemperature, entity.QuantityTarget)
		modes := []string{entity.ModeAuto, entity.ModeManual, entity.ModeBoost, entity.ModeOff, entity.ModeWindow, entity.ModeLocked}
		if !s.Cools {
			modes = append(modes, entity.ModeFrost)
		}
		presets := []string{""}
		for _, p := range s.Presets {
			presets = append(presets, p.Name)
		}
		out = append(out,
			ref{entity: id, property: propertyMode, kind: exprText, words: modes},
			ref{entity: id, property: propertyPreset, kind: exprText, words: presets})
	}
	return out
}

package config

import (
	"fmt"
	"slices"
	"strings"

	"hob/internal/diag"
	"hob/internal/entity"
	"hob/internal/rules"
)

// expression checks an expression as internal/rules will run it. A name alone is
// an entity's state.
func (c *ruleCheck) expression(v value, raw string) *problem {
	if strings.ContainsFunc(raw, unprintable) {
		return &problem{code: diag.BadExpression, message: "an expression is one line"}
	}
	names, wrong := rules.CheckExpr(raw, func(id entity.ID) (entity.Spec, bool) {
		it, ok := c.byID[id]
		if !ok {
			return nil, false
		}
		return it.sketch(), true
	})
	for _, n := range names {
		c.mention(n.Entity, v.node, part{n.From, n.Width})
	}
	if wrong == nil {
		return nil
	}
	p := &problem{code: wrong.Code, message: wrong.Message, suggestion: wrong.Suggestion, part: part{wrong.From, wrong.Width}}
	if wrong.Unknown != "" {
		p.message = fmt.Sprintf("there is no entity %s", quote(wrong.Unknown))
		p.suggestion = c.r.didYouMean(wrong.Unknown, c.stateful, "")
		if c.r.gaps.entities(c.r.gaps.whole) {
			p.code = diag.UnknownEntity // which is excused then
		}
		if c.isState(wrong.Unknown) {
			p.suggestion = fmt.Sprintf("a state is in quotes: %q", wrong.Unknown)
		}
	}
	return p
}

// isState says whether a word is a state of some entity of the house.
func (c *ruleCheck) isState(word string) bool {
	for _, it := range c.byID {
		if slices.Contains(entity.StatesOf(it.sketch()), word) {
			return true
		}
	}
	return false
}

// sketch is the entity's declaration as far as rules can ask for it; unlike spec
// it may be taken of an entity with mistakes.
func (it item) sketch() entity.Spec {
	switch y := it.body.(type) {
	case *switchYAML:
		return &entity.Switch{}
	case *lightYAML:
		drive, _ := y.drive()
		return &entity.Light{Drive: drive}
	case *buttonYAML:
		return &entity.Button{}
	case *contactYAML:
		return &entity.Contact{Class: y.Class.value}
	case *sensorYAML:
		return &entity.Sensor{Type: y.sort(), Unit: y.Unit.value}
	case *garageDoorYAML:
		return &entity.GarageDoor{}
	case *thermostatYAML:
		return &entity.Thermostat{Cools: y.cools, Presets: y.settings()}
	case *sceneYAML:
		return &entity.Scene{}
	case *personYAML:
		return &entity.Person{}
	}
	return &entity.Alarm{}
}

package config

import (
	"hob/internal/diag"
	"hob/internal/entity"
)

// buttonYAML is a push button with up to three gestures.
type buttonYAML struct {
	inputYAML
	Press     action   `yaml:"press" example:"toggle porch" default:"nothing" doc:"What a press does."`
	Double    action   `yaml:"double" example:"scene night" default:"nothing" doc:"What two presses do."`
	Hold      action   `yaml:"hold" example:"stairs 10%" default:"nothing" doc:"What a long press does."`
	HoldAfter duration `yaml:"hold_after" min:"200ms" max:"10s" unit:"ms" example:"800ms" default:"600ms" doc:"How long a press must last to be a long one."`
}

func (y *buttonYAML) kind() entity.Kind   { return entity.KindButton }
func (y *buttonYAML) common() *commonYAML { return &y.commonYAML }
func (y *buttonYAML) driven() *outputYAML { return nil }

func (y *buttonYAML) check(value) {}

// checkHolds finds times of long presses of which nothing comes. A rule that is
// switched off may be switched on again, and counts.
func (b *book) checkHolds() {
	held := map[entity.ID]bool{}
	for _, d := range b.file.Rules.items {
		for _, t := range d.T.rule.When {
			if on, ok := t.(entity.OnGesture); ok && on.Gesture == entity.GestureHold {
				held[on.Button] = true
			}
		}
	}
	for _, it := range b.items {
		y, ok := it.body.(*buttonYAML)
		if !ok || !y.HoldAfter.given || y.Hold.given || held[it.id] {
			continue
		}
		y.HoldAfter.at.r.errorAt(y.HoldAfter.at.keySpan(), problem{
			code:       diag.NotApplied,
			message:    `"hold_after" has no effect on a button without "hold"`,
			suggestion: "add hold: with an action, or delete hold_after",
		})
	}
}

func (y *buttonYAML) pins() []pinUse {
	return []pinUse{{pin: &y.Pin, pull: &y.Pull}}
}

// gestures lists the bindings that are given.
func (y *buttonYAML) gestures() []gesture {
	var out []gesture
	for _, g := range []gesture{
		{entity.GesturePress, &y.Press}, {entity.GestureDouble, &y.Double}, {entity.GestureHold, &y.Hold},
	} {
		if g.do.given {
			out = append(out, g)
		}
	}
	return out
}

// gesture is one binding of a button.
type gesture struct {
	on entity.Gesture
	do *action
}

func (y *buttonYAML) spec() entity.Spec {
	b := &entity.Button{Input: y.input(), HoldAfter: defaultHoldAfter}
	if y.HoldAfter.given {
		b.HoldAfter = y.HoldAfter.value
	}
	for _, g := range y.gestures() {
		b.Bindings = append(b.Bindings, entity.Binding{On: g.on, Target: g.do.target, Action: g.do.action})
	}
	return b
}

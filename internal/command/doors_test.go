package command

import (
	"strings"
	"testing"

	"hob/internal/entity"
	"hob/internal/registry"
)

// TestARuleOpensOnlyTheDoorThatItMayOpen goes by every way that leads to a door.
func TestARuleOpensOnlyTheDoorThatItMayOpen(t *testing.T) {
	rule := entity.Cause{Kind: entity.CauseRule, By: "coming_home"}
	finger := entity.Cause{Kind: entity.CauseButton, By: "bell"}
	open := entity.Action{Verb: entity.VerbOpen}
	for _, c := range []struct {
		name  string
		req   Request
		opens bool
	}{
		{"a rule that says so", Request{Entity: "left", Action: open, Cause: rule, MayOpen: true}, true},
		{"a rule that does not", Request{Entity: "left", Action: open, Cause: rule}, false},
		{"by a button", Request{Entity: "bell", Action: entity.Action{Verb: entity.VerbPress}, Cause: rule, MayOpen: true}, false},
		{"by a button that presses a button", Request{Entity: "relay", Action: entity.Action{Verb: entity.VerbPress}, Cause: rule, MayOpen: true}, false},
		{"by a scene", Request{Entity: "home", Action: entity.Action{Verb: entity.VerbActivate}, Cause: rule, MayOpen: true}, false},
		{"somebody presses that button", Request{Entity: "bell", Action: entity.Action{Verb: entity.VerbPress}, Cause: entity.Cause{Kind: entity.CauseUser}}, true},
		{"its binding, after a finger", Request{Entity: "left", Action: open, Cause: finger, Pressed: "bell"}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			house, b := doorRig(t)
			r := New(Options{House: house})
			defer r.Close()
			var refused string
			r.Submit(c.req, func(res Result) { refused = res.Message })
			pulses := 0
			for _, sent := range b.sent {
				if sent.Do == entity.VerbPulse {
					pulses++
				}
			}
			if opened := pulses == 1; opened != c.opens || pulses > 1 {
				t.Errorf("%d pulses; %q", pulses, refused)
			}
			if !c.opens && !strings.Contains(refused, "may_open") && !strings.Contains(refused, "never a scene") {
				t.Errorf("the refusal says %q", refused)
			}
		})
	}
}

// doorRig is a shut door, and what else can lead to it.
func doorRig(t *testing.T) (*registry.Registry, *board) {
	t.Helper()
	bound := func(target entity.ID, v entity.Verb) []entity.Binding {
		return []entity.Binding{{On: entity.GesturePress, Target: target, Action: entity.Action{Verb: v}}}
	}
	r := registry.New(registry.Options{})
	r.Apply(&entity.House{Boards: []entity.Board{{Name: "hall", ID: hallID}}, Entities: []entity.Entity{
		{ID: "left", Spec: &entity.GarageDoor{Board: "hall", Relay: 25, Closed: &entity.Input{Board: "hall", Pin: 32}}},
		{ID: "bell", Spec: &entity.Button{Input: entity.Input{Board: "hall", Pin: 33}, Bindings: bound("left", entity.VerbOpen)}},
		{ID: "relay", Spec: &entity.Button{Input: entity.Input{Board: "hall", Pin: 34}, Bindings: bound("bell", entity.VerbPress)}},
		{ID: "home", Spec: &entity.Scene{Tasks: []entity.Task{{Target: "left", Action: entity.Action{Verb: entity.VerbOpen}}}}},
	}})
	b := &board{}
	on := entity.Value{On: true}
	if _, err := r.Attach(hallID, "", "", b, []registry.PointReport{{Point: "gpio25"}, {Point: "gpio32", Value: on}, {Point: "gpio33"}, {Point: "gpio34"}}); err != nil {
		t.Fatal(err)
	}
	return r, b
}

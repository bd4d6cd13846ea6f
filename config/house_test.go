package config_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"hob/config"
	"hob/internal/entity"
)

func mustParse(t *testing.T, text string) *entity.House {
	t.Helper()
	house, list := config.Parse("house.yaml", []byte(text))
	if house == nil {
		t.Fatalf("refused:\n%s", asText(t, list))
	}
	house.Files = nil // there is one, and it is none
	return house
}

// The tutorial: an LED on GPIO26, and a button to ground on GPIO22 that toggles it.
func TestTutorialHouse(t *testing.T) {
	house := mustParse(t, `
boards:
  esp: {id: hob-7c9ebd, chip: esp32}
lights:
  led: {pin: esp/26}
buttons:
  button: {pin: esp/22, pull: up, press: toggle led}
`)
	want := &entity.House{
		Name: "Home", Units: "metric",
		Boards: []entity.Board{{Name: "esp", ID: "hob-7c9ebd", Chip: "esp32"}},
		Entities: []entity.Entity{
			{ID: "led", Name: "Led", Spec: &entity.Light{
				Output: entity.Output{Board: "esp", Pin: 26, Boot: entity.BootOff},
				Drive:  entity.DrivePin,
			}},
			{ID: "button", Name: "Button", Spec: &entity.Button{
				Input:     entity.Input{Board: "esp", Pin: 22, Pull: entity.PullUp, Debounce: 30 * time.Millisecond},
				HoldAfter: 600 * time.Millisecond,
				Bindings: []entity.Binding{{
					On: entity.GesturePress, Target: "led", Action: entity.Action{Verb: entity.VerbToggle},
				}},
			}},
		},
	}
	if !reflect.DeepEqual(house, want) {
		t.Errorf("got  %+v\nwant %+v", house, want)
	}
	if button := house.Entities[1].Spec.(*entity.Button); !button.ActiveLow() {
		t.Error("a button with a pull-up is pressed when the pin is low")
	}
}

// A button's board has to look for what only a rule waits for.
func TestAButtonKnowsWhatRulesWaitFor(t *testing.T) {
	house := mustParse(t, `
boards: {hall: {id: hob-7c9ebd, chip: esp32}}
switches: {porch: {pin: hall/16}}
buttons: {bell: {pin: hall/25, pull: up, press: toggle porch, hold_after: 1s}, other: {pin: hall/26, pull: up}}
rules:
  long: {when: [{bell: hold}, {time: "08:00"}], do: [porch off]}
  twice: {when: {bell: double}, do: [porch off], enabled: false}
  again: {when: {bell: hold}, do: [porch on], cooldown: 1m}
`)
	bell, other := house.Entities[1].Spec.(*entity.Button), house.Entities[2].Spec.(*entity.Button)
	if !slices.Equal(bell.Awaited, []entity.Gesture{entity.GestureHold}) || other.Awaited != nil {
		t.Errorf("awaited: %q and %q", bell.Awaited, other.Awaited)
	}
	if got := entity.Features(bell); !slices.Equal(got, []string{"press", "hold"}) {
		t.Errorf("features: %q", got)
	}
}

// Names, chosen words and numbers are read from the text as written; what other
// readers of YAML make of it does not matter.
func TestScalarsAreReadAsWritten(t *testing.T) {
	for _, raw := range []string{
		"off", "no", "true", "null", "~", "010", "0x1F", "1e3", "1_000", "23:45", ".inf", "2026-11-22", "=", "<", "-1", "+5",
	} {
		house := mustParse(t, "home: {name: "+raw+"}\nboards: {hall: {id: hob-7c9ebd, chip: esp32}}\n")
		if house.Name != raw {
			t.Errorf("name %s became %q", raw, house.Name)
		}
	}
	for _, raw := range []string{"off", `"off"`, "'off'"} {
		house := mustParse(t, "boards: {hall: {id: hob-7c9ebd, chip: esp32}}\nswitches: {a: {pin: hall/16, boot: "+raw+"}}\n")
		if boot := house.Entities[0].Spec.(*entity.Switch).Boot; boot != entity.BootOff {
			t.Errorf("boot: %s became %q", raw, boot)
		}
	}
}

func TestAliasStandsForItsAnchor(t *testing.T) {
	house := mustParse(t, `
boards: {hall: &board {id: hob-7c9ebd, chip: esp32}}
switches:
  a: {pin: hall/16, off_after: &time 30m, name: &name Twin}
  b: {pin: hall/17, off_after: *time, name: *name}
`)
	a, b := house.Entities[0], house.Entities[1]
	if b.Name != "Twin" || b.Spec.(*entity.Switch).OffAfter != a.Spec.(*entity.Switch).OffAfter {
		t.Errorf("got %+v %+v", b, b.Spec)
	}
}

// The order of the file is the order in which people see things.
func TestEntitiesKeepTheOrderOfTheFile(t *testing.T) {
	house := mustParse(t, `
contacts: {z: {pin: hall/32}}
switches: {m: {pin: hall/16}, a: {pin: hall/17}}
boards: {hall: {id: hob-7c9ebd, chip: esp32}}
lights: {b: {pin: hall/18}}
`)
	var order []entity.ID
	for _, e := range house.Entities {
		order = append(order, e.ID)
	}
	if want := []entity.ID{"z", "m", "a", "b"}; !reflect.DeepEqual(order, want) {
		t.Errorf("got %v, want %v", order, want)
	}
}

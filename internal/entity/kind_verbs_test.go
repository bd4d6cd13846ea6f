package entity

import (
	"errors"
	"testing"
	"time"
)

// What the Tab key offers and config.yaml takes is what the state machines know.
func TestAnEntityKnowsTheVerbsOfItsKind(t *testing.T) {
	frost := Temp(5000)
	boost := &Boost{To: 24000, For: time.Hour}
	gestures := []Gesture{GesturePress, GestureDouble, GestureHold}
	known := map[Kind]bool{}
	for _, spec := range []Spec{
		relay.Spec, pwm.Spec, &Button{Awaited: gestures}, door.Spec,
		&GarageDoor{Closed: &Input{}, Open: &Input{}},
		&Thermostat{Low: 5000, High: 25000, Frost: &frost, Boost: boost}, &Thermostat{Cools: true, Low: 20000, High: 30000, Boost: boost},
		&Scene{}, &Person{}, &Alarm{Away: []ID{"door"}, Home: []ID{"door"}},
	} {
		known[spec.Kind()] = true
		for _, verb := range spec.Kind().Verbs() {
			_, err := Initial(Entity{ID: "it", Spec: spec}).Resolve(Action{Verb: verb, Confirm: true}, Asked{Now: time.Now()})
			var why *Refusal
			if errors.As(err, &why) && why.Code == CodeInvalid {
				t.Errorf("%s of a %s: %v", verb, spec.Kind(), err)
			}
		}
	}
	for _, k := range []Kind{KindSwitch, KindLight, KindGarageDoor, KindHeater, KindCooler, KindContact, KindButton, KindScene, KindAlarm, KindPerson} {
		if !known[k] {
			t.Errorf("no %s was asked", k)
		}
	}
}

package entity

import (
	"encoding/json"
	"fmt"
	"time"
)

// Person is somebody who is at home or away, as they, or what knows it, say.
type Person struct{}

// Kind implements Spec.
func (*Person) Kind() Kind { return KindPerson }

// Points implements Spec.
func (*Person) Points() []PointRef { return nil }

// States of a person, beside StateUnknown.
const (
	PersonHome = "home"
	PersonAway = "away"
)

// personState is what was last said of a person; "" is nothing yet.
type personState struct{ where string }

func (s personState) View() View {
	if s.where == "" {
		return View{StateUnknown, NoAttributes{}}
	}
	return View{s.where, NoAttributes{}}
}

func (s personState) Step(Signal, time.Time) State { return s }

func (s personState) Resolve(a Action, _ Asked) (Order, error) {
	if err := a.only(KindPerson, 0); err != nil {
		return Order{}, err
	}
	if a.Verb != VerbHome && a.Verb != VerbAway {
		return Order{}, unknownAction(KindPerson, "is home or away", a.Verb)
	}
	return Order{Target: string(a.Verb), Next: personState{string(a.Verb)}}, nil
}

func (s personState) With(Spec) State { return s }

// savedPerson is the JSON of a person's Saved.
type savedPerson struct {
	State string `json:"state"`
}

// Saved implements Lasting.
func (s personState) Saved() ([]byte, error) {
	if s.where == "" {
		return nil, nil
	}
	return json.Marshal(savedPerson{s.where})
}

// Restore implements Lasting.
func (s personState) Restore(saved []byte, _ time.Time) (State, error) {
	var v savedPerson
	if err := readSaved(saved, &v); err != nil {
		return nil, err
	}
	if v.State != PersonHome && v.State != PersonAway {
		return nil, fmt.Errorf("a person cannot be %q", v.State)
	}
	return personState{v.State}, nil
}

package entity

import (
	"encoding/json"
	"testing"
	"time"
)

var (
	anna  = Entity{ID: "anna", Spec: &Person{}}
	night = Entity{ID: "night", Spec: &Scene{Tasks: []Task{{"porch", Action{Verb: VerbOff}}, {"stairs", Action{Verb: VerbSet, Level: lv(50)}}}}}
)

func TestAPersonIsWhereTheySayAndThatLasts(t *testing.T) {
	s := Initial(anna)
	if v := s.View(); v.State != StateUnknown {
		t.Errorf("before anybody has said anything: %+v", v)
	}
	for _, verb := range []Verb{VerbHome, VerbAway, VerbAway} {
		o, err := s.Resolve(Action{Verb: verb}, Asked{Now: now})
		if err != nil || o.Target != string(verb) || o.Do != "" {
			t.Fatalf("%s: %+v, %v", verb, o, err)
		}
		if s = o.Next; s.View().State != string(verb) {
			t.Errorf("after %s: %+v", verb, s.View())
		}
		saved, err := s.(Lasting).Saved()
		if err != nil {
			t.Fatal(err)
		}
		if again, err := Initial(anna).(Lasting).Restore(saved, now); err != nil || again.View() != s.View() {
			t.Errorf("%s comes back as %+v, %v", saved, again, err)
		}
	}
	for _, a := range []Action{{Verb: VerbOn}, {Verb: VerbHome, For: time.Hour}} {
		if _, err := s.Resolve(a, Asked{}); codeOf(err) != CodeInvalid {
			t.Errorf("%v: %v", a, err)
		}
	}
}

func TestASceneListsWhatFailed(t *testing.T) {
	s := Initial(night)
	if b, _ := json.Marshal(s.View()); string(b) != `{"State":"ready","Attributes":{"failed":[]}}` {
		t.Errorf("never activated: %s", b)
	}
	if saved, err := s.(Lasting).Saved(); saved != nil || err != nil {
		t.Errorf("there is nothing to keep: %s %v", saved, err)
	}
	for _, verb := range []Verb{VerbActivate, VerbOn} {
		o, err := s.Resolve(Action{Verb: verb}, Asked{Now: now})
		if err != nil || len(o.Tasks) != 2 || o.Tasks[1].Target != "stairs" || o.Target != StateReady {
			t.Fatalf("%+v, %v", o, err)
		}
		s = o.Next
	}
	s = s.Step(Ended{Results: []Result{{Entity: "porch", Status: StatusConfirmed},
		{Entity: "stairs", Status: StatusRefused, Code: CodeOffline, Message: "Board hall is offline"}}}, now)
	const want = `{"activated":1795363200000,"failed":[{"entity":"stairs","code":"offline","message":"Board hall is offline"}]}`
	if b, _ := json.Marshal(s.View().Attributes); string(b) != want {
		t.Errorf("got %s, want %s", b, want)
	}
	saved, err := s.(Lasting).Saved()
	if err != nil {
		t.Fatal(err)
	}
	if again, err := Initial(night).(Lasting).Restore(saved, now); err != nil || again.View() != s.View() {
		t.Errorf("%s comes back as %+v, %v", saved, again.View(), err)
	}
	o, _ := s.Resolve(Action{Verb: VerbActivate}, Asked{Now: now.Add(time.Hour)})
	if a := o.Next.View().Attributes.(SceneAttributes); a.Failed != "" || a.Activated != now.Add(time.Hour).UnixMilli() {
		t.Errorf("activated again: %+v", a)
	}
	for _, a := range []Action{{Verb: VerbOff}, {Verb: VerbActivate, Level: lv(10)}} {
		if _, err := s.Resolve(a, Asked{}); codeOf(err) != CodeInvalid {
			t.Errorf("%v: %v", a, err)
		}
	}
}

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
		if s = o.Next; verb == VerbActivate {
			s = s.Step(Ended{}, now)
		}
	}
	s = s.Step(Ended{Results: []Result{{Entity: "porch", Status: StatusConfirmed},
		{Entity: "stairs", Status: StatusRefused, Code: CodeOffline, Said: Said{Message: "Board hall is offline"}}}}, now)
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

func TestASceneThatIsActivatedTwiceAtOnceHidesNoFailure(t *testing.T) {
	ended := func(status Status, entities ...ID) Ended {
		var out []Result
		for _, id := range entities {
			out = append(out, Result{Entity: id, Status: status, Code: CodeOffline, Said: Said{Message: "away"}})
		}
		return Ended{Results: out}
	}
	good, bad := ended(StatusConfirmed, "porch", "stairs"), ended(StatusFailed, "porch", "stairs")
	activate := func(s State) State {
		o, err := s.Resolve(Action{Verb: VerbActivate}, Asked{Now: now})
		if err != nil {
			t.Fatal(err)
		}
		return o.Next
	}
	failed := func(s State) string { return string(s.View().Attributes.(SceneAttributes).Failed) }
	for name, c := range map[string]struct {
		ends []Ended
		want []ID
	}{
		"the second does it all":    {[]Ended{bad, good}, nil},
		"the second does nothing":   {[]Ended{good, bad}, []ID{"porch", "stairs"}},
		"the second did other ones": {[]Ended{ended(StatusFailed, "porch"), ended(StatusConfirmed, "stairs")}, []ID{"porch"}},
		"each fails at one":         {[]Ended{ended(StatusFailed, "porch"), ended(StatusFailed, "stairs")}, []ID{"porch", "stairs"}},
	} {
		s := activate(activate(Initial(night)))
		for _, e := range c.ends {
			s = s.Step(e, now)
		}
		var want []TaskFailure
		for _, id := range c.want {
			want = append(want, TaskFailure{id, CodeOffline, Said{Message: "away"}})
		}
		if got := failed(s); got != string(ListOf(want)) {
			t.Errorf("%s: %s", name, got)
		}
		if got := failed(activate(s)); got != "" {
			t.Errorf("%s: activated anew it shows %s", name, got)
		}
	}
	s := activate(Initial(night)).Step(bad, now)
	s = activate(activate(s).Step(bad, now)) // the third begins when the second is over
	if got := failed(s); got != "" {
		t.Errorf("of activations that are over it shows %s", got)
	}
	first := activate(Initial(night))
	if got := failed(activate(activate(first).Step(bad, now))); got == "" {
		t.Error("the third hides what the first could not do while the second runs")
	}
}

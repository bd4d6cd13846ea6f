package rules_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"hob/internal/entity"
	"hob/internal/rules"
	"hob/internal/schedule"
)

// renamedHouse is the house after hob rename porch entry and hob rename window pane.
func renamedHouse(list ...entity.Rule) *entity.House {
	h := houseIn(berlin, list...)
	for i := range h.Entities {
		switch e := &h.Entities[i]; e.ID {
		case "porch":
			e.ID, e.Was = "entry", "porch"
		case "window":
			e.ID, e.Was = "pane", "window"
		}
	}
	return h
}

// Whoever renames an entity does not end what is under way with it: what was switched
// on under one name is switched off under the other, and what has lasted has lasted.
func TestARenameChangesNothingThatIsUnderWay(t *testing.T) {
	soak := func(lamp, window entity.ID) entity.Rule {
		return rule("soak", entity.OnGesture{Button: "bell", Gesture: entity.GesturePress}, do(lamp, entity.VerbOn),
			entity.Delay{For: 10 * time.Minute}, entity.Choose{If: entity.InState{Entity: window, State: "open"}, Then: []entity.Step{do(lamp, entity.VerbOff)}})
	}
	draught := func(window entity.ID) entity.Rule {
		return rule("draught", entity.OnState{Entity: window, To: "open", For: 10 * time.Minute}, do("fan", entity.VerbOn))
	}
	for _, restart := range []bool{false, true} {
		s := newServer(t, houseIn(berlin, soak("porch", "window"), draught("window")), local(berlin, "2026-06-22 12:00:00"))
		s.is("window", "closed")
		s.is("window", "open")
		used(entity.GesturePress)(s)
		s.pass(5 * time.Minute)
		after := renamedHouse(soak("entry", "pane"), draught("pane"))
		if restart {
			s.house, s.program = after, compile(t, after)
			s.restart(time.Second)
			s.is("pane", "open")
		} else {
			s.load(after)
			s.happens(rules.Event{Entity: "window"}) // which is not declared any more
			s.is("pane", "open")
		}
		s.pass(6 * time.Minute)
		var got []string
		for _, a := range s.acts {
			got = append(got, string(a.Do.Target)+" "+string(a.Do.Action.Verb))
		}
		slices.Sort(got)
		if want := "entry off, fan on, porch on"; strings.Join(got, ", ") != want {
			t.Errorf("restart %v: %q, want %q: %q", restart, got, want, s.log())
		}
		if f := s.recordsOf("draught")[0].Trigger; f.Entity != "pane" || f.Text != "pane open for 10m" {
			t.Errorf("restart %v: set off by %+v", restart, f)
		}
	}
}

// A house that moves to another time zone has its times there from then on, none of
// them twice, and a delay lasts as long as it was to.
func TestAnotherTimeZoneIsInForceAtOnceAndNothingRunsTwice(t *testing.T) {
	noon := rule("noon", atClock("12:00"), do("porch", entity.VerbOn), entity.Delay{For: 30 * time.Minute}, do("porch", entity.VerbOff))
	s := newServer(t, houseIn(berlin, noon), local(berlin, "2026-06-22 11:00:00"))
	s.pass(70 * time.Minute)
	s.load(houseIn(newYork, noon)) // where it is ten past six
	s.pass(30 * time.Minute)
	if len(s.acts) != 2 || s.acts[1].Do.Action.Verb != entity.VerbOff {
		t.Fatalf("half an hour later: %q", s.log())
	}
	s.pass(5*time.Hour + 30*time.Minute)
	s.load(houseIn(berlin, noon)) // and back, where noon is over
	s.pass(12 * time.Hour)
	s.expect(t, "06-22 12:00:00 ran, porch on, porch off", "06-22 18:00:00 ran, porch on, porch off")
}

// An interval is the same for ever: over both changes of the clocks, and however often
// the server starts.
func TestAnIntervalKeepsItsStepsOverChangesAndRestarts(t *testing.T) {
	for _, from := range []string{"2026-03-29 00:00:00", "2026-10-25 00:00:00"} {
		s := newServer(t, houseIn(berlin, rule("r", every(7*time.Minute), do("porch", entity.VerbToggle))), local(berlin, from))
		for range 20 {
			s.pass(13 * time.Minute)
			s.restart(time.Second)
		}
		runs := s.records()
		for i := range runs[1:] {
			if step := runs[i+1].Trigger.Due - runs[i].Trigger.Due; step != (7 * time.Minute).Milliseconds() {
				t.Fatalf("from %s on: after %v it comes at %v", from, time.UnixMilli(runs[i].At), time.UnixMilli(runs[i+1].At))
			}
		}
		if len(runs) < 36 {
			t.Errorf("%d runs in more than four hours", len(runs))
		}
	}
}

// A day that some months lack does not come in them, and not on another one instead.
func TestThe31stComesSevenTimesAYear(t *testing.T) {
	s := newServer(t, houseIn(berlin, rule("r", atCron("0 9 31 * *"), do("porch", entity.VerbOn))), local(berlin, "2026-01-01 00:00:00"))
	s.pass(365 * 24 * time.Hour)
	got := s.log()
	for i, day := range []string{"01-31", "03-31", "05-31", "07-31", "08-31", "10-31", "12-31"} {
		if i >= len(got) || got[i] != day+" 09:00:00 ran, porch on" {
			t.Fatalf("%q", got)
		}
	}
	if len(got) != 7 {
		t.Errorf("%q", got)
	}
}

// Where the sun does not rise for weeks, a rule that waits for it waits, and tells
// nothing of days on which nothing was due.
func TestASunThatDoesNotRiseIsWaitedFor(t *testing.T) {
	house := houseIn("Europe/Oslo", rule("r", entity.AtSun{Sun: schedule.Sun{Event: schedule.Sunrise}, Days: schedule.EveryDay}, do("porch", entity.VerbOff)))
	house.Location = &entity.Location{Latitude: 70, Longitude: 23.3}
	s := newServer(t, house, local("Europe/Oslo", "2026-12-01 00:00:00"))
	if next := s.engine.Status(s.now)[0].Next; next == 0 || time.UnixMilli(next).Before(local("Europe/Oslo", "2027-01-10 00:00:00")) {
		t.Errorf("its next run is at %v", time.UnixMilli(next))
	}
	s.pass(30 * 24 * time.Hour)
	s.restart(24 * time.Hour)
	if got := s.log(); len(got) != 0 {
		t.Errorf("in the polar night: %q", got)
	}
	s.pass(31 * 24 * time.Hour)
	if got := s.log(); len(got) < 10 || len(got) > 20 {
		t.Errorf("in January it rose %d times: %q", len(got), got)
	}
}

package rules

import (
	"slices"
	"strings"
	"testing"
	"time"

	"hob/internal/entity"
	"hob/internal/schedule"
)

func TestAConditionOnAnEntityIsJudgedInThreeValues(t *testing.T) {
	w := evening()
	away := w
	away.offline = map[entity.BoardName]bool{"shed": true}
	away = away.with("outside", Seen{State: "2.4", Value: some(2.4)}).with("left", Seen{State: "closed"})
	level := func(id entity.ID, of entity.Quantity, below bool, than float64) entity.RuleCondition {
		return entity.AtLevel{Threshold: entity.Threshold{Entity: id, Of: of, Below: below, Than: than}}
	}
	cold := level("outside", entity.QuantityValue, true, 3)
	for _, c := range []struct {
		of   entity.RuleCondition
		in   testWorld
		want Verdict
		says string // the trace, or a part of it
	}{
		{entity.InState{Entity: "alarm", State: "disarmed"}, w, Yes, "alarm is disarmed"},
		{entity.InState{Entity: "alarm", State: "armed_away"}, w, No, "alarm is disarmed, not armed_away"},
		{entity.InState{Entity: "left", State: "closed"}, away, Unknown, "the board shed is offline"},
		{entity.InState{Entity: "left", State: "open"}, away, Unknown, "the board shed is offline"},
		{entity.InState{Entity: "left", State: "closed"}, w.with("left", Seen{}), Unknown, "the board shed has not told it yet"},
		{entity.InState{Entity: "anna", State: "home"}, w.with("anna", Seen{State: "unknown", Available: true}), Unknown, "nobody knows how anna is"},
		// A door that may be anywhere is a state that a rule can ask for; a board that is away is none.
		{entity.InState{Entity: "left", State: "unknown"}, w.with("left", Seen{State: "unknown", Available: true}), Yes, ""},
		{entity.InState{Entity: "left", State: "unknown"}, w, No, ""},
		{entity.InState{Entity: "left", State: "unknown"}, away, Unknown, "offline"},
		{entity.InState{Entity: "left", State: "unknown"}, w.with("left", Seen{State: "unknown"}), Unknown, ""},

		{cold, w, Yes, "2.4°C"},
		{level("outside", entity.QuantityValue, true, 2.4), w, No, "outside is 2.4°C, not below 2.4°C"}, // the threshold is not beyond itself
		{level("outside", entity.QuantityHumidity, false, 80), w, Yes, "81%"},
		{level("water", entity.QuantityValue, false, 80), w, No, "water is 12 L, not above 80 L"},
		{level("stairs", entity.QuantityBrightness, false, 20), w, Yes, "40%"},
		{level("bath", entity.QuantityTemperature, true, 20), w, No, "20.5°C"},
		{cold, away, Unknown, "the board shed is offline"},
		{cold, w.with("outside", Seen{State: "unknown", Available: true}), Unknown, "nobody knows outside"},

		{entity.Not{Condition: cold}, w, No, "outside is 2.4°C, which must not be below 3°C"},
		{entity.Not{Condition: entity.InState{Entity: "porch", State: "on"}}, w, No, "porch is on, which must not be"},
		{entity.Not{Condition: entity.Any{cold, entity.InState{Entity: "anna", State: "away"}}}, w, No, "outside is 2.4°C, below 3°C, which must not be"},
		{entity.Not{Condition: entity.All{entity.InState{Entity: "porch", State: "on"}, entity.InState{Entity: "anna", State: "home"}}}, w, No,
			"porch is on, and anna is home, which must not be so together"},
		{entity.Not{Condition: entity.Not{Condition: entity.InState{Entity: "anna", State: "away"}}}, w, No, "anna is home, not away"},
		{entity.Not{Condition: entity.Expr{Text: "bath.target > 18 && anna == \"home\""}}, w, No, "bath.target is 21°C, so bath.target > 18"},
		{entity.Not{Condition: cold}, away, Unknown, "the board shed is offline"},
		{entity.Not{Condition: entity.InState{Entity: "alarm", State: "triggered"}}, w, Yes, ""},
		{entity.All{cold, entity.InState{Entity: "anna", State: "away"}}, away, No, "anna is home, not away"},
		{entity.All{cold, entity.InState{Entity: "anna", State: "home"}}, away, Unknown, "offline"},
		{entity.Any{cold, entity.InState{Entity: "anna", State: "home"}}, away, Yes, ""},
		{entity.Any{cold, entity.InState{Entity: "anna", State: "away"}}, away, Unknown, "offline"},
		{entity.Any{entity.InState{Entity: "porch", State: "off"}, entity.InState{Entity: "anna", State: "away"}}, w, No, "porch is on, not off, and anna is home"},
		{entity.Expr{Text: "outside.value < 3"}, away, Unknown, "the board shed is offline"},
		{entity.Expr{Text: "bath.target < 18"}, w, No, "bath.target is 21°C, so bath.target < 18 is not so"},
	} {
		got := compiled(t, c.of)
		tr := got.trace(c.in, time.Time{})
		if v := got.verdict(c.in, time.Time{}); v != c.want || tr.Verdict != v {
			t.Errorf("%v: %s, its trace %s, want %s", c.of, v, tr.Verdict, c.want)
		}
		if said := tr.Text + " " + tr.Value + " " + tr.Why; !strings.Contains(said, c.says) {
			t.Errorf("%v says %q, want %q", c.of, said, c.says)
		}
		if c.want != Yes && tr.Why == "" && c.says != "" {
			t.Errorf("%v gives no reason", c.of)
		}
	}
}

func TestAConditionOnTheTimeGoesByTheHousesZoneAndPlace(t *testing.T) {
	night, err := schedule.ParseWindow("22:00..06:00")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		of   entity.RuleCondition
		at   string
		want Verdict
		why  string
	}{
		{entity.InWindow{Window: night}, "2026-07-01 23:59", Yes, ""},
		{entity.InWindow{Window: night}, "2026-07-01 00:00", Yes, ""},
		{entity.InWindow{Window: night}, "2026-07-01 06:00", No, "it is 06:00, not between 22:00 and 06:00"},
		{entity.OnDays{Days: schedule.Weekdays}, "2026-07-04 12:00", No, "it is Saturday, not mon-fri"},
		{entity.OnDays{Days: schedule.Weekdays}, "2026-07-03 23:59", Yes, ""},
		{entity.SunIs{Up: true}, "2026-07-01 12:00", Yes, ""},
		{entity.SunIs{Up: true}, "2026-12-01 17:00", No, "the sun is down"},
		{entity.SunIs{Up: false}, "2026-07-01 17:00", No, "the sun is up"},
	} {
		got := compiled(t, c.of)
		at := clockTime(t, c.at).UTC() // whatever zone the caller counts in
		tr := got.trace(testWorld{}, at)
		if v := got.verdict(testWorld{}, at); v != c.want || tr.Verdict != v || tr.Why != c.why {
			t.Errorf("%v at %s: %s, trace %+v; want %s, %q", c.of, c.at, v, tr, c.want, c.why)
		}
	}
}

func TestAConditionTellsWhetherTimeAloneTurnsIt(t *testing.T) {
	c := compiled(t, entity.All{
		entity.InState{Entity: "anna", State: "home"},
		entity.Any{entity.Not{Condition: entity.AtLevel{Threshold: entity.Threshold{Entity: "outside", Of: entity.QuantityValue}}}, entity.SunIs{}},
		entity.Expr{Text: "bath.target < 18"},
	})
	if !timed(c) {
		t.Error("the sun turns it")
	}
	if timed(compiled(t, entity.Not{Condition: entity.Expr{Text: "bath.target < 18"}})) {
		t.Error("no time turns an expression")
	}
}

// What Kleene's tables say, over all combinations of three unknowns: a group's verdict is the one
// that holds however the unknown ones turn out, and unknown if that matters.
func TestUnknownHidesNothingThatIsCertain(t *testing.T) {
	leaf := compiled(t, entity.InState{Entity: "anna", State: "home"})
	other := compiled(t, entity.InState{Entity: "porch", State: "on"})
	trees := []condition{allOf{leaf, other}, anyOf{leaf, other}, not{allOf{leaf, not{other}}}, anyOf{not{leaf}, allOf{other, leaf}}}
	states := func(on, off string) []Seen {
		return []Seen{{State: on, Available: true}, {State: off, Available: true}, {}}
	}
	for _, tree := range trees {
		for _, anna := range states("home", "away") {
			for _, porch := range states("on", "off") {
				var outcomes []Verdict
				for _, a := range settle(anna, "home", "away") {
					for _, p := range settle(porch, "on", "off") {
						outcomes = append(outcomes, tree.verdict(evening().with("anna", a).with("porch", p), time.Time{}))
					}
				}
				got := tree.verdict(evening().with("anna", anna).with("porch", porch), time.Time{})
				if got != Unknown && slices.ContainsFunc(outcomes, func(v Verdict) bool { return v != got }) {
					t.Errorf("%v with %+v and %+v is %s, and could be %v", tree, anna, porch, got, outcomes)
				}
				if len(outcomes) == 1 && got != outcomes[0] || got == Unknown && len(outcomes) == 1 {
					t.Errorf("%v with %+v and %+v is %s, want %v", tree, anna, porch, got, outcomes)
				}
			}
		}
	}
}

// settle lists how what is seen may turn out.
func settle(s Seen, on, off string) []Seen {
	if s.Known() {
		return []Seen{s}
	}
	return []Seen{{State: on, Available: true}, {State: off, Available: true}}
}

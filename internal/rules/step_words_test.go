package rules_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"hob/internal/entity"
	"hob/internal/rules"
	"hob/internal/schedule"
)

// Whoever reads the trace of a run sees what a choice and a wait were about, which
// way they went, and by what.
func TestChoicesAndWaitsSayWhatTheySaw(t *testing.T) {
	state := func(id entity.ID, is string) entity.RuleCondition { return entity.InState{Entity: id, State: is} }
	cold := entity.AtLevel{Threshold: entity.Threshold{Entity: "outside", Of: entity.QuantityValue, Below: true, Than: 3}}
	night, err := schedule.ParseWindow("22:00..06:00")
	if err != nil {
		t.Fatal(err)
	}
	choose := func(c entity.RuleCondition) entity.Step {
		return entity.Choose{If: c, Then: []entity.Step{entity.Stop{}}}
	}
	wait := func(c entity.RuleCondition) entity.Step { return entity.Wait{Until: c, AtMost: 2 * time.Minute} }

	for _, c := range []struct {
		step entity.Step
		then []then
		want string // what it is, and what it has to say
	}{
		{choose(state("porch", "on")), nil, "if porch is on: yes"},
		{choose(state("porch", "off")), nil, "if porch is off: no: porch is on, not off"},
		{choose(state("anna", "home")), nil, "if anna is home: not known: nobody knows how anna is"},
		{choose(cold), nil, "if outside is below 3°C: yes: outside is 2.1°C, below 3°C"},
		{choose(entity.Not{Condition: cold}), nil, "if outside is not below 3°C: no: outside is 2.1°C, which must not be below 3°C"},
		{choose(entity.InWindow{Window: night}), nil, "if it is between 22:00 and 06:00: no: it is 12:00, not between 22:00 and 06:00"},
		{choose(entity.OnDays{Days: schedule.Weekdays}), nil, "if it is mon-fri: yes: it is Monday"},
		{choose(entity.SunIs{Up: false}), nil, "if the sun is down: no: the sun is up"},
		{choose(entity.Expr{Text: "outside.value < 3"}), nil, "if outside.value < 3: yes: outside.value is 2.1°C, so outside.value < 3"},
		{choose(entity.All{entity.Any{state("anna", "home"), state("porch", "on")}, cold}), nil,
			"if (anna is home or porch is on) and outside is below 3°C: yes: porch is on, and outside is 2.1°C, below 3°C"},
		{choose(entity.Not{Condition: entity.Any{state("porch", "off"), state("window", "open")}}), nil,
			"if not (porch is off or window is open): yes: porch is on, not off, and window is closed, not open"},
		{wait(state("window", "closed")), nil, "wait until window is closed, at most 2m: at once"},
		{wait(state("window", "open")), []then{after(12 * time.Second), is("open")}, "wait until window is open, at most 2m: after 12s"},
		{wait(state("window", "open")), []then{after(3 * time.Minute)}, "wait until window is open, at most 2m: gave up after 2m: window is closed, not open"},
		{wait(state("window", "open")), []then{after(12 * time.Second)}, "wait until window is open, at most 2m: "},
		{wait(state("window", "open")), []then{after(12 * time.Second), down(30 * time.Second), is("open")},
			"wait until window is open, at most 2m: after 42s"},
	} {
		s := newServer(t, houseIn(berlin, rule("r", entity.OnStart{}, c.step)), local(berlin, "2026-06-22 12:00:00"))
		s.is("porch", "on")
		s.is("window", "closed")
		s.measures("outside", 2.1)
		s.happens(rules.Event{Started: true})
		for _, happens := range c.then {
			happens(s)
		}
		step := s.records()[0].Steps[0]
		if got := step.What + ": " + step.Message; got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}

// How long a step took is told from its begin, which may have been before a
// restart, whatever the clock showed then.
func TestAStepTookAsLongAsSinceItsBeginOverARestart(t *testing.T) {
	const ten = 10 * time.Minute
	for name, c := range map[string]struct {
		then []then
		want time.Duration
	}{
		"a restart":              {[]then{after(4 * time.Minute), down(time.Minute), after(ten)}, ten},
		"it was down too long":   {[]then{after(4 * time.Minute), down(time.Hour)}, time.Hour + 4*time.Minute},
		"two restarts":           {[]then{down(time.Minute), after(time.Minute), down(time.Minute), after(ten)}, ten},
		"the clock was set":      {[]then{after(time.Minute), clock(72 * time.Hour), after(time.Minute), down(time.Minute), after(ten)}, ten},
		"the clock went back":    {[]then{after(3 * time.Minute), clock(-56 * 365 * 24 * time.Hour), down(time.Minute), after(ten)}, ten},
		"down, and a wrong time": {[]then{after(3 * time.Minute), down(-50 * 365 * 24 * time.Hour), after(ten)}, ten},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, houseIn(berlin, rule("r", entity.OnStart{}, entity.Delay{For: ten})), local(berlin, "2026-06-22 12:00:00"))
			s.happens(rules.Event{Started: true})
			for _, happens := range c.then {
				happens(s)
			}
			i := slices.IndexFunc(s.records(), func(r rules.Run) bool { return len(r.Steps) > 0 })
			step := s.records()[i].Steps[0]
			if took := time.Duration(step.TookMS) * time.Millisecond; step.Outcome != rules.Ran || took != c.want {
				t.Errorf("%s after %v, want %v", step.Outcome, took, c.want)
			}
		})
	}
}

// A memory that says that a step began at no time there can be is no reason to
// calculate nonsense.
func TestABeginThatCannotBeIsNotBelieved(t *testing.T) {
	s := newServer(t, houseIn(berlin, rule("r", entity.OnStart{}, entity.Delay{For: time.Minute})), local(berlin, "2026-06-22 12:00:00"))
	s.happens(rules.Event{Started: true})
	for _, begun := range []string{"1", "9223372036854775807", "-9223372036854775808"} {
		var m map[string]any
		if err := json.Unmarshal(s.disk.memory["r"], &m); err != nil {
			t.Fatal(err)
		}
		m["runs"].([]any)[0].(map[string]any)["begun"] = json.Number(begun)
		data, err := json.Marshal(m)
		if err != nil || !strings.Contains(string(data), begun) {
			t.Fatal(err)
		}
		e, _, err := rules.New(s.program, []rules.Saved{{Rule: "r", Data: data}}, s.now)
		if err != nil {
			t.Fatal(err)
		}
		now := rules.Now{Wall: s.now.Wall.Add(time.Hour), Up: s.now.Up + time.Hour}
		e.Wake(now)
		if took := e.Status(now)[0].Last.Steps[0].TookMS; took < 0 || took > (11*366*24*time.Hour).Milliseconds() {
			t.Errorf("begun %s: it took %d ms", begun, took)
		}
	}
}

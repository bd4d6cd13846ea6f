package rules_test

import (
	"slices"
	"testing"
	"time"

	"hob/internal/entity"
	"hob/internal/rules"
)

// fixedWorld is a World of what a test says.
type fixedWorld struct {
	seen  map[entity.ID]rules.Seen
	links map[entity.BoardName]rules.Link
}

func (w fixedWorld) Entity(id entity.ID) rules.Seen         { return w.seen[id] }
func (w fixedWorld) Board(name entity.BoardName) rules.Link { return w.links[name] }

func TestARuleIsJudgedTriggerByTrigger(t *testing.T) {
	all := rule("all", atClock("07:30", "22:00"), do("porch", entity.VerbOn))
	all.When = append(all.When,
		atCron("0 0 29 2 *"),
		entity.OnState{Entity: "window", To: "open", For: 10 * time.Minute},
		entity.OnState{Entity: "porch", To: "on"},
		entity.OnLevel{Threshold: entity.Threshold{Entity: "outside", Of: entity.QuantityValue, Below: true, Than: 3}},
		entity.OnBoard{Board: "hall", Online: false},
		entity.OnGesture{Button: "bell", Gesture: entity.GestureDouble},
		entity.OnWebhook{Name: entity.NewSecret("4f3a9c")},
		entity.OnStart{})
	all.If = entity.InState{Entity: "fan", State: "off"}
	p := compile(t, houseIn(berlin, all))
	world := fixedWorld{
		seen: map[entity.ID]rules.Seen{"window": {State: "open", Available: true}, "porch": {State: "off", Available: true},
			"outside": {State: "4.5", Available: true, Value: rules.Number{Is: 4.5, Known: true}}, "fan": {State: "on", Available: true}},
		links: map[entity.BoardName]rules.Link{"hall": rules.LinkOnline}}
	got, ok := p.Judge("all", world, local(berlin, "2026-11-25 22:00:20"))
	if !ok {
		t.Fatal("it is there")
	}
	want := []string{
		"07:30, 22:00: yes: 07:30, 22:00 was last due at 22:00:00, and is next on Thu 26 Nov at 07:30:00",
		"cron 0 0 29 2 *: no: cron 0 0 29 2 * is first due on Tue 29 Feb 2028 at 00:00:00",
		"window open for 10m: yes: window is open, and only becoming so sets it off, after 10m",
		"porch on: no: porch is off, not on",
		"outside below 3°C: no: outside is 4.5°C, not below 3°C",
		"board hall offline: no: the board hall is online",
		"bell double: no: it waits for a double of bell",
		"webhook: no: it waits for somebody to ask for its webhook",
		"startup: no: it waits for a start of the server",
	}
	for i, trace := range got.When {
		if line := trace.Text + ": " + string(trace.Verdict) + ": " + trace.Why; line != want[i] {
			t.Errorf("trigger %d\n got %s\nwant %s", i, line, want[i])
		}
	}
	if len(got.When) != len(want) {
		t.Errorf("%d triggers, want %d", len(got.When), len(want))
	}
	if got.If == nil || got.If.Verdict != rules.No || got.If.Why != "fan is on, not off" {
		t.Errorf("condition: %+v", got.If)
	}
}

func TestWhatNobodyKnowsIsJudgedUnknown(t *testing.T) {
	all := rule("all", entity.OnState{Entity: "window", To: "open"}, do("porch", entity.VerbOn))
	all.When = append(all.When, entity.OnBoard{Board: "hall", Online: true})
	p := compile(t, houseIn(berlin, all))
	got, _ := p.Judge("all", fixedWorld{}, local(berlin, "2026-11-25 22:00:20"))
	if got.If != nil {
		t.Errorf("it has no condition: %+v", got.If)
	}
	if i := slices.IndexFunc(got.When, func(t rules.Trace) bool { return t.Verdict != rules.Unknown || t.Why == "" }); i >= 0 {
		t.Errorf("trigger %d: %+v", i, got.When[i])
	}
	if _, ok := p.Judge("none", fixedWorld{}, time.Now()); ok {
		t.Error("there is no rule none")
	}
}

// TestTriggersOfEachIntervalAreJudgedInTheirLastAndNextTime has intervals from a
// second to a year: each is found with few steps.
func TestTriggersOfEachIntervalAreJudgedInTheirLastAndNextTime(t *testing.T) {
	now := local(berlin, "2026-11-25 22:00:20")
	for raw, want := range map[string]string{
		"* * * * *": "cron * * * * * was last due at 22:00:00, and is next at 22:01:00",
		"5 * * * *": "cron 5 * * * * was last due at 21:05:00, and is next at 22:05:00",
		"0 3 * * 1": "cron 0 3 * * 1 was last due on Mon 23 Nov at 03:00:00, and is next on Mon 30 Nov at 03:00:00",
		"0 9 1 1 *": "cron 0 9 1 1 * was last due on Thu 1 Jan 2026 at 09:00:00, and is next on Fri 1 Jan at 09:00:00",
	} {
		p := compile(t, houseIn(berlin, rule("r", atCron(raw), do("porch", entity.VerbOn))))
		if got, _ := p.Judge("r", fixedWorld{}, now); got.When[0].Why != want {
			t.Errorf("got  %s\nwant %s", got.When[0].Why, want)
		}
	}
}

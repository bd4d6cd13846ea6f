package rules_test

import (
	"slices"
	"testing"
	"time"

	"hob/internal/entity"
	"hob/internal/rules"
)

// then is something that happens, or a time that passes first.
type then func(s *server)

func after(d time.Duration) then { return func(s *server) { s.pass(d) } }
func down(d time.Duration) then  { return func(s *server) { s.restart(d) } }
func clock(d time.Duration) then { return func(s *server) { s.set(s.now.Wall.Add(d)) } }
func event(ev rules.Event) then  { return func(s *server) { s.happens(ev) } }
func link(l rules.Link) then     { return event(rules.Event{Board: "shed", Link: l}) }
func used(g entity.Gesture) then { return event(rules.Event{Entity: "bell", Gesture: g}) }
func measured(n float64) then    { return func(s *server) { s.measures("outside", n) } }
func is(state string) then       { return func(s *server) { s.is("window", state) } }
func lost(last string) then {
	return event(rules.Event{Entity: "window", Seen: rules.Seen{State: last}})
}

// What triggers a rule, and what does not.
func TestTriggers(t *testing.T) {
	const ten = 10 * time.Minute
	opened := entity.OnState{Entity: "window", To: "open"}
	for10 := entity.OnState{Entity: "window", To: "open", For: ten}
	cold := entity.OnLevel{Threshold: entity.Threshold{Entity: "outside", Of: entity.QuantityValue, Below: true, Than: 3}, Hysteresis: 1}
	cold10 := cold
	cold10.For = ten
	silent := entity.OnState{Entity: "outside", To: "unknown", For: ten}
	away := event(rules.Event{Entity: "outside", Seen: rules.Seen{State: "5"}})
	broken := event(rules.Event{Entity: "outside", Seen: rules.Seen{State: "unknown", Available: true}})
	gone := entity.OnBoard{Board: "shed"}
	gone10 := entity.OnBoard{Board: "shed", For: ten}
	for name, c := range map[string]struct {
		when entity.Trigger
		then []then
		want []string // the times at which it fires, from 12:00:00 on
	}{
		"a change": {opened, []then{is("closed"), after(time.Minute), is("open")}, []string{"12:01:00"}},
		"each change": {opened, []then{is("closed"), is("open"), after(time.Minute), is("closed"), is("open")},
			[]string{"12:00:00", "12:01:00"}},
		"the first state ever known":     {opened, []then{is("open")}, nil},
		"the same state again":           {opened, []then{is("closed"), is("open"), after(time.Minute), is("open")}, []string{"12:00:00"}},
		"a board that comes back":        {opened, []then{is("closed"), is("open"), lost("open"), after(time.Minute), is("open")}, []string{"12:00:00"}},
		"a change while it was away":     {opened, []then{is("closed"), lost("closed"), after(time.Minute), is("open")}, []string{"12:01:00"}},
		"a state that was unknown":       {opened, []then{is("open"), is("unknown"), is("open")}, nil},
		"over a restart, the same":       {opened, []then{is("closed"), is("open"), down(time.Minute), is("open")}, []string{"12:00:00"}},
		"over a restart, another":        {opened, []then{is("closed"), down(time.Minute), is("open")}, []string{"12:01:00"}},
		"from the state it waits for":    {entity.OnState{Entity: "window", From: "closed", To: "open"}, []then{is("closed"), is("open")}, []string{"12:00:00"}},
		"from another state":             {entity.OnState{Entity: "window", From: "tilted", To: "open"}, []then{is("closed"), is("open")}, nil},
		"unknown, asked for by its name": {entity.OnState{Entity: "window", To: "unknown"}, []then{is("closed"), lost("closed"), lost("closed")}, []string{"12:00:00"}},

		"long enough":                   {for10, []then{is("closed"), is("open"), after(time.Hour)}, []string{"12:10:00"}},
		"not long enough":               {for10, []then{is("closed"), is("open"), after(ten - time.Second), is("closed"), after(time.Hour)}, nil},
		"long enough at last":           {for10, []then{is("closed"), is("open"), after(time.Minute), is("closed"), is("open"), after(time.Hour)}, []string{"12:11:00"}},
		"not while nobody knows":        {for10, []then{is("closed"), is("open"), lost("open"), after(time.Hour)}, nil},
		"when it is known again":        {for10, []then{is("closed"), is("open"), lost("open"), after(time.Hour), is("open")}, []string{"13:00:00"}},
		"not when it is another then":   {for10, []then{is("closed"), is("open"), lost("open"), after(time.Hour), is("closed"), after(time.Hour)}, nil},
		"known again before its time":   {for10, []then{is("closed"), is("open"), lost("open"), after(time.Minute), is("open"), after(time.Hour)}, []string{"12:10:00"}},
		"over a restart":                {for10, []then{is("closed"), is("open"), after(time.Minute), down(time.Minute), is("open"), after(time.Hour)}, []string{"12:10:00"}},
		"over a restart beyond its end": {for10, []then{is("closed"), is("open"), down(time.Hour), is("open")}, []string{"13:00:00"}},
		"over a restart that ended it":  {for10, []then{is("closed"), is("open"), down(time.Hour), is("closed"), after(time.Hour)}, nil},
		"a clock that is set forward":   {for10, []then{is("closed"), is("open"), clock(time.Hour), after(time.Hour)}, []string{"13:10:00"}},
		"a clock that is set back":      {for10, []then{is("closed"), is("open"), clock(-time.Hour), after(time.Hour)}, []string{"11:10:00"}},

		"a crossing":                 {cold, []then{measured(5), measured(2)}, []string{"12:00:00"}},
		"the first number":           {cold, []then{measured(2)}, nil},
		"the threshold itself":       {cold, []then{measured(5), measured(3)}, nil},
		"further on":                 {cold, []then{measured(5), measured(2), measured(1)}, []string{"12:00:00"}},
		"back within the hysteresis": {cold, []then{measured(5), measured(2), measured(3.5), measured(2)}, []string{"12:00:00"}},
		"back by the hysteresis":     {cold, []then{measured(5), measured(2), after(time.Minute), measured(4), measured(2)}, []string{"12:00:00", "12:01:00"}},
		"armed over a restart":       {cold, []then{measured(5), down(time.Minute), measured(2)}, []string{"12:01:00"}},
		"not armed over a restart":   {cold, []then{measured(5), measured(2), down(time.Minute), measured(3.5), measured(2)}, []string{"12:00:00"}},
		"cold for long enough":       {cold10, []then{measured(5), measured(2), after(time.Minute), measured(3.5), after(time.Hour)}, []string{"12:10:00"}},
		"cold for not long enough":   {cold10, []then{measured(5), measured(2), after(time.Minute), measured(4), after(time.Hour)}, nil},

		"a sensor whose board is away": {silent, []then{measured(5), measured(4), away, after(time.Hour)}, []string{"12:10:00"}},
		"a sensor that is broken":      {silent, []then{measured(5), broken, after(time.Minute), away, after(time.Hour)}, []string{"12:10:00"}},
		"a sensor that is back":        {silent, []then{measured(5), away, after(time.Minute), measured(5), after(time.Hour)}, nil},
		"a sensor over a restart":      {silent, []then{measured(5), away, after(time.Minute), down(time.Minute), away, after(time.Hour)}, []string{"12:10:00"}},
		"a sensor that never spoke":    {silent, []then{broken, after(time.Hour)}, nil},

		"a press":                   {entity.OnGesture{Button: "bell", Gesture: entity.GesturePress}, []then{used(entity.GesturePress), after(time.Minute), used(entity.GesturePress)}, []string{"12:00:00", "12:01:00"}},
		"another gesture":           {entity.OnGesture{Button: "bell", Gesture: entity.GesturePress}, []then{used(entity.GestureHold)}, nil},
		"a board that goes":         {gone, []then{link(rules.LinkOnline), link(rules.LinkOffline)}, []string{"12:00:00"}},
		"a board not met yet":       {gone, []then{link(rules.LinkUnknown), link(rules.LinkOffline)}, nil},
		"a board that comes":        {entity.OnBoard{Board: "shed", Online: true}, []then{link(rules.LinkOffline), link(rules.LinkOnline)}, []string{"12:00:00"}},
		"a board that is away":      {gone10, []then{link(rules.LinkOnline), link(rules.LinkOffline), after(time.Hour)}, []string{"12:10:00"}},
		"a board that was away":     {gone10, []then{link(rules.LinkOnline), link(rules.LinkOffline), after(time.Minute), link(rules.LinkOnline), after(time.Hour)}, nil},
		"a path":                    {entity.OnWebhook{Name: entity.NewSecret("gate")}, []then{event(rules.Event{Webhook: entity.NewSecret("gate")})}, []string{"12:00:00"}},
		"another path":              {entity.OnWebhook{Name: entity.NewSecret("gate")}, []then{event(rules.Event{Webhook: entity.NewSecret("gat")})}, nil},
		"a start, but no new house": {entity.OnStart{}, []then{event(rules.Event{Started: true}), func(s *server) { s.load(s.house) }}, []string{"12:00:00"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, houseIn(berlin, rule("r", c.when, do("porch", entity.VerbOn))), local(berlin, "2026-06-22 12:00:00"))
			for _, happens := range c.then {
				happens(s)
			}
			var got []string
			for _, a := range s.acts {
				got = append(got, a.at.Wall.In(s.program.Zone()).Format(time.TimeOnly))
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("it fired at %q, want %q", got, c.want)
			}
		})
	}
}

// A rule that is switched off does nothing by itself, and makes up for nothing when
// it is switched on; somebody may ask for it.
func TestARuleThatIsOff(t *testing.T) {
	r := rule("r", atClock("12:10"), do("porch", entity.VerbOn))
	r.When = append(r.When, entity.OnState{Entity: "window", To: "open"})
	r.Enabled, r.Missed = false, entity.Missed{Policy: entity.MissedRun}
	s := newServer(t, houseIn(berlin, r), local(berlin, "2026-06-22 12:00:00"))
	s.is("window", "closed")
	s.is("window", "open")
	s.pass(time.Hour)
	s.restart(24 * time.Hour)
	if len(s.records()) != 0 {
		t.Errorf("%q", s.log())
	}
	if s.engine.Status(s.now)[0].Next != 0 {
		t.Error("it says when it runs next")
	}
	r.Enabled = true
	s.load(houseIn(berlin, r))
	s.pass(time.Minute)
	if len(s.records()) != 0 {
		t.Errorf("after it was switched on: %q", s.log())
	}
	r.Enabled = false
	s.load(houseIn(berlin, r))
	_, out, ok := s.engine.Ask("r", entity.Cause{Kind: entity.CauseUser, By: "anna"}, s.now)
	if !ok || len(out.Acts) != 1 || out.Runs[0].Trigger.Kind != rules.KindAsked || out.Runs[0].Trigger.Cause.By != "anna" {
		t.Errorf("asked for: %+v, %t", out, ok)
	}
	if _, _, ok := s.engine.Ask("none", entity.Cause{}, s.now); ok {
		t.Error("there is no such rule")
	}
}

// What a sensor measures is nothing that a rule has to remember which waits for its silence.
func TestARuleForASilentSensorDoesNotStoreEachNumber(t *testing.T) {
	s := newServer(t, houseIn(berlin, rule("r", entity.OnState{Entity: "outside", To: "unknown", For: time.Minute}, do("porch", entity.VerbOn))), local(berlin, "2026-06-22 12:00:00"))
	s.measures("outside", 5)
	out := s.give(func(e *rules.Engine) rules.Output {
		return e.Happened([]rules.Event{{Entity: "outside", Seen: rules.Seen{State: "6", Available: true, Value: rules.Number{Is: 6, Known: true}}}}, s.now)
	})
	if len(out.Keep) != 0 {
		t.Errorf("it stores %s", out.Keep[0].Data)
	}
}

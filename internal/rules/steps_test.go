package rules_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"hob/internal/entity"
	"hob/internal/rules"
)

func stopping(d entity.Do) entity.Do {
	d.StopIfFailed = true
	return d
}

// Steps are taken in order, each after the end of the one before it.
func TestSteps(t *testing.T) {
	on, off, fan := do("porch", entity.VerbOn), do("porch", entity.VerbOff), do("fan", entity.VerbOn)
	open := entity.InState{Entity: "window", State: "open"}
	call := entity.Call{URL: entity.NewSecret("https://user:secret@host.example/path?token=1"), Method: "POST"}
	home := entity.InState{Entity: "anna", State: "home"}
	wait := entity.Wait{Until: home, AtMost: time.Hour}
	annaHome := func(s *server) { s.is("anna", "home") }
	fails, refuses := rules.Result{Outcome: rules.Failed, Said: entity.Said{Message: "no answer"}}, rules.Result{Outcome: rules.Refused, Said: entity.Said{Message: "not now"}}
	for name, c := range map[string]struct {
		steps []entity.Step
		porch rules.Result // how what porch does ends; its zero value: it works out
		then  []then
		want  []string // outcome, reason, and what it did when, after 12:00
	}{
		"in order":         {[]entity.Step{on, off}, rules.Result{}, nil, []string{"ran", "", "0s porch on", "0s porch off"}},
		"a delay":          {[]entity.Step{on, entity.Delay{For: 10 * time.Minute}, off}, rules.Result{}, []then{after(time.Hour)}, []string{"ran", "", "0s porch on", "10m0s porch off"}},
		"a delay not over": {[]entity.Step{on, entity.Delay{For: 10 * time.Minute}, off}, rules.Result{}, []then{after(9 * time.Minute)}, []string{"running", "", "0s porch on"}},
		"a delay over a restart": {[]entity.Step{on, entity.Delay{For: 10 * time.Minute}, off}, rules.Result{}, []then{after(time.Minute), down(time.Minute), after(time.Hour)},
			[]string{"ran", "", "0s porch on", "10m0s porch off"}},
		"a delay that ended while it was down": {[]entity.Step{on, entity.Delay{For: 10 * time.Minute}, off}, rules.Result{}, []then{down(time.Hour)},
			[]string{"ran", "", "0s porch on", "1h0m0s porch off"}},
		"a failure":              {[]entity.Step{on, fan}, fails, nil, []string{"failed", "porch on: no answer", "0s porch on", "0s fan on"}},
		"a refusal of one":       {[]entity.Step{on, fan}, refuses, nil, []string{"failed", "porch on: not now", "0s porch on", "0s fan on"}},
		"a refusal of all":       {[]entity.Step{on}, refuses, nil, []string{"refused", "porch on: not now", "0s porch on"}},
		"a failure that matters": {[]entity.Step{stopping(on), fan}, fails, nil, []string{"failed", "porch on: no answer; the steps after it were not taken", "0s porch on"}},
		"a success that matters": {[]entity.Step{stopping(on), fan}, rules.Result{}, nil, []string{"ran", "", "0s porch on", "0s fan on"}},
		"a stop":                 {[]entity.Step{on, entity.Stop{}, off}, rules.Result{}, nil, []string{"ran", "", "0s porch on"}},
		"a notice is not awaited": {[]entity.Step{entity.Notify{Everyone: true, Text: "hello"}, on}, rules.Result{}, nil,
			[]string{"ran", "", `0s notify all "hello"`, "0s porch on"}},
		"an address is a secret": {[]entity.Step{call}, rules.Result{}, nil, []string{"ran", "", "0s webhook host.example"}},
		"if, and it is so": {[]entity.Step{entity.Choose{If: open, Then: []entity.Step{on}, Else: []entity.Step{off}}, fan}, rules.Result{}, nil,
			[]string{"ran", "", "0s porch on", "0s fan on"}},
		"if, and it is not so": {[]entity.Step{entity.Choose{If: entity.Not{Condition: open}, Then: []entity.Step{on}, Else: []entity.Step{off}}, fan}, rules.Result{}, nil,
			[]string{"ran", "", "0s porch off", "0s fan on"}},
		"if, and nobody knows": {[]entity.Step{entity.Choose{If: home, Then: []entity.Step{on}, Else: []entity.Step{off}}, fan}, rules.Result{}, nil,
			[]string{"ran", "", "0s porch off", "0s fan on"}},
		"if, without else": {[]entity.Step{entity.Choose{If: home, Then: []entity.Step{on}}, fan}, rules.Result{}, nil, []string{"ran", "", "0s fan on"}},
		"if in if, with a stop": {[]entity.Step{entity.Choose{If: open, Then: []entity.Step{entity.Choose{If: open, Then: []entity.Step{on, entity.Stop{}}}, off}}, fan}, rules.Result{}, nil,
			[]string{"ran", "", "0s porch on"}},
		"a wait for what is so":       {[]entity.Step{entity.Wait{Until: open, AtMost: time.Hour}, on}, rules.Result{}, nil, []string{"ran", "", "0s porch on"}},
		"a wait for what comes about": {[]entity.Step{wait, on}, rules.Result{}, []then{after(time.Minute), annaHome}, []string{"ran", "", "1m0s porch on"}},
		"a wait in vain":              {[]entity.Step{wait, on}, rules.Result{}, []then{after(2 * time.Hour)}, []string{"ran", "", "1h0m0s porch on"}},
		"a wait over a restart":       {[]entity.Step{wait, on}, rules.Result{}, []then{after(time.Minute), down(time.Minute), annaHome}, []string{"ran", "", "2m0s porch on"}},
		"a wait in vain over a restart": {[]entity.Step{wait, on}, rules.Result{}, []then{after(time.Minute), down(time.Minute), after(2 * time.Hour)},
			[]string{"ran", "", "1h0m0s porch on"}},
		"a wait over a reload": {[]entity.Step{wait, on}, rules.Result{}, []then{func(s *server) { s.load(s.house) }, after(time.Minute), annaHome}, []string{"ran", "", "1m0s porch on"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, houseIn(berlin, rule("r", entity.OnStart{}, c.steps...)), local(berlin, "2026-06-22 12:00:00"))
			s.answer = func(a rules.Act) (rules.Result, bool) {
				if c.porch.Outcome != "" && a.Do != nil && a.Do.Target == "porch" {
					return c.porch, true
				}
				return rules.Result{Outcome: rules.Ran}, true
			}
			start := s.now.Wall
			s.is("window", "open")
			s.happens(rules.Event{Started: true})
			for _, happens := range c.then {
				happens(s)
			}
			r := s.records()[0]
			got := []string{string(r.Outcome), r.Reason}
			for _, a := range s.acts {
				got = append(got, a.at.Wall.Sub(start).String()+" "+s.disk.runs[a.Run].Steps[a.Step].What)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("it came to\n\t%q, want\n\t%q", got, c.want)
			}
		})
	}
}

// What happens when a rule is triggered while it runs, and too soon after.
func TestModesAndCooldown(t *testing.T) {
	press := used(entity.GesturePress)
	for name, c := range map[string]struct {
		mode     entity.RunMode
		cooldown time.Duration
		then     []then
		want     []string
	}{
		"single": {entity.ModeSingle, 0, []then{press, after(time.Minute), press, after(time.Hour)},
			[]string{"12:00:00 ran: ", "12:01:00 skipped: it still runs"}},
		"restart": {entity.ModeRestart, 0, []then{press, after(time.Minute), press, after(time.Hour)},
			[]string{"12:00:00 stopped: it was triggered again, and begins anew", "12:01:00 ran: "}},
		"queued": {entity.ModeQueued, 0, []then{press, after(time.Minute), press, after(time.Hour)},
			[]string{"12:00:00 ran: ", "12:01:00 ran: "}},
		"queued over a restart": {entity.ModeQueued, 0, []then{press, press, down(time.Minute), after(time.Hour)},
			[]string{"12:00:00 ran: ", "12:00:00 ran: "}},
		"a queue that is full": {entity.ModeQueued, 0, append(slices.Repeat([]then{press}, 12), after(5*time.Hour)),
			append(slices.Repeat([]string{"12:00:00 ran: "}, 11), "12:00:00 skipped: 10 runs wait already")},
		"too soon": {entity.ModeSingle, time.Hour, []then{press, after(59 * time.Minute), press, after(time.Minute), press, after(time.Hour)},
			[]string{"12:00:00 ran: ", "12:59:00 skipped: it ran less than 1h ago, and rests until 13:00:00", "13:00:00 ran: "}},
		"too soon after a restart": {entity.ModeSingle, time.Hour, []then{press, down(59 * time.Minute), press, after(time.Minute), press, after(time.Hour)},
			[]string{"12:00:00 ran: ", "12:59:00 skipped: it ran less than 1h ago, and rests until 13:00:00", "13:00:00 ran: "}},
	} {
		t.Run(name, func(t *testing.T) {
			r := rule("r", entity.OnGesture{Button: "bell", Gesture: entity.GesturePress}, do("porch", entity.VerbOn), entity.Delay{For: 10 * time.Minute}, do("porch", entity.VerbOff))
			r.Mode, r.Cooldown = c.mode, c.cooldown
			s := newServer(t, houseIn(berlin, r), local(berlin, "2026-06-22 12:00:00"))
			for _, happens := range c.then {
				happens(s)
			}
			var got []string
			for _, r := range s.records() {
				got = append(got, time.UnixMilli(r.At).In(s.program.Zone()).Format(time.TimeOnly)+" "+string(r.Outcome)+": "+r.Reason)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("it came to\n\t%q, want\n\t%q", got, c.want)
			}
		})
	}
}

// A pause ends by itself, outlives a restart, and counts what came to nothing.
func TestAPauseEndsAndCountsWhatCameToNothing(t *testing.T) {
	r := rule("r", entity.OnGesture{Button: "bell", Gesture: entity.GesturePress}, do("porch", entity.VerbToggle))
	s := newServer(t, houseIn(berlin, r), local(berlin, "2026-06-22 12:00:00"))
	for range rules.MostRuns + 3 {
		used(entity.GesturePress)(s)
	}
	s.restart(time.Minute)
	used(entity.GesturePress)(s)
	if len(s.acts) != rules.MostRuns+1 {
		t.Fatalf("%d acts", len(s.acts))
	}
	if n, said := s.acts[rules.MostRuns].Notify, s.acts[rules.MostRuns].Said; n == nil || !n.Everyone || said.Detail != "rule_paused" || said.Message != n.Text {
		t.Errorf("nobody is told: %+v", s.acts[rules.MostRuns])
	}
	s.pass(rules.Pause)
	used(entity.GesturePress)(s)
	if len(s.acts) != rules.MostRuns+2 {
		t.Errorf("it is still paused: %d acts", len(s.acts))
	}
	i := slices.IndexFunc(s.records(), func(r rules.Run) bool { return r.Outcome == rules.Paused })
	if i < 0 || s.records()[i].More != 3 {
		t.Errorf("the record of the pause: %+v", s.records()[max(i, 0)])
	}
}

// Also after a restart the rule's last run says that the pause is over, and how.
func TestAPauseThatSomebodyEndsIsShownAsEnded(t *testing.T) {
	r := rule("r", entity.OnGesture{Button: "bell", Gesture: entity.GesturePress}, do("porch", entity.VerbToggle))
	s := newServer(t, houseIn(berlin, r), local(berlin, "2026-06-22 12:00:00"))
	for range rules.MostRuns + 2 {
		used(entity.GesturePress)(s)
	}
	s.restart(time.Minute)
	s.give(func(e *rules.Engine) (out rules.Output) { out, _ = e.Resume("r", s.now); return out })
	is := s.engine.Status(s.now)[0]
	if want := "somebody has ended the pause; 1 firing came to nothing meanwhile"; is.PausedUntil != 0 || !strings.HasSuffix(is.Last.Reason, want) {
		t.Errorf("%+v", is.Last)
	}
}

// That a rule rests is part of how it is, over a restart too, and ends with its cooldown.
func TestARuleThatRestsSaysUntilWhen(t *testing.T) {
	r := rule("r", entity.OnGesture{Button: "bell", Gesture: entity.GesturePress}, do("porch", entity.VerbOn))
	r.Cooldown = time.Hour
	s := newServer(t, houseIn(berlin, r), local(berlin, "2026-06-22 12:00:00"))
	rests := func() int64 { return s.engine.Status(s.now)[0].RestsUntil }
	if rests() != 0 {
		t.Error("it has not run")
	}
	used(entity.GesturePress)(s)
	want := local(berlin, "2026-06-22 13:00:00").UnixMilli()
	s.pass(10 * time.Minute)
	if got := rests(); got != want {
		t.Errorf("it rests until %d, want %d", got, want)
	}
	s.restart(10 * time.Minute)
	if got := rests(); got != want {
		t.Errorf("after a restart it rests until %d, want %d", got, want)
	}
	s.pass(40 * time.Minute)
	if got := rests(); got != 0 {
		t.Errorf("it rests until %d still", got)
	}
}

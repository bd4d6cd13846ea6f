package rules_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"hob/internal/entity"
	"hob/internal/rules"
)

// never lets no act end.
func never(rules.Act) (rules.Result, bool) { return rules.Result{}, false }

func (s *server) expect(t *testing.T, want ...string) {
	t.Helper()
	if got := s.log(); !slices.Equal(got, want) {
		t.Errorf("it came to\n\t%q, want\n\t%q", got, want)
	}
}

func TestAClockThatBeginsIn1970RunsNothingTwice(t *testing.T) {
	r := rule("r", atClock("09:50"), do("porch", entity.VerbOn))
	r.Missed = entity.Missed{Policy: entity.MissedRun, Within: 24 * time.Hour}
	s := newServer(t, houseIn(berlin, r), local(berlin, "2026-06-22 09:00:00"))
	s.pass(55 * time.Minute)
	s.restart(time.Unix(0, 0).Sub(s.now.Wall)) // no battery, and no network yet
	s.pass(time.Minute)
	s.restart(time.Unix(0, 0).Sub(s.now.Wall)) // and once more
	s.pass(time.Minute)
	s.set(local(berlin, "2026-06-22 10:00:00"))
	s.pass(24 * time.Hour)
	s.expect(t,
		"01-01 01:00:00 missed", // the record that tells it
		"06-22 09:50:00 ran, porch on",
		"06-22 10:00:00 missed", // one for all those from 1970 on
		"06-23 09:50:00 ran, porch on")
}

func TestAClockThatWasFarAheadLetsRulesRunWhenItIsRight(t *testing.T) {
	s := newServer(t, houseIn(berlin, rule("r", atClock("09:50"), do("porch", entity.VerbOn))), local(berlin, "2026-06-22 09:00:00"))
	s.set(local(berlin, "2026-07-01 09:00:00"))
	s.set(local(berlin, "2026-06-22 09:01:00"))
	s.pass(48 * time.Hour)
	ran := slices.DeleteFunc(s.records(), func(r rules.Run) bool { return r.Outcome == rules.Missed })
	if len(ran) != 2 || len(s.acts) != 2 {
		t.Errorf("%d runs, %d acts: %q", len(ran), len(s.acts), s.log())
	}
}

func TestAnIntervalGoesOnWhenTheClockIsSetBack(t *testing.T) {
	for _, back := range []time.Duration{time.Second, 3 * time.Hour, 20 * time.Hour} {
		s := newServer(t, houseIn(berlin, rule("r", every(5*time.Minute), do("porch", entity.VerbToggle))), local(berlin, "2026-06-22 12:00:30"))
		s.pass(time.Hour)
		s.set(s.now.Wall.Add(-back))
		s.pass(time.Hour)
		if len(s.acts) != 24 {
			t.Errorf("set back by %v: it ran %d times in two hours", back, len(s.acts))
		}
	}
}

func TestWhatIsMadeUpForRunsOneAfterTheOther(t *testing.T) {
	for _, mode := range []entity.RunMode{entity.ModeSingle, entity.ModeRestart, entity.ModeQueued} {
		r := rule("r", atClock("06:00", "07:00", "08:00"), do("porch", entity.VerbOn))
		r.Mode, r.Missed = mode, entity.Missed{Policy: entity.MissedRun, Within: 24 * time.Hour}
		s := newServer(t, houseIn(berlin, r), local(berlin, "2026-06-22 05:00:00"))
		s.answer = never
		s.restart(4 * time.Hour)
		for n := range 3 {
			if len(s.acts) != n+1 {
				t.Fatalf("%s: %d acts after %d runs: %q", mode, len(s.acts), n, s.log())
			}
			s.take(s.ends(s.acts[n].Act, rules.Result{Outcome: rules.Ran}))
		}
		s.expect(t, "06-22 09:00:00 ran, porch on", "06-22 09:00:00 ran, porch on", "06-22 09:00:00 ran, porch on")
	}
}

func TestManyMissedRunsAreNotTakenForARuleThatSetsItselfOff(t *testing.T) {
	r := rule("r", every(time.Minute), do("porch", entity.VerbToggle))
	r.Missed = entity.Missed{Policy: entity.MissedRun, Within: 24 * time.Hour}
	s := newServer(t, houseIn(berlin, r), local(berlin, "2026-06-22 05:00:30"))
	s.restart(time.Hour)
	if len(s.acts) != 60 {
		t.Errorf("%d acts, want 60", len(s.acts))
	}
}

func TestABoardThatMayBeBackIsNotOfflineForLong(t *testing.T) {
	r := rule("r", entity.OnBoard{Board: "shed", For: 10 * time.Minute}, do("porch", entity.VerbOn))
	link := func(l rules.Link) rules.Event { return rules.Event{Board: "shed", Link: l} }
	for name, c := range map[string]struct {
		then rules.Link
		want []string
	}{
		"it is back":  {rules.LinkOnline, nil},
		"it is still": {rules.LinkOffline, []string{"06-22 12:20:01 ran, porch on"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, houseIn(berlin, r), local(berlin, "2026-06-22 12:00:00"))
			s.happens(link(rules.LinkOnline), link(rules.LinkOffline))
			s.restart(20 * time.Minute)
			s.pass(time.Second)
			s.happens(link(c.then))
			s.pass(time.Hour)
			s.expect(t, c.want...)
		})
	}
}

func TestNothingFollowsAnInterruptedStepThatTheRestDependsOn(t *testing.T) {
	first := do("porch", entity.VerbOn)
	first.StopIfFailed = true
	s := newServer(t, houseIn(berlin, rule("r", atClock("12:00"), first, do("fan", entity.VerbOn))), local(berlin, "2026-06-22 11:59:00"))
	s.answer = never
	s.pass(time.Minute)
	s.restart(time.Second)
	s.expect(t, "06-22 12:00:00 interrupted, porch on")
}

func TestATriggerThatIsNewKnowsHowThingsAre(t *testing.T) {
	start := local(berlin, "2026-06-22 12:00:00")
	s := newServer(t, houseIn(berlin), start)
	s.is("window", "closed")
	s.measures("outside", 5)
	s.happens(rules.Event{Board: "shed", Link: rules.LinkOnline})
	s.is("anna", entity.StateUnknown)
	s.load(houseIn(berlin,
		rule("welcome", entity.OnState{Entity: "anna", To: "home"}, do("fan", entity.VerbOff)),
		rule("opened", entity.OnState{Entity: "window", To: "open"}, do("porch", entity.VerbOn)),
		rule("cold", entity.OnLevel{Threshold: entity.Threshold{Entity: "outside", Of: entity.QuantityValue, Below: true, Than: 3}}, do("porch", entity.VerbOff)),
		rule("gone", entity.OnBoard{Board: "shed"}, do("fan", entity.VerbOn))))
	s.is("window", "open")
	s.measures("outside", 2)
	s.happens(rules.Event{Board: "shed", Link: rules.LinkOffline})
	s.is("anna", "home")
	s.expect(t, "06-22 12:00:00 ran, porch off", "06-22 12:00:00 ran, fan on", "06-22 12:00:00 ran, porch on", "06-22 12:00:00 ran, fan off")
}

// Deadlines are stored by the clock on the wall, and last by the other one.
func TestWhatLastsIsNotShortenedByAClockThatIsSetBeforeARestart(t *testing.T) {
	for name, r := range map[string]entity.Rule{
		"a delay": rule("r", entity.OnStart{}, entity.Delay{For: time.Hour}, do("porch", entity.VerbOn)),
		"a for":   rule("r", entity.OnState{Entity: "window", To: "open", For: time.Hour}, do("porch", entity.VerbOn)),
		"a waiting": rule("r", entity.OnStart{}, entity.Wait{Until: entity.InState{Entity: "anna", State: "home"}, AtMost: time.Hour},
			do("porch", entity.VerbOn)),
	} {
		for _, set := range []time.Duration{3 * time.Hour, -3 * time.Hour} {
			t.Run(name, func(t *testing.T) {
				s := newServer(t, houseIn(berlin, r), local(berlin, "2026-06-22 12:00:00"))
				s.is("window", "closed")
				s.is("window", "open")
				s.happens(rules.Event{Started: true})
				s.pass(10 * time.Minute)
				s.set(s.now.Wall.Add(set))
				s.pass(10 * time.Minute)
				s.restart(10 * time.Minute)
				s.is("window", "open")
				s.pass(29 * time.Minute)
				if len(s.acts) > 0 {
					t.Fatalf("it came too early: %q", s.log())
				}
				s.pass(time.Minute)
				if len(s.acts) != 1 {
					t.Errorf("it has not come: %q", s.log())
				}
			})
		}
	}
}

func TestAWaitForATimeOfDayEndsThen(t *testing.T) {
	night := atClock("22:00")
	wait := entity.Wait{Until: entity.InWindow{Window: windowOf("22:00..06:00")}, AtMost: 12 * time.Hour}
	s := newServer(t, houseIn(berlin, rule("r", atClock("20:00"), wait, do("porch", entity.VerbOn)), rule("n", night, do("fan", entity.VerbOn))),
		local(berlin, "2026-06-22 19:00:00"))
	s.pass(4 * time.Hour)
	if len(s.acts) != 2 || s.acts[1].at.Wall.Sub(s.acts[0].at.Wall).Abs() > time.Second {
		t.Errorf("%q", s.log())
	}
}

func TestAWaitSeesWhatIsSoForOneEventOnly(t *testing.T) {
	wait := entity.Wait{Until: entity.InState{Entity: "anna", State: "home"}, AtMost: time.Hour}
	s := newServer(t, houseIn(berlin, rule("r", entity.OnStart{}, wait, do("porch", entity.VerbOn))), local(berlin, "2026-06-22 19:00:00"))
	s.happens(rules.Event{Started: true})
	seen := func(state string) rules.Event {
		return rules.Event{Entity: "anna", Seen: rules.Seen{State: state, Available: true}}
	}
	s.happens(seen("away"), seen("home"), seen("away"))
	s.expect(t, "06-22 19:00:00 ran, porch on")
}

func TestTheRunOfARuleThatIsGoneAfterARestartEnds(t *testing.T) {
	s := newServer(t, houseIn(berlin, rule("r", atClock("12:00"), do("porch", entity.VerbOn), entity.Delay{For: time.Hour}, do("porch", entity.VerbOff))),
		local(berlin, "2026-06-22 11:59:00"))
	s.pass(2 * time.Minute)
	s.house.Rules = nil
	s.program = compile(t, s.house)
	s.restart(time.Second)
	s.expect(t, "06-22 12:00:00 interrupted, porch on")
	if len(s.disk.memory) != 0 {
		t.Errorf("its memory is kept: %v", s.disk.memory)
	}
}

func TestAnEditLiftsAPause(t *testing.T) {
	r := rule("r", entity.OnGesture{Button: "bell", Gesture: entity.GesturePress}, do("porch", entity.VerbToggle))
	s := newServer(t, houseIn(berlin, r), local(berlin, "2026-06-22 11:59:00"))
	for range rules.MostRuns + 5 {
		s.happens(rules.Event{Entity: "bell", Gesture: entity.GesturePress})
	}
	paused := func() bool { return s.engine.Status(s.now)[0].PausedUntil != 0 }
	if !paused() || len(s.acts) != rules.MostRuns+1 { // and a notice
		t.Fatalf("%d acts; paused: %t", len(s.acts), paused())
	}
	s.load(houseIn(berlin, r))
	if !paused() {
		t.Error("a reload that did not change it lifts the pause")
	}
	r.If = entity.InState{Entity: "anna", State: "home"}
	s.load(houseIn(berlin, r))
	if paused() {
		t.Error("it is still paused")
	}
}

func TestAStatusIsAsThingsWere(t *testing.T) {
	s := newServer(t, houseIn(berlin, rule("r", atClock("12:00"), do("porch", entity.VerbOn))), local(berlin, "2026-06-22 11:59:00"))
	s.answer = never
	s.pass(time.Minute)
	status := s.engine.Status(s.now)
	s.take(s.ends(s.acts[0].Act, rules.Result{Outcome: rules.Ran}))
	if last := status[0].Last; last.Outcome != rules.Running || last.Steps[0].Outcome != rules.Running {
		t.Errorf("it was changed afterwards: %+v", last)
	}
}

func TestWhatHasEndedWhileTheServerWasDownDoesNotFire(t *testing.T) {
	now := rules.Now{Wall: local(berlin, "2026-06-22 12:00:00")}
	held := 10 * time.Minute
	p := compile(t, houseIn(berlin,
		rule("window", entity.OnState{Entity: "window", To: "open", For: held}, do("porch", entity.VerbOn)),
		rule("cold", entity.OnLevel{Threshold: entity.Threshold{Entity: "outside", Of: entity.QuantityValue, Below: true, Than: 3}, For: held}, do("porch", entity.VerbOn)),
		rule("gone", entity.OnBoard{Board: "shed", For: held}, do("porch", entity.VerbOn))))
	is := func(state string, n float64, link rules.Link) []rules.Event {
		return []rules.Event{
			{Entity: "window", Seen: rules.Seen{State: state, Available: true}},
			{Entity: "outside", Seen: rules.Seen{State: "on", Available: true, Value: rules.Number{Is: n, Known: true}}},
			{Board: "shed", Link: link},
		}
	}
	begin := func(saved []rules.Saved, seen ...rules.Event) (*rules.Engine, rules.Output) {
		e, out, err := rules.New(p, saved, now, seen...)
		if err != nil {
			t.Fatal(err)
		}
		return e, out
	}
	first, _ := begin(nil)
	first.Happened(is("closed", 5, rules.LinkOnline), now)
	saved := first.Happened(is("open", 2, rules.LinkOffline), now).Keep
	now = rules.Now{Wall: now.Wall.Add(2 * held)}
	for name, c := range map[string]struct {
		seen []rules.Event
		acts int
	}{
		"it has ended":    {is("closed", 5, rules.LinkOnline), 0},
		"it is so still":  {is("open", 2, rules.LinkOffline), 3},
		"nobody knows it": {nil, 0},
	} {
		e, out := begin(saved, c.seen...)
		more := e.Happened(c.seen, now)
		if n := len(out.Acts) + len(more.Acts); n != c.acts {
			t.Errorf("%s: %d acts, want %d", name, n, c.acts)
		}
	}
}

func TestAnEditedRuleIsRememberedAsItIsNow(t *testing.T) {
	r := rule("r", atClock("12:00"), do("porch", entity.VerbOn), entity.Delay{For: time.Hour}, do("porch", entity.VerbOff))
	s := newServer(t, houseIn(berlin, r), local(berlin, "2026-06-22 11:59:00"))
	s.pass(10 * time.Minute)
	r.Do = []entity.Step{do("fan", entity.VerbOn), entity.Delay{For: time.Hour}, do("fan", entity.VerbOff)}
	r.When, r.Missed = []entity.Trigger{atClock("12:10")}, entity.Missed{Policy: entity.MissedRun, Within: time.Hour}
	s.load(houseIn(berlin, r))
	s.restart(10 * time.Minute)
	s.pass(2 * time.Hour)
	s.expect(t, "06-22 12:00:00 stopped, porch on", "06-22 12:19:00 ran, fan on, fan off")
}

// What ran before a clock was set back, however often, has run when it is right again.
func TestAClockThatIsSetBackMoreThanOnceRunsNothingTwice(t *testing.T) {
	for name, c := range map[string]struct {
		shown []string
		want  string // the record of the time at which it is right again
	}{
		"twice":                       {[]string{"2026-06-19 09:00:00", "2026-06-15 09:00:00", "2026-06-22 10:05:00"}, "06-22 10:05:00 missed"},
		"thrice, and forward between": {[]string{"2026-06-15 09:00:00", "2026-06-19 12:00:00", "2026-06-10 12:00:00", "2026-06-12 12:00:00", "2026-06-01 09:00:00", "2026-06-22 10:05:00"}, "06-22 10:05:00 missed"},
		"and is a little behind then": {[]string{"2026-06-19 09:00:00", "2026-06-15 09:00:00", "2026-06-22 09:40:00"}, "06-22 09:40:00 missed"},
	} {
		for _, restarts := range []bool{false, true} {
			t.Run(fmt.Sprint(name, restarts), func(t *testing.T) {
				r := rule("r", atClock("09:50"), do("porch", entity.VerbOn))
				r.Missed = entity.Missed{Policy: entity.MissedRun, Within: 24 * time.Hour}
				s := newServer(t, houseIn(berlin, r), local(berlin, "2026-06-22 09:00:00"))
				s.pass(time.Hour)
				for _, shown := range c.shown {
					if restarts {
						s.restart(local(berlin, shown).Sub(s.now.Wall))
					} else {
						s.set(local(berlin, shown))
					}
				}
				s.pass(local(berlin, "2026-06-23 09:40:00").Sub(s.now.Wall))
				log := s.log()
				if ran := ranAt(s, "2026-06-22 09:50:00"); ran != 1 {
					t.Errorf("it ran %d times: %q", ran, log)
				}
				if !slices.Contains(log, c.want) {
					t.Errorf("no record says that it had run: %q", log)
				}
			})
		}
	}
}

// ranAt is how often an occurrence ran.
func ranAt(s *server, at string) int {
	n, due := 0, local(berlin, at).UnixMilli()
	for _, r := range s.records() {
		if r.Outcome != rules.Missed && r.Trigger.Due == due {
			n++
		}
	}
	return n
}

// A computer without a clock of its own that is told a wrong time by the network for
// a while: what came due meanwhile is dealt with when it is told the right one.
func TestWhatCameDueWhileTheClockWasInAnotherCenturyIsNotLost(t *testing.T) {
	for _, restarts := range []bool{false, true} {
		r := rule("r", atClock("09:50"), do("porch", entity.VerbOn))
		r.Missed = entity.Missed{Policy: entity.MissedRun, Within: time.Hour}
		s := newServer(t, houseIn(berlin, r), local(berlin, "2026-06-22 09:00:00"))
		to := func(wall string) {
			if restarts {
				s.restart(local(berlin, wall).Sub(s.now.Wall))
			} else {
				s.set(local(berlin, wall))
			}
		}
		s.pass(40 * time.Minute)
		to("2099-01-01 06:00:00")
		s.pass(20 * time.Minute)
		to("2026-06-22 10:00:00")
		if ran := ranAt(s, "2026-06-22 09:50:00"); ran != 1 {
			t.Errorf("restarts %v: what came due in the wrong century ran %d times: %q", restarts, ran, s.log())
		}
		s.pass(20 * time.Minute)
		to("2099-01-01 06:20:00") // and once more
		s.pass(10 * time.Minute)
		to("2026-06-22 10:30:00")
		s.pass(24 * time.Hour)
		if one, next := ranAt(s, "2026-06-22 09:50:00"), ranAt(s, "2026-06-23 09:50:00"); one != 1 || next != 1 {
			t.Errorf("restarts %v: it ran %d times on the one day and %d times on the next: %q", restarts, one, next, s.log())
		}
	}
}

// Who takes a rule out of the file at the moment at which it is due does not see it act.
func TestNothingOfARuleActsAfterAReloadWithoutIt(t *testing.T) {
	due := rule("due", atClock("12:00"), do("porch", entity.VerbOn))
	delayed := rule("delayed", atClock("11:00"), entity.Delay{For: time.Hour}, do("porch", entity.VerbOff))
	lasting := rule("lasting", entity.OnState{Entity: "window", To: "open", For: time.Hour}, do("porch", entity.VerbToggle))
	waiting := rule("waiting", atClock("11:00"), entity.Wait{Until: entity.InWindow{Window: windowOf("12:00..13:00")}, AtMost: 2 * time.Hour}, do("porch", entity.VerbOn))
	other := rule("other", atClock("12:00"), do("fan", entity.VerbOn))
	off := func(r entity.Rule) entity.Rule { r.Enabled = false; return r }
	edited := func(r entity.Rule) entity.Rule { r.When = []entity.Trigger{atClock("13:00")}; return r }
	for name, house := range map[string]*entity.House{
		"removed":      houseIn(berlin, other),
		"switched off": houseIn(berlin, off(due), off(delayed), off(lasting), off(waiting), other),
		"another time": houseIn(berlin, edited(due), other),
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, houseIn(berlin, due, delayed, lasting, waiting, other), local(berlin, "2026-06-22 10:30:00"))
			s.pass(30*time.Minute - time.Second)
			s.is("window", "closed")
			s.tick(time.Second)
			s.is("window", "open")
			s.pass(time.Hour - time.Second)
			s.tick(time.Second) // all of them are due, and nobody has woken the engine
			s.load(house)
			s.pass(time.Minute)
			if len(s.acts) != 1 || s.acts[0].Rule != "other" {
				t.Errorf("after the reload %d acts, the first of %s; want one, of the rule that is still there", len(s.acts), s.acts[0].Rule)
			}
		})
	}
}

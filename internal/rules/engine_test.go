package rules_test

import (
	"strings"
	"testing"
	"time"

	"hob/internal/entity"
	"hob/internal/rules"
)

// wantActs compares what was done since the last time: "12:30:00 porch on".
func (s *server) wantActs(want ...string) {
	s.t.Helper()
	var got []string
	for _, a := range s.acts {
		what := "notify"
		if a.Do != nil {
			what = string(a.Do.Target) + " " + a.Do.Action.String()
		}
		got = append(got, a.at.Wall.In(s.program.Zone()).Format("15:04:05")+" "+what)
	}
	if strings.Join(got, ", ") != strings.Join(want, ", ") {
		s.t.Errorf("done: %q, want %q", got, want)
	}
	s.acts = nil
}

// outcomes are how the runs of a rule ended, in their order.
func (s *server) outcomes(id entity.RuleID) string {
	var out []string
	for _, run := range s.recordsOf(id) {
		out = append(out, string(run.Outcome))
	}
	return strings.Join(out, " ")
}

func TestARuleRunsAtItsTimeEachDayAndOnce(t *testing.T) {
	s := newServer(t, houseIn(berlin, rule("bedtime", atClock("23:45"), do("fan", entity.VerbOn), do("porch", entity.VerbOff))), local(berlin, "2026-11-25 22:00:00"))
	s.pass(48 * time.Hour)
	s.wantActs("23:45:00 fan on", "23:45:00 porch off", "23:45:00 fan on", "23:45:00 porch off")
	if got := s.outcomes("bedtime"); got != "ran ran" {
		t.Error(got)
	}
}

func TestWhatWasDueWhileTheServerWasDownFollowsThePolicy(t *testing.T) {
	for policy, want := range map[entity.MissedPolicy]string{
		entity.MissedSkip:   "missed missed",
		entity.MissedRun:    "missed ran", // one is too late
		entity.MissedLatest: "missed ran",
	} {
		t.Run(string(policy), func(t *testing.T) {
			one := rule("air", atClock("06:00", "07:30"), do("fan", entity.VerbOn))
			one.Missed = entity.Missed{Policy: policy, Within: time.Hour}
			s := newServer(t, houseIn(berlin, one), local(berlin, "2026-11-25 05:00:00"))
			s.restart(3 * time.Hour)
			if got := s.outcomes("air"); got != want {
				t.Errorf("%s, want %s: %+v", got, want, s.log())
			}
			s.acts = nil
			s.restart(time.Minute) // nothing is dealt with twice
			s.wantActs()
		})
	}
}

func TestAClockThatIsSetNeitherSkipsNorDoubles(t *testing.T) {
	s := newServer(t, houseIn(berlin, rule("bedtime", atClock("23:45"), do("porch", entity.VerbOff))), local(berlin, "2026-11-25 22:00:00"))
	s.pass(time.Hour + 40*time.Minute)      // 23:40
	s.set(s.now.Wall.Add(20 * time.Minute)) // 00:00
	s.wantActs("00:00:00 porch off")
	s.set(s.now.Wall.Add(-30 * time.Minute)) // 23:30
	s.pass(time.Hour)
	s.wantActs()
	s.pass(24 * time.Hour)
	s.wantActs("23:45:00 porch off")
	s.set(s.now.Wall.Add(-48 * time.Hour)) // it had been wrong
	s.pass(24 * time.Hour)
	s.wantActs("23:45:00 porch off")
}

func TestAStateMustLastAndTheWaitSurvivesARestart(t *testing.T) {
	s := newServer(t, houseIn(berlin, rule("open", entity.OnState{Entity: "window", To: "open", For: 10 * time.Minute}, do("fan", entity.VerbOn))), local(berlin, "2026-11-25 12:00:00"))
	s.is("window", "closed")
	s.is("window", "open")
	s.pass(5 * time.Minute)
	s.is("window", "closed")
	s.pass(20 * time.Minute)
	s.wantActs()
	s.is("window", "open")
	s.pass(4 * time.Minute)
	s.restart(4 * time.Minute)
	s.pass(10 * time.Minute) // nobody knows how the window is
	s.wantActs()
	s.is("window", "open")
	s.wantActs("12:43:00 fan on")
	lost("open")(s)
	s.is("window", "open")
	s.pass(time.Hour)
	s.wantActs()
}

func TestThresholdsFireOnceUntilTheNumberHasComeBack(t *testing.T) {
	s := newServer(t, houseIn(berlin, rule("cold", entity.OnLevel{Threshold: entity.Threshold{Entity: "outside", Of: entity.QuantityValue, Below: true, Than: 3}, Hysteresis: 1}, do("fan", entity.VerbOn))), local(berlin, "2026-11-25 12:00:00"))
	for _, step := range []struct {
		value float64
		fires bool
	}{{2, false}, {5, false}, {2.9, true}, {3.5, false}, {2.5, false}, {4, false}, {2, true}} {
		s.acts = nil
		s.measures("outside", step.value)
		if (len(s.acts) > 0) != step.fires {
			t.Errorf("%v: %q", step, s.log())
		}
	}
}

func TestADelaySurvivesARestartAndAnActInFlightIsNotRepeated(t *testing.T) {
	s := newServer(t, houseIn(berlin, rule("soak", atClock("12:30"), do("porch", entity.VerbOn), entity.Delay{For: 10 * time.Minute}, do("porch", entity.VerbOff))), local(berlin, "2026-11-25 12:00:00"))
	s.pass(34 * time.Minute)
	s.restart(time.Minute)
	s.wantActs("12:30:00 porch on")
	s.pass(time.Hour)
	s.wantActs("12:40:00 porch off")
	if got := s.outcomes("soak"); got != "ran" {
		t.Error(got)
	}
	s.answer = func(a rules.Act) (rules.Result, bool) {
		return rules.Result{Outcome: rules.Ran}, a.Do.Action.Verb != entity.VerbOn // which never ends
	}
	s.pass(24*time.Hour - 40*time.Minute)
	s.restart(time.Minute)
	s.pass(time.Hour)
	s.wantActs("12:30:00 porch on", s.now.Wall.Add(-50*time.Minute).In(s.program.Zone()).Format("15:04:05")+" porch off")
	if got := s.outcomes("soak"); got != "ran interrupted" {
		t.Error(got)
	}
}

func TestModes(t *testing.T) {
	for mode, want := range map[entity.RunMode]string{
		entity.ModeSingle:  "ran skipped",
		entity.ModeRestart: "stopped ran",
		entity.ModeQueued:  "ran ran",
	} {
		t.Run(string(mode), func(t *testing.T) {
			one := rule("ring", entity.OnGesture{Button: "bell", Gesture: entity.GesturePress}, do("porch", entity.VerbOn), entity.Delay{For: time.Minute}, do("porch", entity.VerbOff))
			one.Mode = mode
			s := newServer(t, houseIn(berlin, one), local(berlin, "2026-11-25 12:00:00"))
			used(entity.GesturePress)(s)
			s.pass(30 * time.Second)
			used(entity.GesturePress)(s)
			s.pass(time.Hour)
			if got := s.outcomes("ring"); got != want {
				t.Errorf("%s, want %s", got, want)
			}
		})
	}
}

func TestARuleThatSetsItselfOffIsPaused(t *testing.T) {
	s := newServer(t, houseIn(berlin, rule("loop", entity.OnState{Entity: "porch", To: "on"}, do("porch", entity.VerbOff))), local(berlin, "2026-11-25 12:00:00"))
	for range 50 {
		s.is("porch", "off")
		s.is("porch", "on")
	}
	told := 0
	for _, a := range s.acts {
		if a.Notify != nil {
			told++
		}
	}
	if n := len(s.acts) - told; n != rules.MostRuns || told != 1 {
		t.Errorf("ran %d times, told %d times", n, told)
	}
	s.acts = nil
	s.pass(rules.Pause)
	s.is("porch", "off")
	s.is("porch", "on")
	s.wantActs("12:15:00 porch off")
}

func TestAConditionThatNobodyKnowsKeepsTheRuleFromRunning(t *testing.T) {
	one := rule("dusk", atClock("12:30"), do("porch", entity.VerbOn))
	one.If = entity.Not{Condition: entity.InState{Entity: "window", State: "open"}}
	s := newServer(t, houseIn(berlin, one), local(berlin, "2026-11-25 12:00:00"))
	s.pass(time.Hour)
	s.wantActs()
	for _, run := range s.records() {
		if run.Outcome != rules.Skipped || !strings.Contains(run.Reason, "the board shed is offline") {
			t.Errorf("%+v", run)
		}
	}
}

func TestAWaitEndsWhenItComesAboutOrInTime(t *testing.T) {
	wait := entity.Wait{Until: entity.InState{Entity: "window", State: "closed"}, AtMost: 10 * time.Minute}
	s := newServer(t, houseIn(berlin, rule("air", atClock("12:30", "13:30"), wait, do("fan", entity.VerbOn))), local(berlin, "2026-11-25 12:00:00"))
	s.is("window", "open")
	s.pass(35 * time.Minute)
	s.is("window", "closed")
	s.wantActs("12:35:00 fan on")
	s.is("window", "open")
	s.pass(2 * time.Hour)
	s.wantActs("13:40:00 fan on")
}

func TestAChangedHouseKeepsWhatDidNotChange(t *testing.T) {
	soak := rule("soak", atClock("12:30"), do("porch", entity.VerbOn), entity.Delay{For: 10 * time.Minute}, do("porch", entity.VerbOff))
	s := newServer(t, houseIn(berlin, soak, rule("other", atClock("18:00"), do("fan", entity.VerbOn))), local(berlin, "2026-11-25 12:00:00"))
	s.pass(35 * time.Minute)
	s.load(houseIn(berlin, soak))
	s.pass(10 * time.Minute)
	s.wantActs("12:30:00 porch on", "12:40:00 porch off")
	if _, ok := s.disk.memory["other"]; ok {
		t.Error("a removed rule is still remembered")
	}
	s.pass(24*time.Hour - 10*time.Minute)
	s.acts = nil
	soak.Do = []entity.Step{do("fan", entity.VerbOn)}
	s.load(houseIn(berlin, soak))
	s.pass(time.Hour)
	s.wantActs()
	if got := s.outcomes("soak"); got != "ran stopped" {
		t.Error(got)
	}
}

func TestSomebodyOfWhomNobodyKnewComesHome(t *testing.T) {
	s := newServer(t, houseIn(berlin, rule("welcome", entity.OnState{Entity: "anna", To: "home"}, do("porch", entity.VerbOn))), local(berlin, "2026-11-25 12:00:00"))
	s.is("anna", entity.StateUnknown)
	s.is("anna", "home")
	s.wantActs("12:00:00 porch on")
	s.restart(time.Minute)
	s.is("anna", "home")
	s.wantActs()
}

func TestARuleThatIsSwitchedOffEndsWhatItHasUnderWay(t *testing.T) {
	one := rule("soak", atClock("12:30"), do("porch", entity.VerbOn), entity.Delay{For: 10 * time.Minute}, do("porch", entity.VerbOff))
	s := newServer(t, houseIn(berlin, one), local(berlin, "2026-11-25 12:00:00"))
	s.pass(35 * time.Minute)
	s.wantActs("12:30:00 porch on")
	one.Enabled = false
	s.load(houseIn(berlin, one))
	s.pass(time.Hour)
	s.wantActs()
	if got := s.outcomes("soak"); got != "stopped" {
		t.Error(got)
	}
}

func TestAnIntervalDoesNotRunAgainWhenTheClockIsSetBackALittle(t *testing.T) {
	for _, late := range []time.Duration{0, 5 * time.Millisecond} { // a timer never fires early
		s := newServer(t, houseIn(berlin, rule("rinse", every(6*time.Hour), do("fan", entity.VerbOn))), local(berlin, "2026-11-25 11:59:00"))
		s.tick(time.Minute + late)
		s.wake() // half a minute past what is 12:00 or 13:00
		s.pass(35 * time.Second)
		s.acts = nil
		s.set(s.now.Wall.Add(-5 * time.Minute))
		s.pass(5 * time.Hour)
		s.wantActs()
		s.pass(2 * time.Hour)
		if len(s.acts) != 1 {
			t.Errorf("%s late: %q", late, s.log())
		}
	}
}

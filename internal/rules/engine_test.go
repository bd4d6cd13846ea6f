package rules

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"hob/internal/entity"
	"hob/internal/schedule"
)

// rig runs the rules of a house by hand. Every act works out at once, unless fails
// says otherwise.
type rig struct {
	t     *testing.T
	house *entity.House
	e     *Engine
	now   Now
	kept  map[entity.RuleID]Saved
	runs  map[RunID]Run
	acts  []string // "15:04:05 porch on"
	fails map[string]Result
	hangs map[string]bool // acts that never end
}

func houseOf(rules ...entity.Rule) *entity.House {
	h := &entity.House{Timezone: "Europe/Berlin", Location: &entity.Location{Latitude: 52.52, Longitude: 13.40}, Rules: rules}
	pin := 1
	for _, id := range []entity.ID{"porch", "fan", "stairs"} {
		h.Entities = append(h.Entities, entity.Entity{ID: id, Spec: &entity.Switch{Output: entity.Output{Board: "hall", Pin: pin}}})
		pin++
	}
	h.Entities = append(h.Entities,
		entity.Entity{ID: "window", Spec: &entity.Contact{Input: entity.Input{Board: "hall", Pin: 10}}},
		entity.Entity{ID: "bell", Spec: &entity.Button{Input: entity.Input{Board: "hall", Pin: 11}}},
		entity.Entity{ID: "outside", Spec: &entity.Sensor{}},
		entity.Entity{ID: "night", Spec: &entity.Scene{}},
		entity.Entity{ID: "anna", Spec: &entity.Person{}})
	return h
}

func declare(id entity.RuleID, when entity.Trigger, steps ...entity.Step) entity.Rule {
	return entity.Rule{ID: id, Enabled: true, When: []entity.Trigger{when}, Do: steps, Mode: entity.ModeSingle,
		Missed: entity.Missed{Policy: entity.MissedSkip}}
}

func do(id entity.ID, verb entity.Verb) entity.Do {
	return entity.Do{Task: entity.Task{Target: id, Action: entity.Action{Verb: verb}}}
}

func at(t *testing.T, clocks ...string) entity.AtTimes {
	t.Helper()
	out := schedule.Times{Days: schedule.EveryDay}
	for _, raw := range clocks {
		c, err := schedule.ParseClock(raw)
		if err != nil {
			t.Fatal(err)
		}
		out.Clocks = append(out.Clocks, c)
	}
	return entity.AtTimes{Times: out}
}

func berlin(t *testing.T, s string) time.Time {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	at, err := time.ParseInLocation("2006-01-02 15:04:05", s, zone)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func newRig(t *testing.T, from string, rules ...entity.Rule) *rig {
	t.Helper()
	r := &rig{t: t, house: houseOf(rules...), now: Now{Wall: berlin(t, from)}, kept: map[entity.RuleID]Saved{}, runs: map[RunID]Run{},
		fails: map[string]Result{}, hangs: map[string]bool{}}
	r.boot()
	return r
}

func (r *rig) boot() {
	r.t.Helper()
	p, err := Compile(r.house)
	if err != nil {
		r.t.Fatal(err)
	}
	var saved []Saved
	for _, s := range r.kept {
		saved = append(saved, s)
	}
	e, out, err := New(p, saved, r.now)
	if err != nil {
		r.t.Fatal(err)
	}
	r.e = e
	r.take(out)
}

// restart loses everything but what was stored, for so long.
func (r *rig) restart(away time.Duration) {
	r.t.Helper()
	r.now = Now{Wall: r.now.Wall.Add(away), Up: 7 * time.Second}
	r.boot()
}

func (r *rig) take(out Output) {
	r.t.Helper()
	for _, s := range out.Keep {
		if s.Data == nil {
			delete(r.kept, s.Rule)
			continue
		}
		r.kept[s.Rule] = s
	}
	for _, run := range out.Runs {
		r.runs[run.ID] = run
	}
	for _, a := range out.Acts {
		run := r.runs[a.Run]
		what := ""
		if a.Step < len(run.Steps) {
			what = run.Steps[a.Step].What
		}
		if a.Notify != nil {
			what = "notify " + a.Notify.Text
		}
		r.acts = append(r.acts, r.now.Wall.In(r.e.program.Zone()).Format("15:04:05")+" "+what)
		if a.Notify != nil || r.hangs[what] {
			continue
		}
		result := Result{Outcome: Ran}
		if f, ok := r.fails[what]; ok {
			result = f
		}
		r.take(r.e.Ended(a.Run, a.Step, result, r.now))
	}
}

// pass lets time pass, waking the engine when it wants to be.
func (r *rig) pass(d time.Duration) {
	r.t.Helper()
	for end := r.now.Up + d; ; {
		wait, ok := r.e.Next(r.now)
		last := !ok || r.now.Up+wait > end
		if last {
			wait = end - r.now.Up
		}
		r.now.Up += wait
		r.now.Wall = r.now.Wall.Add(wait)
		r.take(r.e.Wake(r.now))
		if last {
			return
		}
	}
}

// set sets the clock on the wall.
func (r *rig) set(by time.Duration) {
	r.t.Helper()
	r.now.Wall = r.now.Wall.Add(by)
	r.take(r.e.Wake(r.now))
}

func (r *rig) is(id entity.ID, state string) {
	r.t.Helper()
	r.happens(Event{Entity: id, Seen: Seen{State: state, Available: state != ""}})
}

func (r *rig) happens(events ...Event) {
	r.t.Helper()
	r.take(r.e.Happened(events, r.now))
}

// expect compares what was done since the last time.
func (r *rig) expect(want ...string) {
	r.t.Helper()
	if got := strings.Join(r.acts, "\n"); got != strings.Join(want, "\n") {
		r.t.Errorf("done:\n%s\nwant:\n%s", got, strings.Join(want, "\n"))
	}
	r.acts = nil
}

// outcomes are how the runs ended, in their order.
func (r *rig) outcomes(id entity.RuleID) string {
	var list []Run
	for _, run := range r.runs {
		if run.Rule == id {
			list = append(list, run)
		}
	}
	for i := range list {
		for j := i; j > 0 && less(list[j], list[j-1]); j-- {
			list[j], list[j-1] = list[j-1], list[j]
		}
	}
	var out []string
	for _, run := range list {
		out = append(out, string(run.Outcome))
	}
	return strings.Join(out, " ")
}

func less(a, b Run) bool {
	if a.At != b.At {
		return a.At < b.At
	}
	return len(a.ID) < len(b.ID) || len(a.ID) == len(b.ID) && a.ID < b.ID
}

func TestARuleRunsAtItsTimeEachDayAndOnce(t *testing.T) {
	r := newRig(t, "2026-11-25 22:00:00", declare("bedtime", at(t, "23:45"), do("night", entity.VerbActivate), do("porch", entity.VerbOff)))
	r.pass(48 * time.Hour)
	r.expect("23:45:00 scene night", "23:45:00 porch off", "23:45:00 scene night", "23:45:00 porch off")
	if got := r.outcomes("bedtime"); got != "ran ran" {
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
			one := declare("air", at(t, "06:00", "07:30"), do("fan", entity.VerbOn))
			one.Missed = entity.Missed{Policy: policy, Within: time.Hour}
			r := newRig(t, "2026-11-25 05:00:00", one)
			r.restart(3 * time.Hour)
			if got := r.outcomes("air"); got != want {
				t.Errorf("%s, want %s: %+v", got, want, r.runs)
			}
			r.acts = nil
			r.restart(time.Minute) // nothing is dealt with twice
			r.expect()
		})
	}
}

func TestAClockThatIsSetNeitherSkipsNorDoubles(t *testing.T) {
	r := newRig(t, "2026-11-25 22:00:00", declare("bedtime", at(t, "23:45"), do("porch", entity.VerbOff)))
	r.pass(time.Hour + 40*time.Minute) // 23:40
	r.set(20 * time.Minute)            // 00:00
	r.expect("00:00:00 porch off")
	r.set(-30 * time.Minute) // 23:30
	r.pass(time.Hour)
	r.expect()
	r.pass(24 * time.Hour)
	r.expect("23:45:00 porch off")
	r.set(-48 * time.Hour) // it had been wrong
	r.pass(24 * time.Hour)
	r.expect("23:45:00 porch off")
}

func TestAStateMustLastAndTheWaitSurvivesARestart(t *testing.T) {
	r := newRig(t, "2026-11-25 12:00:00", declare("open", entity.OnState{Entity: "window", To: "open", For: 10 * time.Minute}, do("fan", entity.VerbOn)))
	r.is("window", "closed")
	r.is("window", "open")
	r.pass(5 * time.Minute)
	r.is("window", "closed")
	r.pass(20 * time.Minute)
	r.expect()
	r.is("window", "open")
	r.pass(4 * time.Minute)
	r.restart(4 * time.Minute)
	r.pass(10 * time.Minute) // nobody knows how the window is
	r.expect()
	r.is("window", "open")
	r.expect("12:43:00 fan on")
	r.is("window", "")
	r.is("window", "open")
	r.pass(time.Hour)
	r.expect()
}

func TestThresholdsFireOnceUntilTheNumberHasComeBack(t *testing.T) {
	r := newRig(t, "2026-11-25 12:00:00", declare("cold", entity.OnLevel{Threshold: entity.Threshold{Entity: "outside", Of: entity.QuantityValue, Below: true, Than: 3}, Hysteresis: 1}, do("fan", entity.VerbOn)))
	for _, step := range []struct {
		value float64
		fires bool
	}{{2, false}, {5, false}, {2.9, true}, {3.5, false}, {2.5, false}, {4, false}, {2, true}} {
		r.acts = nil
		r.happens(Event{Entity: "outside", Seen: Seen{State: "x", Available: true, Value: some(step.value)}})
		if (len(r.acts) > 0) != step.fires {
			t.Errorf("%v: %v", step, r.acts)
		}
	}
}

func TestADelaySurvivesARestartAndAnActInFlightIsNotRepeated(t *testing.T) {
	r := newRig(t, "2026-11-25 12:00:00", declare("soak", at(t, "12:30"), do("porch", entity.VerbOn), entity.Delay{For: 10 * time.Minute}, do("porch", entity.VerbOff)))
	r.pass(34 * time.Minute)
	r.restart(time.Minute)
	r.expect("12:30:00 porch on")
	r.pass(time.Hour)
	r.expect("12:40:00 porch off")
	if got := r.outcomes("soak"); got != "ran" {
		t.Error(got)
	}
	r.hangs["porch on"] = true
	r.pass(24*time.Hour - 40*time.Minute)
	r.restart(time.Minute)
	r.pass(time.Hour)
	r.expect("12:30:00 porch on", fmt.Sprintf("%s porch off", r.now.Wall.Add(-50*time.Minute).In(r.e.program.Zone()).Format("15:04:05")))
	if got := r.outcomes("soak"); got != "ran interrupted" {
		t.Error(got)
	}
}

func TestModes(t *testing.T) {
	press := Event{Entity: "bell", Seen: Seen{State: "released", Available: true}, Gesture: entity.GesturePress}
	for mode, want := range map[entity.RunMode]string{
		entity.ModeSingle:  "ran skipped",
		entity.ModeRestart: "stopped ran",
		entity.ModeQueued:  "ran ran",
	} {
		t.Run(string(mode), func(t *testing.T) {
			one := declare("ring", entity.OnGesture{Button: "bell", Gesture: entity.GesturePress}, do("porch", entity.VerbOn), entity.Delay{For: time.Minute}, do("porch", entity.VerbOff))
			one.Mode = mode
			r := newRig(t, "2026-11-25 12:00:00", one)
			r.happens(press)
			r.pass(30 * time.Second)
			r.happens(press)
			r.pass(time.Hour)
			if got := r.outcomes("ring"); got != want {
				t.Errorf("%s, want %s", got, want)
			}
		})
	}
}

func TestARuleThatSetsItselfOffIsPaused(t *testing.T) {
	r := newRig(t, "2026-11-25 12:00:00", declare("loop", entity.OnState{Entity: "porch", To: "on"}, do("porch", entity.VerbOff)))
	for range 50 {
		r.is("porch", "off")
		r.is("porch", "on")
	}
	told := 0
	for _, a := range r.acts {
		if strings.Contains(a, "notify") {
			told++
		}
	}
	if n := len(r.acts) - told; n != MostRuns || told != 1 {
		t.Errorf("ran %d times, told %d times", n, told)
	}
	r.acts = nil
	r.pass(Pause)
	r.is("porch", "off")
	r.is("porch", "on")
	r.expect("12:15:00 porch off")
}

func TestAConditionThatNobodyKnowsKeepsTheRuleFromRunning(t *testing.T) {
	one := declare("dusk", at(t, "12:30"), do("porch", entity.VerbOn))
	one.If = entity.Not{Condition: entity.InState{Entity: "window", State: "open"}}
	r := newRig(t, "2026-11-25 12:00:00", one)
	r.pass(time.Hour)
	r.expect()
	for _, run := range r.runs {
		if run.Outcome != Skipped || !strings.Contains(run.Reason, "the board hall is offline") {
			t.Errorf("%+v", run)
		}
	}
}

func TestAWaitEndsWhenItComesAboutOrInTime(t *testing.T) {
	wait := entity.Wait{Until: entity.InState{Entity: "window", State: "closed"}, AtMost: 10 * time.Minute}
	r := newRig(t, "2026-11-25 12:00:00", declare("air", at(t, "12:30", "13:30"), wait, do("fan", entity.VerbOn)))
	r.is("window", "open")
	r.pass(35 * time.Minute)
	r.is("window", "closed")
	r.expect("12:35:00 fan on")
	r.is("window", "open")
	r.pass(2 * time.Hour)
	r.expect("13:40:00 fan on")
}

func TestAChangedHouseKeepsWhatDidNotChange(t *testing.T) {
	soak := declare("soak", at(t, "12:30"), do("porch", entity.VerbOn), entity.Delay{For: 10 * time.Minute}, do("porch", entity.VerbOff))
	r := newRig(t, "2026-11-25 12:00:00", soak, declare("other", at(t, "18:00"), do("fan", entity.VerbOn)))
	r.pass(35 * time.Minute)
	replace := func(rules ...entity.Rule) {
		p, err := Compile(houseOf(rules...))
		if err != nil {
			t.Fatal(err)
		}
		r.take(r.e.Replace(p, r.now))
	}
	replace(soak)
	r.pass(10 * time.Minute)
	r.expect("12:30:00 porch on", "12:40:00 porch off")
	if _, ok := r.kept["other"]; ok {
		t.Error("a removed rule is still remembered")
	}
	r.pass(24*time.Hour - 10*time.Minute)
	r.acts = nil
	soak.Do = []entity.Step{do("fan", entity.VerbOn)}
	replace(soak)
	r.pass(time.Hour)
	r.expect()
	if got := r.outcomes("soak"); got != "ran stopped" {
		t.Error(got)
	}
}

func TestSomebodyOfWhomNobodyKnewComesHome(t *testing.T) {
	r := newRig(t, "2026-11-25 12:00:00", declare("welcome", entity.OnState{Entity: "anna", To: "home"}, do("porch", entity.VerbOn)))
	r.is("anna", entity.StateUnknown)
	r.is("anna", "home")
	r.expect("12:00:00 porch on")
	r.restart(time.Minute)
	r.is("anna", "home")
	r.expect()
}

func TestARuleThatIsSwitchedOffEndsWhatItHasUnderWay(t *testing.T) {
	one := declare("soak", at(t, "12:30"), do("porch", entity.VerbOn), entity.Delay{For: 10 * time.Minute}, do("porch", entity.VerbOff))
	r := newRig(t, "2026-11-25 12:00:00", one)
	r.pass(35 * time.Minute)
	r.expect("12:30:00 porch on")
	one.Enabled = false
	p, err := Compile(houseOf(one))
	if err != nil {
		t.Fatal(err)
	}
	r.take(r.e.Replace(p, r.now))
	r.pass(time.Hour)
	r.expect()
	if got := r.outcomes("soak"); got != "stopped" {
		t.Error(got)
	}
}

func TestAnIntervalDoesNotRunAgainWhenTheClockIsSetBackALittle(t *testing.T) {
	for _, late := range []time.Duration{0, 5 * time.Millisecond} { // a timer never fires early
		r := newRig(t, "2026-11-25 11:59:00", declare("rinse", entity.AtEvery{Every: schedule.Every(6 * time.Hour)}, do("fan", entity.VerbOn)))
		r.now.Up += time.Minute + late
		r.now.Wall = r.now.Wall.Add(time.Minute + late)
		r.take(r.e.Wake(r.now)) // half a minute past what is 12:00 or 13:00
		r.pass(35 * time.Second)
		r.acts = nil
		r.set(-5 * time.Minute)
		r.pass(5 * time.Hour)
		r.expect()
		r.pass(2 * time.Hour)
		if len(r.acts) != 1 {
			t.Errorf("%s late: %v", late, r.acts)
		}
	}
}

package entity

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hob/internal/schedule"
)

func berlin(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func preset(name string, temp Temp) Preset { return Preset{name, Setting{Temp: temp}} }

// aHeater is the heater of the sample house.
func aHeater(t testing.TB) *Thermostat {
	t.Helper()
	frost := Temp(5_000)
	spec := &Thermostat{Board: "hall", Relay: 21, Sensor: "temp", Low: 5_000, High: 25_000, Hysteresis: 300,
		Presets: []Preset{preset("away", 14_000), preset("sleep", 17_000), preset("comfort", 21_000)},
		Manual:  Manual{UntilNext: true}, Zone: berlin(t), Frost: &frost,
		Boost: &Boost{To: 24_000, For: 30 * time.Minute}, Windows: []ID{"window"}}
	point := func(hour, minute int, p Preset) schedule.Point[Planned] {
		return schedule.Point[Planned]{At: schedule.Clock(hour*3600 + minute*60), Value: Planned{p.Name, p.To}}
	}
	week, err := schedule.NewPlan(
		schedule.PlanLine[Planned]{Days: schedule.DaysOf(time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday),
			Points: []schedule.Point[Planned]{point(6, 0, spec.Presets[2]), point(8, 30, spec.Presets[0]),
				point(17, 0, spec.Presets[2]), point(22, 30, spec.Presets[1])}},
		schedule.PlanLine[Planned]{Days: schedule.DaysOf(time.Saturday, time.Sunday),
			Points: []schedule.Point[Planned]{point(8, 0, spec.Presets[2]), point(23, 30, spec.Presets[1])}})
	if err != nil {
		t.Fatal(err)
	}
	spec.Schedule = week
	return spec
}

func at(t testing.TB, text string) time.Time {
	t.Helper()
	when, err := time.ParseInLocation("2006-01-02 15:04", text, berlin(t))
	if err != nil {
		t.Fatal(err)
	}
	return when
}

// ask is a command that has to be accepted: the plan and the state after it.
func ask(t testing.TB, s State, words string, now time.Time) (Plan, State) {
	t.Helper()
	a, err := ParseAction(strings.Fields(words))
	if err != nil {
		t.Fatal(err)
	}
	o, err := s.Resolve(a, Asked{Now: now})
	if err != nil {
		t.Fatalf("%s: %v", words, err)
	}
	if o.Do != VerbPlan || o.Plan == nil || o.Next == nil || !o.Queued || o.Point.Point != "gpio21" {
		t.Fatalf("%s: %+v", words, o)
	}
	return *o.Plan, o.Next
}

func shown(s State, now time.Time) ThermostatAttributes {
	return s.Step(Elapsed{}, now).View().Attributes.(ThermostatAttributes)
}

// inWordsOf is a plan as text: "21 until 08:30, 14 until 17:00, …".
func inWordsOf(p Plan, zone *time.Location) string {
	var out []string
	for i, s := range p.Segments {
		end := p.End
		if i+1 < len(p.Segments) {
			end = p.Segments[i+1].From
		}
		what := s.To.Temp.String()
		if s.To.Off {
			what = "off"
		}
		out = append(out, fmt.Sprintf("%s until %s", what, end.In(zone).Format("Mon 15:04")))
	}
	return strings.Join(out, ", ")
}

// 2026-11-25 is a Wednesday.
func TestAPlanIsTheScheduleAndWhatWasSetByHand(t *testing.T) {
	const rest = "14 until Wed 17:00, 21 until Wed 22:30, 17 until Thu 06:00, 21 until Thu 08:30, 14 until Thu 17:00, " +
		"21 until Thu 22:30, 17 until Fri 06:00, 21 until Fri 08:30, 14 until Fri 17:00, 21 until Fri 22:30, 17 until Sat 00:00"
	noon := at(t, "2026-11-25 12:00")
	start := newThermostat(aHeater(t))
	for _, c := range []struct{ words, want string }{
		{"auto", rest},
		{"on", rest},
		{"22.5", "22.5 until Wed 17:00" + rest[len("14 until Wed 17:00"):]},
		{"sleep", "17 until Wed 17:00" + rest[len("14 until Wed 17:00"):]},
		{"away", rest},
		{"21 for 2h", "21 until Wed 14:00, " + rest},
		{"boost", "24 until Wed 12:30, " + rest},
		{"boost 23 45m", "23 until Wed 12:45, " + rest},
		{"off", "off until Sat 00:00"},
		{"frost", "off until Sat 00:00"},
		{"off for 6h", "off until Wed 18:00, " + rest[len("14 until Wed 17:00, "):]},
	} {
		plan, _ := ask(t, start, c.words, noon)
		if got := inWordsOf(plan, berlin(t)); got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.words, got, c.want)
		}
	}
}

func TestABoostGoesBackToWhatWasBefore(t *testing.T) {
	noon := at(t, "2026-11-25 12:00")
	_, s := ask(t, newThermostat(aHeater(t)), "18 for 3h", noon)
	_, s = ask(t, s, "boost", noon)
	plan, s := ask(t, s, "boost 25 1h", noon.Add(10*time.Minute))
	if got := inWordsOf(plan, berlin(t)); !strings.HasPrefix(got, "25 until Wed 13:10, 18 until Wed 15:00, 14 until Wed 17:00") {
		t.Error(got)
	}
	if a := shown(s, noon.Add(time.Hour)); a.Mode != ModeBoost || a.Setpoint != Some(25.0) || a.Until != at(t, "2026-11-25 13:10").UnixMilli() {
		t.Errorf("%+v", a)
	}
	if a := shown(s, noon.Add(2*time.Hour)); a.Mode != ModeManual || a.Setpoint != Some(18.0) || a.Until != at(t, "2026-11-25 15:00").UnixMilli() {
		t.Errorf("%+v", a)
	}
	if a := shown(s, noon.Add(4*time.Hour)); a.Mode != ModeAuto || a.Preset != "away" || a.Until != 0 {
		t.Errorf("%+v", a)
	}
}

func TestAnOpenWindowAndMaintenanceComeBeforeAllElse(t *testing.T) {
	noon := at(t, "2026-11-25 12:00")
	_, s := ask(t, newThermostat(aHeater(t)), "22", noon)
	s = s.Step(Observed{"window", "open", true}, noon)
	if p := s.(Planner).Plan(noon); inWordsOf(p, berlin(t)) != "off until Sat 00:00" {
		t.Error(inWordsOf(p, berlin(t)))
	}
	if a := shown(s, noon); a.Mode != ModeWindow || a.Setpoint.Given || a.Windows != ListOf([]ID{"window"}) {
		t.Errorf("%+v", a)
	}
	s = s.Step(Observed{"window", "open", false}, noon)
	if a := shown(s, noon); a.Mode != ModeManual || a.Setpoint != Some(22.0) {
		t.Errorf("a window that nobody sees keeps the house cold: %+v", a)
	}
	p, s := ask(t, s, "lock", noon)
	if !p.Locked || shown(s, noon).Mode != ModeLocked {
		t.Errorf("%+v", shown(s, noon))
	}
	if o, err := s.Resolve(Action{Verb: VerbAuto}, Asked{Now: noon}); codeOf(err) != CodeNotNow || !o.Queued {
		t.Errorf("a locked heater, which its board needs not be there for: %+v, %v", o, err)
	}
	if p, s = ask(t, s, "unlock", noon); p.Locked || shown(s, noon).Setpoint != Some(22.0) {
		t.Errorf("%+v", shown(s, noon))
	}
}

func TestWhatAThermostatCannotHoldIsRefusedWithWhatWouldBeRight(t *testing.T) {
	spec := aHeater(t)
	cooler := *spec
	cooler.Cools, cooler.Frost = true, nil
	for _, c := range []struct {
		spec         *Thermostat
		words, about string
	}{
		{spec, "25.5", "5 to 25 °C"},
		{spec, "4", "5 to 25 °C"},
		{spec, "boost 30", "5 to 25 °C"},
		{spec, "Comfort", "write comfort"},
		{spec, "cosy", "comfort, auto, boost, off, frost, lock, unlock"},
		{spec, "toggle", "a temperature such as 21.5"},
		{spec, "40%", "no brightness"},
		{spec, "auto for 2h", "no time"},
		{spec, "lock for 2h", "no time"},
		{&cooler, "frost", "ask for off"},
		{&cooler, "cosy", "a cooler knows"},
	} {
		a, err := ParseAction(strings.Fields(c.words))
		if err != nil {
			t.Fatal(err)
		}
		_, err = newThermostat(c.spec).Resolve(a, Asked{Now: at(t, "2026-11-25 12:00")})
		var refused *Refusal
		if !errors.As(err, &refused) || refused.Code != CodeInvalid || !strings.Contains(refused.Message, c.about) {
			t.Errorf("%s: %v, want something about %q", c.words, err, c.about)
		}
	}
}

func TestWhatTheBoardDoesIsWhatIsShown(t *testing.T) {
	noon := at(t, "2026-11-25 12:00")
	for _, c := range []struct {
		cools bool
		phase Phase
		want  string
	}{
		{false, PhaseActive, "heating"}, {true, PhaseActive, "cooling"}, {false, PhaseIdle, "idle"}, {false, PhaseWait, "waiting"},
		{false, PhaseOff, "off"}, {false, PhaseLost, "sensor_lost"}, {false, PhaseRange, "cut_off"}, {false, PhaseLocked, "locked"},
	} {
		spec := aHeater(t)
		spec.Cools = c.cools
		s := newThermostat(spec)
		if got := s.View().State; got != StateUnknown {
			t.Errorf("before the board has spoken it is %s", got)
		}
		v := s.Step(Reported{Value: Value{Control: &Control{Phase: c.phase, HasTo: true, Target: 14_000,
			HasTemp: true, Temp: 20_437, Source: TargetPlan, Warning: WarningNoRise}}}, noon).View()
		a := v.Attributes.(ThermostatAttributes)
		if v.State != c.want || a.Temperature != Some(20.44) || a.Target != Some(14.0) || a.Source != TargetPlan || a.Warning != WarningNoRise {
			t.Errorf("%s: %s %+v", c.phase, v.State, a)
		}
		if a.Next != Some(NextPoint{at(t, "2026-11-25 17:00").UnixMilli(), Some(21.0), "comfort"}) {
			t.Errorf("%+v", a.Next)
		}
	}
}

func TestWithoutAScheduleTheFallbackIsHeldAndAHandSettingStays(t *testing.T) {
	fallback := Temp(12_000)
	spec := aHeater(t)
	spec.Schedule, spec.Fallback = schedule.Plan[Planned]{}, &fallback
	noon := at(t, "2026-11-25 12:00")
	s := newThermostat(spec).Step(Elapsed{}, noon)
	if got := inWordsOf(s.(Planner).Plan(noon), berlin(t)); got != "12 until Sat 00:00" {
		t.Error(got)
	}
	_, s = ask(t, s, "20", noon)
	if a := shown(s, noon.Add(30*24*time.Hour)); a.Setpoint != Some(20.0) || a.Until != 0 {
		t.Errorf("%+v", a)
	}
	spec.Fallback = nil
	if got := inWordsOf(newThermostat(spec).(Planner).Plan(noon), berlin(t)); got != "off until Sat 00:00" {
		t.Error(got)
	}
}

// At any moment the plan says what an independent walk of schedule and hand
// settings says, its name changes only with what it says, and it is never
// longer than a board can hold.
func TestAPlanAgreesWithTheScheduleAtEveryMoment(t *testing.T) {
	spec := aHeater(t)
	zone := berlin(t)
	rapid.Check(t, func(t *rapid.T) {
		now := time.Unix(rapid.Int64Range(1_700_000_000, 1_900_000_000).Draw(t, "now"), 0).In(zone)
		s := newThermostat(spec).Step(Elapsed{}, now)
		var until time.Time
		var held Setting
		if rapid.Bool().Draw(t, "set") {
			length := time.Duration(rapid.IntRange(1, 4000).Draw(t, "minutes")) * time.Minute
			held = Setting{Temp: Temp(rapid.IntRange(5000, 25000).Draw(t, "temp"))}
			until = now.Add(length)
			o, err := s.Resolve(Action{Verb: VerbSet, Temp: &held.Temp, For: length}, Asked{Now: now})
			if err != nil {
				t.Fatal(err)
			}
			s = o.Next
		}
		p := s.(Planner).Plan(now)
		if len(p.Segments) == 0 || len(p.Segments) > planSegments || p.Segments[0].From.After(now) || p.End.Sub(now) < 48*time.Hour-2*time.Hour {
			t.Fatalf("%+v", p)
		}
		for minute := 0; now.Add(time.Duration(minute) * time.Minute).Before(p.End); minute += 7 {
			at := now.Add(time.Duration(minute) * time.Minute)
			want := spec.planned(at).To
			if at.Before(until) {
				want = held
			}
			if got := p.in(at); got != want {
				t.Fatalf("at %v the plan says %+v, the schedule %+v", at, got, want)
			}
		}
		_, tomorrow := spec.today(now)
		later := now.Add(time.Duration(rapid.Int64Range(0, int64(tomorrow.Sub(now))-1).Draw(t, "later")))
		if until.IsZero() || later.Before(until) {
			if q := s.(Planner).Plan(later); q.ID != p.ID {
				t.Fatalf("the same plan is called %s at %v and %s at %v", p.ID, now, q.ID, later)
			}
		}
		if q := s.(Planner).Plan(tomorrow); q.ID == p.ID {
			t.Fatal("the next day has the same plan: it would run out")
		}
	})
}

// in is the setting in force at a moment.
func (p Plan) in(at time.Time) Setting {
	to := p.Segments[0].To
	for _, s := range p.Segments {
		if !s.From.After(at) {
			to = s.To
		}
	}
	return to
}

func TestAHandSettingOutlivesTheServer(t *testing.T) {
	noon := at(t, "2026-11-25 12:00")
	fresh := newThermostat(aHeater(t))
	_, s := ask(t, fresh, "18 for 3h", noon)
	_, s = ask(t, s, "boost", noon)
	saved, err := s.(Lasting).Saved()
	if err != nil {
		t.Fatal(err)
	}
	back, err := fresh.(Lasting).Restore(saved, noon.Add(10*time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := back.(Planner).Plan(noon.Add(10*time.Minute)), s.(Planner).Plan(noon.Add(10*time.Minute)); got.ID != want.ID {
		t.Errorf("%+v and %+v", got, want)
	}
	back, err = fresh.(Lasting).Restore(saved, noon.Add(24*time.Hour))
	if err != nil || shown(back, noon.Add(24*time.Hour)).Mode != ModeAuto {
		t.Errorf("what was over came back: %v", err)
	}
	_, locked := ask(t, fresh, "lock", noon)
	saved, _ = locked.(Lasting).Saved()
	if back, err = fresh.(Lasting).Restore(saved, noon); err != nil || !back.(Planner).Plan(noon).Locked {
		t.Errorf("a lock must never be lost: %v", err)
	}
	for _, bad := range []string{``, `[]`, `{"set":{"mode":"party"}}`, `{"set":{"mode":"off","temp":1}}`, `{"more":1}`,
		`{"set":{"mode":"boost","temp":20000}}`, `{"set":{"mode":"manual","temp":99999999}}`,
		`{"set":{"mode":"manual","temp":20000},"under":{"mode":"off"}}`, `{"locked":true,"unsure":true}`, `{} {}`} {
		if _, err := fresh.(Lasting).Restore([]byte(bad), noon); err == nil {
			t.Errorf("%s was taken", bad)
		}
	}
}

// Whoever wakes a heater only when it wants to be sees every change of what it
// shows, and never finds it due again at the same moment.
func TestDueMissesNothingAndDoesNotSpin(t *testing.T) {
	now := at(t, "2026-03-28 23:00") // the night in which an hour is missing
	_, s := ask(t, newThermostat(aHeater(t)), "boost", now)
	end := now.Add(4 * 24 * time.Hour)
	for steps := 0; now.Before(end); steps++ {
		due := s.(Timed).Due()
		if !due.After(now) {
			t.Fatalf("due at %v, now is %v", due, now)
		}
		if steps > 40 {
			t.Fatal("woken much too often")
		}
		if early := due.Add(-time.Millisecond); shown(s, early) != shown(s, now) {
			t.Fatalf("something changed before %v: %+v, %+v", due, shown(s, now), shown(s, early))
		}
		now = due
		s = s.Step(Elapsed{}, now)
	}
}

func TestAChangedDeclarationKeepsWhatStillMakesSense(t *testing.T) {
	noon := at(t, "2026-11-25 12:00")
	_, s := ask(t, newThermostat(aHeater(t)), "comfort", noon)
	warmer := aHeater(t)
	warmer.Presets[2].To.Temp = 22_000
	if a := shown(s.With(warmer), noon); a.Setpoint != Some(22.0) || a.Mode != ModeManual {
		t.Errorf("%+v", a)
	}
	cold := aHeater(t)
	cold.High = 18_000
	if a := shown(s.With(cold), noon); a.Mode != ModeAuto {
		t.Errorf("%+v", a)
	}
}

func TestAMisspeltPresetIsAnsweredWithTheNearest(t *testing.T) {
	for words, about := range map[string]string{
		"comfrot": "did you mean comfort?",
		"slep":    "did you mean sleep?",
		"bost":    "did you mean boost?",
		"70":      "for Fahrenheit write 70°F",
		"400%":    "",
	} {
		a, err := ParseAction(strings.Fields(words))
		if about == "" {
			if err == nil {
				t.Errorf("%s was read as %v", words, a)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := newThermostat(aHeater(t)).Resolve(a, Asked{Now: now}); err == nil || !strings.Contains(err.Error(), about) {
			t.Errorf("%s: %v, want something about %q", words, err, about)
		}
	}
	if _, err := newThermostat(aHeater(t)).Resolve(Action{Verb: VerbSet}, Asked{Now: now}); codeOf(err) != CodeInvalid {
		t.Errorf("set to nothing: %v", err)
	}
}

// TestALockThatOnlyTheBoardKnowsIsKept: the server may lose its store; the hands
// of whoever works at the boiler it must not forget.
func TestALockThatOnlyTheBoardKnowsIsKept(t *testing.T) {
	noon := at(t, "2026-11-25 12:00")
	lockedBoard := Reported{Value: Value{Control: &Control{Phase: PhaseLocked}}}
	if s := newThermostat(aHeater(t)).Step(lockedBoard, noon); !s.(Planner).Plan(noon).Locked {
		t.Error("the server would unlock it")
	}
	_, s := ask(t, newThermostat(aHeater(t)), "unlock", noon)
	saved, err := s.(Lasting).Saved()
	if err != nil || saved == nil {
		t.Fatalf("that it was unlocked must last too: %s %v", saved, err)
	}
	back, err := newThermostat(aHeater(t)).(Lasting).Restore(saved, noon)
	if err != nil {
		t.Fatal(err)
	}
	if back.Step(lockedBoard, noon).(Planner).Plan(noon).Locked {
		t.Error("a person unlocked it while the board was away; it would stay locked")
	}
}

// A server without its store does not know whether somebody has locked the
// boiler. Whoever sets a temperature meanwhile says nothing about that.
func TestOnlyWhoLocksOrUnlocksSettlesTheLockOfABoardThatHasNotSpoken(t *testing.T) {
	noon := at(t, "2026-11-25 12:00")
	lockedBoard := Reported{Value: Value{Control: &Control{Phase: PhaseLocked}}}
	for words, stays := range map[string]bool{"20": true, "comfort": true, "boost": true, "off": true, "auto": true, "unlock": false, "lock": true} {
		for _, restarted := range []bool{false, true} {
			_, s := ask(t, newThermostat(aHeater(t)), words, noon)
			if restarted {
				saved, err := s.(Lasting).Saved()
				if err != nil {
					t.Fatalf("%s: %v", words, err)
				}
				was, fresh := s.(Planner).Plan(noon), newThermostat(aHeater(t))
				if s = fresh; saved != nil { // nil is nothing to keep
					if s, err = fresh.(Lasting).Restore(saved, noon); err != nil {
						t.Fatalf("%s: %v", words, err)
					}
				}
				if is := s.(Planner).Plan(noon); is.ID != was.ID {
					t.Errorf("%s: a restart makes %+v of %+v", words, is, was)
				}
			}
			s = s.With(aHeater(t)).Step(lockedBoard, noon)
			if got := s.(Planner).Plan(noon).Locked; got != stays {
				t.Errorf("%s, restarted %v: locked is %v after the board said so", words, restarted, got)
			}
			if _, err := s.Resolve(Action{Verb: VerbSet, Temp: deg(21)}, Asked{Now: noon}); (err != nil) != stays {
				t.Errorf("%s: %v", words, err)
			}
		}
	}
}

// Once it has spoken, what is set here counts, also after a boot of the board.
func TestABoardThatHasSpokenIsNotBelievedToBeLockedLater(t *testing.T) {
	noon := at(t, "2026-11-25 12:00")
	s := newThermostat(aHeater(t)).Step(Reported{Value: Value{Control: &Control{Phase: PhaseIdle}}}, noon)
	_, s = ask(t, s, "20", noon)
	s = s.Step(Reported{Value: Value{Control: &Control{Phase: PhaseLocked}}}, noon)
	if s.(Planner).Plan(noon).Locked {
		t.Error("a lock that nobody asked for is kept")
	}
}

// TestADayOfManyPointsNeverRunsOut: a board takes 32 segments, and a plan that
// ended before the next one is made would leave the room to the fallback.
func TestADayOfManyPointsNeverRunsOut(t *testing.T) {
	spec := aHeater(t)
	var points []schedule.Point[Planned]
	for i := range 96 {
		points = append(points, schedule.Point[Planned]{At: schedule.Clock(i * 900), Value: Planned{To: Setting{Temp: Temp(15_000 + 100*(i%50))}}})
	}
	week, err := schedule.NewPlan(schedule.PlanLine[Planned]{Days: schedule.DaysOf(time.Wednesday), Points: points})
	if err != nil {
		t.Fatal(err)
	}
	spec.Schedule = week
	s, now := newThermostat(spec), at(t, "2026-11-24 12:00")
	ids := map[string]bool{}
	for end := now.Add(48 * time.Hour); now.Before(end); {
		s = s.Step(Elapsed{}, now)
		due := s.(Timed).Due()
		for now.Before(due) {
			p := s.(Planner).Plan(now)
			ids[p.ID] = true
			if n := len(p.Segments); n == 0 || n > planSegments || p.Segments[0].From.After(now) || p.End.Sub(now) < 3*time.Hour {
				t.Fatalf("at %v: %d segments until %v", now, n, p.End)
			}
			if want := spec.planned(now).To; p.in(now) != want {
				t.Fatalf("at %v: %v, want %v", now, p.in(now), want)
			}
			now = now.Add(min(5*time.Minute, due.Sub(now)))
		}
	}
	if len(ids) > 10 {
		t.Errorf("%d plans in two days", len(ids))
	}
}

package api

import (
	"slices"
	"strings"
	"testing"
	"time"

	"hob/internal/entity"
	"hob/internal/rules"
	"hob/internal/store"
)

const atNoon = "?at=2026-11-24T07:00:00%2B01:00" // dawn

// firing is a run of dusk that ended in some way.
func firing(t *testing.T, s float64, o rules.Outcome, reason string) store.RuleRun {
	t.Helper()
	return rowOf(t, &rules.Run{ID: rules.RunID("dusk-" + formatted(s)), Rule: "dusk", At: ms(s), Outcome: o, Reason: reason,
		Trigger: rules.Fired{Kind: rules.KindTime, Text: "sunset-20m", Due: ms(s)}, Steps: []rules.StepTrace{
			{What: "porch on", Kind: rules.StepDo, Outcome: rules.Failed, Message: "Board hall is offline."}, {What: "stairs on", Kind: rules.StepDo, Outcome: rules.Ran}}})
}

// missed is a record of late that dusk was due and did not run.
func missed(t *testing.T, due, recorded float64) store.RuleRun {
	t.Helper()
	return rowOf(t, &rules.Run{ID: "dusk-missed", Rule: "dusk", At: ms(recorded), Outcome: rules.Missed, Reason: "the server was not running",
		Trigger: rules.Fired{Kind: rules.KindTime, Text: "sunset-20m", Due: ms(due)}, Steps: []rules.StepTrace{}})
}

func TestWhyNotBeginsWithTheReason(t *testing.T) {
	waits := rules.Judged{When: []rules.Trace{{Text: "sunset-20m", Verdict: rules.No, Why: "sunset-20m was last due at 05:00:00, and is next at 16:12:03"},
		{Text: "window open", Verdict: rules.No, Why: "window is closed, not open"}}}
	barred := waits
	barred.If = &rules.Trace{Text: "alarm is disarmed", Verdict: rules.No, Value: "armed_away", Why: "alarm is armed_away, not disarmed"}
	for name, c := range map[string]struct {
		runs   []store.RuleRun
		judged rules.Judged
		set    func(*rules.Status)
		lines  []store.Change
		want   []string
	}{
		"it did": {runs: []store.RuleRun{firing(t, 3, rules.Ran, "")}, want: []string{"It did run, at 06:00:03, 3s later (sunset-20m was at 06:00:03)."}},
		"the condition said no": {runs: []store.RuleRun{firing(t, -100, rules.Skipped, "alarm is armed_away, not disarmed"), firing(t, 110, rules.Ran, "")},
			want: []string{"It was set off at 05:58:20, 1m40s before (sunset-20m was at 05:58:20), and was skipped: alarm is armed_away, not disarmed."}},
		"some of it failed": {runs: []store.RuleRun{firing(t, 0, rules.Failed, "")},
			want: []string{"It did run, at 06:00:00 (sunset-20m was at 06:00:00), and not all of it worked out.", "porch on: Board hall is offline."}},
		"it was missed": {runs: []store.RuleRun{firing(t, 0, rules.Missed, "the server was not running")},
			want: []string{"It was due and did not run (sunset-20m was at 06:00:00): the server was not running."}},
		"it was paused": {runs: []store.RuleRun{firing(t, 0, rules.Paused, "it has run 30 times within 1m")},
			want: []string{"It was set off at 06:00:00 (sunset-20m was at 06:00:00), and was paused: it has run 30 times within 1m."}},
		"nothing set it off": {judged: waits, runs: []store.RuleRun{firing(t, 3000, rules.Ran, "")},
			want: []string{"Nothing set it off around 06:00:00: sunset-20m was last due at 05:00:00, and is next at 16:12:03; window is closed, not open.",
				"Its nearest run was at 06:50:00, 50m later: ran."}},
		"nor would it have run": {judged: barred, want: []string{
			"Nothing set it off around 06:00:00: sunset-20m was last due at 05:00:00, and is next at 16:12:03; window is closed, not open.",
			"Its condition would not have let it run: alarm is armed_away, not disarmed."}},
		"nobody can judge its condition": {judged: rules.Judged{If: &rules.Trace{Text: "window is open", Verdict: rules.Unknown, Why: "nobody knows how window is"}},
			want: []string{"Nothing set it off around 06:00:00.", "Its condition cannot be judged, and what is not known lets no rule run: nobody knows how window is."}},
		"it is switched off": {judged: rules.Judged{}, set: func(s *rules.Status) { s.Rule.Enabled = false },
			want: []string{"It is switched off: config.yaml says enabled: false.", "Nothing set it off around 06:00:00."}},
		"nothing was recorded": {judged: waits, lines: []store.Change{{Place: store.Place{At: ms(-100)}, What: store.LineGap, Until: ms(100)}},
			want: []string{"Nothing was recorded at that time: the server was not running, or could not write."}},
		"a run is near what was not recorded": {judged: waits, lines: []store.Change{{Place: store.Place{At: ms(-100)}, What: store.LineGap, Until: ms(5)}},
			runs: []store.RuleRun{firing(t, 10, rules.Ran, "")}, want: []string{"It did run, at 06:00:10, 10s later (sunset-20m was at 06:00:10)."}},
		"it was due while the server did not run": {judged: waits, lines: []store.Change{{Place: store.Place{At: ms(-100)}, What: store.LineGap, Until: ms(8 * 3600)}},
			runs: []store.RuleRun{missed(t, 3, 8*3600+20)},
			want: []string{"It was due and did not run (sunset-20m was at 06:00:03): the server was not running."}},
		"the log begins later": {judged: waits, lines: []store.Change{became(900, "porch", "on", because(entity.CauseAPI, ""))}, runs: []store.RuleRun{firing(t, 1200, rules.Ran, "")},
			set: func(s *rules.Status) { s.Rule.When = []entity.Trigger{entity.AtSun{}, entity.OnState{}} },
			want: []string{"Nothing is recorded of that time: the log begins at 06:15:00; sunset-20m was last due at 05:00:00, and is next at 16:12:03.",
				"Its nearest run was at 06:20:00, 20m later: ran."}},
	} {
		t.Run(name, func(t *testing.T) {
			if c.lines == nil { // the log begins before
				c.lines = []store.Change{became(-86400, "porch", "on", because(entity.CauseAPI, ""))}
			}
			r := playing(t, &played{runs: c.runs, lines: c.lines})
			r.rules.judged = c.judged
			if c.set != nil {
				c.set(&r.rules.status[0])
			}
			got := read[whyNotBody](t, r.do("GET /api/rules/dusk/why-not"+atNoon, ""))
			if !slices.Equal(got.Answer, c.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got.Answer, "\n"), strings.Join(c.want, "\n"))
			}
			if got.At != dawn.UnixMilli() || len(got.Runs) != len(c.runs) || len(got.When) != len(c.judged.When) || (got.If == nil) != (c.judged.If == nil) {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestWhyNotWithoutATimeIsAboutTheHouseAsItIs(t *testing.T) {
	now := rowOf(t, &rules.Run{ID: "dusk-9", Rule: "dusk", At: time.Now().Add(-50 * time.Minute).UnixMilli(), Outcome: rules.Skipped, Reason: "it still runs",
		Trigger: rules.Fired{Kind: rules.KindState, Text: "window open"}})
	p := &played{runs: []store.RuleRun{firing(t, 0, rules.Ran, "")}}
	r := playing(t, p)
	r.rules.status[0].PausedUntil = time.Now().Add(time.Minute).UnixMilli()
	got := read[whyNotBody](t, r.do("GET /api/rules/dusk/why-not", ""))
	if r.rules.world != nil || time.Since(r.rules.at) > 20*time.Second {
		t.Errorf("judged in %v at %v", r.rules.world, r.rules.at)
	}
	if len(got.Runs) != 0 || len(got.Answer) != 2 || !strings.Contains(got.Answer[0], "hob rules resume dusk") || !strings.Contains(got.Answer[1], "in the last hour") {
		t.Errorf("got %+v", got)
	}
	p.runs = append(p.runs, now)
	got = read[whyNotBody](t, r.do("GET /api/rules/dusk/why-not", ""))
	if len(got.Runs) != 1 || len(got.Answer) != 2 || !strings.Contains(got.Answer[0], "is paused") || !strings.HasSuffix(got.Answer[1], "(window open), and was skipped: it still runs.") {
		t.Errorf("got %+v", got)
	}
}

func TestRunsNearATimeAreTheNearest(t *testing.T) {
	p := &played{}
	for i := range 100 {
		p.runs = append(p.runs, firing(t, float64(i-50)*20, rules.Skipped, "x"))
	}
	r := playing(t, p)
	got := read[whyNotBody](t, r.do("GET /api/rules/dusk/why-not"+atNoon, ""))
	if len(got.Runs) != nearRuns || got.Runs[0].At < ms(-60) || got.Runs[nearRuns-1].At > ms(60) || got.Runs[0].At > got.Runs[1].At {
		t.Errorf("%d runs from %v to %v", len(got.Runs), got.Runs[0].At-ms(0), got.Runs[nearRuns-1].At-ms(0))
	}
}

// TestTheHouseIsAsItWasRecorded: why-not judges with what was so at the time.
func TestTheHouseIsAsItWasRecorded(t *testing.T) {
	p := &played{numbers: map[entity.ID]map[string]float64{"outside": {"value": 2.25, "humidity": 80}, "stairs": {"brightness": 40}, "heat": {"temperature": 19, "target": 21}},
		lines: []store.Change{became(-90, "porch", "on", because(entity.CauseAPI, "")), became(-80, "stairs", "on", because(entity.CauseAPI, "")),
			became(-70, "heat", "idle", because(entity.CauseThermostat, "")), became(-60, "gone", "on", because(entity.CauseAPI, "")),
			{Place: store.Place{At: ms(-50)}, What: store.LineGone, Entity: "gone", State: "on"},
			{Place: store.Place{At: ms(-40)}, What: store.LineUnavailable, Entity: "pump", State: "on"},
			became(10, "porch", "off", because(entity.CauseAPI, ""))}}
	r := playing(t, p)
	r.do("GET /api/rules/dusk/why-not"+atNoon, "")
	w := r.rules.world
	if w == nil {
		t.Fatal("it was judged in the house as it is")
	}
	number := func(f float64) rules.Number { return rules.Number{Is: f, Known: true} }
	for id, want := range map[entity.ID]rules.Seen{
		"porch":   {State: "on", Available: true},
		"stairs":  {State: "on", Available: true, Brightness: number(40)},
		"heat":    {State: "idle", Available: true, Temperature: number(19), Target: number(21)},
		"outside": {State: "2.25", Available: true, Value: number(2.25), Humidity: number(80)},
		"gone":    {Available: true},
		"pump":    {State: "on"},
		"attic":   {Available: true},
	} {
		if got := w.Entity(id); got != want {
			t.Errorf("%s: got %+v, want %+v", id, got, want)
		}
	}
	for name, want := range map[entity.BoardName]rules.Link{"hall": rules.LinkOnline, "shed": rules.LinkOffline, "attic": rules.LinkUnknown} {
		if got := w.Board(name); got != want {
			t.Errorf("board %s: %v, want %v", name, got, want)
		}
	}
}

// TestWhatHasNotChangedSinceIsAsItIsNow: the log has nothing of what it never saw change.
func TestWhatHasNotChangedSinceIsAsItIsNow(t *testing.T) {
	r := playing(t, &played{})
	if rec := r.do("POST /api/entities/porch/commands", `{"action":"on"}`); rec.Code != 200 {
		t.Fatal(rec.Body)
	}
	e, _ := r.reg.Entity("porch")
	later := time.UnixMilli(e.Changed).UTC().Format(time.RFC3339Nano)
	r.do("GET /api/rules/dusk/why-not?at="+later, "")
	if got := r.rules.world.Entity("porch"); got.State != "on" || !got.Available {
		t.Errorf("porch was %+v", got)
	}
	if got := r.rules.world.Entity("stairs"); got.State != "off" {
		t.Errorf("stairs were %+v", got)
	}
}

// What the world of the past does not know was not recorded, which is no "nobody knows".
func TestWhatIsNotRecordedIsSaidSo(t *testing.T) {
	h := &entity.House{Timezone: "UTC", Boards: []entity.Board{{Name: "hall"}}, Entities: []entity.Entity{{ID: "alarm", Spec: &entity.Alarm{}},
		{ID: "pump", Spec: &entity.Switch{Output: entity.Output{Board: "hall", Pin: 16}}}},
		Rules: []entity.Rule{{ID: "dusk", Enabled: true, If: entity.All{entity.InState{Entity: "alarm", State: "disarmed"}, entity.InState{Entity: "pump", State: "on"}}}}}
	program, err := rules.Compile(h)
	if err != nil {
		t.Fatal(err)
	}
	r := playing(t, &played{lines: []store.Change{{Place: store.Place{At: ms(-40)}, What: store.LineUnavailable, Entity: "pump", State: "on"}}})
	r.do("GET /api/rules/dusk/why-not"+atNoon, "")
	judged, _ := program.Judge("dusk", r.rules.world, dawn)
	if want := "it is not recorded how alarm was, and nobody knew how pump was: the board hall was away"; judged.If.Why != want {
		t.Errorf("got  %s\nwant %s", judged.If.Why, want)
	}
}

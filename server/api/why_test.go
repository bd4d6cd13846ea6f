package api

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"hob/internal/entity"
	"hob/internal/rules"
	"hob/internal/store"
)

// played is a log, with runs and numbers, that a test has written: oldest first.
type played struct {
	lines   []store.Change
	runs    []store.RuleRun
	numbers map[entity.ID]map[string]float64 // that hold always
	err     error
}

func (*played) CatchUp(context.Context) {}

func (p *played) Changes(_ context.Context, f store.Filter) ([]store.Change, bool, error) {
	var out []store.Change
	if f.Oldest {
		return p.lines[:min(len(p.lines), f.Limit)], false, p.err
	}
	for _, l := range slices.Backward(p.lines) {
		at := time.UnixMilli(l.At)
		if len(f.Entities) > 0 && !slices.Contains(f.Entities, l.Entity) || !f.From.IsZero() && at.Before(f.From) ||
			!f.To.IsZero() && !at.Before(f.To) || len(out) >= f.Limit {
			continue
		}
		out = append(out, l)
	}
	return out, false, p.err
}

func (p *played) Runs(_ context.Context, f store.RunFilter) ([]store.RuleRun, bool, error) {
	var out []store.RuleRun
	for _, r := range slices.Backward(p.runs) {
		at := time.UnixMilli(r.At)
		if r.Rule == f.Rule && (f.From.IsZero() || !at.Before(f.From)) && (f.To.IsZero() || at.Before(f.To)) {
			out = append(out, r)
		}
	}
	return out, false, p.err
}

func (p *played) History(_ context.Context, id entity.ID, from, _ time.Time, _ int) (store.History, error) {
	var h store.History
	for name, n := range p.numbers[id] {
		h.Series = append(h.Series, store.Series{Name: name, Points: []store.Point{{At: from, Has: true, Mean: n}}})
	}
	return h, p.err
}

// playing is a rig whose past is played.
func playing(t *testing.T, p *played) *rig {
	t.Helper()
	return newRig(t, func(o *Options) { o.History = p })
}

// dawn is when the played past begins: seconds after it are the tests' times.
var dawn = time.Date(2026, 11, 24, 6, 0, 0, 0, time.UTC)

func ms(s float64) int64 { return dawn.UnixMilli() + int64(s*1000) }

func because(kind entity.CauseKind, by string) entity.Cause { return entity.Cause{Kind: kind, By: by} }

func became(s float64, id entity.ID, state string, c entity.Cause) store.Change {
	return store.Change{Place: store.Place{At: ms(s)}, What: store.LineState, Entity: id, State: state, Cause: c}
}

func pressed(s float64, id entity.ID) store.Change {
	return store.Change{Place: store.Place{At: ms(s)}, What: store.LineGesture, Entity: id, State: "pressed", Gesture: "press", Cause: because(entity.CauseBoard, "")}
}

// ran is a run of a rule that did one thing at once: "porch on", "toggle porch".
func ran(t *testing.T, s float64, rule entity.RuleID, what string, f rules.Fired, held *rules.Trace) store.RuleRun {
	t.Helper()
	words := strings.Fields(what)
	target := words[0]
	if target == "toggle" || target == "scene" {
		target = words[1]
	}
	return rowOf(t, &rules.Run{ID: rules.RunID(rule) + "-" + rules.RunID(formatted(s)), Rule: rule, At: ms(s), Ended: ms(s) + 40, Outcome: rules.Ran, Trigger: f, If: held,
		Steps: []rules.StepTrace{{What: what, Kind: rules.StepDo, Entity: entity.ID(target), At: ms(s), Outcome: rules.Ran}}})
}

// told is the newest chain of an answer, a step a line: "seconds kind text (details)".
func told(t *testing.T, b whyBody, nth int) []string {
	t.Helper()
	if len(b.Changes) <= nth {
		t.Fatalf("%d changes: %+v", len(b.Changes), b)
	}
	var out []string
	for _, s := range b.Changes[nth] {
		line := formatted(float64(s.At-dawn.UnixMilli())/1000) + " " + string(s.Kind) + " " + s.Text
		if len(s.Details) > 0 {
			line += " (" + strings.Join(s.Details, "; ") + ")"
		}
		out = append(out, line)
	}
	return out
}

func TestAChainLeadsToTheFirstCause(t *testing.T) {
	disarmed := &rules.Trace{Text: "all of", Verdict: rules.Yes, Parts: []rules.Trace{
		{Text: "alarm is disarmed", Verdict: rules.Yes, Value: "disarmed"},
		{Text: "not", Verdict: rules.Yes, Parts: []rules.Trace{{Text: "anna is away", Verdict: rules.No, Value: "home"}}},
		{Text: "outside below 3°C", Verdict: rules.Yes, Value: "2.1°C"},
		{Text: "any of", Verdict: rules.Yes, Parts: []rules.Trace{{Text: "time 22:00-06:00", Verdict: rules.No}, {Text: "sun down", Verdict: rules.Yes}}}}}
	forty := 40.0
	dimmed := became(20, "stairs", "on", because(entity.CauseRule, "dusk"))
	dimmed.Number = &forty
	for name, c := range map[string]struct {
		of    entity.ID
		lines []store.Change
		runs  []store.RuleRun
		want  []string
	}{
		"by hand": {"porch", []store.Change{became(1, "porch", "on", because(entity.CauseUser, "anna"))}, nil,
			[]string{"1 change porch went on", "1 origin anna asked for it in a browser"}},
		"a button on the wall": {"porch", []store.Change{pressed(1, "bell"), became(1.2, "porch", "on", because(entity.CauseButton, "bell"))}, nil,
			[]string{"1.2 change porch went on", "1 change bell was used (press)", "1 origin somebody used it by hand"}},
		"a board that goes": {"porch", []store.Change{{Place: store.Place{At: ms(1)}, What: store.LineUnavailable, Entity: "porch", State: "on", Cause: because(entity.CauseBoard, "")}}, nil,
			[]string{"1 change porch could not be reached any more", "1 origin its board was away"}},
		"a board that comes back": {"porch", []store.Change{{Place: store.Place{At: ms(1)}, What: store.LineAvailable, Entity: "porch", State: "on", Cause: because(entity.CauseBoard, "")}}, nil,
			[]string{"1 change porch could be reached again", "1 origin its board was back"}},
		"a button whose use is not recorded yet": {"porch", []store.Change{became(500, "porch", "off", because(entity.CauseButton, "bell")), pressed(1, "bell")}, nil,
			[]string{"500 change porch went off", "500 origin the button bell was used"}},
		"a rule by the sun": {"stairs", []store.Change{dimmed}, []store.RuleRun{
			ran(t, 5, "dusk", "stairs off", rules.Fired{Kind: rules.KindTime, Text: "06:00", Due: ms(5)}, nil),
			ran(t, 19, "dusk", "stairs 40%", rules.Fired{Kind: rules.KindTime, Text: "sunset-20m", Due: ms(19)}, disarmed)},
			[]string{"20 change stairs went on (40%)", "19 run rule dusk ran (sunset-20m was at 06:00:19; alarm was disarmed; anna was not away; outside below 3°C: 2.1°C; sun down)"}},
		"a rule that was late": {"porch", []store.Change{became(700, "porch", "on", because(entity.CauseRule, "dusk"))}, []store.RuleRun{
			ran(t, 700, "dusk", "porch on", rules.Fired{Kind: rules.KindTime, Text: "06:00", Due: ms(0)}, nil)},
			[]string{"700 change porch went on", "700 run rule dusk ran (it was 06:00, and it ran 11m40s late)"}},
		"a rule that ran when the entity had another name": {"porch",
			[]store.Change{became(20, "porch", "on", because(entity.CauseRule, "dusk"))},
			[]store.RuleRun{ran(t, 20.1, "dusk", "old_porch on", rules.Fired{Kind: rules.KindTime, Text: "06:00", Due: ms(20)}, nil)},
			[]string{"20 change porch went on", "20.1 run rule dusk ran (it was 06:00)"}},
		"a rule by a scene by a button": {"porch",
			[]store.Change{pressed(1, "bell"), became(1.1, "night", "ready", because(entity.CauseButton, "bell")),
				became(1.5, "pump", "on", because(entity.CauseScene, "night")), became(2, "porch", "on", because(entity.CauseRule, "pumped"))},
			[]store.RuleRun{ran(t, 1.6, "pumped", "porch on", rules.Fired{Kind: rules.KindState, Text: "pump on", Entity: "pump", To: "on"}, nil)},
			[]string{"2 change porch went on", "1.6 run rule pumped ran (pump on)", "1.5 change pump went on", "1.1 change night was activated",
				"1 change bell was used (press)", "1 origin somebody used it by hand"}},
		"a state that had held for long": {"porch",
			[]store.Change{became(1, "window", "open", because(entity.CauseBoard, "")), became(601, "porch", "on", because(entity.CauseRule, "aired"))},
			[]store.RuleRun{ran(t, 601, "aired", "porch on", rules.Fired{Kind: rules.KindState, Text: "window open for 10m", Entity: "window", To: "open"}, nil)},
			[]string{"601 change porch went on", "601 run rule aired ran (window open for 10m)", "1 change window opened", "1 origin its board saw it"}},
		"a scene of a rule": {"night", []store.Change{became(2, "night", "ready", because(entity.CauseRule, "quit"))},
			[]store.RuleRun{ran(t, 2, "quit", "scene night", rules.Fired{Kind: rules.KindStartup, Text: "startup"}, nil)},
			[]string{"2 change night was activated", "2 run rule quit ran (the server had started)"}},
		"a rule that answers its own doing within a second": {"porch",
			[]store.Change{became(1, "porch", "on", because(entity.CauseUser, "")), became(1.1, "porch", "off", because(entity.CauseRule, "flip")), became(1.2, "porch", "on", because(entity.CauseRule, "flop"))},
			[]store.RuleRun{ran(t, 1.05, "flip", "porch off", rules.Fired{Kind: rules.KindState, Text: "porch on", Entity: "porch", To: "on"}, nil),
				ran(t, 1.15, "flop", "porch on", rules.Fired{Kind: rules.KindState, Text: "porch off", Entity: "porch", To: "off"}, nil)},
			[]string{"1.2 change porch went on", "1.15 run rule flop ran (porch off)", "1.1 change porch went off", "1.05 run rule flip ran (porch on)",
				"1 change porch went on", "1 origin somebody asked for it in a browser"}},
		"a board whose clock is behind": {"porch", []store.Change{became(9, "porch", "on", because(entity.CauseRule, "dusk"))},
			[]store.RuleRun{ran(t, 10, "dusk", "porch on", rules.Fired{Kind: rules.KindWebhook, Text: "webhook"}, nil)},
			[]string{"9 change porch went on", "10 run rule dusk ran (somebody asked for its webhook)"}},
		"what it began with": {"porch", []store.Change{became(1, "porch", "off", because(entity.CauseConfig, ""))}, nil,
			[]string{"1 change porch was off", "1 origin config.yaml came into force"}},
		"what was toggled": {"porch", []store.Change{became(2, "porch", "on", because(entity.CauseRule, "dusk"))},
			[]store.RuleRun{ran(t, 1, "dusk", "toggle porch", rules.Fired{Kind: rules.KindAsked, Text: "asked", Cause: &entity.Cause{Kind: entity.CauseCLI}}, nil)},
			[]string{"2 change porch went on", "1 run rule dusk ran", "1 origin it was asked for on the command line"}},
		"somebody asked for the run": {"porch", []store.Change{became(2, "porch", "on", because(entity.CauseRule, "dusk"))},
			[]store.RuleRun{ran(t, 1, "dusk", "porch on", rules.Fired{Kind: rules.KindAsked, Text: "asked", Cause: &entity.Cause{Kind: entity.CauseCLI}}, nil)},
			[]string{"2 change porch went on", "1 run rule dusk ran", "1 origin it was asked for on the command line"}},
		"a run that is not kept any more": {"porch", []store.Change{became(2, "porch", "on", because(entity.CauseRule, "dusk"))},
			[]store.RuleRun{ran(t, -3, "dusk", "stairs on", rules.Fired{}, nil), ran(t, 9, "dusk", "porch on", rules.Fired{}, nil)},
			[]string{"2 change porch went on", "2 unrecorded rule dusk ran, and no record of that run is kept"}},
		"what its time was over of": {"pump", []store.Change{became(1, "pump", "on", because(entity.CauseAPI, "")), became(600, "pump", "off", because(entity.CauseOffAfter, ""))}, nil,
			[]string{"600 change pump went off", "600 origin its off_after was over", "1 change pump went on", "1 origin a program asked for it over the API"}},
		"the siren of the alarm": {"pump", []store.Change{became(1, "alarm", "triggered", because(entity.CauseDeadline, "")), became(1.4, "pump", "on", because(entity.CauseAlarm, "alarm"))}, nil,
			[]string{"1.4 change pump went on", "1 change alarm was triggered", "1 origin nobody had disarmed it in time"}},
		"what the alarm saw, and a siren": {"pump", []store.Change{became(0, "alarm", "arming", because(entity.CauseUser, "")), became(1, "alarm", "armed_away", because(entity.CauseDeadline, "")),
			became(49, "porch", "on", because(entity.CauseBoard, "")), became(49.9, "hall_move", "detected", because(entity.CauseBoard, "")), became(50, "alarm", "pending", because(entity.CauseBoard, "")),
			became(80, "alarm", "triggered", because(entity.CauseDeadline, "")), became(81, "pump", "on", because(entity.CauseAlarm, "alarm"))}, nil,
			[]string{"81 change pump went on", "80 change alarm was triggered", "80 origin nobody had disarmed it in time", "50 change alarm became pending", "49.9 change hall_move detected something", "49.9 origin its board saw it"}},
		"a siren that is silent, and an alarm that tells that": {"pump", []store.Change{became(1, "alarm", "triggered", because(entity.CauseDeadline, "")),
			became(9, "alarm", "disarmed", because(entity.CauseUser, "leo")), became(9.2, "alarm", "disarmed", because(entity.CauseAlarm, "alarm")), became(9.3, "pump", "off", because(entity.CauseAlarm, "alarm"))}, nil,
			[]string{"9.3 change pump went off", "9 change alarm became disarmed", "9 origin leo asked for it in a browser"}},
		"an alarm that is armed, while a window is opened": {"alarm", []store.Change{became(1, "alarm", "arming", because(entity.CauseCLI, "")), became(46, "alarm", "armed_home", because(entity.CauseDeadline, "")),
			became(60, "alarm", "armed_home", because(entity.CauseBoard, ""))}, nil,
			[]string{"46 change alarm became armed_home", "46 origin the time to leave was over", "1 change alarm became arming", "1 origin it was asked for on the command line"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := playing(t, &played{lines: c.lines, runs: c.runs})
			r.reg.Apply(&entity.House{Timezone: "UTC"}) // so that nothing is newer than the log
			got := told(t, read[whyBody](t, r.do("GET /api/entities/"+string(c.of)+"/why", "")), 0)
			if !slices.Equal(got, c.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

// Whoever asks why the garage is open wants to know who opened it, not which reed saw it.
func TestWhyADoorMovedLeadsToWhoBeganIt(t *testing.T) {
	reeds := because(entity.CauseBoard, "")
	begun := []store.Change{became(-900, "left", "closed", reeds), became(1, "left", "opening", because(entity.CauseUser, "anna")), became(1.5, "left", "opening", reeds), became(20, "left", "open", reeds)}
	for name, c := range map[string]struct {
		lines []store.Change
		limit string
		want  [][]string // the newest chain first
	}{
		"it was asked for": {begun, "2", [][]string{
			{"20 change left opened", "1 change left began to open", "1 origin anna asked for it in a browser"},
			{"1 change left began to open", "1 origin anna asked for it in a browser"}}},
		"a warning before it closes": {append(slices.Clone(begun), became(30, "left", "open", because(entity.CauseRule, "late")), became(36, "left", "closing", because(entity.CauseRule, "late"))), "2", [][]string{
			{"36 change left began to close", "36 unrecorded rule late ran, and no record of that run is kept"},
			{"20 change left opened", "1 change left began to open", "1 origin anna asked for it in a browser"}}},
		"it moves still": {begun[:3], "1", [][]string{{"1 change left began to open", "1 origin anna asked for it in a browser"}}},
		"nobody asked": {append(slices.Clone(begun), became(500, "left", "closing", reeds), became(520, "left", "closed", reeds)), "1", [][]string{
			{"520 change left closed", "500 change left began to close", "500 origin its reeds saw it, and nobody had asked for it here"}}},
		"it turned round": {append(slices.Clone(begun), became(36, "left", "closing", because(entity.CauseUser, "leo")), became(36.5, "left", "closing", reeds), became(52, "left", "open", reeds)), "2", [][]string{
			{"52 change left opened", "52 origin it turned round on its way", "36 change left began to close", "36 origin leo asked for it in a browser"},
			{"36 change left began to close", "36 origin leo asked for it in a browser"}}},
		"long ago": {[]store.Change{became(1, "left", "opening", because(entity.CauseUser, "anna")), became(900, "left", "open", reeds)}, "1", [][]string{
			{"900 change left opened", "900 origin its reeds saw it, and nobody had asked for it here"}}},
	} {
		t.Run(name, func(t *testing.T) {
			r := playing(t, &played{lines: c.lines})
			r.reg.Apply(&entity.House{Timezone: "UTC", Boards: []entity.Board{{Name: "shed", ID: "hob-a0b765"}}, Entities: []entity.Entity{{ID: "left", Spec: &entity.GarageDoor{Board: "shed", Relay: 25,
				Closed: &entity.Input{Board: "shed", Pin: 33}, Travel: 18 * time.Second}}}})
			got := read[whyBody](t, r.do("GET /api/entities/left/why?limit="+c.limit, ""))
			if len(got.Changes) != len(c.want) {
				t.Fatalf("%d changes", len(got.Changes))
			}
			for i, want := range c.want {
				if chain := told(t, got, i); !slices.Equal(chain, want) {
					t.Errorf("got\n%s\nwant\n%s", strings.Join(chain, "\n"), strings.Join(want, "\n"))
				}
			}
		})
	}
}

func TestWhyOfAButtonIsWhatWasDoneWithIt(t *testing.T) {
	var lines []store.Change
	for i := range 10 {
		s := float64(10 * i)
		lines = append(lines, became(s, "bell", "pressed", because(entity.CauseBoard, "")), pressed(s+0.2, "bell"), became(s+0.4, "bell", "released", because(entity.CauseBoard, "")))
	}
	r := playing(t, &played{lines: lines})
	r.reg.Apply(&entity.House{Boards: []entity.Board{{Name: "hall", ID: "hob-7c9ebd"}}, Entities: []entity.Entity{{ID: "bell", Spec: &entity.Button{Input: entity.Input{Board: "hall", Pin: 32}}}}})
	got := read[whyBody](t, r.do("GET /api/entities/bell/why?limit=9", ""))
	if len(got.Changes) != 9 {
		t.Fatalf("%d changes", len(got.Changes))
	}
	for i, chain := range got.Changes {
		if want := "bell was used (press)"; chain[0].Text != want || chain[0].At != ms(float64(90-10*i)+0.2) {
			t.Errorf("change %d: %+v", i, chain[0])
		}
	}
}

// TestAChainThatGoesInCirclesEnds: two rules that set each other off, and a log
// that is wrong about time.
func TestAChainThatGoesInCirclesEnds(t *testing.T) {
	p := &played{}
	for i := range 30 {
		s, id, other := float64(i), entity.ID("porch"), entity.ID("pump")
		rule := entity.RuleID("there")
		if i%2 == 1 {
			id, other, rule = other, id, "back"
		}
		p.lines = append(p.lines, became(s, id, "on", because(entity.CauseRule, string(rule))))
		p.runs = append(p.runs, ran(t, s, rule, string(id)+" on", rules.Fired{Kind: rules.KindState, Text: string(other) + " on", Entity: other, To: "on"}, nil))
	}
	r := playing(t, p)
	r.reg.Apply(&entity.House{Timezone: "UTC"})
	for _, limit := range []string{"1", "50"} {
		got := read[whyBody](t, r.do("GET /api/entities/porch/why?limit="+limit, ""))
		for i := range got.Changes {
			chain := told(t, got, i)
			if last := chain[len(chain)-1]; len(chain) > mostSteps+2 || !strings.Contains(last, "unrecorded") {
				t.Errorf("%d steps, the last is %s", len(chain), last)
			}
		}
	}
}

func TestWhatIsNewerThanTheLogComesFromTheHouse(t *testing.T) {
	p := &played{lines: []store.Change{became(1, "porch", "off", because(entity.CauseAPI, ""))}}
	r := playing(t, p)
	if rec := r.do("POST /api/entities/porch/commands", `{"action":"on"}`); rec.Code != 200 {
		t.Fatal(rec.Body)
	}
	got := read[whyBody](t, r.do("GET /api/entities/porch/why?limit=2", ""))
	if got.Name != "Porch" || got.State != "on" || !got.Available || len(got.Changes) != 2 {
		t.Fatalf("got %+v", got)
	}
	first := got.Changes[0]
	if first[0].State != "on" || first[1].Text != "a program asked for it over the API" || got.Changes[1][0].At != ms(1) {
		t.Errorf("got %+v", got.Changes)
	}
}

// What a clock wrote that was in another century does not pass for newer than now.
func TestWhatIsNowIsNewerThanALogOf2099(t *testing.T) {
	future := became(1, "porch", "off", because(entity.CauseAPI, ""))
	future.At = time.Date(2099, time.January, 1, 0, 0, 0, 0, time.UTC).UnixMilli()
	r := playing(t, &played{lines: []store.Change{future}})
	if rec := r.do("POST /api/entities/porch/commands", `{"action":"on"}`); rec.Code != 200 {
		t.Fatal(rec.Body)
	}
	got := read[whyBody](t, r.do("GET /api/entities/porch/why?limit=2", ""))
	if len(got.Changes) != 2 || got.Changes[0][0].State != "on" || got.Changes[1][0].State != "off" {
		t.Errorf("got %+v", got.Changes)
	}
}

func TestWhatWasNeverRecordedIsAnEmptyList(t *testing.T) {
	r := playing(t, &played{})
	r.reg.Apply(&entity.House{Entities: []entity.Entity{{ID: "anna", Name: "Anna", Spec: &entity.Person{}}}})
	if got := read[whyBody](t, r.do("GET /api/entities/anna/why", "")); len(got.Changes) != 0 || got.Gaps == nil || got.State != "unknown" {
		t.Errorf("got %+v", got)
	}
	wantProblem(t, r.do("GET /api/entities/attic/why", ""), 404, "attic")
}

func TestGapsAreSaid(t *testing.T) {
	gap := store.Change{Place: store.Place{At: ms(1)}, What: store.LineGap, Until: ms(50)}
	r := playing(t, &played{lines: []store.Change{gap, became(60, "porch", "on", because(entity.CauseBoot, ""))}})
	got := read[whyBody](t, r.do("GET /api/entities/porch/why", ""))
	if len(got.Gaps) != 1 || got.Gaps[0].At != ms(1) || got.Gaps[0].Until != ms(50) {
		t.Errorf("gaps: %+v", got.Gaps)
	}
}

func TestALogThatCannotBeReadIsSaid(t *testing.T) {
	r := playing(t, &played{err: store.ErrUnavailable})
	for _, path := range []string{"/api/entities/porch/why", "/api/rules/dusk/why-not", "/api/rules/dusk/why-not?at=2026-11-24T06:00:00Z"} {
		wantProblem(t, r.do("GET "+path, ""), 503, "cannot be read at the moment")
	}
}

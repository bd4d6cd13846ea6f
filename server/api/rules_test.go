package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"hob/internal/entity"
	"hob/internal/rules"
	"hob/internal/store"
)

// fakeRules are two rules, dusk and cold, that note what they are asked.
type fakeRules struct {
	status []rules.Status
	asked  []string
	hook   string
	busy   bool
	waited int // how often it had to be waited for how the rules stand
	err    error
	judged rules.Judged
	world  rules.World
	at     time.Time
}

func newFakeRules() *fakeRules {
	return &fakeRules{hook: "4f3a9c-doorbell", status: []rules.Status{
		{Rule: &entity.Rule{ID: "dusk", Name: "Dusk", Enabled: true, Mode: entity.ModeSingle}, Next: 1795363200000, Last: aRun("dusk-1", rules.Ran)},
		{Rule: &entity.Rule{ID: "cold", Name: "Cold", Mode: entity.ModeQueued}, Running: 1, Queued: 2, PausedUntil: 1795363300000}}}
}

func aRun(id rules.RunID, o rules.Outcome) *rules.Run {
	return &rules.Run{ID: id, Rule: "dusk", At: 1795363200000, Ended: 1795363200040, Outcome: o, Steps: []rules.StepTrace{},
		Trigger: rules.Fired{Kind: rules.KindTime, Text: "sunset-20m", Due: 1795363200000}}
}

func (f *fakeRules) Status(context.Context) ([]rules.Status, error) {
	f.waited++
	return f.status, f.err
}

// or is what the fake says of a rule.
func (f *fakeRules) or(id entity.RuleID) error {
	if f.err == nil && id != "dusk" && id != "cold" {
		return ErrNoRule
	}
	return f.err
}

func (f *fakeRules) Declared() (out []entity.RuleID) {
	for _, s := range f.status {
		out = append(out, s.Rule.ID)
	}
	return out
}

func (f *fakeRules) RunNow(_ context.Context, id entity.RuleID, by entity.Cause) (rules.Run, error) {
	f.asked = append(f.asked, fmt.Sprintf("run %s for %s", id, by.Kind))
	return *aRun("dusk-2", rules.Running), f.or(id)
}

func (f *fakeRules) Resume(_ context.Context, id entity.RuleID) error {
	f.asked = append(f.asked, "resume "+string(id))
	f.status[1].PausedUntil = 0
	return f.or(id)
}

func (f *fakeRules) Hook(name string) (known, busy bool) {
	f.asked = append(f.asked, "hook")
	return name == f.hook, f.busy
}

func (f *fakeRules) Judge(_ context.Context, id entity.RuleID, w rules.World, at time.Time) (rules.Judged, error) {
	f.world, f.at = w, at
	return f.judged, f.or(id)
}

// rowOf is a run as the store has it.
func rowOf(t *testing.T, r *rules.Run) store.RuleRun {
	t.Helper()
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return store.RuleRun{ID: string(r.ID), Rule: r.Rule, At: r.At, Outcome: string(r.Outcome), Data: b}
}

func TestRulesAreListedWithTheirLastAndNextRun(t *testing.T) {
	r := newRig(t)
	list := read[[]ruleBody](t, r.do("GET /api/rules", ""))
	if len(list) != 2 {
		t.Fatalf("rules: %+v", list)
	}
	dusk, cold := list[0], list[1]
	if dusk.ID != "dusk" || !dusk.Enabled || dusk.Mode != "single" || *dusk.Next != 1795363200000 || dusk.Paused != nil || dusk.Last.ID != "dusk-1" {
		t.Errorf("dusk: %+v", dusk)
	}
	if cold.Enabled || cold.Running != 1 || cold.Queued != 2 || cold.Next != nil || cold.Last != nil || *cold.Paused != 1795363300000 {
		t.Errorf("cold: %+v", cold)
	}
	if one := read[ruleBody](t, r.do("GET /api/rules/cold", "")); !reflect.DeepEqual(one, cold) {
		t.Errorf("one: %+v", one)
	}
	r.rules.status = nil
	if got := strings.TrimSpace(r.do("GET /api/rules", "").Body.String()); got != "[]" {
		t.Errorf("no rules: %s", got)
	}
	valid := conforming(t)
	for _, b := range list {
		text, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		if err := valid("RuleBody", string(text)); err != nil {
			t.Errorf("%v in %s", err, text)
		}
	}
}

func TestTheRunsOfARuleAreReadPageByPage(t *testing.T) {
	r := newRig(t)
	r.history.more, r.history.runs = true, []store.RuleRun{rowOf(t, aRun("dusk-7", rules.Ran)), rowOf(t, aRun("dusk-6", rules.Skipped))}
	got := read[runsBody](t, r.do("GET /api/rules/dusk/runs?limit=2&before=1795363200000-dusk-8", ""))
	if len(got.Runs) != 2 || !reflect.DeepEqual(got.Runs[0], *aRun("dusk-7", rules.Ran)) || got.Next != "1795363200000-dusk-6" {
		t.Errorf("got %+v", got)
	}
	want := store.RunFilter{Rule: "dusk", Limit: 2, Before: store.RunPlace{At: 1795363200000, ID: "dusk-8"}}
	if r.history.asked != want {
		t.Errorf("asked %+v", r.history.asked)
	}
	r.history.more = false
	if one := read[rules.Run](t, r.do("GET /api/rules/dusk/runs/dusk-7", "")); one.ID != "dusk-7" || r.history.asked.ID != "dusk-7" || r.history.asked.Rule != "dusk" {
		t.Errorf("one: %+v, asked %+v", one, r.history.asked)
	}
	r.history.runs = nil
	if got := strings.TrimSpace(r.do("GET /api/rules/dusk/runs", "").Body.String()); got != `{"runs":[],"next":""}` {
		t.Errorf("no runs: %s", got)
	}
	wantProblem(t, r.do("GET /api/rules/dusk/runs/dusk-9", ""), 404, "no run dusk-9")
	wantProblem(t, r.do("GET /api/rules/gone/runs", ""), 404, "there is no rule gone")
	r.history.runs = []store.RuleRun{rowOf(t, aRun("gone-1", rules.Ran))}
	if rec := r.do("GET /api/rules/gone/runs", ""); rec.Code != 200 {
		t.Errorf("the runs of a rule that is gone: %d %s", rec.Code, rec.Body)
	}
}

func TestARunThatCannotBeReadIsForTheLog(t *testing.T) {
	r := newRig(t)
	r.history.runs = []store.RuleRun{{ID: "dusk-1", Data: []byte("{")}}
	wantProblem(t, r.do("GET /api/rules/dusk/runs", ""), 500, "the log says more")
	if !strings.Contains(r.log.String(), "dusk-1") {
		t.Error(r.log)
	}
	r.history.err = fmt.Errorf("runs: %w", store.ErrUnavailable)
	wantProblem(t, r.do("GET /api/rules/dusk/runs", ""), 503, "cannot be read at the moment")
	r.history.err = errors.New("disk on fire")
	wantProblem(t, r.do("GET /api/rules/dusk/runs/x", ""), 500, "the log says more")
}

func TestWhoAsksForARunIsItsCause(t *testing.T) {
	for _, c := range []struct {
		trust   Trust
		headers []string
		cause   entity.CauseKind
	}{
		{TrustSocket, nil, entity.CauseCLI},
		{TrustLoopback, nil, entity.CauseAPI},
		{TrustLoopback, []string{"Origin: http://127.0.0.1:8420"}, entity.CauseUser},
	} {
		r := newRig(t)
		rec := r.on(c.trust, ask("POST /api/rules/dusk/run", "", c.headers...))
		if got := read[rules.Run](t, rec); rec.Code != 200 || got.ID != "dusk-2" || got.Outcome != rules.Running {
			t.Errorf("%d %+v", rec.Code, got)
		}
		if want := []string{"run dusk for " + string(c.cause)}; !reflect.DeepEqual(r.rules.asked, want) {
			t.Errorf("asked %q, want %q", r.rules.asked, want)
		}
	}
}

func TestARuleIsResumed(t *testing.T) {
	r := newRig(t)
	if got := read[ruleBody](t, r.do("POST /api/rules/cold/resume", "")); got.ID != "cold" || got.Paused != nil {
		t.Errorf("got %+v", got)
	}
	for _, line := range []string{"GET /api/rules/attic", "POST /api/rules/attic/run", "POST /api/rules/attic/resume", "GET /api/rules/attic/why-not"} {
		wantProblem(t, r.do(line, ""), 404, "there is no rule attic")
	}
}

func TestRulesThatHaveNotBegunAreSaid(t *testing.T) {
	r := newRig(t)
	for _, c := range []struct {
		err    error
		status int
		says   string
	}{{fmt.Errorf("ask: %w", ErrNotReady), 503, "try again in a moment"}, {errors.New("disk on fire"), 500, "the log says more"}} {
		r.rules.err = c.err
		for _, line := range []string{"GET /api/rules", "GET /api/rules/dusk", "GET /api/rules/dusk/runs", "POST /api/rules/dusk/run",
			"POST /api/rules/dusk/resume", "GET /api/rules/dusk/why-not"} {
			wantProblem(t, r.do(line, ""), c.status, c.says)
		}
	}
	if !strings.Contains(r.log.String(), "disk on fire") {
		t.Error(r.log)
	}
}

// Of what there is not, nobody is told to try again in a moment; and who has mistyped
// is told at any time.
func TestThatThereIsNoSuchRuleIsSaidBeforeTheRulesHaveBegun(t *testing.T) {
	r := newRig(t)
	for _, err := range []error{nil, ErrNotReady} {
		r.rules.err = err
		for _, of := range []string{"GET /api/rules/%s", "GET /api/rules/%s/runs", "POST /api/rules/%s/run", "POST /api/rules/%s/resume",
			"GET /api/rules/%s/why-not", "GET /api/rules/%s/why-not?at=2020-02-29T12:00:00Z"} {
			wantProblem(t, r.do(fmt.Sprintf(of, "dsuk"), ""), 404, "there is no rule dsuk: did you mean dusk?")
			wantProblem(t, r.do(fmt.Sprintf(of, "attic"), ""), 404, `there is no rule attic"`)
		}
	}
	if r.rules.waited != 0 {
		t.Errorf("the rules, which may have to be waited for, were asked %d times", r.rules.waited)
	}
}

func TestParametersOfRulesOutOfTheirBoundsAreRefused(t *testing.T) {
	r := newRig(t)
	for path, says := range map[string]string{
		"/api/rules/dusk/runs?limit=0":                    "1",
		"/api/rules/dusk/runs?limit=501":                  "500",
		"/api/rules/dusk/runs?before=yesterday":           "next of an earlier answer",
		"/api/rules/dusk/runs?before=-5-x":                "next of an earlier answer",
		"/api/rules/dusk/why-not?at=yesterday":            "at",
		"/api/rules/dusk/why-not?at=2999-01-01T00:00:00Z": "must be in the past",
		"/api/entities/porch/why?limit=51":                "50",
	} {
		wantProblem(t, r.do("GET "+path, ""), 422, says)
	}
}

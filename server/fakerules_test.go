package main

import (
	"context"
	"encoding/json"
	"time"

	"hob/internal/entity"
	"hob/internal/rules"
	"hob/internal/store"
	"hob/server/api"
)

// playedRules are the rules and the past of the fake house. dusk has switched the
// porch on two minutes ago, broken does not work, loop is paused, cold is switched
// off, and slow takes until it is looked at twice.
type playedRules struct {
	now    time.Time
	paused bool
	looked int
}

func newPlayedRules() *playedRules { return &playedRules{now: time.Now(), paused: true} }

func (p *playedRules) ago(d time.Duration) int64 { return p.now.Add(-d).UnixMilli() }

func (p *playedRules) run(id entity.RuleID, o rules.Outcome, reason string, steps ...rules.StepTrace) *rules.Run {
	at := p.ago(2 * time.Minute)
	for i := range steps {
		steps[i].At, steps[i].Kind, steps[i].TookMS = at, rules.StepDo, 41
	}
	return &rules.Run{ID: rules.RunID(id) + "-1", Rule: id, At: at, Ended: at + 41, Outcome: o, Reason: reason, Steps: steps,
		If:      &rules.Trace{Text: "alarm is disarmed", Verdict: rules.Yes, Value: "disarmed"},
		Trigger: rules.Fired{Kind: rules.KindTime, Text: "sunset-20m", Due: at}}
}

func (p *playedRules) all() map[entity.RuleID]*rules.Run {
	return map[entity.RuleID]*rules.Run{
		"dusk":   p.run("dusk", rules.Ran, "", rules.StepTrace{What: "porch on", Entity: "porch", Outcome: rules.Ran}),
		"broken": p.run("broken", rules.Failed, "a step failed", rules.StepTrace{What: "pump on", Entity: "pump", Outcome: rules.Failed, Message: "Board shed is offline"}),
		"loop":   p.run("loop", rules.Paused, "it has run 30 times within 1m, and does not for 15m"),
		"slow":   p.run("slow", rules.Running, "", rules.StepTrace{What: "delay 10m", Outcome: rules.Running}),
	}
}

// Status implements api.Rules.
func (p *playedRules) Status(context.Context) ([]rules.Status, error) {
	var out []rules.Status
	runs := p.all()
	for _, id := range []entity.RuleID{"dusk", "broken", "loop", "cold", "slow"} {
		s := rules.Status{Rule: &entity.Rule{ID: id, Name: "Rule " + string(id), Enabled: id != "cold", Mode: entity.ModeSingle}, Last: runs[id]}
		if id == "dusk" {
			s.Next = p.now.Add(23 * time.Hour).UnixMilli()
		}
		if id == "broken" {
			s.RestsUntil = p.now.Add(20 * time.Minute).UnixMilli()
		}
		if id == "slow" {
			s.Running = 1
		}
		if id == "loop" && p.paused {
			s.PausedUntil = p.now.Add(10 * time.Minute).UnixMilli()
		}
		out = append(out, s)
	}
	return out, nil
}

// Declared implements api.Rules.
func (*playedRules) Declared() []entity.RuleID {
	return []entity.RuleID{"dusk", "broken", "loop", "cold", "slow"}
}

// RunNow implements api.Rules.
func (p *playedRules) RunNow(_ context.Context, id entity.RuleID, _ entity.Cause) (rules.Run, error) {
	if id == "cold" {
		return *p.run(id, rules.Skipped, "alarm is armed_away, not disarmed"), nil
	}
	r := p.all()[id]
	if r == nil {
		return rules.Run{}, api.ErrNoRule
	}
	return *r, nil
}

// Resume implements api.Rules.
func (p *playedRules) Resume(_ context.Context, id entity.RuleID) error {
	if p.all()[id] == nil {
		return api.ErrNoRule
	}
	p.paused = false
	return nil
}

// Hook implements api.Rules.
func (*playedRules) Hook(string) (known, busy bool) { return false, false }

// Judge implements api.Rules.
func (*playedRules) Judge(_ context.Context, _ entity.RuleID, w rules.World, _ time.Time) (rules.Judged, error) {
	seen := "disarmed"
	if w != nil {
		seen = w.Entity("porch").State // of the past: the log has it
	}
	return rules.Judged{When: []rules.Trace{{Text: "sunset-20m", Verdict: rules.No, Why: "sunset-20m was last due at 16:12:03"}},
		If: &rules.Trace{Text: "all of", Verdict: rules.No, Why: "porch is " + seen, Parts: []rules.Trace{
			{Text: "alarm is disarmed", Verdict: rules.Yes}, {Text: "porch is on", Verdict: rules.No, Why: "porch is " + seen}}}}, nil
}

// Runs implements api.History.
func (p *playedRules) Runs(_ context.Context, f store.RunFilter) ([]store.RuleRun, bool, error) {
	r := p.all()[f.Rule]
	if r == nil || !f.From.IsZero() && r.At < f.From.UnixMilli() || !f.To.IsZero() && r.At >= f.To.UnixMilli() {
		return nil, false, nil
	}
	if p.looked++; f.Rule == "slow" && p.looked > 1 {
		r.Outcome, r.Steps[0].Outcome = rules.Ran, rules.Ran
	}
	b, err := json.Marshal(r)
	return []store.RuleRun{{ID: string(r.ID), Rule: r.Rule, At: r.At, Outcome: string(r.Outcome), Data: b}}, false, err
}

// CatchUp implements api.History.
func (*playedRules) CatchUp(context.Context) {}

// Changes implements api.History.
func (p *playedRules) Changes(_ context.Context, f store.Filter) (out []store.Change, more bool, err error) {
	for _, l := range []store.Change{
		{Place: store.Place{At: p.ago(2*time.Minute - 40*time.Millisecond)}, What: store.LineState, Entity: "porch", State: "on", Cause: entity.Cause{Kind: entity.CauseRule, By: "dusk"}},
		{Place: store.Place{At: p.ago(90 * time.Minute)}, What: store.LineState, Entity: "porch", State: "off", Cause: entity.Cause{Kind: entity.CauseUser}},
		{Place: store.Place{At: p.ago(100 * time.Minute)}, What: store.LineGap, Until: p.ago(80 * time.Minute)},
	} {
		of := len(f.Entities) == 0 || f.Entities[0] == l.Entity
		if of && (f.To.IsZero() || l.At < f.To.UnixMilli()) && (f.From.IsZero() || l.At >= f.From.UnixMilli()) && len(out) < f.Limit {
			out = append(out, l)
		}
	}
	return out, false, nil
}

// History implements api.History.
func (*playedRules) History(context.Context, entity.ID, time.Time, time.Time, int) (store.History, error) {
	return store.History{}, nil
}

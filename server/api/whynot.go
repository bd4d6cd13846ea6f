package api

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"hob/internal/entity"
	"hob/internal/rules"
	"hob/internal/schedule"
	"hob/internal/store"
)

const (
	// nearAt is how far from the time that is asked about runs are shown, and lately
	// how far back when it is now.
	nearAt   = time.Hour
	lately   = time.Hour
	thatRun  = 2 * time.Minute // a run so near is the one that was meant
	afterGap = 2 * time.Minute // so long after a gap what was due in it has a record
	nearRuns = 5               // at most so many
)

type (
	whyNotInput struct {
		ID entity.RuleID `path:"id" doc:"rule id" example:"dusk"`
		At time.Time     `query:"at" doc:"RFC 3339, in the past; now when it is left out" example:"2026-11-25T16:12:00+01:00"`
	}
	whyNotBody struct {
		Rule    entity.RuleID `json:"rule"`
		Name    string        `json:"name"`
		At      int64         `json:"at"`
		Enabled bool          `json:"enabled" doc:"now, as config.yaml says"`
		Paused  *int64        `json:"paused_until"`
		Next    *int64        `json:"next" doc:"the next time that one of its triggers names; null: there is none"`
		Answer  []string      `json:"answer" doc:"in English: sentences that begin with the reason"`
		When    []rules.Trace `json:"when" doc:"each trigger: whether what it waits for was so, and what was seen"`
		If      *rules.Trace  `json:"if" doc:"its condition; null: it has none"`
		Runs    []rules.Run   `json:"runs" doc:"recorded near that time, oldest first"`
		Gap     bool          `json:"gap" doc:"nothing was recorded at that time"`
	}
)

// whyNot tells why a rule did not run at a time, or does not now.
func (a *API) whyNot(ctx context.Context, in *whyNotInput) (*whyNotBody, error) {
	s, err := a.status(ctx, in.ID)
	if err != nil {
		return nil, a.noAnswer(ctx, in.ID, err)
	}
	now := time.Now()
	at, from, to := now, now.Add(-lately), now.Add(nearly)
	var world rules.World
	var past *recorded
	if !in.At.IsZero() {
		if in.At.After(now) {
			return nil, huma.Error422UnprocessableEntity("at must be in the past; hob simulate tells of the future")
		}
		at = in.At
		past = a.recordedAt(ctx, at)
		world, from, to = past, at.Add(-nearAt), at.Add(nearAt)
	}
	judged, err := a.Rules.Judge(ctx, in.ID, world, at)
	switch {
	case err != nil:
		return nil, a.noAnswer(ctx, in.ID, err)
	case past != nil && past.err != nil:
		return nil, a.notRead(ctx, past.err)
	}
	if past != nil && past.goesOn.After(to) { // what was due in a gap is recorded at its end
		to = past.goesOn.Add(afterGap)
	}
	runs, err := a.runsNear(ctx, in.ID, at, from, to)
	if err != nil {
		return nil, err
	}
	rule := ruleOf(s)
	out := whyNotBody{Rule: in.ID, Name: s.Rule.Name, At: at.UnixMilli(), Enabled: rule.Enabled, Paused: rule.Paused, Next: rule.Next,
		When: judged.When, If: judged.If, Runs: runs, Gap: past != nil && (past.gap || !past.begins.IsZero())}
	if out.When == nil {
		out.When = []rules.Trace{}
	}
	ask := reply{whyNotBody: out, x: a.explainer(ctx), past: past != nil}
	if past != nil {
		ask.begins = past.begins
	}
	for i, t := range s.Rule.When {
		if entity.ByTime(t) && i < len(judged.When) {
			ask.times = append(ask.times, judged.When[i])
		}
	}
	out.Answer = ask.sentences()
	return &out, nil
}

// runsNear are the runs of a rule that are nearest to a time, oldest first.
func (a *API) runsNear(ctx context.Context, id entity.RuleID, at, from, to time.Time) ([]rules.Run, error) {
	list, _, err := a.runs(ctx, store.RunFilter{Rule: id, From: from, To: to, Limit: store.MostRuns})
	if err != nil {
		return nil, err
	}
	far := func(r rules.Run) int64 { return farFrom(&r, at.UnixMilli()) }
	slices.SortStableFunc(list, func(x, y rules.Run) int { return cmp.Compare(far(x), far(y)) })
	list = list[:min(len(list), nearRuns)]
	slices.SortStableFunc(list, func(x, y rules.Run) int { return cmp.Compare(x.At, y.At) })
	return list, nil
}

// farFrom is how far from a moment a run was, or was due: one that was missed is
// recorded when the server runs again. In milliseconds, as at.
func farFrom(r *rules.Run, at int64) int64 {
	far := max(r.At-at, at-r.At)
	if due := r.Trigger.Due; due != 0 {
		far = min(far, max(due-at, at-due))
	}
	return far
}

// reply puts what was found into sentences.
type reply struct {
	whyNotBody
	x      *explainer
	past   bool
	begins time.Time     // the log begins so late, after the time that is asked about; else zero
	times  []rules.Trace // of When, those that go by the clock
}

func (a *reply) sentences() []string {
	var out []string
	if a.Paused != nil && !a.past {
		out = append(out, fmt.Sprintf("It has run too often and is paused until %s; hob rules resume %s lifts that.", a.clock(*a.Paused), a.Rule))
	}
	if r := a.nearest(thatRun); r != nil {
		return append(out, a.ofRun(r)...)
	}
	if !a.Enabled {
		out = append(out, "It is switched off: config.yaml says enabled: false.")
	}
	if a.Gap {
		out = append(out, a.ofGap())
	} else {
		out = append(out, a.ofTriggers())
		if a.If != nil && a.If.Verdict != rules.Yes {
			out = append(out, a.ofCondition())
		}
	}
	if r := a.nearest(nearAt); r != nil {
		out = append(out, fmt.Sprintf("Its nearest run was at %s%s: %s.", a.clock(r.At), a.away(r.At), r.Outcome))
	}
	return out
}

// ofGap is what can be said of a time of which nothing is recorded.
func (a *reply) ofGap() string {
	words := "Nothing was recorded at that time: the server was not running, or could not write"
	if !a.begins.IsZero() {
		words = "Nothing is recorded of that time: the log begins at " + a.clock(a.begins.UnixMilli())
	}
	for _, t := range a.times {
		words += "; " + t.Why
	}
	return words + "."
}

// away is how long before or after the time that is asked about something was;
// of now it is not said.
func (a *reply) away(ms int64) string {
	far := time.Duration(ms-a.At) * time.Millisecond
	switch {
	case !a.past || far.Abs() < time.Second:
		return ""
	case far > 0:
		return fmt.Sprintf(", %s later", schedule.DurationText(far.Round(time.Second)))
	}
	return fmt.Sprintf(", %s before", schedule.DurationText(far.Abs().Round(time.Second)))
}

// nearest is the run that is nearest to the time that is asked about, and not
// further from it than that; of now it is the last one lately.
func (a *reply) nearest(most time.Duration) *rules.Run {
	var best *rules.Run
	within := most.Milliseconds()
	if !a.past {
		within = lately.Milliseconds()
	}
	for i := range a.Runs {
		if far := farFrom(&a.Runs[i], a.At); far <= within {
			best, within = &a.Runs[i], far
		}
	}
	return best
}

func (a *reply) ofRun(r *rules.Run) []string {
	at := a.clock(r.At) + a.away(r.At)
	fired := fmt.Sprintf("It was set off at %s (%s)", at, a.x.firedWords(r))
	reason := r.Reason
	if reason != "" {
		reason = ": " + reason
	}
	switch r.Outcome {
	case rules.Ran:
		return []string{fmt.Sprintf("It did run, at %s (%s).", at, a.x.firedWords(r))}
	case rules.Running:
		return []string{fmt.Sprintf("It runs since %s (%s)%s.", a.clock(r.At), a.x.firedWords(r), reason)}
	case rules.Failed, rules.Refused:
		out := []string{fmt.Sprintf("It did run, at %s (%s), and not all of it worked out%s.", at, a.x.firedWords(r), reason)}
		for _, s := range r.Steps {
			if s.Message != "" && s.Outcome != rules.Ran {
				out = append(out, fmt.Sprintf("%s: %s.", s.What, strings.TrimSuffix(s.Message, ".")))
			}
		}
		return out
	case rules.Missed:
		return []string{fmt.Sprintf("It was due and did not run (%s)%s.", a.x.firedWords(r), reason)}
	case rules.Paused:
		return []string{fmt.Sprintf("%s, and was paused%s.", fired, reason)}
	}
	return []string{fmt.Sprintf("%s, and was %s%s.", fired, r.Outcome, reason)}
}

func (a *reply) ofTriggers() string {
	var why []string
	for _, t := range a.When {
		if t.Why != "" {
			why = append(why, t.Why)
		}
	}
	words := "Nothing has set it off in the last hour"
	if a.past {
		words = "Nothing set it off around " + a.clock(a.At)
	}
	if len(why) > 0 {
		words += ": " + strings.Join(why, "; ")
	}
	return words + "."
}

func (a *reply) ofCondition() string {
	if a.If.Verdict == rules.Unknown {
		return fmt.Sprintf("Its condition cannot be judged, and what is not known lets no rule run: %s.", cmp.Or(a.If.Why, "nobody knows"))
	}
	would := "would not have let it run"
	if !a.past {
		would = "would not let it run now"
	}
	return fmt.Sprintf("Its condition %s: %s.", would, cmp.Or(a.If.Why, string(a.If.Verdict)))
}

// clock is a time in the house's zone, with its day when that is another one.
func (a *reply) clock(ms int64) string {
	at, then := time.UnixMilli(ms).In(a.x.zone), time.UnixMilli(a.At).In(a.x.zone)
	if at.Format(time.DateOnly) == then.Format(time.DateOnly) {
		return at.Format("15:04:05")
	}
	return at.Format("15:04:05 on Mon 2 Jan")
}

// formatted is a number as people write it.
func formatted(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

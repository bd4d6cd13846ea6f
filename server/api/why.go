package api

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"hob/internal/entity"
	"hob/internal/rules"
	"hob/internal/store"
)

const (
	mostSteps = 12 // of a chain of causes
	nearly    = 2 * time.Second
	// What was told at once has done what it does by then: a scene, a button.
	soon = 2 * time.Minute
	// someLines is how many lines of the log are looked through for a cause.
	someLines = 20
)

type (
	whyInput struct {
		ID    entity.ID `path:"id" doc:"entity id" example:"porch"`
		Limit int       `query:"limit" minimum:"1" maximum:"50" default:"3" doc:"how many of the last changes"`
	}
	whyBody struct {
		Entity    entity.ID    `json:"entity"`
		Name      string       `json:"name"`
		State     string       `json:"state"`
		Available bool         `json:"available"`
		Changes   [][]whyStep  `json:"changes" doc:"the newest first; of each the chain of causes, beginning with the change itself"`
		Gaps      []changeBody `json:"gaps" doc:"times in which nothing was recorded, among the newest lines of the log"`
	}
	whyStep struct {
		Kind    whyKind       `json:"kind" enum:"change,run,origin,unrecorded"`
		At      int64         `json:"at"`
		Text    string        `json:"text" doc:"in English: what happened"`
		Details []string      `json:"details,omitempty" doc:"of a run: what set it off and what its condition saw"`
		Entity  entity.ID     `json:"entity,omitempty"`
		State   string        `json:"state,omitempty"`
		Cause   *entity.Cause `json:"cause,omitempty"`
		Rule    entity.RuleID `json:"rule,omitempty"`
		Run     rules.RunID   `json:"run,omitempty"`
	}
	whyKind string
)

// Values of whyKind.
const (
	whyChange     whyKind = "change"     // an entity changed
	whyRun        whyKind = "run"        // of a rule
	whyOrigin     whyKind = "origin"     // the first cause, of which there is no other
	whyUnrecorded whyKind = "unrecorded" // the chain breaks off: this was not recorded, or is gone
)

// why tells how the last changes of an entity came about.
func (a *API) why(ctx context.Context, in *whyInput) (*whyBody, error) {
	lines, _, err := a.caughtUp(ctx).Changes(ctx, store.Filter{Entities: []entity.ID{in.ID}, Limit: min(someMore*in.Limit+mostRepeated, store.MaxLines)})
	if err != nil {
		return nil, a.notRead(ctx, err)
	}
	rec, declared := a.House.Entity(in.ID)
	if !declared && len(lines) == 0 {
		return nil, huma.Error404NotFound("there is no entity " + string(in.ID))
	}
	out := whyBody{Entity: in.ID, Name: rec.Name, State: rec.State, Available: rec.Available, Changes: [][]whyStep{}, Gaps: []changeBody{}}
	if declared {
		if l, ok := lineOf(&rec); ok && newer(l, lines) {
			lines = append([]store.Change{l}, lines...)
		}
	}
	x := a.explainer(ctx)
	switch rec.Kind {
	case entity.KindGarageDoor, entity.KindAlarm:
		lines = withoutRepeated(lines)
	case entity.KindButton: // down and up again are parts of what somebody did with it
		lines = slices.DeleteFunc(lines, func(l store.Change) bool { return l.What == store.LineState })
	}
	for _, l := range lines[:min(len(lines), in.Limit)] {
		out.Changes = append(out.Changes, x.chain(l))
	}
	if x.err != nil {
		return nil, a.notRead(ctx, x.err)
	}
	if out.Gaps, err = a.gaps(ctx); err != nil {
		return nil, a.notRead(ctx, err)
	}
	return &out, nil
}

// gaps are the times of late in which nothing was recorded.
func (a *API) gaps(ctx context.Context) ([]changeBody, error) {
	lines, _, err := a.History.Changes(ctx, store.Filter{Limit: store.MaxLines})
	if err != nil {
		return nil, err
	}
	lines = slices.DeleteFunc(lines, func(l store.Change) bool { return l.What != store.LineGap })
	return changesOf(lines, false).Changes, nil
}

// lineOf is the last change of an entity as the house shows it; false: none is
// known. The log may not have it yet, and never has what is measured.
func lineOf(rec *entity.Record) (store.Change, bool) {
	l := store.Change{Place: store.Place{At: rec.Changed}, What: store.LineState, Entity: rec.ID, State: rec.State, Cause: rec.Cause}
	switch a := rec.Attributes.(type) {
	case entity.LightAttributes:
		if a.Brightness > 0 {
			l.Number = &a.Brightness
		}
	case entity.ButtonAttributes:
		if a.EventAt == rec.Changed {
			l.What, l.Gesture = store.LineGesture, a.Event
		}
	}
	return l, rec.Changed != 0 && rec.State != entity.StateUnknown
}

// newer says whether a change came after all that the log tells of its entity. What a
// clock wrote that was in another year then came before.
func newer(l store.Change, lines []store.Change) bool {
	now := time.Now().UnixMilli()
	return !slices.ContainsFunc(lines, func(old store.Change) bool { return old.At == l.At || old.At > l.At && old.At <= now })
}

// explainer finds causes. It keeps the first error and finds nothing after it.
type explainer struct {
	ctx     context.Context
	history History
	live    func(entity.ID) (entity.Record, bool)
	zone    *time.Location
	told    map[string]bool // lines and runs of the chain at hand, so that no cycle is followed
	err     error
}

func (a *API) explainer(ctx context.Context) *explainer {
	return &explainer{ctx: ctx, history: a.History, live: a.House.Entity, zone: a.zone()}
}

// zone is the house's; the computer's when it names none.
func (a *API) zone() *time.Location {
	if name := a.House.Snapshot().House.Timezone; name != "" {
		if z, err := time.LoadLocation(name); err == nil {
			return z
		}
	}
	return time.Local
}

// chain is a change and its causes, the first of all last.
func (x *explainer) chain(l store.Change) []whyStep {
	x.told = map[string]bool{}
	var out []whyStep
	for next := &l; next != nil; {
		next = x.began(next)
		key := fmt.Sprint(next.Entity, " ", next.What, " ", next.At)
		switch {
		case x.told[key]:
			return append(out, whyStep{Kind: whyUnrecorded, At: next.At, Text: "of what is told above"})
		case len(out) >= mostSteps:
			return append(out, whyStep{Kind: whyUnrecorded, At: next.At, Text: "of more that came before, which is not told here"})
		}
		x.told[key] = true
		out = append(out, changeStep(next))
		var more []whyStep
		more, next = x.cause(next)
		out = append(out, more...)
	}
	return out
}

func changeStep(l *store.Change) whyStep {
	return whyStep{Kind: whyChange, At: l.At, Text: changeWords(l), Entity: l.Entity, State: l.State, Cause: &l.Cause}
}

// cause is what came before a change: steps that have no cause of their own, or
// are told whole, and the change to go on with.
func (x *explainer) cause(l *store.Change) (steps []whyStep, next *store.Change) {
	if words := boardWords(l); words != "" {
		return []whyStep{origin(l, words)}, nil
	}
	if l.Entity == entity.AlarmID && (l.Cause.Kind == entity.CauseBoard || l.Cause.Kind == entity.CauseDeadline) {
		return x.alarm(l)
	}
	at := time.UnixMilli(l.At)
	by := entity.ID(l.Cause.By)
	switch l.Cause.Kind {
	case entity.CauseBoard:
		if rec, ok := x.live(l.Entity); ok && rec.Kind == entity.KindGarageDoor {
			return x.door(l)
		}
	case entity.CauseRule:
		return x.run(l)
	case entity.CauseScene:
		next = x.before(by, at, soon, func(c *store.Change) bool { return c.What == store.LineState })
	case entity.CauseAlarm:
		next = x.before(entity.AlarmID, at, soon, func(c *store.Change) bool { return c.What == store.LineState })
	case entity.CauseButton:
		next = x.before(by, at, soon, func(c *store.Change) bool { return c.What == store.LineGesture })
	case entity.CauseOffAfter, entity.CauseMaxOn, entity.CauseDeadline:
		// What ran out began with the change before this one.
		return []whyStep{origin(l, originWords(l.Cause))}, x.before(l.Entity, at, 0, func(c *store.Change) bool {
			return c.What == store.LineState && c.Place != l.Place && c.At < l.At
		})
	}
	if next != nil {
		return nil, next
	}
	return []whyStep{origin(l, originWords(l.Cause))}, nil
}

func origin(l *store.Change, words string) whyStep {
	return whyStep{Kind: whyOrigin, At: l.At, Text: words, Cause: &l.Cause}
}

// run is the run of a rule that a change came of, and what set it off.
func (x *explainer) run(l *store.Change) (steps []whyStep, next *store.Change) {
	rule := entity.RuleID(l.Cause.By)
	r := x.runOf(rule, l)
	if r == nil {
		return []whyStep{{Kind: whyUnrecorded, At: l.At, Rule: rule, Text: fmt.Sprintf("rule %s ran, and no record of that run is kept", rule)}}, nil
	}
	if x.told[string(r.ID)] {
		return []whyStep{{Kind: whyUnrecorded, At: r.At, Rule: rule, Run: r.ID, Text: "of that same run, which is told above"}}, nil
	}
	x.told[string(r.ID)] = true
	step := whyStep{Kind: whyRun, At: r.At, Rule: rule, Run: r.ID, Text: runWords(r), Details: x.details(r)}
	f, at := r.Trigger, time.UnixMilli(r.At)
	switch f.Kind {
	case rules.KindState:
		next = x.before(f.Entity, at, 0, func(c *store.Change) bool { return c.What == store.LineState && c.State == f.To })
	case rules.KindButton:
		next = x.before(f.Entity, at, soon, func(c *store.Change) bool { return c.What == store.LineGesture })
	case rules.KindAsked:
		if f.Cause != nil {
			return []whyStep{step, {Kind: whyOrigin, At: r.At, Cause: f.Cause, Text: askedWords(*f.Cause)}}, nil
		}
	}
	if next == nil && f.Cause != nil {
		return []whyStep{step, {Kind: whyOrigin, At: r.At, Cause: f.Cause, Text: originWords(*f.Cause)}}, nil
	}
	return []whyStep{step}, next
}

// runOf is the run of a rule that has changed an entity: the last one before that
// which asked for something of it.
func (x *explainer) runOf(rule entity.RuleID, l *store.Change) *rules.Run {
	latest := time.UnixMilli(l.At).Add(nearly)
	rows, _, err := x.history.Runs(x.ctx, store.RunFilter{Rule: rule, To: latest, Limit: someLines})
	if err != nil {
		x.err = err
		return nil
	}
	var list []rules.Run
	for _, row := range rows {
		var r rules.Run
		if json.Unmarshal(row.Data, &r) == nil { // what cannot be read tells nothing
			list = append(list, r)
		}
	}
	// Boards have clocks of their own, so that a change may seem to come before what it came of.
	for _, by := range []int64{l.At, latest.UnixMilli()} {
		for i := range list {
			if list[i].At <= by && slices.ContainsFunc(list[i].Steps, func(s rules.StepTrace) bool { return s.Kind == rules.StepDo && s.Entity == l.Entity && s.At <= by }) {
				return &list[i]
			}
		}
	}
	// A record keeps the name that an entity had when the rule ran, and the log does not.
	for i := range list {
		if slices.ContainsFunc(list[i].Steps, func(s rules.StepTrace) bool { return s.Kind == rules.StepDo && x.renamed(s, l) }) {
			return &list[i]
		}
	}
	return nil
}

// renamed says whether a step may have asked for a change under a name that its
// entity had then: that of none now, at the time of the change.
func (x *explainer) renamed(s rules.StepTrace, l *store.Change) bool {
	if _, is := x.live(s.Entity); is {
		return false
	}
	return time.Duration(max(s.At-l.At, l.At-s.At))*time.Millisecond <= nearly
}

// before is the last change of an entity that fits, at a moment or not longer
// before it than within; 0 is any time.
func (x *explainer) before(id entity.ID, at time.Time, within time.Duration, fits func(*store.Change) bool) *store.Change {
	if id == "" || x.err != nil {
		return nil
	}
	f := store.Filter{Entities: []entity.ID{id}, To: at.Add(nearly), Limit: someLines}
	if within > 0 {
		f.From = at.Add(-within)
	}
	lines, _, err := x.history.Changes(x.ctx, f)
	if err != nil {
		x.err = err
		return nil
	}
	if rec, ok := x.live(id); ok { // what the log does not have yet
		if l, ok := lineOf(&rec); ok && newer(l, lines) && l.At < f.To.UnixMilli() && l.At >= at.Add(-soon).UnixMilli() {
			lines = append([]store.Change{l}, lines...)
		}
	}
	for _, by := range []time.Time{at, f.To} { // see runOf
		for i := range lines {
			if lines[i].At <= by.UnixMilli() && fits(&lines[i]) {
				return &lines[i]
			}
		}
	}
	return nil
}

package rules

import (
	"fmt"
	"time"

	"hob/internal/entity"
	"hob/internal/schedule"
)

// Judged is how a rule stands at a moment: what would set it off and what would
// let it run. It is for people who ask why it did not.
type Judged struct {
	// When has one trace for each trigger, in the order of the file: yes where it
	// is due in that very minute (a time), or where what it waits for is so (a state,
	// a number, a board), which alone does not set it off: it must become so. Value
	// is what was seen, or when it is due next, and Why a sentence on both.
	When []Trace
	If   *Trace // of the condition; nil when the rule has none
}

// Judge says how a rule stands in a world at a moment; false: there is no such rule.
func (p *Program) Judge(id entity.RuleID, w World, at time.Time) (Judged, bool) {
	r := p.byID[id]
	if r == nil {
		return Judged{}, false
	}
	out := Judged{When: make([]Trace, 0, len(r.triggers))}
	for i := range r.triggers {
		out.When = append(out.When, p.judge(&r.triggers[i], w, at))
	}
	if r.when != nil {
		t := r.when.trace(w, at)
		out.If = &t
	}
	return out, true
}

// Judge is Program.Judge in the house as the engine sees it.
func (e *Engine) Judge(id entity.RuleID, at time.Time) (Judged, bool) {
	return e.program.Judge(id, e, at)
}

func (p *Program) judge(t *trigger, w World, at time.Time) Trace {
	out := Trace{Text: t.text, Verdict: No}
	switch s := t.spec.(type) {
	case entity.OnState:
		out = about(t, inState{p.ground, entity.InState{Entity: s.Entity, State: s.To}}.trace(w, at))
	case entity.OnLevel:
		out = about(t, atLevel{p.ground, s.Threshold}.trace(w, at))
	case entity.OnBoard:
		return p.judgeBoard(t, s, w)
	case entity.OnGesture:
		out.Why = fmt.Sprintf("it waits for a %s of %s", s.Gesture, s.Button)
	case entity.OnWebhook:
		out.Why = "it waits for somebody to ask for its webhook"
	case entity.OnStart:
		out.Why = "it waits for a start of the server"
	default:
		p.judgeTime(t, at, &out)
	}
	return out
}

// about makes of the trace of what a trigger waits for one of the trigger.
func about(t *trigger, seen Trace) Trace {
	seen.Text = t.text
	if seen.Verdict == Yes {
		seen.Why = fmt.Sprintf("%s is %s, and only becoming so sets it off", t.entity, seen.Value)
		if t.held > 0 {
			seen.Why += ", after " + schedule.DurationText(t.held)
		}
	}
	return seen
}

func (p *Program) judgeBoard(t *trigger, s entity.OnBoard, w World) Trace {
	out := Trace{Text: t.text, Verdict: No}
	link := w.Board(s.Board)
	if link == LinkUnknown {
		out.Verdict, out.Why = Unknown, fmt.Sprintf("nobody knows how the board %s was", s.Board)
		return out
	}
	out.Value = linkOf(link == LinkOnline)
	out.Why = fmt.Sprintf("the board %s is %s", s.Board, out.Value)
	if s.Online == (link == LinkOnline) {
		out.Verdict = Yes
		out.Why += ", and only becoming so sets it off"
	}
	return out
}

// judgeTime says when a trigger by time was and will be due.
func (p *Program) judgeTime(t *trigger, at time.Time, out *Trace) {
	last, was := lastBefore(t.occurs, at)
	next, will := t.occurs.Next(at)
	if was && at.Sub(last) < time.Minute {
		out.Verdict = Yes
	}
	if will {
		out.Value = next.In(p.ground.zone).Format(time.RFC3339)
	}
	switch {
	case was && will:
		out.Why = fmt.Sprintf("%s was last due %s, and is next %s", t.text, p.moment(last, at), p.moment(next, at))
	case was:
		out.Why = fmt.Sprintf("%s was last due %s, and never is again", t.text, p.moment(last, at))
	case will:
		out.Why = fmt.Sprintf("%s is first due %s", t.text, p.moment(next, at))
	default:
		out.Why = t.text + " is never due"
	}
}

// lastBefore is the last occurrence up to a moment, within about a year. It looks
// at few of those that come often.
func lastBefore(o schedule.Occurrences, at time.Time) (time.Time, bool) {
	const day = 24 * time.Hour
	for _, back := range []time.Duration{time.Minute, time.Hour, day, 8 * day, 367 * day} {
		if last, ok := schedule.Latest(o, at.Add(-back), at); ok {
			return last, true
		}
	}
	return time.Time{}, false
}

// moment is a time for people, with its day unless that is the one of as seen from.
func (p *Program) moment(t, from time.Time) string {
	t, from = t.In(p.ground.zone), from.In(p.ground.zone)
	switch {
	case schedule.DateOf(t) == schedule.DateOf(from):
		return t.Format("at 15:04:05")
	case t.Sub(from).Abs() < 300*24*time.Hour:
		return t.Format("on Mon 2 Jan at 15:04:05")
	}
	return t.Format("on Mon 2 Jan 2006 at 15:04:05")
}

package rules

import (
	"fmt"
	"strings"
	"time"

	"hob/internal/entity"
	"hob/internal/schedule"
)

// advance takes a run's steps until one has to be waited for.
func (e *Engine) advance(s *state, r *run) {
	code := s.rule.code
	for r.pc < len(code) {
		i := &code[r.pc]
		switch i.kind {
		case StepDo, StepCall:
			e.act(s, r, i)
			r.awaited = true
			e.note(r.Run)
			return
		case StepNotify:
			e.act(s, r, i)
			e.stepEnds(r, Ran, entity.Said{})
		case StepDelay:
			e.step(r, i)
			r.deadline = max(e.now.Up+i.lasts, 1) // 0 would be none
			e.note(r.Run)
			return
		case StepWait:
			e.step(r, i)
			r.deadline = max(e.now.Up+i.lasts, 1)
			e.waiting++
			if !e.waitEnds(s, r, i) {
				e.note(r.Run)
				return
			}
		case StepChoose:
			t := i.cond.trace(e, e.now.Wall)
			e.step(r, i).If = &t
			e.stepEnds(r, Ran, entity.Said{Message: decided(i.cond, &t)})
			if t.Verdict != Yes {
				r.pc = i.jump
				continue
			}
		case StepStop:
			e.step(r, i)
			e.stepEnds(r, Ran, entity.Said{})
			r.pc = len(code)
			continue
		default:
			r.pc = i.jump
			continue
		}
		r.pc++
	}
	e.finish(s, r, "")
}

// step notes that a step begins.
func (e *Engine) step(r *run, i *instruction) *StepTrace {
	r.stepUp = e.now.Up
	r.Steps = append(r.Steps, StepTrace{What: i.text, Kind: i.kind, At: e.now.Wall.UnixMilli(), Outcome: Running})
	return &r.Steps[len(r.Steps)-1]
}

// stepEnds notes how the last step ended.
func (e *Engine) stepEnds(r *run, o Outcome, said entity.Said) {
	last := &r.Steps[len(r.Steps)-1]
	last.Outcome, last.Message, last.Detail, last.Params = o, said.Message, said.Detail, said.Params
	last.TookMS = (e.now.Up - r.stepUp).Milliseconds()
}

// act has something done.
func (e *Engine) act(s *state, r *run, i *instruction) {
	step := e.step(r, i)
	if i.do != nil {
		step.Entity = i.do.Target
	}
	a := Act{Run: r.ID, Rule: r.Rule, Step: len(r.Steps) - 1, Notify: i.notify, Call: i.call, Opens: i.opens}
	if i.do != nil {
		a.Do = &i.do.Task
	}
	e.out.Acts = append(e.out.Acts, a)
	e.touch(s)
}

// ended takes how an act has ended.
func (e *Engine) ended(s *state, id RunID, step int, result Result) {
	for _, r := range s.runs {
		if r.ID != id || !r.awaited || step != len(r.Steps)-1 {
			continue
		}
		r.awaited = false
		e.stepEnds(r, result.Outcome, result.Said)
		e.touch(s)
		e.actEnds(s, r)
		return
	}
}

// actEnds goes on after an act, unless it did not work out and the rest depends on it.
func (e *Engine) actEnds(s *state, r *run) {
	i := &s.rule.code[r.pc]
	if r.Steps[len(r.Steps)-1].Outcome != Ran && (i.do != nil && i.do.StopIfFailed || i.call != nil && i.call.StopIfFailed) {
		e.finish(s, r, "the steps after it were not taken")
		return
	}
	r.pc++
	e.advance(s, r)
}

// waitEnds looks whether a wait is over.
func (e *Engine) waitEnds(s *state, r *run, i *instruction) bool {
	if e.now.Up < r.deadline && i.cond.verdict(e, e.now.Wall) != Yes {
		return false
	}
	t := i.cond.trace(e, e.now.Wall)
	r.Steps[len(r.Steps)-1].If = &t
	e.stepEnds(r, Ran, entity.Said{Message: waited(i.cond, &t, e.now.Up-r.stepUp)})
	r.deadline = 0
	e.waiting--
	e.touch(s)
	return true
}

// decided is which way a choice went, and what it saw.
func decided(c condition, t *Trace) string {
	switch t.Verdict {
	case Yes:
		return "yes" + seen(c, t)
	case No:
		return "no: " + t.Why
	}
	return "not known: " + t.Why
}

// waited is how a wait ended, and what it saw.
func waited(c condition, t *Trace, lasted time.Duration) string {
	switch {
	case t.Verdict != Yes:
		return fmt.Sprintf("gave up after %s: %s", roughly(lasted), t.Why)
	case lasted < shown:
		return "at once" + seen(c, t)
	}
	return fmt.Sprintf("after %s%s", roughly(lasted), seen(c, t))
}

// seen is what has a condition hold, after a colon; nothing where its words, which
// stand before that, have said it.
func seen(c condition, t *Trace) string {
	if why := c.because(t); why != wordsOf(c) {
		return ": " + why
	}
	return ""
}

// shown is the least time that a step says it has waited.
const shown = 100 * time.Millisecond

// roughly is a time as exact as anybody cares who reads it.
func roughly(d time.Duration) string {
	to := shown
	if d >= 10*time.Second {
		to = time.Second
	}
	return schedule.DurationText(d.Round(to))
}

// finish ends a run by how its steps went.
func (e *Engine) finish(s *state, r *run, also string) {
	var wrong []string
	acted, failed, refused, interrupted := 0, 0, 0, 0
	for _, step := range r.Steps {
		if step.Kind.acts() {
			acted++
		}
		switch step.Outcome {
		case Failed:
			failed++
		case Refused:
			refused++
		case Interrupted:
			interrupted++
		default:
			continue
		}
		wrong = append(wrong, fmt.Sprintf("%s: %s", step.What, step.Message))
	}
	outcome := Ran
	switch {
	case interrupted > 0:
		outcome = Interrupted
	case refused > 0 && refused == acted:
		outcome = Refused
	case failed+refused > 0:
		outcome = Failed
	}
	if also != "" {
		wrong = append(wrong, also)
	}
	e.end(s, r, outcome, entity.Said{Message: strings.Join(wrong, "; ")})
	e.dequeue(s)
}

// dequeue begins the next run that waits. One whose turn comes while the rule rests does
// not run, as if it had fired then.
func (e *Engine) dequeue(s *state) {
	for len(s.runs) == 0 && len(s.queue) > 0 {
		next := s.queue[0]
		s.queue = s.queue[1:]
		if e.now.Up < s.cooling {
			e.end(s, next, Skipped, e.rests(s))
			continue
		}
		e.tryStart(s, next)
	}
}

// stop gives a run up.
func (e *Engine) stop(s *state, r *run, why entity.Said) {
	if r.waitsFor(s.rule) != nil {
		e.waiting--
	}
	if n := len(r.Steps); n > 0 && r.Steps[n-1].Outcome == Running {
		e.stepEnds(r, Stopped, entity.Said{})
	}
	e.end(s, r, Stopped, why)
}

// abandon gives up all that a rule has under way.
func (e *Engine) abandon(s *state, why entity.Said) {
	for len(s.runs) > 0 {
		e.stop(s, s.runs[0], why)
	}
	for _, r := range s.queue {
		e.end(s, r, Stopped, why)
	}
	s.queue = nil
}

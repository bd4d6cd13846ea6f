package rules

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"hob/internal/entity"
	"hob/internal/schedule"
)

// fire is what a trigger does: a run begins, or a record says why not. With late
// it is one of several occurrences that are made up for, each of which is to run.
func (e *Engine) fire(s *state, f Fired, late bool) RunID {
	spec := s.rule.spec
	if s.paused != nil {
		s.paused.More++
		e.touch(s)
		return s.paused.ID
	}
	if e.now.Up < s.cooling {
		return e.record(s, f, Skipped, e.rests(s), 0)
	}
	var judged *Trace
	if s.rule.when != nil {
		t := s.rule.when.trace(e, e.now.Wall)
		judged = &t
		if t.Verdict != Yes {
			r := s.newRun(e.now, f)
			r.If = judged
			return e.end(s, r, Skipped, entity.Said{Message: t.Why})
		}
	}
	r := s.newRun(e.now, f)
	r.If = judged
	if len(s.runs) > 0 {
		mode, most := spec.Mode, MostQueued
		if late {
			mode, most = entity.ModeQueued, MostMadeUp
		}
		switch mode {
		case entity.ModeRestart:
			for _, old := range slices.Clone(s.runs) {
				e.stop(s, old, entity.Say("run_begins_anew", "it was triggered again, and begins anew"))
			}
		case entity.ModeQueued:
			if len(s.queue) >= most {
				return e.end(s, r, Skipped, entity.Say("run_queue_full", "{count} runs wait already", "count", len(s.queue)))
			}
			r.Outcome = Running
			r.because(entity.Say("run_waits", "it waits for the run before it"))
			s.queue = append(s.queue, r)
			e.touch(s)
			e.note(r.Run)
			return r.ID
		default:
			return e.end(s, r, Skipped, entity.Say("run_still_runs", "it still runs"))
		}
	}
	e.tryStart(s, r)
	return r.ID
}

// rests is why a rule does not run that has just done so.
func (e *Engine) rests(s *state) entity.Said {
	return entity.Say("run_rests", "it ran less than {cooldown} ago, and rests until {until}",
		"cooldown", schedule.DurationText(s.rule.spec.Cooldown), "until", e.clock(s.cooling))
}

// newRun is a run that has not begun.
func (s *state) newRun(now Now, f Fired) *run {
	s.count++
	at := now.Wall.UnixMilli()
	id := fmt.Sprintf("%s-%s-%s", s.rule.spec.ID, strconv.FormatInt(at, 36), strconv.FormatUint(s.count, 36))
	return &run{Run: Run{ID: RunID(id), Rule: s.rule.spec.ID, At: at, Trigger: f, Steps: []StepTrace{}}}
}

// record is a firing that comes to nothing.
func (e *Engine) record(s *state, f Fired, o Outcome, why entity.Said, more int) RunID {
	r := s.newRun(e.now, f)
	r.More = more
	return e.end(s, r, o, why)
}

// end has a run over: it is recorded, and no longer waited for.
func (e *Engine) end(s *state, r *run, o Outcome, why entity.Said) RunID {
	r.Outcome, r.Ended = o, e.now.Wall.UnixMilli()
	r.because(why)
	r.deadline, r.awaited = 0, false
	delete(e.byRun, r.ID)
	s.runs = slices.DeleteFunc(s.runs, func(other *run) bool { return other == r })
	s.last = &r.Run
	e.touch(s)
	e.note(r.Run)
	return r.ID
}

// late says whether a run makes up for an occurrence that has passed.
func (r *run) late() bool {
	return r.Trigger.Kind == KindTime && time.Duration(r.At-r.Trigger.Due)*time.Millisecond >= time.Minute
}

// tryStart begins a run unless the rule runs too often. What is made up for does
// not count as that.
func (e *Engine) tryStart(s *state, r *run) {
	if !r.late() && e.tooOften(s) {
		e.pause(s, r)
		return
	}
	e.start(s, r)
}

// start begins a run.
func (e *Engine) start(s *state, r *run) {
	spec := s.rule.spec
	if !r.late() {
		s.begun = append(s.begun, e.now.Up)
	}
	if spec.Cooldown > 0 {
		s.cooling = e.now.Up + spec.Cooldown
	}
	r.Outcome = Running
	r.because(entity.Said{})
	s.runs = append(s.runs, r)
	s.last = &r.Run
	e.byRun[r.ID] = s
	e.touch(s)
	e.out.Durable = true
	e.advance(s, r)
}

// tooOften says whether one more run would be too many.
func (e *Engine) tooOften(s *state) bool {
	s.begun = slices.DeleteFunc(s.begun, func(at time.Duration) bool { return e.now.Up-at >= RunsWithin })
	return len(s.begun) >= MostRuns
}

// pause stops a rule that runs too often, and tells everybody.
func (e *Engine) pause(s *state, r *run) {
	name := s.rule.spec.ID
	why := entity.Say("rule_paused", "The rule {rule} has run {runs} times within {_within}. It does not run for {_pause} now: it may set itself off.",
		"rule", name, "runs", MostRuns, "seconds", int(RunsWithin.Seconds()), "minutes", int(Pause.Minutes()),
		"_within", schedule.DurationText(RunsWithin), "_pause", schedule.DurationText(Pause))
	e.out.Acts = append(e.out.Acts, Act{Run: r.ID, Rule: name, Notify: &entity.Notify{Everyone: true, Text: why.Message}, Said: why})
	e.end(s, r, Paused, entity.Say("run_too_often", "it has run {runs} times within {_within}, and does not for {_pause}",
		"runs", MostRuns, "seconds", int(RunsWithin.Seconds()), "minutes", int(Pause.Minutes()),
		"_within", schedule.DurationText(RunsWithin), "_pause", schedule.DurationText(Pause)))
	s.paused, s.until = &r.Run, e.now.Up+Pause
	for _, waiting := range s.queue {
		e.end(s, waiting, Stopped, entity.Say("run_rule_paused", "the rule was paused"))
	}
	s.queue, s.last = nil, s.paused
}

// resume ends a pause.
func (e *Engine) resume(s *state, why string) {
	if s.paused == nil {
		return
	}
	s.paused.Ended = e.now.Wall.UnixMilli()
	s.paused.Reason += "; " + why
	switch n := s.paused.More; n {
	case 0:
	case 1:
		s.paused.Reason += "; 1 firing came to nothing meanwhile"
	default:
		s.paused.Reason += fmt.Sprintf("; %d firings came to nothing meanwhile", n)
	}
	e.note(*s.paused)
	if s.last != nil && s.last.ID == s.paused.ID { // after a restart they are two
		s.last = s.paused
	}
	s.paused, s.begun = nil, nil
	e.touch(s)
}

// clock is what the clock shows at a time by Up, for people.
func (e *Engine) clock(up time.Duration) string {
	return e.now.wallOf(up).In(e.program.ground.zone).Format("15:04:05")
}

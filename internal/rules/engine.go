package rules

import (
	"cmp"
	"slices"
	"time"

	"hob/internal/entity"
)

// Engine runs the rules of one house. It is for one goroutine. What it is given
// and what it gives are not to be changed afterwards.
type Engine struct {
	program *Program
	states  []*state // of the program's rules, in their order
	byRun   map[RunID]*state
	seen    map[entity.ID]Seen
	links   map[entity.BoardName]Link

	now     Now
	out     Output
	noted   map[RunID]int // where a run's record is in out.Runs
	touched []*state      // whose memory may have changed by the input at hand
	waiting int           // runs in a wait: how many look at the house at each input

	stale    bool // next has to be found again
	nextWall time.Time
	nextUp   time.Duration
	hasWall  bool
	hasUp    bool
}

// New begins with what an earlier engine has saved. What was due meanwhile is
// dealt with as the rules' Missed says, and runs that were under way go on.
// seen is the house as it is, as far as that is known already: what runs at once is
// judged by it. It sets nothing off; Happened has to be told all the same.
// The error names memories that could not be read; those rules begin anew.
func New(p *Program, saved []Saved, now Now, seen ...Event) (*Engine, Output, error) {
	e := &Engine{program: p, byRun: map[RunID]*state{}, seen: map[entity.ID]Seen{}, links: map[entity.BoardName]Link{},
		noted: map[RunID]int{}, now: now, stale: true}
	for i := range seen {
		if ev := &seen[i]; ev.Entity != "" {
			e.seen[ev.Entity] = ev.Seen
		} else if ev.Board != "" {
			e.links[ev.Board] = ev.Link
		}
	}
	known := make(map[entity.RuleID][]byte, len(saved))
	for _, s := range saved {
		known[s.Rule] = s.Data
	}
	var bad badMemories
	for _, r := range p.rules {
		s, err := e.restore(r, known[r.spec.ID])
		if err != nil {
			bad = append(bad, badMemory{r.spec.ID, err})
		}
		delete(known, r.spec.ID)
		e.states = append(e.states, s)
		e.touch(s)
	}
	for _, id := range sortedKeys(known) {
		e.forget(id, known[id])
	}
	e.recount()
	for _, s := range e.states { // what was under way comes before what is made up for
		e.goOn(s)
	}
	e.lapse()
	e.occur(true)
	e.out.Durable = true // from now on, rules that are new miss nothing
	out := e.take()
	return e, out, bad.orNil()
}

// Happened is told what has happened, in order.
func (e *Engine) Happened(events []Event, now Now) Output {
	e.begin(now)
	for i := range events {
		e.happened(&events[i])
		e.look() // what one event brings about may be over with the next
	}
	return e.take()
}

// Wake is told that time has passed: the wait that Next has named, or any other,
// and whenever the clock on the wall was set.
func (e *Engine) Wake(now Now) Output {
	e.begin(now)
	e.look()
	return e.take()
}

// Ended is told how an act has ended. One that nobody waits for any more is no
// matter.
func (e *Engine) Ended(run RunID, step int, result Result, now Now) Output {
	e.begin(now)
	if s := e.byRun[run]; s != nil {
		e.ended(s, run, step, result)
	}
	e.look()
	return e.take()
}

// Ask runs a rule because somebody has asked for it: as if one of its triggers had
// fired, whether or not it is enabled. false: there is no such rule. The run's
// record is the last of Output.Runs that has its ID.
func (e *Engine) Ask(id entity.RuleID, by entity.Cause, now Now) (RunID, Output, bool) {
	s := e.state(id)
	if s == nil {
		return "", Output{}, false
	}
	e.begin(now)
	run := e.fire(s, Fired{Kind: KindAsked, Text: "asked", Cause: &by}, false)
	if s.paused != nil && s.paused.ID == run {
		e.note(*s.paused)
	}
	e.look()
	return run, e.take(), true
}

// Resume ends the pause of a rule that has run too often. false: there is no such
// rule.
func (e *Engine) Resume(id entity.RuleID, now Now) (Output, bool) {
	s := e.state(id)
	if s == nil {
		return Output{}, false
	}
	e.begin(now)
	e.resume(s, "somebody has ended the pause")
	e.look()
	return e.take(), true
}

// Replace goes on with the rules of a changed house. What did not change keeps
// its timers, its runs and its memory.
func (e *Engine) Replace(p *Program, now Now) Output {
	e.begin(now)
	before, old := map[entity.RuleID]*state{}, map[*state]bool{}
	for _, s := range e.states {
		s.touched, old[s] = false, true
		before[s.rule.spec.ID] = s
	}
	e.program, e.states = p, nil
	e.touched, e.stale = nil, true
	clear(e.byRun)
	for _, r := range p.rules {
		was := before[r.spec.ID]
		delete(before, r.spec.ID)
		e.states = append(e.states, e.carry(r, was))
	}
	gone := sortedKeys(before)
	for _, id := range gone {
		e.abandon(before[id], "the rule was removed")
	}
	e.touched = slices.DeleteFunc(e.touched, func(s *state) bool { return old[s] })
	for _, id := range gone {
		e.out.Keep = append(e.out.Keep, Saved{Rule: id})
	}
	e.recount()
	e.look()
	e.out.Durable = true
	return e.take()
}

// Next is how long after now Wake is to be called, at the latest; false: there is
// nothing to wait for but inputs and a clock that is set.
func (e *Engine) Next(now Now) (time.Duration, bool) {
	if e.stale {
		e.findNext()
	}
	wait, ok := time.Duration(0), false
	if e.hasWall {
		wait, ok = max(e.nextWall.Sub(now.Wall), 0), true
	}
	if e.hasUp {
		if up := max(e.nextUp-now.Up, 0); !ok || up < wait {
			wait, ok = up, true
		}
	}
	return wait, ok
}

// Status is how each rule is, in the file's order.
func (e *Engine) Status(now Now) []Status {
	var out []Status
	for _, s := range e.states {
		out = append(out, s.status(now))
	}
	return out
}

// Entity implements World.
func (e *Engine) Entity(id entity.ID) Seen { return e.seen[id] }

// Board implements World.
func (e *Engine) Board(name entity.BoardName) Link { return e.links[name] }

func (e *Engine) state(id entity.RuleID) *state {
	for _, s := range e.states {
		if s.rule.spec.ID == id {
			return s
		}
	}
	return nil
}

// begin takes up an input: first of all what is due by now.
func (e *Engine) begin(now Now) {
	back := now.Wall.Before(e.now.Wall)
	set := now.Wall.Sub(e.now.Wall) - (now.Up - e.now.Up)
	e.now = now
	e.out = Output{}
	if back || e.stale || e.hasWall && !now.Wall.Before(e.nextWall) {
		e.occur(false)
	}
	e.lapse()
	if set.Abs() > mostDrift {
		e.rewrite()
	}
}

// mostDrift is by how much the clocks may differ in one step and be taken for in step.
const mostDrift = time.Second

// rewrite has deadlines stored again, since they are stored by the clock on the
// wall, which was set.
func (e *Engine) rewrite() {
	for _, s := range e.states {
		if _, ok := s.nextUp(e); ok || s.cooling > e.now.Up || s.holds() {
			e.touch(s)
		}
	}
}

// take gives the output of the input at hand.
func (e *Engine) take() Output {
	for _, s := range e.touched {
		s.touched = false
		s.settle()
		e.out.Keep = append(e.out.Keep, Saved{s.rule.spec.ID, s.encode(e.now)})
		e.stale = true
	}
	clear(e.touched)
	e.touched = e.touched[:0]
	if len(e.out.Acts) > 0 {
		e.out.Durable = true
	}
	out := e.out
	e.out = Output{}
	clear(e.noted)
	return out
}

// touch says that a rule's memory may have changed.
func (e *Engine) touch(s *state) {
	if !s.touched {
		s.touched = true
		e.touched = append(e.touched, s)
	}
}

// note has a run's record stored, in place of an older one of this input.
func (e *Engine) note(r Run) {
	r.Steps = slices.Clone(r.Steps)
	if i, ok := e.noted[r.ID]; ok {
		e.out.Runs[i] = r
		return
	}
	e.noted[r.ID] = len(e.out.Runs)
	e.out.Runs = append(e.out.Runs, r)
}

func (e *Engine) findNext() {
	e.stale, e.hasWall, e.hasUp = false, false, false
	for _, s := range e.states {
		if s.hasWall && (!e.hasWall || s.nextWall.Before(e.nextWall)) {
			e.nextWall, e.hasWall = s.nextWall, true
		}
		if up, ok := s.nextUp(e); ok && (!e.hasUp || up < e.nextUp) {
			e.nextUp, e.hasUp = up, true
		}
	}
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// recount finds how many runs wait for something to come about.
func (e *Engine) recount() {
	e.waiting = 0
	for _, s := range e.states {
		for _, r := range s.runs {
			if r.waitsFor(s.rule) != nil {
				e.waiting++
			}
		}
	}
}

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
	jump    time.Duration // by how much the clock on the wall was set by the input at hand
	out     Output
	noted   map[RunID]int // where a run's record is in out.Runs
	touched []*state      // whose memory may have changed by the input at hand
	waiting int           // runs in a wait: how many look at the house at each input
	fleet   bool          // nobody stores anything: see Fleeting

	walls   agenda   // the next occurrence of each rule's triggers by time
	ups     agenda   // the next deadline of each rule
	shifted []*state // whose deadlines may have changed by the input at hand
}

// New begins with what an earlier engine has saved. What was due meanwhile is
// dealt with as the rules' Missed says, and runs that were under way go on.
// seen is the house as it is, as far as that is known already: what runs at once is
// judged by it. It sets nothing off; Happened has to be told all the same.
// The error names memories that could not be read; those rules begin anew.
func New(p *Program, saved []Saved, now Now, seen ...Event) (*Engine, Output, error) {
	e := &Engine{program: p, byRun: map[RunID]*state{}, seen: map[entity.ID]Seen{}, links: map[entity.BoardName]Link{},
		noted: map[RunID]int{}, now: now, walls: agenda{clock: byWall}, ups: agenda{clock: byUp}}
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
	for i, r := range p.rules {
		s, err := e.restore(r, known[r.spec.ID])
		s.order = i
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
	e.lapse(e.states)
	e.occur(e.states, true)
	e.out.Durable = true // from now on, rules that are new miss nothing
	out := e.take()
	return e, out, bad.orNil()
}

// Fleeting has outputs from now on without Keep, for those who run rules ahead and
// remember nothing. To write down what rules remember is much of what an input costs.
func (e *Engine) Fleeting() { e.fleet = true }

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
// its timers, its runs and its memory. What is due at this very moment is done as
// the changed house wants it: a rule that is gone, or switched off, does nothing more.
func (e *Engine) Replace(p *Program, now Now) Output {
	e.arrive(now)
	before, old := map[entity.RuleID]*state{}, map[*state]bool{}
	for _, s := range e.states {
		s.touched, old[s] = false, true
		before[s.rule.spec.ID] = s
	}
	e.program, e.states = p, nil
	e.renamed(p.former)
	e.touched, e.shifted = nil, nil
	e.walls.list, e.ups.list = nil, nil
	clear(e.byRun)
	for i, r := range p.rules {
		was := before[r.spec.ID]
		delete(before, r.spec.ID)
		s := e.carry(r, was)
		s.order = i
		e.states = append(e.states, s)
	}
	gone := sortedKeys(before)
	for _, id := range gone {
		e.abandon(before[id], entity.Say("run_rule_removed", "the rule was removed"))
	}
	isOld := func(s *state) bool { return old[s] }
	e.touched, e.shifted = slices.DeleteFunc(e.touched, isOld), slices.DeleteFunc(e.shifted, isOld)
	for _, id := range gone {
		e.out.Keep = append(e.out.Keep, Saved{Rule: id})
	}
	e.recount()
	e.occur(slices.DeleteFunc(slices.Clone(e.states), func(s *state) bool {
		next, has := s.nextWall()
		return (!has || next.After(now.Wall)) && !s.moved(now.Wall, e.jump)
	}), false)
	e.lapse(e.states)
	e.look()
	e.out.Durable = true
	return e.take()
}

// Next is how long after now Wake is to be called, at the latest; false: there is
// nothing to wait for but inputs and a clock that is set.
func (e *Engine) Next(now Now) (time.Duration, bool) {
	wait, ok := time.Duration(0), false
	if at, has := e.walls.first(); has {
		wait, ok = max(time.UnixMilli(at).Sub(now.Wall), 0), true
	}
	if at, has := e.ups.first(); has {
		if up := max(time.Duration(at)-now.Up, 0); !ok || up < wait {
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
	e.arrive(now)
	due := e.walls.due(now.Wall.UnixMilli())
	if e.jump.Abs() > mostDrift {
		for _, s := range e.states {
			if s.moved(now.Wall, e.jump) && !slices.Contains(due, s) {
				due = append(due, s)
			}
		}
	}
	e.occur(due, false)
	e.lapse(e.ups.due(int64(now.Up)))
	if e.jump.Abs() > mostDrift {
		e.rewrite()
	}
}

// arrive looks at the clocks, and makes ready for an output.
func (e *Engine) arrive(now Now) {
	e.jump = now.Wall.Sub(e.now.Wall) - (now.Up - e.now.Up)
	e.now, e.out = now, Output{}
}

// mostDrift is by how much the clocks may differ in one step and be taken for in step.
const mostDrift = time.Second

// rewrite has deadlines stored again, since they are stored by the clock on the
// wall, which was set.
func (e *Engine) rewrite() {
	for _, s := range e.states {
		if _, ok := e.nextUp(s); ok || s.cooling > e.now.Up || s.holds() {
			e.touch(s)
		}
	}
}

// take gives the output of the input at hand.
func (e *Engine) take() Output {
	for _, s := range e.touched {
		s.touched = false
		if !e.fleet {
			e.out.Keep = append(e.out.Keep, Saved{s.rule.spec.ID, s.encode(e.now)})
		}
	}
	clear(e.touched)
	e.touched = e.touched[:0]
	for _, s := range e.shifted {
		s.shifted = false
		at, ok := s.nextWall()
		e.walls.put(s, at.UnixMilli(), ok)
		up, ok := e.nextUp(s)
		e.ups.put(s, int64(up), ok)
	}
	clear(e.shifted)
	e.shifted = e.shifted[:0]
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
	e.shift(s)
}

// shift says that a rule's deadlines may have changed.
func (e *Engine) shift(s *state) {
	if !s.shifted {
		s.shifted = true
		e.shifted = append(e.shifted, s)
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

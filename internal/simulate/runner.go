package simulate

import (
	"context"
	"fmt"
	"time"

	"hob/internal/command"
	"hob/internal/entity"
	"hob/internal/registry"
	"hob/internal/rules"
)

// runner runs the rules in a house.
type runner struct {
	ctx     context.Context
	house   *House
	program *rules.Program
	engine  *rules.Engine
	began   time.Time
	events  []rules.Event // room for what is told next
	ended   []end         // acts whose end the engine is to be told

	most     int                 // rows
	rows     []Row               // in the order in which the rules fired
	open     map[rules.RunID]int // which of them have not ended
	did      []Deed
	notices  []entity.Notify
	segments []Segment
	changes  []Change
	states   map[entity.ID]string // as last noted in changes
}

// end is how an act ended.
type end struct {
	act    rules.Act
	result rules.Result
}

// eve is how long before its first moment a run begins: what is due in that very
// moment is due after it has begun.
const eve = time.Millisecond

// newRunner begins the rules in a house, whose clock it sets. What was so until
// then triggers nothing.
func newRunner(ctx context.Context, h *House, at time.Time) (*runner, error) {
	program, err := rules.Compile(h.declared)
	if err != nil {
		return nil, err
	}
	h.rest()
	h.now = at.Add(-eve)
	r := &runner{ctx: ctx, house: h, most: mostRows, program: program, began: h.now, open: map[rules.RunID]int{}, states: map[entity.ID]string{}}
	s := h.registry.Snapshot()
	var seen []rules.Event
	for _, b := range s.Boards {
		seen = append(seen, boardEvent(b))
	}
	for _, rec := range s.Entities {
		r.states[rec.ID] = rec.State
		seen = append(seen, rules.Event{Entity: rec.ID, Seen: rules.See(rec), Cause: rec.Cause})
	}
	var out rules.Output
	if r.engine, out, err = rules.New(program, nil, r.clock(), seen...); err != nil {
		return nil, err
	}
	r.engine.Fleeting()
	r.take(out)
	r.take(r.engine.Happened(seen, r.clock()))
	h.changed, h.held = r.changed, r.held
	for _, b := range h.boards {
		for _, p := range b.order {
			if t := b.stats[p]; t != nil {
				r.held(t.id, t.to)
			}
		}
	}
	r.settle()
	return r, nil
}

func boardEvent(b entity.BoardRecord) rules.Event {
	link := rules.LinkOffline
	if b.Status == entity.BoardOnline {
		link = rules.LinkOnline
	}
	return rules.Event{Board: b.Name, Link: link}
}

func (r *runner) clock() rules.Now {
	return rules.Now{Wall: r.house.now.In(r.house.zone), Up: r.house.now.Sub(r.began)}
}

// until runs the house until a time, which is not part of it.
func (r *runner) until(end time.Time) error { return r.advance(end, false) }

// upTo runs the house up to a time, with all that is due at it.
func (r *runner) upTo(end time.Time) error { return r.advance(end, true) }

// mostRows bounds a timeline: what is longer nobody reads, and it has to be kept.
const mostRows = 1_000_000

// mostAtOnce is how often something may be due in one moment: what never gets
// beyond now must not hold the run up.
const mostAtOnce = 10_000

func (r *runner) advance(end time.Time, inclusive bool) error {
	for atOnce := 0; ; {
		at, ok := r.house.next()
		if wait, due := r.engine.Next(r.clock()); due {
			if w := r.house.now.Add(wait); !ok || w.Before(at) {
				at, ok = w, true
			}
		}
		if !ok || at.After(end) || !inclusive && !at.Before(end) {
			break
		}
		if at.After(r.house.now) {
			atOnce = 0
		} else if atOnce++; atOnce > mostAtOnce {
			at, atOnce = r.house.now.Add(10*time.Millisecond), 0
		}
		r.reach(at)
		if err := r.ctx.Err(); err != nil {
			return err
		}
		if len(r.rows) > r.most {
			return fmt.Errorf("rules fire more than %d times in that time: choose a shorter one", r.most)
		}
	}
	if end.After(r.house.now) {
		r.house.now = end
	}
	return nil
}

// reach makes it this late, and does what is due.
func (r *runner) reach(at time.Time) {
	r.house.reach(at, r.settle)
	r.take(r.engine.Wake(r.clock()))
	r.settle()
}

// settle does all that follows at once, in the order in which it comes from boards:
// what a command has changed, then that it has ended, then what came of the change.
// So a rule that one run at most may be of is not set off by its own last step, and
// rules that set each other off go round.
func (r *runner) settle() {
	for {
		over := len(r.ended) // by what has happened so far
		if !r.house.tell(r.happened) && over == 0 && !r.house.proceed() {
			return
		}
		for range over {
			e := r.ended[0]
			r.ended = r.ended[1:]
			r.take(r.engine.Ended(e.act.Run, e.act.Step, e.result, r.clock()))
		}
	}
}

// happened tells the engine.
func (r *runner) happened(events []registry.Event) {
	r.events = r.events[:0]
	for _, e := range events {
		switch {
		case e.Entity != nil:
			r.events = append(r.events, rules.Event{Entity: e.ID, Seen: rules.See(e.Entity), Gesture: e.Gesture, Cause: e.Entity.Cause})
		case e.Kind == registry.BoardChanged:
			r.events = append(r.events, boardEvent(*e.Board))
		}
	}
	if len(r.events) > 0 {
		r.take(r.engine.Happened(r.events, r.clock()))
	}
}

// take takes what the engine has to say.
func (r *runner) take(out rules.Output) {
	for i := range out.Runs {
		r.note(&out.Runs[i])
	}
	for _, a := range out.Acts {
		r.act(a)
	}
}

// note keeps what a timeline tells of a run, and not all of it: a rule may fire
// every second of a year.
func (r *runner) note(run *rules.Run) {
	row := Row{At: Stamp{time.UnixMilli(run.At).In(r.house.zone)}, Rule: run.Rule, Outcome: run.Outcome, Reason: run.Reason,
		Actions: run.Actions(), Trigger: run.Trigger.Text}
	i, known := r.open[run.ID]
	if !known {
		i = len(r.rows)
		r.rows = append(r.rows, row)
	}
	r.rows[i] = row
	if run.Outcome == rules.Running {
		r.open[run.ID] = i
	} else {
		delete(r.open, run.ID)
	}
}

// act does what a rule wants. Messages and calls to other services are only noted.
func (r *runner) act(a rules.Act) {
	switch {
	case a.Notify != nil:
		r.notices = append(r.notices, *a.Notify)
	case a.Call != nil:
		r.ended = append(r.ended, end{a, rules.Result{Outcome: rules.Ran}})
	case a.Do != nil:
		r.did = append(r.did, Deed{At: r.house.now, Rule: a.Rule, Task: *a.Do})
		r.house.submit(command.Request{Entity: a.Do.Target, Action: a.Do.Action, MayOpen: a.Opens,
			Cause: entity.Cause{Kind: entity.CauseRule, By: string(a.Rule)}}, func(c command.Result) {
			r.ended = append(r.ended, end{a, resultOf(c)})
		})
	}
}

// resultOf is how a command ended to a rule.
func resultOf(c command.Result) rules.Result {
	switch c.Status {
	case entity.StatusConfirmed:
		return rules.Result{Outcome: rules.Ran}
	case entity.StatusRefused:
		return rules.Result{Outcome: rules.Refused, Said: c.Said}
	}
	return rules.Result{Outcome: rules.Failed, Said: c.Said}
}

// changed notes how entities change.
func (r *runner) changed(e registry.Event) {
	if e.Kind != registry.StateChanged || r.states[e.ID] == e.Entity.State {
		return
	}
	r.states[e.ID] = e.Entity.State
	r.changes = append(r.changes, Change{At: r.house.now.In(r.house.zone), Entity: e.ID, Kind: e.Entity.Kind,
		State: e.Entity.State, Cause: e.Entity.Cause})
}

// held notes what a thermostat holds from now on.
func (r *runner) held(id entity.ID, to entity.Setting) {
	r.segments = append(r.segments, Segment{At: r.house.now.In(r.house.zone), Entity: id, To: to})
}

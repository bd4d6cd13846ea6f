package rules_test

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	"hob/internal/entity"
	"hob/internal/rules"
)

// disk is what a server has stored.
type disk struct {
	memory map[entity.RuleID][]byte
	runs   map[rules.RunID]rules.Run
}

func (d disk) saved() []rules.Saved {
	var out []rules.Saved
	for _, id := range slices.Sorted(maps.Keys(d.memory)) {
		out = append(out, rules.Saved{Rule: id, Data: d.memory[id]})
	}
	return out
}

// done is an act that a server did, and when.
type done struct {
	rules.Act
	at rules.Now
}

// actKey names an act for ever.
type actKey struct {
	run  rules.RunID
	step int
}

// server runs an engine as server/automation does, with a disk, two clocks and
// deaths. What must hold in any case is checked at each of its steps.
type server struct {
	t       fataler
	house   *entity.House
	program *rules.Program
	now     rules.Now
	jump    time.Duration // by how much the clock was set last
	engine  *rules.Engine // nil while the server is down
	twin    *rules.Engine // gets the same inputs, and has to give the same outputs
	disk    disk          // survives the death of the process
	unsafe  []func()      // takes back what would not survive a power cut
	acts    []done
	open    []rules.Act // that have not ended
	did     map[actKey]bool
	// answer says how an act ends, at once; false: not yet. Nil lets all work out.
	answer func(rules.Act) (rules.Result, bool)
	// woken is called when the engine was woken, and before its output is done.
	woken func()
	// dies is asked at each moment at which a death makes a difference.
	dies func(where string) bool
}

func newServer(t fataler, house *entity.House, wall time.Time) *server {
	t.Helper()
	s := &server{t: t, house: house, now: rules.Now{Wall: wall}, did: map[actKey]bool{}}
	s.disk = disk{map[entity.RuleID][]byte{}, map[rules.RunID]rules.Run{}}
	s.program = compile(t, house)
	s.start()
	return s
}

// start begins with what the disk has.
func (s *server) start() {
	s.t.Helper()
	var out, same rules.Output
	var err error
	s.engine, out, err = rules.New(s.program, s.disk.saved(), s.now)
	if err != nil {
		s.t.Fatalf("new: %v", err)
	}
	if s.twin, same, err = rules.New(s.program, s.disk.saved(), s.now); err != nil || !reflect.DeepEqual(out, same) {
		s.t.Fatalf("the same memories make %+v and %+v, %v", out, same, err)
	}
	s.take(out)
}

// give gives an input to the engine and its twin.
func (s *server) give(input func(*rules.Engine) rules.Output) rules.Output {
	s.t.Helper()
	out := input(s.engine)
	if same := input(s.twin); !reflect.DeepEqual(out, same) {
		s.t.Fatalf("the same input makes %+v and %+v", out, same)
	}
	return out
}

// die ends the process; with a power cut, what was not durable is lost.
func (s *server) die(powerCut bool) {
	s.engine = nil
	if powerCut {
		for _, undo := range slices.Backward(s.unsafe) {
			undo()
		}
	}
	s.unsafe, s.open = nil, nil
}

// restart is a new process after a while; its Up begins anew.
func (s *server) restart(down time.Duration) {
	s.t.Helper()
	s.engine, s.open = nil, nil
	s.now = rules.Now{Wall: s.now.Wall.Add(down), Up: time.Second}
	s.start()
}

// asked says whether the server dies here, and lets it.
func (s *server) asked(where string) bool {
	if s.dies == nil || !s.dies(where) {
		return false
	}
	s.engine = nil
	return true
}

// take stores an output, does its acts and tells how they end, until there is
// nothing left to do.
func (s *server) take(out rules.Output) {
	s.t.Helper()
	for todo := []rules.Output{out}; len(todo) > 0 && s.engine != nil; todo = todo[1:] {
		if s.asked("before storing") {
			return
		}
		s.store(todo[0])
		for _, a := range todo[0].Acts {
			if s.asked("before an act") {
				return
			}
			s.act(a, todo[0].Durable)
			if r, ok := s.result(a); ok {
				if s.asked("after an act") {
					return
				}
				todo = append(todo, s.ends(a, r))
			} else if a.Notify == nil {
				s.open = append(s.open, a)
			}
		}
	}
}

// ends tells how an act has ended.
func (s *server) ends(a rules.Act, r rules.Result) rules.Output {
	s.t.Helper()
	return s.give(func(e *rules.Engine) rules.Output { return e.Ended(a.Run, a.Step, r, s.now) })
}

func (s *server) result(a rules.Act) (rules.Result, bool) {
	if a.Notify != nil {
		return rules.Result{}, false
	}
	if s.answer != nil {
		return s.answer(a)
	}
	return rules.Result{Outcome: rules.Ran}, true
}

// act does one, which must be recorded, durably, and be new.
func (s *server) act(a rules.Act, durable bool) {
	s.t.Helper()
	key := actKey{a.Run, a.Step}
	switch {
	case !durable:
		s.t.Fatalf("the act %+v comes with an output that is not durable", a)
	case s.did[key] && a.Do != nil:
		s.t.Fatalf("step %d of the run %s is done twice", a.Step, a.Run)
	}
	if _, ok := s.disk.runs[a.Run]; !ok {
		s.t.Fatalf("the run %s acts and is not recorded", a.Run)
	}
	s.did[key] = true
	s.acts = append(s.acts, done{a, s.now})
}

func (s *server) store(out rules.Output) {
	s.t.Helper()
	for _, m := range out.Keep {
		s.unsafe = append(s.unsafe, put(s.disk.memory, m.Rule, m.Data, m.Data != nil))
	}
	for i := range out.Runs {
		r := out.Runs[i]
		s.checkNamed(&r)
		if before, ok := s.disk.runs[r.ID]; ok {
			s.checkNews(&before, &r)
		}
		s.unsafe = append(s.unsafe, put(s.disk.runs, r.ID, r, true))
	}
	if out.Durable {
		s.unsafe = nil
	}
}

// checkNamed: what the engine itself has to say can be said in every language. What
// steps and conditions say is in them.
func (s *server) checkNamed(r *rules.Run) {
	s.t.Helper()
	own := r.Outcome == rules.Missed || r.Outcome == rules.Stopped || r.Outcome == rules.Paused ||
		r.Outcome == rules.Running && r.Reason != "" || r.Outcome == rules.Skipped && (r.If == nil || r.If.Verdict == rules.Yes)
	if own && (r.Detail == "" || r.Reason == "") {
		s.t.Errorf("the run %s is %s with the reason %q, which has no name", r.ID, r.Outcome, r.Reason)
	}
}

// put stores a value, or removes it, and gives how to take that back.
func put[K comparable, V any](m map[K]V, k K, v V, there bool) func() {
	before, was := m[k]
	if there {
		m[k] = v
	} else {
		delete(m, k)
	}
	return func() {
		if was {
			m[k] = before
		} else {
			delete(m, k)
		}
	}
}

// checkNews: a record may grow until its run has ended, and not change afterwards.
func (s *server) checkNews(before, after *rules.Run) {
	s.t.Helper()
	switch {
	case before.Rule != after.Rule || before.At != after.At || before.Trigger.Due != after.Trigger.Due:
		s.t.Fatalf("the record %s is of another firing now: %+v was %+v", before.ID, after, before)
	case before.Ended != 0 && before.Outcome != rules.Paused:
		s.t.Fatalf("the run %s had ended as %s, and is %s now", before.ID, before.Outcome, after.Outcome)
	case len(after.Steps) < len(before.Steps):
		s.t.Fatalf("the run %s had %d steps, and has %d now", before.ID, len(before.Steps), len(after.Steps))
	}
}

// mostWakes bounds how often an engine may want to be woken at one moment.
const mostWakes = 1000

// pass lets time pass on both clocks, and wakes the engine when it wants to be.
func (s *server) pass(d time.Duration) {
	s.t.Helper()
	until, same := s.now.Up+d, 0
	for s.engine != nil {
		wait, ok := s.engine.Next(s.now)
		if !ok || s.now.Up+wait > until {
			break
		}
		if wait > 0 {
			same = 0
		}
		if same++; same > mostWakes {
			s.t.Fatalf("the engine wants to be woken %d times at %v", same, s.now)
		}
		s.tick(wait)
		s.wake()
	}
	if s.engine != nil || s.now.Up < until {
		s.tick(until - s.now.Up)
	}
}

func (s *server) tick(d time.Duration) {
	s.now.Up += d
	s.now.Wall = s.now.Wall.Add(d)
}

// set sets the clock on the wall, and tells the engine.
func (s *server) set(wall time.Time) {
	s.t.Helper()
	s.jump = wall.Sub(s.now.Wall)
	s.now.Wall = wall
	s.wake()
	s.jump = 0
}

func (s *server) wake() {
	s.t.Helper()
	out := s.give(func(e *rules.Engine) rules.Output { return e.Wake(s.now) })
	if s.woken != nil {
		s.woken()
	}
	s.take(out)
}

// happens tells of events.
func (s *server) happens(events ...rules.Event) {
	s.t.Helper()
	s.take(s.give(func(e *rules.Engine) rules.Output { return e.Happened(events, s.now) }))
}

// is tells how an entity is.
func (s *server) is(id entity.ID, state string) {
	s.t.Helper()
	s.happens(rules.Event{Entity: id, Seen: rules.Seen{State: state, Available: true}})
}

// measures tells what a sensor measures.
func (s *server) measures(id entity.ID, value float64) {
	s.t.Helper()
	s.happens(rules.Event{Entity: id, Seen: rules.Seen{State: fmt.Sprint(value), Available: true, Value: rules.Number{Is: value, Known: true}}})
}

// load lets a new configuration come into force.
func (s *server) load(house *entity.House) {
	s.t.Helper()
	s.house, s.program = house, compile(s.t, house)
	s.take(s.give(func(e *rules.Engine) rules.Output { return e.Replace(s.program, s.now) }))
}

// records are all runs on the disk, in the order in which they fired.
func (s *server) records() []rules.Run {
	out := slices.Collect(maps.Values(s.disk.runs))
	slices.SortFunc(out, func(a, b rules.Run) int {
		if a.At != b.At {
			return int(a.At - b.At)
		}
		if a.Trigger.Due != b.Trigger.Due {
			return int(a.Trigger.Due - b.Trigger.Due)
		}
		if len(a.ID) != len(b.ID) { // counts grow
			return len(a.ID) - len(b.ID)
		}
		if a.ID < b.ID {
			return -1
		}
		return 1
	})
	return out
}

func (s *server) recordsOf(id entity.RuleID) []rules.Run {
	return slices.DeleteFunc(s.records(), func(r rules.Run) bool { return r.Rule != id })
}

// log is each record in short: local time, outcome, actions.
func (s *server) log() []string {
	out := []string{}
	for _, r := range s.records() {
		line := time.UnixMilli(r.At).In(s.program.Zone()).Format("01-02 15:04:05") + " " + string(r.Outcome)
		for _, a := range r.Actions() {
			line += ", " + a
		}
		out = append(out, line)
	}
	return out
}

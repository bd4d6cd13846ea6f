package rules

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"hob/internal/entity"
)

// memory is the JSON of Saved.Data. Times are unix milliseconds on the wall: a
// restart begins a new Up.
type memory struct {
	Version  int             `json:"v"`
	Count    uint64          `json:"count"`
	LastDue  int64           `json:"last_due,omitempty"`
	Triggers []triggerMemory `json:"triggers"`
	Steps    string          `json:"steps"` // fingerprint
	Runs     []runMemory     `json:"runs,omitempty"`
	Queue    []Run           `json:"queue,omitempty"`
	Last     *Run            `json:"last,omitempty"`
	Cooling  int64           `json:"cooling,omitempty"`
	Paused   *Run            `json:"paused,omitempty"`
	Until    int64           `json:"until,omitempty"`
}

const memoryVersion = 1

type triggerMemory struct {
	Print  string `json:"print"`
	Cursor int64  `json:"cursor,omitempty"`
	Begun  int64  `json:"begun,omitempty"`
	Soon   int64  `json:"soon,omitempty"`
	// Before are stretches: from, to.
	Before [][2]int64 `json:"before,omitempty"`
	Last   string     `json:"last,omitempty"`
	Stood  string     `json:"stood,omitempty"`
	Known  bool       `json:"known,omitempty"`
	Beyond bool       `json:"beyond,omitempty"`
	Due    int64      `json:"due,omitempty"` // it is held until then; 0: it is not
	Fired  *Fired     `json:"fired,omitempty"`
}

type runMemory struct {
	Run      Run   `json:"run"`
	PC       int   `json:"pc"`
	Awaited  bool  `json:"awaited,omitempty"`
	Deadline int64 `json:"deadline,omitempty"`
	Begun    int64 `json:"begun,omitempty"` // of a delay or a wait: when it began
}

// encode is the rule's memory.
func (s *state) encode(now Now) []byte {
	wall := func(up time.Duration) int64 { return now.wallOf(up).UnixMilli() }
	m := memory{Version: memoryVersion, Count: s.count, LastDue: s.lastDue, Steps: s.rule.print, Last: s.last, Paused: s.paused}
	for i := range s.triggers {
		t := &s.triggers[i]
		one := triggerMemory{Print: t.print, Last: t.last, Stood: t.stood, Known: t.known, Beyond: t.beyond}
		if t.kind == KindTime {
			one.Cursor = t.cursor.UnixMilli()
			one.Begun = t.begun.UnixMilli()
			for _, s := range t.before {
				one.Before = append(one.Before, [2]int64{s.from.UnixMilli(), s.to.UnixMilli()})
			}
			if !t.soon.IsZero() {
				one.Soon = t.soon.UnixMilli()
			}
		}
		if t.holding {
			one.Due, one.Fired = wall(t.due), &t.fired
		}
		m.Triggers = append(m.Triggers, one)
	}
	for _, r := range s.runs {
		one := runMemory{Run: r.Run, PC: r.pc, Awaited: r.awaited}
		if r.deadline != 0 {
			one.Deadline, one.Begun = wall(r.deadline), wall(r.stepUp)
		}
		m.Runs = append(m.Runs, one)
	}
	for _, r := range s.queue {
		m.Queue = append(m.Queue, r.Run)
	}
	if s.cooling > now.Up {
		m.Cooling = wall(s.cooling)
	}
	if s.paused != nil {
		m.Until = wall(s.until)
	}
	data, err := json.Marshal(m)
	if err != nil { // it is made of texts and numbers
		return nil
	}
	return data
}

// newState is a rule of which nothing is remembered.
func (e *Engine) newState(r *rule) *state {
	s := &state{rule: r}
	for i := range r.triggers {
		s.triggers = append(s.triggers, armed{trigger: &r.triggers[i]})
		e.acquaint(&s.triggers[i])
	}
	return s
}

// acquaint begins the memory of a trigger with how things are, so that the next
// change is one.
func (e *Engine) acquaint(t *armed) {
	switch spec := t.spec.(type) {
	case entity.OnState:
		if seen, ok := e.seen[spec.Entity]; ok {
			if is, known := e.seenAs(spec, seen); known {
				e.knows(t, spec, is)
			}
		}
	case entity.OnLevel:
		n := e.seen[spec.Entity].Number(spec.Of)
		t.known, t.beyond = n.Known, n.Known && beyond(spec.Threshold, n.Is)
	case entity.OnBoard:
		if link := e.links[spec.Board]; link != LinkUnknown {
			t.last = linkOf(link == LinkOnline)
		}
	default:
		if t.kind == KindTime {
			t.begun = e.now.Wall
			t.wind(e.now.Wall)
		}
	}
}

// restore is a rule with the memory that an earlier engine has saved; with an
// error, one without any.
func (e *Engine) restore(r *rule, data []byte) (*state, error) {
	s := e.newState(r)
	if len(data) == 0 {
		return s, nil
	}
	var m memory
	if err := json.Unmarshal(data, &m); err != nil {
		return s, fmt.Errorf("its memory cannot be read: %w", err)
	}
	if m.Version != memoryVersion {
		return s, fmt.Errorf("its memory is of version %d, not %d", m.Version, memoryVersion)
	}
	e.remember(s, &m)
	for _, saved := range m.Runs {
		e.resumed(s, saved, sameAs(m.Steps, r.print, r.was))
	}
	return s, nil
}

// remember takes what of a memory is still good for the rule.
func (e *Engine) remember(s *state, m *memory) {
	s.count, s.lastDue, s.last = m.Count, m.LastDue, m.Last
	if m.Cooling > 0 {
		s.cooling = e.now.upOf(time.UnixMilli(m.Cooling), s.rule.spec.Cooldown)
	}
	if m.Paused != nil {
		s.paused, s.until = m.Paused, e.now.upOf(time.UnixMilli(m.Until), Pause)
	}
	left := m.Triggers // each is of one trigger, also where two are written alike
	for i := range s.triggers {
		t := &s.triggers[i]
		n := slices.IndexFunc(left, func(one triggerMemory) bool { return sameAs(one.Print, t.print, t.was) })
		if n < 0 {
			continue
		}
		one := left[n]
		left = slices.Delete(left, n, n+1)
		t.last, t.stood, t.known, t.beyond = one.Last, one.Stood, one.Known, one.Beyond
		if on, ok := t.spec.(entity.OnState); ok && t.stood == "" && t.last != "" {
			e.knows(t, on, t.last) // it was stored by a version that did not note it
		}
		if t.kind == KindTime {
			for _, s := range one.Before[:min(len(one.Before), mostDealt)] {
				t.before = t.before.with(stretch{time.UnixMilli(min(s[0], s[1])), time.UnixMilli(max(s[0], s[1]))})
			}
			t.begun = time.UnixMilli(min(one.Begun, one.Cursor))
			t.wind(time.UnixMilli(one.Cursor))
			if one.Soon != 0 {
				t.soon = time.UnixMilli(one.Soon)
			}
		}
		if one.Due > 0 && one.Fired != nil && t.held > 0 {
			t.holding, t.due, t.fired = true, e.now.upOf(time.UnixMilli(one.Due), t.held), *one.Fired
			t.fired.Text, t.fired.Entity = t.text, t.entity // it may have had another name
		}
	}
	for i := range m.Queue {
		if len(s.queue) < MostMadeUp {
			m.Queue[i].Rule, m.Queue[i].Steps = s.rule.spec.ID, []StepTrace{}
			s.queue = append(s.queue, &run{Run: m.Queue[i]})
		}
	}
}

// resumed takes up a run that was under way when an earlier engine ended. Nobody
// knows how the act that was awaited has ended, so it is not begun again.
func (e *Engine) resumed(s *state, saved runMemory, same bool) {
	r := &run{Run: saved.Run, pc: saved.PC, awaited: saved.Awaited, stepUp: e.now.Up}
	r.Rule = s.rule.spec.ID
	if r.Steps == nil {
		r.Steps = []StepTrace{}
	}
	why := entity.Say("step_interrupted", "the server ended meanwhile, so nobody knows how it went")
	if !same || !saved.sound(s.rule.code) {
		if n := len(r.Steps); n > 0 && r.Steps[n-1].Outcome == Running {
			e.stepEnds(r, Interrupted, why)
		}
		e.end(s, r, Interrupted, entity.Say("run_changed_meanwhile", "the rule was changed while the server was not running, so the run did not go on"))
		return
	}
	s.runs = append(s.runs, r)
	s.last = &r.Run
	e.byRun[r.ID] = s
	if r.awaited {
		e.stepEnds(r, Interrupted, why)
		return
	}
	i := &s.rule.code[r.pc]
	r.deadline = max(e.now.upOf(time.UnixMilli(saved.Deadline), i.lasts), 1)
	if saved.Begun > 0 {
		r.stepUp -= min(max(e.now.Wall.Sub(time.UnixMilli(saved.Begun)), 0), mostBegun)
	}
}

// mostBegun is how long ago a step can have begun: what no clock that is right says.
const mostBegun = 10 * 366 * 24 * time.Hour

// sound says whether the run stands at a step that it has begun: an act that is
// awaited, a delay or a wait.
func (m *runMemory) sound(code []instruction) bool {
	if m.PC < 0 || m.PC >= len(code) || len(m.Run.Steps) == 0 {
		return false
	}
	last := m.Run.Steps[len(m.Run.Steps)-1]
	if last.Kind != code[m.PC].kind || last.Outcome != Running {
		return false
	}
	switch last.Kind {
	case StepDo, StepCall:
		return m.Awaited
	case StepDelay, StepWait:
		return !m.Awaited
	}
	return false
}

// forget ends what a rule that there is no more had under way.
func (e *Engine) forget(id entity.RuleID, data []byte) {
	e.out.Keep = append(e.out.Keep, Saved{Rule: id})
	var m memory
	if json.Unmarshal(data, &m) != nil {
		return
	}
	for _, r := range m.Runs {
		m.Queue = append(m.Queue, r.Run)
	}
	for _, r := range m.Queue {
		r.Rule, r.Outcome, r.Ended = id, Interrupted, e.now.Wall.UnixMilli()
		r.because(entity.Say("run_removed_meanwhile", "the rule was removed while the server was not running, so the run did not go on"))
		if n := len(r.Steps); n == 0 {
			r.Steps = []StepTrace{}
		} else if last := &r.Steps[n-1]; last.Outcome == Running {
			last.Outcome = Interrupted
		}
		e.note(r)
	}
}

// goOn takes the further steps of runs whose act was interrupted.
func (e *Engine) goOn(s *state) {
	for _, r := range slices.Clone(s.runs) {
		if r.awaited {
			r.awaited = false
			e.actEnds(s, r)
		}
	}
	e.dequeue(s)
}

// carry is a rule of a changed house with what it had under way before.
func (e *Engine) carry(r *rule, old *state) *state {
	s := e.newState(r)
	e.touch(s)
	if old == nil {
		return s
	}
	var m memory
	if err := json.Unmarshal(old.encode(e.now), &m); err != nil { // encode has just made it
		return s
	}
	e.remember(s, &m)
	s.begun, s.cooling, s.until = old.begun, old.cooling, old.until
	edited := !reflect.DeepEqual(r.spec, old.rule.spec)
	for i := range s.triggers {
		if !edited {
			s.triggers[i].dealt, s.triggers[i].live = old.triggers[i].dealt, old.triggers[i].live
		}
	}
	if r.spec.Cooldown != old.rule.spec.Cooldown {
		s.cooling = 0
	}
	why := entity.Say("run_rule_changed", "the rule was changed")
	off := old.rule.spec.Enabled && !r.spec.Enabled
	if off { // whoever switches a rule off does not want the rest of it either
		why = entity.Say("run_rule_off", "the rule was switched off")
	}
	if off || !sameAs(old.rule.print, r.print, r.was) {
		e.abandon(old, why)
		s.queue = nil
	}
	s.runs, s.queue, s.last, s.paused = old.runs, old.queue, old.last, old.paused
	if edited {
		e.resume(s, why.Message)
	}
	for _, one := range s.runs {
		e.byRun[one.ID] = s
	}
	return s
}

// badMemory is a rule whose memory could not be read.
type badMemory struct {
	rule entity.RuleID
	err  error
}

type badMemories []badMemory

func (b badMemories) orNil() error {
	if len(b) == 0 {
		return nil
	}
	var words []string
	for _, one := range b {
		words = append(words, fmt.Sprintf("%s: %v", one.rule, one.err))
	}
	return errors.New("rules that begin anew: " + strings.Join(words, "; "))
}

package rules

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"hob/internal/entity"
)

// Loops are looked for by trying: from each trigger that a rule's action could
// have set off, the rules are run on a sheet of paper, with all that is not known
// of the house taken as it suits the loop, until a rule has come round often enough
// or nothing is left to happen. What was not known is known after one round, so that
// the others happen of necessity; the last ones also after all that was under way
// beside them has come to rest.
const (
	loopRounds  = 8
	loopRuns    = 400              // of one try
	loopQueue   = 10_000           // occurrences that a try looks forward to
	loopTimes   = 40               // moments at which a try may begin
	loopTries   = 3000             // altogether
	loopPatient = 5 * time.Minute  // a round that takes longer is meant: a pump that rests and works
	loopHorizon = 30 * time.Minute // of a try
	loopStep    = time.Millisecond // of a step, from being ordered to having ended
)

func (c *check) loops() []Finding {
	suspects := c.suspects()
	var all []formula
	for _, r := range suspects {
		all = append(all, r.cond)
		for _, e := range r.effects {
			all = append(all, formulas(e.guards)...)
		}
	}
	times := c.year.turns(all...)
	if len(times) > loopTimes {
		times = times[:loopTimes]
	}
	var out []Finding
	told := map[string]bool{}
	tries := loopTries
	begun := map[wordIs]bool{}
	for _, r := range suspects {
		for _, t := range r.triggers {
			on, ok := t.spec.(entity.OnState)
			begin := wordIs{variable{on.Entity, propertyState}, on.To}
			if !ok || begun[begin] {
				continue
			}
			begun[begin] = true
			for i := range 2 * len(times) {
				if tries--; tries < 0 {
					return out
				}
				at, guess := times[i/2], "off"
				if i%2 == 1 {
					guess = "on"
				}
				p := &paper{check: c, guess: guess, rules: suspects, base: at, states: map[entity.ID]string{}, made: map[entity.ID]occurrence{}, aims: map[entity.ID]string{}, stood: map[entity.ID]string{},
					last: map[*checked]time.Duration{}, active: map[*checked]*firing{}, waits: map[*checked][]occurrence{}}
				chain := p.run(on.Entity, on.To)
				if chain == nil {
					continue
				}
				if key := chain.key(); !told[key] {
					told[key] = true
					out = append(out, c.loopFinding(at, chain))
				}
				break
			}
		}
	}
	return out
}

// suspects are rules that others, or they themselves, could set off, and that set
// off others: only they can be in a loop.
func (c *check) suspects() []*checked {
	list := slices.Clone(c.rules)
	for {
		before := len(list)
		makes, waits := map[entity.ID]bool{}, map[entity.ID]bool{}
		for _, r := range list {
			for _, e := range r.effects {
				makes[e.task.Target] = true
			}
			for _, id := range waitsFor(r) {
				waits[id] = true
			}
		}
		list = slices.DeleteFunc(list, func(r *checked) bool {
			in := slices.ContainsFunc(waitsFor(r), func(id entity.ID) bool { return makes[id] })
			out := slices.ContainsFunc(r.effects, func(e effect) bool { return waits[e.task.Target] })
			return !in || !out
		})
		if len(list) == before {
			return list
		}
	}
}

func waitsFor(r *checked) []entity.ID {
	var out []entity.ID
	for _, t := range r.triggers {
		if on, ok := t.spec.(entity.OnState); ok {
			out = append(out, on.Entity)
		}
	}
	return out
}

// paper is one try.
type paper struct {
	*check
	rules  []*checked
	base   int64  // when it begins
	guess  string // what a toggle takes for so where nothing is known
	now    time.Duration
	states map[entity.ID]string     // what has come about or was taken so
	stood  map[entity.ID]string     // of a garage door that moves: where it stood before
	made   map[entity.ID]occurrence // how it has come about
	aims   map[entity.ID]string     // what was ordered last, by which a toggle goes
	facts  facts
	last   map[*checked]time.Duration // when each began last
	active map[*checked]*firing       // the run of each that is under way
	waits  map[*checked][]occurrence  // those that wait for it to end
	queue  []occurrence               // by time
	runs   int
}

// occurrence is something that will happen: a rule is set off by a trigger, or else
// an entity comes into a state, or else a task is done, or else a step has ended.
type occurrence struct {
	at    time.Duration
	by    *firing // whose doing it is; nil at the beginning
	ended bool    // a step of by
	do    *effect // the task that it comes of, or that is to be done
	rule  *checked
	on    entity.OnState
	of    entity.ID
	state string
	undid *occurrence // with rule: what the change that set it off has undone
}

// firing is a run of a rule, and what led to it.
type firing struct {
	rule   *checked
	on     entity.OnState
	at     time.Duration
	parent *firing
	did    *effect     // of the parent
	undid  *occurrence // what another firing had made of the entity before; nil if none had
	next   int         // of the effects that are still to come
	over   bool        // ended, or given up
}

// run tries from the moment at which an entity comes into a state. It returns the
// last firing of a loop; nil is none.
func (p *paper) run(id entity.ID, state string) *firing {
	p.later(occurrence{of: id, state: state})
	for len(p.queue) > 0 && len(p.queue) < loopQueue && p.runs < loopRuns {
		o := p.queue[0]
		p.queue = p.queue[1:]
		if p.now = o.at; p.now > loopHorizon {
			return nil
		}
		switch {
		case o.rule != nil:
			if f := p.fire(o); f != nil && f.round() {
				return f
			}
		case o.of != "":
			p.become(o)
		case o.ended:
			if f := p.goOn(o.by); f != nil && f.round() {
				return f
			}
		default:
			p.do(o)
		}
	}
	return nil
}

func (p *paper) later(o occurrence) {
	i := sort.Search(len(p.queue), func(i int) bool { return p.queue[i].at > o.at })
	p.queue = slices.Insert(p.queue, i, o)
}

// fire runs a rule, if it may.
func (p *paper) fire(o occurrence) *firing {
	r := o.rule
	last, ran := p.last[r]
	switch {
	case p.states[o.on.Entity] != o.on.To: // it did not stay so long enough
		return nil
	case ran && o.at-last < r.spec.Cooldown:
		return nil
	case !p.so(goal{r.cond, false}):
		return nil
	}
	if now := p.active[r]; now != nil {
		switch r.spec.Mode {
		case entity.ModeRestart:
			now.over = true
		case entity.ModeQueued:
			if len(p.waits[r]) < MostQueued {
				p.waits[r] = append(p.waits[r], o)
			}
			return nil
		default:
			return nil
		}
	}
	return p.begin(o)
}

// begin is fire where nothing stands against it.
func (p *paper) begin(o occurrence) *firing {
	f := &firing{rule: o.rule, on: o.on, at: p.now, parent: o.by, did: o.do, undid: o.undid}
	p.runs++
	p.last[f.rule], p.active[f.rule] = p.now, f
	if next := p.goOn(f); next != nil { // it is over at once, and another has waited
		return next
	}
	return f
}

// goOn orders the next step of a run. After the last one it is over, and the one that
// waits for it begins and is returned. The engine goes by the same order: a step has
// its effect, then it has ended, then comes what the effect has set off, then the
// next step.
func (p *paper) goOn(f *firing) *firing {
	if f.over {
		return nil
	}
	effects := f.rule.effects
	if f.next < len(effects) {
		first := effects[f.next]
		at := max(p.now, f.at+first.after+time.Duration(first.nth)*loopStep) + loopStep
		for ; f.next < len(effects) && effects[f.next].nth == first.nth; f.next++ { // a scene's are side by side
			p.later(occurrence{at: at, by: f, do: &effects[f.next]})
		}
		p.later(occurrence{at: at + loopStep/2, by: f, ended: true})
		return nil
	}
	if end := f.at + f.rule.lasts; end > p.now {
		p.later(occurrence{at: end, by: f, ended: true})
		return nil
	}
	f.over = true
	delete(p.active, f.rule)
	if waits := p.waits[f.rule]; len(waits) > 0 {
		p.waits[f.rule] = waits[1:]
		return p.begin(waits[0])
	}
	return nil
}

// so takes it that goals hold, if nothing speaks against it.
func (p *paper) so(goals ...goal) bool {
	known := p.facts.clone()
	for id, state := range p.states {
		if known.words == nil {
			known.words = map[variable][]string{}
		}
		known.words[variable{id, propertyState}] = []string{state}
	}
	if p.left--; p.left < 0 {
		return false
	}
	f, ok := p.solver.solve(p.time(p.base+int64(p.now/time.Second)), known, goals...)
	if !ok || len(f.opaques) > 1 {
		return false
	}
	p.facts = f
	for v, words := range f.words {
		if v.property == propertyState && len(words) > 0 {
			p.states[v.entity] = words[0]
		}
	}
	return true
}

// become changes an entity and sets off whom that concerns.
func (p *paper) become(o occurrence) {
	if o.by == nil { // a hand, which has no order under way
		p.aims[o.of] = o.state
	}
	was := p.states[o.of]
	if was == o.state {
		return
	}
	p.states[o.of] = o.state
	if entity.DoorMoves(o.state) && !entity.DoorMoves(was) {
		p.stood[o.of] = was
	}
	var undid *occurrence
	if before, ok := p.made[o.of]; ok && before.by != nil && before.by != o.by {
		undid = &before
	}
	p.made[o.of] = o
	for _, r := range p.rules {
		for _, t := range r.triggers {
			on, ok := t.spec.(entity.OnState)
			if ok && on.Entity == o.of && on.To == o.state && p.from(on, was) {
				p.later(occurrence{at: o.at + on.For, by: o.by, rule: r, on: on, do: o.do, undid: undid})
			}
		}
	}
}

// from says whether a change from a state may be one that a trigger waits for.
func (p *paper) from(on entity.OnState, was string) bool {
	stood := p.stood[on.Entity]
	return on.From == "" || was == "" || on.From == was || entity.DoorMoves(was) && (stood == "" || on.From == stood)
}

// do begins what a task comes to.
func (p *paper) do(o occurrence) {
	if o.by.over || !p.so(o.do.guards...) {
		return
	}
	id := o.do.task.Target
	from, ordered := p.aims[id]
	if !ordered {
		from = p.states[id]
	}
	if from == "" && o.do.task.Action.Verb == entity.VerbToggle {
		from = p.guess
	}
	for _, next := range outcomes(p.specs[id], from, o.do.task.Action) {
		p.aims[id] = next.state
		p.later(occurrence{at: o.at + next.after, by: o.by, do: o.do, of: id, state: next.state})
	}
}

// outcome is a state that an entity comes into after a while.
type outcome struct {
	state string
	after time.Duration
}

// outcomes are the states that an action leads to from another one; "" is not
// known. Of what it leads to by way of the weather, there are none.
func outcomes(spec entity.Spec, from string, a entity.Action) []outcome {
	switch spec := spec.(type) {
	case *entity.Switch, *entity.Light:
		switch {
		case a.Verb == entity.VerbToggle && from == "on", a.Verb == entity.VerbOff, a.Level != nil && *a.Level == 0:
			return []outcome{{"off", 0}}
		case a.Verb == entity.VerbToggle, a.Verb == entity.VerbOn, a.Level != nil:
			return []outcome{{"on", 0}}
		}
	case *entity.Person:
		return []outcome{{string(a.Verb), 0}}
	case *entity.Alarm:
		return alarmOutcomes(spec, from, a.Verb)
	case *entity.GarageDoor:
		return doorOutcomes(spec, from, a.Verb)
	}
	return nil
}

func alarmOutcomes(spec *entity.Alarm, from string, verb entity.Verb) []outcome {
	armed := entity.AlarmArmedAway
	switch {
	case verb == entity.VerbDisarm:
		return []outcome{{entity.AlarmDisarmed, 0}}
	case from != "" && from != entity.AlarmDisarmed: // from an armed alarm there is no way to another mode
		return nil
	case verb == entity.VerbArmHome:
		armed = entity.AlarmArmedHome
	}
	if spec.ExitDelay > 0 {
		return []outcome{{entity.AlarmArming, 0}, {armed, spec.ExitDelay}}
	}
	return []outcome{{armed, 0}}
}

func doorOutcomes(spec *entity.GarageDoor, from string, verb entity.Verb) []outcome {
	switch {
	case verb == entity.VerbOpen && (from == "" || from == entity.DoorClosed):
		end := entity.DoorOpen
		if spec.Open == nil {
			end = entity.DoorStopped
		}
		return []outcome{{entity.DoorOpening, 0}, {end, spec.Travel}}
	case verb == entity.VerbClose && (from == "" || from == entity.DoorOpen || from == entity.DoorStopped):
		var warning time.Duration
		if spec.Warning != nil {
			warning = spec.Warning.For
		}
		return []outcome{{entity.DoorClosing, warning}, {entity.DoorClosed, warning + spec.Travel}}
	}
	return nil
}

// back is the firing of the same rule that led to this one; nil if none did.
func (f *firing) back() *firing {
	for b := f.parent; b != nil; b = b.parent {
		if b.rule == f.rule {
			return b
		}
	}
	return nil
}

// round says whether the rule has come round often enough, and soon enough, to go
// on for ever.
func (f *firing) round() bool {
	n := 1
	for b := f; ; n++ {
		before := b.back()
		if before == nil {
			break
		}
		if b.at-before.at >= loopPatient {
			return false
		}
		b = before
	}
	return n >= loopRounds
}

// links are the firings of one round, the first one first.
func (f *firing) links() []*firing {
	var out []*firing
	for l, end := f, f.back(); l != end; l = l.parent {
		out = append(out, l)
	}
	slices.Reverse(out)
	return out
}

// fromFirst begins with the rule that stands first in the file.
func (c *check) fromFirst(links []*firing) []*firing {
	first := 0
	for i, l := range links {
		if slices.Index(c.rules, l.rule) < slices.Index(c.rules, links[first].rule) {
			first = i
		}
	}
	return slices.Concat(links[first:], links[:first])
}

func (f *firing) key() string {
	var ids []string
	for _, l := range f.links() {
		ids = append(ids, string(l.rule.spec.ID))
	}
	slices.Sort(ids)
	return strings.Join(slices.Compact(ids), " ")
}

func (c *check) loopFinding(at int64, f *firing) Finding {
	out := Finding{Kind: Loop, Suggest: "add a condition under which it ends, or let one of them wait for something else; while it runs, a rule that fires more than 30 times in a minute is paused"}
	var story []string
	var others []entity.RuleID
	links := c.fromFirst(f.links())
	for i, l := range links {
		// What a firing did is told by the one that it led to; the last leads to the first.
		did := links[(i+1)%len(links)].did
		is := fmt.Sprintf("%s is %s", l.on.Entity, l.on.To)
		if u := l.undid; u != nil && !slices.ContainsFunc(links, func(o *firing) bool { return o.rule == u.by.rule }) {
			is += fmt.Sprintf(" again after %q has said %s", u.by.rule.spec.ID, c.taskWords(u.do))
			others = append(others, u.by.rule.spec.ID)
		}
		story = append(story, fmt.Sprintf("%s, so %q says %s", is, l.rule.spec.ID, c.taskWords(did)))
		if !slices.Contains(out.Rules, l.rule.spec.ID) {
			out.Rules = append(out.Rules, l.rule.spec.ID)
		}
	}
	for _, id := range others {
		if !slices.Contains(out.Rules, id) {
			out.Rules = append(out.Rules, id)
		}
	}
	who := fmt.Sprintf("the rule %q sets itself off", out.Rules[0])
	if len(out.Rules) > 1 {
		var names []string
		for _, id := range out.Rules {
			names = append(names, fmt.Sprintf("%q", id))
		}
		who = fmt.Sprintf("the rules %s set each other off", andList(names))
	}
	first := c.moment(at)
	out.Message = fmt.Sprintf("%s without end, such as on %s: %s; and so on", who, first, strings.Join(story, "; "))
	return out
}

// taskWords is a task as config.yaml has it.
func (c *check) taskWords(e *effect) string {
	if e == nil {
		return "something"
	}
	text := fmt.Sprintf("%q", (&compiler{ground: c.ground}).taskText(e.task))
	if e.scene != "" {
		text += fmt.Sprintf(" (scene %s)", e.scene)
	}
	return text
}

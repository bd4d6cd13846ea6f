package rules

import (
	"hob/internal/entity"
)

// happened takes one event.
func (e *Engine) happened(ev *Event) {
	switch {
	case ev.Entity != "":
		e.seen[ev.Entity] = ev.Seen
		for _, at := range e.program.byEntity[ev.Entity] {
			e.seesEntity(at, ev)
		}
	case ev.Board != "":
		e.links[ev.Board] = ev.Link
		for _, at := range e.program.byBoard[ev.Board] {
			e.seesBoard(at, ev)
		}
	case !ev.Webhook.IsZero():
		for _, at := range e.program.webhooks {
			s := e.states[at.rule]
			if s.triggers[at.trigger].spec.(entity.OnWebhook).Name.Equal(ev.Webhook) {
				e.triggered(s, Fired{Kind: KindWebhook, Text: "webhook"})
			}
		}
	case ev.Started:
		for _, at := range e.program.startups {
			e.triggered(e.states[at.rule], Fired{Kind: KindStartup, Text: "startup"})
		}
	}
}

// Hooked says whether a webhook of this name exists. It takes as long for every name.
func (p *Program) Hooked(name entity.Secret) bool {
	found := false
	for _, at := range p.webhooks {
		hook := p.rules[at.rule]
		same := hook.triggers[at.trigger].spec.(entity.OnWebhook).Name.Equal(name)
		found = found || same && hook.spec.Enabled
	}
	return found
}

// triggered fires a rule that is enabled.
func (e *Engine) triggered(s *state, f Fired) {
	if s.rule.spec.Enabled {
		e.fire(s, f, false)
	}
}

func (e *Engine) seesEntity(at place, ev *Event) {
	s := e.states[at.rule]
	t := &s.triggers[at.trigger]
	cause := ev.Cause
	switch spec := t.spec.(type) {
	case entity.OnGesture:
		if ev.Gesture == spec.Gesture {
			e.triggered(s, Fired{Kind: KindButton, Text: t.text, Entity: t.entity, To: string(ev.Gesture), Cause: &cause})
		}
	case entity.OnState:
		e.seesState(s, t, spec, ev)
	case entity.OnLevel:
		e.seesLevel(s, t, spec, ev)
	}
}

func (e *Engine) seesState(s *state, t *armed, spec entity.OnState, ev *Event) {
	if t.holding {
		e.shift(s) // only what is known has a deadline
	}
	is, known := e.seenAs(spec, ev.Seen)
	if !known {
		return
	}
	if is == t.last {
		e.hold(s, t) // it may have become known again after its time
		return
	}
	was, comes := t.last, t.comesFrom(spec.From)
	e.knows(t, spec, is)
	e.touch(s)
	if is != spec.To {
		t.holding = false
		return
	}
	if was == "" || !comes {
		return
	}
	cause := ev.Cause
	e.becomes(s, t, Fired{Kind: KindState, Text: t.text, Entity: t.entity, From: was, To: is, Cause: &cause})
}

// comesFrom says whether a change from how it is now is one from that state. A garage
// door gets nowhere but by a movement: it comes from where it stood as well.
func (t *armed) comesFrom(state string) bool {
	return state == "" || state == t.last || state == t.stood
}

// knows remembers a state that is known.
func (e *Engine) knows(t *armed, spec entity.OnState, is string) {
	t.last = is
	if e.program.ground.isDoor(spec.Entity) && spec.From != "" && !entity.DoorMoves(is) {
		t.stood = is
	}
}

// seenAs is the state that a trigger goes by; false: nobody knows it. Unknown that
// is asked for by name is a state like others, and so it is of what no board tells:
// a person of whom nobody has said anything does come home.
func (e *Engine) seenAs(spec entity.OnState, seen Seen) (string, bool) {
	if seen.Known() {
		if _, measures := e.program.ground.specs[spec.Entity].(*entity.Sensor); measures {
			return "known", true // which number it is matters to no trigger, and would be stored each time
		}
		return seen.State, true
	}
	_, told := e.program.ground.boards[spec.Entity]
	return entity.StateUnknown, spec.To == entity.StateUnknown || !told && seen.Available
}

func (e *Engine) seesLevel(s *state, t *armed, spec entity.OnLevel, ev *Event) {
	n := ev.Seen.Number(spec.Of)
	if t.holding {
		e.shift(s)
	}
	if !n.Known {
		return
	}
	far := t.isBeyond(spec, n.Is)
	if t.known && far == t.beyond {
		e.hold(s, t)
		return
	}
	first := !t.known
	t.known, t.beyond = true, far
	e.touch(s)
	if !far {
		t.holding = false
		return
	}
	if first {
		return
	}
	cause := ev.Cause
	e.becomes(s, t, Fired{Kind: KindLevel, Text: t.text, Entity: t.entity, To: number(n.Is), Cause: &cause})
}

// isBeyond says on which side of its threshold a number is: where it was beyond,
// it is so until it has come back by the hysteresis.
func (t *armed) isBeyond(spec entity.OnLevel, n float64) bool {
	edge := spec.Threshold
	switch {
	case !t.known || !t.beyond:
	case edge.Below:
		edge.Than += spec.Hysteresis
	default:
		edge.Than -= spec.Hysteresis
	}
	return beyond(edge, n)
}

func (e *Engine) seesBoard(at place, ev *Event) {
	s := e.states[at.rule]
	t := &s.triggers[at.trigger]
	if ev.Link == LinkUnknown {
		return
	}
	is := linkOf(ev.Link == LinkOnline)
	if t.holding {
		e.shift(s)
	}
	if is == t.last {
		e.hold(s, t)
		return
	}
	was := t.last
	t.last = is
	e.touch(s)
	if is != linkOf(t.spec.(entity.OnBoard).Online) {
		t.holding = false
		return
	}
	if was == "" {
		return
	}
	e.becomes(s, t, Fired{Kind: KindBoard, Text: t.text, Board: string(t.board), From: was, To: is})
}

// becomes is told that what a trigger waits for has come about: it fires, or has
// to last first.
func (e *Engine) becomes(s *state, t *armed, f Fired) {
	if t.held == 0 {
		e.triggered(s, f)
		return
	}
	t.holding, t.due, t.fired = true, e.now.Up+t.held, f
}

// hold fires a trigger that has been held long enough, if it is known to be so still.
func (e *Engine) hold(s *state, t *armed) {
	if !t.holding || e.now.Up < t.due || !e.lasts(t) {
		return
	}
	t.holding = false
	e.touch(s)
	e.triggered(s, t.fired)
}

// lapse deals with what of some rules is due by Up.
func (e *Engine) lapse(list []*state) {
	for _, s := range list {
		e.shift(s)
		for i := range s.triggers {
			e.hold(s, &s.triggers[i])
		}
		if s.paused != nil && e.now.Up >= s.until {
			e.resume(s, "the pause is over")
		}
		for n := 0; n < len(s.runs); n++ {
			r := s.runs[n]
			if r.deadline == 0 || e.now.Up < r.deadline || s.rule.code[r.pc].kind != StepDelay {
				continue
			}
			r.deadline = 0
			e.stepEnds(r, Ran, entity.Said{})
			r.pc++
			e.touch(s)
			e.advance(s, r)
			if n < len(s.runs) && s.runs[n] != r {
				n-- // it has ended, and another is in its place
			}
		}
	}
}

// look deals with what may have come about by the input: waits that are over.
func (e *Engine) look() {
	if e.waiting == 0 {
		return
	}
	for _, s := range e.states {
		for n := 0; n < len(s.runs); n++ {
			r := s.runs[n]
			if r.waitsFor(s.rule) == nil || !e.waitEnds(s, r, &s.rule.code[r.pc]) {
				continue
			}
			r.pc++
			e.advance(s, r)
			if n < len(s.runs) && s.runs[n] != r {
				n--
			}
		}
	}
}

package automation

import (
	"context"
	"time"

	"hob/internal/entity"
	"hob/internal/registry"
	"hob/internal/rules"
)

// wants says which events rules are about. The registry's lock is held.
func (r *Rules) wants(e *registry.Event) bool {
	if !r.some.Load() {
		return false
	}
	switch e.Kind {
	case registry.StateChanged, registry.EntityDeclared, registry.EntityRemoved, registry.BoardChanged, registry.BoardRemoved:
		return true
	}
	return false
}

// settle waits until all boards are there, or long enough, and begins with the
// house as it is then, and with the time at which the server began: what was due
// since then was not missed. It says whether ctx still runs.
//
// Who uses a button meanwhile is not kept waiting for a board that may never come:
// while the press still counts, the rules begin.
func (r *Rules) settle(ctx context.Context, f *follower) bool {
	saved, err := r.o.Store.LoadRules(ctx)
	if err != nil {
		r.log.Error("what rules remember cannot be read; they begin anew", "error", err)
	}
	last := time.Now().Add(settling)
	limit := time.NewTimer(settling)
	defer limit.Stop()
	var used []registry.Event // what was done with buttons meanwhile
	for waiting := true; waiting; {
		events, lost := f.take()
		for _, e := range events {
			if e.Gesture == "" {
				continue
			}
			used = append(used[max(len(used)-mostUsed+1, 0):], e)
			if soon := time.Now().Add(usedSettling); soon.Before(last) {
				last = soon
				limit.Reset(usedSettling)
			}
		}
		if len(events) > 0 || lost {
			continue
		}
		began := time.Now()
		snap := r.o.House.Snapshot()
		if settled(&snap) {
			break
		}
		// To look at a large house takes a while, and at a start much happens in it: a
		// twentieth of the time at most goes into looking.
		pause := time.After(20 * time.Since(began))
		if waiting = pass(ctx, limit.C, pause, nil) && pass(ctx, limit.C, nil, r.awake); ctx.Err() != nil {
			return false
		}
	}
	r.blind.Store(false) // the engine begins with the house as it is
	p := r.newProgram()
	if p == nil { // Run without a Reload before
		p, _ = rules.Compile(&entity.House{}) // which has nothing that could be wrong
	}
	var seen []rules.Event
	if p.Empty() { // the first rule is told how the house is then; it is much to know for nobody
		r.blind.Store(true)
	} else {
		seen = r.events(r.house())
	}
	r.engine, err = r.begin(p, saved, seen)
	if err != nil {
		r.log.Error("what some rules remember is of no use", "error", err)
	}
	now := r.now()
	r.take(r.engine.Happened(append(seen, rules.Event{Started: true}), now))
	for i := range used {
		if r.fresh(&used[i]) {
			r.take(r.engine.Happened([]rules.Event{r.gesture(&used[i])}, now))
		}
	}
	return true
}

// pass waits for one of these. It says whether there is more time.
func pass(ctx context.Context, limit, pause <-chan time.Time, awake <-chan struct{}) bool {
	select {
	case <-pause:
	case <-awake:
	case <-limit:
		return false
	case <-ctx.Done():
		return false
	}
	return true
}

func (r *Rules) begin(p *rules.Program, saved []rules.Saved, seen []rules.Event) (*rules.Engine, error) {
	// When the start was, by the clock as it is now: one without a battery is set
	// while the house settles.
	now := r.now()
	start := rules.Now{Wall: now.Wall.Add(r.start.Up - now.Up), Up: r.start.Up}
	engine, out, err := rules.New(p, saved, start, seen...)
	r.engine = engine
	r.take(out)
	return engine, err
}

// settled says whether every declared board is there, with all that it has.
func settled(s *registry.Snapshot) bool {
	for i := range s.Boards {
		if b := &s.Boards[i]; b.Declared && !b.Status.Linked() {
			return false
		}
	}
	for _, e := range s.Entities {
		if !e.Available {
			return false
		}
	}
	return true
}

// follow tells the engine what has happened. It says whether there was anything, and
// whether that was all there was.
func (r *Rules) follow(f *follower, now rules.Now) (some, all bool) {
	events, lost := f.take()
	if lost { // what did not last is lost; the rest is seen by how things are
		r.log.Warn("the rules fell behind the registry, and go on with the house as it is")
		r.feed(r.house(), now)
		return true, true
	}
	out := make([]rules.Event, 0, len(events))
	for i := range events {
		e := &events[i]
		if e.Gesture != "" && !r.fresh(e) {
			e.Gesture = ""
		}
		if e.Revision <= r.fed { // the snapshot had it, but for what lasts no longer than a moment
			if e.Gesture != "" {
				out = append(out, r.gesture(e))
			}
			continue
		}
		switch e.Kind {
		case registry.BoardChanged, registry.BoardRemoved:
			if e.Board.Name != "" {
				out = append(out, r.link(e.Board, e.Kind == registry.BoardRemoved, now))
			}
		default:
			out = append(out, eventOf(e))
		}
	}
	if len(out) > 0 {
		r.take(r.engine.Happened(out, now))
	}
	return len(events) > 0, len(events) < cap(events)
}

// house is the house as it is; what was published before it is old news.
func (r *Rules) house() registry.Snapshot {
	s := r.o.House.Snapshot()
	r.fed = s.Revision
	return s
}

// feed tells the engine how everything is. What it knows already sets off nothing.
func (r *Rules) feed(s registry.Snapshot, now rules.Now) {
	r.take(r.engine.Happened(r.events(s), now))
}

// events is a house in events.
func (r *Rules) events(s registry.Snapshot) []rules.Event {
	now := r.o.Clock()
	out := make([]rules.Event, 0, len(s.Boards)+len(s.Entities)+1)
	for i := range s.Boards {
		if b := &s.Boards[i]; b.Declared {
			out = append(out, r.link(b, false, now))
		}
	}
	for _, e := range s.Entities {
		out = append(out, eventOf(&registry.Event{Kind: registry.StateChanged, ID: e.ID, Entity: e}))
	}
	return out
}

func eventOf(e *registry.Event) rules.Event {
	if e.Entity == nil { // it is not declared any more
		return rules.Event{Entity: e.ID, Cause: entity.Cause{Kind: entity.CauseConfig}}
	}
	return rules.Event{Entity: e.ID, Seen: rules.See(e.Entity), Gesture: e.Gesture, Cause: e.Entity.Cause}
}

// fresh says whether something may come of a gesture, and tells the log when not.
func (r *Rules) fresh(e *registry.Event) bool {
	now := time.Now()
	if !e.Late(now) {
		return true
	}
	r.log.Warn("a gesture came too late for rules", "button", e.ID, "gesture", e.Gesture, "age", now.Sub(e.Made).Round(100*time.Millisecond))
	return false
}

// gesture is what was done with a button that is known to be in a newer state.
func (r *Rules) gesture(e *registry.Event) rules.Event {
	return rules.Event{Entity: e.ID, Seen: r.engine.Entity(e.ID), Gesture: e.Gesture, Cause: e.Entity.Cause}
}

// link is how a board is. One that has not been there since the start is not known
// to be away before its grace is over.
func (r *Rules) link(b *entity.BoardRecord, removed bool, now rules.Now) rules.Event {
	ev := rules.Event{Board: b.Name, Link: rules.LinkOffline}
	switch {
	case removed:
		delete(r.met, b.Name)
		ev.Link = rules.LinkUnknown
	case b.Status.Linked():
		r.met[b.Name] = true
		ev.Link = rules.LinkOnline
	case !r.met[b.Name] && now.Up-r.start.Up < boardGrace:
		ev.Link = rules.LinkUnknown
	}
	return ev
}

// grace tells the engine, once, of the boards that have not come.
func (r *Rules) grace(now rules.Now) {
	if r.graced || now.Up-r.start.Up < boardGrace {
		return
	}
	r.graced = true
	snap := r.o.House.Snapshot()
	var away []rules.Event
	for i := range snap.Boards {
		if b := &snap.Boards[i]; b.Declared && !r.met[b.Name] && !b.Status.Linked() {
			away = append(away, rules.Event{Board: b.Name, Link: rules.LinkOffline})
		}
	}
	r.take(r.engine.Happened(away, now))
}

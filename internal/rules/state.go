package rules

import (
	"slices"
	"time"

	"hob/internal/entity"
)

// state is how one rule is.
type state struct {
	rule     *rule
	triggers []armed
	runs     []*run // under way, the oldest first; more than one only for a moment
	queue    []*run
	last     *Run
	count    uint64 // of firings, for ids
	lastDue  int64  // unix ms of the newest occurrence that has fired

	cooling time.Duration // until when it does not run, by Up; 0: it may
	begun   []time.Duration
	paused  *Run // the record of the pause; nil: none
	until   time.Duration

	order            int // among the rules
	touched, shifted bool
	entries          [2]entry // by clockKind
}

// armed is a trigger and what it remembers.
type armed struct {
	*trigger

	// By time: up to when occurrences were dealt with, and the next one.
	cursor, next time.Time
	has          bool
	begun        time.Time // since when the clock went on to the cursor
	before       dealt     // what was dealt with before the clock was set
	// Of what follows elapsed time: an occurrence that comes again so soon that it
	// would be a second run of the same; and when, by Up, the newest was dealt with.
	soon  time.Time
	dealt time.Duration
	live  bool // dealt is known: it was in the life of this engine

	last   string // by state or board: the last that was known; "" is none
	stood  string // by state of a garage door: where it stood last; "" is none
	beyond bool   // by level: the number is on the far side, and has not come back
	known  bool   // by level: beyond is known

	holding bool          // it is so, and fires at due (Up) if it is so then
	due     time.Duration //
	fired   Fired         // with what
}

// run is a run under way.
type run struct {
	Run
	pc       int           // the instruction it is at
	awaited  bool          // the end of the last step's act is awaited
	deadline time.Duration // of a delay or a wait, by Up; 0 is none
	stepUp   time.Duration // when the last step began, by Up
}

// nextWall is the rule's next occurrence; false: there is none.
func (s *state) nextWall() (next time.Time, has bool) {
	for i := range s.triggers {
		if t := &s.triggers[i]; t.has && (!has || t.next.Before(next)) {
			next, has = t.next, true
		}
	}
	return next, has
}

// nextUp is the earliest deadline of a rule by Up; false: there is none.
func (e *Engine) nextUp(s *state) (time.Duration, bool) {
	var next time.Duration
	found := false
	at := func(d time.Duration) {
		if !found || d < next {
			next, found = d, true
		}
	}
	for i := range s.triggers {
		if t := &s.triggers[i]; t.holding && e.lasts(t) { // what nobody knows is waited for, not the time
			at(t.due)
		}
	}
	for _, r := range s.runs {
		if r.deadline != 0 {
			at(r.deadline)
		}
		if c := r.waitsFor(s.rule); c != nil && timed(c) {
			at(e.now.Up + time.Second)
		}
	}
	if s.paused != nil {
		at(s.until)
	}
	return next, found
}

// holds says whether a trigger of the rule waits for its time.
func (s *state) holds() bool {
	return slices.ContainsFunc(s.triggers, func(t armed) bool { return t.holding })
}

// lasts says whether what a held trigger waits for is known to be so now.
func (e *Engine) lasts(t *armed) bool {
	switch spec := t.spec.(type) {
	case entity.OnState:
		seen := e.seen[spec.Entity]
		return seen.Known() && seen.State == spec.To || !seen.Known() && spec.To == entity.StateUnknown
	case entity.OnLevel:
		n := e.seen[spec.Entity].Number(spec.Of)
		return n.Known && t.isBeyond(spec, n.Is)
	case entity.OnBoard:
		link := e.links[spec.Board]
		return link != LinkUnknown && spec.Online == (link == LinkOnline)
	}
	return true
}

// waitsFor is the condition that the run waits for; nil: it does not.
func (r *run) waitsFor(of *rule) condition {
	if r.deadline == 0 || r.pc >= len(of.code) || of.code[r.pc].kind != StepWait {
		return nil
	}
	return of.code[r.pc].cond
}

func (s *state) status(now Now) Status {
	out := Status{Rule: s.rule.spec, Running: len(s.runs), Queued: len(s.queue)}
	if s.last != nil { // a copy: the run may go on
		last := *s.last
		last.Steps = slices.Clone(last.Steps)
		out.Last = &last
	}
	if next, ok := s.nextWall(); ok && s.rule.spec.Enabled {
		out.Next = next.UnixMilli()
	}
	if s.paused != nil {
		out.PausedUntil = now.wallOf(s.until).UnixMilli()
	}
	if s.cooling > now.Up {
		out.RestsUntil = now.wallOf(s.cooling).UnixMilli()
	}
	return out
}

// wallOf is what the clock on the wall will show at a time by Up, unless it is set.
func (n Now) wallOf(up time.Duration) time.Time { return n.Wall.Add(up - n.Up) }

// upOf is wallOf the other way round, from the present to most ahead.
func (n Now) upOf(wall time.Time, most time.Duration) time.Duration {
	return n.Up + min(max(wall.Sub(n.Wall), 0), most)
}

package rules

import (
	"slices"
	"sort"
	"time"

	"hob/internal/entity"
	"hob/internal/schedule"
)

// checkedTrigger is a trigger as the checks see it.
type checkedTrigger struct {
	spec   entity.Trigger
	occurs schedule.Occurrences // by time; nil for others

	listed   bool
	instants []int64 // of the year, sorted; the first ones where there are very many
	complete bool
	untold   bool // there was no room for them: nothing is said of it
}

func (c *check) readTrigger(spec entity.Trigger) *checkedTrigger {
	t := &checkedTrigger{spec: spec}
	switch s := spec.(type) {
	case entity.AtTimes:
		t.occurs = s.In(c.zone)
	case entity.AtCron:
		t.occurs = s.In(c.zone)
	case entity.AtSun:
		t.occurs = s.On(s.Days, s.Random, c.place, c.zone)
	case entity.AtEvery:
		t.occurs = s.From(anchor(c.zone))
	}
	return t
}

// list finds the instants of a trigger by time.
func (c *check) list(t *checkedTrigger) []int64 {
	if t.listed {
		return t.instants
	}
	t.listed, t.complete = true, true
	need := daysOfYear
	if s, ok := t.spec.(entity.AtTimes); ok {
		need *= len(s.Clocks)
	}
	if c.year.room < need {
		t.complete, t.untold = false, true
		return nil
	}
	switch s := t.spec.(type) {
	case entity.AtTimes:
		t.instants = c.year.times(s.Times)
	case entity.AtSun:
		t.instants = c.year.sunTimes(s)
	case entity.AtCron, entity.AtEvery:
		t.instants, t.complete = c.year.search(t.occurs)
	}
	c.year.room -= cap(t.instants)
	return t.instants
}

// fires says whether a trigger by time fires at an instant of the year.
func (c *check) fires(t *checkedTrigger, unix int64) bool {
	list := c.list(t)
	if n := len(list); t.complete || n > 0 && unix <= list[n-1] {
		i := sort.Search(n, func(i int) bool { return list[i] >= unix })
		return i < n && list[i] == unix
	}
	if c.year.searches--; c.year.searches < 0 {
		return false
	}
	at, ok := t.occurs.Next(time.Unix(unix-1, 0))
	return ok && at.Unix() == unix
}

// common calls f with the instants at which two triggers by time both fire, until
// it has enough. It goes through the shorter list.
func (c *check) common(a, b *checkedTrigger, f func(unix int64) (enough bool)) {
	first, second := a, b
	if len(c.list(b)) < len(c.list(a)) {
		first, second = b, a
	}
	if first.untold || second.untold {
		return
	}
	if !first.complete && second.complete {
		first, second = second, first
	}
	list := c.list(first)
	if second.complete { // both in order: hand in hand
		other := c.list(second)
		for i, j := 0, 0; i < len(list) && j < len(other); {
			switch {
			case list[i] < other[j]:
				i++
			case list[i] > other[j]:
				j++
			default:
				if f(list[i]) {
					return
				}
				i++
				j++
			}
		}
		return
	}
	for _, unix := range list {
		if c.fires(second, unix) && f(unix) {
			return
		}
	}
}

// sameEvent says whether two triggers by something else than time fire by the
// same event.
func sameEvent(a, b entity.Trigger) bool {
	switch a := a.(type) {
	case entity.OnState:
		b, ok := b.(entity.OnState)
		return ok && a.Entity == b.Entity && a.To == b.To && a.For == b.For && bothFrom(a.From, b.From)
	case entity.OnLevel:
		b, ok := b.(entity.OnLevel)
		return ok && a == b
	case entity.OnGesture:
		return a == b
	case entity.OnBoard:
		return a == b
	case entity.OnWebhook:
		b, ok := b.(entity.OnWebhook)
		return ok && a.Name.Equal(b.Name)
	case entity.OnStart:
		_, ok := b.(entity.OnStart)
		return ok
	}
	return false
}

// bothFrom says whether one change can be from both of two states: a garage door comes
// from where it stood, and by a movement that leads away from there.
func bothFrom(a, b string) bool {
	stood, moved := a, b
	if entity.DoorMoves(a) {
		stood, moved = b, a
	}
	switch {
	case a == "" || b == "" || a == b:
		return true
	case !entity.DoorMoves(moved) || entity.DoorMoves(stood):
		return false
	}
	return (stood != entity.DoorClosed || moved == entity.DoorOpening) && (stood != entity.DoorOpen || moved == entity.DoorClosing)
}

// fired is what is certain of the house when a trigger has fired.
func (c *check) fired(t entity.Trigger) (f facts, possible bool) {
	switch t := t.(type) {
	case entity.OnState:
		return c.solver.solve(time.Time{}, f, goal{wordIs{variable{t.Entity, propertyState}, t.To}, false})
	case entity.OnLevel:
		return c.solver.solve(time.Time{}, f, goal{levelIs{variable{t.Entity, string(t.Of)}, t.Below, t.Than}, false})
	case entity.OnBoard:
		if !t.Online {
			f.away = t.Board
		}
	}
	return f, true
}

// effect is something that a rule does to an entity.
type effect struct {
	task   entity.Task
	scene  entity.ID // that does it for the rule; "" is none
	guards []goal    // of the choices in front of it
	after  time.Duration
	nth    int // how many steps before it have to end first
}

// effects collects those of a rule's steps, with the scenes spelled out.
type effects struct {
	check *check
	out   []effect
}

// mostEffects bounds those of one rule.
const mostEffects = 500

// path is a place between the steps of a rule: under which guards it is reached,
// and how long after the beginning at the latest.
type path struct {
	guards []goal
	after  time.Duration
	nth    int  // of the steps that a run waits for
	ended  bool // by a stop
}

func (e *effects) read(steps []entity.Step, p path) (path, error) {
	for _, s := range steps {
		switch s := s.(type) {
		case entity.Do:
			e.add(effect{s.Task, "", p.guards, p.after, p.nth}, 0)
			p.nth++
		case entity.Call:
			p.nth++
		case entity.Delay:
			p.after += s.For
		case entity.Wait:
			p.after += s.AtMost
		case entity.Stop:
			p.ended = true
			return p, nil
		case entity.Choose:
			var err error
			if p, err = e.choose(s, p); err != nil || p.ended {
				return p, err
			}
		}
	}
	return p, nil
}

func (e *effects) choose(s entity.Choose, p path) (path, error) {
	cond, err := e.check.formula(s.If)
	if err != nil {
		return p, err
	}
	with := func(not bool) path {
		return path{append(slices.Clone(p.guards), goal{cond, not}), p.after, p.nth, false}
	}
	then, err := e.read(s.Then, with(false))
	if err != nil {
		return p, err
	}
	other, err := e.read(s.Else, with(true))
	switch { // a way that ends in a stop leaves the other one for what follows
	case err != nil:
		return p, err
	case then.ended:
		return other, nil
	case other.ended:
		return then, nil
	}
	p.after, p.nth = max(then.after, other.after), max(then.nth, other.nth)
	return p, nil
}

// add spells scenes out; config allows none that leads to itself.
func (e *effects) add(one effect, depth int) {
	const deepest = 20
	scene, ok := e.check.specs[one.task.Target].(*entity.Scene)
	if !ok {
		if len(e.out) < mostEffects {
			e.out = append(e.out, one)
		}
		return
	}
	for _, t := range scene.Tasks {
		if depth < deepest {
			e.add(effect{t, one.task.Target, one.guards, one.after, one.nth}, depth+1)
		}
	}
}

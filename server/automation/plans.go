package automation

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"sync"
	"time"

	"hob/internal/entity"
	"hob/internal/registry"
)

// Thermostats is what Plans needs of the registry.
type Thermostats interface {
	Watch
	House() *entity.House
	Planned(entity.ID) (registry.Planned, bool)
	SendPlan(id entity.ID, madeAt entity.Revision, plan entity.Plan, until time.Time, done func(registry.BoardResult)) error
}

const (
	// planWait is how long a board may take to begin with a plan, and planGrace
	// how much longer its answer is waited for.
	planWait  = 5 * time.Second
	planGrace = 2 * time.Second
	// mostPlanRest is the longest pause before a plan is tried again.
	mostPlanRest = time.Minute
	// replan is how often all plans are made anew: a day ends, the clock is set.
	replan = 30 * time.Second
	// mostOff is how far a board may be off with its plan because the server's
	// clock was set after the plan was sent.
	mostOff = time.Second
)

// Plans sees to it that every thermostat's board runs the plan that it should.
// Whenever the one that the board says is in force is another, for whatever
// reason (it was away, it has booted, somebody has set a temperature, a window
// was opened, a new day has come), the board is told. A plan replaces the one
// before as a whole, so sending it again does no harm.
//
// A plan is clock times, and its board has them as uptimes. So a plan that is in
// force, and says what it should, is wrong all the same when the server's clock was
// set after it was sent: then it is sent again. So is one that the board had before
// this server began, since nobody knows by which clock it was made.
type Plans struct {
	source Thermostats
	log    *slog.Logger
	known  map[entity.ID]*planning
	next   time.Time // when to look at all of them again

	wall  func() time.Time // the clock that people set; time.Now but in tests
	began time.Time        // carries the monotonic clock

	mu    sync.Mutex
	ended []planEnd
}

// planning is how far one thermostat is with its newest plan.
type planning struct {
	plan     string
	linked   bool
	attempt  int       // counts
	giveUp   time.Time // of the attempt that is under way; the zero time when none is
	failures int       // in a row
	retry    time.Time // not before

	has    string        // the plan that the board said it had at the last look
	looked bool          // has is known
	by     time.Duration // what shift was when has was sent; anyClock when that is not known
	sentBy time.Duration // the same of the attempt that is under way
}

// anyClock is the shift of a plan that was made by a clock which nobody knows.
const anyClock time.Duration = math.MinInt64

// planEnd is how an attempt ended.
type planEnd struct {
	id      entity.ID
	attempt int
	result  registry.BoardResult
}

// NewPlans returns a driver; Run it.
func NewPlans(s Thermostats, log *slog.Logger) *Plans {
	return &Plans{source: s, log: log, known: map[entity.ID]*planning{}, wall: time.Now, began: time.Now()}
}

// Run keeps the boards supplied until ctx is done.
func (p *Plans) Run(ctx context.Context) error {
	f := follow(p.source, func(e *registry.Event) bool {
		return e.Kind == registry.EntityRemoved || e.Entity != nil && controls(e.Entity.Kind)
	})
	defer f.close()
	for {
		now := time.Now()
		events, lost := f.take()
		p.takeEnds(now)
		if lost || !now.Before(p.next) {
			p.next = now.Add(replan)
			for _, e := range p.source.House().Entities {
				if controls(e.Kind()) {
					p.look(e.ID, now, f.wake)
				}
			}
		}
		for _, e := range events {
			p.look(e.ID, now, f.wake)
		}
		if len(events) == 0 && !f.wait(ctx, time.Until(p.next)) {
			return nil
		}
	}
}

// shift is how far the clock that people set has been set since the driver began.
func (p *Plans) shift() time.Duration {
	return (p.wall().Round(0).Sub(p.began.Round(0)) - time.Since(p.began)).Round(time.Millisecond)
}

// observe notes when the board's plan changes: whoever has sent it, a command
// perhaps, has just done so.
func (s *planning) observe(t registry.Planned, shift time.Duration) {
	switch {
	case !t.Linked: // what it has does not change because it is away; a boot shows when it is back
	case !s.looked:
		s.has, s.looked, s.by = t.Plan, true, anyClock
	case s.has != t.Plan:
		s.has, s.by = t.Plan, shift
	}
}

// off says whether the board's plan is by another clock than this.
func (s *planning) off(shift time.Duration) bool {
	return s.by == anyClock || (s.by-shift).Abs() > mostOff
}

func controls(k entity.Kind) bool { return k == entity.KindHeater || k == entity.KindCooler }

// look compares what a thermostat's board runs with what it should, and sends
// it what it should unless that is under way, or has just failed.
func (p *Plans) look(id entity.ID, now time.Time, wake func()) {
	t, ok := p.source.Planned(id)
	if !ok {
		delete(p.known, id)
		return
	}
	s := p.known[id]
	if s == nil {
		s = &planning{}
		p.known[id] = s
	}
	shift := p.shift()
	s.observe(t, shift)
	want := t.Planner.Plan(p.wall())
	if t.Linked != s.linked || want.ID != s.plan { // what failed before says nothing of this
		*s = planning{linked: t.Linked, plan: want.ID, attempt: s.attempt, has: s.has, looked: s.looked, by: s.by}
	}
	switch {
	case !t.Linked:
	case t.Plan == want.ID && !s.off(shift):
		s.giveUp, s.failures, s.retry = time.Time{}, 0, time.Time{}
	case t.Pending: // a command has brought it there, or its end brings us back here
	case !s.giveUp.IsZero() && now.Before(s.giveUp):
		p.lookBy(s.giveUp)
	case !s.giveUp.IsZero():
		p.failed(id, s, now, "no answer")
	case now.Before(s.retry):
		p.lookBy(s.retry)
	default:
		p.send(id, s, t.Revision, want, now, wake)
	}
}

// lookBy sees to it that everything is looked at again at this time.
func (p *Plans) lookBy(at time.Time) {
	if at.Before(p.next) {
		p.next = at
	}
}

func (p *Plans) send(id entity.ID, s *planning, madeAt entity.Revision, plan entity.Plan, now time.Time, wake func()) {
	s.attempt++
	attempt := s.attempt
	s.sentBy = p.shift()
	err := p.source.SendPlan(id, madeAt, plan, now.Add(planWait), func(r registry.BoardResult) {
		p.mu.Lock()
		p.ended = append(p.ended, planEnd{id, attempt, r}) // at most one for each attempt, which are few
		p.mu.Unlock()
		wake()
	})
	if r := (*entity.Refusal)(nil); errors.As(err, &r) && r.Code == entity.CodeSuperseded {
		return // the event of what has changed brings us back here
	}
	if err != nil {
		p.failed(id, s, now, err.Error())
		return
	}
	s.giveUp = now.Add(planWait + planGrace)
	p.lookBy(s.giveUp)
}

// takeEnds takes how attempts ended. A plan that was taken is seen in what the
// board reports; an answer that says so while the board reports another is a failure.
func (p *Plans) takeEnds(now time.Time) {
	p.mu.Lock()
	ended := p.ended
	p.ended = nil
	p.mu.Unlock()
	for _, e := range ended {
		s := p.known[e.id]
		if s == nil || s.attempt != e.attempt || s.giveUp.IsZero() {
			continue
		}
		if t, ok := p.source.Planned(e.id); ok && t.Linked && t.Plan == s.plan {
			s.observe(t, s.sentBy)
			if e.result.Status == entity.StatusConfirmed {
				s.by = s.sentBy
			}
			if !s.off(s.sentBy) {
				s.giveUp, s.failures = time.Time{}, 0
				continue
			}
		}
		why := e.result.Message
		if e.result.Status == entity.StatusConfirmed {
			why = "the board took it, and runs another"
		}
		p.failed(e.id, s, now, why)
	}
}

func (p *Plans) failed(id entity.ID, s *planning, now time.Time, why string) {
	s.giveUp = time.Time{}
	s.failures++
	s.retry = now.Add(backoff(s.failures, mostPlanRest))
	p.lookBy(s.retry)
	if s.failures == 1 {
		p.log.Warn("a thermostat's board has not taken its plan; trying again", "entity", id, "why", why)
	}
}

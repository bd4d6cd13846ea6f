package automation

import (
	"context"
	"log/slog"
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
	SendPlan(id entity.ID, plan entity.Plan, until time.Time, done func(registry.BoardResult)) error
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
)

// Plans sees to it that every thermostat's board runs the plan that it should.
// Whenever the one that the board says is in force is another, for whatever
// reason (it was away, it has booted, somebody has set a temperature, a window
// was opened, a new day has come), the board is told. A plan replaces the one
// before as a whole, so sending it again does no harm.
type Plans struct {
	source Thermostats
	log    *slog.Logger
	known  map[entity.ID]*planning
	next   time.Time // when to look at all of them again

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
}

// planEnd is how an attempt ended.
type planEnd struct {
	id      entity.ID
	attempt int
	result  registry.BoardResult
}

// NewPlans returns a driver; Run it.
func NewPlans(s Thermostats, log *slog.Logger) *Plans {
	return &Plans{source: s, log: log, known: map[entity.ID]*planning{}}
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
	want := t.Planner.Plan(now)
	if t.Linked != s.linked || want.ID != s.plan { // what failed before says nothing of this
		*s = planning{linked: t.Linked, plan: want.ID, attempt: s.attempt}
	}
	switch {
	case !t.Linked:
	case t.Plan == want.ID:
		s.giveUp, s.failures, s.retry = time.Time{}, 0, time.Time{}
	case t.Pending: // a command has brought it there, or its end brings us back here
	case !s.giveUp.IsZero() && now.Before(s.giveUp):
		p.lookBy(s.giveUp)
	case !s.giveUp.IsZero():
		p.failed(id, s, now, "no answer")
	case now.Before(s.retry):
		p.lookBy(s.retry)
	default:
		p.send(id, s, want, now, wake)
	}
}

// lookBy sees to it that everything is looked at again at this time.
func (p *Plans) lookBy(at time.Time) {
	if at.Before(p.next) {
		p.next = at
	}
}

func (p *Plans) send(id entity.ID, s *planning, plan entity.Plan, now time.Time, wake func()) {
	s.attempt++
	attempt := s.attempt
	err := p.source.SendPlan(id, plan, now.Add(planWait), func(r registry.BoardResult) {
		p.mu.Lock()
		p.ended = append(p.ended, planEnd{id, attempt, r}) // at most one for each attempt, which are few
		p.mu.Unlock()
		wake()
	})
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
			s.giveUp, s.failures = time.Time{}, 0
			continue
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

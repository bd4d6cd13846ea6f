package automation

import (
	"context"
	"time"
)

// Ticking is what Deadlines needs of the registry.
type Ticking interface {
	Tick(now time.Time)
	NextDue(now time.Time) (wait time.Duration, ok bool)
	Sooner() <-chan struct{}
}

const (
	// lookAgain bounds how long a deadline that is a time of day can be missed
	// when the wall clock is set: a timer runs on the other clock.
	lookAgain = 30 * time.Second
	// leastWait keeps an entity that stays due from keeping the driver busy.
	leastWait = 10 * time.Millisecond
)

// Deadlines owns the timer of the entities' own deadlines: a delay that runs
// out, a door that is overdue, a sensor that has been silent for too long.
type Deadlines struct{ registry Ticking }

// NewDeadlines returns a driver; Run it.
func NewDeadlines(r Ticking) *Deadlines { return &Deadlines{r} }

// Run ticks the registry when the earliest deadline has come, until ctx is done.
func (d *Deadlines) Run(ctx context.Context) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
			d.registry.Tick(time.Now())
		case <-d.registry.Sooner():
		case <-ctx.Done():
			return nil
		}
		wait, ok := d.registry.NextDue(time.Now())
		if !ok {
			wait = lookAgain
		}
		timer.Reset(min(max(wait, leastWait), lookAgain))
	}
}

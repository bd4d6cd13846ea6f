package automation

import (
	"context"
	"time"

	"hob/internal/registry"
)

// Watch is the part of the registry that drivers follow.
type Watch interface {
	Watch(wants func(*registry.Event) bool, wake func()) *registry.Subscription
}

// follower wakes a driver for the events that it wants, and otherwise when it
// has asked for it. Drivers go by how things are and not by what has happened,
// so one that fell behind looks at everything again and has lost nothing.
type follower struct {
	source Watch
	wants  func(*registry.Event) bool
	woken  chan struct{}
	sub    *registry.Subscription
	events []registry.Event
}

func follow(s Watch, wants func(*registry.Event) bool) *follower {
	return followOn(s, wants, make(chan struct{}, 1))
}

// followOn wakes by a channel that others may wake by too.
func followOn(s Watch, wants func(*registry.Event) bool, woken chan struct{}) *follower {
	f := &follower{source: s, wants: wants, woken: woken, events: make([]registry.Event, 0, 64)}
	f.sub = s.Watch(wants, f.wake)
	return f
}

func (f *follower) wake() {
	select {
	case f.woken <- struct{}{}:
	default: // it is awake already
	}
}

// take gives what is new; lost says that some of it could not be had. The
// events are good until the next take.
func (f *follower) take() (events []registry.Event, lost bool) {
	var err error
	if f.events, err = f.sub.Take(f.events[:0]); err != nil {
		f.sub.Close()
		f.sub = f.source.Watch(f.wants, f.wake)
		return nil, true
	}
	return f.events, false
}

// wait blocks until there may be something new, at the latest for so long. It
// says whether ctx still runs.
func (f *follower) wait(ctx context.Context, most time.Duration) bool {
	timer := time.NewTimer(most)
	defer timer.Stop()
	select {
	case <-f.woken:
	case <-timer.C:
	case <-ctx.Done():
		return false
	}
	return true
}

func (f *follower) close() { f.sub.Close() }

// backoff is how long to wait after so many failures in a row: it doubles from
// a second to most.
func backoff(failures int, most time.Duration) time.Duration {
	return min(time.Second<<min(max(failures-1, 0), 16), most)
}

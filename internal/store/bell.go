package store

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// bell wakes the recorder some time after the first change, or at once when many
// have come: rarely, however much happens, and without a queue.
type bell struct {
	many  int64
	rung  atomic.Int64
	first chan struct{}
	full  chan struct{}
}

func newBell(many int64) *bell {
	return &bell{many: many, first: make(chan struct{}, 1), full: make(chan struct{}, 1)}
}

func (b *bell) ring() {
	switch b.rung.Add(1) {
	case 1:
		notify(b.first)
	case b.many:
		notify(b.full)
	}
}

func notify(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default: // it is known already
	}
}

// wait returns gather after the first ring, after many rings, after idle without
// any, or, with over, when ctx is done.
func (b *bell) wait(ctx context.Context, gather, idle time.Duration) (over bool) {
	timer := time.NewTimer(idle)
	defer timer.Stop()
	for first := b.first; ; {
		select {
		case <-ctx.Done():
			return true
		case <-first:
			first = nil
			timer.Reset(gather)
			continue
		case <-b.full:
		case <-timer.C:
		}
		break
	}
	// Before the changes are taken: what rings from here on counts for the next.
	b.rung.Store(0)
	for _, c := range []chan struct{}{b.first, b.full} {
		select {
		case <-c:
		default:
		}
	}
	return false
}

// listeners are those who wait until what has happened is recorded.
type listeners struct {
	mu      sync.Mutex
	bell    *bell // nil while nobody records
	waiting []chan struct{}
}

// begin is for a recorder that begins with this bell, and for one that ends with nil.
func (l *listeners) begin(b *bell) {
	l.mu.Lock()
	l.bell = b
	l.mu.Unlock()
}

// listen makes the recorder take what there is at once. What it returns is closed
// when it has; nil when nobody records.
func (l *listeners) listen() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.bell == nil {
		return nil
	}
	done := make(chan struct{})
	l.waiting = append(l.waiting, done)
	notify(l.bell.full)
	return done
}

// take hands over who waits, for the recorder to release once it has taken what
// happened before.
func (l *listeners) take() []chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := l.waiting
	l.waiting = nil
	return all
}

func release(all []chan struct{}) {
	for _, done := range all {
		close(done)
	}
}

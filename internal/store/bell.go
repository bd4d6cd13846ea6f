package store

import (
	"context"
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

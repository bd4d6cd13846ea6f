package registry

import (
	"container/heap"
	"time"

	"hob/internal/entity"
)

// deadlines knows which entities have a deadline (entity.Timed) and which of
// them is next, at a cost that hardly depends on how many there are.
//
// A deadline that was made by adding to the running clock carries its monotonic
// reading and passes when that much time has passed, whatever the wall clock
// does meanwhile; one that is a time of day does not. The two kinds compare by
// different clocks, so one order over both would not hold when the wall clock
// jumps: each has a heap of its own.
type deadlines struct{ steady, wall dueHeap }

// due is an item's place among the deadlines.
type due struct {
	at    time.Time
	index int      // in heap
	heap  *dueHeap // nil when there is no deadline
}

type dueHeap []*item

func (h dueHeap) Len() int           { return len(h) }
func (h dueHeap) Less(i, j int) bool { return h[i].due.at.Before(h[j].due.at) }
func (h dueHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].due.index, h[j].due.index = i, j
}

// Push implements heap.Interface.
func (h *dueHeap) Push(x any) {
	it := x.(*item)
	it.due.index, it.due.heap = len(*h), h
	*h = append(*h, it)
}

// Pop implements heap.Interface.
func (h *dueHeap) Pop() any {
	last := len(*h) - 1
	it := (*h)[last]
	(*h)[last] = nil
	*h, it.due.heap = (*h)[:last], nil
	return it
}

// set makes at it's deadline; the zero time is none.
func (d *deadlines) set(it *item, at time.Time) {
	to := &d.wall
	if at != at.Round(0) { // Round strips the monotonic reading
		to = &d.steady
	}
	if at.IsZero() {
		to = nil
	}
	switch {
	case it.due.heap != nil && it.due.heap != to:
		heap.Remove(it.due.heap, it.due.index)
		fallthrough
	case it.due.heap == nil:
		it.due.at = at
		if to != nil {
			heap.Push(to, it)
		}
	case it.due.at != at:
		it.due.at = at
		heap.Fix(to, it.due.index)
	}
}

// wait is how long after now the next deadline is; ok is false when there is none.
func (d *deadlines) wait(now time.Time) (wait time.Duration, ok bool) {
	for _, h := range []dueHeap{d.steady, d.wall} {
		if len(h) > 0 {
			if w := h[0].due.at.Sub(now); !ok || w < wait {
				wait, ok = w, true
			}
		}
	}
	return wait, ok
}

// pop takes one item whose deadline has come; nil when there is none.
func (d *deadlines) pop(now time.Time) *item {
	for _, h := range []*dueHeap{&d.steady, &d.wall} {
		if len(*h) > 0 && !now.Before((*h)[0].due.at) {
			return heap.Pop(h).(*item)
		}
	}
	return nil
}

// schedule follows a new state of the item.
func (r *Registry) schedule(it *item) {
	timed, ok := it.state.(entity.Timed)
	if !ok && it.due.heap == nil {
		return
	}
	var at time.Time
	if ok {
		at = timed.Due()
	}
	if at == it.due.at && (it.due.heap != nil) == !at.IsZero() {
		return
	}
	r.due.set(it, at)
	if it.due.heap != nil && it.due.index == 0 {
		signal(r.sooner)
	}
}

// Tick tells every entity whose deadline has come so, and publishes what
// changes by it.
func (r *Registry) Tick(now time.Time) {
	r.update(func() {
		// What is due again by what it has just been told waits for the next Tick:
		// a state machine that never gets beyond now must not hold the lock.
		var told []*item
		for it := r.due.pop(now); it != nil; it = r.due.pop(now) {
			told = append(told, it)
		}
		for _, it := range told {
			r.step(it, entity.Elapsed{}, now)
			r.publishView(it, change{cause: entity.Cause{Kind: entity.CauseDeadline}, at: now})
		}
	})
}

// NextDue is how long after now the earliest deadline is, which may be
// negative; ok is false when there is none.
func (r *Registry) NextDue(now time.Time) (wait time.Duration, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.due.wait(now)
}

// Sooner is signalled when NextDue has, or may have, become earlier. It is for
// one driver.
func (r *Registry) Sooner() <-chan struct{} { return r.sooner }

// signal leaves a message for a goroutine that may be busy; one is enough.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

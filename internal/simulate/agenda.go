package simulate

import (
	"container/heap"
	"time"
)

// agenda is what is due later, in the order of the times, and at one time in the
// order in which it was put down.
type agenda struct {
	entries entries
	count   int
}

// entry is one thing that is due. An entry whose do is nil was called off.
type entry struct {
	at    time.Time
	count int
	do    func()
}

// add puts something down, and gives how to call it off.
func (a *agenda) add(at time.Time, do func()) (callOff func()) {
	a.count++
	e := &entry{at, a.count, do}
	heap.Push(&a.entries, e)
	return func() { e.do = nil }
}

// next is when the first entry is due; ok is false when there is none.
func (a *agenda) next() (at time.Time, ok bool) {
	for len(a.entries) > 0 && a.entries[0].do == nil {
		heap.Pop(&a.entries)
	}
	if len(a.entries) == 0 {
		return time.Time{}, false
	}
	return a.entries[0].at, true
}

// take removes the first entry if it is due by now; nil when none is.
func (a *agenda) take(now time.Time) func() {
	if at, ok := a.next(); !ok || at.After(now) {
		return nil
	}
	return heap.Pop(&a.entries).(*entry).do
}

// entries is a heap.
type entries []*entry

func (h entries) Len() int { return len(h) }
func (h entries) Less(i, j int) bool {
	if !h[i].at.Equal(h[j].at) {
		return h[i].at.Before(h[j].at)
	}
	return h[i].count < h[j].count
}
func (h entries) Swap(i, j int) { h[i], h[j] = h[j], h[i] }

// Push implements heap.Interface.
func (h *entries) Push(x any) { *h = append(*h, x.(*entry)) }

// Pop implements heap.Interface.
func (h *entries) Pop() any {
	last := len(*h) - 1
	e := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	return e
}

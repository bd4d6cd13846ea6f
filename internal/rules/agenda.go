package rules

import (
	"cmp"
	"container/heap"
	"slices"
)

// agenda has rules in the order of their next deadlines on one of the clocks: to
// find those that are due, nobody looks at the others.
type agenda struct {
	list  []*state
	clock clockKind
}

// clockKind is which clock a deadline goes by.
type clockKind uint8

const (
	byWall clockKind = iota // unix milliseconds
	byUp                    // nanoseconds
)

// entry is a rule's place in an agenda.
type entry struct {
	at    int64 // its next deadline
	place int   // index into the list plus one; 0: it is not in it
}

// put has a rule in the agenda with a deadline, or out of it.
func (a *agenda) put(s *state, at int64, has bool) {
	e := &s.entries[a.clock]
	switch {
	case !has && e.place != 0:
		heap.Remove(a, e.place-1)
	case !has:
	case e.place == 0:
		e.at = at
		heap.Push(a, s)
	case e.at != at:
		e.at = at
		heap.Fix(a, e.place-1)
	}
}

// first is the earliest deadline; false: there is none.
func (a *agenda) first() (int64, bool) {
	if len(a.list) == 0 {
		return 0, false
	}
	return a.list[0].entries[a.clock].at, true
}

// due takes the rules out whose deadline has come, in the order of the file.
func (a *agenda) due(now int64) []*state {
	var out []*state
	for at, ok := a.first(); ok && at <= now; at, ok = a.first() {
		out = append(out, heap.Pop(a).(*state))
	}
	slices.SortFunc(out, func(x, y *state) int { return cmp.Compare(x.order, y.order) })
	return out
}

// Len, Less, Swap, Push and Pop implement heap.Interface.
func (a *agenda) Len() int { return len(a.list) }
func (a *agenda) Less(i, j int) bool {
	return a.list[i].entries[a.clock].at < a.list[j].entries[a.clock].at
}

func (a *agenda) Swap(i, j int) {
	a.list[i], a.list[j] = a.list[j], a.list[i]
	a.list[i].entries[a.clock].place, a.list[j].entries[a.clock].place = i+1, j+1
}

func (a *agenda) Push(x any) {
	s := x.(*state)
	a.list = append(a.list, s)
	s.entries[a.clock].place = len(a.list)
}

func (a *agenda) Pop() any {
	s := a.list[len(a.list)-1]
	a.list[len(a.list)-1] = nil
	a.list = a.list[:len(a.list)-1]
	s.entries[a.clock].place = 0
	return s
}

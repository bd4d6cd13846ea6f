package rules

import (
	"slices"
	"time"
)

// stretch is a time in which a clock went on, and a trigger's occurrences were dealt
// with: both ends belong to it.
type stretch struct{ from, to time.Time }

// dealt are the stretches of a trigger before its clock was set, as that clock showed
// them: in order, and apart from each other. A clock that comes back into one of them
// finds occurrences that may have run.
type dealt []stretch

// mostDealt bounds how many stretches are remembered. Where there would be more, the
// two that are nearest to each other become one: what lies between them may then be
// taken for dealt with, and what was dealt with is never forgotten.
const mostDealt = 16

// with adds a stretch.
func (d dealt) with(s stretch) dealt {
	out := make(dealt, 0, len(d)+1)
	for _, one := range d {
		if one.to.Before(s.from) || s.to.Before(one.from) {
			out = append(out, one)
			continue
		}
		s = stretch{earlier(s.from, one.from), later(s.to, one.to)}
	}
	n, _ := slices.BinarySearchFunc(out, s, func(a, b stretch) int { return a.from.Compare(b.from) })
	out = slices.Insert(out, n, s)
	for len(out) > mostDealt {
		near := 1
		for i := 2; i < len(out); i++ {
			if out[i].from.Sub(out[i-1].to) < out[near].from.Sub(out[near-1].to) {
				near = i
			}
		}
		out[near-1].to = out[near].to
		out = slices.Delete(out, near, near+1)
	}
	return out
}

// far is the end of the last stretch that begins by a time; false: there is none.
func (d dealt) far(at time.Time) (time.Time, bool) {
	for _, s := range slices.Backward(d) {
		if !s.from.After(at) {
			return s.to, true
		}
	}
	return time.Time{}, false
}

// last is the last time up to the given one that was dealt with; that time itself
// where nothing was.
func (d dealt) last(at time.Time) time.Time {
	if to, ok := d.far(at); ok && to.Before(at) {
		return to
	}
	return at
}

// join adds to a stretch those that end within it, and gives the others.
func (d dealt) join(s stretch) (stretch, dealt) {
	var rest dealt
	for _, one := range slices.Backward(d) {
		if one.to.Before(s.from) || one.to.After(s.to) {
			rest = append(rest, one)
			continue
		}
		s.from = earlier(s.from, one.from)
	}
	slices.Reverse(rest)
	return s, rest
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

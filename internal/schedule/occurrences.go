package schedule

import (
	"iter"
	"time"
)

// Occurrences is a set of instants in whole seconds (intervals: milliseconds).
type Occurrences interface {
	// Next returns the first instant strictly after the given one; false if there is none within
	// the horizon that the package comment gives.
	Next(after time.Time) (time.Time, bool)
}

// Between yields the occurrences after one instant up to and including another, in order.
func Between(o Occurrences, after, until time.Time) iter.Seq[time.Time] {
	return func(yield func(time.Time) bool) {
		for at, ok := o.Next(after); ok && !at.After(until); at, ok = o.Next(at) {
			if !yield(at) {
				return
			}
		}
	}
}

// Latest returns the last occurrence after one instant up to and including another.
func Latest(o Occurrences, after, until time.Time) (time.Time, bool) {
	if list := Newest(o, after, until, 1); len(list) > 0 {
		return list[0], true
	}
	return time.Time{}, false
}

// lastYear bounds what is computed: instants beyond it do not fit all arithmetic.
const lastYear = 9999

func outOfRange(t time.Time) bool {
	return t.Year() > lastYear || t.Year() < 1
}

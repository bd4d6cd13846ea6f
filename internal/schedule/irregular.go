package schedule

import (
	"iter"
	"time"
)

// irregular walks the zone's transitions and yields the walls of a pattern that lie in a gap or
// in a repeated hour. Its length is bounded by the two instants: about two transitions a year.
func irregular(p pattern, loc *time.Location, from, until time.Time) iter.Seq[Moment] {
	return func(yield func(Moment) bool) {
		if outOfRange(from) || outOfRange(until) {
			return
		}
		before := stretchAt(loc, from.Unix())
		for before.end <= until.Unix() {
			after := stretchAt(loc, before.end)
			here, there := before.end+before.offset, before.end+after.offset
			for wall, ok := p.next(min(here, there)); ok && wall < max(here, there); wall, ok = p.next(wall + 1) {
				if m := momentOf(loc, wall); m.Fate != Once && !yield(m) {
					return
				}
			}
			before = after
		}
	}
}

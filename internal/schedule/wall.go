package schedule

import "time"

// pattern is a set of walls (see zone.go).
type pattern interface {
	// next returns the first wall of the set that is not before the given one; false if there is
	// none within the pattern's horizon.
	next(wall int64) (int64, bool)
	// count returns how many walls of the set there are from one on, up to before another.
	count(from, to int64) int
}

// fixed runs each local time of a pattern once, by the rule of the package.
type fixed struct {
	pattern pattern
	loc     *time.Location
}

// Next needs no search among instants: firstReading keeps the order of walls, so the next
// occurrence is that of the first wall that clocks have not reached.
func (f fixed) Next(after time.Time) (time.Time, bool) {
	if outOfRange(after) {
		return time.Time{}, false
	}
	wall, ok := f.pattern.next(reached(f.loc, after) + 1)
	if !ok {
		return time.Time{}, false
	}
	return time.Unix(firstReading(f.loc, wall), 0).In(f.loc), true
}

// flowing runs a pattern at every instant whose local time matches: what follows elapsed time.
type flowing struct {
	pattern pattern
	loc     *time.Location
}

// mostStretches is more than any zone has within a pattern's horizon of 9 years: at most four real
// ones a year, and two that Go adds at a year's end.
const mostStretches = 100

func (f flowing) Next(after time.Time) (time.Time, bool) {
	if outOfRange(after) {
		return time.Time{}, false
	}
	unix := after.Unix() + 1
	for range mostStretches {
		s := stretchAt(f.loc, unix)
		wall, ok := f.pattern.next(unix + s.offset)
		if !ok {
			return time.Time{}, false
		}
		if at := wall - s.offset; at < s.end {
			return time.Unix(at, 0).In(f.loc), true
		}
		unix = s.end
	}
	return time.Time{}, false
}

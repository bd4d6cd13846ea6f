package schedule

import (
	"math"
	"time"
)

// Local times are computed with as if they were UTC: a "wall" is the number of seconds from
// 1970-01-01 00:00 to a date and time of day on the calendar, whatever the zone.

// longestShift is more than any zone ever moved its clocks at once (24 hours, where the date line
// moved) and more than any offset from UTC.
const longestShift = 36 * secondsPerHour

// stretch is a time with one offset from UTC. The next one may have the same offset.
type stretch struct {
	offset int64 // seconds east of UTC
	end    int64 // Unix time of the first second after it
}

// stretchAt looks only forward from the given Unix time. That is deliberate: after the last
// transition that a zone's data lists, Go computes bounds by the zone's rule for one year at a
// time, and its start may then lie before transitions that differ.
func stretchAt(loc *time.Location, unix int64) stretch {
	t := time.Unix(unix, 0).In(loc)
	_, offset := t.Zone()
	_, bound := t.ZoneBounds()
	end := bound.Unix()
	switch {
	case bound.IsZero():
		end = math.MaxInt64
	case end <= unix:
		// Go takes every year for 365 days there. What it says holds until the year ends, and
		// this is 31 December of a leap year.
		end = (floorDiv(unix, secondsPerDay) + 1) * secondsPerDay
	}
	return stretch{offset: int64(offset), end: end}
}

// firstReading returns the first instant at which clocks show the wall or later: the rule of the
// package. It is exact for skipped, repeated and ordinary times alike.
func firstReading(loc *time.Location, wall int64) int64 {
	unix := wall - longestShift // clocks cannot have come as far by then
	for {
		s := stretchAt(loc, unix)
		if at := max(unix, wall-s.offset); at < s.end {
			return at
		}
		unix = s.end
	}
}

// reached returns the latest wall that clocks have shown up to t: the inverse of firstReading, so
// that a wall has occurred at t exactly if it is not after reached. While an hour repeats, it
// stays at the last second before clocks went back.
func reached(loc *time.Location, t time.Time) int64 {
	now := t.Unix()
	latest := int64(math.MinInt64)
	for unix := now - longestShift; ; {
		s := stretchAt(loc, unix)
		if now < s.end {
			return max(latest, now+s.offset)
		}
		latest = max(latest, s.end-1+s.offset)
		unix = s.end
	}
}

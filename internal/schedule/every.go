package schedule

import "time"

// Every is an interval: the spec `every: 6h`. It is a span of elapsed time in whole milliseconds,
// at least one; what is shorter never occurs. DST does not touch it: every 24h is not daily.
type Every time.Duration

// From binds the interval to an anchor, which gives the phase and nothing else: it occurs at every
// whole number of intervals before and after the anchor, and at the anchor itself. An anchor that
// does not change (the midnight on which the year 2000 began, when a rule was first seen) keeps
// runs where they are over restarts; the current time would move them with each. The anchor counts
// in whole milliseconds, and its location is that of the occurrences.
func (e Every) From(anchor time.Time) Occurrences {
	return periodic{period: time.Duration(e).Milliseconds(), anchor: anchor}
}

type periodic struct {
	period int64 // milliseconds
	anchor time.Time
}

func (p periodic) Next(after time.Time) (time.Time, bool) {
	if p.period < 1 || outOfRange(after) {
		return time.Time{}, false
	}
	anchor := p.anchor.UnixMilli()
	passed := floorDiv(after.UnixMilli()-anchor, p.period)
	return time.UnixMilli(anchor + (passed+1)*p.period).In(p.anchor.Location()), true
}

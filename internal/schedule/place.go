package schedule

import (
	"math"
	"time"
)

// Place is a point on the earth in degrees: north and east are positive.
type Place struct{ Latitude, Longitude float64 }

// Valid reports whether the place exists. Where it does not, the sun has no events and is down.
func (p Place) Valid() bool {
	return math.Abs(p.Latitude) <= 90 && math.Abs(p.Longitude) <= 180
}

// Up reports whether the sun is up: whether its upper edge stands above a level horizon, with the
// usual refraction. It changes in exactly the second of a sunrise or sunset.
func (p Place) Up(t time.Time) bool {
	return p.above(horizon, t.Unix())
}

// above reports whether the sun's centre stands at a geometric altitude in degrees, or higher.
func (p Place) above(line float64, unix int64) bool {
	return p.Valid() && altitude(p, unix) >= line
}

// crossing finds the first second after a Unix time from which on the sun stands above (rising) or
// below (not rising) a line. It goes from one culmination of the sun to the next, between which
// the sun only rises or only sinks. Where it stays on one side, in polar day or polar night, it
// goes on, for 400 days at most.
//
// Within a degree of a pole the sun's yearly motion outdoes the daily one, so that it may cross
// twice between culminations; such a pair of events is left out. Elsewhere that can happen only to
// a pair within two minutes of each other, on the first or last day of a polar night or day.
func (p Place) crossing(line float64, rising bool, after int64) (int64, bool) {
	const halfDays = 2 * 400
	if !p.Valid() {
		return 0, false
	}
	k := floorDiv(after-p.culmination(0), secondsPerDay/2) - 1
	from := p.culmination(k)
	before := p.above(line, from)
	for range halfDays {
		k++
		to := p.culmination(k)
		above := p.above(line, to)
		if above != before && above == rising {
			if at := p.bisect(line, from, to); at > after {
				return at, true
			}
		}
		from, before = to, above
	}
	return 0, false
}

// culmination returns when the sun stands highest (odd k) or lowest (even k): k half-days after
// the lowest point around 1970-01-01 00:00 local mean time.
func (p Place) culmination(k int64) int64 {
	const secondsPerDegree = 240
	mean := k*(secondsPerDay/2) - int64(p.Longitude*secondsPerDegree)
	rightAscension, _ := solarCoordinates(mean)
	target := 180 * float64(1-floorMod(k, 2))
	hourAngle := siderealTime(mean) + p.Longitude - rightAscension - target
	return mean - int64(math.Remainder(hourAngle, 360)*secondsPerDegree)
}

// bisect returns the first second after from at which the side of the line is that at to. It
// tries where the chord crosses the line (the Illinois method: the height of an end that stays
// is halved, so that both ends move), and the middle now and then, which bounds the search on
// any curve. It takes half the time of halving alone.
func (p Place) bisect(line float64, from, to int64) int64 {
	low, high := altitude(p, from)-line, altitude(p, to)-line
	rising, stayed := high >= 0, 0
	for n := 1; to-from > 1; n++ {
		at := from + (to-from)/2
		if n%4 != 0 && low != high {
			at = min(max(from+int64(float64(to-from)*low/(low-high)), from+1), to-1)
		}
		if a := altitude(p, at) - line; (a >= 0) == rising {
			if to, high = at, a; stayed > 0 {
				low /= 2
			}
			stayed = max(stayed, 0) + 1
		} else {
			if from, low = at, a; stayed < 0 {
				high /= 2
			}
			stayed = min(stayed, 0) - 1
		}
	}
	return to
}

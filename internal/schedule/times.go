package schedule

import (
	"iter"
	"slices"
	"time"
)

// Times are times of day on days of the week: the spec `time: "23:45"`.
type Times struct {
	Clocks []Clock // in any order; a second mention changes nothing
	Days   Days    // the zero value is no day
	Random Random  // moves each of them on each day; its Within is at most half a day
}

// In binds the times to a zone. Each occurs once on each of its days, by the rule of the package.
func (t Times) In(loc *time.Location) Occurrences {
	return fixed{pattern: t.pattern(), loc: loc}
}

// Irregular yields, in order, the times that the zone skips or repeats between two instants.
func (t Times) Irregular(loc *time.Location, from, until time.Time) iter.Seq[Moment] {
	return irregular(t.pattern(), loc, from, until)
}

func (t Times) pattern() pattern {
	clocks := slices.Clone(t.Clocks)
	slices.Sort(clocks)
	exact := clockPattern{clocks: slices.Compact(clocks), days: t.Days}
	if t.Random.Within > 0 {
		return variedClocks{exact, t.Random}
	}
	return exact
}

type clockPattern struct {
	clocks []Clock // sorted, each once
	days   Days
}

// next looks at today, where the time may be over, and at each weekday once more.
func (p clockPattern) next(wall int64) (int64, bool) {
	day := floorDiv(wall, secondsPerDay)
	for ; day <= floorDiv(wall, secondsPerDay)+7; day++ {
		if !p.days.Has(weekdayOfDay(day)) {
			continue
		}
		for _, c := range p.clocks {
			if w := day*secondsPerDay + int64(c); w >= wall {
				return w, true
			}
		}
	}
	return 0, false
}

package schedule

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"time"
)

// Random moves what comes once a day, on each day by another time, as people do who are
// at home. Nothing is drawn: the time follows from the seed and the date, so whoever asks
// is told the same, before and after a restart and in a simulation. What is moved stays
// on its date, so none comes twice on one day and none is lost, whatever clocks do.
// The zero value moves nothing.
type Random struct {
	Within time.Duration // so much earlier or later at most, in whole seconds
	Seed   string        // with another one it is another time
}

// Clock is when something that is meant at a clock time comes on a date. what names it
// among all that has the same seed.
func (r Random) Clock(date Date, meant Clock, what string) Clock {
	first, last := r.Window(meant)
	if first == last {
		return meant
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%s\n%s", r.Seed, what, date))
	return first + Clock(binary.BigEndian.Uint64(sum[:8])%uint64(last-first+1))
}

// Window is when it may come: the first and the last second. It ends with the day.
func (r Random) Window(meant Clock) (first, last Clock) {
	within := Clock(r.Within / time.Second)
	return max(meant-within, 0), min(meant+within, secondsPerDay-1)
}

// Move is when something that is meant at an instant comes.
func (r Random) Move(meant time.Time, what string, loc *time.Location) time.Time {
	if r.Within <= 0 {
		return meant
	}
	meant = meant.In(loc)
	date := DateOf(meant)
	return At(date, r.Clock(date, ClockOf(meant), what), loc).At
}

// variedClocks are clock times that are moved.
type variedClocks struct {
	clockPattern
	random Random
}

// walls are those of a day, in order.
func (p variedClocks) walls(day int64) []int64 {
	if !p.days.Has(weekdayOfDay(day)) {
		return nil
	}
	date := dateOfDay(day)
	out := make([]int64, len(p.clocks))
	for i, c := range p.clocks {
		out[i] = day*secondsPerDay + int64(p.random.Clock(date, c, c.String()))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// next looks at today, where the time may be over, and at each weekday once more.
func (p variedClocks) next(wall int64) (int64, bool) {
	first := floorDiv(wall, secondsPerDay)
	for day := first; day <= first+7; day++ {
		walls := p.walls(day)
		if i, _ := slices.BinarySearch(walls, wall); i < len(walls) {
			return walls[i], true
		}
	}
	return 0, false
}

// count looks at each day.
func (p variedClocks) count(from, to int64) int {
	n := 0
	for day := floorDiv(from, secondsPerDay); day*secondsPerDay < to; day++ {
		walls := p.walls(day)
		first, _ := slices.BinarySearch(walls, from)
		end, _ := slices.BinarySearch(walls, to)
		n += max(end-first, 0)
	}
	return n
}

// varied are occurrences that come about once a day, and are moved. Their order stays:
// each is moved within its date, and by less than half of what is between two of one.
type varied struct {
	of     Occurrences
	random Random
	what   string
	loc    *time.Location
}

// slack is more than anything is ever moved: clocks may shift meanwhile.
func (v varied) slack() time.Duration { return v.random.Within + longestShift*time.Second }

// Next implements Occurrences.
func (v varied) Next(after time.Time) (time.Time, bool) {
	meant, ok := v.of.Next(after.Add(-v.slack()))
	for ; ok; meant, ok = v.of.Next(meant) {
		if at := v.random.Move(meant, v.what, v.loc); at.After(after) {
			return at, true
		}
	}
	return time.Time{}, false
}

// Count implements Counted.
func (v varied) Count(after, until time.Time) int {
	n := 0
	var last time.Time
	for meant := range Between(v.of, after.Add(-v.slack()), until.Add(v.slack())) {
		at := v.random.Move(meant, v.what, v.loc)
		if at.After(after) && !at.After(until) && !at.Equal(last) { // a gap may bring two to one instant
			n++
		}
		last = at
	}
	return n
}

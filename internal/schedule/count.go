package schedule

import (
	"math/bits"
	"time"
)

// Counted are occurrences that can be counted without walking through them.
type Counted interface {
	Occurrences
	// Count returns how many there are after one instant up to and including another.
	Count(after, until time.Time) int
}

// Count returns how many occurrences there are after one instant up to and including another. Its
// cost follows from the days between them for clock times and cron lines, and not at all for
// intervals; what is not Counted (the sun) is walked through.
func Count(o Occurrences, after, until time.Time) int {
	if !after.Before(until) {
		return 0
	}
	if c, ok := o.(Counted); ok {
		return c.Count(after, until)
	}
	n := 0
	for range Between(o, after, until) {
		n++
	}
	return n
}

// Newest returns the last occurrences after one instant up to and including another, at most n of
// them and in order. It walks through few more than that, however many there are.
func Newest(o Occurrences, after, until time.Time, n int) []time.Time {
	if n < 1 || !after.Before(until) {
		return nil
	}
	from := after
	for span := time.Minute; span < until.Sub(after); span *= 4 {
		if at := until.Add(-span); Count(o, at, until) >= n {
			from = at
			break
		}
	}
	var all []time.Time
	for at := range Between(o, from, until) {
		all = append(all, at)
	}
	return all[max(len(all)-n, 0):]
}

// Count implements Counted.
func (p periodic) Count(after, until time.Time) int {
	if p.period < 1 || outOfRange(after) || outOfRange(until) || !after.Before(until) {
		return 0
	}
	anchor := p.anchor.UnixMilli()
	return int(floorDiv(until.UnixMilli()-anchor, p.period) - floorDiv(after.UnixMilli()-anchor, p.period))
}

// Count implements Counted: the walls that clocks reach, but that a gap brings several of them to
// one instant.
func (f fixed) Count(after, until time.Time) int {
	if outOfRange(after) || outOfRange(until) || !after.Before(until) {
		return 0
	}
	from, to := reached(f.loc, after), reached(f.loc, until)
	n := f.pattern.count(from+1, to+1)
	for end := stretchAt(f.loc, after.Unix()).end; end <= until.Unix(); end = stretchAt(f.loc, end).end {
		before, now := reached(f.loc, time.Unix(end-1, 0)), reached(f.loc, time.Unix(end, 0))
		n -= max(f.pattern.count(before+1, now+1)-1, 0)
	}
	return n
}

// Count implements Counted.
func (f flowing) Count(after, until time.Time) int {
	if outOfRange(after) || outOfRange(until) || !after.Before(until) {
		return 0
	}
	n := 0
	for unix, last := after.Unix()+1, until.Unix(); unix <= last; {
		s := stretchAt(f.loc, unix)
		end := min(s.end, last+1)
		n += f.pattern.count(unix+s.offset, end+s.offset)
		unix = end
	}
	return n
}

// count goes by whole weeks.
func (p clockPattern) count(from, to int64) int {
	return p.countTo(to) - p.countTo(from)
}

// countTo counts from a Monday long ago, which is day 4 of 1970 less whole weeks.
func (p clockPattern) countTo(wall int64) int {
	day := floorDiv(wall, secondsPerDay)
	monday := day - floorMod(day-4, 7)
	days := floorDiv(monday-4, 7) * int64(p.days.size())
	for d := monday; d < day; d++ {
		if p.days.Has(weekdayOfDay(d)) {
			days++
		}
	}
	n := int(days) * len(p.clocks)
	if p.days.Has(weekdayOfDay(day)) {
		for _, c := range p.clocks {
			if day*secondsPerDay+int64(c) < wall {
				n++
			}
		}
	}
	return n
}

// count goes by days, and by months where the month does not match.
func (c Cron) count(from, to int64) int {
	minutes := func(wall int64) int64 { return floorDiv(wall+secondsPerMinute-1, secondsPerMinute) } // lines begin with full minutes
	first, last := minutes(from), minutes(to)
	n := 0
	const perDay = 24 * 60
	for day := floorDiv(first, perDay); day*perDay < last; {
		date := dateOfDay(day)
		if c.month&(1<<date.Month) == 0 {
			day = Date{date.Year, date.Month + 1, 1}.number()
			continue
		}
		if c.matchesDay(date, weekdayOfDay(day)) {
			n += c.minutesBefore(min(last-day*perDay, perDay)) - c.minutesBefore(max(first-day*perDay, 0))
		}
		day++
	}
	return n
}

// minutesBefore counts the matching minutes of a day before the given one.
func (c Cron) minutesBefore(minute int64) int {
	hour, rest := minute/60, minute%60
	n := bits.OnesCount64(c.hour&(1<<hour-1)) * bits.OnesCount64(c.minute)
	if c.hour&(1<<hour) != 0 {
		n += bits.OnesCount64(c.minute & (1<<rest - 1))
	}
	return n
}

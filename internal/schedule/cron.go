package schedule

import (
	"iter"
	"math/bits"
	"time"

	"github.com/robfig/cron/v3"
)

// Cron is a cron line of five fields: minute, hour, day of the month, month, day of the week. The
// zero value never occurs; ParseCron makes the others. Two are equal (==) if they are written
// alike.
//
// Beware the old rule of cron: where both the day of the month and the day of the week are
// restricted, a day that matches either of them matches. "0 8 13 * fri" is every 13th and every
// Friday, not Friday the 13th. A field that begins with * and has no step restricts nothing.
type Cron struct {
	text                            string
	minute, hour, dom, month, dow   uint64 // bit n: the value n is named
	everyDayOfMonth, everyDayOfWeek bool
}

// String returns the line with single spaces.
func (c Cron) String() string { return c.text }

// FollowsElapsedTime reports whether the line runs every hour or oftener, so that DST neither
// moves nor merges its runs; see the package comment.
func (c Cron) FollowsElapsedTime() bool { return c.hour == allHours }

const allHours = 1<<24 - 1

// In binds the line to a zone.
func (c Cron) In(loc *time.Location) Occurrences {
	if c.FollowsElapsedTime() {
		return flowing{pattern: c, loc: loc}
	}
	return fixed{pattern: c, loc: loc}
}

// Irregular yields, in order, the times of the line that the zone skips or repeats between two
// instants; none if it follows elapsed time.
func (c Cron) Irregular(loc *time.Location, from, until time.Time) iter.Seq[Moment] {
	if c.FollowsElapsedTime() {
		return func(func(Moment) bool) {}
	}
	return irregular(c, loc, from, until)
}

// cronHorizon in days: 29 February may be 8 years away.
const cronHorizon = 9 * 366

// next goes by days, and by months where the month does not match.
func (c Cron) next(wall int64) (int64, bool) {
	minute := floorDiv(wall+secondsPerMinute-1, secondsPerMinute) // lines begin with full minutes
	first := floorDiv(minute, 24*60)
	for day := first; day < first+cronHorizon; {
		date := dateOfDay(day)
		if c.month&(1<<date.Month) == 0 {
			day = Date{date.Year, date.Month + 1, 1}.number()
			continue
		}
		if c.matchesDay(date, weekdayOfDay(day)) {
			from := max(0, minute-day*24*60)
			if m, ok := c.nextMinute(int(from)); ok {
				return (day*24*60 + int64(m)) * secondsPerMinute, true
			}
		}
		day++
	}
	return 0, false
}

func (c Cron) matchesDay(date Date, weekday time.Weekday) bool {
	dom, dow := c.dom&(1<<date.Day) != 0, c.dow&(1<<weekday) != 0
	if c.everyDayOfMonth || c.everyDayOfWeek {
		return dom && dow
	}
	return dom || dow
}

// nextMinute returns the first matching minute of a day that is not before the given one.
func (c Cron) nextMinute(from int) (int, bool) {
	hour, minute := from/60, from%60
	if rest := c.minute >> minute; c.hour&(1<<hour) != 0 && rest != 0 {
		return from + bits.TrailingZeros64(rest), true
	}
	later := c.hour >> (hour + 1)
	if later == 0 || c.minute == 0 {
		return 0, false
	}
	return (hour+1+bits.TrailingZeros64(later))*60 + bits.TrailingZeros64(c.minute), true
}

// cronOf takes the bits of the library's schedule. Its highest bit says that a field restricts
// nothing.
func cronOf(text string, spec *cron.SpecSchedule) Cron {
	const star = 1 << 63
	return Cron{
		text:            text,
		minute:          spec.Minute &^ star,
		hour:            spec.Hour &^ star,
		dom:             spec.Dom &^ star,
		month:           spec.Month &^ star,
		dow:             spec.Dow &^ star,
		everyDayOfMonth: spec.Dom&star != 0,
		everyDayOfWeek:  spec.Dow&star != 0,
	}
}

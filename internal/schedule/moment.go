package schedule

import "time"

// Fate is what a zone does to one local time on one date.
type Fate int

// The fates.
const (
	Once     Fate = iota // clocks show it once
	Skipped              // clocks never show it: it lies in a gap
	Repeated             // clocks show it twice
)

func (f Fate) String() string {
	switch f {
	case Skipped:
		return "skipped"
	case Repeated:
		return "repeated"
	default:
		return "once"
	}
}

// Moment is one local time on one date, resolved to an instant.
type Moment struct {
	Date  Date
	Clock Clock
	Fate  Fate
	At    time.Time // when it runs: the first instant at which clocks show it or later
	Again time.Time // of a repeated time: when clocks show it again, and it does not run; else zero
}

// At resolves a local time by the rule of the package.
func At(date Date, clock Clock, loc *time.Location) Moment {
	return momentOf(loc, date.number()*secondsPerDay+int64(clock))
}

func momentOf(loc *time.Location, wall int64) Moment {
	at := firstReading(loc, wall)
	m := Moment{
		Date:  dateOfDay(floorDiv(wall, secondsPerDay)),
		Clock: Clock(floorMod(wall, secondsPerDay)),
		At:    time.Unix(at, 0).In(loc),
	}
	if at+stretchAt(loc, at).offset > wall {
		m.Fate = Skipped
	} else if again, ok := secondReading(loc, wall, at); ok {
		m.Fate, m.Again = Repeated, time.Unix(again, 0).In(loc)
	}
	return m
}

// secondReading finds the next instant after the first at which clocks show the wall.
func secondReading(loc *time.Location, wall, first int64) (int64, bool) {
	for unix := stretchAt(loc, first).end; unix < wall+longestShift; {
		s := stretchAt(loc, unix)
		if at := wall - s.offset; at >= unix && at < s.end {
			return at, true
		}
		unix = s.end
	}
	return 0, false
}

// String tells what happens in words, such as "02:30 does not exist on 2026-03-29 and runs at
// 03:00".
func (m Moment) String() string {
	what := m.Clock.String()
	on := " on " + m.Date.String()
	switch m.Fate {
	case Skipped:
		runs := ClockOf(m.At).String()
		if day := DateOf(m.At); day != m.Date {
			runs += " on " + day.String()
		}
		return what + " does not exist" + on + " and runs at " + runs
	case Repeated:
		return what + " comes twice" + on + " and runs the first time, " + m.At.Format("at 15:04:05 -07:00")
	default:
		return what + on
	}
}

package rules

import (
	"slices"
	"sort"
	"time"

	"hob/internal/entity"
	"hob/internal/schedule"
)

// year is the time that the checks look at: a year of days of the house's zone.
// Instants are unix seconds, as occurrences are.
type year struct {
	g        *ground
	from     time.Time
	to       time.Time
	days     []day
	sun      map[schedule.SunEvent][]int64
	searches int // further calls of Next that the checks may spend
	room     int // further instants of triggers that may be kept
}

// day is one date. On a plain one, clocks go on evenly.
type day struct {
	date  schedule.Date
	week  time.Weekday
	start int64
	plain bool
}

const (
	daysOfYear = 366
	// mostSearches bounds what cron lines and intervals cost altogether: some 50 ms.
	mostSearches = 100_000
	// mostKept instants of all triggers together are kept: 8 MB, of two thousand rules.
	mostKept = 1 << 20
	// mostInstants of one trigger are listed: a minute's cron line has as many in a day.
	mostInstants = 1500
)

func newYear(g *ground, from time.Time) *year {
	y := &year{g: g, sun: make(map[schedule.SunEvent][]int64), searches: mostSearches, room: mostKept}
	date := schedule.DateOf(from.In(g.zone))
	start := schedule.At(date, 0, g.zone).At
	y.from = start
	for range daysOfYear {
		tomorrow := date.AddDays(1)
		next := schedule.At(tomorrow, 0, g.zone).At
		y.days = append(y.days, day{date, date.Weekday(), start.Unix(), next.Sub(start) == 24*time.Hour})
		date, start = tomorrow, next
	}
	y.to = start
	return y
}

// at is when a clock time of a day is.
func (y *year) at(d day, clock schedule.Clock) int64 {
	if d.plain {
		return d.start + int64(clock)
	}
	return schedule.At(d.date, clock, y.g.zone).At.Unix()
}

// times are the instants of clock times, sorted.
func (y *year) times(t schedule.Times) []int64 {
	clocks := slices.Clone(t.Clocks)
	slices.Sort(clocks)
	moved := t.Random.Within > 0
	var out []int64
	for _, d := range y.days {
		if !t.Days.Has(d.week) {
			continue
		}
		for _, c := range clocks {
			if moved {
				c = t.Random.Clock(d.date, c, c.String())
			}
			out = append(out, y.at(d, c))
		}
	}
	if moved { // they may have changed places
		slices.Sort(out)
	}
	return slices.Compact(out) // a gap may move several to one instant
}

// events are when the sun does something, sorted; made once for each event.
func (y *year) events(e schedule.SunEvent) []int64 {
	if known, ok := y.sun[e]; ok {
		return known
	}
	out := []int64{}
	// Offsets of a day reach in from outside.
	for at := range schedule.Between(schedule.Sun{Event: e}.At(y.g.place, y.g.zone), y.from.AddDate(0, 0, -2), y.to.AddDate(0, 0, 2)) {
		out = append(out, at.Unix())
	}
	y.sun[e] = out
	return out
}

// sunTimes are the instants of a trigger by the sun.
func (y *year) sunTimes(s entity.AtSun) []int64 {
	var out []int64
	i := 0
	for _, at := range y.events(s.Event) {
		at += int64(s.Offset / time.Second)
		for i+1 < len(y.days) && y.days[i+1].start <= at {
			i++
		}
		if at >= y.from.Unix() && at < y.to.Unix() && s.Days.Has(y.days[i].week) {
			out = append(out, s.Random.Move(time.Unix(at, 0), s.Sun.String(), y.g.zone).Unix())
		}
	}
	return out
}

// daily is an event of the sun on each day.
func daily(e schedule.SunEvent) entity.AtSun {
	return entity.AtSun{Sun: schedule.Sun{Event: e}, Days: schedule.EveryDay}
}

// search lists occurrences of the year; complete says whether all.
func (y *year) search(o schedule.Occurrences) (instants []int64, complete bool) {
	at, ok := o.Next(y.from.Add(-time.Second))
	for ok && at.Before(y.to) {
		if y.searches--; y.searches < 0 || len(instants) >= mostInstants {
			return instants, false
		}
		instants = append(instants, at.Unix())
		at, ok = o.Next(at)
	}
	return instants, true
}

// sunIsUp is schedule.Place.Up, by the events of the year where it has them.
func (y *year) sunIsUp(at time.Time) bool {
	unix := at.Unix()
	last := func(e schedule.SunEvent) int64 {
		list := y.events(e)
		if i := sort.Search(len(list), func(i int) bool { return list[i] > unix }); i > 0 {
			return list[i-1]
		}
		return 0
	}
	rise, set := last(schedule.Sunrise), last(schedule.Sunset)
	const aDay = 24 * 60 * 60
	if unix-max(rise, set) > aDay || unix-min(rise, set) > 2*aDay { // polar day or night, or beyond the year
		return y.g.place.Up(at)
	}
	return rise > set
}

// timedFormula says whether a formula depends on the time.
func timedFormula(f formula) bool {
	found := false
	visit(f, func(part formula) {
		_, ok := part.(timeIs)
		found = found || ok
	})
	return found
}

// turns are instants between which a formula's own times do not change, the
// noon of a Monday first: so what holds at none of them never holds.
func (y *year) turns(of ...formula) []int64 {
	clocks := map[schedule.Clock]bool{}
	var sun, timed bool
	for _, f := range of {
		visit(f, func(part formula) {
			is, ok := part.(timeIs)
			if !ok {
				return
			}
			timed = true
			switch c := is.cond.(type) {
			case inWindow:
				clocks[c.w.From], clocks[c.w.To] = true, true
			case sunIs:
				sun = true
			}
		})
	}
	first := slices.IndexFunc(y.days, func(d day) bool { return d.week == time.Monday })
	out := []int64{y.at(y.days[first], 12*60*60)}
	if !timed {
		return out
	}
	clocks[0] = true
	days := y.days[first : first+7]
	if sun {
		days = y.days
		out = append(out, y.sunTimes(daily(schedule.Sunrise))...)
		out = append(out, y.sunTimes(daily(schedule.Sunset))...)
	}
	for _, d := range days {
		for c := range clocks {
			out = append(out, y.at(d, c))
		}
	}
	slices.Sort(out[1:])
	return out
}

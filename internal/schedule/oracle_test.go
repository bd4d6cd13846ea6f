package schedule_test

import (
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"hob/internal/schedule"
)

// The oracle knows nothing of offsets, transitions or searches. It walks every minute of real time
// and looks at what a clock on the wall shows, as a person with a notebook would:
//
//   - once: a time runs in the first minute in which clocks show it or something later;
//   - flowing: a time runs in every minute in which clocks show it.
//
// All offsets in the tested years are whole minutes.

// minutes is real time from one instant on, a minute a step, and what clocks showed.
type minutes struct {
	loc   *time.Location
	from  time.Time // the first minute that is asked about
	shown []shown   // begins 3 days earlier, so that it is known what had been shown before
}

type shown struct {
	at   time.Time
	wall time.Time // the reading, written as if it were UTC
}

func walk(loc *time.Location, from time.Time, span time.Duration) minutes {
	m := minutes{loc: loc, from: from}
	for at := from.Add(-72 * time.Hour); at.Before(from.Add(span)); at = at.Add(time.Minute) {
		m.shown = append(m.shown, shown{at, reading(at.In(loc))})
	}
	return m
}

func reading(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), 0, 0, time.UTC)
}

// once returns the instants after from at which the intended times run.
func (m minutes) once(intended func(wall time.Time) bool) []time.Time {
	var runs []time.Time
	next := m.shown[0].wall // the earliest time of day that clocks have not shown yet
	for _, s := range m.shown {
		for !next.After(s.wall) {
			if intended(next) && s.at.After(m.from) && (len(runs) == 0 || !runs[len(runs)-1].Equal(s.at)) {
				runs = append(runs, s.at)
			}
			next = next.Add(time.Minute)
		}
	}
	return runs
}

// flowing returns the instants after from at which clocks show an intended time.
func (m minutes) flowing(intended func(wall time.Time) bool) []time.Time {
	var runs []time.Time
	for _, s := range m.shown {
		if intended(s.wall) && s.at.After(m.from) {
			runs = append(runs, s.at)
		}
	}
	return runs
}

// last is the last minute that was walked.
func (m minutes) last() time.Time { return m.shown[len(m.shown)-1].at }

// compare checks all occurrences in the walked time. errorf gets one complaint at most.
func (m minutes) compare(errorf func(format string, args ...any), o schedule.Occurrences, want []time.Time) {
	var got []time.Time
	for at := m.from; ; {
		next, ok := o.Next(at)
		if ok && !next.After(at) {
			errorf("%s: the occurrence after %s is %s", m.loc, at, next)
			return
		}
		if !ok || next.After(m.last()) {
			break
		}
		got = append(got, next)
		at = next
	}
	if !slices.EqualFunc(got, want, time.Time.Equal) {
		errorf("%s from %s: got\n%s\nwant\n%s", m.loc, m.from.In(m.loc), list(got, m.loc), list(want, m.loc))
		return
	}
	m.compareCounts(errorf, o, want)
}

// compareCounts counts from and to many times, those of occurrences and of transitions among them.
func (m minutes) compareCounts(errorf func(format string, args ...any), o schedule.Occurrences, want []time.Time) {
	ends := []time.Time{m.from, m.last()}
	for i := 0; i < len(m.shown); i += 1 + len(m.shown)/6 {
		ends = append(ends, m.shown[i].at, m.shown[i].at.Add(59*time.Second))
	}
	for i := 0; i < len(want); i += 1 + len(want)/6 {
		ends = append(ends, want[i], want[i].Add(-time.Millisecond))
	}
	for _, until := range ends {
		for _, after := range ends[:2] {
			if after.Equal(m.last()) {
				after = m.from.Add(until.Sub(m.from) / 3)
			}
			if after.Before(m.from) || until.After(m.last()) {
				continue
			}
			in := slices.DeleteFunc(slices.Clone(want), func(at time.Time) bool { return !at.After(after) || at.After(until) })
			if n := schedule.Count(o, after, until); n != len(in) {
				errorf("%s after %s until %s: counted %d, want %d", m.loc, after.In(m.loc), until.In(m.loc), n, len(in))
				return
			}
			newest := in[max(len(in)-5, 0):]
			if got := schedule.Newest(o, after, until, 5); !slices.EqualFunc(got, newest, time.Time.Equal) {
				errorf("%s after %s until %s: the newest are\n%s\nwant\n%s", m.loc, after.In(m.loc), until.In(m.loc), list(got, m.loc), list(newest, m.loc))
				return
			}
		}
	}
}

func list(times []time.Time, loc *time.Location) string {
	text := ""
	for _, t := range times {
		text += t.In(loc).Format("  2006-01-02T15:04:05-07:00") + "\n"
	}
	return text
}

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func instant(t testing.TB, rfc3339 string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, rfc3339)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func clocks(t testing.TB, raw ...string) []schedule.Clock {
	t.Helper()
	var all []schedule.Clock
	for _, r := range raw {
		c, err := schedule.ParseClock(r)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	}
	return all
}

func days(t testing.TB, raw string) schedule.Days {
	t.Helper()
	d, err := schedule.ParseDays(raw)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func cron(t testing.TB, raw string) schedule.Cron {
	t.Helper()
	c, err := schedule.ParseCron(raw)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// zoneNames has a zone of every kind: whole, half and quarter hours; DST by one hour, half an hour
// and two hours, in both hemispheres, over midnight in both directions, negative (Dublin), for
// Ramadan (Casablanca); lost days; changes of the standard offset; and none of it.
func zoneNames() []string {
	return []string{
		"UTC", "Europe/Paris", "Europe/Berlin", "Europe/London", "Europe/Dublin", "Europe/Lisbon", "Europe/Moscow",
		"Europe/Istanbul", "Europe/Chisinau", "America/New_York", "America/Los_Angeles", "America/Phoenix",
		"America/St_Johns", "America/Havana", "America/Santiago", "America/Asuncion", "America/Sao_Paulo",
		"America/Caracas", "America/Scoresbysund", "America/Nuuk", "America/Mexico_City", "Australia/Lord_Howe",
		"Australia/Sydney", "Australia/Adelaide", "Pacific/Apia", "Pacific/Auckland", "Pacific/Chatham",
		"Pacific/Kiritimati", "Pacific/Kwajalein", "Pacific/Easter", "Pacific/Norfolk", "Africa/Casablanca",
		"Africa/Cairo", "Africa/Windhoek", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Tehran", "Asia/Beirut",
		"Asia/Amman", "Asia/Gaza", "Asia/Jerusalem", "Asia/Pyongyang", "Asia/Tokyo", "Asia/Dhaka", "Atlantic/Azores",
		"Antarctica/Troll",
	}
}

// transitions returns the minutes of a year in which the zone's offset changed.
func transitions(loc *time.Location, year int) []time.Time {
	offset := func(t time.Time) int { _, o := t.In(loc).Zone(); return o }
	var found []time.Time
	begin := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)
	for day := begin; day.Year() == year; day = day.Add(24 * time.Hour) {
		if offset(day) == offset(day.Add(24*time.Hour)) {
			continue
		}
		for at := day; at.Before(day.Add(24 * time.Hour)); at = at.Add(time.Minute) {
			if offset(at) != offset(at.Add(time.Minute)) {
				found = append(found, at.Add(time.Minute))
			}
		}
	}
	return found
}

func splitFields(s string) []string { return strings.Fields(s) }

func splitCommas(s string) []string { return strings.Split(s, ",") }

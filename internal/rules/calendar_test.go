package rules_test

import (
	"slices"
	"testing"
	"time"

	"hob/internal/entity"
	"hob/internal/schedule"
)

const day = 24 * time.Hour

// A local time that summer time skips runs at the first instant after the gap, one
// that comes twice runs the first time, and what follows elapsed time goes on.
func TestRulesRunAtTheirLocalTimes(t *testing.T) {
	sunset := entity.AtSun{Sun: schedule.Sun{Event: schedule.Sunset, Offset: -20 * time.Minute}, Days: schedule.DaysOf(time.Saturday, time.Sunday)}
	for name, c := range map[string]struct {
		zone  string
		when  entity.Trigger
		from  string
		lasts time.Duration
		want  []string
	}{
		"Berlin, 02:30 is skipped":     {berlin, atClock("02:30"), "2026-03-28 12:00:00", 2 * day, []string{"03-29 03:00:00 +0200", "03-30 02:30:00 +0200"}},
		"Berlin, 02:30 comes twice":    {berlin, atClock("02:30"), "2026-10-24 12:00:00", 2 * day, []string{"10-25 02:30:00 +0200", "10-26 02:30:00 +0100"}},
		"New York, 02:30 is skipped":   {newYork, atClock("02:30"), "2026-03-07 12:00:00", 2 * day, []string{"03-08 03:00:00 -0400", "03-09 02:30:00 -0400"}},
		"New York, 01:30 comes twice":  {newYork, atClock("01:30"), "2026-10-31 12:00:00", 2 * day, []string{"11-01 01:30:00 -0400", "11-02 01:30:00 -0500"}},
		"two times that one gap joins": {berlin, atClock("02:10", "02:50"), "2026-03-28 12:00:00", day, []string{"03-29 03:00:00 +0200"}},
		"each hour, over a gap":        {berlin, atCron("0 * * * *"), "2026-03-29 00:30:00", 3 * time.Hour, []string{"03-29 01:00:00 +0100", "03-29 03:00:00 +0200", "03-29 04:00:00 +0200"}},
		"each hour, over an hour that comes twice": {berlin, atCron("0 * * * *"), "2026-10-25 01:30:00", 3 * time.Hour,
			[]string{"10-25 02:00:00 +0200", "10-25 02:00:00 +0100", "10-25 03:00:00 +0100"}},
		"every two hours, over a gap": {berlin, every(2 * time.Hour), "2026-03-29 00:30:00", 5 * time.Hour, []string{"03-29 03:00:00 +0200", "03-29 05:00:00 +0200"}},
		"29 February":                 {berlin, atCron("0 12 29 2 *"), "2026-06-01 00:00:00", 3 * 366 * day, []string{"02-29 12:00:00 +0100"}},
		"31st":                        {berlin, atCron("0 12 31 * *"), "2026-04-01 00:00:00", 130 * day, []string{"05-31 12:00:00 +0200", "07-31 12:00:00 +0200"}},
		"the end of a year":           {berlin, atClock("00:00"), "2026-12-31 23:00:00", 2 * time.Hour, []string{"01-01 00:00:00 +0100"}},
		"sunset at weekends":          {berlin, sunset, "2026-06-19 12:00:00", 4 * day, []string{"06-20 21:13:", "06-21 21:13:"}},
		"on days":                     {berlin, entity.AtTimes{Times: schedule.Times{Clocks: []schedule.Clock{0}, Days: schedule.DaysOf(time.Monday)}}, "2026-06-19 12:00:00", 9 * day, []string{"06-22 00:00:00 +0200"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, houseIn(c.zone, rule("r", c.when, do("porch", entity.VerbOn))), local(c.zone, c.from))
			s.pass(c.lasts)
			var got []string
			for _, a := range s.acts {
				got = append(got, a.at.Wall.In(s.program.Zone()).Format("01-02 15:04:05 -0700"))
			}
			if !slices.EqualFunc(got, c.want, func(got, want string) bool { return len(want) <= len(got) && got[:len(want)] == want }) {
				t.Errorf("it ran at %q, want %q", got, c.want)
			}
		})
	}
}

// A day that begins or ends summer time is like others for a server that is down
// in it, too.
func TestOccurrencesOfADayOfChangeAreMissedOnce(t *testing.T) {
	for _, c := range []struct{ zone, from string }{{berlin, "2026-03-28 23:00:00"}, {berlin, "2026-10-24 23:00:00"}, {newYork, "2026-03-07 23:00:00"}, {newYork, "2026-10-31 23:00:00"}} {
		r := rule("r", atClock("01:30", "02:30", "03:30"), do("porch", entity.VerbOn))
		s := newServer(t, houseIn(c.zone, r), local(c.zone, c.from))
		s.restart(12 * time.Hour)
		s.pass(6 * time.Hour)
		if got := s.log(); len(got) != 3 || len(s.acts) != 0 {
			t.Errorf("%s: %q", c.from, got)
		}
	}
}

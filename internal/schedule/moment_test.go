package schedule_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"hob/internal/schedule"
)

func TestAtTellsWhatAZoneDoesToATime(t *testing.T) {
	for _, c := range []struct {
		zone  string
		date  schedule.Date
		clock string
		want  string
		at    string
		again string
	}{
		{"Europe/Paris", schedule.Date{Year: 2026, Month: 3, Day: 29}, "02:30", "02:30 does not exist on 2026-03-29 and runs at 03:00", "2026-03-29T01:00:00Z", ""},
		{"Europe/Paris", schedule.Date{Year: 2026, Month: 3, Day: 29}, "03:00", "03:00 on 2026-03-29", "2026-03-29T01:00:00Z", ""},
		{"Europe/Paris", schedule.Date{Year: 2026, Month: 10, Day: 25}, "02:30", "02:30 comes twice on 2026-10-25 and runs the first time, at 02:30:00 +02:00", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"},
		{"Europe/Paris", schedule.Date{Year: 2026, Month: 10, Day: 25}, "03:00", "03:00 on 2026-10-25", "2026-10-25T02:00:00Z", ""},
		{"Europe/Paris", schedule.Date{Year: 2026, Month: 7, Day: 1}, "02:30:15", "02:30:15 on 2026-07-01", "2026-07-01T00:30:15Z", ""},
		{"America/Havana", schedule.Date{Year: 2026, Month: 3, Day: 8}, "00:00", "00:00 does not exist on 2026-03-08 and runs at 01:00", "2026-03-08T05:00:00Z", ""},
		{"Pacific/Apia", schedule.Date{Year: 2011, Month: 12, Day: 30}, "06:00", "06:00 does not exist on 2011-12-30 and runs at 00:00 on 2011-12-31", "2011-12-30T10:00:00Z", ""},
		{"America/St_Johns", schedule.Date{Year: 2010, Month: 11, Day: 7}, "00:00", "00:00 comes twice on 2010-11-07 and runs the first time, at 00:00:00 -02:30", "2010-11-07T02:30:00Z", "2010-11-07T03:30:00Z"},
		{"Australia/Lord_Howe", schedule.Date{Year: 2026, Month: 4, Day: 5}, "01:59:59", "01:59:59 comes twice on 2026-04-05 and runs the first time, at 01:59:59 +11:00", "2026-04-04T14:59:59Z", "2026-04-04T15:29:59Z"},
		{"UTC", schedule.Date{Year: 2026, Month: 2, Day: 29}, "06:00", "06:00 on 2026-03-01", "2026-03-01T06:00:00Z", ""},
		// Before zones: Paris was 9 min 21 s ahead of UTC until 1911.
		{"Europe/Paris", schedule.Date{Year: 1900, Month: 1, Day: 1}, "12:00", "12:00 on 1900-01-01", "1900-01-01T11:50:39Z", ""},
		// Manila went from the American to the Asian side of the date line in 1844 and lost a day.
		{"Asia/Manila", schedule.Date{Year: 1844, Month: 12, Day: 31}, "12:00", "12:00 does not exist on 1844-12-31 and runs at 00:00 on 1845-01-01", "1844-12-31T15:56:08Z", ""},
		// Alaska went the other way in 1867, at 15:33:32 on 19 October, and had a day twice.
		{"America/Juneau", schedule.Date{Year: 1867, Month: 10, Day: 19}, "12:00", "12:00 comes twice on 1867-10-19 and runs the first time, at 12:00:00 +15:02", "1867-10-18T20:57:41Z", "1867-10-19T20:57:41Z"},
	} {
		loc := zone(t, c.zone)
		got := schedule.At(c.date, clocks(t, c.clock)[0], loc)
		if got.String() != c.want || !got.At.Equal(instant(t, c.at)) {
			t.Errorf("%s: got %q at %s", c.zone, got, got.At.UTC())
		}
		if again := c.again != ""; got.Again.IsZero() == again || again && !got.Again.Equal(instant(t, c.again)) {
			t.Errorf("%s %s: again at %s", c.zone, got, got.Again.UTC())
		}
	}
}

func TestIrregularTimesAreFoundForYearsAhead(t *testing.T) {
	loc := zone(t, "Europe/Paris")
	from, until := instant(t, "2026-01-01T00:00:00Z"), instant(t, "2028-01-01T00:00:00Z")
	texts := func(found []schedule.Moment) []string {
		var all []string
		for _, m := range found {
			all = append(all, m.Fate.String()+" "+m.Date.String()+" "+m.Clock.String())
		}
		return all
	}
	both := []string{"skipped 2026-03-29 02:30", "repeated 2026-10-25 02:30", "skipped 2027-03-28 02:30", "repeated 2027-10-31 02:30"}
	for _, c := range []struct {
		pattern string
		want    []string
	}{
		{"daily 02:30,06:00", both},
		{"sun 02:30", both},
		{"mon-sat 02:30", nil}, // clocks change on Sundays
		{"daily 01:59,03:00", nil},
		{"daily 02:00", []string{"skipped 2026-03-29 02:00", "repeated 2026-10-25 02:00", "skipped 2027-03-28 02:00", "repeated 2027-10-31 02:00"}},
	} {
		fields := splitFields(c.pattern)
		times := schedule.Times{Clocks: clocks(t, splitCommas(fields[1])...), Days: days(t, fields[0])}
		if got := texts(slices.Collect(times.Irregular(loc, from, until))); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.pattern, got, c.want)
		}
	}
	if got := texts(slices.Collect(cron(t, "30 2 * * *").Irregular(loc, from, until))); !slices.Equal(got, both) {
		t.Errorf("cron: got %v", got)
	}
	if got := slices.Collect(cron(t, "30 * * * *").Irregular(loc, from, until)); got != nil {
		t.Errorf("a line that follows elapsed time: got %v", got)
	}
	if got := slices.Collect(schedule.Times{Clocks: clocks(t, "02:30"), Days: schedule.EveryDay}.Irregular(time.UTC, from, until)); got != nil {
		t.Errorf("UTC: got %v", got)
	}
	for m := range cron(t, "* 2 * * *").Irregular(loc, from, until) {
		if m.Clock != 2*3600 {
			t.Errorf("the first is %s", m)
		}
		break // a reader may stop
	}
}

func TestDaysChangeWhenTheyBegin(t *testing.T) {
	for _, c := range []struct {
		zone, at, on string
		want         bool
	}{
		{"Europe/Paris", "2026-03-28T22:59:59Z", "sat", true},
		{"Europe/Paris", "2026-03-28T23:00:00Z", "sat", false},
		{"Europe/Paris", "2026-03-28T23:00:00Z", "sun", true},
		{"America/Havana", "2026-03-08T05:00:00Z", "sun", true},
		// St. John's: Sunday had begun for a minute when clocks went back to Saturday 23:01.
		{"America/St_Johns", "2010-11-07T02:29:59Z", "sat", true},
		{"America/St_Johns", "2010-11-07T02:30:00Z", "sun", true},
		{"America/St_Johns", "2010-11-07T02:45:00Z", "sun", true},
		{"America/St_Johns", "2010-11-07T02:45:00Z", "sat", false},
	} {
		if got := days(t, c.on).Contains(instant(t, c.at), zone(t, c.zone)); got != c.want {
			t.Errorf("%s %s on %s: got %t", c.zone, c.at, c.on, got)
		}
	}
}

func TestIntervalsKeepTheirPhase(t *testing.T) {
	anchor := instant(t, "2026-03-28T00:00:00+01:00").In(zone(t, "Europe/Berlin"))
	for _, c := range []struct {
		every       time.Duration
		after, want string
	}{
		{6 * time.Hour, "2026-03-28T00:00:00+01:00", "2026-03-28T06:00:00+01:00"},
		{6 * time.Hour, "2026-03-28T05:59:59.999+01:00", "2026-03-28T06:00:00+01:00"},
		{6 * time.Hour, "2026-03-29T00:00:00+01:00", "2026-03-29T07:00:00+02:00"}, // elapsed time over DST
		{6 * time.Hour, "2026-03-27T23:00:00+01:00", "2026-03-28T00:00:00+01:00"}, // the anchor itself
		{6 * time.Hour, "2026-03-27T12:00:00+01:00", "2026-03-27T18:00:00+01:00"}, // before it
		{24 * time.Hour, "2026-03-28T00:00:00+01:00", "2026-03-29T00:00:00+01:00"},
		{1500 * time.Millisecond, "2026-03-28T00:00:02+01:00", "2026-03-28T00:00:03+01:00"},
		{time.Hour, "1700-01-01T00:30:00Z", "1700-01-01T01:00:00Z"}, // further than a Duration reaches
	} {
		got, ok := schedule.Every(c.every).From(anchor).Next(instant(t, c.after))
		if !ok || !got.Equal(instant(t, c.want)) || got.Location() != anchor.Location() {
			t.Errorf("every %s after %s: got %s, %t", c.every, c.after, got, ok)
		}
	}
	for _, none := range []time.Duration{0, -time.Hour, time.Microsecond} {
		if at, ok := schedule.Every(none).From(anchor).Next(anchor); ok {
			t.Errorf("every %s comes at %s", none, at)
		}
	}
}

func TestBetweenAndLatest(t *testing.T) {
	o := schedule.Times{Clocks: clocks(t, "06:00", "18:00"), Days: schedule.EveryDay}.In(time.UTC)
	from, until := instant(t, "2026-03-28T06:00:00Z"), instant(t, "2026-03-29T18:00:00Z")
	var got []string
	for at := range schedule.Between(o, from, until) {
		got = append(got, at.Format("02T15"))
	}
	if want := []string{"28T18", "29T06", "29T18"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if at, ok := schedule.Latest(o, from, until); !ok || !at.Equal(until) {
		t.Errorf("the latest is %s, %t", at, ok)
	}
	if at, ok := schedule.Latest(o, until, until.Add(time.Hour)); ok {
		t.Errorf("nothing came, but %s", at)
	}
}

func TestNothingComesAfterTheLastYear(t *testing.T) {
	for _, after := range []time.Time{time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), time.Unix(math.MaxInt64/2, 0), time.Unix(math.MinInt64/2, 0)} {
		for _, o := range []schedule.Occurrences{
			schedule.Times{Clocks: []schedule.Clock{0}, Days: schedule.EveryDay}.In(time.UTC), cron(t, "0 0 * * *").In(time.UTC),
			cron(t, "0 * * * *").In(time.UTC), schedule.Every(time.Hour).From(time.Unix(0, 0)), schedule.Sun{}.At(berlin(), time.UTC),
		} {
			if at, ok := o.Next(after); ok {
				t.Errorf("%T after %s: %s", o, after, at)
			}
		}
	}
}

func TestNoDayAndNoClockNeverCome(t *testing.T) {
	for _, times := range []schedule.Times{{Days: schedule.EveryDay}, {Clocks: []schedule.Clock{0}}, {}} {
		if at, ok := times.In(time.UTC).Next(time.Unix(0, 0)); ok {
			t.Errorf("%v comes at %s", times, at)
		}
	}
}

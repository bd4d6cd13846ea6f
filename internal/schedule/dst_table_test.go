package schedule_test

import (
	"testing"
	"time"

	"hob/internal/schedule"
)

// reasoned are cases whose answer follows from the published rule of the zone (in the comments)
// and the rule of the package, by hand. A pattern of five fields is a cron line, any other is a
// list of times with days before it, or daily.
var reasoned = []struct{ zone, pattern, after, want string }{
	// No DST.
	{"UTC", "06:00", "2026-03-29T00:00:00Z", "2026-03-29T06:00:00Z"},
	{"UTC", "06:00", "2026-03-29T06:00:00Z", "2026-03-30T06:00:00Z"},
	{"UTC", "06:00", "2026-03-29T05:59:59.999999999Z", "2026-03-29T06:00:00Z"},
	{"UTC", "06:00", "2026-03-29T06:00:00.000000001Z", "2026-03-30T06:00:00Z"},
	{"UTC", "23:59:59", "2026-12-31T23:59:58Z", "2026-12-31T23:59:59Z"},
	{"UTC", "23:59:59", "2026-12-31T23:59:59Z", "2027-01-01T23:59:59Z"},
	{"UTC", "mon 06:00", "2026-03-30T06:00:00Z", "2026-04-06T06:00:00Z"}, // 30 March 2026 is a Monday
	{"UTC", "sat-sun 08:00", "2026-03-30T00:00:00Z", "2026-04-04T08:00:00Z"},
	{"UTC", "fri-mon 08:00", "2026-03-30T08:00:00Z", "2026-04-03T08:00:00Z"},
	{"UTC", "mon,wed,fri 08:00", "2026-03-30T08:00:00Z", "2026-04-01T08:00:00Z"},
	{"UTC", "daily 22:00,06:00,14:00", "2026-03-30T08:00:00Z", "2026-03-30T14:00:00Z"},
	{"UTC", "0 0 29 2 *", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00Z"},
	{"UTC", "0 0 29 2 *", "2096-02-29T00:00:00Z", "2104-02-29T00:00:00Z"}, // 2100 has no 29 February
	{"UTC", "0 0 31 * *", "2026-03-31T00:00:00Z", "2026-05-31T00:00:00Z"},
	{"UTC", "0 8 13 * fri", "2026-03-01T00:00:00Z", "2026-03-06T08:00:00Z"}, // 13th or Friday
	{"UTC", "0 8 13 * fri", "2026-04-10T08:00:00Z", "2026-04-13T08:00:00Z"}, // 13 April is a Monday
	{"UTC", "0 8 * * 7", "2026-03-28T12:00:00Z", "2026-03-29T08:00:00Z"},
	{"UTC", "0 8 * * sun", "2026-03-28T12:00:00Z", "2026-03-29T08:00:00Z"},
	{"UTC", "0 8 * * fri-sun", "2026-03-30T12:00:00Z", "2026-04-03T08:00:00Z"},
	{"UTC", "0 8 * * 6-7", "2026-03-30T12:00:00Z", "2026-04-04T08:00:00Z"},
	{"UTC", "*/7 5 * * *", "2026-03-30T05:49:00Z", "2026-03-30T05:56:00Z"},
	{"UTC", "*/7 5 * * *", "2026-03-30T05:56:00Z", "2026-03-31T05:00:00Z"},
	{"UTC", "30 6 * * mon-fri", "2026-03-27T06:30:00Z", "2026-03-30T06:30:00Z"},
	{"UTC", "0 12 1 1 *", "9999-06-01T00:00:00Z", "10000-01-01T12:00:00Z"},
	{"Asia/Kolkata", "06:00", "2026-03-29T00:00:00Z", "2026-03-29T00:30:00Z"}, // +05:30
	{"Asia/Kolkata", "0 * * * *", "2026-03-29T00:00:00Z", "2026-03-29T00:30:00Z"},
	{"Asia/Kathmandu", "06:00", "2026-03-29T00:00:00Z", "2026-03-29T00:15:00Z"}, // +05:45
	{"Asia/Kathmandu", "*/30 * * * *", "2026-03-29T00:00:00Z", "2026-03-29T00:15:00Z"},
	{"Asia/Tokyo", "sun 00:00", "2026-03-28T12:00:00Z", "2026-03-28T15:00:00Z"},

	// Paris: 2026-03-29 01:00Z, 02:00 becomes 03:00; 2026-10-25 01:00Z, 03:00 becomes 02:00.
	{"Europe/Paris", "01:59", "2026-03-28T12:00:00Z", "2026-03-29T00:59:00Z"},
	{"Europe/Paris", "02:00", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z"},
	{"Europe/Paris", "02:30", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z"},
	{"Europe/Paris", "02:59:59", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z"},
	{"Europe/Paris", "03:00", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z"},
	{"Europe/Paris", "03:01", "2026-03-28T12:00:00Z", "2026-03-29T01:01:00Z"},
	{"Europe/Paris", "02:30", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"},
	{"Europe/Paris", "daily 02:10,02:30,03:00", "2026-03-29T00:00:00Z", "2026-03-29T01:00:00Z"},
	{"Europe/Paris", "daily 02:10,02:30,03:00", "2026-03-29T01:00:00Z", "2026-03-30T00:10:00Z"},
	{"Europe/Paris", "sun 02:30", "2026-03-23T00:00:00Z", "2026-03-29T01:00:00Z"},
	{"Europe/Paris", "mon 02:30", "2026-03-28T00:00:00Z", "2026-03-30T00:30:00Z"},
	{"Europe/Paris", "02:00", "2026-10-24T12:00:00Z", "2026-10-25T00:00:00Z"},
	{"Europe/Paris", "02:30", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z"},
	{"Europe/Paris", "02:30", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"},
	{"Europe/Paris", "02:30", "2026-10-25T01:10:00Z", "2026-10-26T01:30:00Z"}, // during the second 02:10
	{"Europe/Paris", "03:00", "2026-10-24T12:00:00Z", "2026-10-25T02:00:00Z"},
	{"Europe/Paris", "03:00", "2026-10-25T01:59:59Z", "2026-10-25T02:00:00Z"},
	{"Europe/Paris", "30 2 * * *", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z"},
	{"Europe/Paris", "30 2 * * *", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"},
	{"Europe/Paris", "*/15 2 * * *", "2026-03-29T00:00:00Z", "2026-03-29T01:00:00Z"},
	{"Europe/Paris", "*/15 2 * * *", "2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z"},
	{"Europe/Paris", "*/15 * * * *", "2026-03-29T00:45:00Z", "2026-03-29T01:00:00Z"},
	{"Europe/Paris", "30 * * * *", "2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z"},
	{"Europe/Paris", "30 * * * *", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"}, // both 02:30
	{"Europe/Paris", "30 0-23 * * *", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"},
	{"Europe/Paris", "0 */2 * * *", "2026-10-25T00:00:00Z", "2026-10-25T03:00:00Z"}, // 02:00 once, then 04:00
	{"Europe/Paris", "30 2 29 3 *", "2026-01-01T00:00:00Z", "2026-03-29T01:00:00Z"},
	{"Europe/Paris", "06:00", "2026-03-29T02:00:00Z", "2026-03-29T04:00:00Z"},
	{"Europe/Paris", "06:00", "2024-12-31T06:00:00Z", "2025-01-01T05:00:00Z"}, // 366th day
	{"Europe/Paris", "23:30", "2028-12-31T20:00:00Z", "2028-12-31T22:30:00Z"},
	{"Europe/Paris", "0 * * * *", "2028-12-31T22:30:00Z", "2028-12-31T23:00:00Z"},
	{"Europe/Paris", "23:30", "2040-12-31T20:00:00Z", "2040-12-31T22:30:00Z"},
	{"Europe/Paris", "0 * * * *", "2040-12-31T22:30:00Z", "2040-12-31T23:00:00Z"},
	{"Europe/Paris", "30 2 * * *", "2040-03-24T12:00:00Z", "2040-03-25T01:00:00Z"}, // by rule, after the tables end

	// New York: 2026-03-08 07:00Z, 02:00 becomes 03:00; 2026-11-01 06:00Z, 02:00 becomes 01:00.
	{"America/New_York", "02:30", "2026-03-08T00:00:00Z", "2026-03-08T07:00:00Z"},
	{"America/New_York", "02:30", "2026-03-08T07:00:00Z", "2026-03-09T06:30:00Z"},
	{"America/New_York", "01:30", "2026-11-01T00:00:00Z", "2026-11-01T05:30:00Z"},
	{"America/New_York", "01:30", "2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"},
	{"America/New_York", "02:00", "2026-11-01T05:30:00Z", "2026-11-01T07:00:00Z"},
	{"America/New_York", "sun 01:00", "2026-10-31T12:00:00Z", "2026-11-01T05:00:00Z"},

	// London and Dublin: 2026-03-29 01:00Z, 01:00 becomes 02:00; 2026-10-25 01:00Z, 02:00 becomes 01:00.
	{"Europe/London", "01:30", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z"},
	{"Europe/London", "01:30", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z"},
	{"Europe/London", "01:30", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"},
	{"Europe/Dublin", "01:30", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z"},
	{"Europe/Dublin", "01:30", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z"},
	{"Europe/Dublin", "01:30", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"},
	{"Europe/Dublin", "01:30", "2040-03-24T12:00:00Z", "2040-03-25T01:00:00Z"},

	// Havana: 2026-03-08 05:00Z, 00:00 becomes 01:00; 2026-11-01 05:00Z, 01:00 becomes 00:00.
	{"America/Havana", "00:00", "2026-03-07T12:00:00Z", "2026-03-08T05:00:00Z"},
	{"America/Havana", "00:30", "2026-03-07T12:00:00Z", "2026-03-08T05:00:00Z"},
	{"America/Havana", "sun 00:00", "2026-03-07T12:00:00Z", "2026-03-08T05:00:00Z"},
	{"America/Havana", "sat 23:59", "2026-03-07T12:00:00Z", "2026-03-08T04:59:00Z"},
	{"America/Havana", "0 0 8 3 *", "2026-03-07T12:00:00Z", "2026-03-08T05:00:00Z"},
	{"America/Havana", "00:30", "2026-10-31T12:00:00Z", "2026-11-01T04:30:00Z"},
	{"America/Havana", "00:30", "2026-11-01T04:30:00Z", "2026-11-02T05:30:00Z"},
	{"America/Havana", "0 0 * * *", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"},

	// Santiago: 2026-09-06 04:00Z, 00:00 becomes 01:00; 2026-04-05 03:00Z, 24:00 on Saturday becomes 23:00.
	{"America/Santiago", "00:00", "2026-09-05T12:00:00Z", "2026-09-06T04:00:00Z"},
	{"America/Santiago", "sun 00:15", "2026-09-05T12:00:00Z", "2026-09-06T04:00:00Z"},
	{"America/Santiago", "23:30", "2026-04-04T12:00:00Z", "2026-04-05T02:30:00Z"},
	{"America/Santiago", "23:30", "2026-04-05T02:30:00Z", "2026-04-06T03:30:00Z"},
	{"America/Santiago", "00:00", "2026-04-04T12:00:00Z", "2026-04-05T04:00:00Z"},
	{"America/Santiago", "sat 23:00", "2026-04-04T12:00:00Z", "2026-04-05T02:00:00Z"},
	{"America/Santiago", "sat 23:00", "2026-04-05T02:00:00Z", "2026-04-12T03:00:00Z"},

	// Lord Howe: 2026-10-03 15:30Z, 02:00 becomes 02:30; 2026-04-04 15:00Z, 02:00 becomes 01:30.
	{"Australia/Lord_Howe", "02:00", "2026-10-03T12:00:00Z", "2026-10-03T15:30:00Z"},
	{"Australia/Lord_Howe", "02:15", "2026-10-03T12:00:00Z", "2026-10-03T15:30:00Z"},
	{"Australia/Lord_Howe", "02:30", "2026-10-03T12:00:00Z", "2026-10-03T15:30:00Z"},
	{"Australia/Lord_Howe", "02:45", "2026-10-03T12:00:00Z", "2026-10-03T15:45:00Z"},
	{"Australia/Lord_Howe", "01:45", "2026-04-04T12:00:00Z", "2026-04-04T14:45:00Z"},
	{"Australia/Lord_Howe", "01:45", "2026-04-04T14:45:00Z", "2026-04-05T15:15:00Z"},
	{"Australia/Lord_Howe", "02:00", "2026-04-04T12:00:00Z", "2026-04-04T15:30:00Z"},
	{"Australia/Lord_Howe", "45 * * * *", "2026-04-04T14:45:00Z", "2026-04-04T15:15:00Z"},
	{"Australia/Lord_Howe", "15 * * * *", "2026-10-03T14:45:00Z", "2026-10-03T16:15:00Z"},

	// Apia: at 2011-12-30 10:00Z, 29 December 24:00 at -10 became 31 December 00:00 at +14.
	{"Pacific/Apia", "06:00", "2011-12-29T16:00:00Z", "2011-12-30T10:00:00Z"}, // the 30th's
	{"Pacific/Apia", "06:00", "2011-12-30T10:00:00Z", "2011-12-30T16:00:00Z"}, // the 31st's
	{"Pacific/Apia", "00:00", "2011-12-29T12:00:00Z", "2011-12-30T10:00:00Z"}, // the 30th's and the 31st's
	{"Pacific/Apia", "00:00", "2011-12-30T10:00:00Z", "2011-12-31T10:00:00Z"},
	{"Pacific/Apia", "fri 06:00", "2011-12-28T00:00:00Z", "2011-12-30T10:00:00Z"},
	{"Pacific/Apia", "sat 06:00", "2011-12-28T00:00:00Z", "2011-12-30T16:00:00Z"},
	{"Pacific/Apia", "23:59", "2011-12-30T09:00:00Z", "2011-12-30T09:59:00Z"},
	{"Pacific/Apia", "0 * * * *", "2011-12-30T09:00:00Z", "2011-12-30T10:00:00Z"},
	{"Pacific/Apia", "30 * 30 12 *", "2011-12-01T00:00:00Z", "2012-12-29T10:30:00Z"}, // elapsed time: no 30th in 2011
	// Kiritimati lost 31 December 1994 and Kwajalein 21 August 1993 in the same way.
	{"Pacific/Kiritimati", "12:00", "1994-12-31T00:00:00Z", "1994-12-31T10:00:00Z"},
	{"Pacific/Kwajalein", "12:00", "1993-08-21T01:00:00Z", "1993-08-21T12:00:00Z"},

	// Casablanca is at +01 but for Ramadan: 2026-02-15 02:00Z, 03:00 becomes 02:00; 2026-03-22 02:00Z, back.
	{"Africa/Casablanca", "02:30", "2026-02-14T12:00:00Z", "2026-02-15T01:30:00Z"},
	{"Africa/Casablanca", "02:30", "2026-02-15T01:30:00Z", "2026-02-16T02:30:00Z"},
	{"Africa/Casablanca", "02:30", "2026-03-21T12:00:00Z", "2026-03-22T02:00:00Z"},

	// Tehran: 2022-03-21 20:30Z, 00:00 of the 22nd became 01:00; 2022-09-21 19:30Z, 24:00 became 23:00. None since.
	{"Asia/Tehran", "00:30", "2022-03-21T12:00:00Z", "2022-03-21T20:30:00Z"},
	{"Asia/Tehran", "23:30", "2022-09-21T12:00:00Z", "2022-09-21T19:00:00Z"},
	{"Asia/Tehran", "23:30", "2022-09-21T19:00:00Z", "2022-09-22T20:00:00Z"},
	{"Asia/Tehran", "00:30", "2026-03-21T12:00:00Z", "2026-03-21T21:00:00Z"},

	// St. John's went back at 00:01 until 2011: on 2010-11-07 02:31Z, 00:01 became 23:01 of the day before.
	{"America/St_Johns", "00:00", "2010-11-06T12:00:00Z", "2010-11-07T02:30:00Z"},
	{"America/St_Johns", "00:00", "2010-11-07T02:30:00Z", "2010-11-08T03:30:00Z"},
	{"America/St_Johns", "sat 23:30", "2010-11-07T01:00:00Z", "2010-11-07T02:00:00Z"},
	{"America/St_Johns", "sat 23:30", "2010-11-07T02:00:00Z", "2010-11-14T03:00:00Z"},

	// Others: Chatham, 2026-09-26 14:00Z, 02:45 becomes 03:45; Troll, two hours at once, 2026-03-29 01:00Z;
	// Caracas moved from -04:30 to -04:00 at 2016-05-01 07:00Z, when 02:30 became 03:00.
	{"Pacific/Chatham", "03:00", "2026-09-26T12:00:00Z", "2026-09-26T14:00:00Z"},
	{"Pacific/Chatham", "03:45", "2026-09-26T12:00:00Z", "2026-09-26T14:00:00Z"},
	{"Antarctica/Troll", "02:30", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z"},
	{"Antarctica/Troll", "01:30", "2026-10-24T12:00:00Z", "2026-10-24T23:30:00Z"},
	{"Antarctica/Troll", "01:30", "2026-10-24T23:30:00Z", "2026-10-26T01:30:00Z"},
	{"America/Caracas", "02:45", "2016-05-01T00:00:00Z", "2016-05-01T07:00:00Z"},
}

func occurrences(t testing.TB, pattern string, loc *time.Location) schedule.Occurrences {
	t.Helper()
	fields := splitFields(pattern)
	switch len(fields) {
	case 5:
		return cron(t, pattern).In(loc)
	case 1:
		return schedule.Times{Clocks: clocks(t, fields[0]), Days: schedule.EveryDay}.In(loc)
	default:
		return schedule.Times{Clocks: clocks(t, splitCommas(fields[1])...), Days: days(t, fields[0])}.In(loc)
	}
}

func TestNextIsWhatTheZoneAndTheRuleSay(t *testing.T) {
	for _, c := range reasoned {
		t.Run(c.zone+" "+c.pattern+" "+c.after, func(t *testing.T) {
			loc := zone(t, c.zone)
			got, ok := occurrences(t, c.pattern, loc).Next(instant(t, c.after))
			want, err := time.Parse("2006-01-02T15:04:05Z07:00", c.want)
			if err != nil {
				want = time.Date(10000, 1, 1, 12, 0, 0, 0, time.UTC)
			}
			if !ok || !got.Equal(want) {
				t.Errorf("got %s, %t; want %s", got, ok, want.In(loc))
			}
			if got.Location() != loc {
				t.Errorf("the occurrence is in %s", got.Location())
			}
		})
	}
}

// TestEveryZoneAgreesWithTheWallClock compares all occurrences around each transition of a few
// years, and around the New Year's Eves of leap years (the second after 2037, where most zones'
// tables end and their rules go on), with the oracle's walk.
func TestEveryZoneAgreesWithTheWallClock(t *testing.T) {
	at := func(times ...string) func(time.Time) bool {
		minutes := map[int]bool{}
		for _, c := range clocks(t, times...) {
			minutes[int(c)/60] = true
		}
		return func(wall time.Time) bool { return minutes[wall.Hour()*60+wall.Minute()] }
	}
	weekdays := func(wall time.Time) bool { return wall.Weekday() != time.Saturday && wall.Weekday() != time.Sunday }
	patterns := []struct {
		text     string
		flowing  bool
		intended func(time.Time) bool
	}{
		{"daily 00:00", false, at("00:00")},
		{"daily 02:30", false, at("02:30")},
		{"daily 23:30,00:30,01:00,02:00,03:00", false, at("23:30", "00:30", "01:00", "02:00", "03:00")},
		{"mon-fri 01:30", false, func(w time.Time) bool { return weekdays(w) && w.Hour() == 1 && w.Minute() == 30 }},
		{"sat-sun 00:15", false, func(w time.Time) bool { return !weekdays(w) && w.Hour() == 0 && w.Minute() == 15 }},
		{"*/20 0-3 * * *", false, func(w time.Time) bool { return w.Hour() <= 3 && w.Minute()%20 == 0 }},
		{"5 */2 * * *", false, func(w time.Time) bool { return w.Hour()%2 == 0 && w.Minute() == 5 }},
		{"0 0 * * sun", false, func(w time.Time) bool { return w.Weekday() == time.Sunday && w.Hour() == 0 && w.Minute() == 0 }},
		{"0 * * * *", true, func(w time.Time) bool { return w.Minute() == 0 }},
		{"*/7 * * * *", true, func(w time.Time) bool { return w.Minute()%7 == 0 }},
		{"45 * * * sat,sun", true, func(w time.Time) bool { return !weekdays(w) && w.Minute() == 45 }},
	}
	cases := len(reasoned)
	for _, name := range zoneNames() {
		loc := zone(t, name)
		moments := []time.Time{time.Date(2028, 12, 31, 12, 0, 0, 0, time.UTC), time.Date(2040, 12, 31, 12, 0, 0, 0, time.UTC)}
		for _, year := range []int{1994, 2011, 2026} {
			moments = append(moments, transitions(loc, year)...)
		}
		for _, moment := range moments {
			m := walk(loc, moment.Add(-30*time.Hour), 78*time.Hour)
			for _, p := range patterns {
				want := m.once(p.intended)
				if p.flowing {
					want = m.flowing(p.intended)
				}
				m.compare(func(format string, args ...any) {
					t.Errorf(p.text+": "+format, args...)
				}, occurrences(t, p.text, loc), want)
				cases++
			}
		}
	}
	if cases < 300 {
		t.Errorf("only %d cases", cases)
	}
}

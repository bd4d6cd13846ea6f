package schedule_test

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"hob/internal/schedule"
)

// bad checks that every text is refused, and that message and suggestion hold what is expected.
func bad[T any](t *testing.T, parse func(string) (T, error), cases map[string]string) {
	t.Helper()
	for raw, want := range cases {
		got, err := parse(raw)
		var syntax *schedule.SyntaxError
		if !errors.As(err, &syntax) {
			t.Errorf("%q: got %v, %v", raw, got, err)
			continue
		}
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %q; want %q in it", raw, err, want)
		}
		sound(t, raw, syntax)
	}
}

func sound(t *testing.T, raw string, e *schedule.SyntaxError) {
	t.Helper()
	if e.Message == "" || e.Offset < 0 || e.Length < 0 || e.Offset+e.Length > len(raw) {
		t.Errorf("%q: error %+v does not lie in the text", raw, e)
	}
	if utf8.ValidString(raw) && !utf8.ValidString(e.Error()) {
		t.Errorf("%q: error %q cuts a character", raw, e)
	}
}

func TestClocks(t *testing.T) {
	for raw, want := range map[string]schedule.Clock{
		"00:00": 0, "06:00": 6 * 3600, "23:45": 23*3600 + 45*60, "23:59:59": 86399, "00:00:01": 1, "12:30:00": 45000,
	} {
		if got, err := schedule.ParseClock(raw); err != nil || got != want {
			t.Errorf("%q: got %d, %v", raw, got, err)
		}
	}
	bad(t, schedule.ParseClock, map[string]string{
		"":         "write hours and minutes, such as 06:00",
		"6:00":     "write 06:00",
		"06:0":     "write 06:00",
		"0600":     "write 06:00",
		"06.30":    "write 06:30",
		"6h30":     "write 06:30",
		"7":        "write 07:00",
		"7pm":      "write 19:00",
		"12:15 am": "write 00:15",
		"12 pm":    "write 12:00",
		"13pm":     "such as 06:00",
		" 06:00":   "write 06:00",
		"24:00":    "write 00:00, where the next day begins",
		"24:01":    "a day goes from 00:00 to 23:59:59",
		"25:00":    "a day goes from",
		"06:60":    "a day goes from",
		"12:00:60": "a day goes from",
		"-1:00":    "such as 06:00",
		"06:00:":   "such as 06:00",
		"06-00":    "such as 06:00",
		"06:00+01": "such as 06:00",
		"٠٦:٠٠":    "such as 06:00",
		"noon":     "such as 06:00",
	})
}

func TestDays(t *testing.T) {
	const mon, tue, wed, thu, fri, sat, sun = time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday
	for _, c := range []struct {
		raw       string
		want      schedule.Days
		canonical string
	}{
		{"mon-fri", schedule.Weekdays, "mon-fri"},
		{"sat-sun", schedule.Weekend, "sat-sun"},
		{"sat,sun", schedule.Weekend, "sat-sun"},
		{"weekend", schedule.Weekend, "sat-sun"},
		{"Weekdays", schedule.Weekdays, "mon-fri"},
		{"daily", schedule.EveryDay, "daily"},
		{"every day", schedule.EveryDay, "daily"},
		{"mon-sun", schedule.EveryDay, "daily"},
		{"wed-tue", schedule.EveryDay, "daily"},
		{"mon,wed,fri", schedule.DaysOf(mon, wed, fri), "mon,wed,fri"},
		{"fri,mon,wed", schedule.DaysOf(mon, wed, fri), "mon,wed,fri"},
		{"fri-mon", schedule.DaysOf(fri, sat, sun, mon), "fri-mon"},
		{"fri-mon,wed", schedule.DaysOf(fri, sat, sun, mon, wed), "wed,fri-mon"},
		{"sun-mon", schedule.DaysOf(sun, mon), "sun-mon"},
		{"Sunday", schedule.DaysOf(sun), "sun"},
		{"MON - Wednesday , fri", schedule.DaysOf(mon, tue, wed, fri), "mon-wed,fri"},
		{"thu-sun", schedule.DaysOf(thu, fri, sat, sun), "thu-sun"},
	} {
		got, err := schedule.ParseDays(c.raw)
		if err != nil || got != c.want || got.String() != c.canonical {
			t.Errorf("%q: got %s, %v; want %s", c.raw, got, err, c.canonical)
		}
	}
	bad(t, schedule.ParseDays, map[string]string{
		"":            "write mon, tue",
		"mon,":        "write mon, tue",
		"mon-":        "write mon, tue",
		"mon-tue-wed": "no day of the week",
		"mo-fr":       "did you mean mon?",
		"thurs":       "did you mean thu?",
		"mon-mon":     "write mon, or daily",
		"mon,mon":     "mon is named twice",
		"mon-wed,tue": "tue is named twice",
		"mon..fri":    "write mon-fri", "monday to friday": "write mon-fri", "sat bis sun": "write sat-sun", "mon to someday": "did you mean mon?",
		"lundi":     "write mon, tue",
		"1-5":       "write mon, tue",
		"daily,mon": "write mon, tue",
	})
	for set := range schedule.EveryDay + 1 {
		if set == 0 {
			continue
		}
		if back, err := schedule.ParseDays(set.String()); err != nil || back != set {
			t.Errorf("%d is written as %s, which is read as %d, %v", set, set, back, err)
		}
	}
}

func TestAnErrorPointsAtItsPart(t *testing.T) {
	for _, c := range []struct {
		raw, part string
		parse     func(string) error
	}{
		{"mon-wed,thr", "thr", fails(schedule.ParseDays)},
		{"mon-fry", "fry", fails(schedule.ParseDays)},
		{"22:00..6:00", "6:00", fails(schedule.ParseWindow)},
		{"06:00 comfort, 8:30 away", "8:30", fails(schedule.ParsePoints)},
		{"06:00 comfort,  08:30 ,09:00 away", "08:30", fails(schedule.ParsePoints)},
		{"30 6,99 * * *", "99", fails(schedule.ParseCron)},
		{" 0  6\u00a0* mai *", "mai", fails(schedule.ParseCron)},
	} {
		var e *schedule.SyntaxError
		if !errors.As(c.parse(c.raw), &e) {
			t.Errorf("%q is accepted", c.raw)
		} else if got := c.raw[e.Offset : e.Offset+e.Length]; got != c.part {
			t.Errorf("%q: points at %q, not %q", c.raw, got, c.part)
		}
	}
}

func fails[T any](parse func(string) (T, error)) func(string) error {
	return func(raw string) error { _, err := parse(raw); return err }
}

func TestCronLinesThatAreRefused(t *testing.T) {
	bad(t, schedule.ParseCron, map[string]string{
		"":                                  "five fields, not 0",
		"* * * *":                           "five fields, not 4",
		"0 30 6 * * *":                      "five fields, not 6",
		"TZ=0":                              "no time zone of its own",
		"TZ=Europe/Paris 0 6 * * *":         "no time zone of its own",
		"CRON_TZ=Europe/Paris 0 6 * * *":    "no time zone of its own",
		"@every 6h":                         "write every: 6h instead",
		"@daily":                            "write 0 0 * * *",
		"@reboot":                           "write five fields",
		"0 0 30 2 *":                        "never comes",
		"0 0 31 4,6,9,11 *":                 "never comes",
		"60 * * * *":                        `"60" is no minute; it goes from 0 to 59`,
		"0 24 * * *":                        "is no hour",
		"0 0 0 * *":                         "is no day of the month",
		"0 0 32 * *":                        "is no day of the month",
		"0 0 * 13 *":                        "is no month; it goes from 1 to 12, or from jan to dec",
		"0 0 * * 8":                         "is no day of the week",
		"0 0 * * monday":                    "is no day of the week; it goes from 0 to 7, or from sun to sat",
		"*/90 * * * *":                      "write every: 90m instead",
		"*/0 * * * *":                       "a step goes from 1 to 60",
		"0 */25 * * *":                      "a step goes from 1 to 24",
		"*/99999999999999999999999 * * * *": "every: 99999999999999999999999m",
		"0 22-6 * * *":                      "goes backwards",
		"0 0 * * sat-mon":                   "goes backwards",
		", * * * *":                         "cannot stand in the field minute",
		"1,,2 * * * *":                      "cannot stand",
		"1, * * * *":                        "cannot stand",
		"? * * * *":                         "cannot stand",
		"+5 * * * *":                        "cannot stand",
		"1-2-3 * * * *":                     "cannot stand",
		"*-5 * * * *":                       "cannot stand",
		"5/5/5 * * * *":                     "cannot stand",
		"0 0 L * *":                         "is no day of the month",
		"0 0 * * 5#2":                       "cannot stand",
	})
}

func TestSundayEndsTheWeekInCron(t *testing.T) {
	for line, want := range map[string]string{
		"0 0 * * 7": "sun", "0 0 * * 0": "sun", "0 0 * * SUN": "sun", "0 0 * * 5-7": "fri-sun", "0 0 * * fri-sun": "fri-sun",
		"0 0 * * 0-7": "daily", "0 0 * * 1-7/2": "wed,fri,sun-mon", "0 0 * * sun-tue": "sun-tue", "0 0 * * 7,1": "sun-mon",
		"0 0 * * 6-7,3": "wed,sat-sun", "0 0 * * 7-7": "sun", "0 0 * * */2": "tue,thu,sat-sun", "0 0 * * sun-sun": "sun",
	} {
		var got schedule.Days
		from := instant(t, "2026-03-30T12:00:00Z")
		for at := range schedule.Between(cron(t, line).In(time.UTC), from, from.Add(7*24*time.Hour)) {
			got |= schedule.DaysOf(at.Weekday())
		}
		if got.String() != want {
			t.Errorf("%s runs on %s, not on %s", line, got, want)
		}
	}
}

func TestACronLineIsAPlainValue(t *testing.T) {
	if cron(t, " */5  6 * *\tmon ") != cron(t, "*/5 6 * * mon") {
		t.Error("spaces make a difference")
	}
	if got := cron(t, "*/5  6 * *\t5-7").String(); got != "*/5 6 * * 5-7" {
		t.Errorf("it is written as %q", got)
	}
	if at, ok := (schedule.Cron{}).In(time.UTC).Next(time.Unix(0, 0)); ok {
		t.Errorf("the zero line comes at %s", at)
	}
}

func TestSunSpecs(t *testing.T) {
	for raw, want := range map[string]schedule.Sun{
		"sunrise":         {Event: schedule.Sunrise},
		"Sunset":          {Event: schedule.Sunset},
		"dawn":            {Event: schedule.Dawn},
		"dusk+30s":        {Event: schedule.Dusk, Offset: 30 * time.Second},
		"sunset-20m":      {Event: schedule.Sunset, Offset: -20 * time.Minute},
		"sunset - 20m":    {Event: schedule.Sunset, Offset: -20 * time.Minute},
		"sunrise+1h30m":   {Event: schedule.Sunrise, Offset: 90 * time.Minute},
		"sunrise-12h":     {Event: schedule.Sunrise, Offset: -12 * time.Hour},
		"sunrise+1h0m10s": {Event: schedule.Sunrise, Offset: time.Hour + 10*time.Second},
		"sunrise+0m":      {Event: schedule.Sunrise},
	} {
		got, err := schedule.ParseSun(raw)
		if err != nil || got != want {
			t.Errorf("%q: got %v, %v", raw, got, err)
		}
		if back, err := schedule.ParseSun(got.String()); err != nil || back != got {
			t.Errorf("%q is written as %s, which is read as %v, %v", raw, got, back, err)
		}
	}
	bad(t, schedule.ParseSun, map[string]string{
		"":                      "write sunrise, sunset, dawn or dusk",
		"sundown":               "write sunrise, sunset, dawn or dusk",
		"20m before sunset":     "write sunset-20m",
		"1 hour after Sunrise":  "write sunrise+1h",
		"sunset - 20 minutes":   "write sunset-20m",
		"20 hours before dusk":  "such as sunset-20m",
		"a while before sunset": "such as sunset-20m",
		"noon":                  "write sunrise",
		"sunset-20":             "write sunset-20m",
		"sunset-":               "such as sunset-20m",
		"sunset 20m":            "such as sunset-20m",
		"sunset-20min":          "such as 20m or 1h30m",
		"sunset-1.5h":           "such as 20m or 1h30m",
		"sunset-20m30h":         "such as 20m",
		"sunset-13h":            "more than 12 hours",
		"sunset+-5m":            "such as 20m",
		"sunset-999999m":        "such as 20m",
	})
}

func TestWindows(t *testing.T) {
	w, err := schedule.ParseWindow("22:00 .. 06:00")
	if err != nil || w.String() != "22:00..06:00" {
		t.Errorf("got %v, %v", w, err)
	}
	bad(t, schedule.ParseWindow, map[string]string{
		"":             "write it as 22:00..06:00",
		"22:00":        "write it as 22:00..06:00",
		"22:00-06:00":  "write 22:00..06:00",
		"22:00 – 06:0": "write it as",
		"22:00..":      "such as 06:00",
		"..06:00":      "such as 06:00",
		"22..06:00":    "write 22:00",
		"06:00..06:00": "ends where it begins",
		"22:00..24:00": "write 00:00",
	})
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"06:00", "7pm", "mon-fri,sun", "*/5 0-6 1,15 jan 5-7", "0 0 30 2 *", "TZ=0", "sunset-20m",
		"22:00..06:00", "06:00 comfort, 08:30 away", "@every 1h", "0\u20036\u2003*\u2003*\u2003*", "mon\xff", ",", "24:00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		at := time.Date(2026, 3, 28, 12, 0, 0, 0, time.UTC)
		check := func(what string, o schedule.Occurrences, err error) {
			var syntax *schedule.SyntaxError
			if err != nil {
				if !errors.As(err, &syntax) {
					t.Fatalf("%s %q: error %T", what, raw, err)
				}
				sound(t, raw, syntax)
				return
			}
			if next, ok := o.Next(at); !ok || !next.After(at) {
				t.Errorf("%s %q: next is %s, %t", what, raw, next, ok)
			}
		}
		c, err := schedule.ParseClock(raw)
		if err == nil && c.String() != raw && c.String()+":00" != raw {
			t.Errorf("%q is written as %s", raw, c)
		}
		check("clock", schedule.Times{Clocks: []schedule.Clock{c}, Days: schedule.EveryDay}.In(time.UTC), err)

		d, err := schedule.ParseDays(raw)
		check("days", schedule.Times{Clocks: []schedule.Clock{0}, Days: d}.In(time.UTC), err)

		line, err := schedule.ParseCron(raw)
		check("cron", line.In(time.UTC), err)
		if err == nil {
			if back, err := schedule.ParseCron(line.String()); err != nil || back != line {
				t.Errorf("%q is written as %s, which is read as %v, %v", raw, line, back, err)
			}
		}

		s, err := schedule.ParseSun(raw)
		check("sun", s.At(berlin(), time.UTC), err)

		w, err := schedule.ParseWindow(raw)
		check("window", schedule.Times{Clocks: []schedule.Clock{w.From, w.To}, Days: schedule.EveryDay}.In(time.UTC), err)

		points, err := schedule.ParsePoints(raw)
		var all []schedule.Clock
		for _, p := range points {
			all = append(all, p.At)
			if p.Value == "" || p.Value != strings.TrimSpace(p.Value) || strings.Contains(p.Value, ",") {
				t.Errorf("%q: value %q", raw, p.Value)
			}
		}
		check("points", schedule.Times{Clocks: all, Days: schedule.EveryDay}.In(time.UTC), err)
	})
}

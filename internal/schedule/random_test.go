package schedule_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hob/internal/schedule"
)

func halfPastSeven() schedule.Clock { return schedule.Clock(19*3600 + 30*60) }

// What comes on a date is a promise: another version of Hob, a simulation and a server
// that has restarted all name the same second.
func TestARandomTimeIsTheSameForWhoeverAsks(t *testing.T) {
	r := schedule.Random{Within: 20 * time.Minute, Seed: "presence"}
	for date, want := range map[schedule.Date]string{
		{Year: 2026, Month: 11, Day: 25}: "19:28:16",
		{Year: 2026, Month: 11, Day: 26}: "19:48:29",
		{Year: 2028, Month: 2, Day: 29}:  "19:35:38",
	} {
		if got := r.Clock(date, halfPastSeven(), "19:30").String(); got != want {
			t.Errorf("%s: %s, want %s", date, got, want)
		}
	}
}

// Over a thousand days each minute of the window comes up, none beyond it does, and
// neither half is preferred; another rule, and another time of the same, go their own ways.
func TestARandomTimeIsAnywhereInItsWindow(t *testing.T) {
	r := schedule.Random{Within: 20 * time.Minute, Seed: "presence"}
	date := schedule.Date{Year: 2026, Month: 1, Day: 1}
	seen := map[int]int{}
	early, same, alike := 0, 0, 0
	for range 1000 {
		date = date.AddDays(1)
		at := r.Clock(date, halfPastSeven(), "19:30")
		if off := at - halfPastSeven(); off < -20*60 || off > 20*60 {
			t.Fatalf("%s: %s", date, at)
		} else if off < 0 {
			early++
		}
		seen[int(at)/60]++
		if r.Clock(date, halfPastSeven(), "22:30") == at {
			same++
		}
		if (schedule.Random{Within: r.Within, Seed: "other"}).Clock(date, halfPastSeven(), "19:30") == at {
			alike++
		}
	}
	if len(seen) < 40 || early < 450 || early > 550 || same > 5 || alike > 5 {
		t.Errorf("%d minutes, %d early, %d as another time, %d as another seed", len(seen), early, same, alike)
	}
}

func TestARandomTimeStaysOnItsDay(t *testing.T) {
	for _, c := range []struct{ meant, first, last string }{
		{"23:50", "23:30", "23:59:59"}, {"00:05", "00:00", "00:25"}, {"12:00", "11:40", "12:20"},
	} {
		meant, err := schedule.ParseClock(c.meant)
		if err != nil {
			t.Fatal(err)
		}
		first, last := schedule.Random{Within: 20 * time.Minute}.Window(meant)
		if first.String() != c.first || last.String() != c.last {
			t.Errorf("%s: from %s to %s", c.meant, first, last)
		}
	}
	if still := (schedule.Random{Seed: "x"}).Clock(schedule.Date{Year: 2026, Month: 1, Day: 1}, halfPastSeven(), "a"); still != halfPastSeven() {
		t.Errorf("without a window it is moved to %s", still)
	}
}

func drawRandom(t *rapid.T) schedule.Random {
	return schedule.Random{Within: time.Duration(rapid.IntRange(1, 180).Draw(t, "within")) * time.Minute, Seed: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "seed")}
}

// Each time comes on each of its dates once, whatever clocks do: what is found, and what
// is counted, are the second of each date by the rule of the package.
func TestRandomTimesComeOnceOnEachOfTheirDates(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawMinutes(t)
		random := drawRandom(t)
		times := schedule.Times{Days: schedule.Days(rapid.IntRange(1, 127).Draw(t, "days")), Random: random}
		for _, minute := range rapid.SliceOfNDistinct(rapid.IntRange(0, 24*60-1), 1, 6, rapid.ID[int]).Draw(t, "minutes of the day") {
			times.Clocks = append(times.Clocks, schedule.Clock(minute*60))
		}
		due := map[int64]bool{}
		for date, end := schedule.DateOf(m.from.In(m.loc)).AddDays(-2), schedule.DateOf(m.last().In(m.loc)).AddDays(2); date != end; date = date.AddDays(1) {
			for _, clock := range times.Clocks {
				if times.Days.Has(date.Weekday()) {
					due[schedule.At(date, random.Clock(date, clock, clock.String()), m.loc).At.Unix()] = true
				}
			}
		}
		var want []time.Time
		for _, unix := range slices.Sorted(maps.Keys(due)) {
			if at := time.Unix(unix, 0); at.After(m.from) && !at.After(m.last()) {
				want = append(want, at)
			}
		}
		m.compare(t.Errorf, times.In(m.loc), want)
	})
}

// An event of the sun is moved within its date, none is lost and none comes twice.
func TestRandomEventsOfTheSunComeOnceForEachEvent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		loc, err := time.LoadLocation(rapid.SampledFrom([]string{"Europe/Berlin", "Arctic/Longyearbyen", "America/New_York", "Australia/Lord_Howe"}).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		place := schedule.Place{Latitude: rapid.Float64Range(-75, 75).Draw(t, "latitude"), Longitude: rapid.Float64Range(-180, 180).Draw(t, "longitude")}
		sun := schedule.Sun{Event: schedule.SunEvent(rapid.IntRange(0, 3).Draw(t, "event")), Offset: time.Duration(rapid.IntRange(-700, 700).Draw(t, "offset")) * time.Minute}
		days := schedule.Days(rapid.IntRange(1, 127).Draw(t, "days"))
		random := drawRandom(t)
		from := time.Date(2026, 1, 1+rapid.IntRange(0, 364).Draw(t, "day"), 0, 0, 0, 0, loc)
		until := from.AddDate(0, 0, 20)
		moved := sun.On(days, random, place, loc)
		var want, got []time.Time
		for meant := range schedule.Between(sun.On(days, schedule.Random{}, place, loc), from.AddDate(0, 0, -3), until.AddDate(0, 0, 3)) {
			at := random.Move(meant, sun.String(), loc)
			if schedule.DateOf(at) != schedule.DateOf(meant) {
				t.Fatalf("%s is moved to %s", meant, at)
			}
			first, last := random.Window(schedule.ClockOf(meant))
			if c := schedule.ClockOf(at); (c < first || c > last) && schedule.At(schedule.DateOf(meant), first, loc).Fate == schedule.Once && schedule.At(schedule.DateOf(meant), last, loc).Fate == schedule.Once {
				t.Fatalf("%s is moved to %s, out of %s to %s", meant, at, first, last)
			}
			if at.After(from) && !at.After(until) {
				want = append(want, at)
			}
		}
		for at := range schedule.Between(moved, from, until) {
			got = append(got, at)
		}
		if len(got) != len(want) {
			t.Fatalf("%d came, want %d", len(got), len(want))
		}
		for i := range got {
			if !got[i].Equal(want[i]) || i > 0 && !got[i].After(got[i-1]) {
				t.Fatalf("number %d at %s, want %s", i, got[i], want[i])
			}
		}
		if n := schedule.Count(moved, from, until); n != len(want) {
			t.Errorf("counted %d, want %d", n, len(want))
		}
	})
}

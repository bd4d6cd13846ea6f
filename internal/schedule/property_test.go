package schedule_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hob/internal/schedule"
)

// drawMinutes walks five days of a random zone and year, more often than not around a transition.
func drawMinutes(t *rapid.T) minutes {
	loc, err := time.LoadLocation(rapid.SampledFrom(zoneNames()).Draw(t, "zone"))
	if err != nil {
		t.Fatal(err)
	}
	year := rapid.IntRange(1990, 2040).Draw(t, "year")
	minute := rapid.IntRange(0, 365*24*60).Draw(t, "minute of the year")
	from := time.Date(year, 1, 1, 0, minute, 0, 0, time.UTC)
	if found := transitions(loc, year); len(found) > 0 && rapid.IntRange(0, 3).Draw(t, "anywhere") > 0 {
		minutes := rapid.IntRange(0, 3*24*60).Draw(t, "minutes before the transition")
		from = rapid.SampledFrom(found).Draw(t, "transition").Add(-time.Duration(minutes) * time.Minute)
	}
	return walk(loc, from, 5*24*time.Hour)
}

func TestEachIntendedTimeRunsOnceAndNoneIsInvented(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawMinutes(t)
		set := rapid.MapOfN(rapid.IntRange(0, 24*60-1), rapid.Bool(), 1, 12).Draw(t, "minutes of the day")
		on := schedule.Days(rapid.IntRange(1, 127).Draw(t, "days"))
		times := schedule.Times{Days: on}
		for minute := range set {
			times.Clocks = append(times.Clocks, schedule.Clock(minute*60))
		}
		m.compare(t.Errorf, times.In(m.loc), m.once(func(wall time.Time) bool {
			_, intended := set[wall.Hour()*60+wall.Minute()]
			return intended && on&(1<<wall.Weekday()) != 0
		}))
	})
}

// field is a drawn cron field and what it means, told independently of any parser.
type field struct {
	text     string
	values   map[int]bool
	anything bool // it is * and restricts nothing
}

func drawField(t *rapid.T, label string, least, most int) field {
	f := field{values: map[int]bool{}}
	add := func(from, to, step int) {
		for v := from; v <= to; v += step {
			f.values[v] = true
		}
	}
	var parts []string
	for range rapid.IntRange(1, 3).Draw(t, label+": parts") {
		from := rapid.IntRange(least, most).Draw(t, label+": from")
		to := rapid.IntRange(from, most).Draw(t, label+": to")
		step := rapid.IntRange(1, most-least+1).Draw(t, label+": step")
		switch rapid.IntRange(0, 4).Draw(t, label+": shape") {
		case 0:
			f.anything = true
			add(least, most, 1)
			parts = append(parts, "*")
		case 1:
			if step == 1 {
				f.anything = true
			}
			add(least, most, step)
			parts = append(parts, fmt.Sprintf("*/%d", step))
		case 2:
			add(from, from, 1)
			parts = append(parts, fmt.Sprint(from))
		case 3:
			add(from, to, 1)
			parts = append(parts, fmt.Sprintf("%d-%d", from, to))
		case 4:
			add(from, to, step)
			parts = append(parts, fmt.Sprintf("%d-%d/%d", from, to, step))
		}
	}
	f.text = strings.Join(parts, ",")
	return f
}

func TestCronLinesAgreeWithTheWallClock(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawMinutes(t)
		minute, hour := drawField(t, "minute", 0, 59), drawField(t, "hour", 0, 23)
		dom, month := drawField(t, "day of the month", 1, 31), drawField(t, "month", 1, 12)
		dow := drawField(t, "weekday", 0, 6)
		line := strings.Join([]string{minute.text, hour.text, dom.text, month.text, dow.text}, " ")
		c, err := schedule.ParseCron(line)
		if err != nil {
			if possible(dom, month, dow) {
				t.Fatalf("%s: %v", line, err)
			}
			return
		}
		intended := func(wall time.Time) bool {
			day, weekday := dom.values[wall.Day()], dow.values[int(wall.Weekday())]
			matches := day && weekday
			if !dom.anything && !dow.anything {
				matches = day || weekday
			}
			return matches && month.values[int(wall.Month())] && hour.values[wall.Hour()] && minute.values[wall.Minute()]
		}
		want := m.once(intended)
		if len(hour.values) == 24 {
			want = m.flowing(intended)
		}
		m.compare(func(format string, args ...any) { t.Errorf(line+": "+format, args...) }, c.In(m.loc), want)
	})
}

// possible: is there a day on which the line comes?
func possible(dom, month, dow field) bool {
	if !dom.anything && !dow.anything {
		return true
	}
	for day := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() < 2009; day = day.AddDate(0, 0, 1) {
		if dom.values[day.Day()] && month.values[int(day.Month())] && dow.values[int(day.Weekday())] {
			return true
		}
	}
	return false
}

// TestAPlanAgreesWithTheWallClock asks for the value in force in every minute.
func TestAPlanAgreesWithTheWallClock(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawMinutes(t)
		values := map[int]int{} // minute of the week -> value
		var lines []schedule.PlanLine[int]
		for day := range time.Weekday(7) {
			line := schedule.PlanLine[int]{Days: schedule.DaysOf(day)}
			minute := 0
			for range rapid.IntRange(1, 4).Draw(t, "points") {
				minute += rapid.IntRange(1, 300).Draw(t, "minutes later")
				values[int(day)*24*60+minute] = len(values)
				line.Points = append(line.Points, schedule.Point[int]{At: schedule.Clock(minute * 60), Value: len(values) - 1})
			}
			lines = append(lines, line)
		}
		plan, err := schedule.NewPlan(lines...)
		if err != nil {
			t.Fatal(err)
		}
		segments := plan.Segments(m.from, m.last(), m.loc)
		next, now := m.shown[0].wall.Add(-48*time.Hour), -1
		for _, s := range m.shown {
			for ; !next.After(s.wall); next = next.Add(time.Minute) {
				if v, ok := values[int(next.Weekday())*24*60+next.Hour()*60+next.Minute()]; ok {
					now = v
				}
			}
			if s.at.Before(m.from) || !s.at.Before(m.last()) {
				continue
			}
			for len(segments) > 1 && !s.at.Before(segments[0].To) {
				if !segments[0].To.Equal(segments[1].From) || !segments[0].From.Before(segments[0].To) {
					t.Fatalf("segments do not join: %v, %v", segments[0], segments[1])
				}
				segments = segments[1:]
			}
			force, ok := plan.InForce(s.at, m.loc)
			if !ok || force.Value != now || segments[0].Value != now || force.At.After(s.at) {
				t.Fatalf("%s at %s: want %d, in force %v, segment %v", m.loc, s.at.In(m.loc), now, force, segments[0])
			}
		}
		if len(segments) != 1 || !segments[0].To.Equal(m.last()) {
			t.Errorf("the segments end with %v, not at %s", segments, m.last())
		}
	})
}

// TestAWindowBeginsAndEndsWhenItsTimesRun: rules that act at its ends agree with conditions on it.
func TestAWindowBeginsAndEndsWhenItsTimesRun(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawMinutes(t)
		from := rapid.IntRange(0, 24*60-1).Draw(t, "from")
		to := (from + rapid.IntRange(1, 24*60-1).Draw(t, "length")) % (24 * 60)
		w := schedule.Window{From: schedule.Clock(from * 60), To: schedule.Clock(to * 60)}
		next, inside := m.shown[0].wall.Add(-24*time.Hour), false
		for _, s := range m.shown {
			for ; !next.After(s.wall); next = next.Add(time.Minute) {
				switch next.Hour()*60 + next.Minute() {
				case from:
					inside = true
				case to:
					inside = false
				}
			}
			if got := w.Contains(s.at, m.loc); got != inside {
				t.Fatalf("%s %s at %s: got %t", m.loc, w, s.at.In(m.loc), got)
			}
			if got := w.Contains(s.at.Add(59999*time.Millisecond), m.loc); got != inside {
				t.Fatalf("%s %s just before a minute after %s: got %t", m.loc, w, s.at.In(m.loc), got)
			}
		}
	})
}

package schedule_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"hob/internal/schedule"
)

func line(t *testing.T, on, points string) schedule.PlanLine[string] {
	t.Helper()
	p, err := schedule.ParsePoints(points)
	if err != nil {
		t.Fatal(err)
	}
	return schedule.PlanLine[string]{Days: days(t, on), Points: p}
}

func plan(t *testing.T, lines ...schedule.PlanLine[string]) schedule.Plan[string] {
	t.Helper()
	p, err := schedule.NewPlan(lines...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// living is the schedule of the sample house.
func living(t *testing.T) schedule.Plan[string] {
	return plan(t, line(t, "mon-fri", "06:00 comfort, 08:30 away, 17:00 comfort, 22:30 sleep"),
		line(t, "sat-sun", "08:00 comfort, 23:30 sleep"))
}

func TestAPlanHoldsItsLatestPoint(t *testing.T) {
	loc := zone(t, "Europe/Berlin")
	p := living(t)
	for _, c := range []struct{ at, want, since, next, then string }{
		// 27 March 2026 is a Friday; 28/29 March: clocks go forward.
		{"2026-03-27T05:59:59+01:00", "sleep", "2026-03-26T22:30:00+01:00", "2026-03-27T06:00:00+01:00", "comfort"},
		{"2026-03-27T06:00:00+01:00", "comfort", "2026-03-27T06:00:00+01:00", "2026-03-27T08:30:00+01:00", "away"},
		{"2026-03-27T22:30:00+01:00", "sleep", "2026-03-27T22:30:00+01:00", "2026-03-28T08:00:00+01:00", "comfort"},
		{"2026-03-29T07:59:59+02:00", "sleep", "2026-03-28T23:30:00+01:00", "2026-03-29T08:00:00+02:00", "comfort"},
		{"2026-03-30T00:00:00+02:00", "sleep", "2026-03-29T23:30:00+02:00", "2026-03-30T06:00:00+02:00", "comfort"},
	} {
		now, ok := p.InForce(instant(t, c.at), loc)
		if !ok || now.Value != c.want || !now.At.Equal(instant(t, c.since)) {
			t.Errorf("%s: got %v, %t; want %s since %s", c.at, now, ok, c.want, c.since)
		}
		next, ok := p.Next(instant(t, c.at), loc)
		if !ok || next.Value != c.then || !next.At.Equal(instant(t, c.next)) {
			t.Errorf("%s: next is %v, %t; want %s at %s", c.at, next, ok, c.then, c.next)
		}
	}
}

func TestOnePointAWeekHoldsForTheWeek(t *testing.T) {
	loc := zone(t, "Europe/Berlin")
	p := plan(t, line(t, "wed", "12:00 frost"))
	for _, at := range []string{"2026-04-01T11:59:59+02:00", "2026-04-01T12:00:00+02:00", "2026-03-31T00:00:00+02:00"} {
		if now, ok := p.InForce(instant(t, at), loc); !ok || now.Value != "frost" {
			t.Errorf("%s: got %v, %t", at, now, ok)
		}
	}
	if next, _ := p.Next(instant(t, "2026-04-01T12:00:00+02:00"), loc); !next.At.Equal(instant(t, "2026-04-08T12:00:00+02:00")) {
		t.Errorf("next is %v", next)
	}
}

// TestPointsInAGapAreOneSwitch: 02:00 and 02:30 both run at 03:00 that night, where 03:00 has a
// point too; the last of them holds.
func TestPointsInAGapAreOneSwitch(t *testing.T) {
	loc := zone(t, "Europe/Berlin")
	p := plan(t, line(t, "daily", "01:00 a, 02:00 b, 02:30 c, 03:00 d, 04:00 e"))
	var got []string
	for _, s := range p.Segments(instant(t, "2026-03-29T00:30:00+01:00"), instant(t, "2026-03-29T05:00:00+02:00"), loc) {
		got = append(got, s.Value+" "+s.From.Format("15:04")+"-"+s.To.Format("15:04"))
	}
	want := []string{"e 00:30-01:00", "a 01:00-03:00", "d 03:00-04:00", "e 04:00-05:00"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestARepeatedHourDoesNotTurnBackAPlan: what has switched at the first 02:30 holds through the second 02:00.
func TestARepeatedHourDoesNotTurnBackAPlan(t *testing.T) {
	loc := zone(t, "Europe/Berlin")
	p := plan(t, line(t, "daily", "02:00 a, 02:30 b"))
	segments := p.Segments(instant(t, "2026-10-25T02:00:00+02:00"), instant(t, "2026-10-26T02:00:00+01:00"), loc)
	if len(segments) != 2 || segments[0].Value != "a" || segments[1].Value != "b" ||
		segments[1].To.Sub(segments[1].From) != 24*time.Hour+30*time.Minute {
		t.Errorf("got %v", segments)
	}
}

func TestAPlanWithoutPointsHoldsNothing(t *testing.T) {
	var p schedule.Plan[string]
	if now, ok := p.InForce(time.Unix(0, 0), time.UTC); ok {
		t.Errorf("in force: %v", now)
	}
	if next, ok := p.Next(time.Unix(0, 0), time.UTC); ok {
		t.Errorf("next: %v", next)
	}
	if got := p.Segments(time.Unix(0, 0), time.Unix(100, 0), time.UTC); got != nil {
		t.Errorf("segments: %v", got)
	}
	if got := living(t).Segments(time.Unix(100, 0), time.Unix(100, 0), time.UTC); got != nil {
		t.Errorf("segments of no time: %v", got)
	}
}

func TestMistakesInAPlan(t *testing.T) {
	for _, c := range []struct {
		lines       []schedule.PlanLine[string]
		line, point int
		want        string
	}{
		{[]schedule.PlanLine[string]{line(t, "mon-fri", "06:00 a"), line(t, "fri-sun", "07:00 b")}, 1, -1, "fri has points in another line too"},
		{[]schedule.PlanLine[string]{line(t, "daily", "06:00 a, 06:00 b")}, 0, 1, "06:00 stands twice"},
		{[]schedule.PlanLine[string]{line(t, "daily", "06:00 a, 22:30 b, 00:30 c")}, 0, 2, "00:30 comes after 22:30"},
		{[]schedule.PlanLine[string]{{Days: schedule.EveryDay}}, 0, -1, "has no points"},
		{[]schedule.PlanLine[string]{{Points: []schedule.Point[string]{{}}}}, 0, -1, "no points"},
	} {
		_, err := schedule.NewPlan(c.lines...)
		var e *schedule.PlanError
		if !errors.As(err, &e) || e.Line != c.line || e.Point != c.point || !strings.Contains(e.Error(), c.want) {
			t.Errorf("got %+v, want %q at %d, %d", err, c.want, c.line, c.point)
		}
	}
}

func TestAPlanIsNotChangedThroughItsLines(t *testing.T) {
	l := line(t, "daily", "06:00 a")
	p := plan(t, l)
	l.Points[0].Value = "b"
	if now, _ := p.InForce(time.Unix(0, 0), time.UTC); now.Value != "a" {
		t.Errorf("in force: %v", now)
	}
}

package store

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"hob/internal/entity"
)

// TestYearsOfAHouseHaveABoundedSizeAndABoundedCost plays years (months, outside of a campaign) in fast time: it
// counts rows and pages, never seconds.
func TestYearsOfAHouseHaveABoundedSizeAndABoundedCost(t *testing.T) {
	days, every := 150, 3*time.Hour
	keep := Retention{Raw: 2 * day, Fives: 10 * day, Hours: 60 * day, Log: 20 * day}
	if campaign() {
		days, every, keep = 3*365, 2*time.Minute, Retention{}
	}
	c := &clock{noon}
	path := filepath.Join(t.TempDir(), "hob.db")
	s := open(t, Options{Path: path, Now: c.now, Retention: keep})
	keep = s.o.Retention
	const sensors = 2
	var sizes []int64
	end := noon.AddDate(0, 0, days)
	for d := 0; c.at.Before(end); d++ {
		var b batch
		for tomorrow := c.at.Add(day); c.at.Before(tomorrow); c.at = c.at.Add(every) {
			for i := range sensors {
				v := 20 + 5*math.Sin(float64(ms(c.at))/7e6) + float64(i)
				b.samples = append(b.samples, at(entity.ID(fmt.Sprintf("s%d", i)), "value", ms(c.at), v))
			}
			b.lines = append(b.lines, line{at: ms(c.at), entity: "lamp", what: LineState, state: "on"})
		}
		b.samples = append(b.samples, at("lamp", "on", ms(c.at)-1, float64(d%2)))
		b.alive = ms(c.at)
		if err := s.record(b); err != nil {
			t.Fatal(err)
		}
		if err := s.tidy(t.Context()); err != nil {
			t.Fatal(err)
		}
		if d%30 == 29 {
			sizes = append(sizes, pagesOf(t, s))
		}
	}
	// From when everything is full on, it does not grow.
	full := int(keep.Hours/(30*day)) + 1
	if len(sizes) <= full+1 {
		t.Fatalf("only %d sizes", len(sizes))
	}
	for i, n := range sizes[full:] {
		if n > sizes[full-1]*11/10+slack {
			t.Errorf("month %d: %d pages, and %d when all was full", full+i, n, sizes[full-1])
		}
	}
	if want := int64(sensors) * int64(keep.Raw/every+1) * 11 / 10; rowCount(t, s, "sample") > want+100 {
		t.Errorf("%d samples, want about %d", rowCount(t, s, "sample"), want)
	}
	for _, span := range []time.Duration{time.Hour, day, 7 * day, 30 * day, 50 * day, keep.Hours} {
		for _, points := range []int{MinPoints, 100, DefaultPoints, MaxPoints} {
			wantCheap(t, s, span, points)
		}
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%v of a house with %d sensors every %v: %d KiB", end.Sub(noon), sensors, every, info.Size()/1024)
}

// wantCheap asks for the newest span and counts what was read for it.
func wantCheap(t *testing.T, s *Store, span time.Duration, points int) {
	t.Helper()
	now := s.o.Now()
	tx, err := s.db.reader.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	q := &reading{ctx: context.Background(), tx: tx, from: ms(now.Add(-span)), to: ms(now), now: ms(now), points: points}
	h, err := q.history("s1", s.finest(now.Add(-span)))
	if err != nil || len(h.Series) != 1 {
		t.Fatal(err)
	}
	got := len(h.Series[0].Points)
	if got > points+2 || got < 1 {
		t.Errorf("%v: %d points of %d", span, got, points)
	}
	// A step is made of at most an hour's rows of five minutes, or a year of hours
	// in 500 steps; what is not aggregated yet comes on top.
	if most := max(points*12, int(s.o.Retention.Hours/time.Hour)) + 1000; q.rows > most {
		t.Errorf("%v in %d points: %d rows were read, want at most %d", span, points, q.rows, most)
	}
}

func pagesOf(t *testing.T, s *Store) int64 {
	t.Helper()
	n, err := s.db.number("SELECT page_count FROM pragma_page_count")
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func rowCount(t *testing.T, s *Store, table string) int64 {
	t.Helper()
	n, err := s.db.number("SELECT count(*) FROM " + table)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

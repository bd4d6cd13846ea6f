package store

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hob/internal/entity"
)

// clock is a time that tests move.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func ms(t time.Time) int64 { return t.UnixMilli() }

func put(t interface{ Fatal(...any) }, s *Store, samples ...sample) {
	if err := s.record(batch{samples: samples, alive: 1}); err != nil {
		t.Fatal(err)
	}
}

func at(id entity.ID, what string, ms int64, v float64) sample {
	return sample{at: ms, of: seriesName{id, what}, value: &v}
}

// truthOf is what a step from..from+width was by looking at every millisecond
// that matters: the plain definition, with nothing of the reducer in it.
func truthOf(samples []sample, from, width int64) step {
	out := step{at: from, low: math.Inf(1), high: math.Inf(-1)}
	for i, p := range samples {
		until := int64(math.MaxInt64)
		if i+1 < len(samples) {
			until = samples[i+1].at
		}
		inside := p.at >= from && p.at < from+width
		a, b := max(p.at, from), min(until, from+width)
		if inside {
			out.touched = true
		}
		if p.value != nil && (inside || b > a) {
			out.include(*p.value, *p.value)
		}
		if p.value != nil && inside {
			out.samples++
		}
		if p.value != nil && b > a {
			out.area += *p.value * float64(b-a)
			out.known += b - a
		}
		if p.at < from+width {
			out.open = p.value != nil
			if out.open {
				out.last = *p.value
			}
		}
	}
	return out
}

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-6*(1+math.Abs(a)) }

func sameStep(a, b step) bool {
	if a.at != b.at || a.known != b.known || a.samples != b.samples || a.open != b.open || a.empty() != b.empty() {
		return false
	}
	if !a.empty() && (!near(a.low, b.low) || !near(a.high, b.high)) {
		return false
	}
	return near(a.area, b.area) && (!a.open || near(a.last, b.last))
}

// rowsIn reads the five-minute rows of an entity's only series.
func rowsIn(t interface{ Fatal(...any) }, s *Store, id entity.ID) []step {
	rows, err := s.db.reader.Query("SELECT at, low, mean, high, last, known, samples FROM five WHERE series = "+
		"(SELECT s.id FROM series s JOIN name n ON n.id = s.entity WHERE n.entity = ?) ORDER BY at", string(id))
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []step
	taker := newReducer(0, 1, 0, false, nil)
	for rows.Next() {
		var st step
		var low, mean, high, last *float64
		if err := rows.Scan(&st.at, &low, &mean, &high, &last, &st.known, &st.samples); err != nil {
			t.Fatal(err)
		}
		st.low, st.high = taker.cur.low, taker.cur.high
		if low != nil {
			st.low, st.high = *low, *high
		}
		if mean != nil {
			st.area = *mean * float64(st.known)
		}
		if st.open = last != nil; st.open {
			st.last = *last
		}
		out = append(out, st)
	}
	return out
}

// wantSteps checks the rows against the definition, row by row, and that
// no step in which something happened has none.
func wantSteps(t *rapid.T, s *Store, id entity.ID, width, from, to int64, samples []sample) {
	var want []step
	for at := floor(from, width); at < to; at += width {
		if st := truthOf(samples, at, width); st.touched {
			want = append(want, st)
		}
	}
	got := rowsIn(t, s, id)
	if !slices.EqualFunc(got, want, sameStep) {
		t.Fatalf("got %+v\nwant %+v", got, want)
	}
}

func TestAggregatesAndHistoriesAreWhatTheirSamplesSay(t *testing.T) {
	c := &clock{noon}
	s, err := Open(Options{Path: filepath.Join(t.TempDir(), "hob.db"), Now: c.now})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		id := entity.ID(fmt.Sprintf("e%d", n)) // of its own: to make a file for each takes long,
		empty(t, s)                            // and so does to tidy what others had
		base := ms(noon)
		var all []sample
		now := base
		for range rapid.IntRange(1, 12).Draw(t, "batches") {
			for range rapid.IntRange(0, 6).Draw(t, "samples") {
				now += rapid.OneOf(rapid.Int64Range(1, 2*60_000), rapid.Int64Range(1, 3*anHour),
					rapid.Just(fiveMinutes-now%fiveMinutes), rapid.Just(anHour-now%anHour)).Draw(t, "after")
				p := sample{at: now, of: seriesName{id, "value"}}
				if rapid.IntRange(0, 4).Draw(t, "known") > 0 {
					v := float64(rapid.IntRange(-500, 500).Draw(t, "value")) / 10
					p.value = &v
				}
				if i, ok := slices.BinarySearchFunc(all, p.at, func(q sample, at int64) int { return int(q.at - at) }); ok {
					all[i] = p
				} else {
					all = slices.Insert(all, i, p)
				}
				put(t, s, p)
			}
			switch rapid.IntRange(0, 5).Draw(t, "then") {
			case 0: // the clock is set back
				now = max(base, now-rapid.Int64Range(0, 4*anHour).Draw(t, "back"))
			case 1, 2:
				c.at = time.UnixMilli(now)
				if err := s.tidy(t.Context()); err != nil {
					t.Fatal(err)
				}
			case 3: // another run of the server
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
				if s, err = Open(s.o); err != nil {
					t.Fatal(err)
				}
			}
		}
		if len(all) == 0 {
			return
		}
		newest := all[len(all)-1].at
		c.at = time.UnixMilli(newest + rapid.Int64Range(1, 2*anHour).Draw(t, "later"))
		if rapid.Bool().Draw(t, "tidy at last") {
			if err := s.tidy(t.Context()); err != nil {
				t.Fatal(err)
			}
			upTo := floor(ms(c.at.Add(-late)), fiveMinutes)
			var before []sample
			for _, p := range all {
				if p.at < upTo {
					before = append(before, p)
				}
			}
			wantSteps(t, s, id, fiveMinutes, base, upTo, before)
		}
		wantHistory(t, s, id, all, base, ms(c.at))
	})
}

// empty takes all samples out of a store.
func empty(t *rapid.T, s *Store) {
	err := s.piece(func(db *database) error {
		for _, table := range []string{"sample", "five", "hour", "series"} {
			if err := db.exec("DELETE FROM " + table); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	s.known = names{}
}

// wantHistory checks a history of any resolution against the definition.
func wantHistory(t *rapid.T, s *Store, id entity.ID, all []sample, base, now int64) {
	from := base + rapid.Int64Range(-anHour, now-base-1).Draw(t, "from")
	to := from + rapid.Int64Range(1, now-from).Draw(t, "span")
	points := rapid.SampledFrom([]int{2, 3, 7, 50, 1000}).Draw(t, "points")
	h, err := s.History(t.Context(), id, time.UnixMilli(from), time.UnixMilli(to), points)
	if err != nil || len(h.Series) != 1 {
		t.Fatalf("%+v %v", h, err)
	}
	got := h.Series[0].Points
	if len(got) > points+2 {
		t.Fatalf("%d points of %d", len(got), points)
	}
	width := h.Step.Milliseconds()
	if width == 0 {
		wantSamples(t, got, all, from, to)
		return
	}
	to = min(ceil(to, width), now)
	i := 0
	wasGap := false
	for at := floor(from, width); at < to; at += width {
		want := truthOf(all, at, min(width, to-at))
		if gap := want.empty(); gap && wasGap {
			continue
		} else if wasGap = gap; i >= len(got) {
			t.Fatalf("no point at %d", at)
		}
		p := got[i]
		i++
		mean := want.last
		if want.known > 0 {
			mean = want.mean()
		}
		if ms(p.At) != at || p.Has == want.empty() ||
			p.Has && (!near(p.Mean, mean) || !near(p.Low, want.low) || !near(p.High, want.high) || p.Gap != (want.known < min(width, to-at))) {
			t.Fatalf("step %v: got %+v, want %+v", h.Step, p, want)
		}
	}
	if i != len(got) {
		t.Fatalf("%d points too many", len(got)-i)
	}
}

func wantSamples(t *rapid.T, got []Point, all []sample, from, to int64) {
	for _, p := range got {
		want := truthOf(all, ms(p.At), 1)
		if ms(p.At) < from || ms(p.At) >= to || p.Has != want.open || p.Has && p.Mean != want.last {
			t.Fatalf("got %+v, want %+v", p, want)
		}
	}
	for _, p := range all {
		i := slices.IndexFunc(got, func(q Point) bool { return ms(q.At) == p.at })
		if p.value != nil && p.at >= from && p.at < to && i < 0 {
			t.Fatalf("the sample of %d is missing", p.at)
		}
	}
}

package store

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hob/internal/entity"
)

func TestWhoCatchesUpFindsWhatHasJustHappenedRecorded(t *testing.T) {
	s := open(t, Options{Path: filepath.Join(t.TempDir(), "db"), Gather: time.Hour})
	h := newHouse(lightAt(noon, "off", 0, "anna"))
	s.CatchUp(t.Context()) // nobody records
	stop := recording(t, s, h)
	await(t, "the recorder", h.followed)
	for i := range 20 {
		h.happen(false, lightAt(after(2*i+1), "on", 40, "leo"), lightAt(after(2*i+2), "off", 0, "anna"))
		s.CatchUp(t.Context())
		if got := logLines(t, s, Filter{Limit: 2}); len(got) != 2 || got[1] != fmt.Sprintf("+%ds lamp state off (0) user anna", 2*i+2) {
			t.Fatalf("after %d changes the log has %q", 2*i+2, got)
		}
	}
	h.lag()
	s.CatchUp(t.Context())
	stop()
	s.CatchUp(t.Context())
	var all sync.WaitGroup
	stop = recording(t, s, h)
	for range 8 {
		all.Go(func() { s.CatchUp(t.Context()) })
	}
	stop() // in the midst of it
	all.Wait()
}

func after(s int) time.Time { return noon.Add(time.Duration(s) * time.Second) }

// steady is a store whose clock stands, and whose recorder does not dawdle.
func steady(t *testing.T, path string, at time.Time) (*Store, *safeClock) {
	t.Helper()
	c := &safeClock{at: at}
	return open(t, Options{Path: path, Now: c.now, Gather: time.Millisecond}), c
}

type safeClock struct {
	mu sync.Mutex
	at time.Time
}

func (c *safeClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *safeClock) set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = at
}

func TestEveryChangeIsRecordedWithItsCauseAndWhatIsMeasuredMakesACurve(t *testing.T) {
	s, c := steady(t, filepath.Join(t.TempDir(), "hob.db"), after(0))
	h := newHouse(lightAt(after(0), "off", 40, ""), sensorAt(after(0), "unknown", entity.NoAttributes{}),
		Seen{At: after(0), Entity: "bell", Kind: entity.KindButton, State: "released", Attributes: entity.ButtonAttributes{}, Available: true})
	stop := recording(t, s, h)
	await(t, "the subscription", func() bool { h.mu.Lock(); defer h.mu.Unlock(); return h.subs == 1 })
	c.set(after(100))
	away := sensorAt(after(40), "21.7", climate{21.7, 44, 3})
	away.Available = false
	back := away
	back.At, back.Available = after(50), true
	pressed := Seen{At: after(70), Entity: "bell", Kind: entity.KindButton, State: "pressed", Available: true, Gesture: entity.GesturePress,
		Attributes: entity.ButtonAttributes{Event: "press", EventAt: 7}, Cause: entity.Cause{Kind: entity.CauseBoard}}
	pending := lightAt(after(9), "off", 40, "")
	pending.Changed = ms(after(0))
	h.happen(false, pending, // nothing of it changed: a command is under way
		lightAt(after(10), "on", 40, "anna"), lightAt(after(11), "on", 55, "ben"),
		sensorAt(after(20), "21.5", climate{21.5, 44, 1}), sensorAt(after(30), "21.7", climate{21.7, 44, 2}),
		away, back, lightAt(after(60), "off", 55, "anna"), pressed, Seen{At: after(80), Entity: "lamp", Gone: true})
	await(t, "the last line", func() bool { l := logLines(t, s, Filter{}); return len(l) > 0 && strings.Contains(l[len(l)-1], "gone") })
	stop()
	equal(t, "log", logLines(t, s, Filter{}), []string{"+10s lamp state on (40) user anna", "+11s lamp state on (55) user ben",
		"+20s bath state 21.5 (21.5) sensor", "+40s bath unavailable 21.7 board", "+50s bath available 21.7 (21.7) board",
		"+60s lamp state off (0) user anna", "+70s bell gesture pressed press board", "+80s lamp gone config"})
	equal(t, "value", curve(t, s, "bath", "value"), []string{"-60000ms -", "20000ms 21.5", "30000ms 21.7", "40000ms -", "50000ms 21.7"})
	equal(t, "humidity", curve(t, s, "bath", "humidity"), []string{"-60000ms -", "20000ms 44", "40000ms -", "50000ms 44"})
	equal(t, "brightness", curve(t, s, "lamp", "brightness"),
		[]string{"-60000ms -", "0ms 0", "10000ms 40", "11000ms 55", "60000ms 0", "80000ms -"})
	if got := curve(t, s, "bell", "on"); len(got) != 0 {
		t.Errorf("a button has a curve: %v", got)
	}
}

func TestWhatARecorderMissesIsAGapAndItGoesOnWithTheHouseAsItIs(t *testing.T) {
	s, c := steady(t, filepath.Join(t.TempDir(), "hob.db"), after(0))
	h := newHouse(lightAt(after(0), "off", 40, ""))
	stop := recording(t, s, h)
	await(t, "the first sample", func() bool { at, err := s.lastAlive(); return err == nil && at != 0 })
	c.set(after(30))
	h.happen(true, lightAt(after(20), "on", 70, "anna"))
	h.lag()
	await(t, "the gap's end", func() bool { return len(logLines(t, s, Filter{})) == 2 })
	stop()
	c.set(after(31))
	equal(t, "log", logLines(t, s, Filter{}), []string{"+0s gap until +30s", "+20s lamp state on (70) user anna"})
	got := curve(t, s, "lamp", "brightness")
	equal(t, "curve", got[len(got)-2:], []string{"1ms -", "30000ms 70"})
}

func TestTheTimeInWhichNoServerRanIsAGap(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hob.db")
	s, _ := steady(t, path, after(0))
	stop := recording(t, s, newHouse(lightAt(after(0), "on", 40, "")))
	await(t, "the first sample", func() bool { at, err := s.lastAlive(); return err == nil && at != 0 })
	stop()
	shut(t, s)
	s, c := steady(t, path, after(600))
	recording(t, s, newHouse(lightAt(after(0), "on", 40, "")))
	await(t, "the gap", func() bool { return len(logLines(t, s, Filter{})) == 1 })
	c.set(after(601))
	equal(t, "curve", curve(t, s, "lamp", "brightness"), []string{"-60000ms -", "0ms 40", "1ms -", "600000ms 40"})
	equal(t, "log", logLines(t, s, Filter{}), []string{"+0s gap until +600s"})
}

func TestAFullDiskCostsHistoryAndEndsByItself(t *testing.T) {
	var log bytes.Buffer
	c := &safeClock{at: after(0)}
	s := open(t, Options{Path: filepath.Join(t.TempDir(), "hob.db"), Now: c.now, Log: slog.New(slog.NewTextHandler(&log, nil))})
	pages := func(n int64) {
		s.writing.Lock()
		defer s.writing.Unlock()
		if _, err := s.db.conn.ExecContext(t.Context(), "PRAGMA max_page_count = "+itoa(n)); err != nil {
			t.Fatal(err)
		}
	}
	r := &recorder{store: s, seen: map[entity.ID]*seen{}, bell: newBell(1)}
	r.resume([]Seen{lightAt(after(0), "off", 40, "")})
	pages(1) // SQLite takes the pages that there are
	n := 0
	for ; r.dropped == 0; n++ { // its last page is full at some time
		c.set(after(n))
		now := lightAt(after(n), "on", float64(1+n%50), strings.Repeat("anna", 200))
		r.see(&now)
		r.flush()
	}
	full := n - 1
	if err := s.Keep([]entity.Saved{saved("bath", strings.Repeat("x", 1<<20))}); !errors.Is(err, ErrUnavailable) {
		t.Errorf("Keep on a full disk: %v", err)
	}
	for ; n < full+120; n++ {
		c.set(after(n))
		now := lightAt(after(n), "on", float64(1+n%50), strings.Repeat("anna", 200))
		r.see(&now)
		r.flush()
	}
	if got := strings.Count(log.String(), "recording failed"); got < 2 || got > 3 {
		t.Errorf("in two minutes it was said %d times: %s", got, &log)
	}
	pages(1 << 20)
	c.set(after(n))
	now := lightAt(after(n), "on", 99, "anna")
	r.see(&now)
	r.flush()
	if r.gap {
		t.Fatal("it did not recover")
	}
	lines := logLines(t, s, Filter{Limit: MaxLines})
	equal(t, "log", lines[len(lines)-2:], []string{fmt.Sprintf("+%ds gap until +%ds", full-1, n), fmt.Sprintf("+%ds lamp state on (99) user anna", n)})
	c.set(after(n + 1))
	h, err := s.History(t.Context(), "lamp", after(full), after(n+1), 1000)
	if err != nil {
		t.Fatal(err)
	}
	p := h.Series[0].Points
	if len(p) != 2 || p[0].Has || !p[1].Has || p[1].Mean != 99 || !p[1].At.Equal(after(n)) {
		t.Errorf("the history of the full time: %+v", p)
	}
	keep(t, s, saved("bath", "{}"))
}

func TestANewFileBeginsWithTheHouseAsItIs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hob.db")
	s, c := steady(t, path, after(0))
	h := newHouse(lightAt(after(0), "on", 40, ""))
	recording(t, s, h)
	await(t, "the first sample", func() bool { at, err := s.lastAlive(); return err == nil && at != 0 })
	c.set(after(10))
	s.heal(errors.New("a test says so"))
	if len(curve(t, s, "lamp", "brightness")) != 0 {
		t.Fatal("the file is not new")
	}
	h.happen(false, lightAt(after(20), "on", 40, ""))
	await(t, "the gap in the new file", func() bool { return len(logLines(t, s, Filter{})) == 1 })
	c.set(after(30))
	await(t, "the first sample in the new file", func() bool { return len(curve(t, s, "lamp", "brightness")) > 1 })
}

func TestALogThatOneEntityFillsKeepsItsNewestAndThatOfOthers(t *testing.T) {
	c := &clock{noon}
	s := open(t, Options{Path: filepath.Join(t.TempDir(), "hob.db"), Now: c.now, Retention: Retention{Lines: 10}})
	r := &recorder{store: s, seen: map[entity.ID]*seen{}, bell: newBell(1)}
	door := func(sec int, state string) Seen {
		return Seen{At: after(sec), Entity: "door", Kind: entity.KindContact, State: state, Available: true, Changed: ms(after(sec)),
			Attributes: entity.NoAttributes{}, Cause: entity.Cause{Kind: entity.CauseBoard}}
	}
	see := func(all ...Seen) {
		for i := range all {
			r.see(&all[i])
		}
		r.flush()
	}
	r.resume([]Seen{door(0, "closed"), lightAt(after(0), "off", 0, "")})
	see(lightAt(after(1), "on", 40, "anna"))
	var chatter []Seen // of a pin that nothing holds
	last := mostRows + 1001
	for i := 2; i <= last; i++ {
		chatter = append(chatter, door(i, []string{"open", "closed"}[i%2]))
	}
	see(chatter...)
	c.at = after(last)
	for range 2 {
		if err := s.prune(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	lines := logLines(t, s, Filter{Entities: []entity.ID{"door"}, Limit: MaxLines})
	if len(lines) != 10 || lines[9] != fmt.Sprintf("+%ds door state closed board", last) || lines[0] != fmt.Sprintf("+%ds door state open board", last-9) {
		t.Errorf("of the door there are %d lines: %q", len(lines), lines)
	}
	if got := logLines(t, s, Filter{Entities: []entity.ID{"lamp"}, Limit: MaxLines}); !slices.Contains(got, "+1s lamp state on (40) user anna") {
		t.Errorf("of the lamp: %q", got)
	}
	for i := range 12 { // the clock was wrong by a year
		see(door(last+365*86400+i, []string{"open", "closed"}[i%2]))
	}
	see(door(last+1, "open"), door(last+2, "closed"))
	c.at = after(last + 2)
	if err := s.prune(t.Context()); err != nil {
		t.Fatal(err)
	}
	lines = logLines(t, s, Filter{Entities: []entity.ID{"door"}, Limit: MaxLines})
	if len(lines) != 10 || !strings.HasPrefix(lines[9], fmt.Sprintf("+%ds door", last+2)) {
		t.Errorf("after a clock that was wrong: %q", lines)
	}
}

func TestStatesOfWhatIsLongGoneAreForgotten(t *testing.T) {
	s, c := steady(t, filepath.Join(t.TempDir(), "hob.db"), after(0))
	keep(t, s, saved("lamp", "{}"), saved("bath", "{}"), saved("attic", "{}"))
	r := &recorder{store: s, seen: map[entity.ID]*seen{}, bell: newBell(1)}
	r.resume([]Seen{lightAt(after(0), "on", 40, ""), sensorAt(after(0), "unknown", nil)}) // no attic
	r.see(&Seen{At: after(1), Entity: "bath", Gone: true})
	r.flush()
	for _, step := range []struct {
		days float64
		want []entity.ID
	}{{29, []entity.ID{"attic", "bath", "lamp"}}, {31, []entity.ID{"lamp"}}} {
		c.set(noon.Add(time.Duration(step.days * float64(day))))
		if err := s.prune(t.Context()); err != nil {
			t.Fatal(err)
		}
		var got []entity.ID
		for id := range load(t, s) {
			got = append(got, id)
		}
		slices.Sort(got)
		if !slices.Equal(got, step.want) {
			t.Errorf("after %v days: %v", step.days, got)
		}
	}
}

func TestTheLogIsReadPageByPageAndByEntity(t *testing.T) {
	s := fresh(t)
	var b batch
	for i := range 60 {
		b.lines = append(b.lines, line{at: ms(noon) + int64(i/4), entity: entity.ID([]string{"a", "b", "c"}[i%3]), what: LineState, state: fmt.Sprint(i)})
	}
	if err := s.record(b); err != nil {
		t.Fatal(err)
	}
	for name, f := range map[string]struct {
		filter Filter
		want   func(i int) bool
	}{
		"all":      {Filter{Limit: 7}, func(int) bool { return true }},
		"of one":   {Filter{Limit: 7, Entities: []entity.ID{"b", "b"}}, func(i int) bool { return i%3 == 1 }},
		"of two":   {Filter{Limit: 7, Entities: []entity.ID{"c", "nobody", "a"}}, func(i int) bool { return i%3 != 1 }},
		"in time":  {Filter{Limit: 7, From: noon.Add(3 * time.Millisecond), To: noon.Add(9 * time.Millisecond)}, func(i int) bool { return i/4 >= 3 && i/4 < 9 }},
		"and both": {Filter{Limit: 1, Entities: []entity.ID{"a"}, To: noon.Add(9 * time.Millisecond)}, func(i int) bool { return i/4 < 9 && i%3 == 0 }},
	} {
		var want, got []string
		for i := range 60 {
			if f.want(59 - i) {
				want = append(want, fmt.Sprint(59-i))
			}
		}
		for more := true; more; {
			lines, m, err := s.Changes(t.Context(), f.filter)
			if err != nil || len(lines) > f.filter.Limit {
				t.Fatalf("%s: %d lines, %v", name, len(lines), err)
			}
			for _, l := range lines {
				got = append(got, l.State)
			}
			if more = m; more {
				f.filter.Before = lines[len(lines)-1].Place
			}
		}
		equal(t, name, got, want)
	}
	first, more, err := s.Changes(t.Context(), Filter{Limit: 2, Oldest: true})
	if err != nil || !more || len(first) != 2 || first[0].State != "0" || first[1].State != "1" {
		t.Errorf("the oldest are %+v, %t, %v", first, more, err)
	}
	if _, _, err := s.Changes(t.Context(), Filter{Entities: make([]entity.ID, MostFiltered+1)}); err == nil {
		t.Error("a filter of too many entities was taken")
	}
}

func TestQueriesSeeOneStateWhileThereIsWriting(t *testing.T) {
	s := fresh(t)
	stop := make(chan struct{})
	var all sync.WaitGroup
	loop := func(f func(n int) error) {
		all.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				if err := f(n); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	now := ms(time.Now())
	loop(func(n int) error { // both of a pair, always
		v := float64(n)
		at := now - 3_600_000 + int64(n)
		return s.record(batch{alive: at, samples: []sample{{at: at, of: seriesName{"s", "a"}, value: &v}, {at: at, of: seriesName{"s", "b"}, value: &v}}})
	})
	loop(func(n int) error {
		return s.Keep([]entity.Saved{saved("bath", fmt.Sprint(n)), saved("hall", fmt.Sprint(n))})
	})
	loop(func(int) error { return s.tidy(t.Context()) })
	loop(func(int) error { s.check(t.Context()); return nil })
	for range 40 {
		got, err := s.Load(t.Context())
		if err != nil || !bytes.Equal(got["bath"].Lasting, got["hall"].Lasting) {
			t.Fatalf("%s and %s: %v", got["bath"].Lasting, got["hall"].Lasting, err)
		}
		h, err := s.History(t.Context(), "s", time.UnixMilli(now-7_200_000), time.UnixMilli(now), 20)
		if err != nil {
			t.Fatal(err)
		}
		if len(h.Series) == 2 && !reflect.DeepEqual(h.Series[0].Points, h.Series[1].Points) {
			t.Fatalf("a pair of unequals: %+v", h)
		}
		if _, _, err := s.Changes(t.Context(), Filter{}); err != nil {
			t.Fatal(err)
		}
	}
	close(stop)
	all.Wait()
	if n := s.Notices(); len(n) != 0 {
		t.Errorf("notices: %+v", n)
	}
}

func TestWhatChangedBeforeTheRecorderFollowedHasItsLine(t *testing.T) {
	s, c := steady(t, filepath.Join(t.TempDir(), "hob.db"), after(0))
	c.set(after(5))
	old := sensorAt(after(-100), "21.5", climate{21.5, 44, 1}) // as an earlier run left it
	recording(t, s, newHouse(lightAt(after(3), "on", 40, "anna"), old))
	await(t, "the first batch", func() bool { at, err := s.lastAlive(); return err == nil && at != 0 })
	equal(t, "log", logLines(t, s, Filter{}), []string{"+3s lamp state on (40) user anna"})
}

package store

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"hob/internal/entity"
)

// wrongClock is a clock that can be set, and one that cannot.
type wrongClock struct {
	wall time.Time
	ran  time.Duration
}

func (c *wrongClock) pass(d time.Duration) {
	c.wall = c.wall.Add(d)
	c.ran += d
}

// aged is a store in a house whose clock may be wrong.
type aged struct {
	*Store
	t     *testing.T
	clock *wrongClock
	path  string
	keep  Retention
	count int
}

func newAged(t *testing.T, keep Retention) *aged {
	a := &aged{t: t, clock: &wrongClock{wall: noon}, path: filepath.Join(t.TempDir(), "hob.db"), keep: keep}
	a.begin()
	return a
}

func (a *aged) begin() {
	a.Store = open(a.t, Options{Path: a.path, Retention: a.keep,
		Now: func() time.Time { return a.clock.wall }, ran: func() time.Duration { return a.clock.ran }})
}

// restart is a new process, after a while by the clock on the wall.
func (a *aged) restart(down time.Duration) {
	a.t.Helper()
	shut(a.t, a.Store)
	a.clock.wall, a.clock.ran = a.clock.wall.Add(down), time.Second
	a.begin()
}

// writes has one of each written, and all tidied, several times a day.
func (a *aged) writes(days int) {
	a.t.Helper()
	const each = 6 * time.Hour
	for range days * int(day/each) {
		a.count++
		now := ms(a.clock.wall)
		number := float64(a.count)
		b := batch{alive: now, samples: []sample{{at: now, of: seriesName{"bath", "value"}, value: &number}},
			lines: []line{{at: now, entity: "lamp", what: LineState, state: fmt.Sprint(a.count)}}}
		if err := a.record(b); err != nil {
			a.t.Fatal(err)
		}
		keepRules(a.t, a.Store, nil, RuleRun{ID: fmt.Sprintf("r%05d", a.count), Rule: "dusk", At: now, Outcome: "ran", Data: []byte("{}")})
		if _, err := a.KeepNotice(entity.Notice{At: now, Text: fmt.Sprint(a.count)}); err != nil {
			a.t.Fatal(err)
		}
		a.clock.pass(each)
		if a.count%4 == 0 {
			a.tidies()
		}
	}
}

func (a *aged) tidies() {
	a.t.Helper()
	a.pruned = time.Time{}
	if err := a.tidy(a.t.Context()); err != nil {
		a.t.Fatal(err)
	}
}

// rows are the times of the rows of a table that are between two times.
func (a *aged) rows(table string, from, to time.Time) []int64 {
	a.t.Helper()
	rows, err := a.db.reader.QueryContext(a.t.Context(), "SELECT at FROM "+table+" WHERE at >= ? AND at < ? ORDER BY at", ms(from), ms(to))
	if err != nil {
		a.t.Fatal(err)
	}
	defer rows.Close()
	var out []int64
	for rows.Next() {
		var at int64
		if err := rows.Scan(&at); err != nil {
			a.t.Fatal(err)
		}
		out = append(out, at)
	}
	if err := rows.Err(); err != nil {
		a.t.Fatal(err)
	}
	return out
}

var recorded = []string{"sample", "five", "hour", "change", "rule_run", "notice"}

// all are the times of all rows of a time, by table.
func (a *aged) all(from, to time.Time) map[string][]int64 {
	out := map[string][]int64{}
	for _, table := range recorded {
		out[table] = a.rows(table, from, to)
	}
	return out
}

func (a *aged) wantSame(when string, from, to time.Time, want map[string][]int64) {
	a.t.Helper()
	for table, got := range a.all(from, to) {
		if !slices.Equal(got, want[table]) {
			a.t.Errorf("%s: %s has %d rows of the right time, and had %d", when, table, len(got), len(want[table]))
		}
	}
}

// A clock that is wrong for days, whichever way and over restarts, takes nothing away
// of what was written before, neither while it is wrong nor when it is right again.
func TestAWrongClockMakesNothingOld(t *testing.T) {
	for name, wrong := range map[string]time.Time{
		"2099": time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC),
		"1970": time.Date(1970, 1, 2, 0, 0, 0, 0, time.UTC),
	} {
		for _, restarts := range []bool{false, true} {
			t.Run(fmt.Sprint(name, restarts), func(t *testing.T) {
				a := newAged(t, Retention{Raw: 6 * day, Fives: 8 * day, Hours: 20 * day, Log: 8 * day, Runs: 8 * day})
				set := func(to time.Time) {
					if restarts {
						a.restart(to.Sub(a.clock.wall))
					} else {
						a.clock.wall = to
					}
				}
				a.writes(3)
				begun, ended := noon, a.clock.wall
				before := a.all(begun, ended)
				for table, rows := range before {
					if len(rows) == 0 {
						t.Fatalf("nothing is in %s", table)
					}
				}
				set(wrong)
				a.writes(2)
				a.wantSame("with a wrong clock", begun, ended, before)
				set(ended.Add(2 * day))
				a.tidies()
				a.wantSame("with the right clock again", begun, ended, before)
				a.writes(1)
				a.wantSame("a day later", begun, ended, before)
				at, err := a.lastAlive()
				if want := ms(a.clock.wall.Add(-6 * time.Hour)); err != nil || at != want {
					t.Errorf("the recorder was alive at %s: %v", time.UnixMilli(at).UTC(), err)
				}
			})
		}
	}
}

// What a wrong clock has written goes when all goes that was written then.
func TestWhatAWrongClockWroteDoesNotStay(t *testing.T) {
	a := newAged(t, Retention{Raw: 2 * day, Fives: 3 * day, Hours: 5 * day, Log: 3 * day, Runs: 3 * day})
	right := a.clock.wall
	sizes := map[string]int{}
	for n := range 12 {
		for _, wrong := range []time.Time{right, time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(n) * 100 * day), right.Add(-300 * day)} {
			a.clock.wall = wrong
			a.writes(1)
		}
		right = right.Add(3 * day)
		for _, table := range recorded {
			got := int(rowCount(t, a.Store, table))
			if n == 4 {
				sizes[table] = got
			} else if n > 4 && got > sizes[table]+8 {
				t.Errorf("after %d wrong years %s has %d rows, and had %d after the fifth", n+1, table, got, sizes[table])
			}
		}
	}
	a.clock.wall = right
	a.writes(6)
	for table, rows := range a.all(right.Add(day), time.Date(3000, 1, 1, 0, 0, 0, 0, time.UTC)) {
		for _, at := range rows {
			if at > ms(a.clock.wall) {
				t.Errorf("%s has a row of %s", table, time.UnixMilli(at).UTC())
			}
		}
	}
}

// Of a rule with too many runs those go first that are not yet, and then the oldest.
func TestARuleThatRanInAWrongYearKeepsItsRunsOfTheRightOne(t *testing.T) {
	a := newAged(t, Retention{Each: 20})
	a.writes(4) // 16 runs
	right := a.clock.wall
	a.clock.wall = time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC)
	a.writes(1)
	a.clock.wall = right
	a.writes(1)
	got := a.rows("rule_run", noon, right.Add(2*day))
	if len(got) != 20 || got[0] != ms(noon) {
		t.Errorf("%d runs of the right year, from %s on", len(got), time.UnixMilli(got[0]).UTC())
	}
}

// A server that is down for months has not kept anything for longer when it starts.
func TestTimeInWhichTheServerDidNotRunMakesNothingOld(t *testing.T) {
	a := newAged(t, Retention{Raw: 4 * day, Fives: 4 * day, Hours: 4 * day, Log: 4 * day, Runs: 4 * day})
	a.writes(2)
	before := a.all(noon, a.clock.wall)
	end := a.clock.wall
	a.restart(60 * day)
	a.writes(1)
	a.wantSame("after two months", noon, end, before)
	a.writes(6)
	for table, rows := range a.all(noon, end) {
		if left := len(rows); left > 1 { // of a curve the newest stays: it says what held
			t.Errorf("a week later %s has %d rows of before", table, left)
		}
	}
}

// What the clock showed is one row a day, however often the server starts.
func TestTheTableOfWhatTheClockShowedStaysSmall(t *testing.T) {
	a := newAged(t, Retention{})
	for range 12 {
		a.writes(1)
		a.restart(time.Minute)
	}
	if n := rowCount(t, a.Store, "clock"); n > 15 {
		t.Errorf("%d rows for 12 days", n)
	}
	rows, err := a.shown(t.Context())
	gone := outside(rows, 10*day)
	if err != nil || len(gone) != 2 {
		t.Fatalf("what is too old: %v %v", gone, err)
	}
	if limit := time.UnixMilli(gone[0].to); a.clock.wall.Sub(limit) < 10*day || a.clock.wall.Sub(limit) > 12*day {
		t.Errorf("ten days are kept as those from %s to %s", limit.UTC(), a.clock.wall.UTC())
	}
}

// A clock in another year for so long that samples go: what was made of them stays.
func TestTheCurveOfTheRightYearOutlivesItsSamples(t *testing.T) {
	a := newAged(t, Retention{Raw: 4 * day, Fives: 30 * day, Hours: 40 * day})
	a.writes(2)
	begun, ended := noon, a.clock.wall
	before := a.all(begun, ended)
	a.clock.wall = time.Date(1970, 1, 2, 0, 0, 0, 0, time.UTC)
	a.writes(6)
	a.clock.wall = ended.Add(6 * day)
	a.writes(2)
	if n := len(a.rows("sample", begun, ended)); n > 1 {
		t.Fatalf("%d samples of before are there", n)
	}
	for _, table := range []string{"five", "hour"} {
		if got := a.rows(table, begun, ended); !slices.Equal(got, before[table]) {
			t.Errorf("%s has %d rows of the right time, and had %d", table, len(got), len(before[table]))
		}
	}
}

package store

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"hob/internal/entity"
)

// The newest is what happened last. A clock that was in another century for a while
// does not keep what it wrote on top, or at the bottom, for ever; and who asks for a
// time gets what the clock showed then.
func TestWhatAWrongClockWroteIsWhereItHappened(t *testing.T) {
	a := newAged(t, Retention{})
	a.writes(1)
	right := a.clock.wall
	for _, year := range []int{2099, 1970} {
		a.clock.wall = time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)
		a.writes(1)
	}
	a.clock.wall = right
	a.writes(1)
	var want []string
	for n := range a.count {
		want = append([]string{fmt.Sprint(n + 1)}, want...)
	}
	for name, of := range map[string][]entity.ID{"everything": nil, "one": {"lamp"}, "two": {"lamp", "porch"}} {
		f := Filter{Entities: of, Limit: 3}
		var got []string
		for more := true; more; {
			var lines []Change
			var err error
			if lines, more, err = a.Changes(t.Context(), f); err != nil {
				t.Fatal(err)
			}
			for _, l := range lines {
				got = append(got, l.State)
			}
			f.Before = lines[len(lines)-1].Place
		}
		if !slices.Equal(got, want) {
			t.Errorf("lines of %s: %v", name, got)
		}
	}
	var runs []string
	f := RunFilter{Rule: "dusk", Limit: 3}
	for more := true; more; {
		var page []string
		page, more, f.Before = runsIn(t, a.Store, f)
		runs = append(runs, page...)
	}
	for i := range want {
		want[i] = fmt.Sprintf("r%05s dusk ran", want[i])
	}
	equal(t, "runs", runs, want)
	in2099, _, err := a.Changes(t.Context(), Filter{From: right.Add(100 * day)})
	if err != nil || len(in2099) != 4 || in2099[0].State != "8" {
		t.Errorf("of 2099: %v %v", in2099, err)
	}
	first, _, err := a.Changes(t.Context(), Filter{Limit: 1, Oldest: true})
	if err != nil || len(first) != 1 || first[0].State != "1" {
		t.Errorf("the oldest: %v %v", first, err)
	}
}

// However much there is, the newest are read from an index, and nothing is sorted.
func TestTheNewestAreFoundWithoutLookingAtTheRest(t *testing.T) {
	s := fresh(t)
	for _, query := range []string{
		"SELECT id FROM change c INDEXED BY change_of WHERE c.entity = (SELECT id FROM name WHERE entity = 'x') AND c.id < 9 ORDER BY c.id DESC LIMIT 3",
		"SELECT id FROM rule_run WHERE rule = 'x' AND seq < (SELECT seq FROM rule_run WHERE id = 'y') ORDER BY seq DESC LIMIT 3",
		"SELECT id FROM rule_run WHERE true ORDER BY seq DESC LIMIT 3",
		"SELECT coalesce(max(seq), 0) + 1 FROM rule_run",
	} {
		rows, err := s.db.reader.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+query)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var a, b, c int
			var step string
			if err := rows.Scan(&a, &b, &c, &step); err != nil {
				t.Fatal(err)
			}
			if strings.Contains(step, "TEMP") || strings.HasPrefix(step, "SCAN") && !strings.Contains(step, "INDEX") {
				t.Errorf("%s: %s", query, step)
			}
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		_ = rows.Close()
	}
}

// What an older server wrote keeps its order.
func TestRunsOfAnOlderVersionAreInTheOrderOfTheirTimes(t *testing.T) {
	s := fresh(t)
	for i, id := range []string{"c", "a", "b"} {
		keepRules(t, s, nil, runOf("dusk", id, 10-i, "ran"))
	}
	text, err := fs.ReadFile(embedded(), "00005_order.sql")
	if err != nil {
		t.Fatal(err)
	}
	for again := range strings.Lines("DROP INDEX rule_run_seq;\nUPDATE rule_run SET seq = 0;\n" + string(text)) {
		if !strings.HasPrefix(again, "UPDATE") && !strings.HasPrefix(again, "DROP") {
			continue
		}
		if _, err := s.db.conn.ExecContext(t.Context(), again); err != nil {
			t.Fatal(err)
		}
	}
	got, _, _ := runsIn(t, s, RunFilter{})
	equal(t, "runs", got, []string{"c dusk ran", "a dusk ran", "b dusk ran"})
}

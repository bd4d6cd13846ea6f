package store

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"hob/internal/entity"
)

func memory(rule entity.RuleID, data string) RuleMemory {
	return RuleMemory{Rule: rule, Data: []byte(data)}
}

func runOf(rule entity.RuleID, id string, s int, outcome string) RuleRun {
	return RuleRun{ID: id, Rule: rule, At: ms(after(s)), Outcome: outcome, Data: fmt.Appendf(nil, `{"id":%q}`, id)}
}

func keepRules(t *testing.T, s *Store, m []RuleMemory, runs ...RuleRun) {
	t.Helper()
	if err := s.KeepRules(m, runs, true); err != nil {
		t.Fatal(err)
	}
}

// rulesIn are what rules remember, "rule data" each.
func rulesIn(t *testing.T, s *Store) []string {
	t.Helper()
	all, err := s.LoadRules(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for _, m := range all {
		out = append(out, fmt.Sprintf("%s %s", m.Rule, m.Data))
	}
	return out
}

// runsIn are the runs that a filter gives, "id rule outcome" each.
func runsIn(t *testing.T, s *Store, f RunFilter) (out []string, more bool, last RunPlace) {
	t.Helper()
	runs, more, err := s.Runs(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range runs {
		out = append(out, fmt.Sprintf("%s %s %s", r.ID, r.Rule, r.Outcome))
		last = RunPlace{r.At, r.ID}
	}
	return out, more, last
}

func TestWhatRulesRememberIsThereAfterARestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hob.db")
	s := open(t, Options{Path: path})
	keepRules(t, s, []RuleMemory{memory("dusk", "1"), memory("air", "1"), memory("gone", "1")}, runOf("dusk", "a", 1, "running"))
	keepRules(t, s, []RuleMemory{memory("dusk", "2"), memory("gone", "")}, runOf("dusk", "a", 1, "ran"), runOf("air", "b", 2, "skipped"))
	for range 2 {
		equal(t, "memory", rulesIn(t, s), []string{"air 1", "dusk 2"})
		got, more, _ := runsIn(t, s, RunFilter{})
		equal(t, "runs", got, []string{"b air skipped", "a dusk ran"})
		if more {
			t.Error("there are no more")
		}
		shut(t, s)
		s = open(t, Options{Path: path})
	}
}

func TestRulesWaitForTheDiskOnlyWhenTheyAskTo(t *testing.T) {
	s := fresh(t)
	for _, durable := range []bool{true, false, true} {
		if err := s.KeepRules([]RuleMemory{memory("dusk", "1")}, nil, durable); err != nil {
			t.Fatal(err)
		}
		var mode int
		if err := s.db.conn.QueryRowContext(t.Context(), "PRAGMA synchronous").Scan(&mode); err != nil || (mode == 2) != durable {
			t.Errorf("durable %v: synchronous is %d: %v", durable, mode, err)
		}
	}
}

func TestRunsAreReadPageByPageByRuleAndByTime(t *testing.T) {
	s := fresh(t)
	var all []string
	for i := range 40 {
		rule := entity.RuleID([]string{"dusk", "air"}[i%2])
		r := runOf(rule, fmt.Sprintf("r%02d", i), i/4, "ran") // several at one moment
		keepRules(t, s, nil, r)
		all = append(all, fmt.Sprintf("%s %s %s", r.ID, r.Rule, r.Outcome))
	}
	slices.Reverse(all)
	for _, rule := range []entity.RuleID{"", "dusk", "air"} {
		want := slices.Clone(all)
		want = slices.DeleteFunc(want, func(line string) bool { return rule != "" && !strings.Contains(line, string(rule)) })
		var got []string
		for f, more := (RunFilter{Rule: rule, Limit: 3}), true; more; {
			var page []string
			page, more, f.Before = runsIn(t, s, f)
			got = append(got, page...)
		}
		equal(t, "pages of "+string(rule), got, want)
	}
	got, _, _ := runsIn(t, s, RunFilter{Rule: "air", From: after(2), To: after(3)})
	equal(t, "a second", got, []string{"r11 air ran", "r09 air ran"})
	got, _, _ = runsIn(t, s, RunFilter{ID: "r07"})
	equal(t, "one run", got, []string{"r07 air ran"})
}

func TestRunsThatAreOldOrTooManyOfOneRuleAreRemoved(t *testing.T) {
	c := &clock{noon}
	s := open(t, Options{Path: filepath.Join(t.TempDir(), "hob.db"), Now: c.now, Retention: Retention{Each: 10}})
	for i := range 25 {
		keepRules(t, s, nil, runOf("busy", fmt.Sprintf("b%02d", i), i, "skipped"))
	}
	keepRules(t, s, []RuleMemory{memory("calm", "1")}, runOf("calm", "c", 1, "ran"))
	if _, err := s.KeepNotice(entity.Notice{At: ms(noon), Text: "old"}); err != nil {
		t.Fatal(err)
	}
	if err := s.prune(t.Context()); err != nil {
		t.Fatal(err)
	}
	got, _, _ := runsIn(t, s, RunFilter{Limit: MostRuns})
	if len(got) != 11 || got[0] != "c calm ran" || got[1] != "b24 busy skipped" || got[10] != "b15 busy skipped" {
		t.Errorf("the newest of each are kept: %q", got)
	}
	c.at = noon.Add(31 * day)
	keepRules(t, s, nil, RuleRun{ID: "new", Rule: "busy", At: ms(c.at), Outcome: "ran", Data: []byte("{}")})
	if err := s.prune(t.Context()); err != nil {
		t.Fatal(err)
	}
	got, _, _ = runsIn(t, s, RunFilter{})
	equal(t, "after a month", got, []string{"new busy ran"})
	equal(t, "what rules remember does not age", rulesIn(t, s), []string{"calm 1"})
	if n, err := s.LoadNotices(t.Context()); err != nil || len(n) != 0 {
		t.Errorf("notices after a month: %+v %v", n, err)
	}
}

func TestRulesOnAFullDiskFailAtOnceAndWorkAgainWhenThereIsRoom(t *testing.T) {
	s := open(t, Options{Path: filepath.Join(t.TempDir(), "hob.db"), pages: 60})
	var err error
	for i := 0; err == nil && i < 1000; i++ {
		r := runOf("dusk", fmt.Sprint(i), i, "ran")
		r.Data = bytes.Repeat([]byte("x"), 4000)
		err = s.KeepRules([]RuleMemory{memory("dusk", fmt.Sprint(i))}, []RuleRun{r}, true)
	}
	if !errors.Is(err, ErrUnavailable) {
		t.Fatalf("a full disk: %v", err)
	}
	runs, _, err := s.Runs(t.Context(), RunFilter{Limit: 1})
	if err != nil || len(runs) != 1 {
		t.Fatalf("what is there can be read: %v", err)
	}
	equal(t, "run and memory go together", rulesIn(t, s), []string{"dusk " + runs[0].ID})
	s.writing.Lock()
	_, err = s.db.conn.ExecContext(t.Context(), "PRAGMA max_page_count = 10000")
	s.writing.Unlock()
	if err != nil {
		t.Fatal(err)
	}
	keepRules(t, s, []RuleMemory{memory("dusk", "later")}, runOf("dusk", "later", 5000, "ran"))
}

func TestWhatRulesRememberIsCarriedOverFromADamagedFile(t *testing.T) {
	s := fresh(t)
	keepRules(t, s, []RuleMemory{memory("dusk", "1"), memory("air", "2")}, runOf("dusk", "a", 1, "ran"))
	s.heal(errors.New("a test says so"))
	equal(t, "memory", rulesIn(t, s), []string{"air 2", "dusk 1"})
	if got, _, _ := runsIn(t, s, RunFilter{}); len(got) != 0 {
		t.Errorf("the file is not new: %q", got)
	}
}

func TestNoticesStayUntilTheyAreDismissedAndNoIDIsGivenTwice(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hob.db")
	s := open(t, Options{Path: path})
	var ids []int64
	for i, n := range []entity.Notice{{Text: "all"}, {Text: "anna", User: "anna", Rule: "dusk"}, {Text: "last"},
		{Text: "paused", Detail: "rule_paused", Params: `{"rule":"dusk"}`, Rule: "dusk"}} {
		n.At = ms(after(i))
		id, err := s.KeepNotice(n)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	if err := s.DropNotice(ids[2]); err != nil {
		t.Fatal(err)
	}
	shut(t, s)
	s = open(t, Options{Path: path})
	got, err := s.LoadNotices(t.Context())
	want := []entity.Notice{{ID: ids[0], At: ms(after(0)), Text: "all"}, {ID: ids[1], At: ms(after(1)), Text: "anna", User: "anna", Rule: "dusk"},
		{ID: ids[3], At: ms(after(3)), Text: "paused", Detail: "rule_paused", Params: `{"rule":"dusk"}`, Rule: "dusk"}}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %+v %v", got, err)
	}
	if id, err := s.KeepNotice(entity.Notice{Text: "new"}); err != nil || slices.Contains(ids, id) || id < ids[2] {
		t.Errorf("the next is %d after %v: %v", id, ids, err)
	}
	for range entity.MostNotices + 5 {
		if _, err := s.KeepNotice(entity.Notice{At: ms(time.Now()), Text: "again"}); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := s.LoadNotices(t.Context()); err != nil || len(got) != entity.MostNotices {
		t.Errorf("%d notices are kept: %v", len(got), err)
	}
}

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

func shell(name, script string, cores int) step {
	return step{name: name, argv: []string{"sh", "-c", script}, cores: cores}
}

func runSteps(t *testing.T, keepGoing bool, steps ...step) ([]result, string) {
	t.Helper()
	var out bytes.Buffer
	r := newRunner(options{
		Out: &out, Logs: t.TempDir(), Cores: 2, Limit: time.Minute, KeepGoing: keepGoing,
	})
	return r.run(t.Context(), steps), out.String()
}

func TestAStepWithoutTestsIsOneCheck(t *testing.T) {
	results, out := runSteps(t, false, shell("fmt", "echo tidy", 1))
	if results[0].err != nil || results[0].tally != (tally{passed: 1}) {
		t.Errorf("got %v and %+v, want one passed check", results[0].err, results[0].tally)
	}
	if !strings.Contains(out, "fmt       | tidy\n") {
		t.Errorf("the step's output is missing or not marked as its own:\n%s", out)
	}
}

func TestTheFirstFailureStopsWhatRunsAndWhatWouldFollow(t *testing.T) {
	marker := filepath.Join(t.TempDir(), "began")
	results, _ := runSteps(t, false,
		// The sleeper begins first and says so; the other waits for that before it fails.
		shell("sleeper", "echo x > "+marker+"; sleep 600", 1),
		shell("fails", "while [ ! -s "+marker+" ]; do :; done; exit 3", 1),
		shell("later", "exit 0", 2))
	if results[0].ran {
		t.Error("the step that was stopped counts as run")
	}
	if results[1].err == nil || results[1].tally != (tally{failed: 1}) {
		t.Errorf("got %v and %+v, want one failure", results[1].err, results[1].tally)
	}
	if results[2].ran {
		t.Error("a step began after the failure")
	}
}

func TestKeepGoingRunsTheOthers(t *testing.T) {
	results, _ := runSteps(t, true, shell("fails", "exit 1", 2), shell("later", "exit 0", 2))
	if !results[1].ran || results[1].err != nil {
		t.Errorf("the second step: ran %v, error %v", results[1].ran, results[1].err)
	}
}

func TestSuccessThatReportsFailedTestsIsAFailure(t *testing.T) {
	results, _ := runSteps(t, false, shell("c", "echo 'core: 3 passed, 1 failed'", 1))
	if results[0].err == nil || results[0].tally != (tally{passed: 3, failed: 1}) {
		t.Errorf("got %v and %+v", results[0].err, results[0].tally)
	}
}

func TestAStepOfTestsThatRanNoneFails(t *testing.T) {
	s := shell("c", "echo nothing to do", 1)
	s.tests = true
	results, _ := runSteps(t, false, s)
	if results[0].err == nil || results[0].tally.failed != 1 {
		t.Errorf("got %v and %+v, want a failure", results[0].err, results[0].tally)
	}
}

func TestACommandThatDoesNotExistFails(t *testing.T) {
	results, _ := runSteps(t, false, step{name: "x", argv: []string{"/nonexistent/command"}, cores: 1})
	if results[0].err == nil || results[0].tally.failed != 1 {
		t.Errorf("got %v and %+v, want a failure", results[0].err, results[0].tally)
	}
}

func TestAStepBeyondItsLimitIsStoppedWithItsChildren(t *testing.T) {
	var out bytes.Buffer
	r := newRunner(options{Out: &out, Logs: t.TempDir(), Cores: 1, Limit: 300 * time.Millisecond})
	// The grandchild holds the output open: only its end lets the step end.
	results := r.run(t.Context(), []step{shell("slow", "sleep 600 & wait", 1)})
	if results[0].err == nil || !strings.Contains(results[0].err.Error(), "took longer") {
		t.Errorf("got error %v", results[0].err)
	}
}

func TestTheLogHoldsTheWholeOutput(t *testing.T) {
	var out bytes.Buffer
	logs := t.TempDir()
	r := newRunner(options{Out: &out, Logs: logs, Cores: 1, Limit: time.Minute})
	r.run(t.Context(), []step{shell("go", `echo '{"Action":"run","Test":"TestX"}'; printf unfinished`, 1)})
	got, err := os.ReadFile(filepath.Join(logs, "go.log"))
	if err != nil {
		t.Fatal(err)
	}
	if want := "{\"Action\":\"run\",\"Test\":\"TestX\"}\nunfinished"; string(got) != want {
		t.Errorf("log is %q, want %q", got, want)
	}
}

func TestTheClosingLineAddsUpAndOnlyAWholeRunPasses(t *testing.T) {
	passed := result{step: step{name: "a"}, ran: true, tally: tally{passed: 5, skipped: 1}}
	tests := []struct {
		name    string
		results []result
		ok      bool
		closing string
	}{
		{"all passed", []result{passed, passed}, true, "\n10 passed, 0 failed, 2 skipped\n"},
		{"one not run", []result{passed, {step: step{name: "b"}}}, false, "\n5 passed, 0 failed, 1 skipped\n"},
		{"one failed", []result{passed, {ran: true, err: os.ErrInvalid, tally: tally{failed: 2}}}, false,
			"\n5 passed, 2 failed, 1 skipped\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out bytes.Buffer
			if ok := summarize(&out, tt.results, time.Second); ok != tt.ok {
				t.Errorf("reports %v, want %v", ok, tt.ok)
			}
			if !strings.HasSuffix(out.String(), tt.closing) {
				t.Errorf("ends otherwise than with %q:\n%s", tt.closing, out.String())
			}
		})
	}
}

func TestStepsAreChosenByNameInTheListsOrder(t *testing.T) {
	got, err := choose(allSteps(), "go, c")
	if err != nil || len(got) != 2 || got[0].name != "c" || got[1].name != "go" {
		t.Errorf("got %v, %v", got, err)
	}
	if _, err := choose(allSteps(), "go,nosuch"); err == nil {
		t.Error("an unknown step is not refused")
	}
}

// attempts is a step whose Go test fails as often as said, with its output.
func attempts(t *testing.T, failures int, output string) step {
	t.Helper()
	count := filepath.Join(t.TempDir(), "count")
	s := shell("e2e", "echo x >> "+count+`; if [ $(wc -l < `+count+`) -le `+strconv.Itoa(failures)+` ]; then
echo '{"Action":"pass","Package":"p","Test":"TestOther"}'
printf '%s\n' '{"Action":"output","Package":"p","Test":"TestA/sub","Output":"`+output+`\n"}'
echo '{"Action":"fail","Package":"p","Test":"TestA/sub"}'
echo '{"Action":"fail","Package":"p","Test":"TestA"}'
exit 1; fi; echo '{"Action":"pass","Package":"p","Test":"TestA"}'`, 1)
	s.again = func(tests, packages []string) []string {
		if !slices.Equal(tests, []string{"TestA"}) || !slices.Equal(packages, []string{"p"}) {
			t.Errorf("attempted again: %v of %v", tests, packages)
		}
		return s.argv
	}
	return s
}

func TestASecondAttemptThatPassesIsToldAndCounts(t *testing.T) {
	results, _ := runSteps(t, false, attempts(t, 1, "too late"))
	var out bytes.Buffer
	if !summarize(&out, results, time.Second) || results[0].tally != (tally{passed: 2}) {
		t.Errorf("got %v and %+v", results[0].err, results[0].tally)
	}
	if !strings.Contains(out.String(), "e2e: failed at the first attempt: p TestA/sub\n    too late\n") {
		t.Errorf("the first attempt is not told:\n%s", out.String())
	}
}

func TestWhatFailsTwiceHasFailedAndIsToldAtTheEnd(t *testing.T) {
	results, _ := runSteps(t, false, attempts(t, 2, "wrong"))
	var out bytes.Buffer
	if summarize(&out, results, time.Second) {
		t.Error("it passed")
	}
	if !strings.Contains(out.String(), "e2e: failed at the second attempt too: p TestA/sub\n    wrong\n") {
		t.Errorf("the failure is not told:\n%s", out.String())
	}
	if !strings.HasSuffix(out.String(), "\n2 passed, 2 failed\n") { // TestOther passes both times
		t.Errorf("what passed is not counted:\n%s", out.String())
	}
}

func TestACrashHasNoSecondAttempt(t *testing.T) {
	results, _ := runSteps(t, false, attempts(t, 1, "panic: nil map"))
	if results[0].err == nil || len(results[0].first) > 0 {
		t.Errorf("it was attempted again: %v", results[0].err)
	}
}

func TestAStepThatFailsWithoutATestTellsWhatItSaidLast(t *testing.T) {
	results, _ := runSteps(t, false, shell("tree", "echo file.go is too long; exit 1", 1))
	var out bytes.Buffer
	summarize(&out, results, time.Second)
	if !strings.Contains(out.String(), "tree: failed; it said last:\n    file.go is too long\n") {
		t.Errorf("got:\n%s", out.String())
	}
}

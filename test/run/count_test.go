package main

import (
	"strings"
	"testing"
)

// countAll feeds a whole output and returns what was counted and what is shown.
func countAll(output string) (tally, string) {
	c := newCounter()
	var shown []string
	for line := range strings.Lines(output) {
		shown = append(shown, c.line(strings.TrimSuffix(line, "\n"))...)
	}
	return c.total(), strings.Join(append(shown, c.unfinished("")...), "\n")
}

func TestCounterReadsEveryWayOfReporting(t *testing.T) {
	tests := []struct {
		name, output string
		want         tally
	}{
		{"plain line", "12 passed, 3 failed", tally{12, 3, 0}},
		{"plain line of a suite", "noise-handshake: 12 passed, 0 failed, 2 skipped", tally{12, 0, 2}},
		{"several suites add up", "a: 1 passed, 0 failed\nb: 2 passed, 1 failed", tally{3, 1, 0}},
		{"a sum counts once", "a: 1 passed, 0 failed\nb: 2 passed, 1 failed\n3 passed, 1 failed", tally{3, 1, 0}},
		{"suites after a sum", "a: 1 passed, 0 failed\n1 passed, 0 failed\nb: 2 passed, 0 failed", tally{3, 0, 0}},
		{"not alone on its line", "we saw 12 passed, 3 failed", tally{}},
		{"vitest", "      Tests  1 failed | 12 passed | 2 skipped (15)", tally{12, 1, 2}},
		{"vitest in colour", "\x1b[2m      Tests \x1b[22m \x1b[1m\x1b[32m7 passed\x1b[39m\x1b[22m (7)", tally{7, 0, 0}},
		{"vitest's files are not its tests", " Test Files  3 passed (3)", tally{}},
		{"JSON that is no event", `{"passed": 3}`, tally{}},
		{"half an event", `{"Action":"pass","Te`, tally{}},
		{"go", `{"Action":"pass","Package":"p","Test":"TestA"}
{"Action":"pass","Package":"p","Test":"TestA/sub"}
{"Action":"skip","Package":"p","Test":"TestB"}
{"Action":"fail","Package":"p","Test":"TestC"}
{"Action":"fail","Package":"p"}`, tally{2, 1, 1}},
		{"go package that does not build", `{"Action":"fail","Package":"p"}`, tally{0, 1, 0}},
		{"each such package counts", `{"Action":"fail","Package":"p","Test":"TestA"}
{"Action":"fail","Package":"p"}
{"Action":"fail","Package":"q"}`, tally{0, 2, 0}},
		{"go package without tests", `{"Action":"skip","Package":"p"}`, tally{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, _ := countAll(tt.output); got != tt.want {
				t.Errorf("counted %+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestOnlyFailedGoTestsShowTheirOutput(t *testing.T) {
	_, shown := countAll(`{"Action":"output","Package":"p","Test":"TestGood","Output":"chatter\n"}
{"Action":"pass","Package":"p","Test":"TestGood"}
{"Action":"output","Package":"p","Test":"TestBad","Output":"got 1, want 2\n"}
{"Action":"fail","Package":"p","Test":"TestBad"}
{"Action":"output","Package":"p","Test":"TestHangs","Output":"waiting\n"}`)
	for _, want := range []string{"got 1, want 2", "did not end: p TestHangs", "waiting"} {
		if !strings.Contains(shown, want) {
			t.Errorf("%q is not shown in:\n%s", want, shown)
		}
	}
	if strings.Contains(shown, "chatter") {
		t.Errorf("a passing test's output is shown:\n%s", shown)
	}
}

func TestACrashShowsWhatTheTestSaidBeforeThePackagesEnd(t *testing.T) {
	_, shown := countAll(`{"Action":"output","Package":"q","Test":"TestOther","Output":"still running\n"}
{"Action":"output","Package":"p","Test":"TestCrash","Output":"panic: index out of range\n"}
{"Action":"fail","Package":"p","Elapsed":1.5}`)
	crash := strings.Index(shown, "did not end: p TestCrash\npanic: index out of range\nFAIL p (1.5 s)")
	other := strings.Index(shown, "did not end: q TestOther")
	if crash < 0 || other < crash {
		t.Errorf("the crash is not shown where the package ends:\n%s", shown)
	}
}

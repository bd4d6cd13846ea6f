package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// tally counts tests by how they ended.
type tally struct{ passed, failed, skipped int }

func (t tally) total() int { return t.passed + t.failed + t.skipped }

func (t *tally) add(o tally) {
	t.passed += o.passed
	t.failed += o.failed
	t.skipped += o.skipped
}

// counter reads a step's output line by line: it counts the tests that the output reports and turns
// each line into what a person wants to see. It understands three ways of reporting:
// the events of `go test -json`, a plain line "N passed, N failed", and Vitest's "Tests  N passed (N)".
// A plain line may have a suite's name before it; one without a name sums up the suites before it.
type counter struct {
	tally    tally
	suites   tally                // named plain lines that no sum has followed yet; not in tally
	output   map[testKey][]string // of Go tests that have not ended
	failures []failure            // Go tests that failed, in order
	last     []string             // the newest plain lines, at most lastLines
	packages map[string]tally     // Go tests so far, by package that has not ended
	ansi     *regexp.Regexp
	closing  *regexp.Regexp
	vitest   *regexp.Regexp
}

type testKey struct{ pkg, test string }

// lastLines is how much of what a failure said is told again at the end.
const lastLines = 25

// failure is a Go test that failed, or a package (test is "") that did without one.
type failure struct {
	testKey
	said  []string // its newest lines
	grave bool     // something crashed, or raced: that is never a matter of luck
}

func failed(key testKey, said []string) failure {
	grave := slices.ContainsFunc(said, func(line string) bool {
		return strings.Contains(line, "panic: ") || strings.Contains(line, "fatal error: ") || strings.Contains(line, "DATA RACE")
	})
	return failure{key, tail(said), grave || key.test == ""}
}

// top is the name of the test that go test's -run knows it by.
func (f failure) top() string {
	name, _, _ := strings.Cut(f.test, "/")
	return name
}

// tail returns the newest lines.
func tail(lines []string) []string { return lines[max(0, len(lines)-lastLines):] }

// event is one line of `go test -json`; see `go doc test2json`.
type event struct {
	Action     string
	Package    string
	ImportPath string
	Test       string
	Output     string
	Elapsed    float64 // seconds
}

func newCounter() *counter {
	return &counter{
		output:   map[testKey][]string{},
		packages: map[string]tally{},
		ansi:     regexp.MustCompile("\x1b\\[[0-9;]*[A-Za-z]"),
		closing:  regexp.MustCompile(`^([\w.-]+: )?(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$`),
		vitest:   regexp.MustCompile(`(\d+) (passed|failed|skipped)`),
	}
}

// line takes one line of output, without its end, and returns the lines to show for it.
func (c *counter) line(text string) []string {
	if strings.HasPrefix(text, `{"`) {
		var e event
		if json.Unmarshal([]byte(text), &e) == nil && e.Action != "" {
			return c.goEvent(e)
		}
	}
	c.plain(text)
	c.last = tail(append(c.last, text))
	return []string{text}
}

// total returns what was counted so far.
func (c *counter) total() tally {
	sum := c.tally
	sum.add(c.suites)
	return sum
}

// goEvent counts one event. A passing test's output is dropped, a failing one's is shown.
func (c *counter) goEvent(e event) []string {
	key := testKey{e.Package, e.Test}
	switch e.Action {
	case "output":
		c.output[key] = append(c.output[key], strings.TrimSuffix(e.Output, "\n"))
		return nil
	case "build-output":
		return []string{strings.TrimSuffix(e.Output, "\n")}
	case "pass", "fail", "skip":
		return c.goEnd(e, key)
	}
	return nil
}

func (c *counter) goEnd(e event, key testKey) []string {
	said := c.output[key]
	delete(c.output, key)
	if e.Test == "" {
		return c.goPackageEnd(e, said)
	}
	one := tally{}
	switch e.Action {
	case "pass":
		one.passed, said = 1, nil
	case "skip":
		one.skipped = 1
	case "fail":
		one.failed = 1
		c.failures = append(c.failures, failed(key, said))
	}
	inPackage := c.packages[e.Package]
	inPackage.add(one)
	c.packages[e.Package] = inPackage
	c.tally.add(one)
	return said
}

// goPackageEnd shows one line for a package that had tests. One that failed without a failing test (it
// does not build, or exited in the middle) counts as one failure.
func (c *counter) goPackageEnd(e event, said []string) []string {
	ran := c.packages[e.Package]
	delete(c.packages, e.Package)
	switch {
	case e.Action == "fail":
		if ran.failed == 0 {
			c.tally.failed++
		}
		said = append(c.unfinished(e.Package), said...)
		if ran.failed == 0 {
			c.failures = append(c.failures, failed(testKey{pkg: e.Package}, said))
		}
		return append(said, fmt.Sprintf("FAIL %s (%.1f s)", e.Package, e.Elapsed))
	case ran.total() > 0:
		return []string{fmt.Sprintf("ok   %s: %d tests in %.1f s", e.Package, ran.total(), e.Elapsed)}
	}
	return nil
}

// unfinished returns, and forgets, what a package's tests had said that never ended: it crashed, or
// was stopped. An empty name means all packages.
func (c *counter) unfinished(pkg string) []string {
	var lines []string
	for _, key := range slices.SortedFunc(maps.Keys(c.output), compareTests) {
		if key.test == "" || pkg != "" && key.pkg != pkg {
			continue
		}
		lines = append(lines, "did not end: "+key.pkg+" "+key.test)
		lines = append(lines, c.output[key]...)
		delete(c.output, key)
	}
	return lines
}

func compareTests(a, b testKey) int {
	return cmp.Or(strings.Compare(a.pkg, b.pkg), strings.Compare(a.test, b.test))
}

// plain counts "[SUITE: ]N passed, N failed[, N skipped]" and "Tests  N failed | N passed (N)".
func (c *counter) plain(text string) {
	text = strings.TrimSpace(c.ansi.ReplaceAllString(text, ""))
	if m := c.closing.FindStringSubmatch(text); m != nil {
		t := tally{number(m[2]), number(m[3]), number(m[4])}
		if m[1] != "" {
			c.suites.add(t)
			return
		}
		c.suites = tally{}
		c.tally.add(t)
		return
	}
	if rest, ok := strings.CutPrefix(text, "Tests  "); ok {
		for _, m := range c.vitest.FindAllStringSubmatch(rest, -1) {
			c.tally.add(map[string]tally{
				"passed":  {passed: number(m[1])},
				"failed":  {failed: number(m[1])},
				"skipped": {skipped: number(m[1])},
			}[m[2]])
		}
	}
}

// number converts a run of digits; an absent one is 0.
func number(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil {
		return 0
	}
	return n
}

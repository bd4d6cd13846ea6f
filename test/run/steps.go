package main

import (
	"slices"
	"strings"
)

// step is one part of `make test`.
type step struct {
	name  string   // short: it stands before every line of output
	argv  []string // the command
	cores int      // how many of the cores it keeps busy: 1 or 2
	tests bool     // it runs tests, and must report at least one
	// again is the command for a second attempt at a few Go tests that failed, and
	// the packages they are in; nil: there is none.
	again func(tests, packages []string) []string
}

// allSteps lists what `make test` runs. What is quick, or fails often, comes first; what takes one core
// stands together, the longest not last, so that neither core waits for the other.
func allSteps() []step {
	return []step{
		target("fmt", "check-fmt", 1),
		target("tree", "check-tree", 1),
		target("scripts", "check-scripts", 1),
		target("vet", "vet", 2),
		target("build", "build", 2),
		target("lint", "lint", 2),
		tests("c", "test-c", 1),
		target("web-types", "check-web", 1),
		tests("web", "test-web", 1),
		tests("fuzz-go", "fuzz-go", 1),
		twice(tests("e2e", "e2e", 1)), // it waits for its processes, most of the time
		target("lint-c", "lint-c", 1),
		tests("riscv", "test-riscv", 1),
		tests("fuzz-c", "fuzz-c", 1),
		twice(tests("go", "test-go", 2)),
		tests("e2e-web", "e2e-web", 2),
	}
}

// target is a step that passes or fails as a whole.
func target(name, makeTarget string, cores int) step {
	return step{name: name, argv: []string{"make", "-s", makeTarget}, cores: cores}
}

// tests is a step whose output tells how many tests passed and failed.
func tests(name, makeTarget string, cores int) step {
	s := target(name, makeTarget, cores)
	s.tests = true
	return s
}

// twice gives a step's failed Go tests a second attempt: its make target takes the pattern of go test's
// -run as ONLY, and the packages as PACKAGES.
func twice(s step) step {
	s.again = func(tests, packages []string) []string {
		return append(slices.Clone(s.argv),
			"ONLY=^("+strings.Join(tests, "|")+")$$", "PACKAGES="+strings.Join(packages, " "))
	}
	return s
}

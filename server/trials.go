package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"hob/config"
	"hob/internal/diag"
	"hob/internal/entity"
	"hob/internal/simulate"
)

// testFile is how the name of a file of tests ends.
const testFile = config.TestsEnd

func (c *cli) testCommand() *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "test [FILE…] [--config FILE]",
		Short: "Try out the tests of the rules",
		Long: `Tries out the tests of a config file (config.yaml when none is named): those under
its own tests, and those in files beside it whose names end with .test.yaml. When
such files are named, only theirs, with the config.yaml beside them or the one that
--config names. Each test runs in a modelled house with a clock of its own, so that
a day takes no time. No server is needed, and nothing is contacted or changed.

A test that fails shows what was expected, where that is written, what was there,
and what happened before. With --json it prints an array of objects with name,
file, line, passed, failures and timeline. Exit code 1 means that a test failed or
that there is none, 3 that a file has mistakes.`,
		Example: "  hob test\n  hob test evening.test.yaml --config config.yaml",
		RunE: func(cmd *cobra.Command, given []string) error {
			return c.test(cmd.Context(), given, file)
		},
	}
	cmd.Args = args(cobra.ArbitraryArgs)
	cmd.Flags().StringVar(&file, "config", "", "the config file whose rules are tried")
	return cmd
}

// triedJSON is a test that was tried, for scripts.
type triedJSON struct {
	Name     string         `json:"name"`
	File     string         `json:"file"`
	Line     int            `json:"line"`
	Passed   bool           `json:"passed"`
	Failures []failureJSON  `json:"failures"`
	Timeline []simulate.Row `json:"timeline"`
}

type failureJSON struct {
	File     string         `json:"file"`
	Line     int            `json:"line"`
	At       simulate.Stamp `json:"at"` // on the test's clock
	Expected string         `json:"expected"`
	Got      string         `json:"got"`
}

func (c *cli) test(ctx context.Context, given []string, file string) error {
	file, files, err := testSources(given, file)
	if err != nil {
		return err
	}
	sheet, err := c.open(file)
	if err != nil {
		return err
	}
	tests, err := c.tests(sheet, file, files)
	if err != nil {
		return err
	}
	if len(tests) == 0 {
		return &exitError{exitFailed, fmt.Sprintf("there are no tests: write some under tests in %s, or into a file whose name ends with %s", file, testFile)}
	}
	return c.try(ctx, sheet.House, tests)
}

// testSources is which configuration and which files of tests are meant. files is
// nil for all that belong to the configuration.
func testSources(given []string, config string) (file string, files []string, err error) {
	for _, name := range given {
		switch {
		case strings.HasSuffix(name, testFile):
			files = append(files, name)
		case config != "":
			return "", nil, usage("%s and %s are two config files; the name of a file of tests ends with %s", config, name, testFile)
		default:
			config = name
		}
	}
	if config == "" {
		config = "config.yaml"
		if len(files) > 0 {
			config = filepath.Join(filepath.Dir(files[0]), config)
		}
	}
	return config, files, nil
}

// tests are those of some files, or of the configuration and the files beside it.
func (c *cli) tests(sheet *config.Sheet, file string, files []string) ([]entity.Test, error) {
	var tests []entity.Test
	if files == nil {
		tests = slices.Clone(sheet.House.Tests)
		beside, err := os.ReadDir(filepath.Dir(file))
		if err != nil {
			return nil, err
		}
		for _, e := range beside {
			if strings.HasSuffix(e.Name(), testFile) && !e.IsDir() {
				files = append(files, filepath.Join(filepath.Dir(file), e.Name()))
			}
		}
	}
	var all diag.List
	for _, name := range files {
		more, list, err := sheet.Tests(name)
		if err != nil {
			return nil, missing(name, err)
		}
		all = append(all, list...)
		tests = append(tests, more...)
	}
	if err := c.diagnose(all); err != nil {
		return nil, err
	}
	if all.HasErrors() {
		return nil, &exitError{exitConfig, tally(all)}
	}
	return tests, nil
}

// try runs tests and tells how they went.
func (c *cli) try(ctx context.Context, h *entity.House, tests []entity.Test) error {
	out := []triedJSON{}
	failed := 0
	for i := range tests {
		tried, err := simulate.Try(ctx, h, &tests[i])
		if err != nil {
			return err
		}
		if len(tried.Failures) > 0 {
			failed++
		}
		if c.json {
			out = append(out, triedOf(tried))
			continue
		}
		c.tell(tried, h.Units)
	}
	if c.json {
		if err := c.printJSON(out); err != nil {
			return err
		}
	}
	if failed > 0 {
		return &exitError{exitFailed, fmt.Sprintf("%d of %s failed", failed, count(len(tests), "test"))}
	}
	fmt.Fprintln(c.stderr, count(len(tests), "test")+" passed")
	return nil
}

func triedOf(t simulate.Tried) triedJSON {
	out := triedJSON{Name: t.Test.Name, File: t.Test.At.File, Line: t.Test.At.Line, Passed: len(t.Failures) == 0,
		Failures: []failureJSON{}, Timeline: t.Timeline.Rows}
	if out.Timeline == nil {
		out.Timeline = []simulate.Row{}
	}
	for _, f := range t.Failures {
		out.Failures = append(out.Failures, failureJSON{f.Place.File, f.Place.Line, simulate.Stamp{Time: f.At}, f.Expected, f.Got})
	}
	return out
}

// mostBefore is how much of what happened before a failure is shown.
const mostBefore = 10

// tell tells people how a test went.
func (c *cli) tell(t simulate.Tried, units string) {
	word, color := "ok  ", green
	if len(t.Failures) > 0 {
		word, color = "FAIL", red
	}
	if colorful(c.stdout) {
		word = color + word + reset
	}
	fmt.Fprintf(c.stdout, "%s %s\n", word, printable(t.Test.Name))
	for _, f := range t.Failures {
		fmt.Fprintf(c.stdout, "  %s:%d: expected %s\n    at %s: %s\n", printable(f.Place.File), f.Place.Line, printable(f.Expected),
			f.At.Format("15:04:05 on Mon 2 Jan"), printable(f.Got))
	}
	if len(t.Failures) > 0 {
		c.tellBefore(t, units)
	}
}

// tellBefore shows what happened up to the last failure.
func (c *cli) tellBefore(t simulate.Tried, units string) {
	until := t.Failures[len(t.Failures)-1].At
	all := slices.DeleteFunc(linesOf(t.Timeline, units), func(m line) bool { return m.at.After(until) })
	if len(all) == 0 {
		fmt.Fprintln(c.stdout, "  Nothing happened before.")
		return
	}
	fmt.Fprintln(c.stdout, "  Before:")
	var rows [][]cell
	for _, m := range all[max(0, len(all)-mostBefore):] {
		rows = append(rows, []cell{text("    " + m.at.Format("Mon 15:04:05")), text(m.who), m.what})
	}
	columns(c.stdout, rows)
}

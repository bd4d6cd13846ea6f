package main

import (
	"fmt"
	"io"
	"time"
)

// summarize prints the table and the closing line, and reports whether everything passed.
func summarize(out io.Writer, results []result, took time.Duration) bool {
	var sum tally
	notRun := 0
	fmt.Fprintf(out, "\n%-10s %-8s %7s %7s\n", "step", "result", "tests", "seconds")
	for _, r := range results {
		sum.add(r.tally)
		if !r.ran {
			notRun++
		}
		printRow(out, r)
	}
	fmt.Fprintf(out, "%-10s %-8s %7d %7.1f\n", "all", "", sum.total(), took.Seconds())
	if notRun > 0 {
		fmt.Fprintf(out, "\nstopped early: %d of %d steps did not run\n", notRun, len(results))
	}
	for _, r := range results {
		printFailures(out, r)
	}
	fmt.Fprintf(out, "\n%d passed, %d failed", sum.passed, sum.failed)
	if sum.skipped > 0 {
		fmt.Fprintf(out, ", %d skipped", sum.skipped)
	}
	fmt.Fprintln(out)
	return notRun == 0 && sum.failed == 0
}

func printRow(out io.Writer, r result) {
	switch {
	case !r.ran:
		fmt.Fprintf(out, "%-10s %-8s\n", r.step.name, "not run")
	case r.err != nil:
		fmt.Fprintf(out, "%-10s %-8s %7d %7.1f  %d failed; %v\n",
			r.step.name, "FAILED", r.tally.total(), r.took.Seconds(), r.tally.failed, r.err)
	default:
		fmt.Fprintf(out, "%-10s %-8s %7d %7.1f\n",
			r.step.name, "passed", r.tally.total(), r.took.Seconds())
	}
}

// printFailures tells again, at the end of a long output, what failed and what it said.
func printFailures(out io.Writer, r result) {
	for _, f := range r.first {
		printFailure(out, r.step.name+": failed at the first attempt: "+f.pkg+" "+f.test, f.said)
	}
	if r.err == nil {
		return
	}
	again := ""
	if len(r.first) > 0 {
		again = " at the second attempt too"
	}
	for _, f := range r.failures {
		printFailure(out, r.step.name+": failed"+again+": "+f.pkg+" "+f.test, f.said)
	}
	if len(r.failures) == 0 {
		printFailure(out, r.step.name+": failed; it said last:", r.last)
	}
}

func printFailure(out io.Writer, title string, said []string) {
	fmt.Fprintf(out, "\n%s\n", title)
	for _, line := range said {
		fmt.Fprintf(out, "    %s\n", line)
	}
}

// Command run is the driver of `make test`: it runs the project's checks, each a make target, in an
// order that fails fast, two at a time where each keeps one core busy, and counts their tests.
//
// Every line of output goes to standard output with the step's name before it, and whole to
// build/test/STEP.log. At the end stand a table with seconds, once more what failed, and the plain
// closing line "N passed, N failed". The exit code is 0 only if every step ran and passed. Nothing imports it.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

func main() {
	os.Exit(run(os.Args[1:]))
}

// run parses the arguments, runs the steps and returns the exit code: 0 success, 1 failed, 2 usage.
func run(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	flags := flag.NewFlagSet("run", flag.ContinueOnError)
	keepGoing := flags.Bool("k", false, "go on after a step has failed")
	only := flags.String("only", "", "run only these steps, comma separated, in the order of the list")
	limit := flags.Duration("limit", 15*time.Minute, "stop a step that takes longer")
	once := flags.Bool("once", false, "give no test a second attempt")
	logs := flags.String("logs", "build/test", "directory for the steps' logs")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	steps, err := choose(allSteps(), *only)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	if err := os.MkdirAll(*logs, 0o755); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	r := newRunner(options{
		Out: os.Stdout, Logs: *logs, Cores: 2, Limit: *limit, KeepGoing: *keepGoing, Once: *once,
	})
	began := time.Now()
	results := r.run(ctx, steps)
	if !summarize(os.Stdout, results, time.Since(began)) {
		return 1
	}
	return 0
}

// choose returns the steps named in a comma-separated list, or all for an empty one.
func choose(all []step, only string) ([]step, error) {
	if only == "" {
		return all, nil
	}
	wanted := map[string]bool{}
	for name := range strings.SplitSeq(only, ",") {
		wanted[strings.TrimSpace(name)] = true
	}
	var chosen []step
	for _, s := range all {
		if wanted[s.name] {
			chosen = append(chosen, s)
			delete(wanted, s.name)
		}
	}
	for name := range wanted {
		return nil, fmt.Errorf("no step is called %q", name)
	}
	return chosen, nil
}

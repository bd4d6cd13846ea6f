package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
)

// bench is one run.
type bench struct {
	root         string // of the repository
	build        string // what is built for the run
	temp         string // configurations and states
	hobProgram   string
	boardProgram string
	rounds       int
	quick        bool
	clock        stopwatch
	results      *results
	notes        []string
	progress     io.Writer
}

func main() {
	if err := run(os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	asJSON := flags.Bool("json", false, "print JSON")
	only := flags.String("only", "", "parts to run, comma separated: "+partNames())
	hob := flags.String("hob", "", "the hob program to measure; bin/hob if empty")
	quick := flags.Bool("quick", false, "a smoke test: one short round, figures mean little")
	rounds := flags.Int("rounds", 3, "rounds; systems take turns within each")
	if err := flags.Parse(args); err != nil {
		return err
	}
	wanted, err := choose(*only)
	if err != nil {
		return err
	}
	b, err := newBench(*quick, *rounds, stderr)
	if err != nil {
		return err
	}
	defer os.RemoveAll(b.temp)
	if *hob != "" {
		b.hobProgram = *hob
	}
	for _, p := range wanted {
		fmt.Fprintf(stderr, "%s: %s\n", p.name, p.what)
		if err := p.run(b); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	return b.report(stdout, *asJSON)
}

// choose gives the parts of a comma separated list; all when it is empty.
func choose(only string) ([]part, error) {
	if only == "" {
		return parts(), nil
	}
	var wanted []part
	for name := range strings.SplitSeq(only, ",") {
		i := slices.IndexFunc(parts(), func(p part) bool { return p.name == name })
		if i < 0 {
			return nil, fmt.Errorf("there is no part %q; there are %s", name, partNames())
		}
		wanted = append(wanted, parts()[i])
	}
	return wanted, nil
}

func partNames() string {
	var names []string
	for _, p := range parts() {
		names = append(names, p.name)
	}
	return strings.Join(names, ", ")
}

func newBench(quick bool, rounds int, progress io.Writer) (*bench, error) {
	debug.SetGCPercent(400) // nothing here allocates much while it measures
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return nil, fmt.Errorf("where is the repository: %w", err)
	}
	root := strings.TrimSpace(string(out))
	if quick {
		rounds = 1
	}
	b := &bench{root: root, build: filepath.Join(root, "build", "bench"), rounds: rounds, quick: quick,
		hobProgram: filepath.Join(root, "bin", "hob"), boardProgram: filepath.Join(root, "bin", "hob-board"),
		clock: newStopwatch(), results: newResults(), progress: progress}
	if err := raiseLimit(8192); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(b.build, 0o755); err != nil {
		return nil, err
	}
	b.temp, err = os.MkdirTemp("", "hob-bench-")
	return b, err
}

// scale is how much to do: much in a real run, little in a smoke test.
func (b *bench) scale(much, little int) int {
	if b.quick {
		return little
	}
	return much
}

func (b *bench) note(text string) { b.notes = append(b.notes, text) }

// log is the file for what a child says.
func (b *bench) log(name string) string {
	return filepath.Join(b.build, strings.NewReplacer(" ", "-", ",", "").Replace(strings.ToLower(name))+".log")
}

// interleave has the systems take turns, as many rounds as were asked for; each
// round begins with another one.
func (b *bench) interleave(what string, all []*system, measure func(*system) error) error {
	for round := range b.rounds {
		for i := range all {
			s := all[(i+round)%len(all)]
			fmt.Fprintf(b.progress, "  %s, round %d of %d: %s\n", what, round+1, b.rounds, s.name)
			if err := measure(s); err != nil {
				return err
			}
		}
	}
	return nil
}

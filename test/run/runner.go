package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

type options struct {
	Out       io.Writer     // gets every step's output, line by line
	Logs      string        // directory for the steps' logs; must exist
	Cores     int           // how many cores' worth of steps may run at once; at least 1
	Limit     time.Duration // a step that takes longer is stopped and has failed
	KeepGoing bool          // run the other steps after one has failed
	Once      bool          // no test has a second attempt
}

// result tells how one step ended. One that never began, or was stopped because another had failed,
// has not run: it counts for nothing.
type result struct {
	step  step
	ran   bool
	err   error // nil if it passed
	tally tally
	took  time.Duration
	// failures are the Go tests that failed; first are those of the first of two
	// attempts.
	failures, first []failure
	last            []string // what the step said last, when no Go test failed
}

// runner runs steps in their order, as many at once as there are cores for.
type runner struct {
	options
	out sync.Mutex // guards Out: a line is written whole
}

func newRunner(o options) *runner { return &runner{options: o} }

// run runs the steps and returns one result for each, in the same order. It begins no step after one
// has failed, and stops those that still run, unless told to keep going.
func (r *runner) run(ctx context.Context, steps []step) []result {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	results := make([]result, len(steps))
	// One goroutine (this one) takes cores, so taking them one by one cannot deadlock.
	cores := make(chan struct{}, r.Cores)
	var running sync.WaitGroup
	for i, s := range steps {
		results[i].step = s
		need := min(s.cores, r.Cores)
		for range need {
			cores <- struct{}{}
		}
		if ctx.Err() != nil {
			continue
		}
		running.Go(func() {
			results[i] = r.runStep(ctx, s)
			if results[i].err != nil && !r.KeepGoing {
				cancel()
			}
			for range need {
				<-cores
			}
		})
	}
	running.Wait()
	return results
}

// runStep runs one step to its end and judges it by its exit code and by the tests it reports.
func (r *runner) runStep(ctx context.Context, s step) result {
	limited, cancel := context.WithTimeout(ctx, r.Limit)
	defer cancel()
	began := time.Now()
	counter, err := r.execute(limited, s)
	var first []failure
	if again := r.again(s, counter, err); again != nil {
		first = counter.failures
		r.show(s, fmt.Sprintf("a second attempt at what failed: %s", strings.Join(again.argv, " ")))
		sum := counter.total()
		counter, err = r.execute(limited, *again)
		counter.tally.add(tally{passed: sum.passed, skipped: sum.skipped})
	}
	if err != nil && ctx.Err() != nil {
		return result{step: s}
	}
	res := result{step: s, ran: true, err: err, tally: counter.total(), took: time.Since(began),
		failures: counter.failures, first: first, last: counter.last}
	switch {
	case res.err != nil && limited.Err() != nil:
		res.err = fmt.Errorf("took longer than %s", r.Limit)
	case res.err == nil && res.tally.failed > 0:
		res.err = fmt.Errorf("reports %d failed tests and yet success", res.tally.failed)
	case res.err == nil && s.tests && res.tally.total() == 0:
		res.err = errors.New("ran no test")
	}
	// A step without tests of its own is one check.
	if res.err != nil && res.tally.failed == 0 {
		res.tally.failed = 1
	}
	if res.tally.total() == 0 {
		res.tally.passed = 1
	}
	return res
}

// mostAgain is how many failed tests get a second attempt: more are no coincidence.
const mostAgain = 3

// again is the step that attempts once more what failed; nil if nothing may be. What runs real
// processes against the clock of a machine that others use too can be late without being wrong; the
// report names such a test all the same.
func (r *runner) again(s step, c *counter, err error) *step {
	if err == nil || s.again == nil || r.Once || len(c.failures) == 0 {
		return nil
	}
	var tests, packages []string
	for _, f := range c.failures {
		if f.grave {
			return nil
		}
		tests, packages = append(tests, f.top()), append(packages, f.pkg)
	}
	if tests = once(tests); len(tests) > mostAgain {
		return nil
	}
	s.name, s.argv, s.again = s.name+"-again", s.again(tests, once(packages)), nil
	return &s
}

// once returns the names in order, each of them once.
func once(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}

// execute runs the step's command, its output to the log and, as the counter shows it, to Out.
func (r *runner) execute(ctx context.Context, s step) (*counter, error) {
	counter := newCounter()
	log, err := os.Create(filepath.Join(r.Logs, s.name+".log"))
	if err != nil {
		return counter, err
	}
	defer log.Close()

	read, write, err := os.Pipe()
	if err != nil {
		return counter, err
	}
	defer read.Close()
	cmd := command(ctx, s)
	cmd.Stdout, cmd.Stderr = write, write
	err = cmd.Start()
	write.Close()
	if err != nil {
		return counter, err
	}
	var reading sync.WaitGroup
	reading.Go(func() { r.follow(s, counter, read, log) })
	err = cmd.Wait()
	// What the command left running holds the pipe open, in its process group or out of it.
	_ = killGroup(cmd, syscall.SIGKILL)
	_ = read.SetReadDeadline(time.Now().Add(5 * time.Second))
	reading.Wait()
	if err != nil {
		r.show(s, counter.unfinished("")...)
	}
	return counter, err
}

// command makes the step's command: in a process group of its own, which is stopped as a whole.
func command(ctx context.Context, s step) *exec.Cmd {
	cmd := exec.CommandContext(ctx, s.argv[0], s.argv[1:]...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return killGroup(cmd, syscall.SIGTERM) }
	cmd.WaitDelay = 10 * time.Second
	// The steps are make targets: they are not part of the make that runs this program.
	cmd.Env = slices.DeleteFunc(os.Environ(), func(pair string) bool {
		name, _, _ := strings.Cut(pair, "=")
		return name == "MAKEFLAGS" || name == "MFLAGS" || name == "MAKELEVEL"
	})
	return cmd
}

// killGroup signals the command's process group; one that has no process left is not an error.
func killGroup(cmd *exec.Cmd, signal syscall.Signal) error {
	err := syscall.Kill(-cmd.Process.Pid, signal)
	if errors.Is(err, syscall.ESRCH) {
		return os.ErrProcessDone
	}
	return err
}

// follow reads the output to its end. A line may be of any length: some tests print whole documents.
func (r *runner) follow(s step, c *counter, from io.Reader, log io.Writer) {
	lines := bufio.NewReader(from)
	for {
		text, err := lines.ReadString('\n')
		if text != "" {
			_, _ = io.WriteString(log, text) // a full disk shows in the steps themselves
			r.show(s, c.line(strings.TrimSuffix(text, "\n"))...)
		}
		if err != nil {
			return
		}
	}
}

func (r *runner) show(s step, lines ...string) {
	r.out.Lock()
	defer r.out.Unlock()
	for _, line := range lines {
		fmt.Fprintf(r.Out, "%-9s | %s\n", s.name, line)
	}
}

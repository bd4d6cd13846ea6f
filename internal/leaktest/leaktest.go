// Package leaktest waits until what tests have started and opened has gone, and fails where
// something stays. Only tests import it.
//
// What is stopped ends a moment later: a connection's reader learns of its close, a file that
// is just being read is closed. So a count that is taken once tells little, and on a busy
// computer the moment is long. Nothing waits longer than it has to.
package leaktest

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// patience is how long something that was stopped may take to be gone.
const patience = 20 * time.Second

// Main runs the tests of a package and exits; it fails when a goroutine of theirs stays.
func Main(m *testing.M) {
	code := m.Run()
	if code == 0 {
		if err := goroutines(patience); err != nil {
			fmt.Fprintln(os.Stderr, "goroutines are left of the tests that have passed:", err)
			code = 1
		}
	}
	os.Exit(code)
}

// Goroutines waits until there are none but those that the options leave out.
func Goroutines(t testing.TB, options ...goleak.Option) {
	t.Helper()
	if err := goroutines(patience, options...); err != nil {
		t.Error(err)
	}
}

func goroutines(limit time.Duration, options ...goleak.Option) error {
	return await(limit, func() error { return goleak.Find(options...) })
}

// await asks until nothing is wrong any more.
func await(limit time.Duration, wrong func() error) error {
	late := time.Now().Add(limit)
	err := wrong()
	for err != nil && time.Now().Before(late) {
		time.Sleep(time.Millisecond)
		err = wrong()
	}
	return err
}

// Files are what a process has open, by what it is, and how many of each.
type Files map[string]int

// Open lists what this process has open now.
func Open(t testing.TB) Files {
	t.Helper()
	f, err := open()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

const descriptors = "/proc/self/fd"

func open() (Files, error) {
	list, err := os.ReadDir(descriptors)
	if err != nil {
		return nil, err
	}
	out := Files{}
	for _, e := range list {
		// The one of ReadDir itself is closed by now; Go's runtime looks at its limits whenever it likes.
		if to, err := os.Readlink(descriptors + "/" + e.Name()); err == nil && !strings.HasPrefix(to, "/sys/fs/cgroup/") {
			out[to]++
		}
	}
	return out, nil
}

// NoMore waits until nothing is open that was not open before. That something is closed
// which was open then is no matter: it may have been about to be.
func (before Files) NoMore(t testing.TB) {
	t.Helper()
	if err := before.noMore(patience); err != nil {
		t.Error(err)
	}
}

func (before Files) noMore(limit time.Duration) error {
	return await(limit, func() error {
		now, err := open()
		for what, n := range now {
			if n > before[what] {
				err = errors.Join(err, fmt.Errorf("%s is open %d times, and was %d times before", what, n, before[what]))
			}
		}
		return err
	})
}

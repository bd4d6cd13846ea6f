package leaktest

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// linger blocks until it is told; its name is in the stack of what stays.
func linger(until <-chan struct{}) { <-until }

func TestAGoroutineThatStaysIsNamedAndOneThatEndsIsWaitedFor(t *testing.T) {
	others := goleak.IgnoreCurrent()
	until := make(chan struct{})
	go linger(until)
	if err := goroutines(0, others); err == nil || !strings.Contains(err.Error(), "linger") {
		t.Errorf("while it is there: %v", err)
	}
	close(until)
	Goroutines(t, others)
}

func TestAFileThatStaysOpenIsNamedAndOneThatWasOpenMayBeClosed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kept")
	first, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	before := Open(t)
	second, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := before.noMore(0); err == nil || !strings.Contains(err.Error(), path+" is open 2 times") {
		t.Errorf("while it is open: %v", err)
	}
	if err := errors.Join(first.Close(), second.Close()); err != nil {
		t.Fatal(err)
	}
	before.NoMore(t)
}

func TestWhatIsWrongForAMomentIsAskedAgain(t *testing.T) {
	asked := 0
	err := await(time.Hour, func() error {
		if asked++; asked < 5 {
			return errors.New("still there")
		}
		return nil
	})
	if err != nil || asked != 5 {
		t.Errorf("asked %d times: %v", asked, err)
	}
}

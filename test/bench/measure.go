package main

import (
	"errors"
	"fmt"
	"slices"
	"syscall"
	"time"
)

// patience is how long anything on loopback may take before a measurement fails.
const patience = 20 * time.Second

// pacedResult is what a steady low rate of changes costs.
type pacedResult struct {
	delays []int64       // of every arrival, ns, sorted
	perMsg time.Duration // processor time of the server for each message delivered
}

// paced sends n changes, one each interval; each waits until all browsers have
// the one before.
func (s *system) paced(w *swarm, n int, interval time.Duration) (r pacedResult, err error) {
	w.reset(1, n)
	sent := make([]int64, n)
	before, err := s.proc.cpu()
	if err != nil {
		return r, err
	}
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for i := range n {
		<-tick.C
		begun, err := s.change()
		if err != nil {
			return r, err
		}
		sent[i] = w.clock.at(begun)
		if err := w.wait(int64(i + 1)); err != nil {
			return r, err
		}
	}
	after, err := s.proc.cpu()
	if err != nil {
		return r, err
	}
	r.delays = w.delays(sent)
	r.perMsg = (after - before) / time.Duration(max(w.frames.Load(), 1))
	return r, nil
}

// Flat out, at most window changes are on their way: enough for a server to
// batch, and less than what makes any of them drop messages.
const (
	flatBlock  = 32
	flatWindow = 8 // blocks
)

// flatResult is what as many changes as the server can take cost.
type flatResult struct {
	perMsg    time.Duration
	perChange time.Duration
	rate      float64 // messages delivered, per second
}

// flat sends changes for a time, as fast as all browsers get them. A peer that
// loses messages under this load is measured until then.
func (b *bench) flat(s *system, w *swarm, lasting time.Duration) (r flatResult, err error) {
	w.reset(flatBlock, 0)
	before, err := s.proc.cpu()
	if err != nil {
		return r, err
	}
	begun := time.Now()
	changes, err := s.pour(w, begun.Add(lasting))
	took := time.Since(begun)
	if errors.Is(err, errLost) && s.name != nameHob {
		b.note(fmt.Sprintf("%s lost messages flat out at %d browsers; it was measured until then.", s.name, len(w.clients)))
		took -= patience
	} else if err != nil {
		return r, err
	}
	after, err := s.proc.cpu()
	if err != nil {
		return r, err
	}
	got := max(w.frames.Load(), 1)
	return flatResult{perMsg: (after - before) / time.Duration(got), perChange: (after - before) / time.Duration(changes),
		rate: float64(got) / took.Seconds()}, nil
}

// pour sends changes until a time, at least a block, and waits for them. It gives how
// many they were.
func (s *system) pour(w *swarm, until time.Time) (changes int, err error) {
	for changes == 0 || time.Now().Before(until) {
		for range flatBlock {
			if _, err := s.change(); err != nil {
				return changes, err
			}
			changes++
		}
		if err := w.wait(int64(changes/flatBlock - flatWindow)); err != nil {
			return changes, err
		}
	}
	return changes, w.wait(int64(changes / flatBlock))
}

// commandResult is how long commands take: until the browser that asked has its
// confirmation, and until every browser has the change.
type commandResult struct {
	sent     []int64
	own, all []int64 // ns, sorted
}

// command has one browser beside those of w command n changes.
func (s *system) command(w *swarm, n int, interval time.Duration) (r commandResult, err error) {
	me, err := s.browsers.open(0)
	if err != nil {
		return r, err
	}
	defer syscall.Close(me.fd)
	w.watch("lamp")
	// The first command tells the browsers how the lamp is; it is not counted.
	if _, err := s.confirmed(me, n); err != nil {
		return r, err
	}
	if err := s.calm(); err != nil {
		return r, err
	}
	w.reset(1, n)
	sent := make([]int64, n)
	for i := range n {
		time.Sleep(interval)
		sent[i] = w.clock.now()
		took, err := s.confirmed(me, i)
		if err != nil {
			return r, err
		}
		r.own = append(r.own, int64(took))
		if err := w.wait(int64(i + 1)); err != nil {
			return r, err
		}
	}
	slices.Sort(r.own)
	r.sent, r.all = sent, w.delays(sent)
	return r, nil
}

// confirmed sends command k and waits for its confirmation.
func (s *system) confirmed(me *browser, k int) (time.Duration, error) {
	begun := time.Now()
	if err := writeAll(me.fd, s.browsers.speaks.command(k)); err != nil {
		return 0, err
	}
	if err := me.until(func(payload []byte) bool { return s.browsers.speaks.confirms(payload, k) }); err != nil {
		return 0, fmt.Errorf("command %d: %w", k, err)
	}
	return time.Since(begun), nil
}

// with connects n browsers, waits until the server has no more to do with that,
// and hands them over.
func (b *bench) with(s *system, n int, do func(*swarm) error) error {
	w, err := newSwarm(b.clock, s.browsers, n)
	if err != nil {
		return fmt.Errorf("%s, %d browsers: %w", s.name, n, err)
	}
	defer w.close()
	if err := s.calm(); err != nil {
		return err
	}
	// The first change is not counted: buffers, caches and stacks grow then.
	w.reset(1, 0)
	_, err = s.change()
	if err := errors.Join(err, w.wait(1)); err != nil {
		return fmt.Errorf("%s, %d browsers, first change: %w", s.name, n, err)
	}
	if err := do(w); err != nil {
		return fmt.Errorf("%s, %d browsers: %w", s.name, n, err)
	}
	return nil
}

// calm waits until the server hardly runs any more.
func (s *system) calm() error {
	const step = 50 * time.Millisecond
	for range 60 {
		before, err := s.proc.cpu()
		if err != nil {
			return err
		}
		time.Sleep(step)
		after, err := s.proc.cpu()
		if err != nil || after-before < step/20 {
			return err
		}
	}
	return nil
}

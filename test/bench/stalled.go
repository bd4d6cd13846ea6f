package main

import (
	"syscall"
	"time"
)

const (
	figNoneStalledP99 = "arrival ms p99, 990 browsers"
	figStalledP99     = "arrival ms p99, 990 browsers, 10 more stalled"
	figStalledMemory  = "memory KB a stalled browser"
)

const stalledBrowsers = 10

// stalled measures target 8: the others' arrivals, with and without browsers
// that read nothing, after enough changes that no socket takes more for these.
func (b *bench) stalled() error {
	s, _, err := b.startHob("hob", smallHouse)
	if err != nil {
		return err
	}
	defer s.stop()
	return b.interleave("stalled", []*system{s}, func(s *system) error {
		free, err := b.others(s, 0, figNoneStalledP99)
		if err != nil {
			return err
		}
		held, err := b.others(s, stalledBrowsers, figStalledP99)
		if err != nil {
			return err
		}
		b.results.add(figStalledMemory, nameHob, max(float64(held-free), 0)/stalledBrowsers/1024)
		return nil
	})
}

// others has n browsers stalled, and gives the server's memory then.
func (b *bench) others(s *system, n int, what string) (memory int64, err error) {
	return memory, b.with(s, 990, func(w *swarm) error {
		for range n {
			c, err := s.browsers.open(2304) // the least that Linux takes
			if err != nil {
				return err
			}
			defer syscall.Close(c.fd)
		}
		// 6000 changes are some 700 KB, and a socket holds 128.
		if err := s.burst(w, b.scale(6000, 600)); err != nil {
			return err
		}
		if memory, err = s.proc.memory(); err != nil {
			return err
		}
		r, err := s.paced(w, b.scale(100, 10), 50*time.Millisecond)
		if err != nil {
			return err
		}
		b.results.add(what, nameHob, percentile(r.delays, 99))
		return nil
	})
}

// burst sends changes as fast as all browsers of w get them.
func (s *system) burst(w *swarm, changes int) error {
	w.reset(flatBlock, 0)
	blocks := int64(changes / flatBlock)
	for i := range blocks {
		for range flatBlock {
			if _, err := s.change(); err != nil {
				return err
			}
		}
		if err := w.wait(i + 1 - flatWindow); err != nil {
			return err
		}
	}
	return w.wait(blocks)
}

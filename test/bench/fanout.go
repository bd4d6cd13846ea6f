package main

import (
	"fmt"
	"time"
)

// fanout measures targets 1 to 3: a change to 1, 100 and 1000 browsers.
func (b *bench) fanout() error {
	all, err := b.rivals(true)
	if err != nil {
		return err
	}
	defer stopAll(all)
	for _, n := range []int{1, 100, 1000} {
		err := b.interleave(fmt.Sprintf("%d browsers", n), all, func(s *system) error {
			return b.with(s, n, func(w *swarm) error { return b.fanoutTo(s, w, n) })
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) fanoutTo(s *system, w *swarm, n int) error {
	r, err := s.paced(w, b.scale(60, 10), 50*time.Millisecond)
	if err != nil {
		return err
	}
	b.results.add(fmt.Sprintf(arrives, 50, n), s.name, percentile(r.delays, 50))
	b.results.add(fmt.Sprintf(arrives, 99, n), s.name, percentile(r.delays, 99))
	if n == 1 {
		return nil
	}
	b.results.add(fmt.Sprintf(lowCPU, n), s.name, float64(r.perMsg)/1e3)
	f, err := b.flat(s, w, time.Duration(b.scale(2000, 200))*time.Millisecond)
	if err != nil {
		return err
	}
	b.results.add(fmt.Sprintf(flatCPU, n), s.name, float64(f.perMsg)/1e3)
	b.results.add(fmt.Sprintf(flatOut, n), s.name, f.rate)
	return nil
}

// command measures target 4: from a browser to the board and back to all.
func (b *bench) command() error {
	all, err := b.rivals(false)
	if err != nil {
		return err
	}
	defer stopAll(all)
	for _, n := range []int{10, 100, 1000} {
		err := b.interleave(fmt.Sprintf("%d browsers", n), all, func(s *system) error {
			return b.with(s, n-1, func(w *swarm) error { return b.commandWith(s, w, n) })
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) commandWith(s *system, w *swarm, n int) error {
	r, err := s.command(w, b.scale(60, 10), 20*time.Millisecond)
	if err != nil {
		return err
	}
	b.results.add(fmt.Sprintf(ownTime, n), s.name, percentile(r.own, 50))
	b.results.add(fmt.Sprintf(allTime, 50, n), s.name, percentile(r.all, 50))
	b.results.add(fmt.Sprintf(allTime, 99, n), s.name, percentile(r.all, 99))
	return nil
}

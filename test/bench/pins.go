package main

import (
	"fmt"
	"slices"
	"time"
)

const (
	doorPin = 33
	lampPin = 16
)

// pins measures, with a hob-board process, from the edge at a contact's pin to
// the browsers, and from a browser to the edge at a relay's pin and to all
// browsers. The contact is debounced for 1 ms, the least that there is, and
// that is part of its figures.
func (b *bench) pins() error {
	board, err := b.startVirtual(standInID, 1)
	if err != nil {
		return err
	}
	defer board.stop()
	h, err := b.newHob("pins", smallHouse(board.boards[0].Address))
	if err != nil {
		return err
	}
	if err := h.run(); err != nil {
		return err
	}
	defer h.stop()
	if err := board.adoptBy(h); err != nil {
		return err
	}
	hand, err := board.hand()
	if err != nil {
		return err
	}
	defer hand.conn.Close()
	level := true
	s := &system{name: nameHob, proc: h.process, browsers: h.live(), commands: true, change: func() (time.Time, error) {
		level = !level
		begun := time.Now()
		return begun, hand.do(&struct{}{}, `{"cmd":"set","pin":%d,"level":%t}`, doorPin, level)
	}}
	if err := s.settled(h); err != nil {
		return err
	}
	for _, n := range []int{1, 10, 100, 1000} {
		err := b.interleave(fmt.Sprintf("%d browsers", n), []*system{s}, func(s *system) error {
			return b.with(s, n, func(w *swarm) error { return b.pinsWith(s, w, hand, n) })
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) pinsWith(s *system, w *swarm, hand *hand, n int) error {
	_, last, err := hand.edges(doorPin, "input", 0)
	if err != nil {
		return err
	}
	changes := b.scale(40, 6)
	if _, err = s.paced(w, changes, 50*time.Millisecond); err != nil {
		return err
	}
	edges, last, err := hand.edges(doorPin, "input", last)
	if err != nil {
		return err
	}
	if len(edges) != changes {
		return fmt.Errorf("%d changes made %d edges", changes, len(edges))
	}
	delays := w.delays(b.times(edges))
	b.results.add(fmt.Sprintf("pin to browser ms p50, N=%d", n), nameHob, percentile(delays, 50))
	b.results.add(fmt.Sprintf("pin to browser ms p99, N=%d", n), nameHob, percentile(delays, 99))
	r, err := s.command(w, changes, 20*time.Millisecond)
	if err != nil {
		return err
	}
	if edges, _, err = hand.edges(lampPin, "output", last); err != nil {
		return err
	}
	if len(edges) != changes+1 { // the first command is not counted
		return fmt.Errorf("%d commands made %d edges", changes+1, len(edges))
	}
	var toPin []int64
	for i, at := range b.times(edges[1:]) {
		toPin = append(toPin, at-r.sent[i])
	}
	slices.Sort(toPin)
	b.results.add(fmt.Sprintf("browser to pin ms p50, N=%d", n), nameHob, percentile(toPin, 50))
	b.results.add(fmt.Sprintf("browser to pin to all browsers ms p50, N=%d", n), nameHob, percentile(r.all, 50))
	b.results.add(fmt.Sprintf("browser to pin to all browsers ms p99, N=%d", n), nameHob, percentile(r.all, 99))
	return nil
}

// times are the edges' on the run's clock.
func (b *bench) times(edges []edge) []int64 {
	var out []int64
	for _, e := range edges {
		out = append(out, b.clock.wall(e.UnixNS))
	}
	return out
}

package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"syscall"
	"time"
)

const (
	figReload      = "reload ms of 5,000 entities, 100 of them renamed, until a browser knows"
	figReloadDelay = "latency ms that a reload adds to other changes, at most"
)

// midHouse has 5,002 entities on 626 boards.
func midHouse(board string) string { return houseOf(board, 625, 8) }

// reload measures target 9: SIGHUP with 100 entities renamed, while 100 browsers
// get 200 changes a second.
func (b *bench) reload() error {
	s, h, err := b.startHob("mid", midHouse)
	if err != nil {
		return err
	}
	defer s.stop()
	round := 0
	return b.interleave("reload", []*system{s}, func(s *system) error {
		round++
		return b.with(s, 100, func(w *swarm) error { return b.reloadOnce(s, h, w, round) })
	})
}

func (b *bench) reloadOnce(s *system, h *hob, w *swarm, round int) error {
	watcher, err := s.browsers.open(0)
	if err != nil {
		return err
	}
	defer syscall.Close(watcher.fd)
	calm, err := s.paced(w, 200, 5*time.Millisecond)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(h.config)
	if err != nil {
		return err
	}
	last, err := renamed(string(text), round)
	if err != nil {
		return err
	}
	if err := os.WriteFile(h.config, []byte(last), 0o600); err != nil {
		return err
	}
	known := make(chan error, 1)
	var begun, ended time.Time
	go func() {
		begun = time.Now()
		h.signal(syscall.SIGHUP)
		mark := fmt.Appendf(nil, `"name":"Relay 0 of board 99, round %d"`, round)
		err := watcher.until(func(payload []byte) bool { return bytes.Contains(payload, mark) })
		ended = time.Now()
		known <- err
	}()
	busy, err := s.paced(w, 400, 5*time.Millisecond)
	if err != nil {
		return err
	}
	if err := <-known; err != nil {
		return err
	}
	b.results.add(figReload, nameHob, ended.Sub(begun).Seconds()*1e3)
	b.results.add(figReloadDelay, nameHob, percentile(busy.delays, 100)-percentile(calm.delays, 50))
	return nil
}

// renamed gives the first relay of each of 100 boards a new name.
func renamed(house string, round int) (string, error) {
	for board := range 100 {
		id := fmt.Sprintf("  r%d_0: {name: ", board)
		before, rest, ok := strings.Cut(house, id)
		_, after, found := strings.Cut(rest, ", pin:")
		if !ok || !found {
			return "", fmt.Errorf("no relay r%d_0 in the house", board)
		}
		house = before + id + fmt.Sprintf("\"Relay 0 of board %d, round %d\", pin:", board, round) + after
	}
	return house, nil
}

package main

import (
	"encoding/binary"
	"syscall"
	"time"
)

const (
	figSnapCPU10   = "CPU ms a snapshot, 10 entities"
	figSnapCPU10k  = "CPU ms a snapshot, 10,000 entities"
	figSnapTime10  = "hello to last byte of snapshot ms, 10 entities"
	figSnapTime10k = "hello to last byte of snapshot ms, 10,000 entities"
	figChangeSmall = "CPU µs a change to one browser, house of 10"
	figChangeLarge = "CPU µs a change to one browser, house of 10,000"
)

// largeHouse has 10,001 entities on 1001 boards: no house may have more switches.
func largeHouse(board string) string { return houseOf(board, 1000, 10) }

// houses runs a server of 10 entities and one of 10,000, and has them take turns.
func (b *bench) houses(what string, measure func(s *system, large bool) error) error {
	small, _, err := b.startHob("small", smallHouse)
	if err != nil {
		return err
	}
	defer small.stop()
	large, _, err := b.startHob("large", largeHouse)
	if err != nil {
		return err
	}
	defer large.stop()
	small.name, large.name = "hob, 10 entities", "hob, 10,000 entities"
	return b.interleave(what, []*system{small, large}, func(s *system) error { return measure(s, s == large) })
}

// snapshot measures target 5. Something changes ahead of each, so that no
// snapshot is the one before.
func (b *bench) snapshot() error {
	return b.houses("snapshot", func(s *system, large bool) error {
		n := b.scale(50, 5)
		var delays []int64
		// The first one encodes every entity; that is not what reconnecting costs.
		if _, err := s.firstMessage(); err != nil {
			return err
		}
		if err := s.calm(); err != nil {
			return err
		}
		before, err := s.proc.cpu()
		if err != nil {
			return err
		}
		for range n {
			if _, err := s.change(); err != nil {
				return err
			}
			took, err := s.firstMessage()
			if err != nil {
				return err
			}
			delays = append(delays, int64(took))
		}
		after, err := s.proc.cpu()
		if err != nil {
			return err
		}
		cpu, at := figSnapCPU10, figSnapTime10
		if large {
			cpu, at = figSnapCPU10k, figSnapTime10k
		}
		b.results.add(cpu, nameHob, float64(after-before)/float64(n)/1e6)
		b.results.add(at, nameHob, percentile(sorted(delays), 50))
		return nil
	})
}

// firstMessage is the time from a new browser's hello to the last byte of the
// first message.
func (s *system) firstMessage() (time.Duration, error) {
	fd, err := connect(s.browsers.address, 0)
	if err != nil {
		return 0, err
	}
	defer syscall.Close(fd)
	if _, err := upgrade(fd, s.browsers.address, s.browsers.path, s.browsers.subprotocol); err != nil {
		return 0, err
	}
	begun := time.Now()
	if err := writeAll(fd, s.browsers.speaks.greeting()); err != nil {
		return 0, err
	}
	buf, have := make([]byte, 1<<20), 0
	for size := 0; size == 0 || have < size; {
		into := buf
		if size == 0 {
			into = buf[have:]
		}
		n, err := readSome(fd, into)
		if err != nil {
			return 0, err
		}
		if have += n; size == 0 {
			size = frameSize(buf[:have])
		}
	}
	return time.Since(begun), nil
}

// frameSize is the length of the frame that b begins, head and all; 0 when b is
// too short to tell.
func frameSize(b []byte) int {
	switch {
	case len(b) < 10:
		return 0
	case b[1] == 126:
		return 4 + int(binary.BigEndian.Uint16(b[2:]))
	case b[1] == 127:
		return 10 + int(binary.BigEndian.Uint64(b[2:]))
	}
	return 2 + int(b[1])
}

// size measures target 7: what is not concerned costs nothing.
func (b *bench) size() error {
	return b.houses("size", func(s *system, large bool) error {
		return b.with(s, 1, func(w *swarm) error {
			r, err := b.flat(s, w, time.Duration(b.scale(2000, 200))*time.Millisecond)
			if err != nil {
				return err
			}
			what := figChangeSmall
			if large {
				what = figChangeLarge
			}
			b.results.add(what, nameHob, float64(r.perChange)/1e3)
			return nil
		})
	})
}

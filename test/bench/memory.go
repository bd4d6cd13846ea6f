package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"time"
)

const (
	figServing    = "start to serving, ms"
	figFirstBoard = "start to first announced board online, ms"
	figDemo       = "memory MB with the demo house"
	figPerBrowser = "memory KB an idle browser"
	figBoards     = "memory MB with 1000 boards of 8 points"
)

// announcedID is a board that only mDNS can find.
const announcedID = "hob-beef01"

// coldStart measures when a server serves, and when a board that it has to
// find is online.
func (b *bench) coldStart() error {
	board, err := b.startVirtual(announcedID, 1, "--mdns-interface", "lo")
	if err != nil {
		return err
	}
	defer board.stop()
	h, err := b.newHob("start", fmt.Sprintf("home:\n  name: Bench\nboards:\n  hall: {id: %s, chip: esp32}\nswitches:\n  lamp: {name: Lamp, pin: hall/16}\n", announcedID))
	if err != nil {
		return err
	}
	if err := h.run(); err != nil {
		return err
	}
	err = errors.Join(b.found(h, board), h.online(1, patience))
	h.stop()
	if err != nil {
		return err
	}
	for range b.scale(3, 1) * b.rounds {
		begun := time.Now()
		if err := h.run(); err != nil {
			return err
		}
		serving := time.Since(begun)
		err := h.online(1, patience)
		online := time.Since(begun)
		h.stop()
		if err != nil {
			return err
		}
		b.results.add(figServing, nameHob, serving.Seconds()*1e3)
		b.results.add(figFirstBoard, nameHob, online.Seconds()*1e3)
	}
	return nil
}

// found adopts a board as soon as it is found.
func (b *bench) found(h *hob, v *virtual) error {
	for end := time.Now().Add(patience); ; {
		err := v.adoptBy(h)
		if err == nil || time.Now().After(end) {
			return err
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// memory measures the resident set: with the sample house and its boards, idle
// and with browsers, and with a thousand boards.
func (b *bench) memory() error {
	if err := b.demoMemory(); err != nil {
		return err
	}
	return b.boardsMemory()
}

func (b *bench) demoMemory() error {
	house, boards, err := b.demoHouse()
	defer func() {
		for _, v := range boards {
			v.stop()
		}
	}()
	if err != nil {
		return err
	}
	h, err := b.newHob("demo", house)
	if err != nil {
		return err
	}
	if err := h.run(); err != nil {
		return err
	}
	for _, v := range boards {
		err = errors.Join(err, v.adoptBy(h))
	}
	h.stop()
	if err != nil {
		return err
	}
	for range b.rounds {
		if err := b.demoRound(h, len(boards)); err != nil {
			return err
		}
	}
	return nil
}

// demoRound looks at a server that was just started.
func (b *bench) demoRound(h *hob, boards int) error {
	if err := h.run(); err != nil {
		return err
	}
	defer func() { h.stop() }()
	if err := h.online(boards, patience); err != nil {
		return err
	}
	s := &system{name: nameHob, proc: h.process, browsers: h.live()}
	idle, err := s.settledMemory()
	if err != nil {
		return err
	}
	const browsers = 1000
	w, err := newSwarm(b.clock, s.browsers, browsers)
	if err != nil {
		return err
	}
	defer w.close()
	full, err := s.settledMemory()
	if err != nil {
		return err
	}
	b.results.add(figDemo, nameHob, float64(idle)/(1<<20))
	b.results.add(figPerBrowser, nameHob, float64(full-idle)/browsers/1024)
	return nil
}

// settle is how long a server has to give back what its start has needed: a house
// runs for months.
const settle = 15 * time.Second

// settledMemory is the resident set, in bytes, of a server that has come to rest.
func (s *system) settledMemory() (int64, error) {
	time.Sleep(settle)
	if err := s.calm(); err != nil {
		return 0, err
	}
	return s.proc.memory()
}

// demoHouse is the sample house, with boards of ids and addresses of our own:
// whoever else runs the demo on this computer is not disturbed.
func (b *bench) demoHouse() (house string, boards []*virtual, err error) {
	text, err := os.ReadFile(filepath.Join(b.root, "config.yaml"))
	if err != nil {
		return "", nil, err
	}
	board := regexp.MustCompile(`id: hob-[0-9a-f]+, chip: (\w+)}`)
	house = board.ReplaceAllStringFunc(string(text), func(declared string) string {
		chip := board.FindStringSubmatch(declared)[1]
		id := fmt.Sprintf("hob-beef%02x", 0x10+len(boards))
		v, e := b.startVirtual(id, 1, "--chip", chip)
		if e != nil {
			err = e
			return declared
		}
		boards = append(boards, v)
		return fmt.Sprintf("id: %s, chip: %s, address: %q}", id, chip, v.boards[0].Address)
	})
	return house, boards, err
}

func (b *bench) boardsMemory() error {
	n := b.scale(1000, 50)
	boards, err := b.startVirtual(otherID(0), n)
	if err != nil {
		return err
	}
	defer boards.stop()
	var addresses []string
	for _, v := range boards.boards {
		addresses = append(addresses, v.Address)
	}
	h, err := b.newHob("boards", manyBoards(addresses, 8))
	if err != nil {
		return err
	}
	if err := h.run(); err != nil {
		return err
	}
	err = boards.adoptBy(h)
	h.stop()
	if err != nil {
		return err
	}
	for range b.rounds {
		if err := b.boardsRound(h, n); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) boardsRound(h *hob, n int) error {
	if err := h.run(); err != nil {
		return err
	}
	defer func() { h.stop() }()
	if err := h.online(n, 2*time.Minute); err != nil {
		return err
	}
	memory, err := (&system{name: nameHob, proc: h.process}).settledMemory()
	if err != nil {
		return err
	}
	if n == 1000 {
		b.results.add(figBoards, nameHob, float64(memory)/(1<<20))
	}
	return nil
}

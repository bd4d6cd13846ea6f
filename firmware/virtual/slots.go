package main

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"sync"

	"hob/internal/image"
)

// What can be wrong with an image, for tests of what happens then.
const (
	faultCrash = "crash" // it panics as soon as it starts
	faultDeaf  = "deaf"  // it never comes to the network
)

// slotSize is the room for one firmware, as on a board with 4 MB of flash.
const slotSize = 0x1e0000

// slots are a board's two places for firmware, and the part of its bootloader that
// chooses between them, which is ESP-IDF's with rollback: what update_boot has
// marked is booted once, on trial, and unless it is kept before the next start the
// other one is booted again. Slot 0 holds what the board was made with until
// something is written there. All of it belongs to the board's goroutine, but
// onTrial and running, which others may ask.
type slots struct {
	flash   *flash
	factory image.Facts

	record  record // what the flash says
	running firmware

	mu    sync.Mutex
	trial bool
}

// firmware is what an image is.
type firmware struct {
	image.Facts
	fault string
}

// record says which slot is booted. There are two places for it, and the newer
// whole one counts.
type record struct {
	seq   uint32
	slot  uint8
	state bootState
}

type bootState uint8

const (
	stateValid   bootState = iota
	stateNew               // to be booted on trial
	statePending           // was booted on trial, and not kept yet
)

const recordLen = 12

func (r record) encode() []byte {
	b := make([]byte, recordLen)
	binary.LittleEndian.PutUint32(b, r.seq)
	b[4], b[5] = r.slot, byte(r.state)
	binary.LittleEndian.PutUint32(b[8:], crc32.ChecksumIEEE(b[:8]))
	return b
}

func decodeRecord(b []byte) (r record, ok bool) {
	if len(b) != recordLen || binary.LittleEndian.Uint32(b[8:]) != crc32.ChecksumIEEE(b[:8]) {
		return r, false
	}
	return record{binary.LittleEndian.Uint32(b), b[4] & 1, bootState(b[5])}, true
}

func (s *slots) load() {
	s.record = record{}
	for i := range 2 {
		buf := make([]byte, recordLen)
		n, err := s.flash.read(bootRecord+i, buf)
		if err != nil {
			continue // longer than a record, or no power: then it is none
		}
		if r, ok := decodeRecord(buf[:n]); ok && r.seq > s.record.seq {
			s.record = r
		}
	}
}

// save writes the next record over the older one.
func (s *slots) save(slot uint8, state bootState) error {
	next := record{s.record.seq + 1, slot, state}
	if err := s.flash.write(bootRecord+int(next.seq%2), next.encode()); err != nil {
		return err
	}
	s.record = next
	return nil
}

// boot chooses what runs. It fails when the power does.
func (s *slots) boot() (firmware, error) {
	s.load()
	var err error
	trial := false
	switch s.record.state {
	case stateNew:
		trial = true
		err = s.save(s.record.slot, statePending)
	case statePending:
		err = s.save(1-s.record.slot, stateValid)
	case stateValid:
	}
	if err != nil {
		return firmware{}, err
	}
	s.mu.Lock()
	s.trial = trial
	s.mu.Unlock()
	s.running = s.inspect(s.record.slot)
	return s.running, nil
}

// inspect reads what a slot holds; what is not there, or is no image, is what the
// board was made with.
func (s *slots) inspect(slot uint8) firmware {
	head := make([]byte, 512)
	if s.flash.readAt(imageSlot+int(slot), 0, head) != nil {
		return firmware{Facts: s.factory}
	}
	facts, err := image.Inspect(head)
	if err != nil {
		return firmware{Facts: s.factory}
	}
	return firmware{facts, image.Fault(head)}
}

// ---- the core's port ----

func (s *slots) other() int { return imageSlot + int(1-s.record.slot) }

func (s *slots) begin(size int) error {
	if size > slotSize {
		return errors.New("larger than a slot")
	}
	return s.flash.write(s.other(), nil)
}

func (s *slots) write(at int, data []byte) error {
	if at == 0 {
		return s.flash.write(s.other(), data)
	}
	return s.flash.writeAt(s.other(), at, data)
}

func (s *slots) read(at int, buf []byte) error { return s.flash.readAt(s.other(), at, buf) }

// bootNext marks the other slot to be booted, if it holds an image for this chip.
func (s *slots) bootNext() error {
	head := make([]byte, 512)
	if err := s.read(0, head); err != nil {
		return err
	}
	facts, err := image.Inspect(head)
	if err != nil {
		return err
	}
	if facts.Chip != s.factory.Chip {
		return errors.New("the image is for another chip")
	}
	return s.save(1-s.record.slot, stateNew)
}

func (s *slots) onTrial() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.trial
}

func (s *slots) keep() error {
	if err := s.save(s.record.slot, stateValid); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.trial = false
	return nil
}

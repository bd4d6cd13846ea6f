package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
)

// slotNames are the files of enum hob_slot, in its order, and that of wifiSlot.
func slotNames() []string {
	return []string{"keys_a", "keys_b", "config_a", "config_b", "state_a", "state_b", "wifi",
		"ota_a", "ota_b", "slot_0", "slot_1"}
}

// wifiSlot is the network to join, which is the port's business and not the core's.
const wifiSlot = 6

// bootRecord and imageSlot are the first of the two files that say which firmware
// is booted, and of the two that hold one (slots.go).
const (
	bootRecord = 7
	imageSlot  = 9
)

// flash is a board's settings memory: a directory with one file a slot. As with
// real flash, a write first erases and then programs byte by byte, so that a
// power cut in the middle leaves a torn slot; nothing here makes a write atomic.
// It is for use by any goroutine.
type flash struct {
	dir  string
	lock *os.File

	mu    sync.Mutex
	armed bool
	left  int    // bytes until the power cut, when armed
	onCut func() // called once when they are used up, with mu free
	off   bool   // no power: nothing can be read or written
}

// openFlash takes a board's directory, making it if need be. It fails when
// another process has it.
func openFlash(dir string) (*flash, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("settings directory: %w", err)
	}
	lock, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("settings directory: %w", err)
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		lock.Close()
		return nil, fmt.Errorf("settings directory %s is in use by another board process", dir)
	}
	return &flash{dir: dir, lock: lock}, nil
}

// close gives the directory back.
func (f *flash) close() error { return f.lock.Close() }

// setPower says whether there is power.
func (f *flash) setPower(on bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.off = !on
	f.armed = false
}

func (f *flash) hasPower() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return !f.off
}

// cutAfter arranges a power cut: the next n bytes are still programmed. With 0
// the next write gets no further than the erasure of its slot. onCut is called
// in the middle of that write; the core that made it must not be asked anything
// more.
func (f *flash) cutAfter(n int, onCut func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.armed, f.left, f.onCut = true, n, onCut
}

func (f *flash) path(slot int) (string, error) {
	names := slotNames()
	if slot < 0 || slot >= len(names) {
		return "", fmt.Errorf("no settings slot %d", slot)
	}
	return filepath.Join(f.dir, names[slot]), nil
}

var errPowerOff = errors.New("the board has no power")

// read copies a slot to buf and gives its length, 0 if it was never written.
func (f *flash) read(slot int, buf []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.off {
		return 0, errPowerOff
	}
	path, err := f.path(slot)
	if err != nil {
		return 0, err
	}
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer file.Close()
	n, err := io.ReadFull(file, buf)
	if err == nil {
		if more, _ := file.Read(make([]byte, 1)); more > 0 {
			return 0, fmt.Errorf("%s is longer than any record", path)
		}
	} else if !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return 0, err
	}
	return n, nil
}

// write erases a slot and programs data.
func (f *flash) write(slot int, data []byte) error {
	return f.put(slot, 0, data)
}

// writeAt programs data behind what a slot holds already, at bytes of it.
func (f *flash) writeAt(slot, at int, data []byte) error {
	if at == 0 {
		return errors.New("a slot is written from its start by write")
	}
	return f.put(slot, at, data)
}

func (f *flash) put(slot, at int, data []byte) error {
	cut, err := f.program(slot, at, data)
	if cut != nil {
		cut()
		return errPowerOff
	}
	return err
}

// program gives a function to call when the power went in the middle.
func (f *flash) program(slot, at int, data []byte) (cut func(), err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.off {
		return nil, errPowerOff
	}
	path, err := f.path(slot)
	if err != nil {
		return nil, err
	}
	if f.armed && f.left < len(data) || f.armed && f.left == 0 {
		data = data[:f.left]
		cut = f.onCut
		f.off, f.armed = true, false
	} else if f.armed {
		f.left -= len(data)
	}
	if at == 0 {
		return cut, os.WriteFile(path, data, 0o600)
	}
	return cut, appendAt(path, at, data)
}

func appendAt(path string, at int, data []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	if _, err := file.WriteAt(data, int64(at)); err != nil {
		_ = file.Close()
		return err
	}
	return file.Close()
}

// readAt fills buf from at bytes of a slot.
func (f *flash) readAt(slot, at int, buf []byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.off {
		return errPowerOff
	}
	path, err := f.path(slot)
	if err != nil {
		return err
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = file.ReadAt(buf, int64(at))
	return err
}

package main

import (
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// cable is a board's serial port: a pseudo-terminal, whose other end is a path
// that `hob provision` opens as it opens /dev/ttyUSB0. Its goroutine hands the
// board what comes; the board's own writes, and waits for nobody who does not
// read. A nil cable has no path and nothing to end.
type cable struct {
	master *os.File
	slave  *os.File // kept open, so that the master outlives whoever opens and closes the path
	ended  chan struct{}
}

// cablePatience is how long an answer may wait for room in the terminal.
const cablePatience = 100 * time.Millisecond

func newCable() (*cable, error) {
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("serial port: %w", err)
	}
	slave, err := openSlave(master)
	if err != nil {
		_ = master.Close()
		return nil, fmt.Errorf("serial port: %w", err)
	}
	return &cable{master: master, slave: slave, ended: make(chan struct{})}, nil
}

// openSlave opens the other end and makes it pass bytes as they are.
func openSlave(master *os.File) (*os.File, error) {
	control, err := master.SyscallConn()
	if err != nil {
		return nil, err
	}
	number := 0
	var failure error
	err = control.Control(func(fd uintptr) {
		if failure = unix.IoctlSetPointerInt(int(fd), unix.TIOCSPTLCK, 0); failure != nil {
			return
		}
		number, failure = unix.IoctlGetInt(int(fd), unix.TIOCGPTN)
	})
	if err != nil || failure != nil {
		return nil, fmt.Errorf("pseudo-terminal: %w", firstError(err, failure))
	}
	slave, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	if err := makeRaw(int(slave.Fd())); err != nil {
		_ = slave.Close()
		return nil, err
	}
	return slave, nil
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func makeRaw(fd int) error {
	t, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil {
		return err
	}
	t.Iflag, t.Oflag, t.Lflag = 0, 0, 0
	t.Cflag = unix.CS8 | unix.CREAD | unix.CLOCAL | unix.B115200
	return unix.IoctlSetTermios(fd, unix.TCSETS, t)
}

// path is what a person would open.
func (c *cable) path() string {
	if c == nil {
		return ""
	}
	return c.slave.Name()
}

// run hands the board what comes until end.
func (c *cable) run(b *board) {
	defer close(c.ended)
	buf := make([]byte, 512)
	for {
		n, err := c.master.Read(buf)
		if err != nil {
			return
		}
		if b.call(func() { b.serialRead(buf[:n]) }) != nil {
			return
		}
	}
}

// end takes the port away; run, if it was started, ends then.
func (c *cable) end() {
	if c == nil {
		return
	}
	_ = c.master.Close()
	_ = c.slave.Close()
}

// serialRead is for the board's goroutine: bytes have come. A board without
// power hears nothing.
func (b *board) serialRead(data []byte) {
	if b.running != nil {
		b.running.serial(data, b.reachable(), b.clock.now())
	}
}

// serialWrite implements coreHost.
func (b *board) serialWrite(answer []byte) {
	if b.cable == nil {
		return
	}
	_ = b.cable.master.SetWriteDeadline(time.Now().Add(cablePatience))
	// Whoever reads nothing misses it.
	_, _ = b.cable.master.Write(answer)
}

// sayCode is the line of the log that a board shows its setup code in.
func (b *board) sayCode() {
	if s := b.running.status(b.clock.now()); b.cable != nil && s.adoptionOpen && s.setupCode != "" {
		b.serialWrite([]byte("I (0) hob: " + b.id + ": setup code " + s.setupCode + "\r\n"))
	}
}

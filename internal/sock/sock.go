// Package sock reads and writes connected sockets without the care that Go's
// scheduler takes of calls into the kernel which may last. link reads boards by
// it, and hub writes to browsers.
//
// The descriptors of Go's connections never block, so a read or write takes
// microseconds. Yet before each one the runtime prepares to go on without the
// thread, and if the process was idle, which a house mostly is, it wakes its
// monitor for that: two to five context switches for every change that boards
// report (docs/performance.md has what they cost). Here the kernel is called
// directly, and waiting is left to the runtime's poller as ever; deadlines and
// Close work as they do on the connection itself.
//
// A Reader and a Writer are for one goroutine at a time each.
package sock

import (
	"errors"
	"io"
	"net"
	"os"
	"syscall"
)

// call is a read or write of p on a descriptor that does not block.
type call func(fd uintptr, p []byte) (int, error)

// end is one direction of a socket. RawConn wants a function, and one that is
// made for each call would be garbage, so what it works on lives here.
type end struct {
	raw  syscall.RawConn
	once func(fd uintptr) (done bool)

	p   []byte
	n   int
	err error
}

// rawOf gives what lies below a connection; nil when that is no descriptor.
func rawOf(c net.Conn) syscall.RawConn {
	if sc, ok := c.(syscall.Conn); ok {
		if raw, err := sc.SyscallConn(); err == nil {
			return raw
		}
	}
	return nil
}

// attempt makes the call once. It reports false when the socket is not ready.
func (e *end) attempt(fd uintptr, f call) bool {
	for {
		e.n, e.err = f(fd, e.p)
		switch {
		case errors.Is(e.err, syscall.EINTR):
			continue
		case errors.Is(e.err, syscall.EAGAIN):
			e.n, e.err = 0, nil
			return false
		}
		return true
	}
}

// Reader is an io.Reader of a connection.
type Reader struct{ end }

// NewReader returns nil for a connection that has no descriptor.
func NewReader(c net.Conn) *Reader {
	r := &Reader{end{raw: rawOf(c)}}
	if r.raw == nil {
		return nil
	}
	r.once = func(fd uintptr) bool { return r.attempt(fd, read) }
	return r
}

// Read waits until there is something to read, as the connection's own does.
func (r *Reader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	r.p = p
	err := r.raw.Read(r.once)
	r.p = nil
	switch {
	case err != nil:
		return 0, err
	case r.err != nil:
		return 0, os.NewSyscallError("read", r.err)
	case r.n == 0:
		return 0, io.EOF
	}
	return r.n, nil
}

// Writer writes to a connection as much as its socket takes at once.
type Writer struct {
	end
	wait bool
}

// NewWriter returns nil for a connection that has no descriptor.
func NewWriter(c net.Conn) *Writer {
	w := &Writer{end: end{raw: rawOf(c)}}
	if w.raw == nil {
		return nil
	}
	w.once = func(fd uintptr) bool { return w.attempt(fd, write) || !w.wait }
	return w
}

// Try sends as much of p as the socket takes now: nothing when it is full, which
// is no error.
func (w *Writer) Try(p []byte) (int, error) { return w.write(p, false) }

// Some waits until the socket takes some of p. A full one takes none before
// much of it is free again, so what is long goes out in few calls.
func (w *Writer) Some(p []byte) (int, error) { return w.write(p, true) }

func (w *Writer) write(p []byte, wait bool) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	w.p, w.wait = p, wait
	err := w.raw.Write(w.once)
	w.p = nil
	switch {
	case err != nil:
		return 0, err
	case w.err != nil:
		return 0, os.NewSyscallError("write", w.err)
	}
	return w.n, nil
}

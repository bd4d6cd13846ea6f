package main

import (
	"errors"
	"net"
	"sync"
	"syscall"
	"time"
)

const (
	// maxUnsent is how many bytes a socket keeps for a peer that does not read.
	maxUnsent = 64 << 10
	// writePatience is how long a peer may take nothing before it is given up.
	writePatience = 10 * time.Second
)

var errPeerStalled = errors.New("the peer does not read")

// socket is one accepted connection whose writes never block: what the kernel
// does not take at once is kept, up to a limit, and sent by a goroutine that
// lives only as long as there is something left. Its network can hold it up in
// both directions, as a dead radio link does, without either side noticing.
type socket struct {
	tcp *net.TCPConn // not embedded: its other methods would go around ours
	net *network

	mu       sync.Mutex
	held     bool          // by the network
	free     chan struct{} // closed when not held
	unsent   []byte
	flushing bool
	closed   bool // by its user; the TCP connection too, unless held
	dead     bool // the TCP connection is closed
}

func newSocket(conn *net.TCPConn, network *network) *socket {
	free := make(chan struct{})
	close(free)
	return &socket{tcp: conn, net: network, free: free}
}

// LocalAddr is the board's end.
func (s *socket) LocalAddr() net.Addr { return s.tcp.LocalAddr() }

// RemoteAddr is the peer's end.
func (s *socket) RemoteAddr() net.Addr { return s.tcp.RemoteAddr() }

// SetReadDeadline limits the wait for data; not the time for which it is held.
func (s *socket) SetReadDeadline(t time.Time) error { return s.tcp.SetReadDeadline(t) }

// Read reads, but gives nothing away while the network holds the socket.
func (s *socket) Read(p []byte) (int, error) {
	n, err := s.tcp.Read(p)
	var timeout net.Error
	if n == 0 && errors.As(err, &timeout) && timeout.Timeout() {
		return 0, err // nothing came: that is known without a network
	}
	s.mu.Lock()
	free := s.free
	s.mu.Unlock()
	<-free
	return n, err
}

// Write takes all of p or fails.
func (s *socket) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.dead {
		return 0, net.ErrClosed
	}
	taken := 0
	if !s.held && !s.flushing {
		n, err := writeNow(s.tcp, p)
		if err != nil {
			return n, err
		}
		taken = n
	}
	if len(s.unsent)+len(p)-taken > maxUnsent {
		s.dieLocked()
		return taken, errPeerStalled
	}
	s.unsent = append(s.unsent, p[taken:]...)
	s.flushLocked()
	return len(p), nil
}

// SetWriteDeadline does nothing: no write waits. writePatience is the deadline.
func (s *socket) SetWriteDeadline(time.Time) error { return nil }

// SetDeadline is about reading only.
func (s *socket) SetDeadline(t time.Time) error { return s.SetReadDeadline(t) }

// Close closes the connection; while it is held, its peer learns nothing of it.
func (s *socket) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return net.ErrClosed
	}
	s.closed = true
	if s.held || s.dead {
		return nil
	}
	s.dead = true
	s.net.forget(s)
	return s.tcp.Close()
}

// hold stops all traffic.
func (s *socket) hold() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.held && !s.dead {
		s.held = true
		s.free = make(chan struct{})
	}
}

// letGo lets what has piled up through. What was closed meanwhile is reset.
func (s *socket) letGo() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.held {
		return
	}
	if s.closed {
		s.dieLocked()
		return
	}
	s.held = false
	close(s.free)
	s.flushLocked()
}

// die resets the connection at once.
func (s *socket) die() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dieLocked()
}

func (s *socket) dieLocked() {
	if s.dead {
		return
	}
	s.dead = true
	s.unsent = nil
	// Linger 0 makes close send a reset; if it cannot be set, the close is a plain one.
	_ = s.tcp.SetLinger(0)
	_ = s.tcp.Close()
	if s.held {
		s.held = false
		close(s.free)
	}
	s.net.forget(s)
}

func (s *socket) flushLocked() {
	if len(s.unsent) > 0 && !s.held && !s.flushing {
		s.flushing = true
		s.net.running.Go(s.flush)
	}
}

// flush sends what is left, waiting for the peer, until there is nothing left.
func (s *socket) flush() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.unsent) > 0 && !s.held && !s.dead && !s.closed {
		batch := s.unsent
		s.unsent = nil
		s.mu.Unlock()
		err := s.tcp.SetWriteDeadline(time.Now().Add(writePatience))
		if err == nil {
			_, err = s.tcp.Write(batch)
		}
		s.mu.Lock()
		if err != nil {
			s.dieLocked()
		}
	}
	s.flushing = false
}

// writeNow writes what the kernel takes at once.
func writeNow(conn *net.TCPConn, p []byte) (int, error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return 0, err
	}
	var n int
	var failure error
	err = raw.Write(func(fd uintptr) bool {
		for {
			n, failure = syscall.Write(int(fd), p)
			if failure != syscall.EINTR {
				return true
			}
		}
	})
	if failure == syscall.EAGAIN {
		return 0, nil
	}
	if err == nil && failure != nil {
		err = failure
	}
	return max(n, 0), err
}

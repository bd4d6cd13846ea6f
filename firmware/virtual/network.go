package main

import (
	"fmt"
	"net"
	"sync"
	"syscall"
	"time"
)

// maxSockets is how many TCP connections a board accepts at once; an ESP32's
// lwIP has about as many.
const maxSockets = 8

// sendBuffer is how much of what was sent the kernel keeps for one connection,
// in bytes. An ESP32 has less; its default here would be megabytes.
const sendBuffer = 16 << 10

// network is a board's place on the network: its address, and every connection
// to it. It is for use by any goroutine.
type network struct {
	serve   func(net.Listener) // serves until the listener is closed
	running sync.WaitGroup     // serve, and flushing sockets

	mu       sync.Mutex
	addr     *net.TCPAddr // set by the first open
	listener *net.TCPListener
	keeper   int // descriptor that keeps the port while there is no listener, -1 if none
	sockets  map[*socket]struct{}
	idle     chan struct{} // closed when there is no socket any more; nil while nobody waits
}

func newNetwork(serve func(net.Listener)) *network {
	return &network{serve: serve, keeper: -1, sockets: map[*socket]struct{}{}}
}

// open starts to listen. An empty address is the one from before.
func (n *network) open(address string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.listener != nil {
		return fmt.Errorf("already listening on %s", n.addr)
	}
	addr := n.addr
	if address != "" {
		var err error
		if addr, err = net.ResolveTCPAddr("tcp", address); err != nil {
			return fmt.Errorf("listen address: %w", err)
		}
	}
	n.dropKeeper()
	listener, err := net.ListenTCP("tcp", addr)
	if err != nil {
		return err
	}
	n.listener = listener
	n.addr = listener.Addr().(*net.TCPAddr)
	n.running.Go(func() { n.serve(&doorkeeper{listener, n}) })
	return nil
}

// address is where the board listens, or did last.
func (n *network) address() *net.TCPAddr {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.addr
}

// closeListener refuses new connections from now on and keeps the port for
// later: otherwise another program might have it by then.
func (n *network) closeListener() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.listener == nil {
		return
	}
	// A bound socket that does not listen, beside the closed listener, keeps it.
	_ = n.listener.Close()
	n.listener = nil
	if keeper, err := keepPort(n.addr); err == nil {
		n.keeper = keeper
	}
}

// cut takes the network away: no new connections, and silence on the old ones.
func (n *network) cut() {
	n.closeListener()
	n.each((*socket).hold)
}

// restore brings it back; connections that survived go on.
func (n *network) restore() error {
	if err := n.open(""); err != nil {
		return err
	}
	n.each((*socket).letGo)
	return nil
}

// reset ends every connection with a TCP reset.
func (n *network) reset() { n.each((*socket).die) }

// finish stops listening and waits until every connection has been closed by
// its user, at most for patience.
func (n *network) finish(patience time.Duration) {
	n.closeListener()
	n.mu.Lock()
	if len(n.sockets) == 0 {
		n.mu.Unlock()
		return
	}
	if n.idle == nil {
		n.idle = make(chan struct{})
	}
	idle := n.idle
	n.mu.Unlock()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-idle:
	case <-timer.C:
	}
}

// close ends everything and waits for the goroutines. Sockets still open are
// reset.
func (n *network) close() {
	n.closeListener()
	n.reset()
	n.mu.Lock()
	n.dropKeeper()
	n.mu.Unlock()
	n.running.Wait()
}

// each calls f without the lock: f may call forget.
func (n *network) each(f func(*socket)) {
	n.mu.Lock()
	sockets := make([]*socket, 0, len(n.sockets))
	for s := range n.sockets {
		sockets = append(sockets, s)
	}
	n.mu.Unlock()
	for _, s := range sockets {
		f(s)
	}
}

func (n *network) admit(conn *net.TCPConn) (*socket, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.listener == nil || len(n.sockets) >= maxSockets {
		return nil, false
	}
	_ = conn.SetWriteBuffer(sendBuffer) // without it there is only more of it
	s := newSocket(conn, n)
	n.sockets[s] = struct{}{}
	return s, true
}

func (n *network) forget(s *socket) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.sockets, s)
	if len(n.sockets) == 0 && n.idle != nil {
		close(n.idle)
		n.idle = nil
	}
}

func (n *network) dropKeeper() {
	if n.keeper >= 0 {
		_ = syscall.Close(n.keeper)
		n.keeper = -1
	}
}

// doorkeeper is the listener as the HTTP server sees it.
type doorkeeper struct {
	*net.TCPListener
	net *network
}

// Accept closes connections beyond the limit.
func (d *doorkeeper) Accept() (net.Conn, error) {
	for {
		conn, err := d.AcceptTCP()
		if err != nil {
			return nil, err
		}
		if s, ok := d.net.admit(conn); ok {
			return s, nil
		}
		_ = conn.Close()
	}
}

// keepPort binds a socket to addr without listening: connections are refused,
// and nobody else gets the port by chance.
func keepPort(addr *net.TCPAddr) (fd int, err error) {
	family, name := socketAddress(addr)
	fd, err = syscall.Socket(family, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	// Sharing the address is allowed while binding, because connections of before
	// may linger on it, and forbidden from then on, so that nobody can listen there.
	if err = shareAddress(fd, 1); err == nil {
		if err = syscall.Bind(fd, name); err == nil {
			err = shareAddress(fd, 0)
		}
	}
	if err != nil {
		_ = syscall.Close(fd)
		return -1, err
	}
	return fd, nil
}

func shareAddress(fd, on int) error {
	return syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, on)
}

func socketAddress(addr *net.TCPAddr) (family int, name syscall.Sockaddr) {
	if ip := addr.IP.To4(); ip != nil {
		return syscall.AF_INET, &syscall.SockaddrInet4{Port: addr.Port, Addr: [4]byte(ip)}
	}
	v6 := &syscall.SockaddrInet6{Port: addr.Port}
	copy(v6.Addr[:], addr.IP.To16())
	return syscall.AF_INET6, v6
}

package app

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"syscall"

	"hob/server/api"
	"hob/server/client"
)

// listener is where requests come in, and how far they are trusted.
type listener struct {
	net.Listener
	trust api.Trust
}

// listen opens the address and the unix socket.
func listen(addr string, s *stateDir) ([]listener, error) {
	tcp, err := net.Listen("tcp", addr)
	if err != nil {
		var op *net.OpError
		if errors.As(err, &op) {
			err = op.Err // the rest of it names the address once more
		}
		return nil, fmt.Errorf("listen on %s: %w", addr, err)
	}
	trust := api.TrustNobody
	if a, ok := tcp.Addr().(*net.TCPAddr); ok && a.IP.IsLoopback() {
		trust = api.TrustLoopback
	}
	unix, err := listenSocket(s.file(client.SocketName))
	if err != nil {
		_ = tcp.Close()
		return nil, err
	}
	return []listener{{tcp, trust}, {unix, api.TrustSocket}}, nil
}

// listenSocket opens the socket that only the owner may use. One that is left
// from a server that was killed is taken away: the lock of the directory says
// that no server lives.
func listenSocket(path string) (net.Listener, error) {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("socket: %w", err)
	}
	// Between bind and chmod others must not get in; the directory is 0700 when
	// we made it, but it may be an older one.
	old := syscall.Umask(0o177)
	l, err := net.Listen("unix", path)
	syscall.Umask(old)
	if err != nil {
		if errors.Is(err, syscall.EINVAL) {
			return nil, fmt.Errorf("socket: the path of the state directory is too long: %s", path)
		}
		return nil, fmt.Errorf("socket: %w", err)
	}
	return l, nil
}

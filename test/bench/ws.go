package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"syscall"
)

// Opcodes of WebSocket frames (RFC 6455 section 5.2) with FIN set.
const (
	opText   = 0x81
	opBinary = 0x82
	opClose  = 0x88
	opPing   = 0x89
	opPong   = 0x8a
)

// connect opens a TCP connection as a bare descriptor: a thousand of them are
// read by one epoll loop. receive is SO_RCVBUF; 0 leaves the kernel's own.
func connect(address string, receive int) (int, error) {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return -1, err
	}
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, fmt.Errorf("socket: %w", err)
	}
	if receive > 0 {
		_ = syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_RCVBUF, receive)
	}
	_ = syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1)
	patience := syscall.Timeval{Sec: 20}
	_ = syscall.SetsockoptTimeval(fd, syscall.SOL_SOCKET, syscall.SO_RCVTIMEO, &patience)
	err = syscall.Connect(fd, &syscall.SockaddrInet4{Port: int(at.Port()), Addr: at.Addr().As4()})
	if err != nil && !errors.Is(err, syscall.EINTR) { // interrupted, it goes on by itself
		_ = syscall.Close(fd)
		return -1, fmt.Errorf("connect %s: %w", address, err)
	}
	return fd, nil
}

// upgrade makes a WebSocket of a connection. It returns what the server has sent
// after its answer.
func upgrade(fd int, address, path, subprotocol string) ([]byte, error) {
	request := "GET " + path + " HTTP/1.1\r\nHost: " + address + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
	if subprotocol != "" {
		request += "Sec-WebSocket-Protocol: " + subprotocol + "\r\n"
	}
	if err := writeAll(fd, []byte(request+"\r\n")); err != nil {
		return nil, err
	}
	var head []byte
	buf := make([]byte, 4096)
	for len(head) < 16<<10 {
		n, err := readSome(fd, buf)
		if err != nil {
			return nil, fmt.Errorf("%s ended the handshake: %w", address, err)
		}
		head = append(head, buf[:n]...)
		if answer, rest, ok := bytes.Cut(head, []byte("\r\n\r\n")); ok {
			if line, _, _ := strings.Cut(string(answer), "\r\n"); !strings.Contains(line, " 101 ") {
				return nil, fmt.Errorf("%s answered %q", address, line)
			}
			return rest, nil
		}
	}
	return nil, fmt.Errorf("%s answered with an endless header", address)
}

// readSome waits for bytes; it reads at least one.
func readSome(fd int, buf []byte) (int, error) {
	for {
		n, err := syscall.Read(fd, buf)
		switch {
		case errors.Is(err, syscall.EINTR): // the Go runtime interrupts threads
		case err != nil:
			return 0, err
		case n == 0:
			return 0, errEnded
		default:
			return n, nil
		}
	}
}

var errEnded = errors.New("the server ended the connection")

func writeAll(fd int, b []byte) error {
	for len(b) > 0 {
		n, err := syscall.Write(fd, b)
		if err != nil && !errors.Is(err, syscall.EINTR) {
			return fmt.Errorf("write: %w", err)
		}
		b = b[max(n, 0):]
	}
	return nil
}

// masked is a frame as clients send it. The mask is zero, which changes no byte.
func masked(op byte, payload []byte) []byte {
	b := []byte{op}
	if len(payload) < 126 {
		b = append(b, 0x80|byte(len(payload)))
	} else {
		b = binary.BigEndian.AppendUint16(append(b, 0x80|126), uint16(len(payload)))
	}
	return append(append(b, 0, 0, 0, 0), payload...)
}

// nextFrame takes the first whole frame off b; ok is false when there is none.
func nextFrame(b []byte) (op byte, payload, rest []byte, ok bool) {
	if len(b) < 2 {
		return 0, nil, b, false
	}
	head, size := 2, int(b[1]&0x7f)
	switch size {
	case 126:
		if len(b) < 4 {
			return 0, nil, b, false
		}
		head, size = 4, int(binary.BigEndian.Uint16(b[2:]))
	case 127:
		if len(b) < 10 {
			return 0, nil, b, false
		}
		head, size = 10, int(binary.BigEndian.Uint64(b[2:]))
	}
	if len(b) < head+size {
		return 0, nil, b, false
	}
	return b[0], b[head : head+size], b[head+size:], true
}

package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// system is one server under measurement, with a board that talks to it.
type system struct {
	name     string
	proc     *process
	browsers endpoint
	// change has the board change its state, and say so in one write. It gives when
	// the write began: what a board needs to encode or seal is not the server's time.
	change   func() (begun time.Time, err error)
	commands bool     // browsers can command the board
	stops    []func() // in reverse order
}

func (s *system) stop() {
	for i := len(s.stops) - 1; i >= 0; i-- {
		s.stops[i]()
	}
}

// Names of systems, as tables show them.
const (
	nameHob       = "hob"
	nameFloor     = "C, a write each"
	nameBatched   = "C, batched"
	nameMosquitto = "Mosquitto"
	nameNATS      = "NATS"
)

// systems lists them in the order of the tables.
func systems() []string {
	return []string{nameHob, nameFloor, nameBatched, nameMosquitto, nameNATS}
}

// ports is what floor programs and peers print when they are ready.
type ports struct {
	Boards   string `json:"boards"`
	Browsers string `json:"browsers"`
}

// compileFloor builds the floor program.
func (b *bench) compileFloor() (string, error) {
	cc := os.Getenv("CC")
	if cc == "" {
		cc = "cc"
	}
	program := filepath.Join(b.build, "floor")
	out, err := exec.Command(cc, "-O2", "-Wall", "-Wextra", "-Werror", "-o", program, filepath.Join(b.root, "test/bench/floor/floor.c")).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s: %w\n%s", cc, err, out)
	}
	return program, nil
}

func (b *bench) startFloor(name string, args ...string) (*system, error) {
	program, err := b.compileFloor()
	if err != nil {
		return nil, err
	}
	var at ports
	p, err := start(b.log(name), &at, program, args...)
	if err != nil {
		return nil, err
	}
	s := &system{name: name, proc: p, browsers: endpoint{address: at.Browsers, path: "/", speaks: plain{}}, stops: []func(){p.stop}}
	return s, s.board(at.Boards, nil, func(k int) []byte { return append(payload(k), '\n') }, nil)
}

// board connects a board that speaks over plain TCP: hello once, then encode(k)
// for change k. What the server sends goes to listen, if that is given.
func (s *system) board(address string, hello []byte, encode func(k int) []byte, listen func(*bufio.Reader, io.Writer) error) error {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		s.stop()
		return fmt.Errorf("%s: %w", s.name, err)
	}
	k := 0
	s.change = func() (time.Time, error) {
		k++
		message := encode(k)
		_ = conn.SetWriteDeadline(time.Now().Add(20 * time.Second))
		begun := time.Now()
		_, err := conn.Write(message)
		return begun, err
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if listen != nil {
			_ = listen(bufio.NewReader(conn), conn) // until the connection is closed
		}
	}()
	s.stops = append(s.stops, func() { _ = conn.Close(); <-done })
	_, err = conn.Write(hello)
	return err
}

func (b *bench) startMosquitto() (*system, error) {
	program, err := exec.LookPath("mosquitto")
	if err != nil {
		if program, err = exec.LookPath("/usr/sbin/mosquitto"); err != nil {
			return nil, errNotInstalled
		}
	}
	at := ports{}
	for _, p := range []*string{&at.Boards, &at.Browsers} {
		if *p, err = freeAddress(); err != nil {
			return nil, err
		}
	}
	config := filepath.Join(b.temp, "mosquitto.conf")
	text := "per_listener_settings false\nallow_anonymous true\npersistence false\nset_tcp_nodelay true\n" +
		"max_queued_messages 0\nmax_connections -1\nlog_dest stderr\nlog_type error\nuser root\n"
	for _, l := range []struct{ at, protocol string }{{at.Boards, "mqtt"}, {at.Browsers, "websockets"}} {
		host, port, _ := net.SplitHostPort(l.at)
		text += fmt.Sprintf("listener %s %s\nprotocol %s\n", port, host, l.protocol)
	}
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return nil, err
	}
	p, err := start(b.log(nameMosquitto), nil, program, "-c", config)
	if err != nil {
		return nil, err
	}
	s := &system{name: nameMosquitto, proc: p, commands: true, stops: []func(){p.stop},
		browsers: endpoint{address: at.Browsers, path: "/mqtt", subprotocol: "mqtt", speaks: mqtt{}}}
	for _, address := range []string{at.Boards, at.Browsers} {
		if err := listening(address, 10*time.Second); err != nil {
			s.stop()
			return nil, err
		}
	}
	hello := append(mqttConnect(), mqttSubscribe("h/c")...)
	return s, s.board(at.Boards, hello, func(k int) []byte { return mqttPublish("h/s", payload(k)) }, s.onMQTT)
}

var errNotInstalled = errors.New("not installed")

// onMQTT has the board obey commands.
func (s *system) onMQTT(r *bufio.Reader, _ io.Writer) error {
	var have []byte
	buf := make([]byte, 4096)
	for {
		n, err := r.Read(buf)
		if err != nil {
			return err
		}
		have = append(have, buf[:n]...)
		for {
			kind, rest, ok := mqttPacket(have)
			if !ok {
				break
			}
			if have = rest; kind == mqttKindPublish {
				if _, err := s.change(); err != nil {
					return err
				}
			}
		}
	}
}

func (b *bench) startNATS() (*system, error) {
	program := filepath.Join(b.build, "nats")
	build := exec.Command("go", "build", "-o", program, "./nats")
	build.Dir = filepath.Join(b.root, "test/bench/peers")
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("building the NATS peer: %w\n%s", err, out)
	}
	var at ports
	p, err := start(b.log(nameNATS), &at, program)
	if err != nil {
		return nil, err
	}
	s := &system{name: nameNATS, proc: p, commands: true, stops: []func(){p.stop},
		browsers: endpoint{address: at.Browsers, path: "/", speaks: nats{}}}
	hello := []byte("CONNECT {\"verbose\":false,\"pedantic\":false}\r\nSUB h.c 1\r\n")
	encode := func(k int) []byte {
		text := payload(k)
		return fmt.Appendf(nil, "PUB h.s %d\r\n%s\r\n", len(text), text)
	}
	return s, s.board(at.Boards, hello, encode, s.onNATS)
}

// onNATS has the board obey commands.
func (s *system) onNATS(r *bufio.Reader, w io.Writer) error {
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return err
		}
		switch {
		case strings.HasPrefix(line, "PING"): // who does not answer is dropped
			if _, err := w.Write([]byte("PONG\r\n")); err != nil {
				return err
			}
		case strings.HasPrefix(line, "MSG "):
			if _, err := r.ReadString('\n'); err != nil { // its payload
				return err
			}
			if _, err := s.change(); err != nil {
				return err
			}
		}
	}
}

// freeAddress is a port on loopback that nobody uses at this moment.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// listening waits until somebody accepts connections.
func listening(address string, patience time.Duration) error {
	for end := time.Now().Add(patience); ; {
		c, err := net.DialTimeout("tcp", address, time.Second)
		if err == nil {
			return c.Close()
		}
		if time.Now().After(end) {
			return err
		}
		time.Sleep(time.Millisecond)
	}
}

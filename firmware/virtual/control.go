package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net"
	"os"
	"sync"
	"syscall"
)

const (
	maxControlConns = 64
	maxControlLine  = 4096 // bytes
	maxSocketPath   = 107  // bytes; what Linux has room for
)

// control is the control socket: a JSON object a line in, one a line out, in
// order. docs/virtual-boards.md is its description.
type control struct {
	boards   []*board
	around   *surroundings
	byID     map[string]*board
	commands map[string]command
	quit     func()
}

func newControl(boards []*board, around *surroundings, quit func()) *control {
	c := &control{boards: boards, around: around, byID: map[string]*board{}, commands: commandTable(), quit: quit}
	for _, b := range boards {
		c.byID[b.id] = b
	}
	return c
}

// listenControl makes the socket, for its owner only. A socket that a killed
// process left behind is replaced; one that is in use is not.
func listenControl(path string) (net.Listener, error) {
	if len(path) > maxSocketPath {
		return nil, fmt.Errorf("control socket: %s is longer than the %d bytes that a socket's path may have", path, maxSocketPath)
	}
	if err := removeLeftover(path); err != nil {
		return nil, fmt.Errorf("control socket: %w", err)
	}
	// There must be no moment at which others could open it.
	old := syscall.Umask(0o177)
	defer syscall.Umask(old)
	return net.Listen("unix", path)
}

func removeLeftover(path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if info.Mode().Type() != fs.ModeSocket {
		return fmt.Errorf("%s exists and is no socket", path)
	}
	conn, err := new(net.Dialer).Dial("unix", path)
	if err == nil {
		_ = conn.Close()
		return fmt.Errorf("%s is in use", path)
	}
	return os.Remove(path)
}

// run serves until ctx ends.
func (c *control) run(ctx context.Context, listener net.Listener) {
	var conns sync.WaitGroup
	defer conns.Wait()
	stop := context.AfterFunc(ctx, func() { listener.Close() })
	defer stop()
	room := make(chan struct{}, maxControlConns)
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		select {
		case room <- struct{}{}:
			conns.Go(func() {
				defer func() { <-room }()
				c.serve(ctx, conn)
			})
		default:
			_ = conn.Close()
		}
	}
}

// serve answers one client until it goes or ctx ends.
func (c *control) serve(ctx context.Context, conn net.Conn) {
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	lines := bufio.NewScanner(conn)
	lines.Buffer(make([]byte, 256), maxControlLine)
	answers := json.NewEncoder(conn)
	for lines.Scan() {
		answer, after := c.answer(ctx, lines.Bytes())
		err := answers.Encode(answer)
		after()
		if err != nil {
			return
		}
	}
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		_ = answers.Encode(refusal(badRequest("a request is at most %d bytes long", maxControlLine)))
	}
}

// requestError is a request that makes no sense, as opposed to one that cannot
// be done at the moment.
type requestError struct{ text string }

func (e requestError) Error() string { return e.text }

func badRequest(format string, args ...any) error {
	return requestError{fmt.Sprintf(format, args...)}
}

// answer does what a line asks for. after is to be called when the answer has
// been sent.
func (c *control) answer(ctx context.Context, line []byte) (answer fields, after func()) {
	after = func() {}
	var request struct {
		Cmd string `json:"cmd"`
	}
	if err := json.Unmarshal(line, &request); err != nil {
		return refusal(badRequest("not a request: %s", inWords(err))), after
	}
	do, ok := c.commands[request.Cmd]
	if !ok {
		return refusal(badRequest("no command %q", request.Cmd)), after
	}
	result, err := do(ctx, c, line)
	if err != nil {
		return refusal(err), after
	}
	if request.Cmd == "quit" {
		after = c.quit
	}
	answer = fields{"ok": true}
	maps.Copy(answer, result)
	return answer, after
}

func refusal(err error) fields {
	code := "refused"
	if errors.As(err, new(requestError)) {
		code = "bad_request"
	}
	return fields{"ok": false, "code": code, "message": err.Error()}
}

// board finds the board that a request is for. A process with one board needs
// no name.
func (c *control) board(id string) (*board, error) {
	if b, ok := c.byID[id]; ok {
		return b, nil
	}
	if id == "" && len(c.boards) == 1 {
		return c.boards[0], nil
	}
	if id == "" {
		return nil, badRequest("say which board: there are %d", len(c.boards))
	}
	return nil, badRequest("no board %q", id)
}

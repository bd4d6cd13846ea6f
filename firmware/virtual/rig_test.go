package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// rig is a running process of boards, inside the test's own.
type rig struct {
	t       *testing.T
	ready   ready
	control *controlClient
	stop    func() error // ends the process as SIGTERM does
}

// startRig runs hob-board with the given extra arguments. A state directory may
// be among them; otherwise it is a fresh one.
func startRig(t *testing.T, args ...string) *rig {
	t.Helper()
	return startRigWith(t, nil, args...)
}

// startRigWith gives the boards sensors that answer.
func startRigWith(t *testing.T, sensors sensorSource, args ...string) *rig {
	t.Helper()
	dir := t.TempDir()
	defaults := []string{"--id", "hob-7c9ebd", "--state", filepath.Join(dir, "state"), "--control", filepath.Join(dir, "control")}
	opt, err := parseOptions(append(defaults, args...), io.Discard)
	must(t, err)
	opt.sensors = func(string) sensorSource { return sensors }
	ctx, cancel := context.WithCancel(context.Background())
	out, line := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := runProcess(ctx, opt, line, testLog(t))
		line.CloseWithError(err)
		ended <- err
	}()
	r := &rig{t: t}
	r.stop = func() error {
		cancel()
		err := <-ended
		ended <- err // stop may be called again
		return err
	}
	t.Cleanup(func() { must(t, r.stop()) })
	must(t, json.NewDecoder(out).Decode(&r.ready))
	go func() { _, _ = io.Copy(io.Discard, out) }()
	r.control = dialControl(t, opt.control)
	return r
}

func testLog(t *testing.T) *slog.Logger {
	if os.Getenv("HOB_BOARD_LOG") == "" {
		return slog.New(slog.DiscardHandler)
	}
	return slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// controlClient speaks to a control socket.
type controlClient struct {
	t     *testing.T
	conn  net.Conn
	lines *bufio.Scanner
}

func dialControl(t *testing.T, path string) *controlClient {
	t.Helper()
	conn, err := net.Dial("unix", path)
	must(t, err)
	t.Cleanup(func() { conn.Close() })
	lines := bufio.NewScanner(conn)
	lines.Buffer(nil, 16<<20)
	return &controlClient{t: t, conn: conn, lines: lines}
}

// answer is what commands answer, all of them in one.
type answer struct {
	OK      bool        `json:"ok"`
	Code    string      `json:"code"`
	Message string      `json:"message"`
	Board   boardInfo   `json:"board"`
	Boards  []boardInfo `json:"boards"`
	Pins    []pinView   `json:"pins"`
	Edges   []edgeLine  `json:"edges"`
	Last    uint64      `json:"last"`
	Lost    uint64      `json:"lost"`
}

type edgeLine struct {
	Seq    uint64 `json:"seq"`
	Boot   int32  `json:"boot"`
	UpMS   int64  `json:"up"`
	UnixNS int64  `json:"unix_ns"`
	Pin    int    `json:"pin"`
	What   string `json:"what"`
	Level  *bool  `json:"level"`
	Duty   *int   `json:"duty"`
	Pixel  string `json:"pixel"`
}

// raw sends a line and gives the one that comes back.
func (c *controlClient) raw(line string) []byte {
	c.t.Helper()
	must(c.t, c.conn.SetDeadline(time.Now().Add(patience)))
	_, err := io.WriteString(c.conn, line+"\n")
	must(c.t, err)
	if !c.lines.Scan() {
		c.t.Fatalf("control socket: no answer to %s: %v", line, c.lines.Err())
	}
	return c.lines.Bytes()
}

// try sends a request and gives the answer, whatever it is.
func (c *controlClient) try(line string) (a answer) {
	c.t.Helper()
	must(c.t, json.Unmarshal(c.raw(line), &a))
	return a
}

// do sends a request that has to succeed.
func (c *controlClient) do(line string) answer {
	c.t.Helper()
	a := c.try(line)
	if !a.OK {
		c.t.Fatalf("%s: %s: %s", line, a.Code, a.Message)
	}
	return a
}

// waitEdge waits for an edge that want likes, after number since.
func (c *controlClient) waitEdge(since uint64, want func(edgeLine) bool) edgeLine {
	c.t.Helper()
	deadline := time.Now().Add(patience)
	var seen []edgeLine
	for time.Now().Before(deadline) {
		request, err := json.Marshal(map[string]any{"cmd": "edges", "since": since, "wait_ms": 1000})
		must(c.t, err)
		a := c.do(string(request))
		for _, e := range a.Edges {
			if want(e) {
				return e
			}
			seen = append(seen, e)
		}
		since = a.Last
	}
	c.t.Fatalf("the edge never came; %d others did: %+v", len(seen), seen)
	return edgeLine{}
}

// waitState waits until a board's state is as wanted.
func (c *controlClient) waitState(request string, want func(boardInfo) bool) boardInfo {
	c.t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	poll := time.NewTicker(time.Millisecond)
	defer poll.Stop()
	for {
		a := c.do(request)
		if want(a.Board) {
			return a.Board
		}
		select {
		case <-poll.C:
		case <-deadline.C:
			c.t.Fatalf("the board stays at %+v", a.Board)
		}
	}
}

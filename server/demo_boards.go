package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"hob/internal/entity"
)

const stopWithin = 3 * time.Second

// boardProgram finds hob-board: beside this program, or on the path.
func boardProgram() (string, error) {
	if me, err := os.Executable(); err == nil {
		beside := filepath.Join(filepath.Dir(me), "hob-board")
		if _, err := os.Stat(beside); err == nil {
			return beside, nil
		}
	}
	p, err := exec.LookPath("hob-board")
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("hob-board is neither beside this program nor on the PATH; `make build` builds both")
	}
	return p, err
}

// boards are the hob-board processes of a demo, one for each board.
type boards struct {
	program string
	state   string // the demo's state directory
	stderr  io.Writer
	running []*runningBoard
	died    chan *runningBoard // one that ended and should not have
	stopped chan struct{}      // closed when nobody takes from died any more
}

// runningBoard is one of them.
type runningBoard struct {
	board   entity.Board
	code    string // setup code; "" when it is adopted already
	control string
	cmd     *exec.Cmd
	began   time.Time
	deaths  int // of those before it, in a row
	exited  chan struct{}
	leaving atomic.Bool // it ends because it should
}

func newBoards(program, state string, stderr io.Writer) *boards {
	return &boards{program: program, state: state, stderr: stderr, died: make(chan *runningBoard),
		stopped: make(chan struct{})}
}

// start runs one board and waits for its ready line.
func (s *boards) start(b entity.Board) error {
	dir := filepath.Join(s.state, "boards", string(b.ID))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	r := &runningBoard{board: b, control: boardSocket(s.state, string(b.Name)), began: time.Now(), exited: make(chan struct{})}
	r.cmd = exec.Command(s.program, "--id", string(b.ID), "--chip", b.Chip, "--listen", "127.0.0.1:0",
		"--state", dir, "--control", r.control, "--mdns-interface", loopback)
	r.cmd.Stderr = s.stderr
	// A terminal's Ctrl-C goes to the whole group, and a board must outlive the
	// server's goodbye; so boards get their own group and die with us.
	r.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	out, err := r.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	line, err := s.launch(r, out)
	if err != nil {
		return fmt.Errorf("board %s: %w", b.Name, err)
	}
	s.running = append(s.running, r)
	var ready struct {
		SetupCode string `json:"setup_code"`
	}
	if err := json.Unmarshal(line, &ready); err != nil {
		return fmt.Errorf("board %s: its ready line is not JSON: %w", b.Name, err)
	}
	r.code = ready.SetupCode
	return nil
}

// launch starts the process on a thread of its own, which lives as long as the
// process: Pdeathsig is about the thread that started it.
func (s *boards) launch(r *runningBoard, out io.Reader) ([]byte, error) {
	type answer struct {
		line []byte
		err  error
	}
	ready := make(chan answer, 1)
	go func() {
		runtime.LockOSThread()
		exited := sync.OnceFunc(func() { close(r.exited) })
		defer exited()
		if err := r.cmd.Start(); err != nil {
			ready <- answer{err: err}
			return
		}
		reader := bufio.NewReader(out)
		line, early := reader.ReadBytes('\n')
		if early != nil {
			early = errors.New("it ended before it was ready")
		}
		ready <- answer{line, early}
		_, _ = io.Copy(io.Discard, reader) // until it ends
		_ = r.cmd.Wait()                   // what it came to is in ProcessState
		exited()
		if early != nil || r.leaving.Load() {
			return
		}
		select {
		case s.died <- r:
		case <-s.stopped:
		}
	}()
	a := <-ready
	return a.line, a.err
}

// stop ends all boards and waits for them.
func (s *boards) stop() {
	close(s.stopped)
	for _, r := range s.running {
		_ = r.cmd.Process.Signal(syscall.SIGTERM)
	}
	limit := time.After(stopWithin)
	for _, r := range s.running {
		r.end(limit)
	}
}

// end asks the process to end, and waits for that until limit, when it must.
func (r *runningBoard) end(limit <-chan time.Time) {
	_ = r.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-r.exited:
	case <-limit:
		_ = r.cmd.Process.Kill()
		<-r.exited
	}
}

//go:build e2e

package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"hob/internal/nettest"
)

// patience is how long anything may take on a busy machine before a test gives
// up. No test passes or fails by time otherwise. Boards are asked for every 30 s, and
// of two that answer to one id a round may hear the same one again: one in ten times it
// takes more than one, and now and then more than two.
const patience = 150 * time.Second

func bin(t *testing.T, name string) string {
	t.Helper()
	p, err := filepath.Abs(filepath.Join("..", "..", "bin", name))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(p); err != nil {
		t.Fatalf("%v: run make build first", err)
	}
	return p
}

// mostLog is how much of what a process says is kept.
const mostLog = 1 << 20

// tail keeps the end of what a process says.
type tail struct {
	mu   sync.Mutex
	b    []byte
	more chan struct{} // closed, and replaced, at each Write
}

func newTail() *tail { return &tail{more: make(chan struct{})} }

func (w *tail) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.b) > mostLog {
		w.b = append([]byte("…"), w.b[mostLog/2:]...)
	}
	w.b = append(w.b, p...)
	close(w.more)
	w.more = make(chan struct{})
	return len(p), nil
}

func (w *tail) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return string(w.b)
}

// await waits until the process has said something.
func (w *tail) await(t *testing.T, text string) {
	t.Helper()
	w.awaitAfter(t, 0, text)
}

// mark is where what comes from now on begins, for awaitAfter.
func (w *tail) mark() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.b)
}

func (w *tail) awaitAfter(t *testing.T, mark int, text string) {
	t.Helper()
	late := time.After(patience)
	for {
		w.mu.Lock()
		said, more := strings.Contains(string(w.b[min(mark, len(w.b)):]), text), w.more
		w.mu.Unlock()
		if said {
			return
		}
		select {
		case <-more:
		case <-late:
			t.Fatalf("it does not say %q but\n%s", text, w)
		}
	}
}

// process is a program that says on its first line that it is ready.
type process struct {
	t      *testing.T
	cmd    *exec.Cmd
	log    *tail
	exited chan struct{}
}

// network is a test's own loopback, so that the boards of other tests, or of a
// demo in another terminal, announce themselves elsewhere. Where that cannot be
// made it is nil, and the test shares the computer's.
func network(t *testing.T) *nettest.Namespace {
	t.Helper()
	if exec.Command("unshare", "--net", "true").Run() != nil {
		t.Log("not allowed to make a network namespace: sharing the computer's loopback")
		return nil
	}
	return nettest.New(t)
}

// within runs f where programs and sockets of that network are opened, on a
// thread that ends with f.
func within(t *testing.T, n *nettest.Namespace, f func()) {
	t.Helper()
	if n != nil {
		n.Do(t, f)
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // and never unlocked: the thread ends here
		f()
	}()
	<-done
}

// dialIn dials from within a network.
func dialIn(t *testing.T, n *nettest.Namespace) func(ctx context.Context, kind, address string) (net.Conn, error) {
	return func(ctx context.Context, kind, address string) (conn net.Conn, err error) {
		within(t, n, func() { conn, err = (&net.Dialer{}).DialContext(ctx, kind, address) })
		return conn, err
	}
}

// start runs a program in a network and decodes its first line into ready. It
// does not outlive the test, however that ends.
func start(t *testing.T, n *nettest.Namespace, ready any, program string, args ...string) *process {
	t.Helper()
	return run(t, n, ready, exec.Command(bin(t, program), args...))
}

func run(t *testing.T, n *nettest.Namespace, ready any, cmd *exec.Cmd) *process {
	t.Helper()
	p := &process{t: t, cmd: cmd, log: newTail(), exited: make(chan struct{})}
	cmd.Stderr = p.log
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	lines, started := make(chan []byte, 1), make(chan error, 1)
	go within(t, n, func() { p.life(out, started, lines) })
	if err := <-started; err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			t.Logf("%v said:\n%s", cmd.Args, p.log)
		}
	})
	select {
	case line := <-lines:
		if err := json.Unmarshal(line, ready); err != nil {
			t.Fatalf("%v is not ready: %q %v\n%s", cmd.Args, line, err, p.log)
		}
	case <-time.After(patience):
		t.Fatalf("%v is not ready\n%s", cmd.Args, p.log)
	}
	return p
}

// life lasts as long as the process does, because the end of the thread that
// started it would end it.
func (p *process) life(out io.Reader, started chan<- error, lines chan<- []byte) {
	defer close(p.exited)
	err := p.cmd.Start()
	started <- err
	if err != nil {
		return
	}
	r := bufio.NewReader(out)
	line, _ := r.ReadBytes('\n')
	lines <- line
	_, _ = r.WriteTo(p.log)
	_ = p.cmd.Wait() // how it ended is in ProcessState
}

// kill is kill -9: the process has no say.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.exited
}

// stop asks it to end and waits for it.
func (p *process) stop() {
	p.t.Helper()
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.exited:
	case <-time.After(patience):
		p.t.Fatal("it does not end")
	}
}

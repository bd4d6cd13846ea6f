package nettest

import (
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// deadline bounds every wait; it is no measure of how fast things are.
const deadline = 30 * time.Second

// Process is a program that runs inside a namespace until Stop or the test's
// end.
type Process struct {
	cmd   *exec.Cmd
	ended chan struct{}

	mu   sync.Mutex
	text strings.Builder // standard output and error
	more chan struct{}   // closed, and replaced, at each Write
}

// Start starts a program inside the namespace. setup, if not nil, may change the
// command before.
func (n *Namespace) Start(t testing.TB, setup func(*exec.Cmd), program string, args ...string) *Process {
	t.Helper()
	p := &Process{cmd: exec.CommandContext(t.Context(), program, args...), ended: make(chan struct{}), more: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = p, p
	p.cmd.SysProcAttr = &syscall.SysProcAttr{}
	if setup != nil {
		setup(p.cmd)
	}
	p.cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	started := make(chan error, 1)
	go func() {
		defer close(p.ended)
		// The thread must last as long as the child: its end is the signal.
		n.Do(t, func() {
			err := p.cmd.Start()
			started <- err
			if err == nil {
				_ = p.cmd.Wait() // how it ended is for the text to say
			}
		})
	}()
	if err := <-started; err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	return p
}

// Write takes what the program prints.
func (p *Process) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	close(p.more)
	p.more = make(chan struct{})
	return p.text.Write(b)
}

// Stop kills the program without a warning and waits for its end.
func (p *Process) Stop() {
	_ = p.cmd.Process.Kill() // it may have ended by itself
	<-p.ended
}

// Text is what the program has printed so far.
func (p *Process) Text() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.String()
}

// Wait waits for its end.
func (p *Process) Wait(t testing.TB) {
	t.Helper()
	select {
	case <-p.ended:
	case <-time.After(deadline):
		t.Fatalf("%s does not end:\n%s", p.cmd.Path, p.Text())
	}
}

// Await waits until the program has printed s.
func (p *Process) Await(t testing.TB, s string) {
	t.Helper()
	late := time.After(deadline)
	for {
		p.mu.Lock()
		found, more := strings.Contains(p.text.String(), s), p.more
		p.mu.Unlock()
		if found {
			return
		}
		select {
		case <-more:
		case <-p.ended:
			if !strings.Contains(p.Text(), s) {
				t.Fatalf("%s ended without printing %q:\n%s", p.cmd.Path, s, p.Text())
			}
			return
		case <-late:
			t.Fatalf("%s does not print %q:\n%s", p.cmd.Path, s, p.Text())
		}
	}
}

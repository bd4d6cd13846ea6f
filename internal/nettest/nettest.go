// Package nettest gives tests networks of their own: Linux network namespaces,
// joined by cables that a test can plug and pull, and other people's mDNS
// (Avahi) running inside. Only tests import it.
//
// It needs root; where that is missing, tests that call [New] are skipped with a
// message. Nothing is left behind when a test ends or is killed: namespaces are
// anonymous and processes die with the test. A Namespace may be used from
// several goroutines.
package nettest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// Namespace is a network of its own, at first with loopback only.
type Namespace struct {
	fd int
}

// New makes a namespace whose loopback is up. It lives until the test's end.
func New(t testing.TB) *Namespace {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root, to make network namespaces")
	}
	n := &Namespace{}
	err := onOwnThread(func() error {
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			return fmt.Errorf("unshare: %w", err)
		}
		var err error
		n.fd, err = unix.Open("/proc/thread-self/ns/net", unix.O_RDONLY|unix.O_CLOEXEC, 0)
		return err
	})
	if errors.Is(err, unix.EPERM) {
		t.Skip("needs the right to make network namespaces (CAP_SYS_ADMIN)")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Close(n.fd) })
	n.IP(t, "link", "set", "lo", "up")
	return n
}

// Do runs f inside the namespace and returns when f has. What f's own goroutine
// opens belongs to the namespace; goroutines that f starts do not run in it.
func (n *Namespace) Do(t testing.TB, f func()) {
	t.Helper()
	err := onOwnThread(func() error {
		if err := unix.Setns(n.fd, unix.CLONE_NEWNET); err != nil {
			return fmt.Errorf("setns: %w", err)
		}
		f()
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// onOwnThread runs f on a thread that ends with it, so that no other goroutine
// ever finds itself in f's namespace.
func onOwnThread(f func() error) error {
	failed := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends here
		ended := errors.New("nettest: the function ended its goroutine")
		defer func() { failed <- ended }()
		ended = f()
	}()
	return <-failed
}

// IP runs the ip command inside the namespace and returns what it prints.
func (n *Namespace) IP(t testing.TB, args ...string) string {
	t.Helper()
	return n.Run(t, "ip", args...)
}

// Run runs a program inside the namespace to its end, which must be a success,
// and returns its standard output.
func (n *Namespace) Run(t testing.TB, program string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	var complaint strings.Builder
	cmd.Stderr = &complaint
	var out []byte
	var err error
	n.Do(t, func() { out, err = cmd.Output() })
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", program, strings.Join(args, " "), err, &complaint)
	}
	return string(out)
}

// Port is one end of a cable.
type Port struct {
	In      *Namespace
	Name    string // of the interface
	Address string // with prefix length, e.g. "10.1.0.1/24"; may be empty
}

// Cable joins two namespaces by a veth pair and sets both ends up. Deleting one
// end's interface pulls it out of both.
func Cable(t testing.TB, a, b Port) {
	t.Helper()
	peer := fmt.Sprintf("/proc/%d/fd/%d", os.Getpid(), b.In.fd)
	a.In.IP(t, "link", "add", a.Name, "type", "veth", "peer", "name", b.Name, "netns", peer)
	a.up(t)
	b.up(t)
}

// Switch joins any number of namespaces to one network. Taking one of them off
// it does not show on the others' interfaces.
func Switch(t testing.TB, ports ...Port) {
	t.Helper()
	middle := New(t)
	middle.IP(t, "link", "add", "bridge", "type", "bridge")
	middle.IP(t, "link", "set", "bridge", "up")
	for i, p := range ports {
		socket := fmt.Sprint("socket", i)
		Cable(t, Port{In: middle, Name: socket}, p)
		middle.IP(t, "link", "set", socket, "master", "bridge")
	}
}

func (p Port) up(t testing.TB) {
	t.Helper()
	p.In.IP(t, "link", "set", p.Name, "up")
	if p.Address == "" {
		return
	}
	args := []string{"address", "add", p.Address, "dev", p.Name}
	if strings.Contains(p.Address, ":") {
		args = append(args, "nodad") // nobody else is here: usable at once
	}
	p.In.IP(t, args...)
}

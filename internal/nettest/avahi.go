package nettest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// Avahi is a private avahi-daemon with its own D-Bus inside one namespace: an
// mDNS implementation that is not ours.
type Avahi struct {
	in  *Namespace
	bus string // address of its D-Bus
}

const busConfig = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path=BUS</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow own="*"/>
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
    <allow user="*"/>
  </policy>
</busconfig>
`

const avahiConfig = `[server]
host-name=HOST
use-ipv4=yes
use-ipv6=yes
[publish]
publish-hinfo=no
publish-workstation=no
`

// StartAvahi runs avahi-daemon in the namespace under that host name (without
// ".local") and returns when it serves. It skips the test where Avahi or D-Bus
// is not installed.
func (n *Namespace) StartAvahi(t testing.TB, host string) *Avahi {
	t.Helper()
	for _, program := range []string{"avahi-daemon", "avahi-publish", "avahi-browse", "dbus-daemon"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("needs %s: apt-get install avahi-daemon avahi-utils dbus", program)
		}
	}
	dir, err := os.MkdirTemp("", "avahi") //nolint:usetesting // t.TempDir is too long for a socket's path
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	socket := filepath.Join(dir, "bus")
	a := &Avahi{in: n, bus: "unix:path=" + socket}

	config := write(t, dir, "bus.conf", "BUS", socket, busConfig)
	n.Start(t, nil, "dbus-daemon", "--nofork", "--nopidfile", "--print-address", "--config-file="+config).
		Await(t, a.bus)

	config = write(t, dir, "avahi.conf", "HOST", host, avahiConfig)
	// Where the daemon keeps its socket and pid file cannot be configured, so it
	// gets a /run of its own.
	n.Start(t, func(c *exec.Cmd) {
		a.useBus(c)
		c.SysProcAttr.Unshareflags = syscall.CLONE_NEWNS
	}, "sh", "-c", `mount -t tmpfs none /run && exec "$@"`, "sh",
		"avahi-daemon", "--file="+config, "--no-drop-root", "--no-chroot", "--no-rlimits").
		Await(t, "Server startup complete")
	return a
}

// Publish offers a service of this host until the Process is stopped, and
// returns when Avahi has announced it. Stopping it says goodbye.
func (a *Avahi) Publish(t testing.TB, instance, service string, port int, txt ...string) *Process {
	t.Helper()
	args := append([]string{"--service", instance, service, strconv.Itoa(port)}, txt...)
	p := a.in.Start(t, a.useBus, "avahi-publish", args...)
	p.Await(t, "Established under name")
	return p
}

// Browse runs avahi-browse for a service. For each instance that it resolves, once by
// each protocol and not again when it changes, it prints a line
// "=;INTERFACE;IPv4;INSTANCE;SERVICE;local;HOST;ADDRESS;PORT;TXT".
func (a *Avahi) Browse(t testing.TB, service string) *Process {
	t.Helper()
	return a.in.Start(t, a.useBus, "avahi-browse", "--parsable", "--resolve", "--no-db-lookup", service)
}

// Resolve is what Browse prints of the instances that are there now.
func (a *Avahi) Resolve(t testing.TB, service string) string {
	t.Helper()
	p := a.in.Start(t, a.useBus, "avahi-browse", "--parsable", "--resolve", "--terminate", "--no-db-lookup", service)
	p.Wait(t)
	return p.Text()
}

func (a *Avahi) useBus(c *exec.Cmd) {
	c.Env = append(os.Environ(), "DBUS_SYSTEM_BUS_ADDRESS="+a.bus)
}

func write(t testing.TB, dir, name, placeholder, value, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(text, placeholder, value)), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

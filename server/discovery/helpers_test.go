package discovery

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/grandcat/zeroconf"
)

// patienceInTests is how long a test waits for what must happen; it is no
// measure of how fast it does.
const patienceInTests = 30 * time.Second

func boardTXT(id string) []string {
	return []string{"txtvers=1", "id=" + id, "chip=esp32c3", "fw=1.2.3", "proto=1", "state=new"}
}

func at(list ...string) []netip.AddrPort {
	var all []netip.AddrPort
	for _, s := range list {
		all = append(all, netip.MustParseAddrPort(s))
	}
	return all
}

// testLink is an interface as the kernel would describe it.
func testLink(name string, flags net.Flags, prefixes ...string) link {
	l := link{iface: net.Interface{Index: len(name), Name: name, Flags: flags | net.FlagUp}}
	for _, p := range prefixes {
		l.prefixes = append(l.prefixes, netip.MustParsePrefix(p))
	}
	return l
}

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// sink collects what a Browser tells and lets a test wait for something in it.
type sink struct {
	mu     sync.Mutex
	events []event
	more   chan struct{}
}

func newSink() *sink { return &sink{more: make(chan struct{}, 1)} }

func (s *sink) take(c Change, a Announcement) {
	s.mu.Lock()
	s.events = append(s.events, event{c, a})
	s.mu.Unlock()
	select {
	case s.more <- struct{}{}:
	default:
	}
}

// await returns the first event not yet taken that satisfies ok, and drops those
// before it.
func (s *sink) await(t *testing.T, what string, ok func(event) bool) event {
	t.Helper()
	deadline := time.After(patienceInTests)
	for {
		s.mu.Lock()
		for i, ev := range s.events {
			if ok(ev) {
				s.events = s.events[i+1:]
				s.mu.Unlock()
				return ev
			}
		}
		seen := s.events
		s.mu.Unlock()
		select {
		case <-s.more:
		case <-deadline:
			t.Fatalf("not seen: %s; heard instead: %v", what, seen)
		}
	}
}

// run starts a Browser and stops it at the end of the test, after which Run must
// have returned nil.
func run(t *testing.T, b *Browser) (stop func()) {
	t.Helper()
	return runWith(t, b, func(f func()) { go f() })
}

func runWith(t *testing.T, b *Browser, start func(func())) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	start(func() { ended <- b.Run(ctx) })
	stop = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("Run: %v", err)
			}
		case <-time.After(patienceInTests):
			t.Error("Run does not return")
		}
	})
	t.Cleanup(stop)
	return stop
}

// announce publishes a board the way virtual boards do.
func announce(t *testing.T, iface, id string, port int, addresses ...string) *zeroconf.Server {
	t.Helper()
	i, err := net.InterfaceByName(iface)
	if err != nil {
		t.Fatal(err)
	}
	s, err := zeroconf.RegisterProxy(id, service, domain, port, id, addresses, boardTXT(id), []net.Interface{*i})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Shutdown)
	return s
}

// listenSignal wraps a resolve function and sends when a session that only
// listens has replaced the asking one.
func listenSignal(open resolveFunc, listening chan<- struct{}) resolveFunc {
	return func(ctx context.Context, links []link, ask bool, out chan<- *zeroconf.ServiceEntry) *session {
		s := open(ctx, links, ask, out)
		if !ask {
			select {
			case listening <- struct{}{}:
			default:
			}
		}
		return s
	}
}

package link

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"time"

	"hob/internal/wire"
)

func TestBackoffGrowsWithinItsBounds(t *testing.T) {
	for _, c := range []struct {
		failures  int
		low, high time.Duration
	}{
		{0, 250 * time.Millisecond, 500 * time.Millisecond},
		{1, 500 * time.Millisecond, time.Second},
		{2, time.Second, 2 * time.Second},
		{3, 2 * time.Second, 4 * time.Second},
		{4, 4 * time.Second, 8 * time.Second},
		{5, 7500 * time.Millisecond, 15 * time.Second},
		{6, 7500 * time.Millisecond, 15 * time.Second},
		{1 << 40, 7500 * time.Millisecond, 15 * time.Second},
	} {
		if got := backoff(c.failures, 0); got != c.low {
			t.Errorf("after %d failures at least %v, want %v", c.failures, got, c.low)
		}
		if got := backoff(c.failures, 1); got != c.high {
			t.Errorf("after %d failures at most %v, want %v", c.failures, got, c.high)
		}
	}
}

func TestBoardClockIsNeverAheadOfTheBoard(t *testing.T) {
	start := time.Now()
	var c boardClock
	c.hear(wire.Stamp{Up: 8000}, start)
	for _, x := range []struct {
		after time.Duration
		want  wire.Uptime
	}{{0, 8000}, {1500 * time.Millisecond, 9500}, {999 * time.Microsecond, 8000}, {-time.Hour, 0}} {
		if got := c.uptime(start.Add(x.after)); got != x.want {
			t.Errorf("after %v uptime %d, want %d", x.after, got, x.want)
		}
	}
	for _, x := range []struct {
		up   wire.Uptime
		want time.Duration
	}{{8000, 0}, {7000, -time.Second}, {9000, 0}, {-wire.MaxInt, -maxAge * time.Millisecond}} {
		if got := c.when(x.up).Sub(start); got != x.want {
			t.Errorf("uptime %d was %v ago, want %v", x.up, got, x.want)
		}
	}
}

func TestPeersAreComplainedAboutOnceAMinute(t *testing.T) {
	var s sparing
	now := time.Now()
	say := func(peer string, after time.Duration, want bool, suppressed int) {
		t.Helper()
		n, ok := s.allow(peer, now.Add(after))
		if ok != want || n != suppressed {
			t.Errorf("%s after %v: %v with %d suppressed, want %v with %d", peer, after, ok, n, want, suppressed)
		}
	}
	say("a", 0, true, 0)
	say("a", time.Second, false, 0)
	say("b", time.Second, true, 0)
	say("a", 59*time.Second, false, 0)
	say("a", time.Minute, true, 2)
	for i := range 10 * sparingMost {
		s.allow(fmt.Sprint("peer ", i), now.Add(2*time.Minute))
	}
	if len(s.peers) > sparingMost+1 {
		t.Errorf("%d peers are remembered", len(s.peers))
	}
}

func TestAddressBookPrefersTheNewestAndKeepsTheProven(t *testing.T) {
	var a addressBook
	ap := func(n int) netip.AddrPort {
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, 2, byte(n)}), 80)
	}
	if !a.announced([]netip.AddrPort{ap(1), ap(2), ap(3)}) {
		t.Error("new addresses are not fresh")
	}
	if a.announced([]netip.AddrPort{ap(2)}) {
		t.Error("an old address is fresh")
	}
	a.good = "192.0.2.1:80"
	want := []string{"192.0.2.2:80", "192.0.2.1:80", "10.0.0.1:80", "192.0.2.3:80"}
	if got := a.all("10.0.0.1:80", false); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	want = []string{"192.0.2.1:80", "10.0.0.1:80", "192.0.2.2:80", "192.0.2.3:80"}
	if got := a.all("10.0.0.1:80", true); !slices.Equal(got, want) {
		t.Errorf("with two boards %v, want %v", got, want)
	}
	for n := 4; n < 100; n++ {
		a.announced([]netip.AddrPort{ap(n)})
	}
	got := a.all("10.0.0.1:80", false)
	if len(got) != maxAddresses+2 || got[0] != "192.0.2.99:80" || got[1] != "192.0.2.1:80" {
		t.Errorf("a flood of announcements leaves %v", got)
	}
	if a.announced([]netip.AddrPort{{}, netip.MustParseAddrPort("0.0.0.0:80"), netip.MustParseAddrPort("192.0.2.9:0"),
		netip.MustParseAddrPort("224.0.0.251:5353")}) {
		t.Error("addresses that cannot be dialled are taken")
	}
}

func TestAddressesOfTheConfigGetAPort(t *testing.T) {
	for in, want := range map[string]string{
		"192.0.2.7": "192.0.2.7:80", "192.0.2.7:8080": "192.0.2.7:8080", "hall.example": "hall.example:80",
		"fd00::1": "[fd00::1]:80", "[fd00::1]": "[fd00::1]:80", "[fd00::1]:81": "[fd00::1]:81",
	} {
		if got := withPort(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
	for in, want := range map[string]string{"[fe80::1%eth0]:80": "[fe80::1]:80", "192.0.2.7:80": "192.0.2.7:80"} {
		if got := urlHost(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

package discovery

import (
	"net"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"hob/internal/nettest"
)

// Everything here happens in networks of the test's own.

// runIn runs a Browser inside n, with a short interval unless o has one, and
// after prepare has seen it.
func runIn(t *testing.T, n *nettest.Namespace, o Options, prepare ...func(*Browser)) (*Browser, *sink) {
	t.Helper()
	heard := newSink()
	o.Sink, o.Log = heard.take, quiet()
	if o.Interval == 0 {
		o.Interval = 6 * time.Second
	}
	o.PollInterfaces = 200 * time.Millisecond
	b := New(o)
	for _, f := range prepare {
		f(b)
	}
	runWith(t, b, func(f func()) { go n.Do(t, f) })
	return b, heard
}

func of(id string, ok func(event) bool) func(event) bool {
	return func(e event) bool { return e.about.ID == id && ok(e) }
}

func firstAt(address string) func(event) bool {
	return func(e event) bool { return e.about.Addresses[0].String() == address }
}

func TestABoardIsFoundThroughTheNetworkAndOnlyItsUsableAddressIsKept(t *testing.T) {
	t.Parallel()
	house, board := nettest.New(t), nettest.New(t)
	nettest.Cable(t, nettest.Port{In: house, Name: "eth0", Address: "10.1.0.1/24"},
		nettest.Port{In: board, Name: "wlan0", Address: "10.1.0.2/24"})
	_, heard := runIn(t, house, Options{})
	startAnnouncer(t, board, "wlan0", "hob-0b0001", 80, "127.0.0.1", "10.99.0.1", "10.1.0.2", "::1")
	ev := heard.await(t, "the board", of("hob-0b0001", func(event) bool { return true }))
	if !slices.Equal(ev.about.Addresses, at("10.1.0.2:80")) || ev.about.Interface != "eth0" {
		t.Errorf("%+v", ev.about)
	}
}

func TestLoopbackWorksWhereNothingElseIs(t *testing.T) {
	t.Parallel()
	house := nettest.New(t)
	startAnnouncer(t, house, "lo", "hob-0b0002", 4711, "127.0.0.1")
	_, heard := runIn(t, house, Options{Interface: "lo"})
	heard.await(t, "the board", of("hob-0b0002", firstAt("127.0.0.1:4711")))
}

func TestABoardThatStartsLaterIsHeardWhileOnlyListening(t *testing.T) {
	t.Parallel()
	house := nettest.New(t)
	listening := make(chan struct{}, 1)
	b, heard := runIn(t, house, Options{Interface: "lo", Interval: 30 * time.Second}, func(b *Browser) {
		b.resolve = listenSignal(b.resolve, listening)
	})
	<-listening
	startAnnouncer(t, house, "lo", "hob-0b000e", 4711, "127.0.0.1")
	heard.await(t, "the board", of("hob-0b000e", firstAt("127.0.0.1:4711")))
	if n := b.Stats().Sessions; n != 3 {
		t.Errorf("heard in session %d, expected the listening one, 3", n)
	}
}

// As ESP-IDF's mDNS does it: three questions for the board's own names, with what
// it is going to say in the authority section, and then it says it, unasked.
func TestABoardThatProbesForItsNameFirstIsFoundBeforeTheNextRound(t *testing.T) {
	t.Parallel()
	house, board := nettest.New(t), nettest.New(t)
	nettest.Cable(t, nettest.Port{In: house, Name: "eth0", Address: "10.1.0.1/24"},
		nettest.Port{In: board, Name: "wlan0", Address: "10.1.0.2/24"})
	listening := make(chan struct{}, 1)
	_, heard := runIn(t, house, Options{Interval: 60 * time.Second}, func(b *Browser) {
		b.resolve = listenSignal(b.resolve, listening)
	})
	<-listening
	air := openNoise(t, board, "10.1.0.2")
	for range 3 {
		air.send(t, packed(t, probe("hob-0b0011", 80, "10.1.0.2")))
	}
	stop := air.repeat(t, packed(t, response("hob-0b0011", 80, "10.1.0.2", boardTXT("hob-0b0011"))))
	defer stop()
	heard.await(t, "the board", of("hob-0b0011", firstAt("10.1.0.2:80")))
}

func TestABoardThatRestartsOnAnotherPortIsNoticedWhileListening(t *testing.T) {
	t.Parallel()
	house := nettest.New(t)
	listening := make(chan struct{}, 1)
	old := startAnnouncer(t, house, "lo", "hob-0b000f", 4711, "127.0.0.1")
	var session atomic.Uint64 // in which it was noticed first
	_, heard := runIn(t, house, Options{Interface: "lo", Interval: 30 * time.Second}, func(b *Browser) {
		b.resolve = listenSignal(b.resolve, listening)
		take := b.opts.Sink
		b.opts.Sink = func(c Change, a Announcement) {
			if c == Changed {
				session.CompareAndSwap(0, b.Stats().Sessions)
			}
			take(c, a)
		}
	})
	heard.await(t, "the first port", of("hob-0b000f", firstAt("127.0.0.1:4711")))
	<-listening
	old.Stop()
	startAnnouncer(t, house, "lo", "hob-0b000f", 4712, "127.0.0.1")
	ev := heard.await(t, "the second port", of("hob-0b000f", firstAt("127.0.0.1:4712")))
	if n := session.Load(); ev.change != Changed || n > 4 {
		t.Errorf("%v, in session %d", ev.change, n)
	}
}

func TestLoopbackIsLeftAloneUnlessItIsAskedFor(t *testing.T) {
	t.Parallel()
	house, board := nettest.New(t), nettest.New(t)
	nettest.Cable(t, nettest.Port{In: house, Name: "eth0", Address: "10.1.0.1/24"},
		nettest.Port{In: board, Name: "wlan0", Address: "10.1.0.2/24"})
	startAnnouncer(t, house, "lo", "hob-0b0003", 4711, "127.0.0.1")
	startAnnouncer(t, board, "wlan0", "hob-0b0004", 80, "10.1.0.2")
	b, heard := runIn(t, house, Options{})
	heard.await(t, "the board", of("hob-0b0004", func(e event) bool { return true }))
	if list := b.Boards(); len(list) != 1 {
		t.Errorf("%v", list)
	}
}

func TestABoardThatDiedWithoutAGoodbyeIsFoundElsewhere(t *testing.T) {
	t.Parallel()
	house, one, two := nettest.New(t), nettest.New(t), nettest.New(t)
	nettest.Switch(t, nettest.Port{In: house, Name: "eth0", Address: "10.1.0.1/24"},
		nettest.Port{In: one, Name: "wlan0", Address: "10.1.0.2/24"},
		nettest.Port{In: two, Name: "wlan0", Address: "10.1.0.3/24"})
	_, heard := runIn(t, house, Options{})
	first := startAnnouncer(t, one, "wlan0", "hob-0b0006", 80, "10.1.0.2")
	heard.await(t, "the first place", of("hob-0b0006", firstAt("10.1.0.2:80")))

	first.Stop()
	second := startAnnouncer(t, one, "wlan0", "hob-0b0006", 8080, "10.1.0.2")
	ev := heard.await(t, "another port", of("hob-0b0006", firstAt("10.1.0.2:8080")))
	if ev.change != Changed {
		t.Errorf("noticed only as %v", ev.change)
	}
	second.Stop()
	startAnnouncer(t, two, "wlan0", "hob-0b0006", 80, "10.1.0.3")
	ev = heard.await(t, "another address", of("hob-0b0006", firstAt("10.1.0.3:80")))
	if ev.change != Changed {
		t.Errorf("noticed only as %v", ev.change)
	}
	ev = heard.await(t, "the old places forgotten", of("hob-0b0006", func(e event) bool { return len(e.about.Addresses) == 1 }))
	if ev.about.Conflict != "" || !firstAt("10.1.0.3:80")(ev) {
		t.Errorf("%+v", ev.about)
	}
}

func TestABoardThatDiesForGoodIsGone(t *testing.T) {
	t.Parallel()
	house, board := nettest.New(t), nettest.New(t)
	nettest.Cable(t, nettest.Port{In: house, Name: "eth0", Address: "10.1.0.1/24"},
		nettest.Port{In: board, Name: "wlan0", Address: "10.1.0.2/24"})
	b, heard := runIn(t, house, Options{Interval: time.Second})
	b.SetKnown([]string{"hob-0b0007"})
	p := startAnnouncer(t, board, "wlan0", "hob-0b0007", 80, "10.1.0.2")
	heard.await(t, "the board", of("hob-0b0007", firstAt("10.1.0.2:80")))
	p.Stop()
	// One that was not heard for 3.5 s by a busy computer is gone, too, and comes back.
	heard.await(t, "its end", of("hob-0b0007", func(e event) bool {
		list := b.Boards()
		return e.change == Gone && len(list) == 1 && list[0].Gone
	}))
	startAnnouncer(t, board, "wlan0", "hob-0b0007", 80, "10.1.0.2")
	heard.await(t, "its return", of("hob-0b0007", func(e event) bool { return e.change == Appeared }))
}

func TestAnInterfaceThatComesLaterIsBrowsed(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "late0"} {
		t.Run("interface "+name, func(t *testing.T) {
			house, board := nettest.New(t), nettest.New(t)
			_, heard := runIn(t, house, Options{Interface: name, Interval: time.Hour})
			nettest.Cable(t, nettest.Port{In: house, Name: "late0", Address: "10.1.0.1/24"},
				nettest.Port{In: board, Name: "wlan0", Address: "10.1.0.2/24"})
			startAnnouncer(t, board, "wlan0", "hob-0b0008", 80, "10.1.0.2")
			heard.await(t, "the board", of("hob-0b0008", firstAt("10.1.0.2:80")))
		})
	}
}

func TestAnInterfaceThatVanishesBreaksNothing(t *testing.T) {
	t.Parallel()
	house, left, right := nettest.New(t), nettest.New(t), nettest.New(t)
	nettest.Cable(t, nettest.Port{In: house, Name: "eth0", Address: "10.1.0.1/24"},
		nettest.Port{In: left, Name: "wlan0", Address: "10.1.0.2/24"})
	nettest.Cable(t, nettest.Port{In: house, Name: "eth1", Address: "10.2.0.1/24"},
		nettest.Port{In: right, Name: "wlan0", Address: "10.2.0.2/24"})
	startAnnouncer(t, left, "wlan0", "hob-0b0009", 80, "10.1.0.2")
	startAnnouncer(t, right, "wlan0", "hob-0b000a", 80, "10.2.0.2")
	_, heard := runIn(t, house, Options{Interval: time.Second})
	heard.await(t, "the left board", of("hob-0b0009", firstAt("10.1.0.2:80")))
	house.IP(t, "link", "delete", "eth0")
	heard.await(t, "the left board's end", of("hob-0b0009", func(e event) bool { return e.change == Gone }))
	for range 3 { // on a busy computer it may be taken for gone, and comes back
		ev := heard.await(t, "the right board", of("hob-0b000a", func(e event) bool { return e.change != Gone }))
		if ev.about.Interface != "eth1" {
			t.Errorf("%v %+v", ev.change, ev.about)
		}
	}
}

func TestABoardWithNothingButLinkLocalIPv6CanBeDialled(t *testing.T) {
	t.Parallel()
	house, board := nettest.New(t), nettest.New(t)
	nettest.Cable(t, nettest.Port{In: house, Name: "eth0", Address: "fe80::1/64"},
		nettest.Port{In: board, Name: "wlan0", Address: "fe80::2/64"})
	var listener net.Listener
	board.Do(t, func() {
		var err error
		listener, err = net.Listen("tcp6", "[fe80::2%wlan0]:0")
		if err != nil {
			t.Error(err)
		}
	})
	if listener == nil {
		return
	}
	defer listener.Close()
	port := listener.Addr().(*net.TCPAddr).Port
	startAnnouncer(t, board, "wlan0", "hob-0b000b", port, "fe80::2")
	_, heard := runIn(t, house, Options{})
	ev := heard.await(t, "the board", of("hob-0b000b", func(event) bool { return true }))
	if zone := ev.about.Addresses[0].Addr().Zone(); zone != "eth0" {
		t.Errorf("zone %q", zone)
	}
	house.Do(t, func() {
		c, err := net.DialTCP("tcp6", nil, net.TCPAddrFromAddrPort(ev.about.Addresses[0]))
		if err != nil {
			t.Error(err)
			return
		}
		_ = c.Close()
	})
}

func TestTwoBoardsThatAnswerToOneIdAreAConflict(t *testing.T) {
	t.Parallel()
	house, one, two := nettest.New(t), nettest.New(t), nettest.New(t)
	nettest.Switch(t, nettest.Port{In: house, Name: "eth0", Address: "10.1.0.1/24"},
		nettest.Port{In: one, Name: "wlan0", Address: "10.1.0.2/24"},
		nettest.Port{In: two, Name: "wlan0", Address: "10.1.0.3/24"})
	_, heard := runIn(t, house, Options{})
	startAnnouncer(t, one, "wlan0", "hob-0b000c", 80, "10.1.0.2")
	heard.await(t, "one of them", of("hob-0b000c", func(event) bool { return true }))
	startAnnouncer(t, two, "wlan0", "hob-0b000c", 80, "10.1.0.3")
	ev := heard.await(t, "the conflict", of("hob-0b000c", func(e event) bool { return e.about.Conflict != "" }))
	if len(ev.about.Addresses) != 2 {
		t.Errorf("%+v", ev.about)
	}
}

// A neighbour may send what it likes, as fast as it can.
func TestHostileNeighboursDoNotHideABoard(t *testing.T) {
	t.Parallel()
	house, board, enemy := nettest.New(t), nettest.New(t), nettest.New(t)
	nettest.Switch(t, nettest.Port{In: house, Name: "eth0", Address: "10.1.0.1/24"},
		nettest.Port{In: board, Name: "wlan0", Address: "10.1.0.2/24"},
		nettest.Port{In: enemy, Name: "eth0", Address: "10.1.0.3/24"})
	b, heard := runIn(t, house, Options{Interval: 3 * time.Second})
	b.SetKnown([]string{"hob-0b000d"})
	noise := openNoise(t, enemy, "10.1.0.3")
	attack := func() {
		for n := range 3 * maxPerSession {
			noise.send(t, hostilePacket(t, n))
		}
	}
	attack()
	startAnnouncer(t, board, "wlan0", "hob-0b000d", 80, "10.1.0.2")
	heard.await(t, "the board", of("hob-0b000d", firstAt("10.1.0.2:80")))
	// What was sent before somebody listened, or faster than they read, is lost.
	for late := time.Now().Add(patienceInTests); ; attack() {
		s := b.Stats()
		if s.Refused[BadName] > 0 && s.Refused[TableFull] > 0 && s.Refused[OffLink] > 0 && s.Refused[NoPort] > 0 {
			break
		}
		if time.Now().After(late) {
			t.Fatalf("not all of it arrives: %+v", s)
		}
	}
	if n := len(b.Boards()); n > 101 {
		t.Errorf("%d boards listed", n)
	}
}

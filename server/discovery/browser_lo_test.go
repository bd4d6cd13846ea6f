package discovery

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hob/internal/leaktest"
)

func TestABoardOnLoopbackIsFound(t *testing.T) {
	t.Parallel()
	announce(t, "lo", "hob-0a0001", 4001, "127.0.0.1")
	heard := newSink()
	b := New(Options{Interface: "lo", Sink: heard.take, Log: quiet()})
	b.SetKnown([]string{"hob-0a0001"})
	run(t, b)
	ev := heard.await(t, "hob-0a0001", func(e event) bool { return e.about.ID == "hob-0a0001" })
	if ev.change != Appeared || !slices.Equal(ev.about.Addresses, at("127.0.0.1:4001")) ||
		ev.about.Interface != "lo" || ev.about.State != StateNew || ev.about.Chip != "esp32c3" ||
		ev.about.Firmware != "1.2.3" || ev.about.Proto != 1 || ev.about.Seen.IsZero() {
		t.Errorf("%v: %+v", ev.change, ev.about)
	}
	if list := b.Boards(); !slices.ContainsFunc(list, func(a Announcement) bool { return a.ID == "hob-0a0001" }) {
		t.Errorf("Boards() = %v", list)
	}
}

func TestManySessionsLeakNeitherGoroutinesNorDescriptors(t *testing.T) {
	announce(t, "lo", "hob-0a0004", 4004, "127.0.0.1")
	mine := func(e event) bool { return e.about.ID == "hob-0a0004" }
	browse := func(rounds int) Stats {
		heard := newSink()
		b := New(Options{Interface: "lo", Sink: heard.take, Log: quiet(), Interval: time.Second})
		b.SetKnown([]string{"hob-0a0004"})
		stop := run(t, b)
		defer stop()
		for n := range rounds {
			heard.await(t, fmt.Sprint("sighting ", n), mine)
			b.Refresh()
		}
		return b.Stats()
	}
	browse(1) // whatever announcer and runtime start once has now been started
	others := goleak.IgnoreCurrent()
	before := leaktest.Open(t)
	if n := browse(40).Sessions; n < 20 {
		t.Errorf("only %d sessions", n)
	}
	// zeroconf's readers end when their sockets are closed.
	leaktest.Goroutines(t, others)
	before.NoMore(t)
}

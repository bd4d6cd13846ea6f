package discovery

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/grandcat/zeroconf"

	"hob/internal/logtest"
)

// air stands for zeroconf and the kernel: it notes the sessions and lets a test
// announce into the open ones.
type air struct {
	mu       sync.Mutex
	links    []link
	err      error // of listing links
	fail     error // of every session
	sessions []opened
	out      chan<- *zeroconf.ServiceEntry
	live     int
}

type opened struct {
	at    time.Duration // since the start
	ask   bool
	names string
}

func (a *air) browser(o Options) *Browser {
	start := time.Now()
	if o.Log == nil {
		o.Log = quiet()
	}
	b := New(o)
	b.links = func(string) ([]link, error) {
		a.mu.Lock()
		defer a.mu.Unlock()
		return a.links, a.err
	}
	b.resolve = func(ctx context.Context, links []link, ask bool, out chan<- *zeroconf.ServiceEntry) *session {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.sessions = append(a.sessions, opened{time.Since(start), ask, names(links)})
		a.out = out
		a.live++
		ctx, cancel := context.WithCancel(ctx)
		s := &session{cancel: cancel, failed: a.fail}
		s.drained.Go(func() {
			<-ctx.Done()
			a.mu.Lock()
			defer a.mu.Unlock()
			a.live--
		})
		return s
	}
	return b
}

func (a *air) set(f func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	f()
}

func (a *air) log() []opened {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.sessions)
}

func (a *air) say(e *zeroconf.ServiceEntry) {
	a.mu.Lock()
	out := a.out
	a.mu.Unlock()
	out <- e
}

// inBubble runs f beside a running Browser in fake time.
func inBubble(t *testing.T, a *air, o Options, f func(t *testing.T, b *Browser)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := a.browser(o)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- b.Run(ctx) }()
		synctest.Wait()
		f(t, b)
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
		if a.live != 0 {
			t.Errorf("%d sessions left open", a.live)
		}
	})
}

// pass lets fake time go by.
func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

func TestARoundAsksTwiceAndThenOnlyListens(t *testing.T) {
	a := &air{links: lan()}
	inBubble(t, a, Options{}, func(t *testing.T, b *Browser) {
		pass(5 * time.Minute)
		all := a.log()
		for i, s := range all {
			if s.ask != (i%3 != 2) {
				t.Errorf("session %d asks: %v", i, s.ask)
			}
			if i%3 == 0 && i > 0 {
				if d := s.at - all[i-3].at; d < 27*time.Second || d > 33*time.Second {
					t.Errorf("round of %v", d)
				}
			}
		}
		if n := len(all); n < 27 || n > 34 {
			t.Errorf("%d sessions in 5 minutes", n)
		}
		if a.live > 1 {
			t.Errorf("%d sessions open at once", a.live)
		}
	})
}

func TestAnInterfaceThatAppearsLaterIsBrowsedAndOneThatVanishesIsNot(t *testing.T) {
	a := &air{}
	inBubble(t, a, Options{Interface: "eth0"}, func(t *testing.T, b *Browser) {
		pass(time.Minute)
		if last := a.log()[len(a.log())-1]; last.names != "" {
			t.Fatalf("browsing %q", last.names)
		}
		a.set(func() { a.links = lan() })
		pass(2 * time.Second)
		if last := a.log()[len(a.log())-1]; last.names != "eth0" || !last.ask {
			t.Fatalf("%+v", last)
		}
		a.set(func() { a.links = nil })
		pass(2 * time.Second)
		if last := a.log()[len(a.log())-1]; last.names != "" {
			t.Fatalf("still browsing %q", last.names)
		}
		a.set(func() { a.links, a.err = nil, errors.New("no buffers") })
		n := len(a.log())
		pass(time.Second)
		a.set(func() { a.links, a.err = lan(), nil })
		pass(2 * time.Second)
		if last := a.log()[len(a.log())-1]; last.names != "eth0" || len(a.log()) > n+3 {
			t.Fatalf("%+v", last)
		}
	})
}

func TestANewAddressOfAnInterfaceStartsANewRound(t *testing.T) {
	a := &air{links: lan()}
	inBubble(t, a, Options{}, func(t *testing.T, b *Browser) {
		pass(1500 * time.Millisecond) // it is the second question that is cut short
		a.set(func() { a.links = []link{testLink("eth0", lan()[0].iface.Flags, "10.7.0.1/24")} })
		pass(10 * time.Second)
		if all := a.log(); len(all) != 5 || !all[2].ask || !all[3].ask || all[4].ask {
			t.Errorf("sessions: %v", all)
		}
		a.say(entry("hob-000001", boardTXT("hob-000001"), 80, "10.7.0.9"))
		synctest.Wait()
		if len(b.Boards()) != 1 {
			t.Error("an address in the new network is refused")
		}
	})
}

func TestRefreshAsksAgainAtOnceButNotWithoutBound(t *testing.T) {
	a := &air{links: lan()}
	inBubble(t, a, Options{}, func(t *testing.T, b *Browser) {
		pass(10 * time.Second)
		n := len(a.log())
		b.Refresh()
		synctest.Wait()
		if all := a.log(); len(all) != n+1 || !all[n].ask {
			t.Fatalf("sessions: %v", all[n:])
		}
		for range 100 {
			b.Refresh()
			pass(100 * time.Millisecond)
		}
		if d := len(a.log()) - n; d > 12 {
			t.Errorf("%d sessions in 10 s", d)
		}
	})
}

func TestASecondPlaceOfABoardIsAskedForSeveralTimes(t *testing.T) {
	a := &air{links: lan()}
	inBubble(t, a, Options{}, func(t *testing.T, b *Browser) {
		a.say(entry("hob-000001", boardTXT("hob-000001"), 80, "10.0.0.7"))
		pass(10 * time.Second)
		a.say(entry("hob-000001", boardTXT("hob-000001"), 80, "10.0.0.8"))
		n := len(a.log())
		pass(25 * time.Second)
		asked := 0
		for _, s := range a.log()[n:] {
			if s.ask {
				asked++
			}
		}
		if asked < 12 || asked > 20 {
			t.Errorf("asked %d times", asked)
		}
		if list := b.Boards(); len(list[0].Addresses) != 1 || list[0].Addresses[0].String() != "10.0.0.8:80" {
			t.Errorf("%+v", list)
		}
	})
}

func TestAProbeIsNoAnnouncementAndMakesUsAskAtOnceButNotWithoutBound(t *testing.T) {
	var text logtest.Buffer
	a := &air{links: lan()}
	o := Options{Log: slog.New(slog.NewTextHandler(&text, nil))}
	inBubble(t, a, o, func(t *testing.T, b *Browser) {
		pass(10 * time.Second)
		n := len(a.log())
		a.say(entry("hob-000001", nil, 80, "10.0.0.7"))
		synctest.Wait()
		if all := a.log(); len(all) != n+1 || !all[n].ask {
			t.Fatalf("sessions: %v", all[n:])
		}
		if s := b.Stats(); len(s.Refused) != 0 || strings.Contains(text.String(), "refused") {
			t.Errorf("a probe was refused: %+v", s)
		}
		for range 1000 {
			a.say(entry("hob-000001", nil, 80, "10.0.0.7"))
			pass(100 * time.Millisecond)
		}
		// Ten new rounds, of which each begins with two questions; without probes it is some 9 sessions.
		if d := len(a.log()) - n; d > 35 {
			t.Errorf("%d sessions in 100 s", d)
		}
	})
}

func TestASessionThatFailsIsTriedAgainSoonAndLoggedOnce(t *testing.T) {
	var text logtest.Buffer
	a := &air{links: lan(), fail: errors.New("no such device")}
	o := Options{Log: slog.New(slog.NewTextHandler(&text, nil))}
	inBubble(t, a, o, func(t *testing.T, b *Browser) {
		pass(time.Minute)
		if n := b.Stats().Failures; n < 20 {
			t.Errorf("%d tries in a minute", n)
		}
		a.set(func() { a.fail = nil })
		pass(10 * time.Second)
		if n := strings.Count(text.String(), "no such device"); n != 1 {
			t.Errorf("logged %d times", n)
		}
		if !strings.Contains(text.String(), "works again") {
			t.Error("recovery is not logged")
		}
	})
}

func TestBadAnnouncementsAreCountedAndLoggedOncePerPeerAndMinute(t *testing.T) {
	var text logtest.Buffer
	a := &air{links: lan()}
	o := Options{Log: slog.New(slog.NewTextHandler(&text, nil))}
	inBubble(t, a, o, func(t *testing.T, b *Browser) {
		for range 10 {
			a.say(entry("hob-XXXXXX\n", []string{""}, 80, "10.0.0.66"))
			a.say(entry("hob-000001", boardTXT("hob-000001"), 80, "8.8.8.8")) // not worth a line
		}
		synctest.Wait()
		if n := strings.Count(text.String(), "announcement refused"); n != 1 {
			t.Errorf("%d lines:\n%s", n, &text)
		}
		for i := range 500 {
			a.say(entry("junk", []string{""}, 80, fmt.Sprintf("10.9.%d.%d", i/250, i%250)))
		}
		synctest.Wait()
		if n := strings.Count(text.String(), "\n"); n > maxLogPeers+2 {
			t.Errorf("%d lines", n)
		}
		s := b.Stats()
		if s.Refused[BadName] != 510 || s.Refused[OffLink] != 10 || s.Heard != 520 {
			t.Errorf("%+v", s)
		}
		pass(time.Minute)
		text.Reset()
		a.say(entry("junk", []string{""}, 80, "10.0.0.66"))
		synctest.Wait()
		if n := strings.Count(text.String(), "announcement refused"); n != 1 {
			t.Errorf("a minute later: %d lines", n)
		}
	})
}

func TestAFloodOfNamesEndsTheSessionThatRemembersThem(t *testing.T) {
	a := &air{links: lan()}
	inBubble(t, a, Options{}, func(t *testing.T, b *Browser) {
		pass(10 * time.Second)
		n := len(a.log())
		for i := range maxPerSession {
			a.say(entry(fmt.Sprintf("hob-%06x", i), boardTXT(fmt.Sprintf("hob-%06x", i)), 80, "10.0.0.7"))
		}
		synctest.Wait()
		if all := a.log(); len(all) != n+1 || a.live != 1 {
			t.Errorf("%d new sessions, %d open", len(all)-n, a.live)
		}
		if n := len(b.Boards()); n != 100 {
			t.Errorf("%d unknown boards kept", n)
		}
		if n := b.Stats().Refused[TableFull]; n != maxPerSession-100 {
			t.Errorf("%d refused", n)
		}
	})
}

func TestAFloodInsideOneSecondIsCutOffUntilTheNextRound(t *testing.T) {
	a := &air{links: lan()}
	inBubble(t, a, Options{}, func(t *testing.T, b *Browser) {
		for range maxPerSession {
			a.say(entry("junk", []string{""}, 80, "10.0.0.7"))
		}
		synctest.Wait()
		if a.live != 0 || len(a.log()) != 1 {
			t.Errorf("%d sessions open, %d begun", a.live, len(a.log()))
		}
		pass(time.Second)
		if a.live != 1 {
			t.Error("deaf after a flood")
		}
	})
}

func TestTheSinkMayAskTheBrowser(t *testing.T) {
	a := &air{links: lan()}
	var b *Browser
	var heard []Announcement
	o := Options{Sink: func(c Change, an Announcement) {
		heard = append(b.Boards(), an)
		b.SetKnown([]string{an.ID})
		b.Refresh()
		_ = b.Stats()
	}}
	synctest.Test(t, func(t *testing.T) {
		b = a.browser(o)
		ctx, cancel := context.WithCancel(t.Context())
		go func() { _ = b.Run(ctx) }()
		synctest.Wait()
		a.say(entry("hob-000001", boardTXT("hob-000001"), 80, "10.0.0.7"))
		synctest.Wait()
		if len(heard) != 2 {
			t.Errorf("%v", heard)
		}
		cancel()
		synctest.Wait()
	})
}

func TestASecondRunIsRefusedAndALaterOneWorks(t *testing.T) {
	a := &air{links: lan()}
	synctest.Test(t, func(t *testing.T) {
		b := a.browser(Options{})
		for range 2 {
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			go func() { ended <- b.Run(ctx) }()
			synctest.Wait()
			if err := b.Run(ctx); !errors.Is(err, ErrRunning) {
				t.Errorf("second Run: %v", err)
			}
			cancel()
			if err := <-ended; err != nil {
				t.Error(err)
			}
		}
	})
}

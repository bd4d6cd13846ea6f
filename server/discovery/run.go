package discovery

import (
	"context"
	"log/slog"
	"time"

	"github.com/grandcat/zeroconf"
)

// maxPerSession bounds what a resolver remembers of invented names: beyond it,
// a new one takes its place.
const maxPerSession = 4096

// loop is what only Run's goroutine touches.
type loop struct {
	*Browser
	rounds      rounds
	links       []link
	poll, sweep *time.Ticker
	started     time.Time // of the round
	failing     bool      // the last session could not be started, at least in part
	probed      time.Time // when a probe made a new round follow
	spoken      throttle
}

// Run browses until ctx ends, and returns nil then. Interfaces may come and go,
// and none need exist. When Run returns, all it started has ended, except for
// goroutines of zeroconf that are about to find their socket closed.
func (b *Browser) Run(ctx context.Context) error {
	if !b.claim(true) {
		return ErrRunning
	}
	defer b.claim(false)

	l := &loop{
		Browser: b,
		rounds:  rounds{interval: b.opts.Interval},
		poll:    time.NewTicker(b.opts.PollInterfaces),
		sweep:   time.NewTicker(b.opts.Interval / 30),
	}
	defer l.poll.Stop()
	defer l.sweep.Stop()
	l.look()
	var s *session
	for ctx.Err() == nil {
		p := l.nextPhase()
		old := s
		// The new session listens before the old one is closed: no gap.
		s = l.open(ctx, p)
		if old != nil {
			old.stop()
		}
		if s.failed != nil {
			p.length = min(p.length, b.opts.Interval/15) // try again soon
		}
		l.attend(ctx, p, s)
	}
	if s != nil {
		s.stop()
	}
	return nil
}

// claim sets running, and tells whether that changed anything.
func (b *Browser) claim(running bool) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	changed := b.running != running
	b.running = running
	return changed
}

func (l *loop) nextPhase() phase {
	p := l.rounds.advance(l.undecided())
	if l.rounds.next == 1 {
		l.started = time.Now()
	}
	return p
}

func (l *loop) undecided() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.table.undecided(time.Now())
}

// open starts a session and logs when browsing begins to fail or recovers.
func (l *loop) open(ctx context.Context, p phase) *session {
	s := l.resolve(ctx, l.links, p.ask, l.entries)
	l.mu.Lock()
	l.stats.Sessions++
	if s.failed != nil {
		l.stats.Failures++
	}
	l.mu.Unlock()
	if failing := s.failed != nil; failing != l.failing {
		l.failing = failing
		if failing {
			l.log.Warn("mdns: browsing fails, at least in part", "error", s.failed)
		} else {
			l.log.Info("mdns: browsing works again")
		}
	}
	return s
}

// attend handles what happens during one phase. It returns when the phase is
// over or the interfaces have changed.
func (l *loop) attend(ctx context.Context, p phase, s *session) {
	end := time.NewTimer(p.length)
	defer end.Stop()
	for heard := 0; ; {
		select {
		case <-ctx.Done():
			return
		case <-end.C:
			return
		case e := <-l.entries:
			again := l.hearAny(e, p)
			if heard++; heard == maxPerSession {
				s.stop()
				again = true
			}
			if again {
				l.restart(end)
			}
		case <-l.refresh:
			l.restart(end)
		case <-l.sweep.C:
			l.forget()
		case <-l.poll.C:
			if l.look() {
				l.rounds.restart()
				return
			}
		}
	}
}

// restart makes a new round follow as soon as the current one is old enough, so
// that nobody can make us shout.
func (l *loop) restart(end *time.Timer) {
	l.rounds.restart()
	end.Reset(max(0, time.Until(l.started.Add(l.opts.Interval/30))))
}

// look compares the interfaces and tells whether they have changed.
func (l *loop) look() bool {
	now, err := l.Browser.links(l.opts.Interface)
	if err != nil {
		if ok, _ := l.spoken.allow("interfaces", time.Now()); ok {
			l.log.Warn("mdns: cannot list interfaces", "error", err)
		}
		return false
	}
	if l.links != nil && sameLinks(now, l.links) {
		return false
	}
	if now == nil {
		now = []link{} // nil means: never looked
		l.log.Warn("mdns: no interface to browse; waiting for one", "interface", l.opts.Interface)
	} else {
		l.log.Info("mdns: browsing", "interfaces", names(now))
	}
	l.links = now
	return true
}

// hearAny takes what zeroconf reports, and tells whether to ask anew.
func (l *loop) hearAny(e *zeroconf.ServiceEntry, p phase) bool {
	if isProbe(e) {
		return l.probe(time.Now())
	}
	return l.hear(e) && !p.ask && l.undecided()
}

// probe tells whether a probe is a reason to ask anew: once a third of an
// interval, so that whoever only ever probes makes nobody shout.
func (l *loop) probe(now time.Time) bool {
	if !l.probed.IsZero() && now.Sub(l.probed) < l.opts.Interval/3 {
		return false
	}
	l.probed = now
	return true
}

// hear takes one announcement into the table and tells the sink. It returns
// whether there was anything new in it.
func (l *loop) hear(e *zeroconf.ServiceEntry) (news bool) {
	now := time.Now()
	s, why := parse(e, l.links)
	var events []event
	l.mu.Lock()
	l.stats.Heard++
	if why == "" {
		events, why = l.table.see(s, now)
	}
	if why != "" {
		l.stats.Refused[why]++
	}
	l.mu.Unlock()
	if why != "" {
		l.refused(why, e, now)
		return false
	}
	l.tell(events, now)
	return events[len(events)-1].change != Seen
}

// refused logs. Name and peer come from the network: they are cut here, and
// quoted by the log's handler.
func (l *loop) refused(why Reason, e *zeroconf.ServiceEntry, now time.Time) {
	level := slog.LevelWarn
	if why == OffLink { // ordinary: a board of another network
		level = slog.LevelDebug
	}
	peer := peerOf(e)
	ok, last := l.spoken.allow(peer, now)
	if ok {
		l.log.Log(context.Background(), level, "mdns: announcement refused", "reason", string(why), "name", cut(e.Instance, 64), "peer", peer)
	}
	if last {
		l.log.Warn("mdns: many announcements refused; no more is said for a minute")
	}
}

func (l *loop) forget() {
	now := time.Now()
	l.mu.Lock()
	events := l.table.sweep(now)
	l.mu.Unlock()
	l.tell(events, now)
}

func (l *loop) tell(events []event, now time.Time) {
	for _, ev := range events {
		if why := ev.about.Conflict; why != "" && ev.change != Seen {
			if ok, _ := l.spoken.allow(ev.about.ID, now); ok {
				l.log.Warn("mdns: conflict", "board", ev.about.ID, "reason", why)
			}
		}
		l.opts.Sink(ev.change, ev.about)
	}
}

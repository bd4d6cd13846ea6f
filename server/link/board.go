package link

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"hob/internal/entity"
	"hob/internal/wire"
)

// settled is how long a session must have lived for its end to count as the
// first failure and not as one more.
const settled = 5 * time.Second

// board is one declared board: a loop that dials it, holds its session, and
// dials again.
type board struct {
	m    *Manager
	id   entity.BoardID
	kick chan struct{} // dial now: something has changed

	publishing sync.Mutex // held over calls of SetBoard, so that the last word is the newest

	mu        sync.Mutex // taken before a session's, never with the registry's
	declared  entity.Board
	config    wire.Config
	oversize  *entity.Said // why it is too large for the board; nil when it is not
	leases    []lease
	needs     map[entity.PointRef]entity.PointID // sensors of other boards, and their points here
	fed       map[entity.PointID]feed            // the newest of each
	shown     Status
	figures   Link
	sessions  int
	called    bool        // it has been dialled before
	trouble   entity.Said // why the configuration of the live session is refused; nothing when not
	flooding  bool        // the live session reports more often than is taken up
	kept      revision    // the last that the board took from us, and that others may have replaced
	live      *session
	addresses addressBook
	doubt     doubt
	updating  *updateJob    // nil: none is under way
	update    *UpdateStatus // of that, or of the last one
	stored    wire.Key      // the next key that the board has said it holds
	handed    time.Time     // when a key was made for it to be brought over its cable

	// unknown is a next key that the board did not take when it took the current
	// one, as after a rotation that broke. The loop's own.
	unknown wire.Key
}

func newBoard(m *Manager, d entity.Board) *board {
	b := &board{m: m, id: d.ID, kick: make(chan struct{}, 1)}
	b.shown = Status{ID: d.ID, Declared: true, State: entity.BoardOffline,
		Said: entity.Say("board_not_seen", "Not seen since the server started"), Since: time.Now()}
	if s := m.seen[d.ID]; s != nil {
		b.addresses.announced(s.Addresses)
	}
	return b
}

// declare takes over what the house says of the board now.
func (b *board) declare(d entity.Board, c wire.Config, leases []lease) {
	b.mu.Lock()
	moved := b.declared.Address != d.Address
	b.declared, b.config, b.oversize, b.leases = d, c, c.Check(), leases
	b.shown.Name = d.Name
	if b.live == nil || b.shown.Chip == "" {
		b.shown.Chip = d.Chip
	}
	s := b.live
	if s != nil {
		b.configure(s)
	}
	oversize := b.oversize
	b.mu.Unlock()
	switch {
	case s != nil && (s.attachment == nil) != (s.hello.Chip != d.Chip):
		s.declaredAnew()
	case s != nil && oversize != nil:
		b.configRefused(*oversize)
	case s != nil:
		b.showLive()
	case moved:
		b.dialNow()
	}
}

// declaredAnew ends a session whose chip has come to fit, or not to fit any more.
func (s *session) declaredAnew() {
	s.leave(parting{code: websocket.CloseNormalClosure, tell: "declared anew", again: true,
		status: entity.BoardConnecting, why: entity.Say("declared_anew", "The board's declaration has changed")})
}

// configure brings the session to the board's configuration. The caller holds b.mu.
func (b *board) configure(s *session) {
	if s.hello.Chip != b.declared.Chip {
		return
	}
	s.lease(b.leases)
	if b.oversize == nil && s.configure(b.config, b.leases) {
		b.trouble = entity.Said{}
	}
}

func (b *board) dialNow() {
	select {
	case b.kick <- struct{}{}:
	default:
	}
}

// seen takes back a wish to dial now.
func (b *board) seen() {
	select {
	case <-b.kick:
	default:
	}
}

// next says what follows a round.
type next struct {
	idle   bool // nothing to try before something changes
	again  bool // at once
	slowly bool // with the longest wait
	lived  time.Duration
}

// run dials and holds sessions until ctx ends.
func (b *board) run(ctx context.Context) {
	failures := 0
	for ctx.Err() == nil {
		started := time.Now()
		n := b.round(ctx)
		if n.lived >= settled {
			failures = 0
		}
		wait := backoff(failures, b.m.random())
		failures++
		switch {
		case n.slowly:
			wait = maxWait
		case n.again:
			wait = 0
		}
		// Announcements are free for everyone to make, so they hurry no more
		// than the shortest back-off does.
		soonest := started.Add(minWait)
		if n.idle {
			soonest = started
		}
		b.pause(ctx, n.idle, max(wait, time.Until(soonest)), soonest)
	}
}

// pause waits; a kick ends it, but not before soonest.
func (b *board) pause(ctx context.Context, idle bool, wait time.Duration, soonest time.Time) {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	timeout := timer.C
	if idle {
		timeout = nil
	}
	select {
	case <-ctx.Done():
	case <-timeout:
	case <-b.kick:
		timer.Reset(time.Until(soonest))
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
	}
}

// round tries every address with every key, in turn, and holds the first
// session that opens until it ends.
func (b *board) round(ctx context.Context) next {
	b.seen() // whatever has changed, this round sees it
	pair, err := b.m.keys.Load(b.id)
	if err != nil {
		b.m.complain("key "+string(b.id), "key cannot be read", "board", b.id, "error", err)
		b.show(entity.BoardKeyRefused, entity.Say("key_unreadable", "The server cannot read the board's key: {_error}", "_error", err))
		return next{slowly: true}
	}
	keys := b.order(pair)
	addresses := b.candidates()
	switch {
	case len(keys) == 0:
		b.unadopted(addresses)
		return next{idle: true}
	case len(addresses) == 0:
		b.show(entity.BoardOffline, entity.Say("board_not_found", "Not found on the network"))
		return next{idle: true}
	}
	b.connecting()
	var worst *reason
	for _, address := range addresses {
		o, why := b.try(ctx, address, keys)
		switch {
		case ctx.Err() != nil:
			return next{}
		case o != nil:
			if worst != nil && worst.status == entity.BoardKeyRefused {
				b.doubtful(worst.at)
			}
			b.learn(pair, o.key)
			return b.hold(ctx, o)
		case worst == nil || worst.status == entity.BoardOffline:
			worst = why
		}
	}
	worst, underWay := b.untaken(worst, pair)
	if worst.status != entity.BoardOffline && !underWay {
		b.m.complain(string(b.id)+" refused", "board cannot be linked", "board", b.id, "why", worst.why.Message)
	}
	b.publish(func() (entity.BoardStatus, entity.Said) {
		b.shown.Address = worst.at // which need not be the one that was tried last
		return worst.status, worst.why
	})
	return next{}
}

// unadopted shows a board without a key, and whether adopting it makes sense now.
func (b *board) unadopted(addresses []string) {
	var name, found string
	b.publish(func() (entity.BoardStatus, entity.Said) {
		if len(addresses) == 0 {
			return entity.BoardNotAdopted, entity.Say("no_key_not_found", "No key is stored, and it is not found on the network")
		}
		if b.shown.Address != addresses[0] {
			name, found = string(b.declared.Name), addresses[0]
		}
		b.shown.Address = addresses[0]
		return entity.BoardNotAdopted, entity.Say("no_key", "Found at {address}; adopt it with its setup code", "address", addresses[0])
	})
	if found != "" {
		b.m.log.Info("board found; adopt it with its setup code", "board", name, "address", found)
	}
}

// hold runs a session from its first frame to its end.
func (b *board) hold(ctx context.Context, o *opened) next {
	begun := time.Now()
	if err := b.m.keys.promote(b.id, o.key); err != nil {
		// Both keys stay on file and the next one is tried first.
		b.m.log.Error("the board's new key stays provisional", "board", b.id, "error", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s, err := b.begin(ctx, o, begun)
	if err != nil {
		o.conn.close(websocket.CloseGoingAway, "not declared any more")
		return next{}
	}
	stop := context.AfterFunc(ctx, func() {
		s.leave(parting{code: websocket.CloseGoingAway, tell: "server stops",
			status: entity.BoardOffline, why: entity.Say("server_stops", "The server stops")})
	})
	s.open()
	err = s.read()
	stop()
	p := s.parting(err)
	s.conn.close(p.code, p.tell)
	s.lastReport() // before its commands fail: what a board says takes a failure back
	s.end()
	s.shut()
	if p.hostile {
		b.refused(o.address, err)
	}
	b.finish(ctx, s, p)
	cancel()
	s.helpers.Wait()
	lived := time.Since(begun)
	return next{again: p.again || p.hinted && lived >= settled, slowly: p.taken, lived: lived}
}

// begin makes the session known: to the registry, which learns the points, and
// to whoever looks at the board.
func (b *board) begin(ctx context.Context, o *opened, now time.Time) (*session, error) {
	s := newSession(b, o, now)
	s.spawn = func(help func(context.Context)) { s.helpers.Go(func() { help(ctx) }) }
	b.mu.Lock()
	s.name = string(b.declared.Name)
	fits := o.hello.Chip == b.declared.Chip
	b.sessions++
	b.shown.Address, b.shown.Chip, b.shown.Firmware = o.address, o.hello.Chip, clip(o.hello.FW)
	b.figures = Link{Boot: o.hello.Boot.String(), Reset: o.hello.Reset, Config: o.hello.Config,
		Points: len(o.hello.Points), Reconnects: b.sessions - 1, Refused: b.figures.Refused, Excess: b.figures.Excess}
	b.addresses.good = o.address
	b.doubt.checked, b.doubt.checking = nil, false
	b.doubt.opened(o.hello.Boot, o.address)
	if b.kept.rev == o.hello.Config {
		s.config.kept = b.kept.leases
	}
	b.mu.Unlock()
	if fits {
		a, err := b.m.registry.Attach(b.id, o.address, clip(o.hello.FW), s, s.translate(o.hello.Points, s.clock))
		if err != nil {
			s.end()
			return nil, err
		}
		s.attachment, s.reports = a, nil // later frames are about few points
		o.hello.Points = nil             // which this stack would keep for as long as the session lasts
	}
	b.mu.Lock()
	b.live = s
	b.seen() // what came while it was dialled is no reason to hurry after it
	b.trouble, b.flooding = entity.Said{}, false
	b.configure(s)
	b.feedAll(s)
	chip, oversize := b.declared.Chip, b.oversize
	b.mu.Unlock()
	b.m.log.Info("board online", "board", s.name, "address", o.address, "firmware", clip(o.hello.FW))
	if oversize != nil {
		b.configRefused(*oversize)
	}
	b.showLive()
	b.updateNews(updateEvent{session: s})
	if fits != (o.hello.Chip == chip) { // the house has changed meanwhile
		s.declaredAnew()
	}
	return s, nil
}

// finish makes the end of a session known.
func (b *board) finish(ctx context.Context, s *session, p parting) {
	b.mu.Lock()
	b.live = nil
	b.mu.Unlock()
	b.m.log.Info("board offline", "board", s.name, "why", p.why.Message)
	if s.attachment != nil {
		s.attachment.Detach(p.status, p.why)
	}
	if ctx.Err() == nil { // else it may not be declared any more
		b.show(p.status, p.why)
	}
}

// connecting is shown before the first attempt; later ones leave the reason of
// the last failure in sight.
func (b *board) connecting() {
	b.mu.Lock()
	first := !b.called
	b.called = true
	b.mu.Unlock()
	if first {
		b.show(entity.BoardConnecting, entity.Say("calling", "The server is calling the board"))
	}
}

// refused counts and logs what a peer at an address did wrong.
func (b *board) refused(address string, err error) {
	b.mu.Lock()
	b.figures.Refused++
	b.mu.Unlock()
	b.m.complain(string(b.id)+" "+address, "board link ended", "board", b.id, "address", address, "error", err)
}

// clip bounds what a board says of itself.
func clip(s string) string {
	const most = 40
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "")
	}
	return s
}

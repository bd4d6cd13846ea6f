package link

import (
	"context"
	"crypto/sha256"
	"errors"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"hob/internal/entity"
	"hob/internal/wire"
)

// network joins managers and fake boards without sockets, so that it works in a
// bubble of fake time.
type network struct {
	mu    sync.Mutex
	hosts map[string]chan net.Conn
	// wrap, when set, stands between: the far end of a new connection is its result.
	wrap func(address string, c net.Conn) net.Conn
	// dials counts connections asked for, by address.
	dials map[string]int
}

func newNetwork() *network {
	return &network{hosts: map[string]chan net.Conn{}, dials: map[string]int{}}
}

var errNoHost = errors.New("no such host")

func (n *network) dial(ctx context.Context, address string) (net.Conn, error) {
	n.mu.Lock()
	host, wrap := n.hosts[address], n.wrap
	n.dials[address]++
	n.mu.Unlock()
	if host == nil {
		return nil, errNoHost
	}
	near, far := net.Pipe()
	if wrap != nil {
		far = wrap(address, far)
	}
	select {
	case host <- far:
		return near, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (n *network) dialled(address string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.dials[address]
}

// listen makes an address; the listener's Close takes it away.
func (n *network) listen(address string) net.Listener {
	l := &pipeListener{n: n, address: address, conns: make(chan net.Conn), closed: make(chan struct{})}
	n.mu.Lock()
	n.hosts[address] = l.conns
	n.mu.Unlock()
	return l
}

type pipeListener struct {
	n       *network
	address string
	conns   chan net.Conn
	once    sync.Once
	closed  chan struct{}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	l.once.Do(func() {
		l.n.mu.Lock()
		if l.n.hosts[l.address] == l.conns {
			delete(l.n.hosts, l.address)
		}
		l.n.mu.Unlock()
		close(l.closed)
	})
	return nil
}

func (l *pipeListener) Addr() net.Addr { return &net.TCPAddr{} }

// fakeBoard is a board as docs/wire.md has it, as far as the link can tell.
type fakeBoard struct {
	id    entity.BoardID
	chip  string
	fw    string // of the boot
	trial bool   // the firmware has not proved itself yet
	slot  int    // that it runs from; 0: the board does not say

	mu        sync.Mutex
	boot      wire.BootID
	booted    time.Time
	current   wire.Key
	next      wire.Key
	code      wire.SetupCode // opens adoption sessions while it is not zero
	rev       string
	items     [][]byte
	points    []wire.Point
	session   *fakeSession
	opened    int // sessions that were authenticated
	lastID    int64
	frames    []wire.ServerFrame // everything but pings
	silent    bool               // answers nothing any more
	refuse    string             // config_error code for the next configuration
	intercept func(*fakeSession, wire.ServerFrame) bool

	listener net.Listener
	server   *http.Server
	ended    chan struct{}
	open     sync.WaitGroup
	live     map[*websocket.Conn]bool
}

type fakeSession struct {
	b     *fakeBoard
	ws    *websocket.Conn
	wmu   chan struct{} // a mutex that a bubble of fake time understands
	noise *wire.Session
	adopt bool
	begin *wire.ConfigBegin
	items [][]byte
}

func newFakeBoard(id entity.BoardID, key wire.Key) *fakeBoard {
	return &fakeBoard{id: id, chip: "esp32", fw: "0.1.0", boot: 0x9f3c2a11, booted: time.Now(), current: key,
		live: map[*websocket.Conn]bool{}}
}

// start serves on l until stop.
func (b *fakeBoard) start(l net.Listener) {
	b.listener, b.ended = l, make(chan struct{})
	b.server = &http.Server{Handler: http.HandlerFunc(b.serve)}
	done, server := b.ended, b.server
	go func() {
		defer close(done)
		_ = server.Serve(l)
	}()
}

// stop is a power cut: nobody is told.
func (b *fakeBoard) stop() {
	_ = b.server.Close()
	b.mu.Lock()
	for ws := range b.live {
		_ = ws.Close()
	}
	b.mu.Unlock()
	<-b.ended
	b.open.Wait()
}

func (b *fakeBoard) up() wire.Uptime { return wire.Uptime(time.Since(b.booted).Milliseconds()) }

func (b *fakeBoard) stamp() wire.Stamp { return wire.Stamp{Boot: b.boot, Up: b.up()} }

func (b *fakeBoard) serve(w http.ResponseWriter, r *http.Request) {
	up := websocket.Upgrader{Subprotocols: []string{wire.Subprotocol}, CheckOrigin: func(*http.Request) bool { return true }}
	ws, err := up.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	b.mu.Lock()
	b.live[ws] = true
	b.open.Add(1)
	b.mu.Unlock()
	defer func() {
		b.mu.Lock()
		delete(b.live, ws)
		b.mu.Unlock()
		_ = ws.Close()
		b.open.Done()
	}()
	_, msg, err := ws.ReadMessage()
	if err != nil {
		return
	}
	b.mu.Lock()
	keys := []wire.Key{b.next, b.current, b.code.Key()}
	b.mu.Unlock()
	answer, noise, which, err := wire.Respond(keys, b.id, msg)
	s := &fakeSession{b: b, ws: ws, wmu: make(chan struct{}, 1), noise: noise, adopt: which == 2}
	if err != nil {
		code := closeNoKeyFit
		if keys[0].IsZero() && keys[1].IsZero() && keys[2].IsZero() {
			code = closeNoKey
		}
		s.close(code, "no")
		return
	}
	if ws.WriteMessage(websocket.BinaryMessage, answer) != nil {
		return
	}
	s.run(which == 0)
}

func (s *fakeSession) close(code int, why string) {
	s.wmu <- struct{}{}
	defer func() { <-s.wmu }()
	_ = s.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, why), time.Now().Add(time.Second))
	_ = s.ws.Close()
}

func (s *fakeSession) run(underNext bool) {
	var d wire.Decoder
	for first := true; ; first = false {
		_, msg, err := s.ws.ReadMessage()
		if err != nil {
			return
		}
		plain, err := s.noise.Open(nil, msg)
		if err != nil {
			s.close(closeNoKeyFit, "no")
			return
		}
		f, err := d.Server(plain)
		if err != nil {
			s.close(closeBadFrame, "bad")
			return
		}
		if first {
			s.authenticated(underNext)
		}
		if !s.handle(f) {
			return
		}
	}
}

// authenticated takes over from an older session.
func (s *fakeSession) authenticated(underNext bool) {
	b := s.b
	b.mu.Lock()
	old := b.session
	b.session = s
	b.opened++
	b.lastID = 0
	if underNext {
		b.current, b.next = b.next, wire.Key{}
	}
	b.mu.Unlock()
	if old != nil {
		go old.close(closeTaken, "newer session")
	}
}

func (s *fakeSession) send(f wire.BoardFrame) {
	s.wmu <- struct{}{}
	defer func() { <-s.wmu }()
	sealed, err := s.noise.Seal(nil, f.Append(nil))
	if err == nil {
		_ = s.ws.WriteMessage(websocket.BinaryMessage, sealed)
	}
}

// handle answers a frame; false ends the session.
func (s *fakeSession) handle(f wire.ServerFrame) bool {
	b := s.b
	b.mu.Lock()
	if _, ping := f.(*wire.Ping); !ping {
		b.frames = append(b.frames, f)
	}
	silent, intercept := b.silent, b.intercept
	stamp := b.stamp()
	b.mu.Unlock()
	if silent || intercept != nil && intercept(s, f) {
		return true
	}
	switch f := f.(type) {
	case *wire.ServerHello:
		b.mu.Lock()
		hello := &wire.BoardHello{Stamp: stamp, Proto: 1, ID: b.id, Chip: b.chip, FW: b.fw, Trial: b.trial, Slot: b.slot,
			Reset: "power_on", Config: b.rev, Points: b.points, Adopt: s.adopt}
		b.mu.Unlock()
		s.send(hello)
	case *wire.Ping:
		s.send(&wire.Pong{Stamp: stamp, N: f.N})
	case *wire.ConfigBegin:
		s.begin, s.items = f, nil
	case *wire.ConfigItem:
		s.items = append(s.items, f.Item)
	case *wire.ConfigCommit:
		s.commit(stamp)
	case *wire.Command:
		s.command(f, stamp)
	case *wire.Adopt:
		b.mu.Lock()
		b.current, b.code = f.Key, wire.SetupCode{}
		b.mu.Unlock()
		s.send(&wire.Adopted{Stamp: stamp})
		s.close(closeNewKey, "adopted")
		return false
	case *wire.Rotate:
		b.mu.Lock()
		b.next = f.Key
		b.mu.Unlock()
		s.send(&wire.Rotated{Stamp: stamp})
	case *wire.Forget:
		b.mu.Lock()
		b.current, b.next = wire.Key{}, wire.Key{}
		b.mu.Unlock()
		s.send(&wire.Forgotten{Stamp: stamp})
		s.close(closeNewKey, "forgotten")
		return false
	}
	return true
}

func (s *fakeSession) commit(stamp wire.Stamp) {
	b := s.b
	hash := sha256.New()
	for _, item := range s.items {
		hash.Write(append(item, '\n'))
	}
	b.mu.Lock()
	refuse := b.refuse
	if refuse == "" && [32]byte(hash.Sum(nil)) != s.begin.SHA256 {
		refuse = "hash_mismatch"
	}
	if refuse == "" {
		b.rev, b.items = s.begin.Rev, s.items
	}
	points := b.points
	b.mu.Unlock()
	if refuse != "" {
		s.send(&wire.ConfigError{Stamp: stamp, Rev: s.begin.Rev, Path: "items[0].pin", Code: refuse, Message: "no"})
		return
	}
	s.send(&wire.Configured{Stamp: stamp, Rev: s.begin.Rev})
	s.send(&wire.State{Stamp: stamp, Points: points})
}

// command does what it is told to a point of that name.
func (s *fakeSession) command(f *wire.Command, stamp wire.Stamp) {
	b := s.b
	b.mu.Lock()
	code, reason := wire.ResultRefused, "unknown_point"
	var changed []wire.Point
	switch {
	case f.ID <= b.lastID:
		code, reason = wire.ResultDuplicate, ""
	case stamp.Up > f.Until:
		code, reason = wire.ResultExpired, ""
	default:
		for i := range b.points {
			if p := &b.points[i]; p.ID == f.Point {
				p.Value.On, p.Up, p.Cause, p.Cmd = f.Do == entity.VerbOn, stamp.Up, wire.CauseCommand, f.ID
				changed, code, reason = []wire.Point{*p}, wire.ResultDone, ""
			}
		}
	}
	b.lastID = max(b.lastID, f.ID)
	b.mu.Unlock()
	if changed != nil {
		s.send(&wire.State{Stamp: stamp, Points: changed})
	}
	s.send(&wire.Result{Stamp: stamp, ID: f.ID, Code: code, Reason: reason})
}

// received counts the frames that match.
func received[F wire.ServerFrame](b *fakeBoard) (out []F) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, f := range b.frames {
		if f, ok := f.(F); ok {
			out = append(out, f)
		}
	}
	return out
}

func (b *fakeBoard) sessions() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.opened
}

// say sends a frame from the board's live session.
func (b *fakeBoard) say(t *testing.T, make func(wire.Stamp) wire.BoardFrame) {
	t.Helper()
	b.mu.Lock()
	s, stamp := b.session, b.stamp()
	b.mu.Unlock()
	if s == nil {
		t.Fatal("the board has no session")
	}
	s.send(make(stamp))
}

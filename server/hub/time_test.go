package hub

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"hob/internal/command"
	"hob/internal/entity"
	"hob/internal/registry"
)

// pipes is a listener whose connections are pipes in memory, so that a whole
// server fits into a synctest bubble and its hours pass at once. A pipe has no
// descriptor: every client is written by its drain, which is the path that
// stalled clients take.
type pipes struct {
	conns chan net.Conn
	once  sync.Once
	gone  chan struct{}
}

func newPipes() *pipes { return &pipes{conns: make(chan net.Conn), gone: make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.gone:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { p.once.Do(func() { close(p.gone) }); return nil }
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }

func (p *pipes) dial(context.Context, string, string) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case p.conns <- there:
		return here, nil
	case <-p.gone:
		return nil, errors.New("nobody listens")
	}
}

// inBubble runs a hub over pipes.
func inBubble(t *testing.T, test func(t *testing.T, r *rig, dial func() *websocket.Conn)) {
	synctest.Test(t, func(t *testing.T) {
		reg := registry.New(registry.Options{Epoch: "e1"})
		reg.Apply(house())
		router := command.New(command.Options{House: reg})
		h := New(Options{Source: reg, Commands: router, Shards: 2})
		l := newPipes()
		srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			h.Serve(w, r, Who{Cause: entity.Cause{Kind: entity.CauseUser}})
		})}
		go func() { _ = srv.Serve(l) }()
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan struct{})
		go func() { _ = h.Run(ctx); close(done) }()
		r := &rig{t: t, reg: reg, hub: h, board: &fakeBoard{}}
		r.attach()
		var opened []*websocket.Conn
		test(t, r, func() *websocket.Conn {
			t.Helper()
			d := websocket.Dialer{NetDialContext: l.dial, Subprotocols: []string{subprotocol}}
			ws, _, err := d.Dial("ws://hob/", nil)
			if err != nil {
				t.Fatal(err)
			}
			opened = append(opened, ws)
			return ws
		})
		for _, ws := range opened {
			_ = ws.Close()
		}
		cancel()
		<-done
		_ = srv.Close()
		router.Close()
	})
}

// drainInto reads everything and hands over what it was, until the end.
func drainInto(ws *websocket.Conn, got func([]byte)) error {
	for {
		_, b, err := ws.ReadMessage()
		if err != nil {
			return err
		}
		got(b)
	}
}

func TestAClientThatNeverSaysHelloIsSentAway(t *testing.T) {
	inBubble(t, func(t *testing.T, _ *rig, dial func() *websocket.Conn) {
		began := time.Now()
		err := drainInto(dial(), func([]byte) {})
		if !websocket.IsCloseError(err, closeNoHello) {
			t.Errorf("it ended with %v", err)
		}
		if took := time.Since(began); took != helloWithin {
			t.Errorf("after %v", took)
		}
	})
}

func TestAClientThatAnswersNoPingIsDroppedAndOneThatDoesStays(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, dial func() *websocket.Conn) {
		mute, lively := dial(), dial()
		mute.SetPingHandler(func(string) error { return nil })
		ended := make(chan time.Duration, 1)
		began := time.Now()
		for _, ws := range []*websocket.Conn{mute, lively} {
			if err := ws.WriteMessage(websocket.TextMessage, []byte(hello)); err != nil {
				t.Fatal(err)
			}
		}
		go func() { _ = drainInto(mute, func([]byte) {}); ended <- time.Since(began) }()
		go func() { _ = drainInto(lively, func([]byte) {}) }()
		if took := <-ended; took < silentFor || took > silentFor+2*pingEvery {
			t.Errorf("it was dropped after %v", took)
		}
		time.Sleep(time.Hour) // of the bubble
		if n := r.hub.Clients(); n != 1 {
			t.Errorf("%d clients are left", n)
		}
	})
}

func TestAStalledClientIsDroppedAndDelaysNobody(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, dial func() *websocket.Conn) {
		stalled, live := dial(), dial()
		for _, ws := range []*websocket.Conn{stalled, live} {
			if err := ws.WriteMessage(websocket.TextMessage, []byte(hello)); err != nil {
				t.Fatal(err)
			}
		}
		frames := make(chan struct{}, 16)
		go func() { _ = drainInto(live, func([]byte) { frames <- struct{}{} }) }()
		<-frames // the snapshot
		began := time.Now()
		r.board.press("gpio33", true)
		<-frames
		if took := time.Since(began); took != 0 {
			t.Errorf("the other waited %v", took)
		}
		time.Sleep(2 * drainWithin)
		if n := r.hub.Clients(); n != 1 {
			t.Errorf("%d clients are left", n)
		}
	})
}

func TestAClientThatPausesGetsTheNewestAndNotTheHistory(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, dial func() *websocket.Conn) {
		ws := dial()
		if err := ws.WriteMessage(websocket.TextMessage, []byte(hello)); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		const changes = 20_000 // some 3 MB of frames; the log keeps about 300 KB
		for i := range changes {
			r.board.press("gpio33", i%2 == 0)
		}
		var view folded
		n := 0
		want := r.reg.Snapshot()
		ended := make(chan error, 1)
		go func() {
			ended <- drainInto(ws, func(b []byte) {
				n++
				if err := view.take(roundTrip[message](jsonRaw(b))); err != nil {
					t.Error(err)
				}
				if view.rev >= uint64(want.Revision) {
					_ = ws.Close()
				}
			})
		}()
		if err := <-ended; err == nil {
			t.Error("it ended before it was closed")
		}
		if d := view.differs(want); d != "" {
			t.Error(d)
		}
		if n > changes/2 {
			t.Errorf("it got %d messages", n)
		}
	})
}

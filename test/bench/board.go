package main

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"hob/internal/entity"
	"hob/internal/wire"
)

// standIn is a board at the far end of a real link (docs/wire.md), in this
// process: it can change faster than pins can be driven, and its changes are
// stamped with the clock of the browsers. It has a contact, gpio33, and a
// relay, gpio16.
type standIn struct {
	id     entity.BoardID
	code   wire.SetupCode
	server *http.Server
	addr   string
	begun  time.Time

	mu     sync.Mutex
	key    wire.Key
	ws     *websocket.Conn // of the live session
	noise  *wire.Session
	config string
	door   bool
	lamp   bool
	buf    []byte
	wrote  time.Time
}

const (
	standInID   = "hob-beeeee"
	standInCode = "00000-11111-22222-33333-444444"
	doorPoint   = "gpio33"
	lampPoint   = "gpio16"
)

func newStandIn() (*standIn, error) {
	code, err := wire.ParseSetupCode(standInCode)
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	b := &standIn{id: standInID, code: code, addr: l.Addr().String(), begun: time.Now()}
	b.server = &http.Server{Handler: http.HandlerFunc(b.serve), ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = b.server.Serve(l) }() // until close
	return b, nil
}

func (b *standIn) close() {
	_ = b.server.Close()
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ws != nil {
		_ = b.ws.Close()
	}
}

func (b *standIn) stamp() wire.Stamp {
	return wire.Stamp{Boot: 0x9f3c2a11, Up: wire.Uptime(time.Since(b.begun).Milliseconds())}
}

func (b *standIn) serve(w http.ResponseWriter, r *http.Request) {
	up := websocket.Upgrader{Subprotocols: []string{wire.Subprotocol}, ReadBufferSize: 512, WriteBufferSize: 4096}
	ws, err := up.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer ws.Close()
	_, first, err := ws.ReadMessage()
	if err != nil {
		return
	}
	b.mu.Lock()
	keys := []wire.Key{b.key, b.code.Key()}
	b.mu.Unlock()
	answer, noise, which, err := wire.Respond(keys, b.id, first)
	if err != nil || ws.WriteMessage(websocket.BinaryMessage, answer) != nil {
		return
	}
	b.session(ws, noise, which == 1)
}

// session answers frames until the connection ends.
func (b *standIn) session(ws *websocket.Conn, noise *wire.Session, adopting bool) {
	var d wire.Decoder
	for {
		_, sealed, err := ws.ReadMessage()
		if err != nil {
			return
		}
		plain, err := noise.Open(nil, sealed)
		if err != nil {
			return
		}
		f, err := d.Server(plain)
		if err != nil {
			return
		}
		b.mu.Lock()
		b.ws, b.noise = ws, noise
		err = b.handle(f, adopting)
		b.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// handle answers one frame. It is called with mu held.
func (b *standIn) handle(f wire.ServerFrame, adopting bool) error {
	switch f := f.(type) {
	case *wire.ServerHello:
		hello := &wire.BoardHello{Stamp: b.stamp(), Proto: 1, ID: b.id, Chip: "esp32", FW: "0.1.0",
			Reset: "power_on", Config: b.config, Points: b.points(wire.CauseBoot), Adopt: adopting}
		if adopting {
			hello.Points = nil
		}
		return b.send(hello)
	case *wire.Ping:
		return b.send(&wire.Pong{Stamp: b.stamp(), N: f.N})
	case *wire.Adopt:
		b.key = f.Key
		return errors.Join(b.send(&wire.Adopted{Stamp: b.stamp()}), errAdopted)
	case *wire.ConfigCommit:
		b.config = f.Rev
		return errors.Join(b.send(&wire.Configured{Stamp: b.stamp(), Rev: f.Rev}),
			b.send(&wire.State{Stamp: b.stamp(), Points: b.points(wire.CauseConfig)}))
	case *wire.Command:
		if f.Point != lampPoint {
			return b.send(&wire.Result{Stamp: b.stamp(), ID: f.ID, Code: wire.ResultRefused, Reason: "unknown_point"})
		}
		b.lamp = f.Do == entity.VerbOn
		now := b.stamp()
		return errors.Join(b.send(&wire.State{Stamp: now, Points: []wire.Point{
			{ID: lampPoint, Value: entity.Value{On: b.lamp}, Up: now.Up, Cause: wire.CauseCommand, Cmd: f.ID}}}),
			b.send(&wire.Result{Stamp: now, ID: f.ID, Code: wire.ResultDone}))
	}
	return nil
}

var errAdopted = errors.New("adopted: dial again")

func (b *standIn) points(cause wire.Cause) []wire.Point {
	return []wire.Point{
		{ID: lampPoint, Value: entity.Value{On: b.lamp}, Cause: cause},
		{ID: doorPoint, Value: entity.Value{On: b.door}, Cause: cause},
	}
}

// change opens or closes the contact, in one frame and one write.
func (b *standIn) change() (begun time.Time, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.door = !b.door
	now := b.stamp()
	err = b.send(&wire.State{Stamp: now, Points: []wire.Point{
		{ID: doorPoint, Value: entity.Value{On: b.door}, Up: now.Up, Cause: wire.CauseInput}}})
	return b.wrote, err
}

// send is called with mu held. It leaves in wrote when the write began.
func (b *standIn) send(f wire.BoardFrame) error {
	if b.ws == nil {
		return errors.New("the board has no session")
	}
	plain := f.Append(b.buf[:0])
	sealed, err := b.noise.Seal(plain[:0], plain)
	if err != nil {
		return fmt.Errorf("seal: %w", err)
	}
	b.buf = sealed
	_ = b.ws.SetWriteDeadline(time.Now().Add(20 * time.Second))
	b.wrote = time.Now()
	return b.ws.WriteMessage(websocket.BinaryMessage, sealed)
}

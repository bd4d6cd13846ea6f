package link

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"hob/internal/wire"
)

// Close codes of docs/wire.md.
const (
	closeBusy     = websocket.CloseTryAgainLater
	closeBadFrame = 4000
	closeNoKeyFit = 4001
	closeNoKey    = 4002
	closeProto    = 4003
	closeTaken    = 4004
	closeSilent   = 4005
	closeNewKey   = 4006
	closeRestart  = 4007
)

const (
	goodbyeWait = 250 * time.Millisecond
	// maxReason is how much of a close reason counts, in bytes.
	maxReason = 60
	smallRead = 512
)

// buffers are shared by all connections: only a frame that is being read or
// written holds one.
type buffers struct {
	write  sync.Pool // gorilla's
	frames sync.Pool // *[]byte of wire.MaxMessage bytes
}

func newBuffers() *buffers {
	b := &buffers{}
	b.frames.New = func() any {
		buf := make([]byte, wire.MaxMessage)
		return &buf
	}
	return b
}

// conn is one connection to one board after the handshake. Read belongs to one
// goroutine, write to one at a time, close to anyone.
type conn struct {
	ws    *websocket.Conn
	out   *outlet // what ws writes to
	noise *wire.Session
	bufs  *buffers
	dec   wire.Decoder

	closing atomic.Bool
	closed  chan struct{}
}

func newConn(ws *websocket.Conn, out *outlet, noise *wire.Session, bufs *buffers) *conn {
	return &conn{ws: ws, out: out, noise: noise, bufs: bufs, closed: make(chan struct{})}
}

// fault is why we end a connection: what we tell the peer and people.
type fault struct {
	code   int // close code
	reason string
	cause  error
}

func (f *fault) Error() string { return f.reason }
func (f *fault) Unwrap() error { return f.cause }

func badFrame(cause error) *fault {
	return &fault{closeBadFrame, "bad frame: " + cause.Error(), cause}
}

// read gives the next frame, valid until the next read. The error is a *fault
// when the peer is to blame.
func (c *conn) read() (wire.BoardFrame, error) {
	kind, r, err := c.ws.NextReader()
	if errors.Is(err, websocket.ErrReadLimit) {
		return nil, badFrame(errors.New("message too long"))
	}
	if err != nil {
		return nil, err
	}
	if kind != websocket.BinaryMessage {
		return nil, badFrame(errors.New("text message"))
	}
	buf := c.bufs.frames.Get().(*[]byte)
	defer c.bufs.frames.Put(buf)
	n, err := message(r, *buf)
	if err != nil {
		return nil, err
	}
	plain, err := c.noise.Open((*buf)[:0], (*buf)[:n])
	if err != nil {
		return nil, &fault{closeNoKeyFit, "a frame did not decrypt", err}
	}
	f, err := c.dec.Board(plain)
	if err != nil {
		return nil, badFrame(err)
	}
	return f, nil
}

// message reads a whole WebSocket message, which is to fit into buf.
func message(r io.Reader, buf []byte) (n int, err error) {
	for {
		k, err := r.Read(buf[n:])
		n += k
		switch {
		case errors.Is(err, io.EOF):
			return n, nil
		case errors.Is(err, websocket.ErrReadLimit):
			return 0, badFrame(errors.New("message too long"))
		case err != nil:
			return 0, err
		case n == len(buf):
			// The limit counts compressed bytes; this one counts the others.
			if k, _ := r.Read(make([]byte, 1)); k > 0 {
				return 0, badFrame(errors.New("message too long"))
			}
		}
	}
}

// write sends one frame without waiting for the peer (see outlet). An error ends
// the connection.
func (c *conn) write(f wire.ServerFrame) error {
	buf := c.bufs.frames.Get().(*[]byte)
	defer c.bufs.frames.Put(buf)
	plain := f.Append((*buf)[:0])
	sealed, err := c.noise.Seal(plain[:0], plain)
	if err != nil {
		return fmt.Errorf("sealing %T: %w", f, err)
	}
	return c.ws.WriteMessage(websocket.BinaryMessage, sealed)
}

// close tells the peer why, if it listens, and ends the connection; code 0 says
// nothing. Only the first call counts, and the others wait for it.
func (c *conn) close(code int, reason string) {
	if !c.closing.CompareAndSwap(false, true) {
		<-c.closed
		return
	}
	defer close(c.closed)
	if code != 0 {
		reason = reason[:min(len(reason), maxReason)]
		// The peer may be gone or not reading; the deadline is short because a
		// goodbye is a courtesy.
		_ = c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, reason),
			time.Now().Add(goodbyeWait))
		c.out.finish(goodbyeWait)
	}
	_ = c.ws.Close()
}

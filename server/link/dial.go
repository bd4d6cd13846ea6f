package link

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/gorilla/websocket"

	"hob/internal/entity"
	"hob/internal/wire"
)

const (
	// openWait bounds everything from the dial to the board's hello.
	openWait = 5 * time.Second
	// dialWait bounds the TCP connection, so that a dead address does not keep
	// the next one waiting.
	dialWait = 2 * time.Second
	// maxUpgrade is the most that a peer may send before the first frame.
	maxUpgrade = 8 << 10
	// defaultPort is the port of an `address:` without one.
	defaultPort = "80"
)

// reason is why a board could not be reached, in the classes that people see.
type reason struct {
	status entity.BoardStatus
	why    entity.Said // without a full stop
	at     string      // the address
	cause  error
	keyed  bool // the handshake had begun, so another key may fare better
}

func away(address string, why entity.Said, cause error) *reason {
	return &reason{status: entity.BoardOffline, why: why, at: address, cause: cause}
}

func (r *reason) Error() string { return r.why.Message }
func (r *reason) Unwrap() error { return r.cause }

// dialer opens connections; it holds no state of any board.
type dialer struct {
	dial  func(ctx context.Context, address string) (net.Conn, error)
	bufs  *buffers
	slots chan struct{} // bounds handshakes at once
}

// open connects to an address and shakes hands. The deadline for the board's
// hello is already set on the connection. Errors are *reason, except ctx's own.
func (d *dialer) open(ctx context.Context, address string, id entity.BoardID, key wire.Key) (*conn, error) {
	raw, err := d.connect(ctx, address)
	if err != nil {
		return nil, orDone(ctx, away(address, entity.Say("no_answer", "Nothing answers at {address}", "address", address), err))
	}
	// Only now, so that dead addresses keep nobody waiting.
	select {
	case d.slots <- struct{}{}:
		defer func() { <-d.slots }()
	case <-ctx.Done():
		_ = raw.Close()
		return nil, ctx.Err()
	}
	// From here on the end of ctx closes what the handshake reads from.
	stop := context.AfterFunc(ctx, func() { _ = raw.Close() })
	c, err := d.shakeHands(ctx, raw, address, id, key)
	if !stop() || err != nil {
		_ = raw.Close()
		return nil, orDone(ctx, err)
	}
	return c, nil
}

func (d *dialer) connect(ctx context.Context, address string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, dialWait)
	defer cancel()
	return d.dial(ctx, address)
}

func (d *dialer) shakeHands(ctx context.Context, raw net.Conn, address string, id entity.BoardID, key wire.Key) (*conn, error) {
	ctx, cancel := context.WithTimeout(ctx, openWait)
	defer cancel()
	ws, out, err := d.upgrade(ctx, raw, address)
	switch {
	case errors.Is(err, errBusy):
		return nil, away(address, busyWords(address), err)
	case err != nil:
		return nil, away(address, entity.Say("no_board", "What answers at {address} is no board", "address", address), err)
	}
	ws.SetReadLimit(wire.MaxMessage)
	deadline, _ := ctx.Deadline()
	if err := ws.SetReadDeadline(deadline); err != nil {
		return nil, refusal(address, err)
	}
	noise, err := initiate(ws, id, key)
	if err != nil {
		return nil, refusal(address, err)
	}
	return newConn(ws, out, noise, d.bufs), nil
}

// upgrade makes a WebSocket of a connection that is open already, and what that
// writes to from then on.
func (d *dialer) upgrade(ctx context.Context, raw net.Conn, address string) (*websocket.Conn, *outlet, error) {
	capped := &cappedConn{Conn: raw, left: maxUpgrade}
	wd := websocket.Dialer{
		NetDialContext:  func(context.Context, string, string) (net.Conn, error) { return capped, nil },
		Subprotocols:    []string{wire.Subprotocol},
		ReadBufferSize:  smallRead,
		WriteBufferSize: wire.MaxMessage, // a message is never cut into fragments
		WriteBufferPool: &d.bufs.write,
	}
	ws, resp, err := wd.DialContext(ctx, "ws://"+urlHost(address)+"/link", nil)
	switch {
	case errors.Is(err, websocket.ErrBadHandshake) && resp.StatusCode == http.StatusServiceUnavailable:
		return nil, nil, errBusy
	case err != nil:
		return nil, nil, err
	}
	// Nobody offered compression; a peer that uses it anyway is not to be met.
	if ws.Subprotocol() != wire.Subprotocol || len(resp.Header["Sec-Websocket-Extensions"]) > 0 {
		return nil, nil, errNotALink
	}
	return ws, capped.uncap(), nil
}

var (
	errNotALink = errors.New("no " + wire.Subprotocol)
	errBusy     = errors.New("it answers 503")
)

// initiate is the server's side of the Noise handshake.
func initiate(ws *websocket.Conn, id entity.BoardID, key wire.Key) (*wire.Session, error) {
	h, first, err := wire.Initiate(key, id)
	if err != nil {
		return nil, err
	}
	if err := ws.WriteMessage(websocket.BinaryMessage, first); err != nil {
		return nil, err
	}
	kind, r, err := ws.NextReader()
	if err != nil {
		return nil, err
	}
	answer := make([]byte, wire.HandshakeSize+1)
	n, err := io.ReadFull(r, answer)
	if !errors.Is(err, io.ErrUnexpectedEOF) || kind != websocket.BinaryMessage {
		return nil, errors.Join(wire.ErrAuth, err)
	}
	return h.Finish(answer[:n])
}

// refusal says what the end of a handshake looks like. Close codes are hints
// that anybody on the network can forge; they only choose the words.
func refusal(address string, err error) *reason {
	status := entity.BoardOffline
	why := entity.Say("handshake_broke", "The board at {address} broke off the handshake", "address", address)
	var closed *websocket.CloseError
	switch {
	case !errors.As(err, &closed):
		if errors.Is(err, wire.ErrAuth) {
			status, why = entity.BoardKeyRefused, entity.Say("key_not_held", "What answers at {address} does not hold the board's key", "address", address)
		}
	case closed.Code == closeBusy:
		why = busyWords(address)
	case closed.Code == closeNoKeyFit:
		status, why = entity.BoardKeyRefused, entity.Say("key_not_accepted", "The board at {address} does not accept our key", "address", address)
	case closed.Code == closeNoKey:
		status, why = entity.BoardKeyRefused, entity.Say("key_lost", "The board at {address} has no key; adopt it again, with --replace", "address", address)
	case closed.Code == closeProto:
		why = entity.Say("other_version", "The board at {address} speaks another version of the link", "address", address)
	default:
		why = entity.Say("handshake_ended", "The board at {address} ended the handshake ({close})", "address", address, "close", closed.Code)
	}
	return &reason{status: status, why: why, at: address, cause: err, keyed: true}
}

// busyWords is the same for both ways in which a board turns a connection away.
func busyWords(address string) entity.Said {
	return entity.Say("too_busy", "What answers at {address} is busy and takes no more connections now", "address", address)
}

// orDone prefers ctx's error: who cancels is not told that the board is away.
func orDone(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// withPort is an `address:` of config.yaml with a port.
func withPort(address string) string {
	if _, _, err := net.SplitHostPort(address); err == nil {
		return address
	}
	return net.JoinHostPort(strings.Trim(address, "[]"), defaultPort)
}

// urlHost is an address as the Host header bears it: without an IPv6 zone,
// which means something on this machine only.
func urlHost(address string) string {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return address
	}
	host, _, _ = strings.Cut(host, "%")
	return net.JoinHostPort(host, port)
}

// cappedConn ends when a peer sends more than left bytes, because the standard
// library reads HTTP headers of any length. The goroutine that reads takes the
// cap off when the upgrade is over.
type cappedConn struct {
	net.Conn
	left int
	free *outlet // has no cap; nil while there is one
}

var errTooMuch = errors.New("the answer to the upgrade is too long")

func (c *cappedConn) uncap() *outlet {
	c.free = newOutlet(c.Conn)
	return c.free
}

// Read implements net.Conn.
func (c *cappedConn) Read(p []byte) (int, error) {
	if c.free != nil {
		return c.free.Read(p)
	}
	if c.left == 0 {
		return 0, errTooMuch
	}
	n, err := c.Conn.Read(p[:min(len(p), c.left)])
	c.left -= n
	return n, err
}

// Write implements net.Conn.
func (c *cappedConn) Write(p []byte) (int, error) {
	if c.free != nil {
		return c.free.Write(p)
	}
	return c.Conn.Write(p)
}

// SetWriteDeadline implements net.Conn. An outlet needs none: it never waits.
func (c *cappedConn) SetWriteDeadline(t time.Time) error {
	if c.free != nil {
		return nil
	}
	return c.Conn.SetWriteDeadline(t)
}

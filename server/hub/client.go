package hub

import (
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"hob/internal/entity"
	"hob/internal/sock"
)

const (
	sendBuffer  = 128 << 10        // SO_SNDBUF: what a stalled client costs in the kernel
	drainWithin = 15 * time.Second // something must have gone out
	mostOwn     = 64 << 10

	goodbyeWithin = time.Second
)

// client is one session. Everything it gets goes through flush, so control
// frames never land inside a frame that was cut by a short write.
type client struct {
	hub   *Hub
	shard *shard
	aud   *audience
	who   Who
	ws    *websocket.Conn
	conn  net.Conn
	quick *sock.Writer // nil when the connection has no descriptor
	peer  string

	seen atomic.Int64 // unix ms of the last thing the client sent

	mu       sync.Mutex
	joined   bool
	at       place
	rev      entity.Revision // newest revision that is sent or in rest
	rest     []byte          // goes out before anything else
	own      []byte          // whole frames for this client alone
	draining bool            // a goroutine of its own writes
	closing  bool            // nothing is added any more; ends when all is sent
	closed   bool
	drains   sync.WaitGroup
}

func newClient(h *Hub, ws *websocket.Conn, who Who, s *shard) *client {
	c := &client{hub: h, shard: s, who: who, ws: ws, conn: sock.Below(ws.NetConn()), peer: ws.RemoteAddr().String()}
	c.quick = sock.NewWriter(c.conn)
	if host, _, err := net.SplitHostPort(c.peer); err == nil {
		c.peer = host
	}
	if b, ok := c.conn.(interface{ SetWriteBuffer(int) error }); ok {
		_ = b.SetWriteBuffer(sendBuffer) // only a bound; the kernel's default works too
	}
	c.touch()
	return c
}

func (c *client) touch() { c.seen.Store(time.Now().UnixMilli()) }

func (c *client) silence() time.Duration {
	return time.Since(time.UnixMilli(c.seen.Load()))
}

// send adds a frame for this client alone and flushes. A client that sends
// requests and reads no answers is dropped.
func (c *client) send(frame []byte) {
	c.mu.Lock()
	if c.closing || c.closed {
		c.mu.Unlock()
		return
	}
	c.own = append(c.own, frame...)
	full := len(c.own) > mostOwn
	c.mu.Unlock()
	if full {
		c.drop("reads no answers")
		return
	}
	c.flush()
}

// close says goodbye. The connection ends when the client answers, or soon after.
func (c *client) close(code int, reason string) {
	c.mu.Lock()
	if c.closing || c.closed {
		c.mu.Unlock()
		return
	}
	c.closing = true
	c.own = append(c.own, closeFrame(code, reason)...)
	_ = c.conn.SetWriteDeadline(time.Now().Add(goodbyeWithin)) // also of a write that waits already
	c.mu.Unlock()
	_ = c.ws.SetReadDeadline(time.Now().Add(goodbyeWithin)) // then the read loop ends
	c.flush()
}

// drop ends the connection at once.
func (c *client) drop(reason string) {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.hub.logger.Debug("client dropped", "peer", c.peer, "reason", reason)
	_ = c.ws.Close() // its read loop notices and cleans up
}

// flush sends what there is, as far as the kernel takes it at once.
func (c *client) flush() {
	for {
		c.mu.Lock()
		if c.draining || c.closed {
			c.mu.Unlock()
			return
		}
		lagging := c.sendAll()
		c.mu.Unlock()
		if !lagging {
			return
		}
		c.hub.catchUp(c)
	}
}

// sendAll writes until nothing is left or the kernel is full. It reports
// whether the client must be caught up first. It is called with mu held.
func (c *client) sendAll() (lagging bool) {
	for {
		if lagging = c.refill(); lagging || len(c.rest) == 0 {
			c.closed = c.closing && !lagging
			return lagging
		}
		if n, err := c.tryWrite(c.rest); err != nil {
			c.closed = true
			_ = c.ws.Close() // the read loop notices and cleans up
			return false
		} else if c.rest = c.rest[n:]; len(c.rest) > 0 {
			c.draining = true
			c.drains.Go(c.drain)
			return false
		}
	}
}

// refill puts into rest what is to be sent next, when it is empty: the log from
// the client's place on, then the client's own frames. So a result comes after
// the state that it is about. It reports that the place is out of the log.
func (c *client) refill() (lagging bool) {
	if len(c.rest) > 0 {
		return false
	}
	c.rest = nil
	if c.joined && !c.closing {
		if c.aud.lagging(c.at) {
			return true
		}
		frames, after, rev := c.at.read()
		c.at = after
		if len(frames) > 0 {
			c.rest, c.rev = frames, rev
		}
	}
	if len(c.own) > 0 {
		c.rest = append(c.rest[:len(c.rest):len(c.rest)], c.own...)
		c.own = nil
	}
	return false
}

// tryWrite writes what fits into the socket's buffer, without waiting.
func (c *client) tryWrite(b []byte) (int, error) {
	if c.quick == nil {
		return 0, nil // the drain writes
	}
	return c.quick.Try(b)
}

// drain writes for a client whose socket is full until it has caught up. It is
// the only writer while it runs.
func (c *client) drain() {
	for {
		c.mu.Lock()
		lagging := c.refill()
		chunk := c.rest
		if !lagging && len(chunk) == 0 || c.closed {
			c.draining = false
			if !c.closing {
				_ = c.conn.SetWriteDeadline(time.Time{})
			}
			c.closed = c.closed || c.closing
			c.mu.Unlock()
			return
		}
		if !lagging && !c.closing {
			_ = c.conn.SetWriteDeadline(time.Now().Add(c.hub.drainWithin))
		}
		c.mu.Unlock()
		if lagging {
			c.hub.catchUp(c)
			continue
		}
		n, err := c.writeSome(chunk)
		c.mu.Lock()
		c.rest = c.rest[n:]
		c.mu.Unlock()
		if err != nil {
			c.drop("stalled: " + err.Error())
		}
	}
}

// pipeChunk is how much is written at a time where the kernel does not say what
// it takes.
const pipeChunk = 32 << 10

// writeSome waits until some of b is written, or the connection's deadline is over.
func (c *client) writeSome(b []byte) (int, error) {
	if c.quick == nil {
		return c.conn.Write(b[:min(len(b), pipeChunk)])
	}
	return c.quick.Some(b)
}

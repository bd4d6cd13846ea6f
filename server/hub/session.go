package hub

import (
	"bufio"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/gorilla/websocket"

	"hob/internal/entity"
	"hob/internal/sock"
)

// Who is the person or program behind a session, as the api found out.
type Who struct {
	Audience Audience
	Cause    entity.Cause // of the commands that it sends
	Token    uint64       // number of the token that let it in; 0 when none was needed
}

// Serve upgrades the request and returns; the session lives on in goroutines
// of the hub until the client goes or the hub stops.
func (h *Hub) Serve(w http.ResponseWriter, r *http.Request, who Who) {
	full := h.count.Add(1) > h.most
	ws, err := h.upgrader.Upgrade(quickly{w}, r, nil)
	if err != nil {
		h.count.Add(-1)
		return // Upgrade has answered
	}
	if full {
		h.count.Add(-1)
		turnAway(ws, closeTooMany, "too many connections")
		return
	}
	c := newClient(h, ws, who, h.shards[h.nextID.Add(1)%uint64(len(h.shards))])
	if code, why := h.admit(c); code != 0 {
		h.count.Add(-1)
		turnAway(ws, code, why)
	}
}

// quickly has gorilla read a connection as package sock does: whoever sends a command
// after a silence would else wake the scheduler's monitor first.
type quickly struct{ http.ResponseWriter }

// Hijack implements http.Hijacker.
func (q quickly) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(q.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	return sock.NewConn(conn), rw, nil
}

// SetToken ends the sessions of those whom a token with a lower number let in.
func (h *Hub) SetToken(number uint64) {
	h.mu.Lock()
	h.token = number
	h.mu.Unlock()
	for _, c := range h.all() { // who is not in it yet finds the number in admit
		if c.who.Token != 0 && c.who.Token < number {
			c.close(closeTokenGone, tokenGone)
		}
	}
}

const tokenGone = "the token is not valid any more"

// turnAway says why there is no session. A browser learns the reason from a
// close code only: it does not show scripts how an upgrade failed.
func turnAway(ws *websocket.Conn, code int, reason string) {
	limit := time.Now().Add(goodbyeWithin)
	_ = ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, reason), limit)
	readOut(ws.NetConn(), limit)
	_ = ws.Close()
}

// admit starts the session, or gives the close code that says why not.
func (h *Hub) admit(c *client) (code int, why string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.stopped:
		return closeGoingAway, "the server stops"
	case c.who.Token != 0 && c.who.Token < h.token:
		return closeTokenGone, tokenGone
	}
	c.shard.add(c)
	// A goroutine of its own, so that the handler's stack and buffers are freed.
	h.work.Go(c.serve)
	return 0, ""
}

// serve takes the hello, and then starts anew: what the hello needed of a stack
// would stay with each of a thousand idle sessions.
func (c *client) serve() {
	c.prepare()
	if c.readOne(&inbox{}) {
		c.hub.work.Go(c.follow)
		return
	}
	c.end()
}

// follow reads until the client goes.
func (c *client) follow() {
	var in inbox
	for c.readOne(&in) {
	}
	c.end()
}

func (c *client) prepare() {
	c.ws.SetReadLimit(mostMessage)
	c.ws.SetPingHandler(func(data string) error {
		c.touch()
		c.send(frame(framePong, []byte(data)))
		return nil
	})
	c.ws.SetPongHandler(func(string) error { c.touch(); return nil })
	c.ws.SetCloseHandler(func(code int, _ string) error {
		if code == websocket.CloseNoStatusReceived {
			code = websocket.CloseNormalClosure
		}
		c.close(code, "")
		return nil
	})
	_ = c.ws.SetReadDeadline(time.Now().Add(helloWithin))
}

// end is the end of the session.
func (c *client) end() {
	defer c.hub.leave(c)
	c.mu.Lock()
	closing := c.closing
	c.mu.Unlock()
	if closing {
		c.linger()
	}
}

// linger reads on after our goodbye, for a moment: a connection that is closed
// with bytes unread is reset, and the goodbye may be lost with it.
func (c *client) linger() {
	c.drains.Wait() // close has given it a deadline
	readOut(c.conn, time.Now().Add(goodbyeWithin))
}

// readOut reads until the other side is done. Not through a websocket.Conn: it
// gives its first error for ever, and that may have been a deadline of ours.
func readOut(conn net.Conn, limit time.Time) {
	_ = conn.SetReadDeadline(limit)
	scrap := make([]byte, 512)
	for {
		if _, err := conn.Read(scrap); err != nil {
			return
		}
	}
}

// leave forgets a client whose connection has ended.
func (h *Hub) leave(c *client) {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	_ = c.ws.Close()
	c.drains.Wait()
	c.shard.remove(c)
	h.mu.Lock()
	delete(h.commanders, c)
	if c.joined {
		// Everybody's stays: whoever comes next finds the snapshot made.
		if c.aud.clients--; c.aud.clients == 0 && c.aud.Key != "" {
			delete(h.audiences, c.aud.Key)
		}
	}
	h.mu.Unlock()
	h.count.Add(-1)
}

// join answers a client's hello with where it stands, and has it follow its
// audience from there.
func (h *Hub) join(c *client, from *resume) {
	h.mu.Lock()
	news := h.feed()
	a := h.audiences[c.who.Audience.Key]
	if a == nil {
		a = &audience{Audience: c.who.Audience, log: newLog(h.mirror.revision)}
		h.audiences[a.Key] = a
	}
	a.clients++
	first, at, rev := h.start(a, from)
	c.mu.Lock()
	c.aud, c.joined, c.at, c.rev = a, true, at, rev
	if len(c.rest) > 0 { // pongs, which may be on their way
		first = slices.Concat(c.rest, first)
	}
	c.rest = first
	c.mu.Unlock()
	h.mu.Unlock()
	_ = c.ws.SetReadDeadline(time.Time{})
	c.flush()
	if news {
		h.distribute() // whoever brought it finds nothing left to feed
	}
}

// catchUp gives a client that fell out of the log the newest of what it missed.
func (h *Hub) catchUp(c *client) {
	h.mu.Lock()
	defer h.mu.Unlock()
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.rest) > 0 || !c.aud.lagging(c.at) {
		return // somebody else has done it, and may be in the middle of a frame
	}
	if delta, ok := h.mirror.since(c.rev, c.aud.Audience); ok {
		c.rest = delta
		c.at, c.rev = c.aud.log.end()
		c.rev = max(c.rev, h.mirror.revision)
		return
	}
	c.rest, c.at, c.rev = h.start(c.aud, nil)
}

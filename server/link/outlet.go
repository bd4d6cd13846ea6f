package link

import (
	"errors"
	"net"
	"sync"
	"time"

	"hob/internal/sock"
)

const (
	// writeWait is how long a peer may take nothing of what waits for it.
	writeWait = 5 * time.Second
	// mostWaiting is how many bytes may wait for a peer. Frames are made only while
	// none do, so more than one waits only of what the peer itself asks for: pongs.
	mostWaiting = 16 << 10
)

var errMostWaiting = errors.New("the peer takes nothing of what it asks for")

// outlet is the writing side of a connection that never waits: what the socket
// does not take at once is kept, and sent by a goroutine that lives until all of it
// has gone. So whoever has a frame writes it, and no link needs a goroutine to write
// while its peer reads. Bytes go out in the order in which they were written.
//
// It may be used from any goroutine. Read is that of the connection, for one at a time.
type outlet struct {
	net.Conn
	quick *sock.Writer // nil when the connection has no descriptor: then all of it waits

	mu      sync.Mutex
	rest    []byte        // goes out before anything else
	drained chan struct{} // closed when rest was sent, or never will be; nil when there is none
	closing bool          // the deadline stays as it is
	err     error         // why nothing more goes out
	resume  func()        // called when it was full and is so no more, or has failed
}

func newOutlet(c net.Conn) *outlet {
	return &outlet{Conn: sock.NewConn(c), quick: sock.NewWriter(c)}
}

// onRoom has f called, on a goroutine of the outlet, each time after it was full.
func (o *outlet) onRoom(f func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.resume = f
}

// full says whether something waits: then more is better made later. The error is
// why nothing goes out any more.
func (o *outlet) full() (bool, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.drained != nil, o.err
}

// Write implements net.Conn. It takes all of p or fails.
func (o *outlet) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err != nil {
		return 0, o.err
	}
	sent := 0
	if o.drained == nil && o.quick != nil {
		if sent, o.err = o.quick.Try(p); o.err != nil {
			return sent, o.err
		}
	}
	if sent == len(p) {
		return sent, nil
	}
	if len(o.rest)+len(p)-sent > mostWaiting {
		o.err = errMostWaiting
		return sent, o.err
	}
	o.rest = append(o.rest, p[sent:]...)
	if o.drained == nil {
		o.drained = make(chan struct{})
		go o.drain(o.drained)
	}
	return len(p), nil
}

// drain waits for the peer until nothing waits any more.
func (o *outlet) drain(drained chan struct{}) {
	for chunk := o.waiting(); len(chunk) > 0; chunk = o.waiting() {
		n, err := o.some(chunk)
		o.mu.Lock()
		if o.rest = o.rest[n:]; o.err == nil { // else something was lost meanwhile
			o.err = err
		}
		o.mu.Unlock()
	}
	close(drained)
	o.mu.Lock()
	resume := o.resume
	o.mu.Unlock()
	if resume != nil {
		resume()
	}
}

// some waits until the peer takes some of what waits; all of it where the kernel does
// not say how much it takes.
func (o *outlet) some(p []byte) (int, error) {
	if o.quick == nil {
		return o.Conn.Write(p)
	}
	return o.quick.Some(p)
}

// waiting is what the drain has to send now. With nothing the drain is over: what
// is written from then on begins another.
func (o *outlet) waiting() []byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	limit := time.Now().Add(writeWait)
	if len(o.rest) == 0 || o.err != nil {
		o.rest, o.drained = nil, nil
		limit = time.Time{} // else it would end a write that does not wait
	}
	if !o.closing {
		_ = o.Conn.SetWriteDeadline(limit) // fails only when the connection is closed
	}
	return o.rest // more may be appended, which changes nothing of this
}

// finish waits until all is sent, at most for so long. Nothing is to be written after it.
func (o *outlet) finish(within time.Duration) {
	o.mu.Lock()
	o.closing = true
	drained := o.drained
	if drained != nil {
		_ = o.Conn.SetWriteDeadline(time.Now().Add(within)) // also of a write that waits already
	}
	o.mu.Unlock()
	if drained != nil {
		<-drained
	}
}

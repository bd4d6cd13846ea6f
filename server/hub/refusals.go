package hub

import (
	"sync"
	"time"
)

// refusals counts what was refused and remembers whom it has logged lately, so
// that a hostile client cannot fill the log or the memory.
type refusals struct {
	mu     sync.Mutex
	count  uint64
	logged map[string]time.Time // peer -> when; at most mostPeers
}

const (
	logEvery  = time.Minute
	mostPeers = 256
)

// refused counts a bad message and logs it once per peer and minute.
func (h *Hub) refused(c *client, err error) {
	if h.refusals.note(c.peer, time.Now()) {
		h.logger.Warn("refused a message", "peer", c.peer, "error", err, "refused_so_far", h.Refused())
	}
}

// Refused is how many messages were refused since the start.
func (h *Hub) Refused() uint64 {
	h.refusals.mu.Lock()
	defer h.refusals.mu.Unlock()
	return h.refusals.count
}

// note counts, and says whether this peer is due to be logged.
func (r *refusals) note(peer string, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.count++
	if at, ok := r.logged[peer]; ok && now.Sub(at) < logEvery {
		return false
	}
	if r.logged == nil || len(r.logged) >= mostPeers {
		r.logged = map[string]time.Time{}
	}
	r.logged[peer] = now
	return true
}

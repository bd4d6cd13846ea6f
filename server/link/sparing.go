package link

import (
	"sync"
	"time"
)

const (
	sparingEvery = time.Minute
	sparingMost  = 512 // peers remembered; beyond that, a peer shares one turn with the rest
)

// sparing lets each peer be complained about once a minute, so that a hostile
// one cannot fill the log. The zero value is ready.
type sparing struct {
	mu    sync.Mutex
	peers map[string]*turn
}

type turn struct {
	since      time.Time
	suppressed int
}

// allow says whether to log now, and how often it has said no since.
func (s *sparing) allow(peer string, now time.Time) (suppressed int, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.peers == nil {
		s.peers = make(map[string]*turn)
	}
	if len(s.peers) >= sparingMost && s.peers[peer] == nil {
		for name, t := range s.peers {
			if now.Sub(t.since) >= sparingEvery {
				delete(s.peers, name)
			}
		}
		if len(s.peers) >= sparingMost {
			peer = "" // everybody else
		}
	}
	t := s.peers[peer]
	if t == nil {
		s.peers[peer] = &turn{since: now}
		return 0, true
	}
	if now.Sub(t.since) < sparingEvery {
		t.suppressed++
		return 0, false
	}
	suppressed = t.suppressed
	*t = turn{since: now}
	return suppressed, true
}

package link

import (
	"time"

	"hob/internal/wire"
)

// drift: two clocks that count the same seconds come apart by less than one part
// in so many. A crystal is good to some 50 in a million, and the system slews its
// own by up to 500.
const drift = 1000

// question is what the board has been asked, and when: it answers at once, so
// its answer was made between then and the moment at which it came.
type question struct {
	n    int64
	at   time.Time
	open bool
}

// moment is an uptime of the board's that is known to be no earlier than a time
// of ours, and later by trip at most. What a board says in between is anybody's
// guess: a frame can have waited in a buffer for as long as a link may stall.
type moment struct {
	at   time.Time // carries the monotonic clock
	up   wire.Uptime
	trip time.Duration
}

// better is the one of the two that bounds what happens from now on more closely.
// An old moment gets worse as the clocks come apart, so none is kept for good.
func (m moment) better(newer moment) moment {
	if m.at.IsZero() || newer.trip <= m.trip+newer.at.Sub(m.at)/drift {
		return newer
	}
	return m
}

// earliest is the earliest time of ours at which the board's uptime can have been
// up. It is never after now.
func (m moment) earliest(up wire.Uptime, now time.Time) time.Time {
	ahead := min(max(up-m.up, -maxAge), maxAge)
	if at := m.at.Add(time.Duration(ahead) * time.Millisecond); at.Before(now) {
		return at
	}
	return now
}

// asking notes that a ping goes out; one question at a time is enough.
func (s *session) asking(n int64, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.asked.open {
		s.asked = question{n, now, true}
	}
}

// answered takes the answer to a ping. The caller holds s.mu.
func (s *session) answered(n int64, up wire.Uptime, now time.Time) {
	if s.asked.open && n >= s.asked.n {
		s.asked.open = false
		if n == s.asked.n {
			s.known = s.known.better(moment{s.asked.at, up, now.Sub(s.asked.at)})
		}
	}
}

package discovery

import (
	"math/rand/v2"
	"time"
)

// phase is the life of one session.
type phase struct {
	ask    bool // ask who is there; otherwise only listen
	length time.Duration
}

// rounds lays out a browsing interval. zeroconf reports a name once in a
// resolver's life, so whoever has answered could move unnoticed for the rest of
// it. Therefore the asking is short, and done twice since packets get lost; for
// the remaining nine tenths a fresh resolver listens that has heard of nobody,
// and reports at once a board that starts, or starts elsewhere.
type rounds struct {
	interval time.Duration
	next     int
}

// restart makes the next phase the first of a round.
func (r *rounds) restart() { r.next = 0 }

// advance returns the next phase. In a hurry there is no listening: the round is
// a tenth as long.
func (r *rounds) advance(hurry bool) phase {
	if r.next == 2 && hurry {
		r.restart()
	}
	r.next++
	switch r.next {
	case 1:
		return phase{ask: true, length: r.interval / 30}
	case 2:
		return phase{ask: true, length: r.interval / 15}
	}
	r.restart()
	return phase{length: jitter(r.interval * 9 / 10)}
}

// jitter keeps the servers of a network from asking in step.
func jitter(d time.Duration) time.Duration {
	return d*9/10 + rand.N(d/5+1)
}

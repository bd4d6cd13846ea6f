package automation

import (
	"time"

	"hob/internal/entity"
)

// mostSirenRest is the longest pause before a siren is tried again.
const mostSirenRest = 15 * time.Second

// sounder is one siren of which something is wanted, or that may be on because of
// the alarm.
type sounder struct {
	wants    want
	touched  bool // it may be on because of us
	failures int
	retry    time.Time // not before
	asked    int       // number of the newest command
	waiting  bool      // for its end
}

// want is what a siren is to do.
type want entity.Verb

const (
	wantNothing want = ""
	wantOn           = want(entity.VerbOn)
	wantOff          = want(entity.VerbOff)
)

// want begins anew: what was asked for before does not matter any more.
func (h *sounder) want(w want) {
	h.wants, h.failures, h.retry, h.waiting = w, 0, time.Time{}, false
}

// done takes that it has done what was wanted.
func (h *sounder) done() {
	h.touched = h.wants == wantOn
	h.wants, h.waiting = wantNothing, false
}

// failed takes that it has not.
func (h *sounder) failed(now time.Time) {
	h.waiting = false
	h.failures++
	h.retry = now.Add(backoff(h.failures, mostSirenRest))
}

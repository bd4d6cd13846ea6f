package app

import (
	"context"
	"time"
)

const (
	// codeLeast is how much of the program, in bytes, has to be in memory beyond what
	// was used at once the last time, to be let go of.
	codeLeast = 4 << 20
	// codeSettle is after how long what is used at once is there again.
	codeSettle = time.Second
	// codeRest is the longest rest between two times.
	codeRest = time.Hour
)

// code is how the pages of the program's file are given back: most of those that a
// start, a reload or a thousand browsers that come at once have needed are not
// needed again. What is comes back by itself, which takes microseconds a page; so
// the rests double, lest a house in which much is in use does so every time.
type code struct {
	used  int64 // bytes that were used at once
	rest  time.Duration
	again time.Time // not before
}

// look lets go when it is time for it and worth it. It waits a moment then.
func (c *code) look(ctx context.Context, now time.Time) error {
	mapped, err := codeMapped()
	if err != nil || !c.worth(mapped, now) {
		return err
	}
	if _, err := letGoOfCode(); err != nil {
		return err
	}
	select {
	case <-time.After(codeSettle):
	case <-ctx.Done():
	}
	c.used, err = codeMapped()
	return err
}

// worth judges what is mapped, in bytes, and plans the next time when it says yes.
func (c *code) worth(mapped int64, now time.Time) bool {
	if mapped < c.used+codeLeast || now.Before(c.again) {
		return false
	}
	c.again, c.rest = now.Add(c.rest), min(2*c.rest, codeRest)
	return true
}

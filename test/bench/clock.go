package main

import "time"

// stopwatch is the one clock of a run: monotonic, and related once to wall time,
// which is what virtual boards stamp edges with.
type stopwatch struct{ base time.Time }

func newStopwatch() stopwatch { return stopwatch{time.Now()} }

// now is the time since the start of the run, in ns.
func (s stopwatch) now() int64 { return int64(time.Since(s.base)) }

// at is a time since the start of the run, in ns.
func (s stopwatch) at(t time.Time) int64 { return int64(t.Sub(s.base)) }

// wall converts a unix time in ns.
func (s stopwatch) wall(unixNS int64) int64 { return unixNS - s.base.UnixNano() }

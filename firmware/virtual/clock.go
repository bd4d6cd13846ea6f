package main

import (
	"sync"
	"time"
)

// clock is a board's uptime. It goes on while the board is frozen, as a real
// one's does. It is for use by any goroutine.
type clock struct {
	mu   sync.Mutex
	boot time.Time     // carries Go's monotonic reading: wall clock jumps do nothing
	skip time.Duration // what the control socket added
}

// restart sets the uptime to zero.
func (c *clock) restart() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.boot, c.skip = time.Now(), 0
}

// now is the uptime in whole milliseconds.
func (c *clock) now() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return uint64((time.Since(c.boot) + c.skip).Milliseconds())
}

// advance makes the uptime jump ahead.
func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.skip += d
}

package link

import (
	"time"

	"hob/internal/wire"
)

// maxAge, ten years in milliseconds, keeps what a board says of the past within
// what a time.Duration can hold.
const maxAge = 10 * 365 * 24 * 3600 * 1000

// boardClock tells a board's uptime from the newest stamp and the time since it
// came. The frame was on its way before that, so the estimate is never ahead of
// the board, and a deadline made of it is early rather than late.
type boardClock struct {
	boot wire.BootID
	up   wire.Uptime
	at   time.Time // carries the monotonic clock: no wall-clock jump matters
}

func (c *boardClock) hear(s wire.Stamp, now time.Time) {
	c.boot, c.up, c.at = s.Boot, s.Up, now
}

// uptime is the board's uptime at a time of ours; 0 before its boot.
func (c boardClock) uptime(t time.Time) wire.Uptime {
	return max(0, c.up+wire.Uptime(t.Sub(c.at).Milliseconds()))
}

// when is the time of ours at which the board's uptime was up. Nothing that a
// board reports lies in the future.
func (c boardClock) when(up wire.Uptime) time.Time {
	age := min(max(0, c.up-up), maxAge)
	return c.at.Add(-time.Duration(age) * time.Millisecond)
}

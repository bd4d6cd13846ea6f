package discovery

import "time"

// Reason says why an announcement was refused.
type Reason string

// The reasons, as they are counted and logged.
const (
	BadName   Reason = "bad_name"  // not a board id, or another than TXT says
	BadTXT    Reason = "bad_txt"   // a key is missing or malformed
	TooLarge  Reason = "too_large" // more TXT or more addresses than any board has
	NoPort    Reason = "no_port"   // port 0 or beyond 65535
	OffLink   Reason = "off_link"  // no address on a browsed interface
	TableFull Reason = "full"      // too many unknown boards
	Flood     Reason = "flood"     // one id announced far too often
)

const (
	logEvery    = time.Minute
	maxLogPeers = 64 // that are named within one logEvery
)

// throttle lets a log line through at most once per peer and minute. Who a peer
// is comes from the network and can be invented, so their number is bounded too.
type throttle struct {
	window time.Time
	logged map[string]bool
}

// allow tells whether to log about the peer now, and whether that is the last
// line of this minute.
func (t *throttle) allow(peer string, now time.Time) (ok, last bool) {
	if t.logged == nil || now.Sub(t.window) >= logEvery {
		t.window = now
		t.logged = map[string]bool{}
	}
	if t.logged[peer] || len(t.logged) >= maxLogPeers {
		return false, false
	}
	t.logged[peer] = true
	return true, len(t.logged) == maxLogPeers
}

func cut(s string, n int) string {
	if len(s) > n {
		return s[:n] + "…"
	}
	return s
}

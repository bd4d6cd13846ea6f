package discovery

import (
	"net/netip"
	"time"
)

// What a board says of itself in its TXT record's "state".
const (
	StateNew     = "new"     // it holds no key and waits to be adopted
	StateAdopted = "adopted" // it holds a key, maybe another server's
)

// Announcement is what is known of one board by mDNS alone.
type Announcement struct {
	ID       string // "hob-" and 6 to 12 lower-case hexadecimal digits
	Chip     string // chip type, e.g. "esp32c3"
	Firmware string // firmware version as the board spells it
	Proto    int    // newest link protocol that it speaks
	State    string // StateNew or StateAdopted

	// Addresses are worth dialling in this order: what appeared last comes
	// first (a board that moved), then IPv4 before IPv6. A link-local IPv6
	// address has its zone. Never empty.
	Addresses []netip.AddrPort
	Interface string    // the local interface that leads to Addresses[0]
	Seen      time.Time // when it was last heard

	// Conflict says why the id seems to belong to two boards at once; empty
	// when it does not. The addresses of both are listed.
	Conflict string
	// Gone is set when nothing was heard for several rounds. Addresses are then
	// the last ones that were heard.
	Gone bool
}

// Change says what is new about an announcement.
type Change int

// The changes that a sink hears of.
const (
	Seen     Change = iota // heard again, all as before
	Appeared               // heard for the first time, or back after Gone
	Changed                // addresses, TXT values or conflict differ
	Gone                   // not heard for several rounds
)

// String names the change for logs.
func (c Change) String() string {
	switch c {
	case Seen:
		return "seen"
	case Appeared:
		return "appeared"
	case Changed:
		return "changed"
	case Gone:
		return "gone"
	}
	return "unknown"
}

// event is one call of the sink.
type event struct {
	change Change
	about  Announcement
}

// sighting is one announcement that was understood and names at least one
// address on a link of ours.
type sighting struct {
	id, chip, firmware, state string

	proto     int
	host      string // SRV target: the same for all interfaces of one board
	renamed   bool   // the responder had to evade another owner of the name
	iface     string
	addresses []netip.AddrPort // not empty
}

package discovery

import (
	"fmt"
	"net/netip"
	"slices"
	"time"
)

// candidate is one device that announces a board's id: the addresses that
// belong together and what it says of itself.
type candidate struct {
	sighting  // the latest; its addresses are those of heard, best first
	heard     map[netip.AddrPort]time.Time
	appeared  time.Time
	seen      time.Time
	contested time.Time // last evidence that another device has the same id
}

func newCandidate(s sighting, now time.Time) *candidate {
	c := &candidate{heard: map[netip.AddrPort]time.Time{}, appeared: now}
	c.update(s, now)
	return c
}

// update takes over what s says and adds its addresses: a responder may tell
// its IPv4 and its IPv6 addresses in different packets.
func (c *candidate) update(s sighting, now time.Time) {
	for _, a := range s.addresses {
		c.heard[a] = now
	}
	c.sighting = s
	c.seen = now
	c.rank()
}

// forget drops the addresses last heard before the deadline and tells whether
// any was.
func (c *candidate) forget(before time.Time) bool {
	n := len(c.heard)
	for a, at := range c.heard {
		if at.Before(before) {
			delete(c.heard, a)
		}
	}
	if len(c.heard) == n {
		return false
	}
	c.rank()
	return true
}

// rank rebuilds the list of addresses; beyond maxAddresses the oldest and then
// the least useful ones go.
func (c *candidate) rank() {
	list := make([]netip.AddrPort, 0, len(c.heard))
	for a := range c.heard {
		list = append(list, a)
	}
	if len(list) > maxAddresses {
		slices.SortFunc(list, func(x, y netip.AddrPort) int {
			if d := c.heard[y].Compare(c.heard[x]); d != 0 {
				return d
			}
			return compareAddr(x, y)
		})
		for _, a := range list[maxAddresses:] {
			delete(c.heard, a)
		}
		list = list[:maxAddresses]
	}
	slices.SortFunc(list, compareAddr)
	c.addresses = list
}

// isSame tells whether s comes from this candidate: an address in common, or
// the other family's half of one announcement.
func (c *candidate) isSame(s sighting) bool {
	for _, a := range s.addresses {
		if _, ok := c.heard[a]; ok {
			return true
		}
	}
	return c.alike(s) && c.renamed == s.renamed && c.iface == s.iface &&
		families(c.addresses)&families(s.addresses) == 0
}

// alike tells whether both describe themselves in the same words, as one board
// with two interfaces does.
func (c *candidate) alike(s sighting) bool {
	return c.host == s.host && c.chip == s.chip && c.firmware == s.firmware && c.proto == s.proto &&
		c.addresses[0].Port() == s.addresses[0].Port()
}

// twoHomed tells whether both can be one board on two of our networks.
func (c *candidate) twoHomed(o *candidate) bool {
	return c.iface != o.iface && c.renamed == o.renamed && c.alike(o.sighting)
}

func (c *candidate) where() string {
	return fmt.Sprintf("%s (%s)", c.addresses[0], c.iface)
}

// families is a bit set: 1 IPv4, 2 IPv6.
func families(list []netip.AddrPort) int {
	set := 0
	for _, a := range list {
		if a.Addr().Is4() {
			set |= 1
		} else {
			set |= 2
		}
	}
	return set
}

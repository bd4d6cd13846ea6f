package link

import (
	"net/netip"
	"slices"
)

// maxAddresses is how many announced addresses of one board are remembered.
const maxAddresses = 8

// addressBook is where one board may be. Announcements are anybody's word:
// the newest comes first, because boards move, and then the
// address that has proved itself: a flood of inventions delays it by one call.
// Where two boards have the id, the newest would be now the one, now the other,
// and the one that proved itself comes first.
type addressBook struct {
	heard []string // announced, the newest first
	good  string   // of the last session; "" for none
}

// announced puts addresses first, in their order.
func (a *addressBook) announced(addresses []netip.AddrPort) (fresh bool) {
	var list []string
	for _, p := range addresses {
		if !p.IsValid() || p.Port() == 0 || p.Addr().IsUnspecified() || p.Addr().IsMulticast() {
			continue
		}
		s := p.String()
		if len(list) < maxAddresses && !slices.Contains(list, s) {
			list = append(list, s)
			fresh = fresh || !slices.Contains(a.heard, s)
		}
	}
	for _, s := range a.heard {
		if len(list) < maxAddresses && !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	a.heard = list
	return fresh
}

// all lists the addresses to try, in order; static is the one of config.yaml.
// With loyal the address of the last session is the first.
func (a *addressBook) all(static string, loyal bool) []string {
	newest := a.heard[:min(len(a.heard), 1)]
	if loyal {
		newest = nil
	}
	var list []string
	for _, s := range slices.Concat(newest, []string{a.good, static}, a.heard) {
		if s != "" && !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}

func (b *board) candidates() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	static := b.declared.Address
	if static != "" {
		static = withPort(static)
	}
	return b.addresses.all(static, b.doubt.isTwice())
}

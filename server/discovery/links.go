package discovery

import (
	"cmp"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
)

// link is a local interface that is browsed, with the networks it is part of.
type link struct {
	iface    net.Interface
	prefixes []netip.Prefix // own addresses with their prefix lengths
}

// usableLinks lists the interfaces to browse now: the one with that name, or,
// for "", all that are up, can multicast and are not loopback. An interface
// without an address cannot reach a board and is left out. That lo lacks the
// MULTICAST flag does not matter: the kernel delivers on it all the same.
func usableLinks(name string) ([]link, error) {
	all, err := net.Interfaces()
	if err != nil {
		return nil, fmt.Errorf("list interfaces: %w", err)
	}
	var links []link
	for _, i := range all {
		if !wanted(i, name) {
			continue
		}
		l := link{iface: i, prefixes: prefixesOf(i)}
		if len(l.prefixes) > 0 {
			links = append(links, l)
		}
	}
	return links, nil
}

func wanted(i net.Interface, name string) bool {
	if i.Flags&net.FlagUp == 0 {
		return false
	}
	if name != "" {
		return i.Name == name
	}
	return i.Flags&net.FlagMulticast != 0 && i.Flags&net.FlagLoopback == 0
}

// prefixesOf reads the interface's addresses. One that vanishes meanwhile has
// none.
func prefixesOf(i net.Interface) []netip.Prefix {
	addrs, err := i.Addrs()
	if err != nil {
		return nil
	}
	var all []netip.Prefix
	for _, a := range addrs {
		p, err := netip.ParsePrefix(a.String())
		if err == nil {
			all = append(all, p)
		}
	}
	slices.SortFunc(all, netip.Prefix.Compare)
	return all
}

// sameLinks tells whether nothing has changed that browsing depends on. Flags
// count: a cable that is plugged in again is worth a new question.
func sameLinks(a, b []link) bool {
	return slices.EqualFunc(a, b, func(x, y link) bool {
		return x.iface.Index == y.iface.Index && x.iface.Name == y.iface.Name &&
			x.iface.Flags == y.iface.Flags && slices.Equal(x.prefixes, y.prefixes)
	})
}

// withFamily picks the interfaces that have an address of that family. A bridge
// port has none for IPv4, which also keeps within the kernel's limit of
// memberships on a machine with many containers.
func withFamily(links []link, four bool) []net.Interface {
	var ifaces []net.Interface
	for _, l := range links {
		if slices.ContainsFunc(l.prefixes, func(p netip.Prefix) bool { return p.Addr().Is4() == four }) {
			ifaces = append(ifaces, l.iface)
		}
	}
	return ifaces
}

func names(links []link) string {
	list := make([]string, len(links))
	for i, l := range links {
		list[i] = l.iface.Name
	}
	return strings.Join(list, ",")
}

// reachable keeps those addresses that lie on one of links, best first, and
// names the interface of the best one. zeroconf loses the zone of a link-local
// IPv6 address, so such an address is tried on every interface that has one
// itself, and only if there is nothing better.
func reachable(addrs []netip.Addr, port uint16, links []link) ([]netip.AddrPort, string) {
	type hop struct {
		to    netip.AddrPort
		iface string
	}
	var hops, local []hop
	for _, a := range addrs {
		for _, l := range links {
			switch {
			case !l.holds(a):
			case a.Is6() && a.IsLinkLocalUnicast():
				local = append(local, hop{netip.AddrPortFrom(a.WithZone(l.iface.Name), port), l.iface.Name})
			default:
				hops = append(hops, hop{netip.AddrPortFrom(a, port), l.iface.Name})
			}
		}
	}
	if len(hops) == 0 {
		hops = local
	}
	if len(hops) == 0 {
		return nil, ""
	}
	slices.SortStableFunc(hops, func(x, y hop) int { return compareAddr(x.to, y.to) })
	list := make([]netip.AddrPort, 0, len(hops))
	for _, h := range hops {
		if len(list) < maxAddresses && !slices.Contains(list, h.to) {
			list = append(list, h.to)
		}
	}
	return list, hops[0].iface
}

// holds tells whether a can be a neighbour's (or this host's own) address on
// the link.
func (l link) holds(a netip.Addr) bool {
	if a.IsUnspecified() || a.IsMulticast() || a.IsLoopback() != (l.iface.Flags&net.FlagLoopback != 0) {
		return false
	}
	return slices.ContainsFunc(l.prefixes, func(p netip.Prefix) bool {
		return p.Contains(a) && !isEdge(p, a)
	})
}

// isEdge tells whether a is the network's own or its broadcast address (IPv4;
// networks of one or two addresses have neither).
func isEdge(p netip.Prefix, a netip.Addr) bool {
	if !a.Is4() || p.Bits() >= 31 {
		return false
	}
	return a == p.Masked().Addr() || !p.Contains(a.Next())
}

// compareAddr orders by worth: IPv4, IPv6, link-local IPv6; then by value, so
// that the order does not depend on the packet.
func compareAddr(x, y netip.AddrPort) int {
	return cmp.Or(cmp.Compare(worth(x.Addr()), worth(y.Addr())), x.Compare(y))
}

func worth(a netip.Addr) int {
	switch {
	case a.Is4() && !a.IsLinkLocalUnicast():
		return 0
	case a.Is4():
		return 1
	case !a.IsLinkLocalUnicast():
		return 2
	}
	return 3
}

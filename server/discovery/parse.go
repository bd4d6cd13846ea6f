package discovery

import (
	"net"
	"net/netip"
	"strconv"
	"strings"

	"github.com/grandcat/zeroconf"
)

// Bounds of an announcement. A board has five short TXT values and a handful of
// addresses; what is far beyond is no board.
const (
	maxTXTBytes  = 512
	maxTXTPairs  = 32
	maxAddresses = 16
)

// isProbe tells whether an entry is the question of a host that starts: whether
// anybody has its name already. ESP-IDF puts its port and address into it and no
// TXT, and zeroconf takes it for an announcement. The one that follows within a
// second has the same name, so this resolver will not report it.
func isProbe(e *zeroconf.ServiceEntry) bool { return len(e.Text) == 0 }

// parse turns what zeroconf delivers into a sighting, or says why not. Only
// addresses on one of links are kept.
func parse(e *zeroconf.ServiceEntry, links []link) (sighting, Reason) {
	if e.Port <= 0 || e.Port > 65535 {
		return sighting{}, NoPort
	}
	if len(e.AddrIPv4)+len(e.AddrIPv6) > maxAddresses {
		return sighting{}, TooLarge
	}
	txt, why := parseTXT(e.Text)
	if why != "" {
		return sighting{}, why
	}
	s, why := readTXT(txt)
	if why != "" {
		return sighting{}, why
	}
	suffix, ok := strings.CutPrefix(e.Instance, s.id)
	if !ok || suffix != "" && !isRename(suffix) {
		return sighting{}, BadName
	}
	s.renamed = suffix != ""
	s.host = cut(e.HostName, 255)
	s.addresses, s.iface = reachable(announced(e), uint16(e.Port), links)
	if len(s.addresses) == 0 {
		return sighting{}, OffLink
	}
	return s, ""
}

// parseTXT splits the strings at their first "=". As RFC 6763 (6.4) has it, keys
// ignore case, the first of equal keys counts, and a string without a key is
// passed over.
func parseTXT(text []string) (map[string]string, Reason) {
	if len(text) > maxTXTPairs {
		return nil, TooLarge
	}
	size := 0
	pairs := make(map[string]string, len(text))
	for _, s := range text {
		if size += len(s); size > maxTXTBytes {
			return nil, TooLarge
		}
		key, value, _ := strings.Cut(s, "=")
		key = strings.ToLower(key)
		if _, dup := pairs[key]; key != "" && !dup {
			pairs[key] = value
		}
	}
	return pairs, ""
}

func readTXT(txt map[string]string) (sighting, Reason) {
	proto, err := strconv.ParseUint(txt["proto"], 10, 8)
	s := sighting{id: txt["id"], chip: txt["chip"], firmware: txt["fw"], state: txt["state"], proto: int(proto)}
	switch {
	case !isID(s.id):
		return sighting{}, BadName
	case txt["txtvers"] != "1",
		err != nil || proto == 0,
		!isWord(s.chip, 16, "-_"),
		!isWord(s.firmware, 32, ".+-_"),
		s.state != StateNew && s.state != StateAdopted:
		return sighting{}, BadTXT
	}
	return s, ""
}

// announced lists the addresses of an entry; what is no address is dropped.
func announced(e *zeroconf.ServiceEntry) []netip.Addr {
	var all []netip.Addr
	for _, ips := range [][]net.IP{e.AddrIPv4, e.AddrIPv6} {
		for _, ip := range ips {
			if a, ok := netip.AddrFromSlice(ip); ok {
				all = append(all, a.Unmap())
			}
		}
	}
	return all
}

// peerOf names the sender as well as an entry allows.
func peerOf(e *zeroconf.ServiceEntry) string {
	if all := announced(e); len(all) > 0 {
		return all[0].String()
	}
	return "?"
}

// isID tells whether s has the form of a board id.
func isID(s string) bool {
	digits, ok := strings.CutPrefix(s, "hob-")
	return ok && len(digits) >= 6 && len(digits) <= 12 && strings.Trim(digits, "0123456789abcdef") == ""
}

// isWord tells whether s is 1 to longest ASCII letters, digits, and characters
// of extra.
func isWord(s string, longest int, extra string) bool {
	for _, c := range []byte(s) {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter && strings.IndexByte(extra, c) < 0 {
			return false
		}
	}
	return s != "" && len(s) <= longest
}

// isRename tells whether suffix is what a responder appends to a name that it
// found taken (RFC 6762, 9): " (2)", " #2" (Avahi) or "-2" (ESP-IDF). It comes
// with DNS escapes.
func isRename(suffix string) bool {
	s := strings.ReplaceAll(suffix, `\`, "")
	number := strings.Trim(s, " -#()")
	return (strings.HasPrefix(s, " ") || strings.HasPrefix(s, "-")) && len(number) <= 3 &&
		number != "" && strings.Trim(number, "0123456789") == ""
}

package config

import (
	"fmt"
	"net"
	"net/netip"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"hob/internal/chip"
	"hob/internal/diag"
	"hob/internal/entity"
)

// boardID is the id that a board announces.
type boardID struct {
	slot
	value entity.BoardID
}

func (f *boardID) decode(v value, _ reflect.StructTag) {
	f.hold(v)
	raw, ok := v.text("a board id such as hob-7c9ebd")
	if !ok {
		return
	}
	if !entity.ValidBoardID(raw) {
		v.problem(problem{code: diag.BadBoardID, message: fmt.Sprintf("%s is no board id", quote(raw)),
			suggestion: suggestBoardID(raw)})
		return
	}
	f.value, f.valid = entity.BoardID(raw), true
}

func suggestBoardID(raw string) string {
	bare := strings.TrimPrefix(strings.ToLower(raw), "hob")
	bare = "hob-" + strings.NewReplacer("-", "", ":", "", "_", "", " ", "").Replace(bare)
	if entity.ValidBoardID(bare) {
		return "write " + bare
	}
	return "it is on the board's label and serial log, and `hob boards` lists it: hob- and 6 to 12 hexadecimal digits"
}

// chipName is a chip that internal/chip knows.
type chipName struct {
	slot
	value chip.Chip
}

// tooSmall are chips that other firmwares run on, and this one does not.
var tooSmall = regexp.MustCompile(`(?i)^(?:esp[-_ ]?8266|esp[-_ ]?8285|esp-?(?:01|07|12)[a-z]?|d1[-_ ]?mini|nodemcu(?:v2)?|rp2040|pico|arduino[-_ ]?uno|bk72[0-9]+)$`)

func (f *chipName) decode(v value, _ reflect.StructTag) {
	f.hold(v)
	if isText(v) && tooSmall.MatchString(v.node.Value) {
		v.problem(problem{code: diag.UnknownChip, message: fmt.Sprintf("the firmware does not run on %s", quote(v.node.Value)),
			suggestion: "it needs an ESP32: " + oneOf(v.r.chipNames)})
		return
	}
	if name, ok := decodeChoice(v, v.r.chipNames, diag.UnknownChip); ok {
		f.value, f.valid = v.r.chip(name)
	}
}

// address is where to dial a board that mDNS does not reach: a host name or an
// IP address, with an optional port.
type address struct {
	slot
	value string
}

func (f *address) decode(v value, _ reflect.StructTag) {
	f.hold(v)
	raw, ok := v.text("an address such as 192.168.1.40")
	if !ok {
		return
	}
	if !validAddress(raw) {
		v.problem(problem{code: diag.BadAddress,
			message:    fmt.Sprintf("%s is no address", quote(raw)),
			suggestion: suggestAddress(raw)})
		return
	}
	f.value, f.valid = raw, true
}

func validAddress(raw string) bool {
	if validHost(raw) {
		return true
	}
	host, port, err := net.SplitHostPort(raw)
	if err != nil || !validHost(host) {
		return false
	}
	n, err := strconv.ParseUint(port, 10, 16)
	return err == nil && n > 0
}

func validHost(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		return !ip.IsMulticast() && !ip.IsUnspecified()
	}
	for label := range strings.SplitSeq(strings.TrimSuffix(host, "."), ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || strings.Trim(label, lettersAndDigits+"-") != "" {
			return false
		}
	}
	// What consists of digits and dots only was meant to be an IP address.
	return len(host) <= 253 && strings.Trim(host, "0123456789.") != ""
}

func suggestAddress(raw string) string {
	bare := raw
	for _, scheme := range []string{"http://", "https://", "ws://"} {
		bare = strings.TrimPrefix(bare, scheme)
	}
	bare, _, _ = strings.Cut(bare, "/")
	if bare != raw && validAddress(bare) {
		return "write " + bare
	}
	return "write a host name or an IP address, such as 192.168.1.40 or hall.lan:8080"
}

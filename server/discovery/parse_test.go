package discovery

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/grandcat/zeroconf"
)

func lan() []link {
	return []link{testLink("eth0", net.FlagMulticast, "10.0.0.1/24", "fd00::1/64", "fe80::1/64")}
}

func entry(instance string, txt []string, port int, addresses ...string) *zeroconf.ServiceEntry {
	e := zeroconf.NewServiceEntry(instance, service, domain)
	e.HostName, e.Port, e.Text = "host.local.", port, txt
	for _, s := range addresses {
		if ip := net.ParseIP(s); ip.To4() != nil {
			e.AddrIPv4 = append(e.AddrIPv4, ip)
		} else {
			e.AddrIPv6 = append(e.AddrIPv6, ip)
		}
	}
	return e
}

func TestAnAnnouncementIsUnderstood(t *testing.T) {
	e := entry("hob-a1b2c3", append(boardTXT("hob-a1b2c3"), "later=x", "ID=hob-ffffff", "=", "flag"), 80, "10.0.0.7")
	s, why := parse(e, lan())
	if why != "" {
		t.Fatal(why)
	}
	if s.id != "hob-a1b2c3" || s.chip != "esp32c3" || s.firmware != "1.2.3" || s.proto != 1 ||
		s.state != StateNew || s.host != "host.local." || s.renamed || s.iface != "eth0" ||
		!slices.Equal(s.addresses, at("10.0.0.7:80")) {
		t.Errorf("%+v", s)
	}
}

func TestBadAnnouncementsAreRefusedWithAReason(t *testing.T) {
	const id = "hob-a1b2c3"
	with := func(key, value string) []string {
		txt := boardTXT(id)
		for i, kv := range txt {
			if strings.HasPrefix(kv, key+"=") {
				txt[i] = key + "=" + value
			}
		}
		return txt
	}
	cases := []struct {
		name  string
		entry *zeroconf.ServiceEntry
		want  Reason
	}{
		{"empty TXT", entry(id, []string{""}, 80, "10.0.0.7"), BadName},
		{"id too short", entry("hob-a1b2c", boardTXT("hob-a1b2c"), 80, "10.0.0.7"), BadName},
		{"id too long", entry("hob-0123456789abc", boardTXT("hob-0123456789abc"), 80, "10.0.0.7"), BadName},
		{"id in upper case", entry("hob-A1B2C3", boardTXT("hob-A1B2C3"), 80, "10.0.0.7"), BadName},
		{"id with a line break", entry("hob-a1b2c3\n", boardTXT("hob-a1b2c3\n"), 80, "10.0.0.7"), BadName},
		{"instance of another board", entry("hob-ffffff", boardTXT(id), 80, "10.0.0.7"), BadName},
		{"instance that extends the id", entry(id+"4", boardTXT(id), 80, "10.0.0.7"), BadName},
		{"instance within a name", entry("x."+id, boardTXT(id), 80, "10.0.0.7"), BadName},
		{"empty instance", entry("", boardTXT(id), 80, "10.0.0.7"), BadName},
		{"later txtvers", entry(id, with("txtvers", "2"), 80, "10.0.0.7"), BadTXT},
		{"no chip", entry(id, with("chip", ""), 80, "10.0.0.7"), BadTXT},
		{"chip with markup", entry(id, with("chip", "<b>"), 80, "10.0.0.7"), BadTXT},
		{"long chip", entry(id, with("chip", strings.Repeat("e", 17)), 80, "10.0.0.7"), BadTXT},
		{"no firmware", entry(id, with("fw", ""), 80, "10.0.0.7"), BadTXT},
		{"firmware with an escape", entry(id, with("fw", "1\x1b[2J"), 80, "10.0.0.7"), BadTXT},
		{"firmware not ASCII", entry(id, with("fw", "1.é"), 80, "10.0.0.7"), BadTXT},
		{"protocol 0", entry(id, with("proto", "0"), 80, "10.0.0.7"), BadTXT},
		{"protocol too big", entry(id, with("proto", "256"), 80, "10.0.0.7"), BadTXT},
		{"protocol no number", entry(id, with("proto", "one"), 80, "10.0.0.7"), BadTXT},
		{"unknown state", entry(id, with("state", "mine"), 80, "10.0.0.7"), BadTXT},
		{"too many pairs", entry(id, append(boardTXT(id), make([]string, 32)...), 80, "10.0.0.7"), TooLarge},
		{"too much text", entry(id, append(boardTXT(id), strings.Repeat("x", 255), strings.Repeat("y", 255)), 80, "10.0.0.7"), TooLarge},
		{"too many addresses", entry(id, boardTXT(id), 80, slices.Repeat([]string{"10.0.0.7"}, 17)...), TooLarge},
		{"port 0", entry(id, boardTXT(id), 0, "10.0.0.7"), NoPort},
		{"port beyond 16 bits", entry(id, boardTXT(id), 65536, "10.0.0.7"), NoPort},
		{"no address", entry(id, boardTXT(id), 80), OffLink},
		{"loopback", entry(id, boardTXT(id), 80, "127.0.0.1", "::1"), OffLink},
		{"another network", entry(id, boardTXT(id), 80, "10.0.1.7", "8.8.8.8", "2001:db8::1"), OffLink},
		{"broadcast", entry(id, boardTXT(id), 80, "10.0.0.255", "10.0.0.0", "255.255.255.255"), OffLink},
		{"multicast", entry(id, boardTXT(id), 80, "224.0.0.251", "ff02::fb"), OffLink},
		{"unspecified", entry(id, boardTXT(id), 80, "0.0.0.0", "::"), OffLink},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if s, why := parse(c.entry, lan()); why != c.want {
				t.Errorf("reason %q, want %q; %+v", why, c.want, s)
			}
		})
	}
}

func TestANilAddressInAnAnnouncementIsPassedOver(t *testing.T) {
	e := entry("hob-a1b2c3", boardTXT("hob-a1b2c3"), 80, "10.0.0.7")
	e.AddrIPv4 = append([]net.IP{nil, {1, 2}}, e.AddrIPv4...)
	if s, why := parse(e, lan()); why != "" || len(s.addresses) != 1 {
		t.Errorf("%q %+v", why, s)
	}
	e.AddrIPv4 = nil
	if peer := peerOf(e); peer != "?" {
		t.Errorf("peer %q", peer)
	}
}

func TestANameThatAResponderChangedIsStillThatBoard(t *testing.T) {
	for _, suffix := range []string{"-2", "-17", `\ #2`, " #2", `\ \(2\)`, " (2)", " 2"} {
		s, why := parse(entry("hob-a1b2c3"+suffix, boardTXT("hob-a1b2c3"), 80, "10.0.0.7"), lan())
		if why != "" || !s.renamed || s.id != "hob-a1b2c3" {
			t.Errorf("%q: %q %+v", suffix, why, s)
		}
	}
	for _, suffix := range []string{"-", " ", `\`, "-x", "-1234", "(2)", "#2", "- -", " two"} {
		if _, why := parse(entry("hob-a1b2c3"+suffix, boardTXT("hob-a1b2c3"), 80, "10.0.0.7"), lan()); why != BadName {
			t.Errorf("%q: %q", suffix, why)
		}
	}
}

func TestAddressesAreOrderedByWorth(t *testing.T) {
	two := append(lan(), testLink("wlan0", net.FlagMulticast, "192.168.1.1/24", "fe80::2/64", "169.254.3.3/16"))
	cases := []struct {
		announced []string
		want      []string
		iface     string
	}{
		{[]string{"fe80::7", "fd00::7", "10.0.0.7"}, []string{"10.0.0.7:80", "[fd00::7]:80"}, "eth0"},
		{[]string{"fe80::7"}, []string{"[fe80::7%eth0]:80", "[fe80::7%wlan0]:80"}, "eth0"},
		{[]string{"192.168.1.9", "10.0.0.9"}, []string{"10.0.0.9:80", "192.168.1.9:80"}, "eth0"},
		{[]string{"192.168.1.9", "127.0.0.1"}, []string{"192.168.1.9:80"}, "wlan0"},
		{[]string{"169.254.3.4", "fd00::7"}, []string{"169.254.3.4:80", "[fd00::7]:80"}, "wlan0"},
		{[]string{"10.0.0.7", "10.0.0.7", "::ffff:10.0.0.7"}, []string{"10.0.0.7:80"}, "eth0"},
	}
	for _, c := range cases {
		e := entry("hob-a1b2c3", boardTXT("hob-a1b2c3"), 80, c.announced...)
		s, why := parse(e, two)
		if why != "" || !slices.Equal(s.addresses, at(c.want...)) || s.iface != c.iface {
			t.Errorf("%v: %q %v on %s", c.announced, why, s.addresses, s.iface)
		}
	}
}

func TestLoopbackIsReachableThroughLoopbackOnly(t *testing.T) {
	lo := []link{testLink("lo", net.FlagLoopback, "127.0.0.1/8", "::1/128")}
	e := entry("hob-a1b2c3", boardTXT("hob-a1b2c3"), 80, "10.0.0.7", "127.0.0.1", "::1")
	if s, why := parse(e, lo); why != "" || !slices.Equal(s.addresses, at("127.0.0.1:80", "[::1]:80")) {
		t.Errorf("%q %v", why, s.addresses)
	}
	odd := []link{testLink("dummy0", net.FlagMulticast, "127.9.0.1/16")}
	if _, why := parse(entry("hob-a1b2c3", boardTXT("hob-a1b2c3"), 80, "127.9.0.2"), odd); why != OffLink {
		t.Errorf("a loopback address on an ordinary interface: %q", why)
	}
}

func TestBothEndsOfAPointToPointNetworkAreHosts(t *testing.T) {
	ptp := testLink("eth0", net.FlagMulticast, "10.0.0.0/31")
	for _, a := range []string{"10.0.0.0", "10.0.0.1"} {
		if !ptp.holds(netip.MustParseAddr(a)) {
			t.Error(a)
		}
	}
}

func FuzzParseKeepsItsPromises(f *testing.F) {
	f.Add("hob-a1b2c3", "txtvers=1\nid=hob-a1b2c3\nchip=esp32\nfw=1\nproto=1\nstate=new", 80, []byte{10, 0, 0, 7})
	f.Add("hob-a1b2c3 #2", "id=hob-a1b2c3", 0, []byte{})
	f.Fuzz(func(t *testing.T, instance, text string, port int, ip []byte) {
		e := entry(instance, strings.Split(text, "\n"), port)
		e.AddrIPv4 = []net.IP{ip, net.IPv4(10, 0, 0, 9)}
		s, why := parse(e, lan())
		if why != "" {
			return
		}
		for _, a := range s.addresses {
			if !a.IsValid() || a.Port() == 0 || !lan()[0].holds(a.Addr().WithZone("")) {
				t.Errorf("would dial %v", a)
			}
		}
		if !isID(s.id) || !strings.HasPrefix(instance, s.id) || len(s.chip) > 16 || len(s.firmware) > 32 ||
			s.proto < 1 || strings.ContainsFunc(fmt.Sprint(s.chip, s.firmware, s.state), func(r rune) bool { return r < ' ' || r > '~' }) {
			t.Errorf("accepted %+v", s)
		}
	})
}

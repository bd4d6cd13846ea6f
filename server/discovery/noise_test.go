package discovery

import (
	"context"
	"fmt"
	"net"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"

	"hob/internal/nettest"
)

// noise sends packets of the test's making to the mDNS group.
type noise struct {
	conn net.PacketConn
	to   *net.UDPAddr
}

func openNoise(t *testing.T, n *nettest.Namespace, from string) *noise {
	t.Helper()
	ns := &noise{to: &net.UDPAddr{IP: net.IPv4(224, 0, 0, 251), Port: 5353}}
	n.Do(t, func() {
		source := net.ParseIP(from).To4()
		c := net.ListenConfig{Control: func(_, _ string, raw syscall.RawConn) error {
			var err error
			_ = raw.Control(func(fd uintptr) {
				err = syscall.SetsockoptInet4Addr(int(fd), syscall.IPPROTO_IP, syscall.IP_MULTICAST_IF, [4]byte(source))
			})
			return err
		}}
		var err error
		if ns.conn, err = c.ListenPacket(context.Background(), "udp4", from+":5353"); err != nil {
			t.Error(err)
		}
	})
	if ns.conn == nil {
		t.FailNow()
	}
	t.Cleanup(func() { _ = ns.conn.Close() })
	return ns
}

func (n *noise) send(t *testing.T, packet []byte) {
	t.Helper()
	if _, err := n.conn.WriteTo(packet, n.to); err != nil {
		t.Fatal(err)
	}
}

// repeat sends the packet again and again until it is stopped.
func (n *noise) repeat(t *testing.T, packet []byte) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var sender sync.WaitGroup
	sender.Go(func() {
		again := time.NewTicker(100 * time.Millisecond)
		defer again.Stop()
		for ctx.Err() == nil {
			if _, err := n.conn.WriteTo(packet, n.to); err != nil {
				t.Error(err)
				return
			}
			select {
			case <-again.C:
			case <-ctx.Done():
			}
		}
	})
	return func() {
		cancel()
		sender.Wait()
	}
}

// hostilePacket makes the n-th of a series: announcements of boards that do not
// exist, of names, ports and addresses that cannot be, cut packets, and noise.
func hostilePacket(t *testing.T, n int) []byte {
	t.Helper()
	id, port, address := fmt.Sprintf("hob-%06x", n), uint16(80), "10.1.0.3"
	txt := boardTXT(id)
	switch n % 8 {
	case 0:
		id = "hob-<script>"
	case 1:
		port = 0
	case 2:
		address = "127.0.0.1"
	case 3:
		txt = []string{"=", "", "txtvers", "id=\x00\xff"}
	}
	b, err := response(id, port, address, txt).Pack()
	if err != nil {
		t.Fatal(err)
	}
	switch n % 16 {
	case 4:
		return b[:len(b)*2/3]
	case 12:
		for i := 12; i < len(b); i += 7 {
			b[i] ^= byte(n)
		}
	}
	return b
}

func response(id string, port uint16, address string, txt []string) *dns.Msg {
	head := func(name string, kind uint16) dns.RR_Header {
		return dns.RR_Header{Name: name, Rrtype: kind, Class: dns.ClassINET, Ttl: 120}
	}
	name := id + "." + service + "." + domain
	m := new(dns.Msg)
	m.Response = true
	m.Answer = []dns.RR{
		&dns.PTR{Hdr: head(service+"."+domain, dns.TypePTR), Ptr: name},
		&dns.SRV{Hdr: head(name, dns.TypeSRV), Port: port, Target: "x.local."},
		&dns.TXT{Hdr: head(name, dns.TypeTXT), Txt: txt},
		&dns.A{Hdr: head("x.local.", dns.TypeA), A: net.ParseIP(address)},
	}
	return m
}

// probe is what a host of ESP-IDF asks before it takes a name.
func probe(id string, port uint16, address string) *dns.Msg {
	full := response(id, port, address, nil)
	m := new(dns.Msg)
	m.Question = []dns.Question{
		{Name: id + "." + service + "." + domain, Qtype: dns.TypeANY, Qclass: dns.ClassINET},
		{Name: "x.local.", Qtype: dns.TypeANY, Qclass: dns.ClassINET},
	}
	m.Ns = []dns.RR{full.Answer[1], full.Answer[3]}
	return m
}

func packed(t *testing.T, m *dns.Msg) []byte {
	t.Helper()
	b, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

package main

import (
	"net"
	"reflect"
	"unsafe"

	"github.com/grandcat/zeroconf"
	"github.com/miekg/dns"
	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"
)

// The server of an announcement can be ended by its Shutdown only, which says
// goodbye, as a board whose power is cut does not, and which waits for receivers
// that may be about to begin: a WaitGroup must not be used so. What follows does
// the two halves of it apart and does not wait: the receivers see the channel
// closed when their sockets fail, and end.

// goodbye takes the announcement back: its pointer, to live no longer
// (RFC 6762, 10.1). It comes from the announcement's own sockets, since who hears
// it believes no other port than theirs. One that cannot be sent is none.
func (a *announcer) goodbye(server *zeroconf.Server) {
	message := new(dns.Msg)
	message.Response = true
	message.Answer = []dns.RR{&dns.PTR{
		Hdr: dns.RR_Header{Name: serviceType + ".local.", Rrtype: dns.TypePTR, Class: dns.ClassINET},
		Ptr: a.id + "." + serviceType + ".local.",
	}}
	packet, err := message.Pack()
	if err != nil {
		a.log.Error("goodbye", "board", a.id, "err", err)
		return
	}
	if c, _ := inside(server, "ipv4conn").Interface().(*ipv4.PacketConn); c != nil {
		_, _ = c.WriteTo(packet, &ipv4.ControlMessage{IfIndex: a.iface.Index}, &net.UDPAddr{IP: net.IPv4(224, 0, 0, 251), Port: mdnsPort})
	}
	if c, _ := inside(server, "ipv6conn").Interface().(*ipv6.PacketConn); c != nil {
		_, _ = c.WriteTo(packet, &ipv6.ControlMessage{IfIndex: a.iface.Index}, &net.UDPAddr{IP: net.ParseIP("ff02::fb"), Port: mdnsPort})
	}
}

const mdnsPort = 5353

// hush ends a server without a word.
func hush(server *zeroconf.Server) {
	inside(server, "shouldShutdown").Close()
	for _, name := range []string{"ipv4conn", "ipv6conn"} {
		if conn := inside(server, name); !conn.IsNil() {
			_ = conn.Interface().(interface{ Close() error }).Close()
		}
	}
}

// inside is a field of a server that its package keeps to itself.
func inside(server *zeroconf.Server, name string) reflect.Value {
	field := reflect.ValueOf(server).Elem().FieldByName(name)
	return reflect.NewAt(field.Type(), unsafe.Pointer(field.UnsafeAddr())).Elem()
}

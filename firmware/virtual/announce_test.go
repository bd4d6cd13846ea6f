package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"net"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/grandcat/zeroconf"
	"github.com/miekg/dns"
	"golang.org/x/net/ipv4"
)

// randomID is for tests that announce: others on this machine may do the same.
func randomID(t *testing.T) string {
	t.Helper()
	digits := make([]byte, 6)
	_, err := rand.Read(digits)
	must(t, err)
	return "hob-" + hex.EncodeToString(digits)
}

// browse gives the first announcement of a board that want likes.
func browse(t *testing.T, id string, want func(*zeroconf.ServiceEntry) bool) *zeroconf.ServiceEntry {
	t.Helper()
	lo, err := net.InterfaceByName("lo")
	must(t, err)
	deadline := time.Now().Add(patience)
	for time.Now().Before(deadline) {
		if e := browseOnce(t, lo, id, want); e != nil {
			return e
		}
	}
	t.Fatalf("%s is not announced as wanted", id)
	return nil
}

// browseOnce uses up one resolver: one reports an instance only once.
func browseOnce(t *testing.T, lo *net.Interface, id string, want func(*zeroconf.ServiceEntry) bool) (found *zeroconf.ServiceEntry) {
	t.Helper()
	resolver, err := zeroconf.NewResolver(zeroconf.SelectIfaces([]net.Interface{*lo}))
	must(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	entries := make(chan *zeroconf.ServiceEntry)
	must(t, resolver.Browse(ctx, serviceType, "local.", entries))
	for e := range entries { // to the end, or the resolver leaks
		if e.Instance == id && found == nil && want(e) {
			found = e
			cancel()
		}
	}
	return found
}

// hearRecords gives every record about a board that is sent by multicast on lo
// from now on.
func hearRecords(t *testing.T, id string) <-chan dns.RR {
	t.Helper()
	group := net.IPv4(224, 0, 0, 251)
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(224, 0, 0, 0), Port: 5353})
	must(t, err)
	lo, err := net.InterfaceByName("lo")
	must(t, err)
	packets := ipv4.NewPacketConn(conn)
	must(t, packets.JoinGroup(lo, &net.UDPAddr{IP: group}))
	records := make(chan dns.RR, 1024)
	t.Cleanup(func() {
		conn.Close()
		for range records { // until the goroutine has ended
		}
	})
	go func() {
		defer close(records)
		buf := make([]byte, 65536)
		for {
			size, _, err := conn.ReadFromUDP(buf)
			if err != nil {
				return
			}
			var message dns.Msg
			if message.Unpack(buf[:size]) != nil || !message.Response {
				continue
			}
			for _, rr := range slices.Concat(message.Answer, message.Extra) {
				if strings.Contains(rr.String(), id) {
					select {
					case records <- rr:
					default: // the test hears no more
					}
				}
			}
		}
	}()
	return records
}

func isGoodbye(rr dns.RR) bool { return rr.Header().Ttl == 0 }

func nextRecord(t *testing.T, records <-chan dns.RR, want func(dns.RR) bool) dns.RR {
	t.Helper()
	timeout := time.After(patience)
	for {
		select {
		case rr := <-records:
			if want(rr) {
				return rr
			}
		case <-timeout:
			t.Fatal("the record never came")
		}
	}
}

func TestABoardIsAnnouncedWithItsAddressAndState(t *testing.T) {
	id := randomID(t)
	r := startRig(t, "--id", id, "--mdns-interface", "lo", "--chip", "esp32c3", "--fw", "1.2.3")
	e := browse(t, id, func(*zeroconf.ServiceEntry) bool { return true })
	want := []string{"txtvers=1", "id=" + id, "chip=esp32c3", "fw=1.2.3", "proto=1", "state=new"}
	if !slices.Equal(e.Text, want) {
		t.Errorf("TXT %q, want %q", e.Text, want)
	}
	_, port, err := net.SplitHostPort(r.ready.Address)
	must(t, err)
	if len(e.AddrIPv4) != 1 || !e.AddrIPv4[0].IsLoopback() || strconv.Itoa(e.Port) != port {
		t.Errorf("announced at %v port %d, listens on %s", e.AddrIPv4, e.Port, r.ready.Address)
	}
}

func TestAnAdoptedBoardIsAnnouncedAnew(t *testing.T) {
	id := randomID(t)
	r := startRig(t, "--id", id, "--mdns-interface", "lo")
	browse(t, id, func(e *zeroconf.ServiceEntry) bool { return slices.Contains(e.Text, "state=new") })
	adopt(t, r.ready.readyBoard)
	browse(t, id, func(e *zeroconf.ServiceEntry) bool { return slices.Contains(e.Text, "state=adopted") })
}

func TestOnlyACleanStopSaysGoodbye(t *testing.T) {
	id := randomID(t)
	records := hearRecords(t, id)
	r := startRig(t, "--id", id, "--mdns-interface", "lo")
	announced := func(address string) {
		t.Helper()
		nextRecord(t, records, func(rr dns.RR) bool {
			if isGoodbye(rr) {
				t.Errorf("said goodbye: %v", rr)
			}
			srv, ok := rr.(*dns.SRV)
			return ok && strings.HasSuffix(address, ":"+strconv.Itoa(int(srv.Port)))
		})
	}
	announced(r.ready.Address)
	r.control.do(`{"cmd":"block"}`)
	r.control.do(`{"cmd":"unblock"}`)
	r.control.do(`{"cmd":"reboot"}`)
	r.control.do(`{"cmd":"power_cut"}`)
	// At a new address, so that its announcement is told from those before.
	announced(r.control.do(`{"cmd":"power_on","listen":"127.0.0.1:0"}`).Board.Address)
	must(t, r.stop())
	nextRecord(t, records, isGoodbye)
}

func TestABoardThatLostItsPowerIsNotAnsweredFor(t *testing.T) {
	id := randomID(t)
	r := startRig(t, "--id", id, "--mdns-interface", "lo")
	browse(t, id, func(*zeroconf.ServiceEntry) bool { return true })
	r.control.do(`{"cmd":"power_cut"}`)
	lo, err := net.InterfaceByName("lo")
	must(t, err)
	// The announcement ends a moment after the power; once it has, it stays so.
	deadline := time.Now().Add(patience)
	for browseOnce(t, lo, id, func(*zeroconf.ServiceEntry) bool { return true }) != nil {
		if time.Now().After(deadline) {
			t.Fatal("still answered for")
		}
	}
	must(t, r.stop())
}

func TestAnAnnouncementNamesAddressesThatCanBeReached(t *testing.T) {
	lo, err := net.InterfaceByName("lo")
	must(t, err)
	for ip, want := range map[string]string{"10.1.2.3": "10.1.2.3", "0.0.0.0": "127.0.0.1", "127.0.0.2": "127.0.0.2"} {
		got, err := announcedIPs(net.ParseIP(ip), *lo)
		if err != nil || len(got) != 1 || got[0] != want {
			t.Errorf("listening on %s: %v, %v; want %s", ip, got, err, want)
		}
	}
	if _, err := announcedIPs(nil, net.Interface{Index: 1 << 20, Name: "gone"}); err == nil {
		t.Error("announced on an interface that is gone")
	}
}

func TestAnAnnouncementCanEndAtAnyMoment(t *testing.T) {
	lo, err := net.InterfaceByName("lo")
	must(t, err)
	for i := range 20 {
		a := newAnnouncer(randomID(t), "esp32", "0.1.0", *lo, slog.New(slog.DiscardHandler))
		ended := make(chan struct{})
		go func() { defer close(ended); a.run() }()
		a.announce(&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1 + i}, "new")
		for len(a.wishes) > 0 { // a wish that comes too soon is never served
			runtime.Gosched()
		}
		a.end(i%2 == 0) // the race detector watches what the library's receivers do meanwhile
		<-ended
	}
}

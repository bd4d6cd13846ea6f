package link

import (
	"context"
	"net"
	"net/netip"
	"testing"
	"time"

	"hob/internal/entity"
	"hob/internal/registry"
)

// TestLinkOverRealSockets does once with TCP what the other tests do without:
// found, online, commanded, killed, back at another address.
func TestLinkOverRealSockets(t *testing.T) {
	r := &rig{t: t, keys: openKeys(t), registry: registry.New(registry.Options{})}
	put(t, r.keys, Pair{Current: testKey})
	changed := make(chan struct{}, 1)
	_, sub := r.registry.Subscribe(func() {
		select {
		case changed <- struct{}{}:
		default:
		}
	})
	defer sub.Close()
	r.m = New(Options{Registry: r.registry, Keys: r.keys, Version: "0.1.0"})
	r.setHouse(testHouse())
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- r.m.Run(ctx) }()
	defer func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}()
	until := func(what string, ok func() bool) {
		t.Helper()
		deadline := time.After(20 * time.Second)
		for !ok() {
			select {
			case <-changed:
			case <-deadline:
				t.Fatalf("not %s: %+v", what, r.status())
			}
		}
	}
	available := func() bool { return r.entity("porch").Available }

	for range 2 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		b := newFakeBoard(hallID, testKey)
		b.points = hallPoints()
		b.start(l)
		r.m.Found(Announcement{ID: hallID, Addresses: []netip.AddrPort{netip.MustParseAddrPort(l.Addr().String())}})
		until("online", available)
		var o outcomes
		r.mustCommand("porch", entity.VerbOn, &o)
		until("on", func() bool { return r.entity("porch").State == "on" })
		b.stop()
		until("offline", func() bool { return !available() })
	}
}

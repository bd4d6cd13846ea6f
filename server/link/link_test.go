package link

import (
	"context"
	"log/slog"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"hob/internal/entity"
	"hob/internal/leaktest"
	"hob/internal/logtest"
	"hob/internal/registry"
	"hob/internal/wire"
)

func TestMain(m *testing.M) { leaktest.Main(m) }

const (
	hallID   = entity.BoardID("hob-7c9ebd")
	hallAddr = "192.0.2.7:80"
)

var testKey = mustKey(1)

func mustKey(n byte) wire.Key {
	b := make([]byte, wire.KeySize)
	b[0] = n
	k, err := wire.KeyOf(b)
	if err != nil {
		panic(err)
	}
	return k
}

// house has one board with a switch on GPIO16 and a button on GPIO32.
func testHouse(change ...func(*entity.House)) *entity.House {
	h := &entity.House{
		Boards: []entity.Board{{Name: "hall", ID: hallID, Chip: "esp32"}},
		Entities: []entity.Entity{
			{ID: "porch", Spec: &entity.Switch{Output: entity.Output{Board: "hall", Pin: 16}}},
			{ID: "bell", Spec: &entity.Button{Input: entity.Input{Board: "hall", Pin: 32, Pull: entity.PullUp}}},
		},
	}
	for _, c := range change {
		c(h)
	}
	return h
}

func hallPoints() []wire.Point {
	return []wire.Point{
		{ID: "gpio16", Value: entity.Value{On: false}, Cause: wire.CauseBoot},
		{ID: "gpio32", Value: entity.Value{On: false}, Cause: wire.CauseBoot},
	}
}

// rig is a manager with a real registry, a network without sockets and the board hall.
type rig struct {
	t        *testing.T
	net      *network
	keys     *Keys
	registry *registry.Registry
	front    Registry     // what the manager sees of the registry; the registry when nil
	log      *slog.Logger // nil for none
	m        *Manager
	hall     *fakeBoard
	stop     func()
}

// newRig runs everything; the board serves already and its key is stored.
func newRig(t *testing.T, house *entity.House) *rig {
	t.Helper()
	keys, err := OpenKeys(t.TempDir() + "/keys")
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, net: newNetwork(), keys: keys, registry: registry.New(registry.Options{})}
	r.hall = newFakeBoard(hallID, testKey)
	r.hall.points = hallPoints()
	r.hall.start(r.net.listen(hallAddr))
	r.storeKeys(Pair{Current: testKey})
	r.begin(house)
	t.Cleanup(func() {
		r.stop()
		r.hall.stop()
	})
	return r
}

func (r *rig) storeKeys(p Pair) {
	r.t.Helper()
	if err := r.keys.update(hallID, func(Pair) Pair { return p }); err != nil {
		r.t.Fatal(err)
	}
}

// begin starts a manager, as a server that starts does.
func (r *rig) begin(house *entity.House) {
	front := r.front
	if front == nil {
		front = r.registry
	}
	r.m = New(Options{Registry: front, Keys: r.keys, Dial: r.net.dial, Version: "0.1.0", Log: r.log})
	r.m.random = func() float64 { return 0.5 }
	r.setHouse(house)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- r.m.Run(ctx) }()
	r.stop = func() {
		cancel()
		if err := <-done; err != nil {
			r.t.Errorf("Run: %v", err)
		}
		r.stop = func() {}
	}
}

func (r *rig) setHouse(h *entity.House) {
	r.registry.Apply(h)
	r.m.SetHouse(h)
}

func (r *rig) found(addresses ...string) {
	a := Announcement{ID: hallID, State: "adopted", Chip: "esp32", Firmware: "0.1.0"}
	for _, s := range addresses {
		a.Addresses = append(a.Addresses, netip.MustParseAddrPort(s))
	}
	r.m.Found(a)
}

func (r *rig) status() Status {
	r.t.Helper()
	for _, s := range r.m.Status() {
		if s.ID == hallID {
			return s
		}
	}
	r.t.Fatal("the board is not listed")
	return Status{}
}

// want checks the state now, by the manager and by the registry's list.
func (r *rig) want(state entity.BoardStatus) {
	r.t.Helper()
	if got := r.status(); got.State != state {
		r.t.Fatalf("status is %s (%s), want %s", got.State, got.Message, state)
	}
	for _, b := range r.registry.Boards() {
		if b.ID == hallID && b.Status != state {
			r.t.Fatalf("the registry says %s (%s), want %s", b.Status, b.Message, state)
		}
	}
}

func (r *rig) entity(id entity.ID) entity.Record {
	r.t.Helper()
	e, ok := r.registry.Entity(id)
	if !ok {
		r.t.Fatalf("no entity %s", id)
	}
	return e
}

// logging starts the manager anew with a log of warnings that can be read.
func (r *rig) logging(house *entity.House) *logtest.Buffer {
	r.stop()
	log := &logtest.Buffer{}
	r.log = slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelWarn}))
	r.begin(house)
	return log
}

// online brings the board up and checks that it is.
func (r *rig) online() {
	r.t.Helper()
	r.up(entity.BoardOnline)
}

// up lets the board be found and checks what comes of it.
func (r *rig) up(state entity.BoardStatus) {
	r.t.Helper()
	r.found(hallAddr)
	synctest.Wait()
	r.want(state)
}

// pass lets fake time pass, and everything come to rest.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func TestAnnouncedBoardIsOnlineConfiguredAndReported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		synctest.Wait()
		r.want(entity.BoardOffline)
		r.online()
		config := wire.ConfigOf(testHouse(), "hall")
		if r.hall.rev != config.Rev {
			t.Fatalf("the board has configuration %q, want %q", r.hall.rev, config.Rev)
		}
		if e := r.entity("porch"); e.State != "off" || !e.Available {
			t.Fatalf("porch is %s, available %v", e.State, e.Available)
		}
		s := r.status()
		if s.Link == nil || s.Link.Config != config.Rev || s.Link.Boot != "9f3c2a11" || s.Address != hallAddr {
			t.Fatalf("status is %+v, link %+v", s, s.Link)
		}
		pass(time.Minute) // pings keep it alive
		r.want(entity.BoardOnline)
		if n := r.hall.sessions(); n != 1 {
			t.Fatalf("%d sessions, want 1", n)
		}
	})
}

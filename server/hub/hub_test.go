package hub

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"hob/internal/command"
	"hob/internal/entity"
	"hob/internal/registry"
)

const hallID = entity.BoardID("hob-7c9ebd")

// fakeBoard does at once what it is told and reports it, as a board does.
type fakeBoard struct {
	att       *registry.Attachment
	silent    bool
	cancelled atomic.Int64 // commands that it did not answer and was then asked to drop
}

func (b *fakeBoard) Send(c registry.BoardCommand) (func(), error) {
	if b.silent {
		return func() { b.cancelled.Add(1) }, nil
	}
	go func() {
		v := entity.Value{On: c.Do == entity.VerbOn}
		if c.Level != nil {
			v.Level, v.HasLevel = *c.Level, true
		}
		_ = b.att.Report([]registry.PointReport{{Point: c.Point, Value: v, Cause: c.Cause, At: time.Now()}})
		c.Done(registry.BoardResult{Status: entity.StatusConfirmed})
	}()
	return func() {}, nil
}

func (b *fakeBoard) press(p entity.PointID, on bool) {
	_ = b.att.Report([]registry.PointReport{{Point: p, Value: entity.Value{On: on},
		Cause: entity.Cause{Kind: entity.CauseBoard}, At: time.Now()}})
}

// house has one board with a switch, a light and a contact.
func house() *entity.House {
	return &entity.House{Name: "Test", Timezone: "UTC", Units: "metric",
		Boards: []entity.Board{{Name: "hall", ID: hallID, Chip: "esp32"}},
		Areas:  []entity.Area{{ID: "hall", Name: "Hall"}},
		Entities: []entity.Entity{
			{ID: "porch", Name: "Porch", Area: "hall", Spec: &entity.Switch{Output: entity.Output{Board: "hall", Pin: 16}}},
			{ID: "stairs", Name: "Stairs", Spec: &entity.Light{Output: entity.Output{Board: "hall", Pin: 19}, Drive: entity.DrivePWM}},
			{ID: "door", Name: "Door", Spec: &entity.Contact{Input: entity.Input{Board: "hall", Pin: 33}, Class: entity.ClassDoor}},
		}}
}

// rig is a hub behind a real HTTP server, with one board attached.
type rig struct {
	t     testing.TB
	reg   *registry.Registry
	hub   *Hub
	board *fakeBoard
	url   string
}

func newRig(t testing.TB) *rig {
	t.Helper()
	r, stop := openRig(t)
	t.Cleanup(stop)
	return r
}

func openRig(t testing.TB) (r *rig, stop func()) {
	t.Helper()
	reg := registry.New(registry.Options{Epoch: "e1"})
	reg.Apply(house())
	router := command.New(command.Options{House: reg})
	h := New(Options{Source: reg, Commands: router})
	h.drainWithin = time.Hour // whom the hub may drop is tested in a bubble
	who := func(r *http.Request) Who {
		w := Who{Cause: entity.Cause{Kind: entity.CauseUser}}
		if only := r.URL.Query().Get("only"); only != "" {
			w.Audience = Audience{Key: only, Only: map[entity.ID]bool{entity.ID(only): true}}
		}
		w.Token, _ = strconv.ParseUint(r.URL.Query().Get("token"), 10, 64) // 0 when there is none
		return w
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.Serve(w, r, who(r)) }))
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { _ = h.Run(ctx); close(done) }()
	r = &rig{t: t, reg: reg, hub: h, board: &fakeBoard{}, url: "ws" + strings.TrimPrefix(srv.URL, "http")}
	r.attach()
	return r, func() { cancel(); <-done; srv.Close(); router.Close() }
}

func (r *rig) attach() {
	r.t.Helper()
	att, err := r.reg.Attach(hallID, "192.0.2.1:80", "1", r.board, []registry.PointReport{
		{Point: "gpio16"}, {Point: "gpio19", Value: entity.Value{HasLevel: true}}, {Point: "gpio33"},
		{Point: "gpio25"}, {Point: "gpio26", Value: entity.Value{On: true}}, reading(20_000), control(20_000)})
	if err != nil {
		r.t.Fatal(err)
	}
	r.board.att = att
}

// peer is a client as a browser is one.
type peer struct {
	t  testing.TB
	ws *websocket.Conn
}

type message map[string]any

func (m message) rev() uint64 { return uint64(m["revision"].(float64)) }

func (r *rig) dial(query, hello string) *peer {
	r.t.Helper()
	ws, _, err := websocket.DefaultDialer.Dial(r.url+query, http.Header{"Sec-WebSocket-Protocol": {"hob.live.1"}})
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { _ = ws.Close() })
	p := &peer{r.t, ws}
	if hello != "" {
		p.say(hello)
	}
	return p
}

func (p *peer) say(s string) {
	p.t.Helper()
	if err := p.ws.WriteMessage(websocket.TextMessage, []byte(s)); err != nil {
		p.t.Fatal(err)
	}
}

func (p *peer) next() message {
	p.t.Helper()
	_ = p.ws.SetReadDeadline(time.Now().Add(20 * time.Second))
	_, b, err := p.ws.ReadMessage()
	if err != nil {
		p.t.Fatal(err)
	}
	var m message
	if err := json.Unmarshal(b, &m); err != nil {
		p.t.Fatalf("%v in %s", err, b)
	}
	return m
}

// until reads on to the first message that fits.
func (p *peer) until(fits func(message) bool) message {
	p.t.Helper()
	for {
		if m := p.next(); fits(m) {
			return m
		}
	}
}

func state(id, is string) func(message) bool {
	return func(m message) bool { return m["type"] == "state" && m["id"] == id && m["state"] == is }
}

func kind(k string) func(message) bool { return func(m message) bool { return m["type"] == k } }

const hello = `{"type":"hello","protocol":1}`

func TestACommandIsPendingThenStateThenResultAndEveryClientSeesIt(t *testing.T) {
	r := newRig(t)
	a, b := r.dial("", hello), r.dial("", hello)
	for _, p := range []*peer{a, b} {
		if m := p.next(); m["type"] != "snapshot" || len(m["entities"].([]any)) != 3 {
			t.Fatalf("first message: %v", m)
		}
	}
	a.say(`{"type":"command","id":"c1","entity":"porch","action":"toggle"}`)
	if m := a.next(); m["pending"] == nil || m["state"] != "off" {
		t.Fatalf("want pending first: %v", m)
	}
	a.until(state("porch", "on"))
	if m := a.until(kind("result")); m["id"] != "c1" || m["status"] != "confirmed" {
		t.Fatalf("result: %v", m)
	}
	b.until(state("porch", "on"))
}

func TestAClientThatComesAfterAChangeIsNotShownWhatWasBefore(t *testing.T) {
	r := newRig(t)
	if m := r.dial("", hello).next(); m["type"] != "snapshot" {
		t.Fatalf("the first: %v", m)
	}
	r.board.press("gpio33", true)
	m := r.dial("", hello).next()
	door := m["entities"].([]any)[2].(map[string]any)
	if door["state"] != "closed" || m.rev() != uint64(r.reg.Revision()) {
		t.Errorf("the second is told %v", m)
	}
}

func TestAClientResumesWithWhatChangedOnly(t *testing.T) {
	r := newRig(t)
	a := r.dial("", hello)
	rev := a.next()["revision"].(float64)
	r.board.press("gpio33", true)
	r.board.press("gpio16", true)
	r.board.press("gpio33", false)
	resume, _ := json.Marshal(map[string]any{"type": "hello", "protocol": 1,
		"resume": map[string]any{"epoch": "e1", "revision": rev}})
	b := r.dial("", string(resume))
	if m := b.next(); m["type"] != "resumed" {
		t.Fatalf("want resumed: %v", m)
	}
	if m := b.next(); !state("porch", "on")(m) {
		t.Fatalf("want porch first: %v", m)
	}
	if m := b.next(); !state("door", "open")(m) {
		t.Fatalf("want the door's newest only: %v", m)
	}
	c := r.dial("", strings.Replace(string(resume), "e1", "e0", 1))
	if m := c.next(); m["type"] != "snapshot" {
		t.Fatalf("another epoch must get a snapshot: %v", m)
	}
}

func TestARestrictedAudienceSeesAndCommandsOnlyItsOwn(t *testing.T) {
	r := newRig(t)
	p := r.dial("?only=stairs", hello)
	if m := p.next(); len(m["entities"].([]any)) != 1 {
		t.Fatalf("snapshot: %v", m)
	}
	p.say(`{"type":"command","id":"c1","entity":"porch","action":"on"}`)
	if m := p.next(); m["code"] != "unknown_entity" {
		t.Fatalf("want unknown_entity: %v", m)
	}
	r.board.press("gpio16", true)
	p.say(`{"type":"command","id":"c2","entity":"stairs","action":"set","level":40}`)
	for m := p.next(); m["type"] != "result"; m = p.next() {
		if m["id"] != "stairs" {
			t.Fatalf("saw %v", m)
		}
	}
}

func TestARestrictedAudienceCancelsOnlyCommandsOfItsOwn(t *testing.T) {
	r := newRig(t)
	r.board.silent = true
	all := r.dial("", hello)
	all.say(`{"type":"command","id":"c1","entity":"porch","action":"on"}`)
	pending := all.until(func(m message) bool { return m["id"] == "porch" && m["pending"] != nil })["pending"].(map[string]any)
	all.say(`{"type":"ping","id":1}`)
	all.until(kind("pong")) // the command has been handed over by now
	cancel := `{"type":"cancel","command":"` + pending["command"].(string) + `"}`
	for _, c := range []struct {
		only string
		want int64 // cancelled in all
	}{{"?only=stairs", 0}, {"?only=porch", 1}, {"", 2}} {
		p := r.dial(c.only, hello)
		p.say(cancel)
		p.say(`{"type":"ping","id":1}`)
		if m := p.until(func(m message) bool { return m["type"] == "pong" || m["type"] == "error" }); m["type"] != "pong" {
			t.Errorf("%s: %v", c.only, m) // nothing tells it that there is such a command
		}
		if n := r.board.cancelled.Load(); n != c.want {
			t.Errorf("after that of %q the board was asked %d times to drop it, want %d", c.only, n, c.want)
		}
	}
}

func TestAStalledClientDelaysNobodyAndIsCaughtUpWithTheNewest(t *testing.T) {
	r := newRig(t)
	stalled, live := r.dial("", hello), r.dial("", hello)
	stalled.next()
	live.next()
	on := false
	for range 60_000 { // about 8 MB of frames: more than the kernel and the log hold
		on = !on
		r.board.press("gpio16", on)
	}
	r.board.press("gpio33", true)
	live.until(state("door", "closed"))
	// The stalled one must come to the same end, in rising order, without all that was between.
	var last uint64
	n := 0
	for {
		m := stalled.next()
		n++
		if m["type"] == "snapshot" {
			continue
		}
		if m.rev() < last {
			t.Fatalf("revision went back from %d to %d", last, m.rev())
		}
		last = m.rev()
		if state("door", "closed")(m) {
			break
		}
	}
	if n > 50_000 {
		t.Errorf("the stalled client got %d messages; it should have skipped most", n)
	}
}

func TestBadMessagesAreRefusedWithAReasonAndChangeNothing(t *testing.T) {
	r := newRig(t)
	before := r.reg.Revision()
	for _, c := range []struct{ name, say, wantType, want string }{
		{"no action", `{"type":"command","id":"x","entity":"porch"}`, "result", "action is missing"},
		{"wrong type of action", `{"type":"command","id":"x","entity":"porch","action":5}`, "result", "^action must not be a JSON number"},
		{"wrong type of level", `{"type":"command","id":"x","entity":"stairs","action":"set","level":"40"}`, "result", "^level must not be a JSON string"},
		{"wrong type of entity", `{"type":"command","id":"x","entity":5,"action":"on"}`, "result", "^entity must not be a JSON number"},
		{"cut in half", `{"type":"command","id":"x","ent`, "error", "not JSON"},
		{"no id", `{"type":"command","entity":"porch","action":"on"}`, "error", "id is missing"},
		{"an array", `[1]`, "error", "not an object"},
		{"unknown type", `{"type":"fly"}`, "error", "unknown type"},
		{"level out of range", `{"type":"command","id":"x","entity":"stairs","action":"set","level":140}`, "result", "0 to 100"},
		{"level on a switch", `{"type":"command","id":"x","entity":"porch","action":"set","level":40}`, "result", "no brightness"},
		{"unknown entity", `{"type":"command","id":"x","entity":"attic","action":"on"}`, "result", "no entity"},
		{"second hello", hello, "error", "hello came already"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := r.dial("", hello)
			p.next()
			p.say(c.say)
			m := p.next()
			if text, _ := m["message"].(string); m["type"] != c.wantType || !strings.Contains("^"+text, c.want) {
				t.Errorf("got %v, want %s with %q", m, c.wantType, c.want)
			}
		})
	}
	if after := r.reg.Revision(); after != before {
		t.Errorf("revision moved from %d to %d", before, after)
	}
}

func TestTenBadMessagesCloseTheConnection(t *testing.T) {
	r := newRig(t)
	p := r.dial("", hello)
	p.next()
	for range mostBad {
		p.say(`nonsense`)
	}
	for {
		_ = p.ws.SetReadDeadline(time.Now().Add(20 * time.Second))
		if _, _, err := p.ws.ReadMessage(); err != nil {
			if !websocket.IsCloseError(err, closeBadMessages) {
				t.Fatal(err)
			}
			return
		}
	}
}

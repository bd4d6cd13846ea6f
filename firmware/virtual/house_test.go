package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"hob/internal/wire"
)

// adoptedRig is a board with a key, and a session with it.
func adoptedRig(t *testing.T, items []frame, args ...string) (*rig, *session, []byte) {
	t.Helper()
	r := startRig(t, args...)
	key := adopt(t, r.ready.readyBoard)
	s := openSession(t, r.ready.Address, r.ready.ID, key)
	s.mustConfigure(items...)
	return r, s, key
}

// settle lets a board's inputs take their first levels, which are no events.
func (r *rig) settle() { r.control.do(`{"cmd":"advance","ms":1000}`) }

// holdBOOT holds the BOOT button for five seconds of the board's time.
func (r *rig) holdBOOT(t *testing.T) {
	t.Helper()
	second := dialControl(t, r.ready.Control)
	held := make(chan string, 1)
	go func() { held <- string(second.raw(`{"cmd":"boot_button","ms":100}`)) }()
	r.control.waitState(`{"cmd":"state"}`, func(b boardInfo) bool {
		if !b.AdoptionOpen {
			r.control.do(`{"cmd":"advance","ms":5000}`)
		}
		return b.AdoptionOpen
	})
	if text := <-held; !strings.Contains(text, `"ok":true`) {
		t.Fatal(text)
	}
}

func outputEdge(pin int, level bool) func(edgeLine) bool {
	return func(e edgeLine) bool {
		return e.Pin == pin && e.What == "output" && e.Level != nil && *e.Level == level
	}
}

func (r *rig) lastEdge() uint64 { return r.control.do(`{"cmd":"edges"}`).Last }

func TestANewBoardIsAdoptedByItsSetupCodeAlone(t *testing.T) {
	r := startRig(t)
	b := r.ready.readyBoard
	if b.State != "new" || b.SetupCode == "" {
		t.Fatalf("%+v", b)
	}
	code, err := wire.ParseSetupCode(b.SetupCode)
	must(t, err)
	if got, want := hex.EncodeToString(adoptionKey(b.SetupCode)), code.Key().Reveal(); got != want {
		t.Fatalf("this test derives %s, the server %s", got, want)
	}
	if _, err := shakeHands(t, dialLink(t, b.Address), b.ID, make32(7)); err == nil {
		t.Fatal("a wrong key was taken")
	} else {
		wantCloseError(t, err, 4001)
	}
	if _, err := shakeHands(t, dialLink(t, b.Address), "hob-000000", adoptionKey(b.SetupCode)); err == nil {
		t.Fatal("a session for another board was taken")
	}
	key := adopt(t, b)
	if info := r.control.do(`{"cmd":"state"}`).Board; info.State != "adopted" || info.SetupCode != "" {
		t.Errorf("after adoption: %+v", info)
	}
	if _, err := shakeHands(t, dialLink(t, b.Address), b.ID, adoptionKey(b.SetupCode)); err == nil {
		t.Error("the setup code still opens a session")
	}
	openSession(t, b.Address, b.ID, key)
}

func make32(fill byte) []byte {
	key := make([]byte, 32)
	for i := range key {
		key[i] = fill
	}
	return key
}

func TestACommandMovesThePinAndIsReportedBeforeItsResult(t *testing.T) {
	r, s, _ := adoptedRig(t, theHouse())
	since := r.lastEdge()
	result := s.command("gpio16", "on", nil)
	if result["code"] != "done" {
		t.Fatalf("%v", result)
	}
	e := r.control.waitEdge(since, outputEdge(16, true))
	if e.Boot != 1 || e.UpMS < 0 || e.UnixNS > time.Now().UnixNano() {
		t.Errorf("%+v", e)
	}
	s.write(frame{"t": "command", "id": 99, "point": "gpio18", "do": "set", "level": 1000, "until": s.lastUp + 60000})
	done, before := s.readUntil("result")
	if done["code"] != "done" || len(before) == 0 || before[len(before)-1]["t"] != "state" {
		t.Errorf("before %v came %v", done, before)
	}
	r.control.waitEdge(since, func(e edgeLine) bool { return e.Pin == 18 && e.What == "pwm" && *e.Duty == 65535 })
}

func TestAPressIsAnEventAndWhatItsBindingDid(t *testing.T) {
	r, s, _ := adoptedRig(t, theHouse())
	r.settle()
	since := r.lastEdge()
	r.control.do(`{"cmd":"press","pin":32}`)
	r.control.waitEdge(since, outputEdge(16, true))
	state, event := false, false
	for range 3 {
		f := s.read()
		switch f["t"] {
		case "event":
			event = event || f["p"] == "gpio32" && f["event"] == "press" && f["n"] == 1.0
		case "state":
			text := fmt.Sprint(f["points"])
			state = state || strings.Contains(text, "gpio16") && strings.Contains(text, "binding")
		}
		if state && event {
			break
		}
	}
	if !state || !event {
		t.Errorf("state %v, event %v", state, event)
	}
	// One press, however much its contact bounced.
	r.settle()
	r.control.do(`{"cmd":"press","pin":32}`)
	r.control.waitEdge(since, outputEdge(16, false))
	levels := 0
	for _, e := range r.control.do(fmt.Sprintf(`{"cmd":"edges","since":%d}`, since)).Edges {
		if e.Pin == 16 {
			levels++
		}
	}
	if levels != 2 {
		t.Errorf("two presses moved the relay %d times", levels)
	}
}

func TestAButtonWorksWithoutAServerAndAfterAPowerCut(t *testing.T) {
	r, s, _ := adoptedRig(t, theHouse())
	must(t, s.ws.Close())
	r.control.do(`{"cmd":"block"}`)
	r.control.do(`{"cmd":"power_cut"}`)
	since := r.lastEdge()
	r.control.do(`{"cmd":"power_on"}`)
	r.settle()
	r.control.do(`{"cmd":"press","pin":32}`)
	if e := r.control.waitEdge(since, outputEdge(16, true)); e.Boot != 2 {
		t.Errorf("%+v", e)
	}
}

func TestAContactIsReportedWhenItSettles(t *testing.T) {
	r, s, _ := adoptedRig(t, theHouse())
	r.control.do(`{"cmd":"set","pin":33,"level":false}`)
	f, _ := s.readUntil("state")
	if text := fmt.Sprint(f["points"]); !strings.Contains(text, "gpio33") || !strings.Contains(text, "input") {
		t.Errorf("%v", f)
	}
	pins := map[int]pinView{}
	for _, p := range r.control.do(`{"cmd":"pins"}`).Pins {
		pins[p.Pin] = p
	}
	if p := pins[33]; p.Mode != "input" || p.Pull != "up" || *p.Level {
		t.Errorf("%+v", p)
	}
	if p := pins[16]; p.Mode != "output" || *p.Level {
		t.Errorf("%+v", p)
	}
}

func TestANewConfigurationTouchesOnlyWhatChanged(t *testing.T) {
	r, s, _ := adoptedRig(t, theHouse())
	s.command("gpio16", "on", nil)
	s.command("gpio18", "set", frame{"level": 400})
	since := r.lastEdge()
	changed := theHouse()
	changed[1]["max_on"] = 60000
	changed[3]["debounce"] = 50
	s.mustConfigure(append(changed, frame{"kind": "relay", "point": "gpio17", "pin": 17})...)
	for _, e := range r.control.do(fmt.Sprintf(`{"cmd":"edges","since":%d}`, since)).Edges {
		if e.Pin != 17 {
			t.Errorf("an edge where nothing changed: %+v", e)
		}
	}
	if verdict := s.configure(frame{"kind": "relay", "point": "gpio34", "pin": 34}); verdict["code"] != "pin_input_only" {
		t.Errorf("%v", verdict)
	}
	if result := s.command("gpio17", "on", nil); result["code"] != "done" {
		t.Errorf("after a refused configuration: %v", result)
	}
}

func TestARestartKeepsConfigurationAndRestores(t *testing.T) {
	r, s, key := adoptedRig(t, theHouse())
	s.command("gpio16", "on", nil)
	config := r.control.do(`{"cmd":"state"}`).Board.Config
	// What has to be restored is stored a little later, to spare the flash.
	r.control.do(`{"cmd":"advance","ms":10000}`)
	for n, c := range []struct{ order, reset string }{
		{"", "restart"},
		{`{"cmd":"reboot","reset":"watchdog"}`, "watchdog"},
		{`{"cmd":"reboot","reset":"brownout"}`, "brownout"},
	} {
		since := r.lastEdge()
		if c.order == "" {
			s.write(frame{"t": "restart"})
			s.wantClose(4007)
		} else {
			r.control.do(c.order)
		}
		r.control.waitEdge(since, func(e edgeLine) bool { return e.Pin == 16 && e.What == "released" })
		if e := r.control.waitEdge(since, outputEdge(16, true)); int(e.Boot) != n+2 {
			t.Errorf("%+v", e)
		}
		r.control.waitState(`{"cmd":"state"}`, func(b boardInfo) bool { return int(b.Boot) == n+2 })
		s = openSession(t, r.ready.Address, r.ready.ID, key)
		if s.hello["reset"] != c.reset || s.hello["config"] != config {
			t.Errorf("hello %v, want reset %s and config %s", s.hello, c.reset, config)
		}
	}
}

func TestTheNewestSessionWins(t *testing.T) {
	r, first, key := adoptedRig(t, theHouse())
	second := openSession(t, r.ready.Address, r.ready.ID, key)
	first.wantClose(4004)
	if result := second.command("gpio16", "on", nil); result["code"] != "done" {
		t.Errorf("%v", result)
	}
}

func TestABufferedCommandExpires(t *testing.T) {
	for name, c := range map[string]struct{ stop, start string }{
		"in a frozen board":    {`{"cmd":"freeze"}`, `{"cmd":"thaw"}`},
		"in a blocked network": {`{"cmd":"block"}`, `{"cmd":"unblock"}`},
	} {
		t.Run(name, func(t *testing.T) {
			r, s, _ := adoptedRig(t, theHouse())
			since := r.lastEdge()
			r.control.do(c.stop)
			s.write(frame{"t": "command", "id": 1, "point": "gpio16", "do": "on", "until": s.lastUp + 5000})
			r.control.do(`{"cmd":"advance","ms":6000}`)
			r.control.do(c.start)
			if result, _ := s.readUntil("result"); result["code"] != "expired" {
				t.Errorf("%v", result)
			}
			for _, e := range r.control.do(fmt.Sprintf(`{"cmd":"edges","since":%d}`, since)).Edges {
				t.Errorf("an edge: %+v", e)
			}
		})
	}
}

func TestAFrozenBoardDoesNothingAndItsTimeGoesOn(t *testing.T) {
	r, s, _ := adoptedRig(t, theHouse())
	since := r.lastEdge()
	r.control.do(`{"cmd":"freeze"}`)
	before := r.control.do(`{"cmd":"state"}`).Board
	r.control.do(`{"cmd":"press","pin":32}`)
	r.control.do(`{"cmd":"advance","ms":1000}`)
	after := r.control.do(`{"cmd":"state"}`).Board
	if !after.Frozen || after.UpMS < before.UpMS+1000 {
		t.Errorf("%+v, then %+v", before, after)
	}
	for _, e := range r.control.do(fmt.Sprintf(`{"cmd":"edges","since":%d}`, since)).Edges {
		if e.Pin != 32 {
			t.Errorf("an edge: %+v", e)
		}
	}
	r.control.do(`{"cmd":"thaw"}`)
	if result := s.command("gpio16", "on", nil); result["code"] != "done" {
		t.Errorf("%v", result)
	}
}

func TestASilentServerIsGivenUp(t *testing.T) {
	r, s, _ := adoptedRig(t, theHouse())
	r.control.do(`{"cmd":"advance","ms":15001}`)
	s.wantClose(4005)
	if b := r.control.do(`{"cmd":"state"}`).Board; b.Session {
		t.Errorf("%+v", b)
	}
}

func TestAServerThatDoesNotReadDoesNotStopTheHouse(t *testing.T) {
	r, s, key := adoptedRig(t, theHouse())
	r.settle()
	since := r.lastEdge()
	must(t, s.ws.NetConn().(*net.TCPConn).SetReadBuffer(4096))
	ping := []byte(`{"t":"ping","n":1}`)
	for n := 0; ; n++ { // every pong is one more that nobody reads
		sealed, err := s.send.Encrypt(nil, nil, ping)
		must(t, err)
		if s.ws.WriteMessage(websocket.BinaryMessage, sealed) != nil {
			break // given up by the board
		}
		if n > 1e6 {
			t.Fatal("the board keeps everything")
		}
	}
	r.control.do(`{"cmd":"press","pin":32}`)
	r.control.waitEdge(since, outputEdge(16, true))
	openSession(t, r.ready.Address, r.ready.ID, key)
}

func TestABoardReportsItsHealth(t *testing.T) {
	r, s, _ := adoptedRig(t, theHouse())
	var stats frame
	for n := 0; stats == nil; n++ {
		r.control.do(`{"cmd":"advance","ms":10000}`) // less than the silence that ends a session
		s.write(frame{"t": "ping", "n": n})
		_, before := s.readUntil("pong")
		for _, f := range before {
			if f["t"] == "stats" {
				stats = f
			}
		}
		if n > 10 {
			t.Fatal("no stats in 100 s")
		}
	}
	_, hasTemp := stats["temp"]
	if stats["heap"] != 0.0 || stats["loop"].(float64) <= 0 || stats["rssi"] != 0.0 || hasTemp {
		t.Errorf("%v", stats)
	}
}

func TestADroppedLinkIsGoneAndTheNextOneOpens(t *testing.T) {
	r, s, key := adoptedRig(t, theHouse())
	r.control.do(`{"cmd":"drop_link"}`)
	if f, err := s.tryRead(); err == nil {
		t.Errorf("the link goes on: %v", f)
	}
	openSession(t, r.ready.Address, r.ready.ID, key)
}

func TestAfterAPowerCutTheOldLinkHangsUntilThePowerIsBack(t *testing.T) {
	r, s, key := adoptedRig(t, theHouse())
	r.control.do(`{"cmd":"power_cut"}`)
	must(t, s.ws.SetReadDeadline(time.Now().Add(20*time.Millisecond)))
	if _, _, err := s.ws.ReadMessage(); err == nil || !strings.Contains(err.Error(), "timeout") {
		t.Errorf("the peer learnt of it: %v", err)
	}
	if b := r.control.do(`{"cmd":"state"}`).Board; b.Power || b.State != "" {
		t.Errorf("%+v", b)
	}
	if a := r.control.try(`{"cmd":"freeze"}`); a.OK {
		t.Error("froze a board without power")
	}
	r.control.do(`{"cmd":"power_on"}`)
	openSession(t, r.ready.Address, r.ready.ID, key)
	r.control.do(`{"cmd":"power_cut","sockets":"reset"}`)
}

func TestABoardComesBackElsewhere(t *testing.T) {
	r, _, key := adoptedRig(t, theHouse())
	r.control.do(`{"cmd":"power_cut"}`)
	moved := r.control.do(`{"cmd":"power_on","listen":"127.0.0.1:0"}`).Board
	if moved.Address == r.ready.Address {
		t.Error("did not move")
	}
	openSession(t, moved.Address, moved.ID, key)
}

func TestAdoptionIsOpenForTenMinutesAndAfterBOOTWasHeld(t *testing.T) {
	r := startRig(t)
	b := r.ready.readyBoard
	r.control.do(`{"cmd":"advance","ms":600001}`)
	_, err := shakeHands(t, dialLink(t, b.Address), b.ID, adoptionKey(b.SetupCode))
	wantCloseError(t, err, 4002)

	r.control.do(`{"cmd":"boot_button","ms":50}`) // a short press means nothing
	if info := r.control.do(`{"cmd":"state"}`).Board; info.AdoptionOpen {
		t.Fatalf("%+v", info)
	}
	r.holdBOOT(t)
	b.SetupCode = r.control.do(`{"cmd":"state"}`).Board.SetupCode
	adopt(t, b)
}

// cutStride is by how many bytes the cuts of the tests below are apart.
const cutStride = 7

// TestAnAdoptionCutAnywhere: whenever the power goes while a board stores its
// key, it comes back new, with a setup code that works, or adopted.
func TestAnAdoptionCutAnywhereLeavesABoardThatCanBeUsed(t *testing.T) {
	r := startRig(t)
	b := r.ready.readyBoard
	for cut := 0; cut < 20000; cut += cutStride {
		b.SetupCode = r.control.do(`{"cmd":"state"}`).Board.SetupCode
		key := make32(byte(cut%250 + 1))
		s := openSession(t, b.Address, b.ID, adoptionKey(b.SetupCode))
		r.control.do(fmt.Sprintf(`{"cmd":"cut_write","bytes":%d}`, cut))
		s.write(frame{"t": "adopt", "key": hex.EncodeToString(key)})
		through := !r.waitCut(func(info boardInfo) bool { return info.State == "adopted" })
		info := r.control.do(`{"cmd":"state"}`).Board
		if info.State == "adopted" {
			openSession(t, b.Address, b.ID, key)
			if through {
				return
			}
			// Adopted, and cut while the old settings were wiped: start over.
			s := openSession(t, b.Address, b.ID, key)
			s.write(frame{"t": "forget"})
			s.readUntil("forgotten")
		} else if info.State != "new" || info.SetupCode == "" {
			t.Fatalf("cut at %d: %+v", cut, info)
		}
		r.holdBOOT(t)
	}
	t.Fatal("adoption never gets through")
}

// TestAConfigurationCutAnywhere: the old one is in force or the new one.
func TestAConfigurationCutAnywhereIsTheOldOrTheNew(t *testing.T) {
	r, s, key := adoptedRig(t, theHouse())
	old := r.control.do(`{"cmd":"state"}`).Board.Config
	for cut := 0; cut < 20000; cut += cutStride {
		items := theHouse()
		items[2]["debounce"] = 31 + cut
		rev := revision(t, items)
		r.control.do(fmt.Sprintf(`{"cmd":"cut_write","bytes":%d}`, cut))
		s.sendConfig(items)
		through := !r.waitCut(func(info boardInfo) bool { return info.Config == rev })
		info := r.control.do(`{"cmd":"state"}`).Board
		if info.Config != old && info.Config != rev {
			t.Fatalf("cut at %d: %q is in force, neither %s nor %s", cut, info.Config, old, rev)
		}
		if through {
			return
		}
		old = info.Config
		s = openSession(t, r.ready.Address, r.ready.ID, key)
	}
	t.Fatal("a configuration never gets through")
}

// waitCut waits until the power has gone, and switches it on again, or until
// done: it gives false then.
func (r *rig) waitCut(done func(boardInfo) bool) bool {
	info := r.control.waitState(`{"cmd":"state"}`, func(info boardInfo) bool { return !info.Power || done(info) })
	if !info.Power {
		r.control.do(`{"cmd":"power_on"}`)
	}
	return !info.Power
}

func TestKeysRotateAndAreForgotten(t *testing.T) {
	r, s, old := adoptedRig(t, theHouse())
	b := r.ready.readyBoard
	next := make32(9)
	s.write(frame{"t": "rotate", "key": hex.EncodeToString(next)})
	s.readUntil("rotated")
	openSession(t, b.Address, b.ID, old) // either, until the next one was used
	s = openSession(t, b.Address, b.ID, next)
	_, err := shakeHands(t, dialLink(t, b.Address), b.ID, old)
	wantCloseError(t, err, 4001)

	s.write(frame{"t": "forget"})
	s.readUntil("forgotten")
	s.wantClose(4006)
	info := r.control.do(`{"cmd":"state"}`).Board
	if info.State != "new" || info.AdoptionOpen || info.SetupCode == "" || info.Config == "" {
		t.Errorf("%+v", info)
	}
	_, err = shakeHands(t, dialLink(t, b.Address), b.ID, next)
	wantCloseError(t, err, 4002)
}

func TestGoldenFramesOverARealLink(t *testing.T) {
	type vector struct{ Name, From, Frame, Why string }
	var vectors struct{ Valid, Invalid []vector }
	for _, name := range []string{"frames.json", "refused.json"} {
		text, err := os.ReadFile("../../internal/wire/testdata/" + name)
		must(t, err)
		must(t, json.Unmarshal(text, &vectors))
	}
	r := startRig(t)
	key := adopt(t, r.ready.readyBoard)
	for _, v := range vectors.Invalid {
		if v.From != "server" {
			continue
		}
		s := openSession(t, r.ready.Address, r.ready.ID, key)
		s.writeText([]byte(v.Frame))
		if _, err := s.tryRead(); err == nil {
			t.Errorf("%s: answered", v.Name)
		} else {
			t.Run(v.Name, func(t *testing.T) { wantCloseError(t, err, 4000) })
		}
	}
	for _, v := range vectors.Valid {
		if v.From != "server" {
			continue
		}
		decoded, err := new(wire.Decoder).Server([]byte(v.Frame))
		must(t, err)
		hello := false
		switch decoded.(type) {
		case *wire.Adopt, *wire.Rotate, *wire.Forget, *wire.Restart:
			continue // those change the board, and have tests of their own
		case *wire.ServerHello:
			hello = true // opens a session, once
		}
		s, err := shakeHands(t, dialLink(t, r.ready.Address), r.ready.ID, key)
		must(t, err)
		if !hello {
			s.write(frame{"t": "hello", "proto": 1, "server": "test", "unix": 0})
		}
		s.writeText([]byte(v.Frame))
		s.write(frame{"t": "ping", "n": 4711})
		t.Run(v.Name, func(t *testing.T) {
			s.t = t
			for pong := (frame{}); pong["n"] != 4711.0; { // a ping may be what is tested
				pong, _ = s.readUntil("pong")
			}
		})
		must(t, s.ws.Close())
	}
}

//go:build e2e

package e2e

import (
	"strings"
	"testing"

	"hob/internal/entity"
)

// rooms is a house with one of everything on one board.
const rooms = `
home: {name: Rooms, timezone: UTC}
boards:
  esp: {id: "{esp}", chip: esp32}
switches:
  porch: {pin: esp/16, boot: restore}
  fan: {pin: esp/17}
lights:
  stairs: {pwm: esp/18}
buttons:
  button: {pin: esp/32, pull: up, press: toggle porch}
contacts:
  door: {pin: esp/33, pull: up, class: door}
`

func TestABoardThatDiedComesBackAtAnotherPortByItself(t *testing.T) {
	t.Parallel()
	h := newHouse(t, rooms, "esp")
	esp, w := h.boards["esp"], h.watch()
	h.must("set", "porch", "on")
	h.must("set", "stairs", "40%")
	esp.advance(5000) // what to restore is stored now and then only
	esp.wire(33, false)
	esp.settle()
	w.state("door", "closed") // so the server knows the uptime again
	h.must("set", "fan", "on")
	esp.advance(6000)
	w.state("fan", "on")

	esp.kill()
	for id, state := range map[entity.ID]string{"porch": "on", "fan": "on", "stairs": "on", "door": "closed", "button": "released"} {
		w.lost(id, entity.BoardOffline, state)
	}
	if r := h.awaitStatus("esp", entity.BoardOffline); r.Message == "" {
		t.Errorf("no reason is given: %+v", r)
	}
	if _, stderr, code := h.hob("set", "porch", "off"); code != 5 || !strings.Contains(stderr, "offline") {
		t.Errorf("a command while it is away: %d %s", code, stderr)
	}

	esp.restart()
	since := esp.lastEdge()
	w.state("porch", "on")   // boot: restore
	w.state("fan", "off")    // boot: off
	w.state("stairs", "off") // the same
	w.state("door", "open")  // nothing is wired to the board any more
	if r := h.awaitStatus("esp", entity.BoardOnline); r.Address != esp.address {
		t.Errorf("it is at %s, want %s", r.Address, esp.address)
	}
	esp.quiet(since)
	for pin, want := range map[int]string{16: "high", 17: "low", 18: "0"} {
		if got := esp.level(pin); got != want {
			t.Errorf("pin %d is %s, want %s", pin, got, want)
		}
	}
	h.must("set", "fan", "on")
	if got := esp.level(17); got != "high" {
		t.Errorf("the fan's pin is %s", got)
	}
}

func TestALinkThatBreaksComesBackAndNothingMoves(t *testing.T) {
	t.Parallel()
	h := newHouse(t, rooms, "esp")
	esp, w := h.boards["esp"], h.watch()
	h.must("set", "porch", "on")
	h.must("set", "stairs", "40%")
	w.state("stairs", "on")
	since := esp.lastEdge()
	for range 3 {
		esp.do("drop_link")
		w.lost("porch", entity.BoardOffline, "on")
		w.state("porch", "on")
		w.state("stairs", "on")
	}
	esp.quiet(since)
	h.must("set", "porch", "off")
}

func TestAPowerCutWithACommandUnderWay(t *testing.T) {
	t.Parallel()
	for sockets, want := range map[string]entity.Code{"reset": entity.CodeLinkLost, "hang": entity.CodeTimeout} {
		t.Run(sockets, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, rooms, "esp")
			esp, w := h.boards["esp"], h.watch()
			esp.do("freeze") // so that it does not answer before
			w.command("on", "fan", entity.VerbOn)
			w.pending("fan")
			esp.ask(map[string]any{"cmd": "power_cut", "sockets": sockets})
			r := w.result("on")
			if r.Code != want || r.Message == "" {
				t.Errorf("result: %+v, want %s", r, want)
			}
			w.until("the failure shows", func() bool {
				e := w.view.Entities["fan"]
				return e.Pending == nil && e.Failure != nil && e.Failure.Code == want
			})
			esp.do("power_on")
			since := esp.lastEdge()
			w.lost("fan", entity.BoardOffline, "off")
			w.state("fan", "off")
			h.must("set", "porch", "on") // whatever was under way has come by now
			esp.quiet(since, 16)
		})
	}
}

func TestWhatANetworkHeldBackDoesNotActLater(t *testing.T) {
	t.Parallel()
	h := newHouse(t, rooms, "esp")
	esp, w := h.boards["esp"], h.watch()
	w.state("fan", "off")
	since := esp.lastEdge()
	esp.do("block")
	w.command("late", "fan", entity.VerbOn)
	if r := w.result("late"); r.Status != entity.StatusExpired || r.Code != entity.CodeTimeout {
		t.Errorf("result: %+v", r)
	}
	w.lost("fan", entity.BoardOffline, "off")
	if r := h.awaitStatus("esp", entity.BoardOffline); r.Message == "" {
		t.Errorf("no reason is given: %+v", r)
	}
	esp.awaitState("it gives up the session", func(s boardState) bool { return !s.Session })
	if _, stderr, code := h.hob("set", "fan", "on"); code != 5 || !strings.Contains(stderr, "offline") {
		t.Errorf("a command while the network is away: %d %s", code, stderr)
	}
	esp.do("unblock")
	w.state("fan", "off")
	h.must("set", "porch", "on")
	esp.quiet(since, 16)
}

func TestWhatAShortSilenceHeldBackDoesNotActLater(t *testing.T) {
	t.Parallel()
	for how, back := range map[string]string{"block": "unblock", "freeze": "thaw"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, rooms, "esp")
			esp, w := h.boards["esp"], h.watch()
			w.state("fan", "off")
			since := esp.lastEdge()
			esp.do(how)
			w.command("late", "fan", entity.VerbOn)
			if r := w.result("late"); r.Status != entity.StatusExpired || r.Code != entity.CodeTimeout {
				t.Errorf("result: %+v", r)
			}
			esp.do(back) // the session has lived through it, and the command is on its way
			h.must("set", "porch", "on")
			w.state("porch", "on")
			w.state("fan", "off")
			esp.quiet(since, 16)
		})
	}
}

//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hob/internal/entity"
)

const doors = `
home: {name: Doors, timezone: UTC}
boards:
  esp: {id: "{esp}", chip: esp32}
garage_doors:
  left:
    relay: esp/25
    pulse: 200ms
    closed_reed: esp/32
    open_reed: esp/33
    travel: 2s
    unattended_close: {warn: esp/13, for: 5s}
  right: {relay: esp/26, pulse: 200ms}
`

// slow is how much later than by its clock a board may set a pin on a busy computer, in ms.
const slow = second / 2

const (
	leftRelay, leftWarn, rightRelay = 25, 13, 26
	leftWarning                     = 5 * second
)

// doorHouse is a house with a left door in the world that takes travel ms and is
// at place, and a right one that is closed.
func doorHouse(t *testing.T, travel int, place float64) (*house, *board, *watcher) {
	t.Helper()
	return doorHouseOf(t, doors, travel, place)
}

func doorHouseOf(t *testing.T, config string, travel int, place float64) (*house, *board, *watcher) {
	t.Helper()
	h := newHouse(t, config, "esp")
	esp, w := h.boards["esp"], h.watch()
	esp.leftDoor(travel, place)
	esp.order("door", args{"name": "right", "relay": rightRelay, "travel_ms": 200, "latency_ms": 0})
	esp.rest()
	switch place {
	case 0:
		w.state("left", entity.DoorClosed)
	case 1:
		w.state("left", entity.DoorOpen)
	}
	return h, esp, w
}

// leftDoor puts a door in the place of the one that was there.
func (b *board) leftDoor(travel int, place float64) {
	b.t.Helper()
	b.order("door", args{"name": "left", "relay": leftRelay, "closed_reed": 32, "open_reed": 33,
		"travel_ms": travel, "latency_ms": 0, "place": place})
}

// rest is longer than any opener's gap between two pulses, and than what counts
// as one after a configuration.
func (b *board) rest() { b.t.Helper(); b.settle(); b.advance(2 * second) }

func TestADoorOpensAndClosesAsItsReedsSay(t *testing.T) {
	t.Parallel()
	h, esp, w := doorHouse(t, 300, 0)

	t.Run("nobody has said that they see it", func(t *testing.T) {
		since := esp.lastEdge()
		if said := h.wants(t, 2, "set", "left", "open"); !strings.Contains(said, "--yes") {
			t.Errorf("it says %q", said)
		}
		esp.quiet(since)
	})
	t.Run("open", func(t *testing.T) {
		from, since := len(w.seen), esp.lastEdge()
		h.must("set", "left", "open", "--yes")
		w.state("left", entity.DoorOpen)
		if got := w.states(from, "left"); !slices.Equal(got, []string{entity.DoorClosed, entity.DoorOpening, entity.DoorOpen}) {
			t.Errorf("it was %v", got)
		}
		esp.awaitEdge(since, leftRelay, false)
		if n := esp.pulses(since, leftRelay); n != 1 {
			t.Errorf("%d pulses", n)
		}
		esp.quiet(since, leftRelay) // nobody is warned of a door that opens
	})
	t.Run("open when it is open is nothing", func(t *testing.T) {
		since := esp.lastEdge()
		h.must("set", "left", "open", "--yes")
		esp.quiet(since)
	})
	t.Run("close warns for the whole time first", func(t *testing.T) {
		esp.rest()
		from, since := len(w.seen), esp.lastEdge()
		h.must("set", "left", "close", "--yes")
		w.state("left", entity.DoorClosed)
		if got := w.states(from, "left"); !slices.Equal(got, []string{entity.DoorOpen, entity.DoorClosing, entity.DoorClosed}) {
			t.Errorf("it was %v", got) // at its end while the order is under way
		}
		esp.awaitEdge(since, leftWarn, false)
		edges, _ := esp.edges(since)
		var order []int
		for _, e := range edges {
			order = append(order, e.Pin)
		}
		if !slices.Equal(order, []int{leftWarn, leftRelay, leftRelay, leftWarn}) &&
			!slices.Equal(order, []int{leftWarn, leftRelay, leftWarn, leftRelay}) || !edges[0].Level || !edges[1].Level {
			t.Fatalf("edges: %+v", edges)
		}
		if warned := edges[1].Up - edges[0].Up; warned < leftWarning-slow {
			t.Errorf("it warned for %d ms", warned)
		}
	})
}

// Who asks for it to be open while it warns has it stay open, and is not told a
// thing that is undone a moment later.
func TestOpenDuringTheWarningCallsTheCloseOff(t *testing.T) {
	t.Parallel()
	_, esp, w := doorHouse(t, 300, 1)
	since := esp.lastEdge()
	esp.rest()
	w.command("close", "left", entity.VerbClose)
	w.until("it warns", func() bool { return w.attribute("left", "warning_until") != nil })
	w.command("open", "left", entity.VerbOpen)
	if r := w.result("open"); r.Status != entity.StatusConfirmed {
		t.Errorf("open: %+v", r)
	}
	if r := w.result("close"); r.Status != entity.StatusRefused || r.Code != entity.CodeSuperseded {
		t.Errorf("close: %+v", r)
	}
	esp.awaitEdge(since, leftWarn, false)
	for range 4 { // the end of the warning, and beyond it
		esp.advance(2 * second)
	}
	if n := esp.pulses(since, leftRelay); n != 0 {
		t.Errorf("%d pulses", n)
	}
	w.has("left", "open", true)
	w.until("no warning is shown", func() bool { return w.attribute("left", "warning_until") == nil })
}

// Whatever takes the link away during the warning, nothing moves.
func TestAWarningThatLosesItsLinkEndsWithoutAPulse(t *testing.T) {
	t.Parallel()
	h, esp, w := doorHouse(t, 300, 1)

	warns := func(t *testing.T) uint64 {
		t.Helper()
		since := esp.lastEdge()
		esp.rest()
		w.command(path.Base(t.Name()), "left", entity.VerbClose)
		w.until("it warns", func() bool { return w.attribute("left", "warning_until") != nil })
		esp.awaitEdge(since, leftWarn, true)
		return since
	}
	still := func(t *testing.T, since uint64) {
		t.Helper()
		esp.awaitEdge(since, leftWarn, false)
		for range 4 { // the end of the warning, and beyond it
			esp.advance(2 * second)
		}
		if n := esp.pulses(since, leftRelay); n != 0 {
			t.Errorf("%d pulses", n)
		}
		if d := esp.awaitDoor("left", "there", func(worldDoor) bool { return true }); d.Motion != "still" || !d.Open {
			t.Errorf("the door is %+v", d)
		}
	}
	t.Run("reset", func(t *testing.T) {
		since := warns(t)
		esp.do("drop_link")
		still(t, since)
		if r := w.result(path.Base(t.Name())); r.Status == entity.StatusConfirmed {
			t.Errorf("result: %+v", r)
		}
	})
	t.Run("silent", func(t *testing.T) {
		h.online("esp")
		w.has("left", "open", true)
		since := warns(t)
		esp.do("block")
		esp.advance(leftWarning)
		still(t, since)
		esp.advance(15 * second) // nobody takes it for alive any more
		esp.do("unblock")
		w.until("the link is given up", func() bool { return !w.view.Entities["left"].Available })
		if r := w.result(path.Base(t.Name())); r.Status == entity.StatusConfirmed {
			t.Errorf("result: %+v", r)
		}
	})
	t.Run("the server is killed", func(t *testing.T) {
		h.online("esp")
		w.has("left", "open", true)
		since := warns(t)
		h.server.kill()
		still(t, since)
		h.serve()
		w = h.watch()
		w.state("left", entity.DoorOpen)
		if n := esp.pulses(since, leftRelay); n != 0 {
			t.Errorf("%d pulses when the server was back", n)
		}
	})
}

func TestADoorWithoutReedsIsOnlyPulsedByWhoSeesIt(t *testing.T) {
	t.Parallel()
	h, esp, w := doorHouse(t, 300, 0)

	since := esp.lastEdge()
	h.wants(t, 2, "set", "right", "pulse")
	h.wants(t, 2, "set", "right", "open", "--yes")
	h.wants(t, 2, "set", "right", "close", "--yes")
	w.command("blind", "right", entity.VerbPulse)
	if r := w.result("blind"); r.Status != entity.StatusRefused || r.Code != entity.CodeConfirmNeeded {
		t.Errorf("result: %+v", r)
	}
	esp.quiet(since)

	h.must("set", "right", "pulse", "--yes")
	esp.awaitEdge(since, rightRelay, false)
	if n := esp.pulses(since, rightRelay); n != 1 {
		t.Errorf("%d pulses", n)
	}
	esp.awaitDoor("right", "open", func(d worldDoor) bool { return d.Place == 1 })
	if e := w.view.Entities["right"]; e.State != entity.StateUnknown || w.attribute("right", "position") != "none" {
		t.Errorf("it is %+v", e)
	}
	esp.quiet(since, rightRelay)

	for _, scene := range []string{"right: pulse", "right: open", "right: close", "left: open", "left: pulse"} {
		file := filepath.Join(h.dir, "scene.yaml")
		text := strings.ReplaceAll(doors, "{esp}", esp.id) + "scenes:\n  night: {" + scene + "}\n"
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, stderr, code := h.hob("check", file); code == 0 {
			t.Errorf("a scene with %s is welcome: %s", scene, stderr)
		}
	}
}

func TestABoardThatBootsDuringATravelSaysWhatTheReedsSay(t *testing.T) {
	t.Parallel()
	const travel = minute // it is under way for as long as any computer needs
	h, esp, w := doorHouseOf(t, strings.Replace(doors, "travel: 2s", "travel: 60s", 1), travel, 0)
	orders := 0
	moving := func() {
		t.Helper()
		esp.rest()
		orders++
		w.command(fmt.Sprint("open ", orders), "left", entity.VerbOpen)
		esp.awaitDoor("left", "under way", func(d worldDoor) bool { return !d.Closed && !d.Open })
		w.state("left", entity.DoorOpening)
	}
	boots := func() (from int) {
		t.Helper()
		esp.do("power_on")
		w.until("the board is back", func() bool { return w.view.Entities["left"].Available })
		return len(w.seen)
	}
	since := esp.lastEdge()
	moving()
	esp.ask(map[string]any{"cmd": "power_cut", "sockets": "reset"})
	w.lost("left", entity.BoardOffline, entity.StateUnknown) // it went on to who knows where
	esp.order("door", args{"name": "left", "place": 1})      // openers have power of their own
	from := boots()
	w.state("left", entity.DoorOpen)
	if got := w.states(from, "left"); slices.Contains(got, entity.DoorOpening) || slices.Contains(got, entity.DoorClosing) {
		t.Errorf("after the boot it was %v", got)
	}

	esp.order("door", args{"name": "left", "place": 0.5}) // by hand
	w.state("left", entity.DoorClosing)
	esp.order("door", args{"name": "left", "place": 0})
	w.state("left", entity.DoorClosed)
	moving()
	esp.order("door", args{"name": "left", "jammed": true})
	esp.ask(map[string]any{"cmd": "power_cut", "sockets": "reset"})
	w.until("the board is gone", func() bool { return !w.view.Entities["left"].Available })
	from = boots()
	w.state("left", entity.DoorStopped)
	if got := w.states(from, "left"); slices.Contains(got, entity.DoorOpening) || slices.Contains(got, entity.DoorClosing) {
		t.Errorf("after the boot it was %v", got)
	}
	if n := esp.pulses(since, leftRelay); n != orders {
		t.Errorf("%d pulses for %d orders", n, orders)
	}
	h.wants(t, 1, "set", "left", "open", "--yes") // from in between a pulse may go either way
}

func TestATravelThatIsOverdueIsToldAndNeverTriedAgain(t *testing.T) {
	t.Parallel()
	h, esp, w := doorHouse(t, minute, 0) // which is far longer than declared

	since := esp.lastEdge()
	w.command("jam", "left", entity.VerbOpen)
	w.state("left", entity.DoorOpening)
	esp.awaitDoor("left", "under way", func(d worldDoor) bool { return !d.Closed })
	esp.order("door", args{"name": "left", "jammed": true})
	w.state("left", entity.DoorObstructed)
	if p := w.attribute("left", "problem"); p != entity.DoorDidNotOpen {
		t.Errorf("the problem is %v", p)
	}
	// A new session, and a server that begins anew, do not try it again either.
	esp.do("drop_link")
	h.online("esp")
	h.server.kill()
	h.serve()
	h.online("esp")
	if n := esp.pulses(since, leftRelay); n != 1 {
		t.Errorf("%d pulses", n)
	}

	// Something in the way of a closing door: it turns back by itself.
	w = h.watch()
	esp.leftDoor(600, 1)
	w.state("left", entity.DoorOpen)
	esp.order("door", args{"name": "left", "block": 0.5})
	esp.rest()
	since = esp.lastEdge()
	w.command("blocked", "left", entity.VerbClose)
	w.has("left", "problem", entity.DoorDidNotClose)
	w.state("left", entity.DoorOpen)
	if n := esp.pulses(since, leftRelay); n != 1 {
		t.Errorf("%d pulses", n)
	}
}

//go:build e2e

package e2e

import (
	"slices"
	"testing"

	"hob/internal/entity"
)

const coolRelay = 22

// cooled is a house with a cooler that has a fallback and no schedule.
const cooled = `
home: {name: Cooled, timezone: UTC}
boards:
  esp: {id: "{esp}", chip: esp32}
sensors:
  temp: {type: ds18b20, pin: esp/4, every: 2s, plausible: -30..60°C}
coolers:
  cool:
    relay: esp/22
    sensor: temp
    range: 18..30°C
    hysteresis: 1°C
    min_on: 10s
    min_off: 60s
    sensor_lost: {after: 30s, then: off}
    manual: forever
    fallback: 28°C
`

func TestACoolerBringsARoomDownAndHoldsIt(t *testing.T) {
	t.Parallel()
	h := builtHouse(t, cooled, func(h *house) {
		esp := h.boards["esp"]
		esp.order("weather", args{"mean": 36, "swing": 0})
		esp.order("room", args{"name": "room", "cooler": coolRelay, "temp": 27, "mass": 2e5})
		esp.order("sensor", args{"pin": 4, "room": "room", "noise": 0})
	}, "esp")
	esp := h.boards["esp"]
	since := esp.lastEdge()
	h.online("esp")
	h.must("set", "cool", "24")
	w := h.watch()
	w.has("cool", "target", 24.0)
	on := esp.coldFrom(t, since)
	if on.Up < 60*second-slow {
		t.Errorf("it cools %d ms after a start: its least time off counts from there", on.Up)
	}
	if !esp.pass(20*minute, 2*second, func() bool { return esp.room("room").Temp <= 24 }) {
		t.Fatalf("the room is at %+v", esp.room("room"))
	}
	esp.staysCool(t, 23.5-slack, 24.5+slack)
	h.online("esp")
	w = h.watch()
	w.until("it says what it does", func() bool {
		s := w.view.Entities["cool"].State
		return s == "cooling" || s == "idle" || s == "waiting"
	})

	// Off at once when its sensor shows less than its range begins with.
	esp.pass(5*minute, 2*second, func() bool { return esp.level(coolRelay) == "high" })
	since = esp.lastEdge()
	esp.order("room", args{"name": "room", "temp": 17})
	esp.pass(6*second, second, func() bool { return esp.level(coolRelay) == "low" })
	esp.awaitLevel(coolRelay, "low")
	h.online("esp")
	h.watch().state("cool", "cut_off")
	if n := esp.pulses(since, coolRelay); n != 0 {
		t.Errorf("it cools a room of 17 °C")
	}

	// Without its server and its plan it holds its fallback.
	h.server.kill()
	esp.powerCut("reset")
	since = esp.lastEdge()
	if !esp.pass(60*minute, 2*second, func() bool { return esp.pulses(since, coolRelay) > 0 }) {
		t.Fatalf("it never cools: %+v", esp.room("room"))
	}
	if temp := esp.room("room").Temp; temp < 28.5-slack || temp > 28.5+3*slack {
		t.Errorf("it begins to cool at %.2f °C", temp)
	}
}

// coldFrom lets time pass until the cooler goes on, and gives that edge.
func (b *board) coldFrom(t *testing.T, since uint64) edge {
	t.Helper()
	b.pass(2*minute, 2*second, func() bool { return b.level(coolRelay) == "high" })
	return b.awaitEdge(since, coolRelay, true)
}

// staysCool wants the room to stay between two temperatures for ten minutes, by
// a cooler that works and keeps its least time off.
func (b *board) staysCool(t *testing.T, low, high float64) {
	t.Helper()
	since := b.lastEdge()
	b.pass(10*minute, 2*second, func() bool {
		if temp := b.room("room").Temp; temp < low || temp > high {
			t.Fatalf("the room is at %.2f °C, not %.1f to %.1f", temp, low, high)
		}
		return false
	})
	edges, _ := b.edges(since)
	off, ons := int64(-1), 0
	for _, e := range edges {
		switch {
		case e.Pin != coolRelay:
		case !e.Level:
			off = e.Up
		default:
			ons++
			if off >= 0 && e.Up-off < 60*second-slow {
				t.Errorf("it was off for %d ms", e.Up-off)
			}
		}
	}
	if ons < 1 || ons > 10 {
		t.Errorf("it went on %d times in ten minutes", ons)
	}
}

// A boost is part of the plan: its end needs no server.
func TestABoostEndsByItselfWithTheServerAway(t *testing.T) {
	t.Parallel()
	h, esp := heatedRoom(t, heated(""), 18)
	h.must("set", "heat", "18")
	w := h.watch()
	w.has("heat", "target", 18.0)
	h.must("set", "heat", "boost", "20.5", "10m")
	w.has("heat", "target", 20.5)
	if mode, until := w.attribute("heat", "mode"), w.attribute("heat", "until"); mode != "boost" || until == nil {
		t.Errorf("mode %v, until %v", mode, until)
	}
	from := esp.up()
	h.server.kill()
	esp.pass(8*minute, 2*second, nil)
	if temp := esp.room("room").Temp; temp < 20-slack {
		t.Errorf("after 8 minutes of boost it is %.2f °C", temp)
	}
	since := esp.lastEdge()
	left := 10*minute + 5*second - int(esp.up()-from)
	esp.pass(left, second, nil)
	esp.awaitLevel(heatRelay, "low") // whether or not it was on at the end
	if !esp.pass(60*minute, 2*second, func() bool { return esp.room("room").Temp < 20-2*slack }) {
		t.Fatalf("it goes on: %+v", esp.room("room"))
	}
	since = max(since, esp.lastEdge())
	if !esp.pass(60*minute, 2*second, func() bool { return esp.pulses(since, heatRelay) > 0 }) {
		t.Fatalf("it never heats again: %+v", esp.room("room"))
	}
	if temp := esp.room("room").Temp; temp > 17.5+slack || temp < 17.5-3*slack {
		t.Errorf("after the boost it begins to heat at %.2f °C", temp)
	}
}

// While a window is open only frost protection is kept, and the setting by hand
// is what comes back.
func TestAnOpenWindowStopsTheHeaterAndTheFrostDoesNot(t *testing.T) {
	t.Parallel()
	config := heated("    windows: [window]\n") + "contacts:\n  window: {pin: esp/33, pull: up, class: window}\n"
	h, esp := heatedRoom(t, config, 10)
	const shut = false // pulled down by the magnet
	esp.wire(33, shut)
	esp.order("room", args{"name": "room", "mass": 1e9})
	w := h.watch()
	w.state("window", "closed")
	h.must("set", "heat", "20")
	esp.awaitLevel(heatRelay, "high")
	esp.pass(12*second, second, nil) // its least time on

	h.online("esp")
	esp.wire(33, !shut)
	w = h.watch()
	w.has("heat", "mode", "window")
	w.state("heat", "idle") // 10 °C is far above frost
	esp.awaitLevel(heatRelay, "low")
	since := esp.lastEdge()
	esp.pass(2*minute, 2*second, nil)
	if n := esp.pulses(since, heatRelay); n != 0 {
		t.Errorf("it heated %d times with the window open", n)
	}

	esp.order("room", args{"name": "room", "temp": 3})
	esp.pass(20*second, second, func() bool { return esp.level(heatRelay) == "high" })
	esp.awaitLevel(heatRelay, "high") // the pipes must not freeze
	h.online("esp")
	w = h.watch()
	w.has("heat", "source", "frost")

	esp.order("room", args{"name": "room", "temp": 10})
	esp.pass(20*second, second, func() bool { return esp.level(heatRelay) == "low" })
	esp.awaitLevel(heatRelay, "low")
	esp.pass(12*second, second, nil)
	h.online("esp")
	esp.wire(33, shut)
	w = h.watch()
	w.has("heat", "mode", "manual")
	w.has("heat", "target", 20.0)
	esp.awaitLevel(heatRelay, "high")
}

const oneReed = `
home: {name: One reed, timezone: UTC}
boards:
  esp: {id: "{esp}", chip: esp32}
garage_doors:
  left:
    relay: esp/25
    pulse: 200ms
    closed_reed: esp/32
    travel: 2s
    unattended_close: {warn: esp/13, for: 5s}
`

// One reed tells of a door that is closed, and of one that is not: nobody claims
// that it is open, and where it is on its way nobody knows.
func TestADoorWithOneReedSaysNoMoreThanItKnows(t *testing.T) {
	t.Parallel()
	h := newHouse(t, oneReed, "esp")
	esp, w := h.boards["esp"], h.watch()
	esp.order("door", args{"name": "left", "relay": leftRelay, "closed_reed": 32, "travel_ms": 1000, "latency_ms": 0})
	esp.rest()
	w.state("left", entity.DoorClosed)
	if p := w.attribute("left", "position"); p != "closed_reed" {
		t.Errorf("its position is told by %v", p)
	}

	from, since := len(w.seen), esp.lastEdge()
	h.must("set", "left", "open", "--yes")
	esp.awaitDoor("left", "open", func(d worldDoor) bool { return d.Place == 1 && d.Motion == "still" })
	w.state("left", entity.DoorStopped)
	if got := w.states(from, "left"); !slices.Equal(got, []string{entity.DoorClosed, entity.DoorOpening, entity.DoorStopped}) {
		t.Errorf("it was %v", got)
	}
	if n := esp.pulses(since, leftRelay); n != 1 {
		t.Errorf("%d pulses", n)
	}
	if p := w.attribute("left", "problem"); p != nil {
		t.Errorf("the problem is %v", p)
	}
	h.wants(t, 1, "set", "left", "open", "--yes") // it may be half open, and a pulse would go either way

	esp.rest()
	from, since = len(w.seen), esp.lastEdge()
	h.must("set", "left", "close", "--yes")
	w.state("left", entity.DoorClosed)
	if got := w.states(from, "left"); !slices.Equal(got, []string{entity.DoorStopped, entity.DoorClosing, entity.DoorClosed}) {
		t.Errorf("it was %v", got)
	}
	esp.awaitEdge(since, leftWarn, false)
	edges, _ := esp.edges(since)
	if len(edges) < 2 || edges[0].Pin != leftWarn || edges[1].Pin != leftRelay || edges[1].Up-edges[0].Up < leftWarning-slow {
		t.Errorf("it did not warn first: %+v", edges)
	}
	if n := esp.pulses(since, leftRelay); n != 1 {
		t.Errorf("%d pulses", n)
	}
}

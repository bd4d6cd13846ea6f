//go:build e2e

package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// heated is a house with a heater whose schedule has these points each day.
func heated(points string) string {
	return `
home: {name: Heated, timezone: UTC}
boards:
  esp: {id: "{esp}", chip: esp32}
sensors:
  temp: {type: ds18b20, pin: esp/4, every: 2s, plausible: -30..60°C}
heaters:
  heat:
    relay: esp/21
    sensor: temp
    range: 5..25°C
    hysteresis: 1°C
    min_on: 10s
    min_off: 10s
    sensor_lost: {after: 30s, then: off}
    presets: {away: 14°C, comfort: 21°C}
    manual: forever
    frost: 5°C
    fallback: 12°C
` + points
}

const heatRelay = 21

// heatedRoom is a house with a room at a temperature of which its heater knows.
// It is cold outside, so the room cools down while nothing heats it.
func heatedRoom(t *testing.T, config string, temp float64) (*house, *board) {
	t.Helper()
	h := builtHouse(t, config, func(h *house) {
		esp := h.boards["esp"]
		// As small as a cupboard: what a real room takes hours for would be too slow.
		esp.order("weather", args{"mean": 0, "swing": 0})
		esp.order("room", args{"name": "room", "heater": heatRelay, "temp": temp, "mass": 2e5})
		esp.order("sensor", args{"pin": 4, "room": "room", "noise": 0})
	}, "esp")
	esp := h.boards["esp"]
	esp.pass(12*second, second, nil) // it measures, and min_off has passed
	h.ready()
	return h, esp
}

// holds wants the room to stay between two temperatures for so long, with the
// relay working.
func holds(t *testing.T, b *board, low, high float64) {
	t.Helper()
	since := b.lastEdge()
	lowest, highest := 1000.0, -1000.0
	b.pass(10*minute, 2*second, func() bool {
		temp := b.room("room").Temp
		lowest, highest = min(lowest, temp), max(highest, temp)
		return false
	})
	if lowest < low || highest > high {
		t.Errorf("the room was between %.2f and %.2f °C, not %.1f and %.1f", lowest, highest, low, high)
	}
	if n := b.pulses(since, heatRelay); n < 1 || n > 12 {
		t.Errorf("the relay went on %d times in ten minutes", n)
	}
}

// slack is what a room goes on for between two readings, in °C.
const slack = 0.15

func TestAHeaterBringsARoomToItsSetpointAndHoldsIt(t *testing.T) {
	t.Parallel()
	h, esp := heatedRoom(t, heated(""), 16)
	h.must("set", "heat", "20")
	esp.awaitLevel(heatRelay, "high")
	if !esp.pass(20*minute, 2*second, func() bool { return esp.room("room").Temp >= 20 }) {
		t.Fatalf("the room is at %+v", esp.room("room"))
	}
	holds(t, esp, 19.5-slack, 20.5+slack)
	h.relinked(esp)
	w := h.watch()
	if mode, target := w.attribute("heat", "mode"), w.attribute("heat", "target"); mode != "manual" || target != 20.0 {
		t.Errorf("mode %v, target %v", mode, target)
	}
	// Without the server it goes on with the plan that it has.
	h.server.kill()
	holds(t, esp, 19.5-slack, 20.5+slack)
	// Without its plan as well, it holds what was declared for that.
	esp.powerCut("reset")
	since := esp.lastEdge()
	if !esp.pass(60*minute, 2*second, func() bool { return esp.pulses(since, heatRelay) > 0 }) {
		t.Fatalf("it never heats: %+v", esp.room("room"))
	}
	if temp := esp.room("room").Temp; temp > 11.5+slack || temp < 11.5-3*slack {
		t.Errorf("it begins to heat at %.2f °C", temp)
	}
	holds(t, esp, 11.5-slack, 12.5+slack)
	h.serve()
	h.online("esp")
	h.watch().has("heat", "target", 20.0)
}

func TestAScheduleIsFollowedWithTheServerAway(t *testing.T) {
	t.Parallel()
	now := time.Now().UTC()
	points := []string{now.Add(-time.Hour).Format("15:04") + " away", now.Add(10*time.Minute).Format("15:04") + " comfort"}
	slices.Sort(points)
	h, esp := heatedRoom(t, heated("    schedule:\n      mon-sun: "+strings.Join(points, ", ")+"\n"), 14.4)
	w := h.watch()
	w.has("heat", "target", 14.0)
	w.state("heat", "idle")
	h.server.kill()
	left := int(time.Until(now.Add(10 * time.Minute).Truncate(time.Minute)).Milliseconds())
	esp.pass(left-10*second, 5*second, nil)
	before := esp.room("room").Temp
	if before < 13.5-slack || before > 14.5+slack {
		t.Errorf("before the point it is %.1f °C", before)
	}
	if !esp.pass(20*minute, 2*second, func() bool { return esp.room("room").Temp >= 21 }) {
		t.Fatalf("from %.1f °C it went to %+v", before, esp.room("room"))
	}
	holds(t, esp, 20.5-slack, 21.5+slack)
}

func TestAHeaterIsOffWithoutASensorThatCanBeTrusted(t *testing.T) {
	t.Parallel()
	h, esp := heatedRoom(t, heated(""), 10)
	esp.order("room", args{"name": "room", "mass": 1e9}) // always cold enough to heat
	h.must("set", "heat", "20")
	esp.awaitLevel(heatRelay, "high")
	esp.pass(12*second, second, nil)

	broken := func(fault string, least, most int64, state string) {
		t.Helper()
		esp.awaitLevel(heatRelay, "high")
		since, from := esp.lastEdge(), esp.up()
		esp.order("sensor", args{"pin": 4, "fault": fault})
		esp.pass(40*second, 500, func() bool { return esp.level(heatRelay) == "low" })
		off := esp.awaitEdge(since, heatRelay, false)
		if after := off.Up - from; after < least || after > most {
			t.Errorf("%s: off after %d ms, not %d to %d", fault, after, least, most)
		}
		h.online("esp")
		h.watch().state("heat", state)
		esp.pass(minute, second, nil)
		if n := esp.pulses(since, heatRelay); n != 0 {
			t.Errorf("%s: it heats again", fault)
		}
		esp.order("sensor", args{"pin": 4, "fault": ""})
		esp.pass(20*second, second, func() bool { return esp.level(heatRelay) == "high" })
		esp.awaitLevel(heatRelay, "high")
		h.online("esp")
		h.watch().state("heat", "heating")
	}
	// The newest good sample is some seconds old when the fault comes: an interval,
	// the time it takes to measure, and a step of ours each. A busy computer adds to
	// the board's time before the fault, and before it is off.
	broken("vanished", 20*second, 39*second, "sensor_lost")
	broken("checksum", 20*second, 39*second, "sensor_lost")
	broken("out_of_range", 0, 15*second, "cut_off") // two in a row
}

func TestAFedHeaterIsOffAtItsLimitWhenTheServerIsGone(t *testing.T) {
	t.Parallel()
	h := builtHouse(t, `
home: {name: Fed, timezone: UTC}
boards:
  hall: {id: "{hall}", chip: esp32}
  shed: {id: "{shed}", chip: esp32}
sensors:
  temp: {type: ds18b20, pin: hall/4, every: 1s}
heaters:
  heat: {relay: shed/21, sensor: temp, min_on: 0s, min_off: 0s, manual: forever, sensor_lost: {after: 30s, then: off}}
`, func(h *house) {
		h.boards["hall"].order("sensor", args{"pin": 4, "value": 15, "noise": 0})
	}, "hall", "shed")
	hall, shed, w := h.boards["hall"], h.boards["shed"], h.watch()
	w.state("temp", "15")
	h.must("set", "heat", "20")
	w.state("heat", "heating")
	shed.awaitLevel(heatRelay, "high")
	hall.order("sensor", args{"pin": 4, "value": 22, "noise": 0})
	w.state("heat", "idle")
	hall.order("sensor", args{"pin": 4, "value": 15, "noise": 0})
	w.state("heat", "heating")

	since := shed.lastEdge()
	h.server.kill()
	from := shed.up()
	shed.pass(40*second, 500, func() bool { return shed.level(heatRelay) == "low" })
	off := shed.awaitEdge(since, heatRelay, false)
	if after := off.Up - from; after < 20*second || after > 39*second {
		t.Errorf("it went off %d ms after the server was gone", after)
	}
	shed.pass(minute, second, nil)
	if n := shed.pulses(since, heatRelay); n != 0 {
		t.Error("it heats again")
	}
	h.serve()
	h.watch().state("heat", "heating")
}

func TestASettingByHandOutlivesServerAndBoard(t *testing.T) {
	t.Parallel()
	h, esp := heatedRoom(t, heated(""), 10)
	h.must("set", "heat", "18.5", "for", "2h")
	w := h.watch()
	w.has("heat", "target", 18.5)
	until := w.attribute("heat", "until")
	h.server.kill()
	h.serve()
	h.online("esp")
	w = h.watch()
	w.has("heat", "target", 18.5)
	if mode, now := w.attribute("heat", "mode"), w.attribute("heat", "until"); mode != "manual" || now != until || until == nil {
		t.Errorf("mode %v, until %v, was %v", mode, now, until)
	}

	// What is asked for while the board is away is kept, and in force when it is back.
	esp.ask(map[string]any{"cmd": "power_cut", "sockets": "reset"})
	w.until("the board is gone", func() bool { return !w.view.Entities["heat"].Available })
	if said := h.wants(t, 0, "set", "heat", "19.5"); !strings.Contains(said, "when it is back") {
		t.Errorf("it says %q", said)
	}
	esp.do("power_on")
	w.has("heat", "target", 19.5)
	if s := w.attribute("heat", "source"); s != "plan" {
		t.Errorf("the source is %v", s)
	}
	esp.pass(12*second, second, nil)
	esp.awaitLevel(heatRelay, "high")
}

func TestALockedHeaterStaysOffWhateverHappens(t *testing.T) {
	t.Parallel()
	h, esp := heatedRoom(t, heated(""), 3) // colder than its frost protection
	esp.order("room", args{"name": "room", "mass": 1e9})
	esp.awaitLevel(heatRelay, "high")
	h.must("set", "heat", "lock")
	esp.awaitLevel(heatRelay, "low")
	since := esp.lastEdge()
	h.watch().state("heat", "locked")
	h.server.kill()
	esp.powerCut("reset")
	esp.pass(2*minute, 2*second, nil)
	if n := esp.pulses(since, heatRelay); n != 0 {
		t.Errorf("it heated %d times", n)
	}
	h.serve()
	h.online("esp")
	h.watch().state("heat", "locked")
	h.wants(t, 1, "set", "heat", "20")
	if n := esp.pulses(since, heatRelay); n != 0 {
		t.Errorf("it heated %d times", n)
	}
	h.must("set", "heat", "unlock")
	esp.pass(12*second, second, nil)
	esp.awaitLevel(heatRelay, "high")
}

func TestLinksAndReloadsDoNotSwitchAHeater(t *testing.T) {
	t.Parallel()
	config := heated("")
	h, esp := heatedRoom(t, config, 10)
	esp.order("room", args{"name": "room", "mass": 1e9})
	h.must("set", "heat", "20")
	esp.awaitLevel(heatRelay, "high")
	since := esp.lastEdge()
	for range 5 {
		esp.do("drop_link")
		h.online("esp")
	}
	for i := range 3 {
		mark := h.server.log.mark()
		h.reload(strings.Replace(config, "  heat:\n", fmt.Sprintf("  heat:\n    name: Heat %d\n", i), 1))
		h.server.log.awaitAfter(t, mark, "reload")
		w := h.watch()
		w.until("the new name", func() bool { return w.view.Entities["heat"].Name == fmt.Sprintf("Heat %d", i) })
		h.must("set", "heat", "20")
	}
	h.server.kill()
	h.serve()
	h.online("esp")
	w := h.watch()
	w.state("heat", "heating")
	w.has("heat", "target", 20.0)
	esp.quiet(since)
}

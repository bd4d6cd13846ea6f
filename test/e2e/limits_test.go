//go:build e2e

package e2e

import (
	"testing"

	"hob/internal/entity"
)

const limited = `
home: {name: Limits, timezone: UTC}
boards:
  esp: {id: "{esp}", chip: esp32}
switches:
  fan: {pin: esp/17, off_after: 30m}
  pump: {pin: esp/16, max_on: 2h}
  lawn: {pin: esp/18, interlock: valves, interlock_wait: 2s}
  beds: {pin: esp/19, interlock: valves, interlock_wait: 2s}
`

const minute = 60_000 // in ms

func TestLimitsOfTheBoardShowWithTheirCause(t *testing.T) {
	t.Parallel()
	h := newHouse(t, limited, "esp")
	esp, w := h.boards["esp"], h.watch()

	t.Run("off_after", func(t *testing.T) {
		h.must("set", "fan", "on")
		w.state("fan", "on")
		esp.advance(29 * minute)
		if got := esp.level(17); got != "high" {
			t.Fatalf("after 29 minutes the pin is %s", got)
		}
		esp.advance(minute)
		if got := esp.level(17); got != "low" {
			t.Fatalf("after 30 minutes the pin is %s", got)
		}
		w.state("fan", "off")
		if c := w.view.Entities["fan"].Cause; c.Kind != entity.CauseOffAfter {
			t.Errorf("the cause is %+v", c)
		}
	})
	t.Run("max_on holds whoever asks again", func(t *testing.T) {
		h.relinked(esp) // no link survives half an hour of silence
		h.must("set", "pump", "on")
		w.state("pump", "on")
		esp.advance(60 * minute)
		h.relinked(esp)
		h.must("set", "pump", "on")
		esp.advance(59 * minute)
		if got := esp.level(16); got != "high" {
			t.Fatalf("after 119 minutes the pin is %s", got)
		}
		esp.advance(minute)
		if got := esp.level(16); got != "low" {
			t.Fatalf("after 120 minutes the pin is %s", got)
		}
		w.state("pump", "off")
		if c := w.view.Entities["pump"].Cause; c.Kind != entity.CauseMaxOn {
			t.Errorf("the cause is %+v", c)
		}
	})
	t.Run("interlock", func(t *testing.T) {
		h.relinked(esp)
		h.must("set", "lawn", "on")
		w.state("lawn", "on")
		since := esp.lastEdge()
		w.command("beds", "beds", entity.VerbOn)
		w.state("lawn", "off")
		if c := w.view.Entities["lawn"].Cause; c.Kind != entity.CauseInterlock {
			t.Errorf("the cause is %+v", c)
		}
		esp.advance(2000)
		if r := w.result("beds"); r.Status != entity.StatusConfirmed {
			t.Errorf("result: %+v", r)
		}
		w.state("beds", "on")
		edges, _ := esp.edges(since)
		if len(edges) != 2 || edges[0].Pin != 18 || edges[0].Level || edges[1].Pin != 19 || !edges[1].Level {
			t.Fatalf("edges: %+v", edges)
		}
		if waited := edges[1].Up - edges[0].Up; waited < 2*second-slow {
			t.Errorf("the beds have waited %d ms", waited)
		}
	})
	t.Run("a later command for the group takes the place of one that waits", func(t *testing.T) {
		w.command("lawn", "lawn", entity.VerbOn)
		w.pending("lawn")
		w.state("beds", "off")
		w.command("stay", "beds", entity.VerbOn)
		if r := w.result("lawn"); r.Status != entity.StatusRefused || r.Code != entity.CodeSuperseded {
			t.Errorf("result: %+v", r)
		}
		esp.advance(2000)
		if r := w.result("stay"); r.Status != entity.StatusConfirmed {
			t.Errorf("result: %+v", r)
		}
		w.state("beds", "on")
		w.state("lawn", "off")
	})
	t.Run("one that waits can be cancelled", func(t *testing.T) {
		w.command("go", "lawn", entity.VerbOn)
		w.state("beds", "off")
		w.pending("lawn")
		w.cancel(w.view.Entities["lawn"].Pending.Command)
		if r := w.result("go"); r.Status != entity.StatusRefused || r.Code != entity.CodeCancelled {
			t.Errorf("result: %+v", r)
		}
		since := esp.lastEdge()
		esp.advance(2000)
		esp.quiet(since)
		w.state("lawn", "off")
	})
}

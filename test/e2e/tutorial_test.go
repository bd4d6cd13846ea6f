//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"hob/internal/entity"
)

// The house of the tutorial that the project grew from: an LED, an active-low
// button, and a page for each who looks.
const tutorial = `
home: {name: Tutorial, timezone: UTC}
boards:
  esp: {id: "{esp}", chip: esp32}
lights:
  led: {pin: esp/26}
buttons:
  button: {pin: esp/22, pull: up, press: toggle led}
`

func TestTheTutorialsHouse(t *testing.T) {
	t.Parallel()
	h := newHouse(t, tutorial, "esp")
	esp := h.boards["esp"]
	one, two := h.watch(), h.watch()
	one.state("led", "off")
	two.state("led", "off")
	esp.settle()

	t.Run("a press toggles and every client updates", func(t *testing.T) {
		esp.press(22)
		one.state("led", "on")
		two.state("led", "on")
		if c := two.view.Entities["led"].Cause; c != (entity.Cause{Kind: entity.CauseButton, By: "button"}) {
			t.Errorf("the cause is %+v", c)
		}
		if got := esp.level(26); got != "high" {
			t.Errorf("the pin is %s", got)
		}
	})
	t.Run("a client's command is pending until the broadcast", func(t *testing.T) {
		one.send(json.RawMessage(`{"type":"command","id":"off","entity":"led","action":"off"}`))
		from := len(one.seen)
		if r := one.result("off"); r.Status != entity.StatusConfirmed {
			t.Fatalf("result: %+v", r)
		}
		first, ok := one.first(from, "led")
		if !ok || first.State != "on" || first.Pending == nil || first.Pending.Target != "off" {
			t.Errorf("first came %+v", first)
		}
		two.state("led", "off")
		if got := esp.level(26); got != "low" {
			t.Errorf("the pin is %s", got)
		}
	})
	t.Run("a client that comes gets the state at once", func(t *testing.T) {
		esp.press(22)
		one.state("led", "on")
		if e := h.watch().view.Entities["led"]; e.State != "on" {
			t.Errorf("it is %+v", e)
		}
	})
	t.Run("what is not a command changes nothing and is told why", func(t *testing.T) {
		for _, bad := range []string{
			`{"type":"command","id":"x","entity":"led"}`,
			`{"type":"command","id":"x","entity":"led","action":1}`,
			`{"type":"command","id":"x","entity":"led","action":"explode"}`,
			`{"type":"command","id":"x"}`,
		} {
			w := h.watch()
			before := w.view.Revision
			w.send(json.RawMessage(bad))
			if r := w.result("x"); r.Status != entity.StatusRefused || r.Code != entity.CodeInvalid || r.Message == "" {
				t.Errorf("%s: %+v", bad, r)
			}
			if w.view.Revision != before {
				t.Errorf("%s: revision %d after %d", bad, w.view.Revision, before)
			}
		}
	})
	t.Run("two toggles at the same instant end alike for all", func(t *testing.T) {
		before := one.view.Entities["led"].State
		since := esp.lastEdge()
		var both sync.WaitGroup
		for i, w := range []*watcher{one, two} {
			both.Go(func() {
				id := fmt.Sprint("t", i)
				w.send(json.RawMessage(`{"type":"command","id":"` + id + `","entity":"led","action":"toggle"}`))
				w.result(id)
			})
		}
		both.Wait()
		if edges, _ := esp.edges(since); len(edges) != 2 {
			t.Errorf("edges: %+v", edges)
		}
		for _, w := range []*watcher{one, two} {
			w.until("no command is pending", func() bool { return w.view.Entities["led"].Pending == nil })
			w.state("led", before)
		}
	})
	t.Run("the button works without a server, and before one", func(t *testing.T) {
		level := esp.level(26)
		h.server.kill()
		esp.press(22)
		if got := esp.level(26); got == level {
			t.Errorf("the pin is still %s", got)
		}
		esp.ask(map[string]any{"cmd": "power_cut", "sockets": "reset"})
		esp.do("power_on")
		esp.awaitLevel(26, "low")
		esp.settle()
		esp.press(22)
		esp.awaitLevel(26, "high")
		h.serve()
		h.watch().state("led", "on")
	})
}

func TestOneIDTwiceIsRefusedByTheCheckAndTheServerKeepsItsHouse(t *testing.T) {
	t.Parallel()
	h := newHouse(t, tutorial, "esp")
	w := h.watch()
	h.reload(strings.ReplaceAll(tutorial, "pin: esp/22", "pin: esp/26"))
	if _, stderr, code := h.hob("check", h.config); code != 3 || !strings.Contains(stderr, "26") {
		t.Errorf("check: %d %s", code, stderr)
	}
	h.must("set", "led", "on")
	w.state("led", "on")
}

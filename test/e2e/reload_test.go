//go:build e2e

package e2e

import (
	"strings"
	"testing"

	"hob/internal/entity"
)

func TestAReloadTouchesOnlyWhatItConcerns(t *testing.T) {
	t.Parallel()
	h := newHouse(t, rooms, "esp")
	esp, w := h.boards["esp"], h.watch()
	h.must("set", "porch", "on")
	h.must("set", "fan", "on")
	h.must("set", "stairs", "40%")
	w.state("stairs", "on")
	since := esp.lastEdge()
	with := func(old, new string) string { return strings.Replace(rooms, old, new, 1) }

	t.Run("a new entity works and moves no other", func(t *testing.T) {
		h.reload(with("lights:\n", "lights:\n  lamp: {pin: esp/21}\n"))
		w.state("lamp", "off")
		h.must("set", "lamp", "on")
		if got := esp.level(21); got != "high" {
			t.Errorf("its pin is %s", got)
		}
		esp.quiet(since, 21)
	})
	t.Run("a file with mistakes changes nothing and says why", func(t *testing.T) {
		before := w.view.Revision
		h.reload(with("pin: esp/17", "pin: esp/6")) // flash
		h.server.log.await(t, "the house stays as it is")
		if said := h.server.log.String(); !strings.Contains(said, "GPIO6") {
			t.Errorf("the log does not say why:\n%s", said)
		}
		h.must("set", "lamp", "off") // which the mistaken file does not have
		w.state("lamp", "off")
		if n := w.view.Entities["fan"].Revision; n > before {
			t.Errorf("the fan changed at %d, after %d", n, before)
		}
		esp.quiet(since, 21)
	})
	t.Run("what is gone is off and its pin released", func(t *testing.T) {
		h.must("set", "lamp", "on")
		h.reload(rooms)
		w.until("the lamp is gone", func() bool { return w.view.Entities["lamp"] == nil })
		esp.awaitLevel(21, "off")
		edges, _ := esp.edges(since)
		if n := len(edges); n < 2 || edges[n-2].Level || edges[n-1].What != "released" {
			t.Errorf("the last edges are %+v", edges)
		}
		esp.quiet(since, 21)
		if _, stderr, code := h.hob("set", "lamp", "on"); code != 1 || !strings.Contains(stderr, "lamp") {
			t.Errorf("a command for it: %d %s", code, stderr)
		}
	})
	t.Run("a name changes and nothing on the board does", func(t *testing.T) {
		revision := esp.state().Config
		h.reload(with("fan: {pin: esp/17}", `fan: {name: Bathroom, pin: esp/17}`))
		w.until("the new name", func() bool { return w.view.Entities["fan"].Name == "Bathroom" })
		h.must("set", "fan", "on") // whatever the reload sent has arrived by now
		if now := esp.state().Config; now != revision {
			t.Errorf("the board's configuration changed from %s to %s", revision, now)
		}
		esp.quiet(since, 21)
	})
	t.Run("an entity that is renamed keeps its output as it is", func(t *testing.T) {
		h.reload(with("fan: {pin: esp/17}", "vent: {pin: esp/17}"))
		w.state("vent", "on")
		h.must("set", "porch", "on")
		esp.quiet(since, 21)
	})
	t.Run("a board that is renamed goes on", func(t *testing.T) {
		h.reload(strings.ReplaceAll(strings.ReplaceAll(rooms, "  esp: {", "  hall: {"), "esp/", "hall/"))
		w.until("the entities are on hall", func() bool {
			e := w.view.Entities["fan"]
			return e != nil && e.Board == "hall" && e.Available
		})
		h.awaitStatus("hall", entity.BoardOnline)
		w.state("porch", "on")
		h.must("set", "fan", "on")
		esp.quiet(since, 21)
	})
	t.Run("a pin that changes moves its output and no other", func(t *testing.T) {
		h.reload(with("fan: {pin: esp/17}", "fan: {pin: esp/22}"))
		esp.awaitLevel(17, "off")
		w.state("fan", "off")
		h.must("set", "fan", "on")
		if got := esp.level(22); got != "high" {
			t.Errorf("the new pin is %s", got)
		}
		esp.quiet(since, 17, 21, 22)
	})
	t.Run("a limit changes in place", func(t *testing.T) {
		since := esp.lastEdge()
		before := esp.state().Config
		h.reload(with("fan: {pin: esp/17}", "fan: {pin: esp/22, off_after: 1h}"))
		esp.awaitState("the new configuration", func(s boardState) bool { return s.Config != before })
		esp.quiet(since)
	})
	t.Run("a board that leaves the config is let go and listed", func(t *testing.T) {
		since := esp.lastEdge()
		h.reload("home: {name: Empty}\nboards: {}\n")
		r := h.awaitStatus(esp.id, entity.BoardUnknown)
		if r.Declared || r.Name != "" || r.Message == "" {
			t.Errorf("it is listed as %+v", r)
		}
		h.reload(with("fan: {pin: esp/17}", "fan: {pin: esp/22, off_after: 1h}"))
		w.state("fan", "on")
		w.state("porch", "on")
		esp.quiet(since)
	})
}

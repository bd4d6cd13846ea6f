//go:build e2e

package e2e

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"hob/internal/entity"
	"hob/server/client"
)

// ruled is a house with a rule of each sort: what lasts, a time, a button; and two
// that set each other off.
const ruled = `
home: {name: Ruled, timezone: UTC}
boards:
  esp: {id: "{esp}", chip: esp32}
switches:
  porch: {pin: esp/16}
  fan: {pin: esp/17}
  pump: {pin: esp/19}
  left: {pin: esp/21}
  right: {pin: esp/22}
contacts:
  window: {pin: esp/27, pull: up, class: window}
buttons:
  button: {pin: esp/32, pull: up, debounce: 30ms}
rules:
  draught: {when: {window: open, for: 2s}, do: [porch on, notify all "The window is open"]}
  tick: {when: {every: 3s}, do: [toggle fan]}
  soak: {when: {button: press}, do: [pump on, delay 8s, pump off]}
  there: {when: [{left: on}, {left: off}], do: [toggle right], mode: queued}
  back: {when: [{right: on}, {right: off}], do: [toggle left], mode: queued}
`

// by waits until an entity is in a state because of a rule.
func (w *watcher) by(id entity.ID, state, rule string) {
	w.t.Helper()
	w.until(string(id)+" is "+state+" by the rule "+rule, func() bool {
		e := w.view.Entities[id]
		return e != nil && e.State == state && e.Cause == entity.Cause{Kind: entity.CauseRule, By: rule}
	})
}

// notices are those that everybody sees.
func (h *house) notices() (out []entity.Notice) {
	h.t.Helper()
	c := http.Client{Transport: &http.Transport{DialContext: toSocket(h.state), DisableKeepAlives: true}, Timeout: patience}
	resp, err := c.Get("http://localhost/api/notices")
	if err != nil {
		h.t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil {
		h.t.Fatal(err)
	}
	return out
}

// paused waits until a rule is paused for running too often, which hob rules says.
func (h *house) paused() (id entity.RuleID) {
	h.t.Helper()
	eventually(h.t, "a rule that runs without end is paused", func() bool {
		for line := range strings.Lines(h.must("rules")) {
			if words := strings.Fields(line); strings.HasSuffix(strings.TrimSpace(line), "hob rules resume "+words[0]) && words[1] == "paused" {
				id = entity.RuleID(words[0])
			}
		}
		return id != ""
	})
	return id
}

func TestRulesRunAndADelayGoesOnAfterAKill(t *testing.T) {
	t.Parallel()
	h := newHouse(t, ruled, "esp")
	esp, w := h.boards["esp"], h.watch()
	open := func(w *watcher, open bool) {
		t.Helper()
		esp.wire(27, open)
		esp.settle()
		w.state("window", map[bool]string{true: "open", false: "closed"}[open])
	}

	w.by("fan", "on", "tick")
	w.by("fan", "off", "tick")

	open(w, false)
	open(w, true)
	w.by("porch", "on", "draught")
	w.until("the notice", func() bool {
		return slices.ContainsFunc(w.seen, func(m client.Message) bool { return m.Type == "notice" })
	})
	if n := h.notices(); len(n) != 1 || n[0].Text != "The window is open" || n[0].Rule != "draught" {
		t.Errorf("notices: %+v", n)
	}

	h.must("set", "left", "on")
	paused := h.paused()
	h.server.log.await(t, `"rule":"`+string(paused)+`","outcome":"paused"`)
	eventually(t, "everybody is told that "+string(paused)+" is paused", func() bool {
		return slices.ContainsFunc(h.notices(), func(n entity.Notice) bool { return n.Rule == paused })
	})

	since := esp.lastEdge()
	h.pressUntilOn(esp, "pump")
	w.by("pump", "on", "soak")
	h.server.kill()
	h.serve()
	h.ready()
	w = h.watch()
	w.by("pump", "off", "soak")
	var pump []bool
	edges, _ := esp.edges(since)
	for _, e := range edges {
		if e.Pin == 19 {
			pump = append(pump, e.Level)
		}
	}
	if len(pump) != 2 || !pump[0] || pump[1] {
		t.Errorf("the pump's pin was driven %v", pump)
	}

	if still := h.paused(); still != paused {
		t.Errorf("after the kill %q is paused, and it was %q", still, paused)
	}
	h.must("rules", "resume", string(paused))
	if list := h.must("rules"); strings.Contains(list, "hob rules resume") {
		t.Errorf("it is still paused:\n%s", list)
	}

	h.save(strings.Replace(ruled, "[porch on, ", "[porch off, ", 1))
	h.server.log.await(t, "config reloaded")
	open(w, false)
	open(w, true)
	w.by("porch", "off", "draught")
}

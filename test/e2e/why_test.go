//go:build e2e

package e2e

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"hob/server/client"
)

// explained is a house in which a button leads to a lamp over a rule.
const explained = `
home: {name: Explained, timezone: UTC}
boards:
  esp: {id: "{esp}", chip: esp32}
switches:
  porch: {pin: esp/16}
buttons:
  button: {pin: esp/32, pull: up, debounce: 30ms}
people:
  anna: {}
rules:
  lamp: {when: {button: press}, do: [porch on]}
  never: {when: {anna: home}, if: {porch: off}, do: [porch on]}
  long: {when: {button: hold}, do: [porch on]}
  door: {when: {webhook: 4f3a9c-doorbell}, do: [porch off]}
`

// eventually asks the command line again until its answer holds all of words.
func (h *house) eventually(words []string, args ...string) {
	h.t.Helper()
	deadline := time.Now().Add(patience)
	for {
		out := h.must(args...)
		if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(out, w) }) {
			return
		}
		if time.Now().After(deadline) {
			h.t.Fatalf("hob %s never said all of %q but\n%s", strings.Join(args, " "), words, out)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// ruled waits until the rules have begun.
func (h *house) ruled() {
	h.t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(100 * time.Millisecond) {
		_, stderr, code := h.hob("rules")
		if code == 0 {
			return
		}
		if time.Now().After(deadline) {
			h.t.Fatalf("rules: %d %s", code, stderr)
		}
	}
}

// pressUntilOn presses the button at pin 32 until an entity is on.
func (h *house) pressUntilOn(b *board, id string) {
	h.t.Helper()
	h.untilOn(id, func() { b.press(32) })
}

// untilOn does something until an entity is on, again if nothing comes of it: on a
// machine that is too busy a gesture may be too old when the server hears of it.
func (h *house) untilOn(id string, do func()) {
	h.t.Helper()
	for deadline := time.Now().Add(patience); ; {
		do()
		for range 50 {
			if strings.Contains(h.must("get", id), " on ") {
				return
			}
			time.Sleep(100 * time.Millisecond)
		}
		if time.Now().After(deadline) {
			h.t.Fatalf("%s never went on", id)
		}
	}
}

// hook asks for a webhook and gives the answer's status.
func (h *house) hook(name string) int {
	h.t.Helper()
	c := http.Client{Transport: &http.Transport{DialContext: toSocket(h.state), DisableKeepAlives: true}, Timeout: patience}
	resp, err := c.Post("http://localhost/api/hooks/"+name, "text/plain", nil)
	if err != nil {
		h.t.Fatal(err)
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}

// TestWhyLeadsToWhoPressedTheButton goes from a real board's relay to its button,
// and from a rule that did not run to what its condition saw.
func TestWhyLeadsToWhoPressedTheButton(t *testing.T) {
	t.Parallel()
	h := newHouse(t, explained, "esp")
	w := h.watch()
	h.ruled()
	h.pressUntilOn(h.boards["esp"], "porch")
	w.by("porch", "on", "lamp")
	h.eventually([]string{"porch went on", "because rule lamp ran", "(button press)", "button was used (press)", "because somebody used it by hand"}, "why", "porch")
	h.eventually([]string{"lamp", "ran", "button press", "porch on"}, "rules", "lamp")

	h.must("set", "anna", "away")
	h.must("set", "anna", "home")
	h.eventually([]string{"was skipped: porch is on, not off", "anna is home"}, "why-not", "never")

	if status := h.hook("4f3a9c-doorbel"); status != 404 {
		t.Errorf("a webhook that there is not: %d", status)
	}
	if status := h.hook("4f3a9c-doorbell"); status != 204 {
		t.Errorf("the webhook: %d", status)
	}
	w.by("porch", "off", "door")
	h.eventually([]string{"because rule door ran", "somebody asked for its webhook"}, "why", "porch", "--limit", "1")

	// What only a rule waits for the board looks for too, and a command makes it as well.
	b := h.boards["esp"]
	h.untilOn("porch", func() {
		b.ask(map[string]any{"cmd": "hold", "pin": 32})
		b.settle()
		b.advance(700)
		b.ask(map[string]any{"cmd": "release", "pin": 32})
		b.settle()
	})
	w.by("porch", "on", "long")
	h.must("set", "porch", "off")
	h.must("set", "button", "hold")
	w.by("porch", "on", "long")
	h.eventually([]string{"porch went on", "because rule long ran", "button was used (hold)", "because it was asked for on the command line"},
		"why", "porch", "--limit", "1")
	h.must("set", "porch", "off")
	run := decode[client.Run](t, h.must("rules", "run", "never", "--json"))
	if run.Outcome != "ran" || run.Trigger.Cause == nil || run.Trigger.Cause.Kind != "cli" {
		t.Errorf("the run that was asked for: %+v", run)
	}
}

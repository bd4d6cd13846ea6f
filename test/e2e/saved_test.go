//go:build e2e

package e2e

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"hob/internal/entity"
	"hob/server/client"
)

// climate is a house whose every kind of setting can change on a live board.
const climate = `
home: {name: Climate, timezone: UTC}
boards:
  esp: {id: "{esp}", chip: esp32}
switches:
  porch: {pin: esp/16}
  fan: {pin: esp/17}
buttons:
  button: {pin: esp/32, pull: up, debounce: 30ms, press: toggle porch}
sensors:
  warmth: {type: ds18b20, pin: esp/4, every: 10s}
heaters:
  heat: {relay: esp/21, sensor: warmth, range: 5..25°C, hysteresis: 0.5°C}
garage_doors:
  garage: {relay: esp/26, pulse: 500ms, travel: 15s, closed_reed: esp/27}
`

// save saves the house's file, and asks nobody to read it.
func (h *house) save(config string) { h.t.Helper(); h.write(config) }

// config is what the watcher was last told of the file.
func (w *watcher) config() *entity.ConfigStatus { return w.view.House.Config }

func TestSavingTheFileChangesRunningBoardsAndNothingElse(t *testing.T) {
	t.Parallel()
	h := bareHouse(t, climate, "esp")
	esp := h.boards["esp"]
	esp.ask(map[string]any{"cmd": "sensor", "pin": 4, "value": 20})
	h.awaitStatus("esp", entity.BoardNotAdopted)
	h.adopt(esp)
	h.awaitStatus("esp", entity.BoardOnline)
	h.ready()
	w := h.watch()
	h.must("set", "porch", "on")
	h.must("set", "fan", "on")
	boot := esp.state().Boot
	since := esp.lastEdge()
	text := climate
	with := func(old, new string) string {
		t.Helper()
		if !strings.Contains(text, old) {
			t.Fatalf("there is no %q to change", old)
		}
		text = strings.Replace(text, old, new, 1)
		return text
	}
	// told saves and waits until the house says that it runs that version; what the
	// watcher has read is then of this save, and not of the one before.
	told := func(config string) {
		t.Helper()
		before := w.config().At
		h.save(config)
		w.until("the new version", func() bool { return w.config().At > before })
	}
	// save waits until the board has another configuration for it.
	save := func(config string) {
		t.Helper()
		before := esp.state().Config
		told(config)
		esp.awaitState("the new configuration", func(s boardState) bool { return s.Config != before })
	}
	heat := func(range_ string) func() bool {
		return func() bool {
			e := w.view.Entities["heat"]
			return e != nil && e.Available && fmt.Sprint(e.Attributes.(map[string]any)["high"]) == range_
		}
	}

	save(with("debounce: 30ms", "debounce: 800ms"))
	esp.press(32) // for 40 ms, which is too short now
	save(with("debounce: 800ms", "debounce: 20ms"))
	esp.quiet(since)
	esp.press(32)
	w.state("porch", "off")
	esp.quiet(since, 16)

	save(with("range: 5..25°C, hysteresis: 0.5°C", "range: 5..23°C, hysteresis: 0.8°C"))
	w.until("the heater's range", heat("23"))
	save(with("fan: {pin: esp/17}", "fan: {pin: esp/22}"))
	esp.awaitLevel(17, "off")
	w.state("fan", "off")
	h.must("set", "fan", "on")
	if got := esp.level(22); got != "high" {
		t.Errorf("the new pin is %s", got)
	}
	esp.quiet(since, 16, 17, 22)

	// The width of a pulse goes with each command: nothing else of the board changes.
	before := esp.state().Config
	told(with("pulse: 500ms", "pulse: 2s"))
	if now := esp.state().Config; now != before {
		t.Error("the board has another configuration")
	}
	esp.wire(27, false) // the magnet is at the reed
	esp.settle()
	w.state("garage", "closed")
	h.must("set", "garage", "open", "--yes", "--wait", "0s")
	esp.awaitLevel(26, "high")
	esp.advance(1000) // twice as long as before
	if got := esp.level(26); got != "high" {
		t.Errorf("after a second of two the pulse is %s", got)
	}
	esp.advance(2000)
	esp.awaitLevel(26, "low")
	esp.quiet(since, 16, 17, 22, 26)

	if now := esp.state().Boot; now != boot {
		t.Errorf("the board has booted: %d, was %d", now, boot)
	}
}

func TestAMistakeThatIsSavedIsToldAndChangesNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t, rooms, "esp")
	esp, w := h.boards["esp"], h.watch()
	h.must("set", "fan", "on")
	since, before, since2 := esp.lastEdge(), esp.state().Config, w.config().At
	h.save(strings.Replace(rooms, "pin: esp/17", "pin: esp/6", 1) + "nonsense: true\n")
	w.until("it is told", func() bool { return !w.config().OK })
	if c := w.config(); c.Errors != 2 || c.First == nil || c.First.Line != 7 || c.At != since2 {
		t.Errorf("told %+v %+v", c, c.First)
	}
	if _, stderr, code := h.hob("boards"); code != 0 || !strings.Contains(stderr, "config.yaml has 2 mistakes (config.yaml:7:") {
		t.Errorf("hob boards: %d %s", code, stderr)
	}
	h.server.log.await(t, "the house stays as it is")
	h.must("set", "fan", "off")
	h.must("set", "fan", "on")
	if now := esp.state().Config; now != before {
		t.Error("the board has another configuration")
	}
	esp.quiet(since, 17)
	h.save(rooms)
	w.until("all is well", func() bool { return w.config().OK })
	if _, stderr, code := h.hob("boards"); code != 0 || strings.Contains(stderr, "mistake") {
		t.Errorf("hob boards: %d %s", code, stderr)
	}
}

// version is a house that says in every part which one it is.
func version(n int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "home: {name: \"Version %d\", timezone: UTC}\nboards: {}\npeople:\n", n)
	for i := range 20 + n%7 {
		fmt.Fprintf(&b, "  s%d_%d: {name: \"Version %d\"}\n", n, i, n)
	}
	return b.String()
}

// whole says which version a client sees, and fails if it sees parts of two.
func whole(t *testing.T, v *client.View) int {
	t.Helper()
	var n int
	if _, err := fmt.Sscanf(v.House.Name, "Version %d", &n); err != nil {
		t.Fatalf("the house is %q", v.House.Name)
	}
	for id, e := range v.Entities {
		if e.Name != v.House.Name {
			t.Errorf("%s is of %s in %s", id, e.Name, v.House.Name)
		}
	}
	if got, want := len(v.Entities), 20+n%7; got != want {
		t.Errorf("%d entities in version %d, want %d", got, n, want)
	}
	return n
}

// A server that is killed anywhere between a save and its end runs, once it is
// back, exactly the file as it is: never half of one version and half of another.
func TestAServerThatIsKilledWhileItReloadsRunsOneWholeVersion(t *testing.T) {
	t.Parallel()
	rounds := 10
	if os.Getenv("HOB_CAMPAIGN") != "" {
		rounds = 500
	}
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // where to kill is no secret
	h := prepared(t, network(t))
	h.write(version(0))
	h.serve()
	n := 0
	for round := range rounds {
		w := h.watch()
		if got := whole(t, &w.view); got != n {
			t.Fatalf("round %d: it runs version %d, and version %d is in the file", round, got, n)
		}
		// Saves go on until the kill, which comes somewhere from before the file is
		// read to after the house is applied.
		kill := time.NewTimer(time.Duration(random.IntN(300)) * time.Millisecond)
		for killed := false; !killed; {
			n++
			h.save(version(n))
			select {
			case <-kill.C:
				killed = true
			case <-time.After(time.Duration(random.IntN(150)) * time.Millisecond):
			}
		}
		h.server.kill()
		h.serve()
	}
}

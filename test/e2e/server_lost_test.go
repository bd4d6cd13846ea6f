//go:build e2e

package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hob/internal/entity"
	"hob/server/client"
)

func TestAServerThatWasKilledComesBackAndNothingMoves(t *testing.T) {
	t.Parallel()
	h := newHouse(t, rooms, "esp")
	esp, w := h.boards["esp"], h.watch()
	h.must("set", "porch", "on")
	h.must("set", "stairs", "40%")
	w.state("stairs", "on")

	esp.do("freeze") // the command is under way when the server dies
	asked := make(chan int, 1)
	go func() {
		_, _, code := h.hob("set", "fan", "on")
		asked <- code
	}()
	w.pending("fan")
	since := esp.lastEdge()
	h.server.kill()
	select {
	case code := <-asked:
		if code == 0 {
			t.Error("a command that never ended was told as a success")
		}
	case <-time.After(patience):
		t.Fatal("who asked for the command is never told")
	}
	if _, err := os.Stat(filepath.Join(h.state, client.SocketName)); err != nil {
		t.Errorf("a killed server leaves its socket: %v", err)
	}
	if _, stderr, code := h.hob("get"); code != 1 || stderr == "" {
		t.Errorf("without a server: %d %q", code, stderr)
	}
	// The fan's command is in the board's socket, and in time: it may act yet. The
	// session it came in is over for good when a second one has opened.
	esp.do("thaw")
	esp.settle() // edges that come before the thaw is done are dropped, as time that was frozen
	esp.press(32)

	address := h.url
	h.serve()
	if h.url != address {
		t.Errorf("it is at %s, was at %s", h.url, address)
	}
	w = h.watch()
	w.state("porch", "off") // as the button left it
	w.state("stairs", "on")
	if b := w.view.Entities["stairs"].Attributes.(map[string]any)["brightness"]; b != 40.0 {
		t.Errorf("the stairs are at %v%%", b)
	}
	fan := map[string]string{"high": "on", "low": "off"}[esp.level(17)]
	w.state("fan", fan)
	esp.quiet(since, 16, 17)
	if edges, _ := esp.edges(since); len(edges) > 2 {
		t.Errorf("edges: %+v", edges)
	}
	h.must("set", "fan", "on")
	h.must("set", "fan", "off")
}

// TestAServerThatStartsInTheMiddleOfAnEditRunsByTheVersionBefore: after a power cut
// nobody is there to mend the file.
func TestAServerThatStartsInTheMiddleOfAnEditRunsByTheVersionBefore(t *testing.T) {
	t.Parallel()
	h := newHouse(t, rooms, "esp")
	esp := h.boards["esp"]
	h.must("set", "porch", "on")
	since := esp.lastEdge()
	h.server.kill()
	half, _, _ := strings.Cut(rooms, "pin: esp/17")
	h.write(half + "pin: es")
	h.serve()
	h.server.log.await(t, "the house runs by the version before")
	h.awaitStatus("esp", entity.BoardOnline)
	w := h.watch()
	w.state("porch", "on")
	if c := w.view.House.Config; c.OK || c.First == nil || c.At == 0 {
		t.Errorf("the file is told to be %+v", c)
	}
	if said := h.must("boards"); !strings.Contains(said, "esp") {
		t.Errorf("hob boards: %s", said)
	}
	esp.quiet(since)
	h.must("set", "fan", "on") // which the file as it is does not have

	h.write(strings.Replace(rooms, "fan: {", "vent: {was: fan, ", 1))
	w.state("vent", "on")
	w.until("the file is in force", func() bool { return w.view.House.Config.OK })

	h.server.kill()
	other := h.config + ".other.yaml"
	if err := os.WriteFile(other, []byte("boards: {esp: {}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, stderr, code := h.hob("serve", "--config", other, "--listen", h.listen); code != 3 || !strings.Contains(stderr, "HOB") {
		t.Errorf("another file: %d %s", code, stderr)
	}
}

func TestAServerThatComesBackDoesNotMoveAnything(t *testing.T) {
	t.Parallel()
	h := newHouse(t, rooms, "esp")
	esp := h.boards["esp"]
	h.must("set", "porch", "on")
	h.must("set", "stairs", "40%")
	since := esp.lastEdge()
	for range 3 {
		h.server.kill()
		h.serve()
		h.watch().state("porch", "on")
		h.watch().state("stairs", "on")
	}
	h.server.stop()
	h.serve()
	h.watch().state("porch", "on")
	esp.quiet(since)
}

func TestALiveClientResumesWithinOneServerAndStartsAnewWithTheNext(t *testing.T) {
	t.Parallel()
	h := newHouse(t, rooms, "esp")
	w := h.watch()
	w.state("fan", "off")
	epoch, revision := w.view.Epoch, w.view.Revision
	w.live.Close()
	h.must("set", "fan", "on")

	resume := func() *watcher {
		hello, err := json.Marshal(map[string]any{"type": "hello", "protocol": 1,
			"resume": map[string]any{"epoch": epoch, "revision": revision}})
		if err != nil {
			t.Fatal(err)
		}
		again := h.open(hello)
		again.view = w.view
		again.until("an answer to the hello", func() bool { return len(again.seen) > 0 })
		return again
	}
	again := resume()
	if first := again.seen[0]; first.Type != "resumed" || first.Epoch != epoch || first.Revision != revision {
		t.Errorf("the answer is %+v", first)
	}
	again.state("fan", "on")
	for _, m := range again.seen[1:] {
		if m.Type == "snapshot" || m.Revision <= revision {
			t.Errorf("after resuming from %d came %s %d", revision, m.Type, m.Revision)
		}
	}

	h.server.kill()
	h.serve()
	again = resume()
	if first := again.seen[0]; first.Type != "snapshot" || first.Epoch == epoch {
		t.Errorf("the answer of the next server is %s %s", first.Type, first.Epoch)
	}
	again.state("fan", "on")
}

func TestALeasedOutputGoesOffByItselfWhenTheServerIsGone(t *testing.T) {
	t.Parallel()
	h := newHouse(t, `
home: {name: Lease, timezone: UTC}
boards:
  esp: {id: "{esp}", chip: esp32}
switches:
  heater: {pin: esp/23, lease: 10s, inverted: true}
  fan: {pin: esp/17}
`, "esp")
	esp := h.boards["esp"]
	h.must("set", "heater", "on")
	h.must("set", "fan", "on")
	since := esp.lastEdge()
	// For longer than a lease nothing must come. It is long enough for a computer that
	// stands still between two renewals.
	if string(esp.ask(map[string]any{"cmd": "edges", "since": since, "wait_ms": 12000})["edges"]) != "[]" {
		edges, _ := esp.edges(since)
		t.Fatalf("with a server: %+v", edges)
	}
	h.server.kill()
	esp.advance(4000) // the last renewal may be a third of a lease ago
	esp.quiet(since)
	if got := esp.level(23); got != "low" {
		t.Fatalf("within its lease the pin is %s", got)
	}
	esp.advance(6000)
	esp.awaitLevel(23, "high") // off is high
	esp.quiet(since, 23)
	h.serve()
	w := h.watch()
	w.state("heater", "off")
	w.state("fan", "on")
	if c := w.view.Entities["heater"].Cause; c.Kind != entity.CauseLease {
		t.Errorf("the cause is %+v", c)
	}
	h.must("set", "heater", "on")
}

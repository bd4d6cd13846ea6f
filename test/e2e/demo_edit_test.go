//go:build e2e

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"hob/internal/entity"
)

const demoHouse = `
home: {name: Tried, timezone: UTC}
boards:
  hall: {id: hob-7c9ebd, chip: esp32}
  shed: {id: hob-a0b765, chip: esp32}
switches:
  porch: {pin: hall/16}
  pump: {pin: shed/16}
`

// Somebody who tries Hob edits the file of the running demo.
func TestADemoFollowsTheEditsOfItsFile(t *testing.T) {
	t.Parallel()
	h := prepared(t, network(t))
	h.write(demoHouse)
	cmd := exec.Command(bin(t, "hob"), "demo", "--listen", "127.0.0.1:0", "--json")
	cmd.Dir, cmd.Env = h.dir, append(os.Environ(), "TMPDIR="+h.dir)
	var ready struct {
		URL   string `json:"url"`
		State string `json:"state"`
	}
	h.server = run(t, h.net, &ready, cmd)
	h.url, h.state = ready.URL, ready.State
	h.awaitStatus("hall", entity.BoardOnline)
	h.awaitStatus("shed", entity.BoardOnline)
	h.must("set", "porch", "on")

	// A board is added: it is started and adopted. One is gone: so is its process.
	h.save(strings.NewReplacer("  shed: {id: hob-a0b765, chip: esp32}", "  attic: {id: hob-b1c2d3, chip: esp32c3}",
		"pump: {pin: shed/16}", "fan: {pin: attic/4}").Replace(demoHouse))
	h.awaitStatus("attic", entity.BoardOnline)
	h.must("set", "fan", "on")
	eventually(t, "the shed's process has ended", func() bool { return mentioning(t, filepath.Join(h.state, "boards", "hob-a0b765")) == 0 })
	w := h.watch()
	w.state("porch", "on")

	// It comes back with what it remembers, under another name.
	h.save(strings.NewReplacer("  shed: {", "  garden: {", "shed/16", "garden/16").Replace(demoHouse))
	h.awaitStatus("garden", entity.BoardOnline)
	h.must("set", "pump", "on")
	h.must("set", "porch", "off")
	if _, err := os.Stat(filepath.Join(h.state, "boards", "garden.sock")); err != nil {
		t.Error(err)
	}
	h.server.stop()
	if code := h.server.cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("it ends with %d", code)
	}
	if n := mentioning(t, h.state); n != 0 {
		t.Errorf("%d boards outlive it", n)
	}
}

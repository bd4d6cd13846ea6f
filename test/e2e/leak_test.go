//go:build e2e

package e2e

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"hob/internal/entity"
)

// descriptors counts the open files and sockets of a process.
func (p *process) descriptors() int {
	p.t.Helper()
	list, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", p.cmd.Process.Pid))
	if err != nil {
		p.t.Fatal(err)
	}
	return len(list)
}

// resident is how much memory a process has, in kB.
func (p *process) resident() int {
	p.t.Helper()
	f, err := os.Open(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		p.t.Fatal(err)
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if rest, ok := strings.CutPrefix(lines.Text(), "VmRSS:"); ok {
			kB, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(rest), " kB"))
			if err != nil {
				p.t.Fatal(err)
			}
			return kB
		}
	}
	p.t.Fatal("no VmRSS")
	return 0
}

// calm waits until a process has as many descriptors as it had.
func (p *process) calm(t *testing.T, base int) {
	t.Helper()
	eventually(t, fmt.Sprintf("back to %d descriptors", base), func() bool { return p.descriptors() <= base })
}

const fourBoards = `
home: {name: Four, timezone: UTC}
boards:
  esp: {id: "{esp}", chip: esp32}
  two: {id: "{two}", chip: esp32}
  three: {id: "{three}", chip: esp32c3}
  four: {id: "{four}", chip: esp32s3}
switches:
  fan: {pin: esp/17}
  lamp2: {pin: two/17}
  lamp3: {pin: three/4}
  lamp4: {pin: four/4}
`

func TestComingAndGoingLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	h := newHouse(t, fourBoards, "esp", "two", "three", "four")
	esp := h.boards["esp"]
	come := func() {
		w := h.watch()
		w.command("x", "fan", entity.VerbToggle)
		w.result("x")
		w.live.Close()
		h.watch().live.Close()
	}
	drop := func() {
		for _, b := range h.boards {
			b.do("drop_link")
		}
		for _, b := range h.boards {
			h.relinked(b)
		}
	}
	// Once, for what is only made when it is needed.
	come()
	drop()
	server, board := h.settled()
	for range 25 {
		come()
	}
	for range 4 { // a board whose links do not last is called less and less often
		drop()
	}
	h.server.calm(t, server)
	esp.calm(t, board)
}

// settled is the number of descriptors of the server and its first board when
// nobody comes or goes.
func (h *house) settled() (server, board int) {
	h.t.Helper()
	esp := h.boards["esp"]
	for {
		s, b := h.server.descriptors(), esp.descriptors()
		if s == server && b == board {
			return server, board
		}
		server, board = s, b
		esp.ask(map[string]any{"cmd": "edges", "since": esp.lastEdge(), "wait_ms": 300})
	}
}

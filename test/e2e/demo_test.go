//go:build e2e

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"hob/internal/entity"
)

// eventually asks again and again, for what nobody tells of.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	late := time.After(patience)
	for !is() {
		select {
		case <-again.C:
		case <-late:
			t.Fatalf("%s: never", what)
		}
	}
}

// mentioning counts the processes whose command line has this text.
func mentioning(t *testing.T, text string) (n int) {
	t.Helper()
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil || len(lines) == 0 {
		t.Fatal("no /proc", err)
	}
	for _, p := range lines {
		if line, _ := os.ReadFile(p); strings.Contains(string(line), text) {
			n++
		}
	}
	return n
}

// demo starts the demo in an empty directory.
func demo(t *testing.T) *house {
	t.Helper()
	dir, err := os.MkdirTemp("", "hob")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return demoIn(t, dir)
}

// demoIn starts it in a directory, in which it keeps its state too.
func demoIn(t *testing.T, dir string) *house {
	t.Helper()
	h := &house{t: t, net: network(t), dir: dir}
	cmd := exec.Command(bin(t, "hob"), "demo", "--listen", "127.0.0.1:0", "--json")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "TMPDIR="+dir)
	var ready struct {
		URL      string            `json:"url"`
		State    string            `json:"state"`
		Controls map[string]string `json:"controls"`
	}
	h.server = run(t, h.net, &ready, cmd)
	h.url, h.state = ready.URL, ready.State
	if len(ready.Controls) != 3 || !strings.HasPrefix(h.state, dir) {
		t.Errorf("ready: %+v", ready)
	}
	return h
}

func TestTheDemoIsAHouseThatWorks(t *testing.T) {
	t.Parallel()
	h := demo(t)
	for _, board := range []string{"hall", "shed", "living"} {
		h.awaitStatus(board, entity.BoardOnline)
	}
	h.ready()
	// What an input does in its first moments is its state and no event.
	hall := &board{t: t, name: "hall", control: filepath.Join(h.state, "boards", "hall.sock")}
	hall.settle()
	w := h.watch()
	before := w.view.Entities["porch"].State
	h.must("wall", "press", "hall/32")
	w.until("the porch toggles", func() bool { return w.view.Entities["porch"].State != before })
	h.must("wall", "low", "hall/25")
	w.state("front_door", "closed")
	h.must("wall", "high", "hall/25")
	w.state("front_door", "open")
	h.must("set", "shelf", "40%", "#ff8800")
	w.state("shelf", "on")
	if _, stderr, code := h.hob("wall", "press", "hall/16"); code != 1 || stderr == "" {
		t.Errorf("press an output: %d %s", code, stderr)
	}

	if n := mentioning(t, h.state); n != 3 {
		t.Errorf("%d processes for 3 boards", n)
	}
	h.server.stop()
	if code := h.server.cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("it ends with %d", code)
	}
	if n := mentioning(t, h.state); n != 0 {
		t.Errorf("%d boards outlive it", n)
	}
	if left, err := os.ReadDir(h.dir); err != nil || len(left) != 0 {
		t.Errorf("it leaves %v %v", left, err)
	}
}

func TestADemoThatIsKilledTakesItsBoardsAlong(t *testing.T) {
	t.Parallel()
	h := demo(t)
	if n := mentioning(t, h.state); n != 3 {
		t.Fatalf("%d processes for 3 boards", n)
	}
	h.server.kill()
	eventually(t, "no board is left", func() bool { return mentioning(t, h.state) == 0 })
}

// pidOf finds the process whose command line has this text.
func pidOf(t *testing.T, text string) int {
	t.Helper()
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range lines {
		if line, _ := os.ReadFile(p); strings.Contains(string(line), text) {
			pid, err := strconv.Atoi(filepath.Base(filepath.Dir(p)))
			if err != nil {
				t.Fatal(err)
			}
			return pid
		}
	}
	t.Fatalf("no process mentions %q", text)
	return 0
}

// A board whose process dies is a board without power: the house goes on, and the board
// comes back with what it remembers and what is wired to it.
func TestABoardThatDiesInADemoComesBack(t *testing.T) {
	t.Parallel()
	h := demo(t)
	for _, board := range []string{"hall", "shed", "living"} {
		h.awaitStatus(board, entity.BoardOnline)
	}
	h.ready()
	w := h.watch()
	w.state("front_door", "closed")
	from := len(w.seen)
	old := pidOf(t, filepath.Join(h.state, "boards", "hall.sock"))
	if err := syscall.Kill(old, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	w.lost("porch", entity.BoardOffline, "off")
	h.must("set", "sofa", "on")
	w.until("the porch is there again", func() bool { return w.view.Entities["porch"].Unavailable == nil })
	if now := pidOf(t, filepath.Join(h.state, "boards", "hall.sock")); now == old {
		t.Error("it is the process that was killed")
	}
	w.state("front_door", "closed")
	w.until("the room is measured", func() bool { return w.view.Entities["living_temp"].Unavailable == nil })
	h.must("set", "porch", "on")
	if states := w.states(from, "front_door"); slices.Contains(states, "open") {
		t.Errorf("for want of its magnet the front door was %v", states)
	}
}

func TestWhatAKilledDemoLeavesIsSweptUpByTheNext(t *testing.T) {
	t.Parallel()
	h := demo(t)
	h.server.kill()
	eventually(t, "no board is left", func() bool { return mentioning(t, h.state) == 0 })
	if _, err := os.Stat(h.state); err != nil {
		t.Fatal("a killed demo cleans up nothing:", err)
	}
	next := demoIn(t, h.dir)
	if _, err := os.Stat(h.state); err == nil {
		t.Errorf("%s is still there", h.state)
	}
	if _, err := os.Stat(next.state); err != nil {
		t.Error(err)
	}
}

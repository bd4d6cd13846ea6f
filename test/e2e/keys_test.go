//go:build e2e

package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hob/internal/entity"
)

// boot holds a board's BOOT button until adoption is open.
func (b *board) boot() {
	b.t.Helper()
	b.ask(map[string]any{"cmd": "boot_button", "ms": 5000})
	b.awaitState("adoption opens", func(s boardState) bool { return s.AdoptionOpen })
}

// keyFile is what the server keeps of a board; "" when it keeps nothing.
func (h *house) keyFile(b *board) string {
	h.t.Helper()
	text, err := os.ReadFile(filepath.Join(h.state, "keys", b.id+".json"))
	if err != nil && !os.IsNotExist(err) {
		h.t.Fatal(err)
	}
	return string(text)
}

// oneKey is the only key of the board that the server keeps.
func (h *house) oneKey(b *board) string {
	h.t.Helper()
	var keys map[string]string
	if err := json.Unmarshal([]byte(h.keyFile(b)), &keys); err != nil || len(keys) != 1 || keys["current"] == "" {
		h.t.Fatalf("it keeps %d keys (%v)", len(keys), err)
	}
	return keys["current"]
}

func TestAdoptingNeedsTheCodeAndIsDoneOnce(t *testing.T) {
	t.Parallel()
	h := bareHouse(t, rooms, "esp")
	esp := h.boards["esp"]
	h.awaitBoard("esp", func(r entity.BoardRecord) bool { return r.Address != "" })

	if _, stderr, code := h.hob("adopt", "esp", "00000-00000-00000-00000-000000"); code != 1 || stderr == "" {
		t.Errorf("a wrong code: %d %s", code, stderr)
	}
	if _, stderr, code := h.hob("adopt", "esp", "12345"); code != 2 || !strings.Contains(stderr, "26") {
		t.Errorf("half a code: %d %s", code, stderr)
	}
	if _, stderr, code := h.hob("adopt", "nobody", esp.code); code != 1 || !strings.Contains(stderr, "nobody") {
		t.Errorf("an unknown board: %d %s", code, stderr)
	}
	if h.keyFile(esp) != "" || esp.state().State != "new" {
		t.Errorf("after that the board is %+v", esp.state())
	}
	// As people type it.
	h.must("adopt", "esp", strings.ToLower(strings.ReplaceAll(esp.code, "-", "")))
	h.awaitStatus("esp", entity.BoardOnline)
	h.ready()
	before := h.oneKey(esp)

	if _, stderr, code := h.hob("adopt", "esp", esp.code); code != 1 || !strings.Contains(stderr, "--replace") {
		t.Errorf("a second time: %d %s", code, stderr)
	}
	if _, stderr, code := h.hob("adopt", "--replace", "esp", esp.code); code != 1 || stderr == "" {
		t.Errorf("a second time, without a hand on the board: %d %s", code, stderr)
	}
	if h.oneKey(esp) != before {
		t.Error("the key changed")
	}
	since := esp.lastEdge()
	h.must("set", "porch", "on")

	esp.boot()
	code := esp.state().SetupCode
	if code == "" {
		t.Fatal("adoption is open and no code is shown")
	}
	h.must("adopt", "--replace", "esp", code)
	h.awaitStatus("esp", entity.BoardOnline)
	h.ready()
	if h.oneKey(esp) == before {
		t.Error("the key is the old one")
	}
	h.watch().state("porch", "on")
	esp.quiet(since, 16)
}

func TestARotatedKeyEndsTheOldOne(t *testing.T) {
	t.Parallel()
	h := newHouse(t, rooms, "esp")
	esp := h.boards["esp"]
	h.must("set", "porch", "on")
	since, before := esp.lastEdge(), h.oneKey(esp)
	h.must("key", "rotate", "esp")
	h.relinked(esp)
	now := h.oneKey(esp)
	if now == before {
		t.Error("the key is the old one")
	}
	esp.do("drop_link")
	w := h.watch()
	w.state("porch", "on")
	h.relinked(esp)
	esp.quiet(since)
	for _, dir := range []string{h.state, esp.dir} {
		_ = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() {
				if text, _ := os.ReadFile(path); strings.Contains(string(text), before) {
					t.Errorf("%s still holds the old key", path)
				}
			}
			return nil
		})
	}
	if _, stderr, code := h.hob("key", "rotate", "nobody"); code != 1 || stderr == "" {
		t.Errorf("rotate an unknown board: %d %s", code, stderr)
	}
}

func TestARotationThatIsInterruptedLeavesAKeyThatBothHold(t *testing.T) {
	t.Parallel()
	h := newHouse(t, rooms, "esp")
	esp := h.boards["esp"]
	harm := map[string]func(){
		"server": func() { h.server.kill() },
		"board":  func() { esp.powerCut("reset") },
		"both":   func() { esp.powerCut("hang"); h.server.kill() },
		"write":  func() { esp.ask(map[string]any{"cmd": "cut_write", "bytes": 40}) },
	}
	for what, hurt := range harm {
		for _, when := range []string{"after", "meanwhile", "before"} {
			if what == "write" && when != "before" {
				continue // a cut is laid like a mine
			}
			rotated := make(chan struct{})
			rotate := func() { h.hob("key", "rotate", "esp"); close(rotated) }
			switch when {
			case "after":
				rotate()
				hurt()
			case "meanwhile":
				go rotate()
				hurt()
			case "before": // just before
				hurt()
				rotate()
			}
			<-rotated
			if what == "server" || what == "both" {
				h.serve()
			}
			if what == "write" {
				h.boardPower(esp)
			}
			h.relinked(esp)
			h.must("set", "fan", "toggle")
			if t.Failed() {
				t.Fatalf("hurt %s, %s", what, when)
			}
		}
	}
	h.must("key", "rotate", "esp")
	h.relinked(esp)
	h.oneKey(esp)
}

// boardPower gives the power back to a board that may have lost it.
func (h *house) boardPower(b *board) {
	h.t.Helper()
	var s struct{ Power bool }
	if err := json.Unmarshal(b.ask(map[string]any{"cmd": "state"})["board"], &s); err != nil {
		h.t.Fatal(err)
	}
	if s.Power {
		b.do("power_cut") // it was not hurt yet: take the mine away
	}
	b.do("power_on")
}

func TestARevokedKeyIsForgottenByBoth(t *testing.T) {
	t.Parallel()
	h := newHouse(t, rooms, "esp")
	esp := h.boards["esp"]
	h.must("set", "porch", "on")
	since := esp.lastEdge()
	h.must("key", "revoke", "esp")
	r := h.awaitStatus("esp", entity.BoardNotAdopted)
	if r.Message == "" || h.keyFile(esp) != "" {
		t.Errorf("it is %+v", r)
	}
	s := esp.state()
	if s.State != "new" || s.AdoptionOpen || s.SetupCode == "" || s.SetupCode == esp.code {
		t.Errorf("the board is %+v", s)
	}
	if _, _, code := h.hob("set", "porch", "off"); code != 5 && code != 1 {
		t.Errorf("a command for it: %d", code)
	}
	if _, stderr, code := h.hob("adopt", "esp", s.SetupCode); code != 1 || stderr == "" {
		t.Errorf("without a hand on the board: %d %s", code, stderr)
	}
	esp.press(32) // it works on alone
	if got := esp.level(16); got != "low" {
		t.Errorf("the porch's pin is %s", got)
	}
	esp.boot()
	h.must("adopt", "esp", s.SetupCode)
	h.awaitStatus("esp", entity.BoardOnline)
	h.ready()
	h.watch().state("porch", "off")
	esp.quiet(since, 16)
}

func TestTheKeyOfABoardThatIsAwayIsForgottenByTheServerAlone(t *testing.T) {
	t.Parallel()
	h := newHouse(t, rooms, "esp")
	esp := h.boards["esp"]
	esp.kill()
	h.awaitStatus("esp", entity.BoardOffline)
	out := h.must("--json", "key", "revoke", "esp")
	var revoked entity.Revoked
	if err := json.Unmarshal([]byte(out), &revoked); err != nil || revoked.Told {
		t.Errorf("%v %s", err, out)
	}
	esp.restart()
	h.awaitStatus("esp", entity.BoardNotAdopted)
	if esp.state().State != "adopted" {
		t.Errorf("the board is %+v", esp.state())
	}
	if _, stderr, code := h.hob("key", "revoke", "esp"); code != 1 || stderr == "" {
		t.Errorf("a second time: %d %s", code, stderr)
	}
}

func TestABoardThatLostItsMemoryIsAdoptedAnewOnPurpose(t *testing.T) {
	t.Parallel()
	h := newHouse(t, rooms, "esp")
	esp := h.boards["esp"]
	esp.kill()
	h.awaitStatus("esp", entity.BoardOffline)
	if err := os.RemoveAll(esp.dir); err != nil {
		t.Fatal(err)
	}
	esp.restart()
	if r := h.awaitStatus("esp", entity.BoardKeyRefused); r.Message == "" || r.Address != esp.address {
		t.Errorf("it is %+v", r)
	}
	if _, stderr, code := h.hob("adopt", "esp", esp.code); code != 1 || !strings.Contains(stderr, "--replace") {
		t.Errorf("without --replace: %d %s", code, stderr)
	}
	h.must("adopt", "esp", esp.code, "--replace")
	h.awaitStatus("esp", entity.BoardOnline)
	h.ready()
	h.must("set", "porch", "on")
}

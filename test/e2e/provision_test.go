//go:build e2e

package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hob/internal/entity"
)

func TestABoardOnACableJoinsAndHasItsKey(t *testing.T) {
	t.Parallel()
	h := bareHouse(t, rooms, "esp")
	esp := h.boards["esp"]
	h.awaitBoard("esp", func(r entity.BoardRecord) bool { return r.Address != "" })
	password := filepath.Join(h.dir, "password")
	if err := os.WriteFile(password, []byte("correct horse\n"), 0o600); err != nil {
		t.Fatal(err)
	}

	out, stderr, code := h.hob("provision", esp.serial, "--show")
	if code != 0 || !strings.Contains(out, esp.id) || !strings.Contains(out, "new") || !strings.Contains(out, esp.code) {
		t.Fatalf("%d %s%s", code, out, stderr)
	}
	_, stderr, code = h.hob("provision", esp.serial, "--ssid", "home", "--password-file", password)
	if code != 0 || !strings.Contains(stderr, "joins home and has its key") || strings.Contains(stderr, "horse") {
		t.Fatalf("%d %s", code, stderr)
	}
	h.awaitStatus("esp", entity.BoardOnline)
	h.oneKey(esp)
	if out := h.must("provision", esp.serial, "--show"); !strings.Contains(out, "adopted") || !strings.Contains(out, "home") {
		t.Error(out)
	}

	before := h.oneKey(esp)
	if _, stderr, code = h.hob("provision", esp.serial); code != 1 || !strings.Contains(stderr, "--replace") {
		t.Errorf("a second key: %d %s", code, stderr)
	}
	h.must("provision", esp.serial, "--replace")
	h.awaitStatus("esp", entity.BoardOnline)
	esp.awaitState("a session under the new key", func(s boardState) bool { return s.Session })
	if h.oneKey(esp) == before {
		t.Error("the key is the one from before")
	}
}

func TestWhatCannotBeProvisionedIsSaid(t *testing.T) {
	t.Parallel()
	h := bareHouse(t, rooms, "esp")
	esp := h.boards["esp"]
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"provision", filepath.Join(h.dir, "nothing")}, 1, "nothing"},
		{[]string{"provision", esp.serial, "--open"}, 2, "--ssid"},
		{[]string{"provision", esp.serial, "--wifi-only"}, 2, "--ssid"},
		{[]string{"provision", esp.serial, "--ssid", "home"}, 2, "--password-file"},
		{[]string{"provision", esp.serial, "--ssid", strings.Repeat("x", 33), "--open"}, 2, "32"},
		{[]string{"provision", esp.serial, "--reset", "--show"}, 2, "alone"},
	} {
		if _, stderr, code := h.hob(c.args...); code != c.code || !strings.Contains(stderr, c.says) {
			t.Errorf("%v: %d %s", c.args, code, stderr)
		}
	}
	if s := esp.state(); s.State != "new" {
		t.Errorf("after that the board is %+v", s)
	}
}

//go:build e2e

package e2e

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"hob/internal/entity"
)

// workbench is a house whose board takes firmware that its key has signed.
func workbench(t *testing.T) (h *house, key string) {
	t.Helper()
	h = bareHouse(t, rooms, "esp")
	key = filepath.Join(h.dir, "sign.pem")
	line := strings.TrimSpace(h.must("sign", "--new-key", "--key", key))
	esp := h.boards["esp"]
	esp.updateKey = strings.Trim(strings.TrimPrefix(line, "CONFIG_HOB_UPDATE_KEY="), `"`)
	esp.kill()
	esp.restart()
	esp.boot() // the 10 minutes after its first power-up were another process's
	h.adoptAll("esp")
	h.awaitStatus("esp", entity.BoardOnline)
	return h, key
}

// image makes a signed image of a virtual board's firmware.
func (h *house) image(key, fw, fault string) string {
	h.t.Helper()
	raw := filepath.Join(h.dir, "firmware-"+fw+fault+".bin")
	out, err := exec.Command(bin(h.t, "hob-board"), "--image", raw, "--fw", fw, "--image-fault", fault).CombinedOutput()
	if err != nil {
		h.t.Fatalf("%v: %s", err, out)
	}
	h.must("sign", raw, "--key", key)
	return strings.TrimSuffix(raw, ".bin") + ".hob"
}

// prove lets the time pass that a board's new firmware needs to prove itself.
func (b *board) prove() {
	b.awaitState("a session on trial", func(s boardState) bool { return s.Trial && s.Session })
	b.advance(10_000)
}

func TestABoardIsBroughtToAnotherFirmware(t *testing.T) {
	t.Parallel()
	h, key := workbench(t)
	esp := h.boards["esp"]
	h.must("set", "porch", "on")

	proved := make(chan struct{})
	go func() { defer close(proved); esp.prove() }()
	_, stderr, code := h.hob("update", "esp", h.image(key, "0.9.0", ""))
	<-proved
	if code != 0 || !strings.Contains(stderr, "has firmware 0.9.0") {
		t.Fatalf("%d %s", code, stderr)
	}
	h.awaitBoard("esp", func(r entity.BoardRecord) bool { return r.Status == entity.BoardOnline && r.Firmware == "0.9.0" })
	// What was on is on again: boot: restore.
	esp.awaitLevel(16, "high")
	if out := h.must("boards", "--json"); !strings.Contains(out, `"stage": "done"`) && !strings.Contains(out, `"stage":"done"`) {
		t.Error(out)
	}
}

func TestAFirmwareThatDoesNotComeUpIsTakenBackAndThatIsSaid(t *testing.T) {
	t.Parallel()
	h, key := workbench(t)
	_, stderr, code := h.hob("update", "esp", h.image(key, "0.9.0", "crash"))
	if code != 1 || !strings.Contains(stderr, "gone back") {
		t.Errorf("%d %s", code, stderr)
	}
	h.awaitBoard("esp", func(r entity.BoardRecord) bool { return r.Status == entity.BoardOnline && r.Firmware != "0.9.0" })
}

func TestAnImageOfSomebodyElseIsRefusedAndTheRestWaitsForTheFirst(t *testing.T) {
	t.Parallel()
	h, key := workbench(t)
	other := filepath.Join(h.dir, "other.pem")
	h.must("sign", "--new-key", "--key", other)
	if _, stderr, code := h.hob("sign", "--new-key", "--key", other); code != 1 || !strings.Contains(stderr, "exists") {
		t.Errorf("a key is overwritten: %d %s", code, stderr)
	}
	if _, stderr, code := h.hob("update", "esp", h.image(other, "0.9.1", "")); code != 1 || !strings.Contains(stderr, "not signed") {
		t.Errorf("a stranger's: %d %s", code, stderr)
	}
	good := h.image(key, "0.9.0", "")
	if _, stderr, code := h.hob("update", "--rest", good); code != 1 || !strings.Contains(stderr, "one board first") {
		t.Errorf("the rest before the first: %d %s", code, stderr)
	}
	if err := os.WriteFile(good, []byte("nonsense"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, stderr, code := h.hob("update", "esp", good); code != 1 || !strings.Contains(stderr, "no signed image") {
		t.Errorf("nonsense: %d %s", code, stderr)
	}
	var list []entity.BoardDetails
	if err := json.Unmarshal([]byte(h.must("boards", "--json")), &list); err != nil || len(list) != 1 || list[0].Update == nil || list[0].Update.Stage != "failed" {
		t.Errorf("%v, %+v", err, list)
	}
}

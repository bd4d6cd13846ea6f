//go:build e2e

package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hob/internal/entity"
)

// stranger is another device that claims an id, with a memory of its own.
func (h *house) stranger(id string) *board {
	h.t.Helper()
	dir := filepath.Join(h.dir, "elsewhere")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		h.t.Fatal(err)
	}
	return startBoard(h.t, h.net, dir, "stranger", id, "esp32")
}

func TestAStrangerWithAConfiguredIDIsShownAndNeverCommanded(t *testing.T) {
	t.Parallel()
	h := newHouse(t, rooms, "esp")
	esp, w := h.boards["esp"], h.watch()
	h.must("set", "porch", "on")
	since := esp.lastEdge()

	fake := h.stranger(esp.id)
	r := h.awaitStatus("esp", entity.BoardDuplicate)
	if !strings.Contains(r.Message, fake.address) || r.Address != esp.address {
		t.Errorf("with both: %+v", r)
	}
	w.state("porch", "on")
	h.must("set", "fan", "on")
	if got := esp.level(17); got != "high" {
		t.Errorf("the fan's pin is %s", got)
	}
	esp.quiet(since, 17)

	esp.kill()
	r = h.awaitStatus("esp", entity.BoardKeyRefused)
	if r.Message == "" {
		t.Errorf("with the stranger alone: %+v", r)
	}
	w.lost("porch", entity.BoardKeyRefused, "on")
	if _, stderr, code := h.hob("set", "porch", "off"); code == 0 || stderr == "" {
		t.Errorf("a command: %d %s", code, stderr)
	}
	if s := fake.state(); s.Session || s.State != "new" || s.Config != "" {
		t.Errorf("the stranger is %+v", s)
	}

	esp.restart()
	since = esp.lastEdge()
	h.relinked(esp)
	h.must("set", "fan", "on")
	fake.stop()
	h.awaitStatus("esp", entity.BoardOnline)
	esp.quiet(since, 17)
	if edges, _ := esp.edges(since); len(edges) != 1 {
		t.Errorf("edges: %+v", edges)
	}
}

func TestABoardOfAnotherServerRefusesOurs(t *testing.T) {
	t.Parallel()
	theirs := newHouse(t, rooms, "esp")
	esp := theirs.boards["esp"]
	ours := newHouseIn(t, theirs.net, strings.ReplaceAll(rooms, "{esp}", esp.id))
	ours.awaitBoard("esp", func(r entity.BoardRecord) bool { return r.Status == entity.BoardNotAdopted && r.Address != "" })
	if _, stderr, code := ours.hob("adopt", "esp", esp.code); code != 1 || stderr == "" {
		t.Errorf("adopt a board of others: %d %s", code, stderr)
	}
	// A key of our own does not open it either.
	key := `{"current":"` + strings.Repeat("5a", 32) + `"}`
	ours.server.kill()
	if err := os.WriteFile(filepath.Join(ours.state, "keys", esp.id+".json"), []byte(key), 0o600); err != nil {
		t.Fatal(err)
	}
	ours.serve()
	if r := ours.awaitStatus("esp", entity.BoardKeyRefused); r.Message == "" {
		t.Errorf("no reason is given: %+v", r)
	}
	theirs.must("set", "porch", "on")
	theirs.awaitStatus("esp", entity.BoardOnline)
}

func TestAWrongChipGetsNoConfiguration(t *testing.T) {
	t.Parallel()
	h := bareHouse(t, "home: {name: Empty}\n")
	esp := startBoard(t, h.net, h.dir, "esp", newID(), "esp32s3")
	h.boards["esp"] = esp
	h.reload(rooms)
	h.awaitBoard("esp", func(r entity.BoardRecord) bool { return r.ID == entity.BoardID(esp.id) && r.Address != "" })
	h.adopt(esp)
	r := h.awaitStatus("esp", entity.BoardWrongChip)
	if !strings.Contains(r.Message, "esp32s3") || !strings.Contains(r.Message, "esp32") {
		t.Errorf("the reason is %q", r.Message)
	}
	if s := esp.state(); s.Config != "" {
		t.Errorf("it got the configuration %s", s.Config)
	}
	if _, stderr, code := h.hob("set", "porch", "on"); code == 0 || stderr == "" {
		t.Errorf("a command: %d %s", code, stderr)
	}
	h.reload(strings.Replace(rooms, "chip: esp32", "chip: esp32s3", 1))
	h.server.log.await(t, "the house stays as it is") // 32 and 33 are flash there
	fits := strings.NewReplacer("chip: esp32", "chip: esp32s3", "esp/32", "esp/4", "esp/33", "esp/5").Replace(rooms)
	h.reload(fits)
	h.awaitStatus("esp", entity.BoardOnline)
	h.ready()
	h.must("set", "porch", "on")
}

func TestAnUnknownBoardIsListedAndLeftAlone(t *testing.T) {
	t.Parallel()
	h := newHouse(t, rooms, "esp")
	other := h.stranger(newID())
	r := h.awaitStatus(other.id, entity.BoardUnknown)
	if r.Declared || r.Name != "" || r.Message == "" || r.Address != other.address {
		t.Errorf("it is listed as %+v", r)
	}
	if s := other.state(); s.Session || s.State != "new" {
		t.Errorf("it is %+v", s)
	}
	// It may be adopted ahead of being declared.
	h.must("adopt", other.id, other.code)
	h.reload(rooms + "  bell: {pin: far/33}\n")
	h.server.log.await(t, "the house stays as it is") // far is not declared
	h.boards["far"] = other
	h.reload(strings.Replace(rooms, "switches:", "  far: {id: \""+other.id+"\", chip: esp32}\nswitches:", 1) +
		"  bell: {pin: far/33}\n")
	h.awaitStatus("far", entity.BoardOnline)
	h.ready()
	h.reload(rooms)
	h.awaitStatus(other.id, entity.BoardUnknown)
	other.awaitState("it is let go", func(s boardState) bool { return !s.Session })
}

// clone is another device with all that a board remembers: its id and its key.
func (h *house) clone(b *board) *board {
	h.t.Helper()
	dir := filepath.Join(h.dir, "clone")
	if err := os.CopyFS(filepath.Join(dir, "board-"+b.name), os.DirFS(b.dir)); err != nil {
		h.t.Fatal(err)
	}
	return startBoard(h.t, h.net, dir, b.name, b.id, b.chip)
}

func TestTwoBoardsWithOneIDAndOneKeyAreShownAndOneOfThemIsUsed(t *testing.T) {
	t.Parallel()
	h := newHouse(t, rooms, "esp")
	esp, w := h.boards["esp"], h.watch()
	h.must("set", "porch", "on")

	twin := h.clone(esp)
	both := func(r entity.BoardRecord) bool {
		return r.Status == entity.BoardDuplicate && strings.Contains(r.Message, esp.address) && strings.Contains(r.Message, twin.address)
	}
	if r := h.awaitBoard("esp", both); r.Address != esp.address {
		t.Errorf("with both: %+v", r)
	}
	since := twin.lastEdge()
	w.state("porch", "on")
	h.must("set", "fan", "on")
	if got := esp.level(17); got != "high" {
		t.Errorf("the fan's pin is %s", got)
	}
	twin.quiet(since)

	// A link that breaks is made again to the one that had it.
	for range 3 {
		esp.do("drop_link")
		h.relinked(esp)
		if r := h.awaitBoard("esp", both); r.Address != esp.address {
			t.Errorf("after the link broke: %+v", r)
		}
	}
	twin.quiet(since)

	// And when that one is gone, the other is better than none.
	esp.kill()
	h.awaitBoard("esp", func(r entity.BoardRecord) bool {
		return r.Status == entity.BoardDuplicate && r.Address == twin.address
	})
	h.ready()
	h.must("set", "fan", "on")
	if got := twin.level(17); got != "high" {
		t.Errorf("the fan's pin of the twin is %s", got)
	}
}

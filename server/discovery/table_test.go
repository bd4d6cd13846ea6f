package discovery

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"
)

const testInterval = 30 * time.Second

// house is a table with a clock that only the test moves.
type house struct {
	*testing.T
	*table
	now time.Time
}

func newHouse(t *testing.T, known ...string) *house {
	h := &house{T: t, table: newTable(testInterval, 100), now: time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)}
	h.setKnown(known)
	return h
}

func (h *house) after(d time.Duration) []event {
	h.now = h.now.Add(d)
	return h.sweep(h.now)
}

func boardAt(id string, addresses ...string) sighting {
	return sighting{
		id: id, chip: "esp32", firmware: "1", state: StateNew, proto: 1,
		host: id + ".local.", iface: "eth0", addresses: at(addresses...),
	}
}

func (h *house) hears(s sighting) event {
	h.Helper()
	evs, why := h.see(s, h.now)
	if why != "" {
		h.Fatalf("refused: %s", why)
	}
	return evs[len(evs)-1]
}

func (h *house) wantEvent(ev event, change Change, addresses ...string) {
	h.Helper()
	if ev.change != change || !slices.Equal(ev.about.Addresses, at(addresses...)) {
		h.Errorf("%v %v, want %v %v", ev.change, ev.about.Addresses, change, addresses)
	}
}

func TestABoardAppearsOnceAndIsThenSeen(t *testing.T) {
	h := newHouse(t)
	h.wantEvent(h.hears(boardAt("hob-000001", "10.0.0.1:80")), Appeared, "10.0.0.1:80")
	h.after(testInterval)
	h.wantEvent(h.hears(boardAt("hob-000001", "10.0.0.1:80")), Seen, "10.0.0.1:80")
	adopted := boardAt("hob-000001", "10.0.0.1:80")
	adopted.state = StateAdopted
	h.wantEvent(h.hears(adopted), Changed, "10.0.0.1:80")
}

func TestABoardThatMovedIsDialledAtTheNewPlaceAndTheOldOneIsForgotten(t *testing.T) {
	h := newHouse(t)
	h.hears(boardAt("hob-000001", "10.0.0.1:80"))
	h.after(10 * time.Second)
	h.wantEvent(h.hears(boardAt("hob-000001", "10.0.0.2:80")), Changed, "10.0.0.2:80", "10.0.0.1:80")
	if !h.undecided(h.now) {
		t.Error("a move or a conflict: must ask")
	}
	if evs := h.after(19 * time.Second); len(evs) != 0 {
		t.Errorf("decided too early: %v", evs)
	}
	h.wantEvent(h.hears(boardAt("hob-000001", "10.0.0.2:80")), Seen, "10.0.0.2:80", "10.0.0.1:80")
	evs := h.after(time.Second)
	if len(evs) != 1 {
		t.Fatalf("events: %v", evs)
	}
	h.wantEvent(evs[0], Changed, "10.0.0.2:80")
	if h.undecided(h.now) || evs[0].about.Conflict != "" {
		t.Error("a move is no conflict")
	}
}

func TestTwoBoardsWithOneIdAreBothKeptAndFlagged(t *testing.T) {
	h := newHouse(t)
	h.hears(boardAt("hob-000001", "10.0.0.1:80"))
	h.after(5 * time.Second)
	if ev := h.hears(boardAt("hob-000001", "10.0.0.2:80")); ev.about.Conflict != "" {
		t.Error("it may just have moved")
	}
	h.after(3 * time.Second)
	ev := h.hears(boardAt("hob-000001", "10.0.0.1:80"))
	h.wantEvent(ev, Changed, "10.0.0.2:80", "10.0.0.1:80")
	for _, part := range []string{"hob-000001", "10.0.0.1:80", "10.0.0.2:80", "eth0"} {
		if !strings.Contains(ev.about.Conflict, part) {
			t.Errorf("%q does not name %s", ev.about.Conflict, part)
		}
	}
	if h.undecided(h.now) {
		t.Error("it is decided")
	}
	// Only the quicker one is heard from now on: the flag stays a while.
	for range 9 {
		if evs := h.after(testInterval); len(evs) != 0 {
			t.Fatalf("events: %v", evs)
		}
		h.hears(boardAt("hob-000001", "10.0.0.1:80"))
	}
	evs := h.after(2 * testInterval)
	if len(evs) != 1 || evs[0].about.Conflict != "" {
		t.Fatalf("the other one is gone: %v", evs)
	}
	h.wantEvent(evs[0], Changed, "10.0.0.1:80")
}

func TestPacketsOfAMoveThatCrossAreNoConflict(t *testing.T) {
	h := newHouse(t)
	h.hears(boardAt("hob-000001", "10.0.0.1:80"))
	h.hears(boardAt("hob-000001", "10.0.0.2:80"))
	h.after(settle - 1)
	if ev := h.hears(boardAt("hob-000001", "10.0.0.1:80")); ev.about.Conflict != "" {
		t.Error(ev.about.Conflict)
	}
}

func TestARenamedTwinIsAConflictAtOnce(t *testing.T) {
	h := newHouse(t)
	h.hears(boardAt("hob-000001", "10.0.0.1:80"))
	twin := boardAt("hob-000001", "10.0.0.2:80")
	twin.renamed = true
	if ev := h.hears(twin); ev.about.Conflict == "" || len(ev.about.Addresses) != 2 {
		t.Errorf("%+v", ev.about)
	}
}

func TestOneBoardOnTwoOfOurNetworksIsNoConflict(t *testing.T) {
	h := newHouse(t)
	first, second := boardAt("hob-000001", "10.0.0.1:80"), boardAt("hob-000001", "192.168.0.1:80")
	second.iface = "wlan0"
	for range 5 {
		h.hears(first)
		h.after(testInterval / 2)
		h.hears(second)
		h.after(testInterval / 2)
	}
	a := h.all()[0]
	if a.Conflict != "" || len(a.Addresses) != 2 || h.undecided(h.now) {
		t.Errorf("%+v", a)
	}
	second.chip = "esp32s3"
	h.hears(first)
	second.addresses = at("192.168.0.9:80")
	h.hears(second)
	h.after(2 * time.Second)
	if ev := h.hears(first); ev.about.Conflict == "" {
		t.Error("different chips are different boards")
	}
}

func TestTheFamiliesOfOneAnnouncementMayArriveApart(t *testing.T) {
	h := newHouse(t)
	h.hears(boardAt("hob-000001", "[fd00::1]:80"))
	ev := h.hears(boardAt("hob-000001", "10.0.0.1:80"))
	h.wantEvent(ev, Changed, "10.0.0.1:80", "[fd00::1]:80")
	if h.undecided(h.now) {
		t.Error("one board")
	}
	for range 4 { // IPv6 is heard no more
		h.after(testInterval)
		h.hears(boardAt("hob-000001", "10.0.0.1:80"))
	}
	if a := h.all()[0]; len(a.Addresses) != 1 {
		t.Errorf("old address kept: %v", a.Addresses)
	}
}

func TestASilentBoardIsGoneAfterThreeAndAHalfIntervals(t *testing.T) {
	h := newHouse(t, "hob-000001")
	h.hears(boardAt("hob-000001", "10.0.0.1:80"))
	h.hears(boardAt("hob-000002", "10.0.0.2:80"))
	if evs := h.after(7 * testInterval / 2); len(evs) != 0 {
		t.Fatalf("too early: %v", evs)
	}
	evs := h.after(1)
	if len(evs) != 2 {
		t.Fatalf("events: %v", evs)
	}
	h.wantEvent(evs[0], Gone, "10.0.0.1:80")
	h.wantEvent(evs[1], Gone, "10.0.0.2:80")
	if all := h.all(); len(all) != 1 || all[0].ID != "hob-000001" || !all[0].Gone {
		t.Errorf("the known one stays, marked: %v", all)
	}
	if evs := h.after(time.Hour); len(evs) != 0 {
		t.Errorf("said twice: %v", evs)
	}
	h.wantEvent(h.hears(boardAt("hob-000001", "10.0.0.9:80")), Appeared, "10.0.0.9:80")
}

func TestABoardThatLeavesTheConfigurationWhileGoneIsDropped(t *testing.T) {
	h := newHouse(t, "hob-000001")
	h.hears(boardAt("hob-000001", "10.0.0.1:80"))
	h.after(time.Hour)
	h.setKnown(nil)
	h.after(time.Second)
	if all := h.all(); len(all) != 0 {
		t.Errorf("kept: %v", all)
	}
}

func TestUnknownBoardsAreCappedAndKnownOnesAreNot(t *testing.T) {
	var known []string
	for i := range 300 {
		known = append(known, fmt.Sprintf("hob-aaa%03d", i))
	}
	h := newHouse(t, known...)
	for i := range 100 {
		h.hears(boardAt(fmt.Sprintf("hob-bbb%03d", i), "10.0.0.1:80"))
	}
	for _, id := range known {
		h.hears(boardAt(id, "10.0.0.2:80"))
	}
	if _, why := h.see(boardAt("hob-ccc000", "10.0.0.3:80"), h.now); why != TableFull {
		t.Errorf("reason %q", why)
	}
	h.after(20 * time.Second)
	if _, why := h.see(boardAt("hob-ccc000", "10.0.0.3:80"), h.now); why != TableFull {
		t.Errorf("reason %q though none has missed a round", why)
	}
	h.hears(boardAt("hob-bbb000", "10.0.0.1:80"))
	h.after(11 * time.Second) // all but 000 have missed a round
	h.hears(boardAt("hob-ccc000", "10.0.0.3:80"))
	if h.boards["hob-bbb000"] == nil || h.boards["hob-bbb001"] != nil || len(h.boards) != 400 {
		t.Errorf("the stalest must give way: %d boards", len(h.boards))
	}
	h.setKnown(known[:250])
	evs := h.after(1)
	if len(evs) != 50 || len(h.boards) != 350 {
		t.Errorf("%d events, %d boards", len(evs), len(h.boards))
	}
	for _, ev := range evs {
		if ev.change != Gone || !ev.about.Gone {
			t.Errorf("%v %+v", ev.change, ev.about)
		}
	}
}

func TestAStrangersFloodOfPlacesLeavesRoomForTheBoard(t *testing.T) {
	h := newHouse(t, "hob-000001")
	for i := range 50 {
		h.now = h.now.Add(100 * time.Millisecond)
		h.hears(boardAt("hob-000001", fmt.Sprintf("10.0.1.%d:80", i+1)))
	}
	ev := h.hears(boardAt("hob-000001", "10.0.0.1:80"))
	h.wantEvent(ev, Changed, "10.0.0.1:80", "10.0.1.50:80", "10.0.1.49:80", "10.0.1.48:80")
	for range 60 {
		_, why := h.see(boardAt("hob-000001", "10.0.0.1:80"), h.now)
		if why == Flood {
			h.after(testInterval)
			h.hears(boardAt("hob-000001", "10.0.0.1:80"))
			return
		}
	}
	t.Error("a flood for one id is not bounded")
}

func TestACandidateKeepsABoundedNumberOfAddresses(t *testing.T) {
	h := newHouse(t)
	for i := range 60 {
		h.now = h.now.Add(time.Millisecond)
		h.hears(boardAt("hob-000001", "10.0.0.1:80", fmt.Sprintf("10.0.1.%d:80", i+1)))
	}
	a := h.all()[0]
	if len(a.Addresses) != maxAddresses || !slices.Contains(a.Addresses, netip.MustParseAddrPort("10.0.1.60:80")) {
		t.Errorf("%d: %v", len(a.Addresses), a.Addresses)
	}
}

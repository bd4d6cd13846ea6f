package automation

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hob/internal/entity"
)

func TestWhatARuleDoesIsStoredBeforeItIsDoneUnlessTheDiskDoesNotTakeIt(t *testing.T) {
	h := ruledHouse(rule("ring", entity.OnGesture{Button: "hall_button", Gesture: entity.GesturePress}, do("porch", "on"), do("porch", "off")))
	underRules(t, h, func(t *testing.T, r *ruled) {
		hang := make(chan struct{})
		r.shelf.set(nil, hang)
		r.press()
		r.wantDid("before it is stored", "")
		close(hang)
		r.wantDid("once it is", porchOn+"ring, gpio16 off by rule ring")

		hang = make(chan struct{})
		r.shelf.set(nil, hang)
		r.press()
		time.Sleep(keepLimit)
		r.wantDid("a disk that hangs holds it up for a second", porchOn+"ring")
		time.Sleep(keepLimit)
		r.wantDid("and again", "gpio16 off by rule ring")
		close(hang)
		synctest.Wait()

		r.shelf.set(errors.New("the disk is full"), nil)
		r.press()
		r.wantDid("a full disk does not", porchOn+"ring, gpio16 off by rule ring")
		r.press()
		r.wantDid("nor the next time", porchOn+"ring, gpio16 off by rule ring")
		if got := strings.Count(r.log.String(), "the disk is full"); got != 1 {
			t.Errorf("that is said %d times", got)
		}
		r.wantRuns("ring", "ran; ran")
		r.shelf.set(nil, nil)
		time.Sleep(keepRest)
		r.wantRuns("ring", "ran; ran; ran; ran")
	})
}

func TestRulesThatFellBehindGoOnWithTheHouseAsItIs(t *testing.T) {
	h := ruledHouse(rule("draught", entity.OnState{Entity: "window", To: "open"}, do("porch", "on")))
	synctest.Test(t, func(t *testing.T) {
		r := &ruled{t: t, house: h, shelf: &ruleShelf{}, desk: &desk{}, events: 8}
		r.boot(true)
		defer func() { r.stop() }()
		hang := make(chan struct{})
		r.shelf.set(nil, hang)
		r.window(true) // its act waits for the store, and the driver with it
		for range 10 {
			r.window(false)
			r.window(true)
		}
		r.window(false)
		close(hang)
		r.wantDid("the first", porchOn+"draught")
		if !strings.Contains(r.log.String(), "fell behind") {
			t.Fatal("it did not fall behind, so this tests nothing")
		}
		r.window(true)
		r.wantDid("it sees the window open anew", porchOn+"draught")
	})
}

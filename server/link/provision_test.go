package link

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hob/internal/entity"
)

func TestAKeyThatCameOverTheCableOpensTheSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newFreshRig(t)
		key, err := r.m.Provision(t.Context(), hallID, false)
		if err != nil {
			t.Fatal(err)
		}
		if p := mustLoad(t, r.keys); p.Next != key || !p.Current.IsZero() {
			t.Fatal("the key is not stored as the next one")
		}
		r.hall.mu.Lock()
		r.hall.current = key // somebody carries it over
		r.hall.mu.Unlock()
		pass(time.Minute)
		r.want(entity.BoardOnline)
		if p := mustLoad(t, r.keys); p.Current != key || !p.Next.IsZero() {
			t.Fatal("the key did not become the key")
		}
		if _, err := r.m.Provision(t.Context(), hallID, false); kind(err) != KindRefused {
			t.Fatalf("a second one: %v", err)
		}
	})
}

func TestAKeyThatNeverReachesItsBoardDisturbsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		r.online()
		before := mustLoad(t, r.keys).Current
		if _, err := r.m.Provision(t.Context(), hallID, true); err != nil {
			t.Fatal(err)
		}
		r.stop()
		r.begin(testHouse()) // a server that starts again
		r.found(hallAddr)
		pass(time.Minute)
		r.want(entity.BoardOnline)
		if mustLoad(t, r.keys).Current != before {
			t.Fatal("the key that works is gone")
		}
	})
}

func TestAKeyIsMadeForABoardThatNobodyKnowsYetButNotForNonsense(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		if _, err := r.m.Provision(t.Context(), "hob-abcdef", false); err != nil {
			t.Error(err)
		}
		if _, err := r.m.Provision(t.Context(), "../hob-abcdef", false); kind(err) != KindInvalid {
			t.Errorf("%v", err)
		}
	})
}

// The server calls a board while somebody is still bringing it the key that was made
// for it. That it has none yet is no trouble then, and is after a while.
func TestAKeyThatIsStillOnItsWayIsNoTrouble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newFreshRig(t)
		said := r.logging(testHouse())
		r.found(hallAddr)
		pass(time.Second)
		key, err := r.m.Provision(t.Context(), hallID, false)
		if err != nil {
			t.Fatal(err)
		}
		pass(20 * time.Second)
		r.want(entity.BoardNotAdopted)
		if s := r.status(); s.Detail != "key_comes" {
			t.Errorf("it says %q", s.Message)
		}
		if strings.Contains(said.String(), "board cannot be linked") {
			t.Errorf("the log complains: %s", said.String())
		}
		pass(2 * time.Minute)
		r.want(entity.BoardNotAdopted)
		if s := r.status(); s.Detail != "adoption_unfinished" {
			t.Errorf("when nobody has brought it for long: %q", s.Message)
		}
		if !strings.Contains(said.String(), "board cannot be linked") {
			t.Errorf("the log has no complaint: %s", said.String())
		}
		r.hall.mu.Lock()
		r.hall.current = key
		r.hall.mu.Unlock()
		pass(time.Minute)
		r.want(entity.BoardOnline)
	})
}

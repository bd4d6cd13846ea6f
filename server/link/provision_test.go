package link

import (
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

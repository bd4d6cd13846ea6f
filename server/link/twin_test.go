package link

import (
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hob/internal/entity"
)

const twinAddr = "192.0.2.66:80"

// twin is a second board with the id and the key of the first.
func (r *rig) twin() *fakeBoard {
	b := newFakeBoard(hallID, testKey)
	b.boot, b.points = r.hall.boot+1, hallPoints()
	b.start(r.net.listen(twinAddr))
	r.t.Cleanup(b.stop)
	return b
}

// heard has discovery tell both addresses, the given one as the newest.
func (r *rig) heard(conflict string, addresses ...string) {
	a := Announcement{ID: hallID, State: "adopted", Conflict: conflict}
	for _, s := range addresses {
		a.Addresses = append(a.Addresses, netip.MustParseAddrPort(s))
	}
	r.m.Found(a)
	pass(time.Second)
}

// breakLink ends the board's connection as a network that fails does.
func (b *fakeBoard) breakLink() {
	b.mu.Lock()
	s := b.session
	b.mu.Unlock()
	_ = s.ws.Close()
	pass(20 * time.Second)
}

func (r *rig) wantBoth(at string) {
	r.t.Helper()
	r.want(entity.BoardDuplicate)
	if s := r.status(); s.Address != at || !strings.Contains(s.Message, hallAddr) || !strings.Contains(s.Message, twinAddr) {
		r.t.Fatalf("at %s it says %q", s.Address, s.Message)
	}
}

func TestOfTwoBoardsWithOneKeyTheOneThatHasTheLinkKeepsIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		r.online()
		twin := r.twin()
		r.heard("two are heard", twinAddr, hallAddr)
		r.wantBoth(hallAddr)
		for n := range 3 {
			r.heard("two are heard", twinAddr, hallAddr)
			r.hall.breakLink()
			r.wantBoth(hallAddr)
			if twin.sessions() != 0 || r.hall.sessions() != n+2 {
				t.Fatalf("after break %d: %d sessions, and %d of the twin", n, r.hall.sessions(), twin.sessions())
			}
		}
		r.hall.stop()
		pass(30 * time.Second)
		r.wantBoth(twinAddr) // better than none
		r.heard("", twinAddr)
		r.want(entity.BoardOnline)
		r.hall.start(r.net.listen(hallAddr))
	})
}

func TestABoardThatComesBackAsWhatItWasBeforeAnotherIsOneOfTwo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		r.online()
		twin := r.twin()
		r.heard("", twinAddr, hallAddr)
		r.want(entity.BoardOnline) // one board may have two addresses
		r.hall.breakLink()
		r.want(entity.BoardOnline) // and may have moved
		if r.status().Address != twinAddr {
			t.Fatalf("it is at %s", r.status().Address)
		}
		r.heard("", hallAddr, twinAddr)
		twin.breakLink()
		r.wantBoth(hallAddr)
		r.heard("", twinAddr, hallAddr)
		r.hall.breakLink()
		r.wantBoth(hallAddr)
		r.heard("", hallAddr)
		r.want(entity.BoardOnline)
	})
}

func TestABoardThatBootsAnewIsNoTwin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		r.online()
		for range mostBoots + 2 {
			r.hall.stop()
			r.hall.boot++
			r.hall.start(r.net.listen(hallAddr))
			pass(20 * time.Second)
			r.hall.breakLink()
			r.want(entity.BoardOnline)
		}
	})
}

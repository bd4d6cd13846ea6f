package link

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hob/internal/entity"
	"hob/internal/wire"
)

func TestBoardWithoutAKeyIsNotAdoptedAndNotDialled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		r.stop()
		if err := r.keys.remove(hallID); err != nil {
			t.Fatal(err)
		}
		var log bytes.Buffer
		r.log = slog.New(slog.NewTextHandler(&log, nil))
		r.begin(testHouse())
		for range 3 {
			r.found(hallAddr)
			pass(time.Minute)
		}
		r.want(entity.BoardNotAdopted)
		if n := strings.Count(log.String(), "board found; adopt it"); n != 1 {
			t.Errorf("the log tells of it %d times:\n%s", n, &log)
		}
		if r.net.dialled(hallAddr) != 0 || r.status().Adopted {
			t.Fatal("it was dialled, or counts as adopted")
		}
	})
}

func TestWhoDoesNotHoldTheKeyIsRefusedWithTheReason(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*fakeBoard)
		state  entity.BoardStatus
		says   string
	}{
		"another key":        {func(b *fakeBoard) { b.current = mustKey(9) }, entity.BoardKeyRefused, "does not accept our key"},
		"no key any more":    {func(b *fakeBoard) { b.current = wire.Key{} }, entity.BoardKeyRefused, "--replace"},
		"another id (noise)": {func(b *fakeBoard) { b.id = "hob-ffffff" }, entity.BoardKeyRefused, "does not accept our key"},
		"another id in the hello": {func(b *fakeBoard) {
			b.intercept = func(s *fakeSession, _ wire.ServerFrame) bool {
				s.send(&wire.BoardHello{Stamp: b.stamp(), Proto: 1, ID: "hob-ffffff", Chip: "esp32", Reset: "panic"})
				return true
			}
		}, entity.BoardWrongID, "not the board that was dialled"},
		"an adoption session under the key": {func(b *fakeBoard) {
			b.intercept = func(s *fakeSession, _ wire.ServerFrame) bool {
				s.send(&wire.BoardHello{Stamp: b.stamp(), Proto: 1, ID: hallID, Chip: "esp32", Reset: "panic", Adopt: true})
				return true
			}
		}, entity.BoardOffline, "adoption and session mixed up"},
		"a first frame that is no hello": {func(b *fakeBoard) {
			b.intercept = func(s *fakeSession, _ wire.ServerFrame) bool {
				s.send(&wire.State{Stamp: b.stamp(), Points: []wire.Point{{ID: "gpio16", Value: entity.Value{On: true}, Cause: wire.CauseInput}}})
				return true
			}
		}, entity.BoardOffline, "no hello"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, testHouse())
				r.hall.mu.Lock()
				c.change(r.hall)
				r.hall.mu.Unlock()
				r.found(hallAddr)
				pass(time.Minute)
				r.want(c.state)
				if s := r.status(); !strings.Contains(s.Message, c.says) || s.Link != nil {
					t.Fatalf("message %q", s.Message)
				}
				if e := r.entity("porch"); e.Available || e.State != entity.StateUnknown || e.Unavailable.Reason != c.state {
					t.Fatalf("porch is %+v", e)
				}
			})
		})
	}
}

func TestDamagedKeyFileIsShownAndNotOverwritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		synctest.Wait() // the board has looked for its key, and rests until it is found
		if err := writeFile(r.keys.dir+"/hob-7c9ebd.json", []byte("{")); err != nil {
			t.Fatal(err)
		}
		r.found(hallAddr)
		synctest.Wait()
		r.want(entity.BoardKeyRefused)
		if s := r.status(); !strings.Contains(s.Message, "damaged") || !s.Adopted {
			t.Fatalf("status %+v", s)
		}
		if err := r.m.Adopt(t.Context(), hallID, testCode(t), false); kind(err) != KindInternal {
			t.Fatalf("adopted without --replace: %v", err)
		}
	})
}

// stranger announces the id of the board at another address.
func (r *rig) stranger(address string) *fakeBoard {
	b := newFakeBoard(hallID, mustKey(66))
	b.start(r.net.listen(address))
	r.t.Cleanup(b.stop)
	return b
}

func TestStrangerThatAnnouncesALiveBoardIsFoundOutAndChangesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		r.online()
		s := r.stranger("192.0.2.66:80")
		r.found("192.0.2.66:80", hallAddr)
		synctest.Wait()
		r.want(entity.BoardDuplicate)
		if m := r.status().Message; !strings.Contains(m, "192.0.2.66:80") || !strings.Contains(m, hallAddr) {
			t.Fatalf("message %q", m)
		}
		var o outcomes
		r.mustCommand("porch", entity.VerbOn, &o)
		synctest.Wait()
		o.wantOne(t, entity.StatusConfirmed, "")
		if s.sessions() != 0 || r.hall.sessions() != 1 {
			t.Fatalf("%d and %d sessions", s.sessions(), r.hall.sessions())
		}
		for range 20 {
			r.m.Found(Announcement{ID: hallID, State: stateNew, Addresses: []netip.AddrPort{
				netip.MustParseAddrPort("192.0.2.66:80"), netip.MustParseAddrPort(hallAddr)}})
			synctest.Wait()
		}
		if n := r.net.dialled("192.0.2.66:80"); n != 1 {
			t.Fatalf("it was called %d times", n)
		}
		r.found(hallAddr) // the stranger is gone
		synctest.Wait()
		r.want(entity.BoardOnline)
		r.stranger("192.0.2.67:80")
		r.found("192.0.2.67:80")
		synctest.Wait()
		r.want(entity.BoardDuplicate)
		r.m.Lost(hallID)
		synctest.Wait()
		r.want(entity.BoardOnline)
	})
}

func TestBoardIsFoundBehindAStrangerThatWasAnnouncedFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		r.stranger("192.0.2.66:80")
		r.found("192.0.2.66:80", hallAddr)
		synctest.Wait()
		r.want(entity.BoardDuplicate)
		if r.status().Address != hallAddr {
			t.Fatalf("at %s", r.status().Address)
		}
	})
}

func TestSecondAddressOfTheSameBoardIsNoDuplicate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		r.online()
		l := r.net.listen("[2001:db8::7]:80")
		defer l.Close()
		go func() { _ = r.hall.server.Serve(l) }()
		r.found(hallAddr, "[2001:db8::7]:80")
		pass(10 * time.Second)
		r.want(entity.BoardOnline)
		if r.hall.sessions() != 1 || r.net.dialled("[2001:db8::7]:80") != 1 {
			t.Fatalf("%d sessions, %d calls", r.hall.sessions(), r.net.dialled("[2001:db8::7]:80"))
		}
	})
}

func TestConflictThatDiscoverySeesIsShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		r.online()
		a := Announcement{ID: hallID, Addresses: []netip.AddrPort{netip.MustParseAddrPort(hallAddr)}, Conflict: "two hosts announce it"}
		r.m.Found(a)
		synctest.Wait()
		r.want(entity.BoardDuplicate)
		if got := r.status().Message; got != "Two hosts announce it" {
			t.Errorf("it says %q", got)
		}
		a.Conflict = ""
		r.m.Found(a)
		synctest.Wait()
		r.want(entity.BoardOnline)
	})
}

func TestUnknownBoardsAreListedUpToAHundredAndNeverDialled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		for i := range 300 {
			r.m.Found(Announcement{ID: entity.BoardID(fmt.Sprintf("hob-%06x", i)), State: "new", Chip: strings.Repeat("x", 1000),
				Addresses: []netip.AddrPort{netip.AddrPortFrom(netip.AddrFrom4([4]byte{198, 51, 100, byte(i)}), 80)}})
			pass(time.Millisecond)
		}
		r.m.Found(Announcement{ID: "rubbish"})
		status := r.m.Status()
		if len(status) != 1+maxStrangers || len(r.registry.Boards()) != 1+maxStrangers {
			t.Fatalf("%d listed, %d in the registry", len(status), len(r.registry.Boards()))
		}
		last := status[len(status)-1]
		if last.ID != "hob-00012b" || last.State != entity.BoardUnknown || len(last.Chip) > 40 || last.Declared || last.Message == "" {
			t.Fatalf("the newest is %+v", last)
		}
		if one, ok := r.m.Board(last.ID); !ok || one != last {
			t.Fatalf("alone it is %+v", one)
		}
		r.m.Lost("hob-00012b")
		if _, ok := r.m.Board(last.ID); ok {
			t.Fatal("a board that is gone has a status")
		}
		if len(r.m.Status()) != maxStrangers || len(r.registry.Boards()) != maxStrangers {
			t.Fatal("a board that is gone is listed")
		}
		for address, n := range r.net.dials {
			t.Errorf("%s was dialled %d times", address, n)
		}
	})
}

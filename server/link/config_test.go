package link

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hob/internal/entity"
	"hob/internal/registry"
	"hob/internal/wire"
)

func TestChangedHouseReachesTheBoardWithoutANewSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		r.online()
		changed := testHouse(func(h *entity.House) { h.Entities[0].Spec.(*entity.Switch).MaxOn = time.Hour })
		r.setHouse(changed)
		synctest.Wait()
		want := wire.ConfigOf(changed, "hall").Rev
		if r.hall.rev != want || r.status().Link.Config != want || r.hall.sessions() != 1 {
			t.Fatalf("the board has %s in %d sessions, want %s in one", r.hall.rev, r.hall.sessions(), want)
		}
	})
}

func TestRenamingSendsNothingToTheBoard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		r.online()
		before := len(received[*wire.ConfigBegin](r.hall))
		r.setHouse(testHouse(func(h *entity.House) { h.Entities[0].ID, h.Entities[0].Name = "lamp", "Lamp" }))
		synctest.Wait()
		if n := len(received[*wire.ConfigBegin](r.hall)); n != before || before != 1 {
			t.Fatalf("%d configurations, then %d", before, n)
		}
		if e := r.entity("lamp"); e.State != "off" || !e.Available {
			t.Fatalf("lamp is %s, available %v", e.State, e.Available)
		}
	})
}

func TestReconnectWithTheRightConfigurationSendsNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		r.online()
		r.hall.stop()
		r.hall.start(r.net.listen(hallAddr))
		pass(time.Second)
		r.want(entity.BoardOnline)
		if n := len(received[*wire.ConfigBegin](r.hall)); n != 1 || r.hall.sessions() != 2 {
			t.Fatalf("%d configurations in %d sessions", n, r.hall.sessions())
		}
	})
}

func TestPointThatTheNewConfigurationLacksIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		r.online()
		r.hall.mu.Lock()
		r.hall.points = r.hall.points[:1]
		r.hall.mu.Unlock()
		if !r.entity("bell").Available {
			t.Fatal("the bell is not there to begin with")
		}
		r.setHouse(testHouse(func(h *entity.House) { h.Entities[0].Spec.(*entity.Switch).MaxOn = time.Hour }))
		synctest.Wait()
		if e := r.entity("bell"); e.Available || e.Unavailable.Reason != entity.BoardNotConfigured {
			t.Fatalf("the bell is %+v", e)
		}
		if e := r.entity("porch"); !e.Available || r.status().Link.Points != 1 {
			t.Fatalf("porch is %+v, link %+v", e, r.status().Link)
		}
	})
}

func TestTwoReloadsInARowEndWithTheLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		r.online()
		var last *entity.House
		for i := range 10 {
			last = testHouse(func(h *entity.House) { h.Entities[0].Spec.(*entity.Switch).MaxOn = time.Duration(i+1) * time.Hour })
			r.setHouse(last)
		}
		synctest.Wait()
		if want := wire.ConfigOf(last, "hall").Rev; r.hall.rev != want {
			t.Fatalf("the board has %s, want %s", r.hall.rev, want)
		}
	})
}

func TestCommandsOvertakeAConfiguration(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		r.online()
		r.hall.mu.Lock()
		var o outcomes
		sent := false
		r.hall.intercept = func(_ *fakeSession, f wire.ServerFrame) bool {
			if item, ok := f.(*wire.ConfigItem); ok && item.N == 0 && !sent {
				sent = true
				r.mustCommand("porch", entity.VerbOn, &o)
			}
			return false
		}
		r.hall.frames = nil
		r.hall.mu.Unlock()
		r.setHouse(testHouse(func(h *entity.House) {
			for pin := range 15 {
				h.Entities = append(h.Entities, entity.Entity{ID: entity.ID("x" + string(rune('a'+pin))),
					Spec: &entity.Switch{Output: entity.Output{Board: "hall", Pin: pin}}})
			}
		}))
		synctest.Wait()
		o.wantOne(t, entity.StatusConfirmed, "")
		r.hall.mu.Lock()
		defer r.hall.mu.Unlock()
		for i, f := range r.hall.frames {
			if _, ok := f.(*wire.Command); ok {
				if i > 4 {
					t.Fatalf("the command came as frame %d", i)
				}
				return
			}
		}
		t.Fatal("no command")
	})
}

func TestRefusedConfigurationIsShownAndTheSessionGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		r.hall.refuse = "pin_input_only"
		r.up(entity.BoardConfigRefused)
		if s := r.status(); !strings.Contains(s.Message, "pin_input_only") || !strings.Contains(s.Message, "items[0].pin") || s.Link == nil {
			t.Fatalf("status %+v", s)
		}
		var o outcomes
		r.mustCommand("porch", entity.VerbOn, &o)
		synctest.Wait()
		o.wantOne(t, entity.StatusConfirmed, "")
		r.hall.mu.Lock()
		r.hall.refuse = ""
		r.hall.mu.Unlock()
		r.setHouse(testHouse(func(h *entity.House) { h.Entities[0].Spec.(*entity.Switch).MaxOn = time.Hour }))
		synctest.Wait()
		r.want(entity.BoardOnline)
	})
}

func TestGoingBackToTheConfigurationInForceMendsARefusedOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		r.online()
		r.hall.mu.Lock()
		r.hall.refuse = "storage"
		r.hall.mu.Unlock()
		r.setHouse(testHouse(func(h *entity.House) { h.Entities[0].Spec.(*entity.Switch).MaxOn = time.Hour }))
		synctest.Wait()
		r.want(entity.BoardConfigRefused)
		r.setHouse(testHouse())
		synctest.Wait()
		r.want(entity.BoardOnline)
	})
}

func TestConfigurationThatNoBoardCanHoldIsNotSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse(func(h *entity.House) {
			for pin := 100; pin < 100+wire.MaxPoints; pin++ {
				h.Entities = append(h.Entities, entity.Entity{ID: entity.ID("x" + string(rune(pin))),
					Spec: &entity.Switch{Output: entity.Output{Board: "hall", Pin: pin}}})
			}
		}))
		r.up(entity.BoardConfigRefused)
		if n := len(received[*wire.ConfigBegin](r.hall)); n != 0 {
			t.Fatal("it was sent")
		}
	})
}

func TestWrongChipGetsNoConfigurationAndNoCommands(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		r.hall.chip = "esp32c3"
		r.found(hallAddr)
		pass(time.Minute)
		r.want(entity.BoardWrongChip)
		if s := r.status(); !strings.Contains(s.Message, "esp32c3") || s.Chip != "esp32c3" {
			t.Fatalf("status %+v", s)
		}
		if n := len(received[*wire.ConfigBegin](r.hall)); n != 0 {
			t.Fatal("it was configured")
		}
		var o outcomes
		if _, err := r.command("porch", entity.VerbOn, time.Second, &o); err == nil {
			t.Fatal("a command was accepted")
		}
		r.hall.say(t, func(s wire.Stamp) wire.BoardFrame { // changes nothing
			return &wire.State{Stamp: s, Points: hallPoints()}
		})
		r.setHouse(testHouse(func(h *entity.House) { h.Boards[0].Chip = "esp32c3" }))
		pass(time.Second)
		r.want(entity.BoardOnline)
		r.setHouse(testHouse())
		pass(time.Second)
		r.want(entity.BoardWrongChip)
	})
}

// slowRegistry lets something happen between the hello and the attachment.
type slowRegistry struct {
	*registry.Registry
	before func()
}

func (s *slowRegistry) Attach(id entity.BoardID, address, firmware string, session registry.Session, points []registry.PointReport) (*registry.Attachment, error) {
	if before := s.before; before != nil {
		s.before = nil
		before()
	}
	return s.Registry.Attach(id, address, firmware, session, points)
}

func TestChipThatTheHouseChangesWhileTheBoardComesOnline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		r.stop()
		r.front = &slowRegistry{r.registry, func() {
			r.setHouse(testHouse(func(h *entity.House) { h.Boards[0].Chip = "esp32c3" }))
		}}
		r.begin(testHouse())
		r.found(hallAddr)
		pass(time.Second)
		r.want(entity.BoardWrongChip)
		if n := len(received[*wire.ConfigBegin](r.hall)); n != 0 {
			t.Fatal("it was configured")
		}
	})
}

func TestBoardThatLeavesTheHouseIsLetGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		r.online()
		r.setHouse(&entity.House{})
		pass(time.Second)
		s := r.status()
		if s.State != entity.BoardUnknown || s.Declared || !s.Adopted {
			t.Fatalf("status %+v", s)
		}
		if list := r.registry.Boards(); len(list) != 1 || list[0].Status != entity.BoardUnknown {
			t.Fatalf("the registry lists %+v", list)
		}
		if n := goroutinesOfLink(t); n != 0 {
			t.Fatalf("%d goroutines are left", n)
		}
		r.setHouse(testHouse())
		pass(time.Second)
		r.want(entity.BoardOnline)
		r.m.Lost(hallID)
		r.setHouse(&entity.House{})
		pass(time.Second)
		if list := r.registry.Boards(); len(list) != 0 {
			t.Fatalf("a board that nobody hears is listed: %+v", list)
		}
	})
}

func TestLeasesAreRenewedEveryThirdOfTheShortest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		leased := func(pin int, d time.Duration) entity.Entity {
			return entity.Entity{ID: entity.ID("l" + string(rune('a'+pin))),
				Spec: &entity.Switch{Output: entity.Output{Board: "hall", Pin: pin, Lease: d}}}
		}
		r := newRig(t, testHouse(func(h *entity.House) {
			h.Entities = append(h.Entities, leased(1, 30*time.Second), leased(2, time.Minute), leased(3, 30*time.Second))
		}))
		r.online()
		if len(received[*wire.Renew](r.hall)) < 2 {
			t.Fatal("the leases do not begin with the session")
		}
		r.hall.mu.Lock()
		r.hall.frames = nil
		r.hall.mu.Unlock()
		start := time.Since(r.hall.booted)
		pass(time.Minute + time.Millisecond)
		short, long := 0, 0
		for _, f := range received[*wire.Renew](r.hall) {
			switch len(f.Points) {
			case 2:
				short++
			case 1:
				long++
			}
		}
		if short != 6 || long != 6 { // every 10 s
			t.Fatalf("%d and %d renewals in a minute", short, long)
		}
		last := received[*wire.Renew](r.hall)[10:]
		up := wire.Uptime((start + time.Minute).Milliseconds())
		for i, d := range []wire.Uptime{30_000, 60_000} {
			if until := last[i].Until; until > up+d || until < up+d-1000 {
				t.Errorf("renewed until %d at uptime %d, want about %d more", until, up, d)
			}
		}
	})
}

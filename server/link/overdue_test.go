package link

import (
	"testing"
	"testing/synctest"
	"time"

	"hob/internal/entity"
	"hob/internal/registry"
	"hob/internal/wire"
)

// deaf has the board answer everything but commands, or those too again.
func (r *rig) deaf(deaf bool) {
	r.hall.mu.Lock()
	defer r.hall.mu.Unlock()
	r.hall.intercept = func(_ *fakeSession, f wire.ServerFrame) bool {
		_, ok := f.(*wire.Command)
		return deaf && ok
	}
}

func TestABoardThatAnswersPingsOnlyIsNotBusyForGood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		r.online()
		r.deaf(true)
		var o outcomes
		for range mostCommands {
			r.mustCommand("porch", entity.VerbToggle, &o)
		}
		if _, err := r.command("porch", entity.VerbToggle, 5*time.Second, &o); err == nil {
			t.Fatal("there was a place left")
		}
		pass(5*time.Second + resultWait)
		if n := len(o.list()); n != 0 {
			t.Fatalf("%d were given up too soon", n)
		}
		pass(pingEvery)
		for _, b := range o.list() {
			if b.Status != entity.StatusExpired || b.Code != entity.CodeTimeout || b.Message != "No reply from hall within 5s" {
				t.Fatalf("one ended as %+v", b)
			}
		}
		if n := len(o.list()); n != mostCommands || r.hall.sessions() != 1 {
			t.Fatalf("%d were given up, in %d sessions", n, r.hall.sessions())
		}
		r.deaf(false)
		var after outcomes
		r.mustCommand("porch", entity.VerbOn, &after)
		synctest.Wait()
		after.wantOne(t, entity.StatusConfirmed, "")
	})
}

func TestALateAnswerToACommandThatWasGivenUpDoesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		r.online()
		r.deaf(true)
		var o outcomes
		r.mustCommand("porch", entity.VerbOn, &o)
		pass(time.Minute)
		r.hall.say(t, func(s wire.Stamp) wire.BoardFrame { return &wire.Result{Stamp: s, ID: 1, Code: wire.ResultDone} })
		synctest.Wait()
		o.wantOne(t, entity.StatusExpired, entity.CodeTimeout)
	})
}

func TestAPulseIsAwaitedToItsLatestEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		r.online()
		r.deaf(true)
		r.m.mu.Lock()
		b := r.m.boards[hallID]
		r.m.mu.Unlock()
		b.mu.Lock()
		s := b.live
		b.mu.Unlock()
		var o outcomes
		until := time.Now().Add(5 * time.Second)
		if _, err := s.Send(registry.BoardCommand{Point: "gpio16", Do: entity.VerbPulse, Until: until, Done: o.done,
			Pulse: &entity.Pulse{Width: time.Minute, Warn: "gpio17", WarnFor: time.Minute}}); err != nil {
			t.Fatal(err)
		}
		s.Flush()
		pass(time.Until(until.Add(2*time.Minute + resultWait)))
		if n := len(o.list()); n != 0 {
			t.Fatal("it was given up while it could be under way")
		}
		pass(pingEvery)
		o.wantOne(t, entity.StatusExpired, entity.CodeTimeout)
	})
}

// A board whose time stands still has not come to the deadline.
func TestACommandIsGivenUpByTheBoardsTimeAndNotByOurs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		r.online()
		frozen := r.hall.stamp()
		r.hall.mu.Lock()
		r.hall.intercept = func(s *fakeSession, f wire.ServerFrame) bool {
			if p, ok := f.(*wire.Ping); ok {
				s.send(&wire.Pong{Stamp: frozen, N: p.N})
			}
			return true
		}
		r.hall.mu.Unlock()
		var o outcomes
		r.mustCommand("porch", entity.VerbOn, &o)
		pass(time.Minute)
		if n := len(o.list()); n != 0 || r.hall.sessions() != 1 {
			t.Fatalf("%d were given up, in %d sessions", n, r.hall.sessions())
		}
	})
}

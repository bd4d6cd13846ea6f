package link

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hob/internal/entity"
	"hob/internal/wire"
)

func TestAnImageGoesOverInPartsAndIsDoneWhenItHasProvedItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		u := newUpdatable(r)
		r.online()
		i := testImage(threeParts)
		r.update(i)
		pass(time.Second)
		if s := r.status().Update; s.Stage != updateRestarting || s.Done != threeParts {
			t.Fatalf("%+v, want it to restart", s)
		}
		pass(12 * time.Second)
		if s := r.status(); s.Update.Stage != updateProving || s.Firmware != "0.2.0" || !strings.Contains(s.Message, "proving") {
			t.Fatalf("%+v, want it on trial", s)
		}
		if s := r.updated(time.Minute); s.Stage != updateDone || s.Done != threeParts || s.Code != "" || s.Message != "" {
			t.Fatalf("%+v", s)
		}
		if s := r.status(); s.State != entity.BoardOnline || s.Message != "" {
			t.Fatalf("%+v", s)
		}
		if !bytes.Equal(u.stored, i.Data) {
			t.Fatal("other bytes came")
		}
		if got, want := fmt.Sprint(u.parts()), "[{0 2048} {2048 2048} {4096 100}]"; got != want {
			t.Fatalf("parts %s, want %s", got, want)
		}
	})
}

func TestUpdatesThatCannotBeAreRefusedAtOnce(t *testing.T) {
	long := testImage(100)
	long.Head.Size = 101
	foreign := testImage(100)
	foreign.Head.Chip = "esp32c3"
	cases := []struct {
		name  string
		id    entity.BoardID
		image *Image
		kind  Kind
	}{
		{"a board of nobody", "hob-ffffff", testImage(100), KindNotFound},
		{"another chip", hallID, foreign, KindInvalid},
		{"another size than it says", hallID, long, KindInvalid},
		{"nothing", hallID, testImage(0), KindInvalid},
	}
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		u := newUpdatable(r)
		wantKind(t, r.m.Update(t.Context(), hallID, testImage(100)), KindUnavailable) // not found yet
		r.online()
		for _, c := range cases {
			t.Log(c.name)
			wantKind(t, r.m.Update(t.Context(), c.id, c.image), c.kind)
		}
		pass(time.Second)
		if n := len(received[*wire.UpdateBegin](r.hall)); n != 0 || r.status().Update != nil {
			t.Fatalf("%d offers, %+v", n, r.status().Update)
		}
		u.answers = func(*fakeSession, int64) bool { return true } // takes its time
		r.update(testImage(threeParts))
		wantKind(t, r.m.Update(t.Context(), hallID, testImage(100)), KindRefused)
		r.stop()
		wantKind(t, r.m.Update(t.Context(), hallID, testImage(100)), KindUnavailable)
	})
}

func TestWhatABoardRefusesIsSaidWithItsCodeAndLeavesItFreeForTheNext(t *testing.T) {
	for _, code := range []string{"no_key", "bad_signature", "wrong_chip", "downgrade", "on_trial", "too_large", "storage",
		"hash_mismatch", "not_bootable", strings.Repeat("x", 200)} {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t, testHouse())
			u := newUpdatable(r)
			u.answers = func(s *fakeSession, _ int64) bool {
				s.send(&wire.Update{Stamp: s.b.stamp(), Stage: wire.UpdateFailed, Code: code, Message: "because " + strings.Repeat("y", 300)})
				return true
			}
			r.online()
			r.update(testImage(threeParts))
			s := r.updated(time.Second)
			if s.Stage != updateFailed || s.Code != clip(code) || !strings.Contains(s.Message, "because") || len(s.Message) > 300 {
				t.Fatalf("%+v", s)
			}
			const whole = "its security version is older than what runs" // as a board says it
			u.answers = func(s *fakeSession, _ int64) bool {
				s.send(&wire.Update{Stamp: s.b.stamp(), Stage: wire.UpdateFailed, Code: code, Message: whole})
				return true
			}
			r.update(testImage(threeParts))
			if s := r.updated(time.Second); !strings.Contains(s.Message, whole) {
				t.Fatalf("%+v", s)
			}
			u.answers = nil
			r.update(testImage(threeParts))
			if s := r.updated(time.Minute); s.Stage != updateDone || s.Code != "" {
				t.Fatalf("%+v, want the second to work", s)
			}
		})
	}
}

func TestABoardThatVanishesInAnyStageEndsUpWithOneFirmwareAndThatIsSaid(t *testing.T) {
	stages := func(s ...string) map[string]bool {
		m := map[string]bool{}
		for _, s := range s {
			m[s] = true
		}
		return m
	}
	cases := []struct {
		name  string
		spoil func(*updatable)
		stage string
		code  string
	}{
		{"while it takes parts", func(u *updatable) { u.dies = stages("sending") }, updateDone, ""},
		{"while it checks", func(u *updatable) { u.dies = stages("checking") }, updateDone, ""},
		{"on trial", func(u *updatable) { u.dies = stages("proving") }, updateFailed, updateRolledBack},
		{"into a firmware that does not come up", func(u *updatable) { u.bad = true }, updateFailed, updateRolledBack},
		{"before it could say that it restarts", func(u *updatable) { u.mute = stages("restarting") }, updateDone, ""},
		{"before it could say that it keeps it", func(u *updatable) { u.mute = stages("kept") }, updateDone, ""},
		{"before it could say either", func(u *updatable) { u.mute = stages("restarting", "kept") }, updateDone, ""},
		{"for good while it takes parts", func(u *updatable) { u.dies, u.gone = stages("sending"), true }, updateFailed, updateSilent},
		{"for good while it checks", func(u *updatable) { u.dies, u.gone = stages("checking"), true }, updateFailed, updateSilent},
		{"for good as it restarts", func(u *updatable) { u.gone = true }, updateFailed, updateSilent},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, testHouse())
				u := newUpdatable(r)
				c.spoil(u)
				r.online()
				i := testImage(threeParts)
				r.update(i)
				if s := r.updated(10 * time.Minute); s.Stage != c.stage || s.Code != c.code || (s.Message == "") != (s.Stage == updateDone) {
					t.Fatalf("%+v", s)
				}
				if c.stage == updateDone && !bytes.Equal(u.stored, i.Data) {
					t.Fatal("other bytes came")
				}
				if n := len(u.parts()); n > 7 {
					t.Fatalf("%d parts came for three", n)
				}
			})
		})
	}
}

func TestASlotTellsTwoFirmwaresOfOneVersionApart(t *testing.T) {
	cases := []struct {
		name  string
		spoil func(*updatable)
		stage string
		code  string
	}{
		{"it says that it is kept", func(*updatable) {}, updateDone, ""},
		{"its word that it is kept is lost", func(u *updatable) { u.mute = map[string]bool{"kept": true} }, updateDone, ""},
		{"all its words are lost", func(u *updatable) { u.mute = map[string]bool{"restarting": true, "kept": true} }, updateDone, ""},
		{"it does not come up", func(u *updatable) { u.bad = true }, updateFailed, updateRolledBack},
		{"it does not prove itself", func(u *updatable) { u.dies = map[string]bool{"proving": true} }, updateFailed, updateRolledBack},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, testHouse())
				u := newUpdatable(r)
				c.spoil(u)
				r.hall.slot = 2
				r.online()
				i := testImage(threeParts)
				i.Head.FW = r.hall.fw
				r.update(i)
				if s := r.updated(10 * time.Minute); s.Stage != c.stage || s.Code != c.code {
					t.Fatalf("%+v", s)
				}
			})
		})
	}
}

func TestAnswersThatComeTwiceDoNotMakePartsGoTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		u := newUpdatable(r)
		u.answers = func(s *fakeSession, at int64) bool {
			if at == int64(len(u.stored)) { // the answer to what comes twice comes a third and fourth time
				u.say(s, wire.UpdateReceiving)
				u.say(s, wire.UpdateReceiving)
			}
			return false
		}
		r.online()
		r.update(testImage(20 * wire.MaxPart))
		if s := r.updated(time.Minute); s.Stage != updateDone {
			t.Fatalf("%+v", s)
		}
		if n := len(u.parts()); n != 20 {
			t.Fatalf("%d parts for 20", n)
		}
	})
}

func TestAnAnswerThatComesLateIsFollowedAndThenMadeGood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		u := newUpdatable(r)
		late := 3
		u.answers = func(s *fakeSession, at int64) bool {
			if at == 3*wire.MaxPart && late > 0 {
				late--
				s.send(&wire.Update{Stamp: s.b.stamp(), Stage: wire.UpdateReceiving, Next: 0})
			}
			return false
		}
		r.online()
		i := testImage(6 * wire.MaxPart)
		r.update(i)
		if s := r.updated(time.Minute); s.Stage != updateDone || !bytes.Equal(u.stored, i.Data) {
			t.Fatalf("%+v", s)
		}
		if n := len(u.parts()); n > 20 {
			t.Fatalf("%d parts for 6", n)
		}
	})
}

func TestWhatIsLostOnTheWayIsAskedForAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		u := newUpdatable(r)
		lost := 3
		u.answers = func(_ *fakeSession, at int64) bool {
			if at == wire.MaxPart && lost > 0 {
				lost--
				return true
			}
			return false
		}
		r.online()
		r.update(testImage(threeParts))
		if s := r.updated(updateSilence); s.Stage != updateDone {
			t.Fatalf("%+v", s)
		}
	})
}

func TestABoardThatTurnsPartsAwayDuringAPulseIsNotPressed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		u := newUpdatable(r)
		busy := true
		u.answers = func(s *fakeSession, _ int64) bool {
			if !busy {
				return false
			}
			busy = false
			u.say(s, wire.UpdateWait)
			time.AfterFunc(10*time.Second, func() {
				u.mu.Lock()
				defer u.mu.Unlock()
				u.say(s, wire.UpdateReceiving)
			})
			return true
		}
		r.online()
		r.update(testImage(threeParts))
		if s := r.updated(time.Minute); s.Stage != updateDone {
			t.Fatalf("%+v", s)
		}
		if n := len(u.parts()); n != 4 {
			t.Fatalf("%d parts, want the one that was turned away once more", n)
		}
	})
}

func TestASlowBoardIsGivenItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		u := newUpdatable(r)
		u.answers = func(s *fakeSession, at int64) bool {
			if at < int64(len(u.stored)) {
				return true
			}
			u.stored = append(u.stored, testImage(20 * wire.MaxPart).Data[at:at+wire.MaxPart]...)
			if len(u.stored) == 20*wire.MaxPart {
				u.stored = u.stored[:at]
				return false
			}
			time.AfterFunc(100*time.Second, func() {
				u.mu.Lock()
				defer u.mu.Unlock()
				u.say(s, wire.UpdateReceiving)
			})
			return true
		}
		r.online()
		r.update(testImage(20 * wire.MaxPart))
		if s := r.updated(time.Hour); s.Stage != updateDone {
			t.Fatalf("%+v", s)
		}
	})
}

func TestHostileAnswersEndAnUpdateAndNothingElse(t *testing.T) {
	tell := func(s *fakeSession, stage wire.UpdateStage, next int64) {
		s.send(&wire.Update{Stamp: s.b.stamp(), Stage: stage, Next: next})
	}
	cases := map[string]struct {
		answer func(s *fakeSession, at int64)
		code   string
	}{
		"the end is asked for":         {func(s *fakeSession, _ int64) { tell(s, wire.UpdateReceiving, threeParts) }, updateNonsense},
		"far beyond the end":           {func(s *fakeSession, _ int64) { tell(s, wire.UpdateReceiving, wire.MaxInt) }, updateNonsense},
		"it has checked more than all": {func(s *fakeSession, _ int64) { tell(s, wire.UpdateChecking, wire.MaxInt) }, updateStuck},
		"it waits for ever":            {func(s *fakeSession, _ int64) { tell(s, wire.UpdateWait, 0) }, updateStuck},
		"it knows of none, for ever": {func(s *fakeSession, _ int64) {
			time.AfterFunc(time.Second, func() { tell(s, wire.UpdateNone, 0) })
		}, updateStuck},
		"it goes to and fro": {func(s *fakeSession, at int64) {
			time.AfterFunc(time.Second, func() {
				tell(s, wire.UpdateChecking, 0)
				tell(s, wire.UpdateReceiving, wire.MaxPart-at)
			})
		}, updateStuck},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, testHouse())
				u := newUpdatable(r)
				u.answers = func(s *fakeSession, at int64) bool { c.answer(s, at); return true }
				r.online()
				r.update(testImage(threeParts))
				if s := r.updated(20 * time.Minute); s.Stage != updateFailed || s.Code != c.code || s.Message == "" {
					t.Fatalf("%+v", s)
				}
				r.want(entity.BoardOnline) // the session goes on
			})
		})
	}
}

// The firmware that runs may prove itself in the moment in which the next one is offered.
func TestThatWhatRunsIsKeptIsNotTakenForTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		u := newUpdatable(r)
		early := true
		u.answers = func(s *fakeSession, _ int64) bool {
			if early {
				s.send(&wire.Update{Stamp: s.b.stamp(), Stage: wire.UpdateKept})
			}
			early = false
			return false
		}
		r.online()
		r.update(testImage(threeParts))
		if s := r.updated(time.Minute); s.Stage != updateDone || r.status().Firmware != "0.2.0" {
			t.Fatalf("%+v with firmware %s", s, r.status().Firmware)
		}
	})
}

func TestAServerThatStopsSaysSoAndTheNextGoesOnWhereTheBoardIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		u := newUpdatable(r)
		u.answers = func(_ *fakeSession, at int64) bool { return at == 2*wire.MaxPart } // and is silent
		r.online()
		r.update(testImage(threeParts))
		pass(time.Second)
		begun := time.Now()
		first := r.m
		r.stop()
		if took := time.Since(begun); took > time.Minute {
			t.Fatalf("the stop took %v", took)
		}
		if s, _ := first.Board(hallID); s.Update == nil || s.Update.Stage != updateFailed || s.Update.Code != updateStopped || s.Update.Done != 2*wire.MaxPart {
			t.Fatalf("%+v", s.Update)
		}
		u.mu.Lock()
		u.answers, u.comings = nil, nil
		u.mu.Unlock()
		r.begin(testHouse())
		r.online()
		r.update(testImage(threeParts))
		if s := r.updated(time.Minute); s.Stage != updateDone {
			t.Fatalf("%+v", s)
		}
		if got := fmt.Sprint(u.parts()); got != "[{4096 100}]" {
			t.Fatalf("parts %s, want the last alone", got)
		}
	})
}

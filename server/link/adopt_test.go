package link

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hob/internal/entity"
	"hob/internal/wire"
)

func testCode(t *testing.T) wire.SetupCode {
	t.Helper()
	c, err := wire.ParseSetupCode("01234-56789-ABCDE-FGHJK-MNPQRS")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func kind(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return ""
}

// newFreshRig is a rig whose board has no key and waits to be adopted.
func newFreshRig(t *testing.T) *rig {
	t.Helper()
	r := newRig(t, testHouse())
	r.stop()
	if err := r.keys.remove(hallID); err != nil {
		t.Fatal(err)
	}
	r.hall.current, r.hall.code = wire.Key{}, testCode(t)
	r.begin(testHouse())
	r.found(hallAddr)
	synctest.Wait()
	r.want(entity.BoardNotAdopted)
	return r
}

func TestAStrangerThatIsAdoptedDoesNotGoOnWaitingForIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newFreshRig(t)
		r.m.SetHouse(&entity.House{})
		r.m.Found(Announcement{ID: hallID, Addresses: []netip.AddrPort{netip.MustParseAddrPort(hallAddr)}, State: stateNew})
		says := func() string {
			synctest.Wait()
			for _, b := range r.registry.Boards() {
				if b.ID == hallID {
					return b.Message
				}
			}
			return ""
		}
		const waits = "waits to be adopted"
		if got := says(); !strings.Contains(got, waits) {
			t.Fatalf("before: %q", got)
		}
		if err := r.m.Adopt(t.Context(), hallID, testCode(t), false); err != nil {
			t.Fatal(err)
		}
		if got := says(); got == "" || strings.Contains(got, waits) {
			t.Errorf("afterwards: %q", got)
		}
	})
}

func TestAdoptedBoardComesOnline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newFreshRig(t)
		if err := r.m.Adopt(t.Context(), hallID, testCode(t), false); err != nil {
			t.Fatal(err)
		}
		pass(time.Second)
		r.want(entity.BoardOnline)
		if p := mustLoad(t, r.keys); p.Current != r.hall.current || !p.Next.IsZero() {
			t.Fatal("the two sides hold different keys")
		}
		if err := r.m.Adopt(t.Context(), hallID, testCode(t), false); kind(err) != KindRefused {
			t.Fatalf("adopted again: %v", err)
		}
		pass(time.Second)
		r.want(entity.BoardOnline)
	})
}

func TestBoardInNoConfigCanBeAdopted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newFreshRig(t)
		r.setHouse(&entity.House{})
		synctest.Wait()
		if err := r.m.Adopt(t.Context(), hallID, testCode(t), false); err != nil {
			t.Fatal(err)
		}
		if s := r.status(); !s.Adopted || s.State != entity.BoardUnknown {
			t.Fatalf("status %+v", s)
		}
		r.setHouse(testHouse())
		pass(time.Second)
		r.want(entity.BoardOnline)
	})
}

func TestAdoptionIsRefused(t *testing.T) {
	wrong, err := wire.ParseSetupCode("00000000000000000000000000")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(*rig)
		code   func(*testing.T) wire.SetupCode
		id     entity.BoardID
		want   Kind
	}{
		"with a wrong code":      {func(*rig) {}, func(*testing.T) wire.SetupCode { return wrong }, hallID, KindRefused},
		"without a code":         {func(*rig) {}, func(*testing.T) wire.SetupCode { return wire.SetupCode{} }, hallID, KindInvalid},
		"while it is not open":   {func(r *rig) { r.hall.code = wire.SetupCode{} }, testCode, hallID, KindRefused},
		"when the board is away": {func(r *rig) { r.hall.stop(); r.t.Cleanup(func() { r.hall.start(r.net.listen(hallAddr)) }) }, testCode, hallID, KindUnavailable},
		"for an unheard-of id":   {func(*rig) {}, testCode, "hob-123456", KindNotFound},
		"for no id":              {func(*rig) {}, testCode, "../../x", KindInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newFreshRig(t)
				c.change(r)
				if err := r.m.Adopt(t.Context(), c.id, c.code(t), false); kind(err) != c.want {
					t.Fatalf("%v", err)
				}
				pass(time.Second)
				r.want(entity.BoardNotAdopted)
				if p := mustLoad(t, r.keys); p != (Pair{}) {
					t.Fatal("a key was stored")
				}
				if !r.hall.current.IsZero() {
					t.Fatal("the board has a key")
				}
			})
		})
	}
}

func TestReplaceAdoptsABoardThatLostItsKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		r.hall.current, r.hall.code = wire.Key{}, testCode(t)
		r.found(hallAddr)
		synctest.Wait()
		r.want(entity.BoardKeyRefused)
		if err := r.m.Adopt(t.Context(), hallID, testCode(t), false); kind(err) != KindRefused {
			t.Fatalf("without replace: %v", err)
		}
		if err := r.m.Adopt(t.Context(), hallID, testCode(t), true); err != nil {
			t.Fatal(err)
		}
		pass(time.Second)
		r.want(entity.BoardOnline)
		if mustLoad(t, r.keys).Current == testKey {
			t.Fatal("the old key is still the key")
		}
	})
}

func TestReplaceWithAWrongCodeKeepsTheKeyThatWorks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		r.online()
		if err := r.m.Adopt(t.Context(), hallID, testCode(t), true); kind(err) != KindRefused {
			t.Fatal(err)
		}
		if mustLoad(t, r.keys) != (Pair{Current: testKey}) {
			t.Fatal("the stored key has changed")
		}
		r.want(entity.BoardOnline)
	})
}

// restart is a server that was killed: nothing but the disk is left. The old
// manager is stopped only so that the test can end.
func (r *rig) restart() {
	r.stop()
	r.keys.before = nil
	var err error
	if r.keys, err = OpenKeys(r.keys.dir); err != nil {
		r.t.Fatal(err)
	}
	r.begin(testHouse())
	r.found(hallAddr)
	pass(time.Minute)
}

// dieBefore makes the n-th step of writing keys and everything after it fail,
// and says whether it was reached.
func (r *rig) dieBefore(n int) *bool {
	died := new(bool)
	r.keys.before = func(string) error {
		if n--; n < 0 {
			*died = true
			return errCrash
		}
		return nil
	}
	return died
}

// wantOneWorld checks what a crash must leave: the board waits to be adopted
// and can be, or both sides hold a key and are linked.
func (r *rig) wantOneWorld(at string) {
	r.t.Helper()
	if r.hall.current.IsZero() {
		if s := r.status(); s.State != entity.BoardNotAdopted {
			r.t.Fatalf("%s: %s (%s)", at, s.State, s.Message)
		}
		if err := r.m.Adopt(context.Background(), hallID, testCode(r.t), false); err != nil {
			r.t.Fatalf("%s: adopting once more: %v", at, err)
		}
		pass(time.Minute)
	}
	if s := r.status(); s.State != entity.BoardOnline {
		r.t.Fatalf("%s: %s (%s)", at, s.State, s.Message)
	}
	if p := mustLoad(r.t, r.keys); p != (Pair{Current: r.hall.current}) || !r.hall.next.IsZero() {
		r.t.Fatalf("%s: not exactly one key that both hold", at)
	}
}

func TestServerKilledAtEveryStepOfAnAdoption(t *testing.T) {
	for step := range 6 { // two writes of three steps
		synctest.Test(t, func(t *testing.T) {
			r := newFreshRig(t)
			died := r.dieBefore(step)
			err := r.m.Adopt(t.Context(), hallID, testCode(t), false)
			if err == nil || !*died {
				t.Fatalf("step %d was not reached: %v", step, err)
			}
			r.restart()
			r.wantOneWorld("step " + string(rune('0'+step)))
		})
	}
}

func TestBoardThatDiesAroundItsAdoption(t *testing.T) {
	for name, stored := range map[string]bool{"before it stored the key": false, "after it stored the key": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newFreshRig(t)
				r.hall.mu.Lock()
				r.hall.intercept = func(s *fakeSession, f wire.ServerFrame) bool {
					if f, ok := f.(*wire.Adopt); ok {
						if stored {
							s.b.mu.Lock()
							s.b.current, s.b.code = f.Key, wire.SetupCode{}
							s.b.mu.Unlock()
						}
						_ = s.ws.Close()
						return true
					}
					return false
				}
				r.hall.mu.Unlock()
				if err := r.m.Adopt(t.Context(), hallID, testCode(t), false); err == nil {
					t.Fatal("nobody confirmed, and it counts as done")
				}
				r.hall.mu.Lock()
				r.hall.intercept = nil
				r.hall.mu.Unlock()
				pass(time.Minute)
				r.wantOneWorld(name)
			})
		})
	}
}

func TestRotationChangesTheKeyOfBothSides(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		r.online()
		if err := r.m.Rotate(t.Context(), hallID); err != nil {
			t.Fatal(err)
		}
		pass(time.Second)
		r.wantOneWorld("rotated")
		if r.hall.current == testKey || r.hall.sessions() != 2 {
			t.Fatalf("the key is the old one, or it took %d sessions", r.hall.sessions())
		}
	})
}

func TestServerKilledAtEveryStepOfARotation(t *testing.T) {
	for step := range 6 {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t, testHouse())
			r.online()
			died := r.dieBefore(step)
			_ = r.m.Rotate(t.Context(), hallID) // fails in the first write only
			pass(time.Second)
			if !*died {
				t.Fatalf("step %d was not reached", step)
			}
			r.restart()
			if s := r.status(); s.State != entity.BoardOnline {
				t.Fatalf("step %d: %s (%s)", step, s.State, s.Message)
			}
			if err := r.m.Rotate(t.Context(), hallID); err != nil {
				t.Fatalf("step %d: rotating once more: %v", step, err)
			}
			pass(time.Second)
			r.wantOneWorld("step " + string(rune('0'+step)))
		})
	}
}

// TestRotationAfterAPromotionThatTheDiskRefused begins with a board that holds
// only the key that the server has on file as the next one.
func TestRotationAfterAPromotionThatTheDiskRefused(t *testing.T) {
	for step := range 3 {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t, testHouse())
			r.online()
			r.dieBefore(3)
			if err := r.m.Rotate(t.Context(), hallID); err != nil {
				t.Fatal(err)
			}
			pass(time.Second)
			if p := mustLoad(t, r.keys); p.Current != testKey || p.Next != r.hall.current {
				t.Fatal("the promotion was not refused")
			}
			// Disks recover; then the server dies in the middle of another rotation.
			died := r.dieBefore(step)
			if err := r.m.Rotate(t.Context(), hallID); err == nil || !*died {
				t.Fatalf("step %d was not reached: %v", step, err)
			}
			r.restart()
			if s := r.status(); s.State != entity.BoardOnline {
				t.Fatalf("step %d: %s (%s)", step, s.State, s.Message)
			}
		})
	}
}

func TestBoardThatDiesAroundItsRotation(t *testing.T) {
	for name, stored := range map[string]bool{"before it stored the key": false, "after it stored the key": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, testHouse())
				r.online()
				r.hall.mu.Lock()
				r.hall.intercept = func(s *fakeSession, f wire.ServerFrame) bool {
					if f, ok := f.(*wire.Rotate); ok {
						if stored {
							s.b.mu.Lock()
							s.b.next = f.Key
							s.b.mu.Unlock()
						}
						_ = s.ws.Close()
						return true
					}
					return false
				}
				r.hall.mu.Unlock()
				if err := r.m.Rotate(t.Context(), hallID); kind(err) != KindUnavailable {
					t.Fatal(err)
				}
				pass(time.Minute)
				if s := r.status(); s.State != entity.BoardOnline {
					t.Fatalf("%s (%s)", s.State, s.Message)
				}
				r.hall.mu.Lock()
				r.hall.intercept = nil
				r.hall.mu.Unlock()
				if err := r.m.Rotate(t.Context(), hallID); err != nil {
					t.Fatal(err)
				}
				pass(time.Minute)
				r.wantOneWorld(name)
			})
		})
	}
}

func TestRotationNeedsABoardThatIsOnline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		if err := r.m.Rotate(t.Context(), hallID); kind(err) != KindUnavailable {
			t.Fatal(err)
		}
		if err := r.m.Rotate(t.Context(), "hob-123456"); kind(err) != KindNotFound {
			t.Fatal(err)
		}
		r.online()
		r.hall.mu.Lock()
		r.hall.intercept = func(_ *fakeSession, f wire.ServerFrame) bool { _, ok := f.(*wire.Rotate); return ok }
		r.hall.mu.Unlock()
		first := make(chan error)
		go func() { first <- r.m.Rotate(t.Context(), hallID) }()
		synctest.Wait()
		if err := r.m.Rotate(t.Context(), hallID); kind(err) != KindUnavailable {
			t.Fatalf("two at once: %v", err)
		}
		if err := <-first; kind(err) != KindTimeout {
			t.Fatal(err)
		}
		r.want(entity.BoardOnline)
	})
}

func TestRevokedBoardForgetsItsKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		r.online()
		told, err := r.m.Revoke(t.Context(), hallID)
		if err != nil || !told {
			t.Fatalf("told %v, %v", told, err)
		}
		synctest.Wait()
		r.want(entity.BoardNotAdopted)
		pass(time.Second)
		r.want(entity.BoardNotAdopted)
		if !r.hall.current.IsZero() || mustLoad(t, r.keys) != (Pair{}) {
			t.Fatal("a key is left")
		}
		if _, err := r.m.Revoke(t.Context(), hallID); kind(err) != KindNotFound {
			t.Fatalf("revoked twice: %v", err)
		}
		r.hall.code = testCode(t)
		if err := r.m.Adopt(t.Context(), hallID, testCode(t), false); err != nil {
			t.Fatal(err)
		}
		pass(time.Second)
		r.want(entity.BoardOnline)
	})
}

func TestRevokingABoardThatIsAwayForgetsTheKeyHere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		told, err := r.m.Revoke(t.Context(), hallID)
		if err != nil || told {
			t.Fatalf("told %v, %v", told, err)
		}
		r.found(hallAddr)
		synctest.Wait()
		r.want(entity.BoardNotAdopted)
	})
}

func TestServerKilledAtEveryStepOfARevocation(t *testing.T) {
	for step := range 2 {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t, testHouse())
			r.online()
			died := r.dieBefore(step)
			if _, err := r.m.Revoke(t.Context(), hallID); err == nil || !*died {
				t.Fatalf("step %d was not reached: %v", step, err)
			}
			r.restart()
			r.hall.code = testCode(t)
			if err := r.m.Adopt(t.Context(), hallID, testCode(t), true); err != nil {
				t.Fatalf("step %d: %v", step, err)
			}
			pass(time.Minute)
			r.wantOneWorld("step " + string(rune('0'+step)))
		})
	}
}

func TestIdentifyAndRestartReachTheBoard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		if err := r.m.Restart(t.Context(), hallID); kind(err) != KindUnavailable {
			t.Fatal(err)
		}
		r.online()
		if err := r.m.Identify(t.Context(), hallID, time.Hour); kind(err) != KindInvalid {
			t.Fatal(err)
		}
		if err := r.m.Identify(t.Context(), hallID, 10*time.Second); err != nil {
			t.Fatal(err)
		}
		if err := r.m.Restart(t.Context(), hallID); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if f := received[*wire.Identify](r.hall); len(f) != 1 || f[0].For != 10_000 {
			t.Fatalf("%+v", f)
		}
		if n := len(received[*wire.Restart](r.hall)); n != 1 {
			t.Fatalf("%d restarts", n)
		}
	})
}

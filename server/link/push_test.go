package link

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"hob/internal/entity"
	"hob/internal/wire"
)

func leased(h *entity.House) { h.Entities[0].Spec.(*entity.Switch).Lease = 30 * time.Second }

func limited(h *entity.House) { h.Entities[0].Spec.(*entity.Switch).MaxOn = time.Hour }

func pulled(h *entity.House) { h.Entities[1].Spec.(*entity.Button).Pull = entity.PullNone }

func overfull(h *entity.House) {
	for pin := 100; pin < 100+wire.MaxPoints; pin++ {
		h.Entities = append(h.Entities, entity.Entity{ID: entity.ID("x" + string(rune(pin))),
			Spec: &entity.Switch{Output: entity.Output{Board: "hall", Pin: pin}}})
	}
}

// intercepts sets what the board does with a frame before anything else; true
// keeps the frame from it.
func (r *rig) intercepts(f func(*fakeSession, wire.ServerFrame) bool) {
	r.hall.mu.Lock()
	defer r.hall.mu.Unlock()
	r.hall.intercept = f
}

func isCommit(f wire.ServerFrame) bool { _, ok := f.(*wire.ConfigCommit); return ok }

// slowCommit is a board whose flash takes its time.
func slowCommit(_ *fakeSession, f wire.ServerFrame) bool {
	if isCommit(f) {
		time.Sleep(200 * time.Millisecond)
	}
	return false
}

// renewals checks that GPIO16 is renewed every 10 s during five minutes.
func (r *rig) renewals() {
	r.t.Helper()
	before := len(received[*wire.Renew](r.hall))
	pass(5 * time.Minute)
	n := 0
	for _, f := range received[*wire.Renew](r.hall)[before:] {
		if len(f.Points) == 1 && f.Points[0] == "gpio16" {
			n++
		}
	}
	if n < 29 {
		r.t.Fatalf("%d renewals in five minutes", n)
	}
}

func TestLeasesGoOnWhileTheWantedConfigurationIsNotInForce(t *testing.T) {
	for name, c := range map[string]struct {
		board  func(*fakeSession, wire.ServerFrame) bool
		change func(*entity.House)
		want   entity.BoardStatus
	}{
		"because the board refuses it": {func(s *fakeSession, f wire.ServerFrame) bool {
			if f, ok := f.(*wire.ConfigCommit); ok {
				s.send(&wire.ConfigError{Stamp: s.b.stamp(), Rev: f.Rev, Code: "storage"})
			}
			return isCommit(f)
		}, pulled, entity.BoardConfigRefused},
		"because the board does not answer": {func(_ *fakeSession, f wire.ServerFrame) bool { return isCommit(f) },
			pulled, entity.BoardOnline},
		"because no board could hold it": {nil, overfull, entity.BoardConfigRefused},
		"and would lease nothing": {func(_ *fakeSession, f wire.ServerFrame) bool { return isCommit(f) },
			func(h *entity.House) { h.Entities[0].Spec.(*entity.Switch).Lease = 0 }, entity.BoardOnline},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, testHouse(leased))
				r.online()
				r.intercepts(c.board)
				r.setHouse(testHouse(leased, c.change))
				synctest.Wait()
				r.want(c.want)
				r.renewals()
				r.hall.stop()
				r.hall.start(r.net.listen(hallAddr))
				pass(time.Second)
				r.want(c.want)
				r.renewals() // in a session that was never told them
			})
		})
	}
}

func TestLeasesAreRenewedByAServerThatKnowsOnlyAConfigurationTheBoardRefuses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse(leased))
		r.hall.refuse = "storage"
		r.up(entity.BoardConfigRefused)
		r.renewals()
	})
}

func TestARefusalOfTheWholeConfigurationNamesNoPlace(t *testing.T) {
	for _, c := range []struct {
		f    wire.ConfigError
		want string
	}{
		{wire.ConfigError{Code: "storage", Message: "it could not be stored"}, "The board refuses its configuration: it could not be stored (storage)"},
		{wire.ConfigError{Path: "items[1].pin", Code: "pin_taken", Message: "it is taken"}, "The board refuses its configuration: it is taken (items[1].pin, pin_taken)"},
	} {
		if got := refusedWords(&c.f).Message; got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func TestConfigurationTakenBackBeforeTheBoardAnsweredIsTakenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		r.online()
		r.intercepts(slowCommit)
		for range 3 {
			r.setHouse(testHouse(limited))
			time.Sleep(100 * time.Millisecond) // it is being stored
			r.setHouse(testHouse())
			pass(time.Minute)
			r.want(entity.BoardOnline)
			if want := wire.ConfigOf(testHouse(), "hall").Rev; r.hall.rev != want || r.status().Link.Config != want {
				t.Fatalf("the board has %s, the status says %s, want %s", r.hall.rev, r.status().Link.Config, want)
			}
		}
		if n := len(received[*wire.ConfigCommit](r.hall)); n != 1+2*3 {
			t.Fatalf("%d configurations were sent", n)
		}
	})
}

func TestConfigurationUnderWayIsNotSentTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		r.online()
		r.intercepts(slowCommit)
		for i := range 6 {
			name := fmt.Sprint("name ", i)
			r.setHouse(testHouse(limited, func(h *entity.House) { h.Entities[0].Name = name }))
			time.Sleep(30 * time.Millisecond)
		}
		pass(time.Minute)
		if n := len(received[*wire.ConfigCommit](r.hall)); n != 2 {
			t.Fatalf("%d commits, want the first configuration and the changed one", n)
		}
		r.want(entity.BoardOnline)
	})
}

func TestBoardThatTakesSomethingElseIsNotShownAsOnlineAndNotToldForEver(t *testing.T) {
	for name, rev := range map[string]string{"something foreign": "abcd", "what it has": ""} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, testHouse())
				r.online()
				if rev == "" {
					rev = r.hall.rev
				}
				r.intercepts(func(s *fakeSession, f wire.ServerFrame) bool {
					if isCommit(f) {
						s.send(&wire.Configured{Stamp: s.b.stamp(), Rev: rev})
						s.send(&wire.State{Stamp: s.b.stamp(), Points: hallPoints()})
					}
					return isCommit(f)
				})
				r.setHouse(testHouse(limited))
				pass(10 * time.Minute)
				r.want(entity.BoardConfigRefused)
				if n := len(received[*wire.ConfigCommit](r.hall)); n != 2 || r.status().Link.Config != rev {
					t.Fatalf("%d configurations were sent, %s is shown", n, r.status().Link.Config)
				}
				r.intercepts(nil)
				r.setHouse(testHouse(limited)) // somebody asks for it again
				synctest.Wait()
				r.want(entity.BoardOnline)
			})
		})
	}
}

func TestConfigurationTooLargeStaysInSightWhenAnEarlierOneArrives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		r.online()
		r.intercepts(slowCommit)
		r.setHouse(testHouse(limited))
		time.Sleep(100 * time.Millisecond)
		r.setHouse(testHouse(overfull))
		pass(time.Minute)
		r.want(entity.BoardConfigRefused)
	})
}

func TestBoardThatRefusesOverAndOverIsHeardOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		log := r.logging(testHouse())
		r.online()
		refusal := func(n int) func(wire.Stamp) wire.BoardFrame {
			long := strings.Repeat("é", 500)
			return func(s wire.Stamp) wire.BoardFrame {
				return &wire.ConfigError{Stamp: s, Rev: wire.ConfigOf(testHouse(limited), "hall").Rev,
					Path: "p" + long, Code: "c" + long, Message: fmt.Sprint(n, long)}
			}
		}
		r.hall.say(t, refusal(0)) // of what it was never sent
		synctest.Wait()
		r.want(entity.BoardOnline)
		r.intercepts(func(_ *fakeSession, f wire.ServerFrame) bool { return isCommit(f) })
		r.setHouse(testHouse(limited))
		synctest.Wait()
		for i := range 1000 {
			r.hall.say(t, refusal(i+1))
		}
		synctest.Wait()
		r.want(entity.BoardConfigRefused)
		s := r.status().Message
		if !strings.Contains(s, ": 1é") || len(s) > 400 || !utf8.ValidString(s) {
			t.Fatalf("%d bytes of message: %s", len(s), s)
		}
		if n := strings.Count(log.String(), "\n"); n != 1 || len(log.String()) > 1000 {
			t.Fatalf("%d lines:\n%s", n, log.String())
		}
		for range 100 { // whoever reloads is answered, and the log is still short
			r.setHouse(testHouse(limited))
			synctest.Wait()
			r.hall.say(t, refusal(2000))
			pass(time.Second)
		}
		if n := strings.Count(log.String(), "\n"); n > 3 || !strings.Contains(r.status().Message, ": 2000é") {
			t.Fatalf("%d lines, and %s", n, r.status().Message)
		}
	})
}

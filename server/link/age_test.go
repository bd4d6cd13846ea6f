package link

import (
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"hob/internal/entity"
	"hob/internal/registry"
	"hob/internal/wire"
)

// dam is a connection that can hold up what the board sends, as a network does:
// the board's writes succeed, and arrive later, in order.
type dam struct {
	net.Conn

	mu   sync.Mutex
	shut bool
	held []byte
}

// Write implements net.Conn.
func (d *dam) Write(p []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.shut {
		d.held = append(d.held, p...)
		return len(p), nil
	}
	return d.Conn.Write(p)
}

func (d *dam) hold() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.shut = true
}

func (d *dam) release() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.shut = false
	_, _ = d.Conn.Write(d.held) // an end of the link shows in what the test expects
	d.held = nil
}

// dammed is a rig whose link goes through a dam, and that looks at gestures.
func dammed(t *testing.T) (*rig, *dam, *registry.Subscription) {
	r := newRig(t, testHouse())
	d := &dam{}
	r.net.mu.Lock()
	r.net.wrap = func(_ string, c net.Conn) net.Conn {
		d.Conn = c
		return d
	}
	r.net.mu.Unlock()
	return r, d, r.registry.Watch(func(e *registry.Event) bool { return e.Gesture != "" }, func() {})
}

func (r *rig) press() {
	r.t.Helper()
	r.hall.say(r.t, func(s wire.Stamp) wire.BoardFrame {
		return &wire.Event{Stamp: s, Point: "gpio32", Event: entity.GesturePress, N: 1}
	})
	synctest.Wait()
}

// gesture is the only one since the last look.
func (r *rig) gesture(sub *registry.Subscription) *registry.Event {
	r.t.Helper()
	synctest.Wait()
	events, err := sub.Take(nil)
	if err != nil || len(events) != 1 {
		r.t.Fatalf("%d gestures, %v", len(events), err)
	}
	return &events[0]
}

func TestAPressThatWasHeldUpOnTheWayIsLate(t *testing.T) {
	for _, held := range []time.Duration{0, registry.PressLife / 2, registry.PressLife + 100*time.Millisecond, 4 * time.Second, 14 * time.Second} {
		t.Run(held.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r, d, sub := dammed(t)
				defer sub.Close()
				r.online()
				pass(time.Hour)
				d.hold()
				pressed := time.Now()
				r.press()
				pass(held)
				d.release()
				e := r.gesture(sub)
				if off := e.Made.Sub(pressed).Abs(); off > 50*time.Millisecond {
					t.Errorf("made %v off", off)
				}
				if want := held > registry.PressLife; e.Late(time.Now()) != want {
					t.Errorf("late is %v", !want)
				}
				pass(time.Second) // the link is as good as before
				r.press()
				if r.gesture(sub).Late(time.Now()) {
					t.Error("the next one is late")
				}
			})
		})
	}
}

// What came with the press, or after it, says nothing of how old it is.
func TestFramesThatWereHeldUpTogetherDoNotVouchForEachOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, d, sub := dammed(t)
		defer sub.Close()
		r.online()
		d.hold()
		pass(4 * time.Second) // the pong to the first ping is held up too
		r.hall.say(t, func(s wire.Stamp) wire.BoardFrame { return &wire.State{Stamp: s, Points: hallPoints()} })
		r.press()
		pass(3 * time.Second)
		d.release()
		if !r.gesture(sub).Late(time.Now()) {
			t.Error("it is 3 s old")
		}
	})
}

// Our hello took long, or the board's: nobody can tell.
func TestAfterASlowHelloAPressCountsAsOldUntilAPingShowsBetter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _, sub := dammed(t)
		defer sub.Close()
		r.hall.mu.Lock()
		r.hall.intercept = func(s *fakeSession, f wire.ServerFrame) bool {
			_, hello := f.(*wire.ServerHello)
			if hello {
				time.Sleep(3 * time.Second)
				s.send(&wire.BoardHello{Stamp: s.b.stamp(), Proto: 1, ID: hallID, Chip: "esp32", FW: "0.1.0", Reset: "power_on", Points: hallPoints()})
			}
			return hello
		}
		r.hall.mu.Unlock()
		r.found(hallAddr)
		pass(3 * time.Second)
		r.want(entity.BoardOnline)
		r.press()
		if !r.gesture(sub).Late(time.Now()) {
			t.Error("it may be 3 s old, for all that is known")
		}
		pass(2 * pingEvery)
		r.press()
		if r.gesture(sub).Late(time.Now()) {
			t.Error("after a ping it is known to be new")
		}
	})
}

func TestTheAgeOfAPressSurvivesClocksThatComeApart(t *testing.T) {
	for _, ppm := range []int64{-300, -50, 0, 50, 300} {
		begin := time.Now()
		m := moment{begin, 1000, 20 * time.Millisecond}
		up := func(at time.Time) wire.Uptime {
			ms := at.Sub(begin).Milliseconds()
			return wire.Uptime(1000 + ms + ms*ppm/1_000_000)
		}
		now := begin
		for range 3 * 24 * 3600 / 5 { // three days of pings
			now = now.Add(5 * time.Second)
			m = m.better(moment{now, up(now.Add(15 * time.Millisecond)), 30 * time.Millisecond})
		}
		if off := now.Sub(m.earliest(up(now), now)); off < 0 || off > 200*time.Millisecond {
			t.Errorf("at %d ppm a press is thought to be %v old", ppm, off)
		}
		late := now.Add(10 * time.Minute) // without any answer
		if off := late.Sub(m.earliest(up(late.Add(-3*time.Second)), late)); off < registry.PressLife {
			t.Errorf("at %d ppm a press of 3 s before is thought to be %v old", ppm, off)
		}
	}
}

func TestABoardCannotMakeAPressOfTheFuture(t *testing.T) {
	now := time.Now()
	m := moment{at: now, up: 5}
	for _, up := range []wire.Uptime{6, 1 << 52, 1<<63 - 1} {
		if got := m.earliest(up, now); got.After(now) {
			t.Errorf("uptime %d is %v", up, got)
		}
	}
	if got := (moment{at: now, up: 1<<63 - 1}).earliest(0, now); got.After(now) {
		t.Errorf("an uptime that fell is %v", got)
	}
}

package link

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"hob/internal/entity"
	"hob/internal/registry"
	"hob/internal/wire"
)

func TestAPulseIsToldInWholeMillisecondsOnTheSafeSide(t *testing.T) {
	const ms, bit = time.Millisecond, time.Microsecond
	got := (&wire.Command{ID: 1, Point: "gpio25", Do: entity.VerbPulse, Until: 13123, Pulse: pulse(&entity.Pulse{
		Width: 500 * ms, Gap: 1000*ms + bit,
		Pre: []entity.Condition{
			{Point: "gpio32", Is: true, Age: 2000*ms + bit}, {Point: "gpio33", Age: 0}},
		Warn: "gpio27", WarnFor: 6000*ms + bit,
	})}).Append(nil)
	const want = `{"t":"command","id":1,"point":"gpio25","do":"pulse","ms":500,"gap":1001,"warn":"gpio27",` +
		`"warn_ms":6001,"pre":[{"point":"gpio32","is":true,"age":2000},{"point":"gpio33","is":false,"age":0}],"until":13123}`
	if string(got) != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	plain := (&wire.Command{ID: 1, Point: "gpio25", Do: entity.VerbPulse, Until: 7, Pulse: pulse(&entity.Pulse{Width: ms})}).Append(nil)
	if string(plain) != `{"t":"command","id":1,"point":"gpio25","do":"pulse","ms":1,"until":7}` {
		t.Errorf("%s", plain)
	}
}

// live is the session of the rig's board, as the registry would use it.
func (r *rig) live() *session {
	r.t.Helper()
	l := r.m.boards[hallID]
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.live
}

// sends has the board get a command as the registry does.
func (r *rig) sends(c registry.BoardCommand) error {
	s := r.live()
	_, err := s.Send(c)
	s.Flush()
	return err
}

func TestWhileABoardWarnsItHearsOfUsEverySecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		r.online()
		pass(pingEvery / 5) // somewhere between two pings
		var pings atomic.Int32
		r.intercepts(func(_ *fakeSession, f wire.ServerFrame) bool {
			if _, ping := f.(*wire.Ping); ping {
				pings.Add(1)
			}
			return false
		})
		var o outcomes
		err := r.sends(registry.BoardCommand{
			Point: "gpio16", Do: entity.VerbPulse, Until: time.Now().Add(2 * time.Second), Done: o.done,
			Pulse: &entity.Pulse{Width: time.Second, Warn: "gpio17", WarnFor: 6 * time.Second},
		})
		if err != nil {
			t.Fatal(err)
		}
		pass(watchEvery / 2)
		// The latest end: it starts at its deadline, warns and pulses.
		for second := range 8 {
			pass(watchEvery)
			if n := int(pings.Load()); n < second+1 {
				t.Fatalf("%d pings in %d s", n, second+1)
			}
		}
		pings.Store(0)
		pass(10 * time.Second)
		if n := int(pings.Swap(0)); n > 3 {
			t.Errorf("%d pings in the 10 s after it", n)
		}
		// A pulse without a warning is nothing to watch.
		pings.Store(0)
		err = r.sends(registry.BoardCommand{Point: "gpio16", Do: entity.VerbPulse,
			Until: time.Now().Add(2 * time.Second), Done: o.done, Pulse: &entity.Pulse{Width: time.Second}})
		if err != nil {
			t.Fatal(err)
		}
		pass(10 * time.Second)
		if n := int(pings.Swap(0)); n > 3 {
			t.Errorf("%d pings in 10 s", n)
		}
	})
}

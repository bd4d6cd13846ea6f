package link

import (
	"testing"
	"time"

	"hob/internal/entity"
	"hob/internal/registry"
	"hob/internal/wire"
)

// reconfigured has the board say n times that it has a configuration, in turn one of
// revs, and all that it is then, with its relay changed each time.
func (r *rig) reconfigured(n int, revs ...string) {
	r.t.Helper()
	for i := range n {
		r.hall.say(r.t, func(s wire.Stamp) wire.BoardFrame {
			return &wire.Configured{Stamp: s, Rev: revs[i%len(revs)]}
		})
		r.switched(1)
	}
}

// told counts what the house has been told of the board itself.
func told(sub *registry.Subscription) (n int) {
	for {
		events, err := sub.Take(make([]registry.Event, 0, 4096))
		if err != nil {
			panic(err)
		}
		for _, e := range events {
			if e.Board != nil {
				n++
			}
		}
		if len(events) == 0 {
			return n
		}
	}
}

func TestAFloodThatSaysItIsConfiguredEachTimeIsNoLessBound(t *testing.T) {
	flooded(t, reportBurst, func(t *testing.T, r *rig, sub *registry.Subscription) {
		const seconds = 10
		for range seconds * 1000 / 7 {
			r.reconfigured(3, r.hall.rev)
			pass(7 * time.Millisecond)
		}
		if n, _ := shown(sub, "porch"); n > seconds*mostReports || n < seconds*mostReports/4 {
			t.Errorf("%d changes in %d s", n, seconds)
		}
		if s := r.status(); s.Link.Excess < 4000 {
			t.Errorf("%d are counted", s.Link.Excess)
		}
	})
}

func TestWhatANewConfigurationHasInAFloodIsTakenUpWholeAndAsTheNewest(t *testing.T) {
	flooded(t, reportBurst+100, func(t *testing.T, r *rig, _ *registry.Subscription) { // ends with off
		r.hall.mu.Lock()
		r.hall.points = r.hall.points[:1] // the bell is gone
		r.hall.mu.Unlock()
		r.reconfigured(1, r.hall.rev) // on
		r.switched(3)                 // off, on and off
		if e := r.entity("bell"); !e.Available {
			t.Error("it was taken up before its turn")
		}
		pass(time.Second / mostReports)
		if e := r.entity("porch"); e.State != "off" || !e.Available {
			t.Errorf("porch is %s, available %v", e.State, e.Available)
		}
		if e := r.entity("bell"); e.Available {
			t.Error("a button that the board does not have any more is shown as there")
		}
		r.switched(1)
		pass(time.Second)
		if e := r.entity("porch"); e.State != "on" || !e.Available {
			t.Errorf("after that porch is %s, available %v", e.State, e.Available)
		}
	})
}

func TestABoardThatSaysOneConfigurationAndAnotherIsShownSoManyTimesASecond(t *testing.T) {
	flooded(t, 0, func(t *testing.T, r *rig, sub *registry.Subscription) {
		ours, other := r.hall.rev, "0123456789abcdef"
		r.reconfigured(reportBurst, ours, other)
		told(sub)
		const seconds = 10
		for range seconds * 1000 / 14 {
			r.reconfigured(3, other, ours)
			pass(7 * time.Millisecond)
			r.reconfigured(3, ours, other)
			pass(7 * time.Millisecond)
		}
		if n := told(sub); n > seconds*mostReports || n == 0 {
			t.Errorf("it was told %d times in %d s", n, seconds)
		}
		for _, c := range []struct {
			last string
			want entity.BoardStatus
		}{{ours, entity.BoardOnline}, {other, entity.BoardConfigRefused}, {ours, entity.BoardOnline}} {
			r.reconfigured(reportBurst, other, ours)
			r.reconfigured(1, c.last)
			pass(time.Second / mostReports)
			r.want(c.want)
			if l := r.status().Link; l.Config != c.last {
				t.Errorf("it is said to have %s, and said %s", l.Config, c.last)
			}
		}
	})
}

func TestABoardThatComesBackFromAFloodIsShownAtOnce(t *testing.T) {
	flooded(t, 2*reportBurst, func(t *testing.T, r *rig, _ *registry.Subscription) {
		r.hall.stop()
		r.hall.mu.Lock()
		r.hall.rev = "" // so that it is configured anew
		r.hall.points[0].Value.On = true
		r.hall.mu.Unlock()
		r.hall.start(r.net.listen(hallAddr))
		for r.hall.sessions() < 2 {
			pass(time.Millisecond)
		}
		r.want(entity.BoardOnline)
		if e := r.entity("porch"); e.State != "on" || !e.Available || r.status().Link.Config != r.hall.rev {
			t.Errorf("porch is %s, available %v", e.State, e.Available)
		}
	})
}

package link

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hob/internal/entity"
	"hob/internal/registry"
	"hob/internal/wire"
)

// switched has the board's relay change n times at once.
func (r *rig) switched(n int) {
	r.t.Helper()
	for range n {
		r.hall.say(r.t, func(s wire.Stamp) wire.BoardFrame {
			r.hall.mu.Lock()
			defer r.hall.mu.Unlock()
			porch := &r.hall.points[0]
			porch.Value.On, porch.Up, porch.Cause = !porch.Value.On, s.Up, wire.CauseInput
			return &wire.State{Stamp: s, Points: []wire.Point{*porch}}
		})
	}
	synctest.Wait()
}

// flooded calls f in fake time, when a board that is online has changed n times at
// once; what the house sees from then on is in sub.
func flooded(t *testing.T, n int, f func(t *testing.T, r *rig, sub *registry.Subscription)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		r.online()
		pass(time.Second) // its configuration had a turn, too
		r.switched(n)
		_, sub := r.registry.Subscribe(func() {})
		f(t, r, sub)
	})
}

// shown counts the changes that the house has seen of an entity, and its gestures.
func shown(sub *registry.Subscription, id entity.ID) (changes, gestures int) {
	for {
		events, err := sub.Take(make([]registry.Event, 0, 4096))
		if err != nil {
			panic(err)
		}
		for _, e := range events {
			switch {
			case e.ID == id && e.Gesture != "":
				gestures++
			case e.ID == id:
				changes++
			}
		}
		if len(events) == 0 {
			return changes, gestures
		}
	}
}

func TestOfAFloodOfReportsTheNewestIsTakenUpAndNothingIsLeftBehind(t *testing.T) {
	flooded(t, 0, func(t *testing.T, r *rig, sub *registry.Subscription) {
		r.switched(reportBurst)
		if n, _ := shown(sub, "porch"); n != reportBurst {
			t.Errorf("%d of %d changes are shown, which is no flood", n, reportBurst)
		}
		r.switched(1001) // off before, and on in the end
		if e := r.entity("porch"); e.State != "off" {
			t.Errorf("porch is %s before its turn", e.State)
		}
		pass(time.Second / mostReports)
		if e := r.entity("porch"); e.State != "on" {
			t.Errorf("porch is %s, and the board said on last", e.State)
		}
		if n, _ := shown(sub, "porch"); n != 1 {
			t.Errorf("%d changes are shown", n)
		}
	})
}

func TestAFloodThatGoesOnIsTakenUpSoManyTimesASecond(t *testing.T) {
	flooded(t, reportBurst, func(t *testing.T, r *rig, sub *registry.Subscription) {
		const seconds = 10
		for range seconds * 1000 / 7 {
			r.switched(7)
			pass(7 * time.Millisecond)
		}
		if n, _ := shown(sub, "porch"); n > seconds*mostReports || n < seconds*mostReports/4 {
			t.Errorf("%d changes in %d s", n, seconds)
		}
		if s := r.status(); s.Link.Excess < 9000 {
			t.Errorf("%d are counted", s.Link.Excess)
		}
	})
}

func TestGesturesThatComeTooOftenDoNothing(t *testing.T) {
	flooded(t, 0, func(t *testing.T, r *rig, sub *registry.Subscription) {
		for range reportBurst + 50 {
			r.press()
		}
		if _, n := shown(sub, "bell"); n != reportBurst {
			t.Errorf("%d presses were taken up", n)
		}
		pass(time.Second / mostReports)
		r.press()
		if _, n := shown(sub, "bell"); n != 1 {
			t.Errorf("%d presses were taken up when it was quiet again", n)
		}
	})
}

func TestAContactThatBouncesTakesNoPressFromTheButtonBesideIt(t *testing.T) {
	flooded(t, 2*reportBurst, func(t *testing.T, r *rig, sub *registry.Subscription) {
		r.press()
		if _, n := shown(sub, "bell"); n != 1 {
			t.Errorf("%d presses were taken up", n)
		}
	})
}

func TestWhatACommandChangedIsShownBeforeItsEndInAFloodToo(t *testing.T) {
	flooded(t, reportBurst+100, func(t *testing.T, r *rig, _ *registry.Subscription) { // ends with off
		var states []string
		_, err := r.registry.Accept(registry.Request{Command: "1", Entity: "porch", Action: entity.Action{Verb: entity.VerbOn},
			Until: time.Now().Add(time.Second), Done: func(registry.BoardResult) { states = append(states, r.entity("porch").State) }})
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if !slices.Equal(states, []string{"on"}) {
			t.Errorf("at the end of the command to go on the state was %v", states)
		}
	})
}

func TestWhatABoardSaidLastInAFloodIsShownWhenItsLinkEnds(t *testing.T) {
	flooded(t, reportBurst+1, func(t *testing.T, r *rig, _ *registry.Subscription) { // ends with on
		r.hall.stop()
		synctest.Wait()
		if e := r.entity("porch"); e.State != "on" || e.Available {
			t.Errorf("porch is %s, available %v", e.State, e.Available)
		}
		pass(time.Minute) // nothing comes of it later
	})
}

func TestAFloodIsToldOnceAMinuteAndTakenBackWhenItIsOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		log := r.logging(testHouse())
		r.online()
		r.switched(reportBurst)
		for range 90 {
			r.switched(mostReports + 10)
			pass(time.Second)
		}
		if n := strings.Count(log.String(), "more often than is taken up"); n != 2 {
			t.Errorf("in a minute and a half the log has it %d times:\n%s", n, log)
		}
		r.want(entity.BoardOnline)
		if s := r.status(); s.Said != floods() {
			t.Errorf("the list says %q", s.Message)
		}
		pass(calmAfter + pingEvery)
		r.want(entity.BoardOnline)
		if s := r.status(); s.Message != "" {
			t.Errorf("a quiet board is said to be: %s", s.Message)
		}
	})
}

func TestThereNeedBeNoBoundForReports(t *testing.T) {
	r := rationOf(-1)
	now := time.Now()
	for range 10 * reportBurst {
		if !r.values.take(now, r.every) {
			t.Fatal("one was not taken up")
		}
	}
}

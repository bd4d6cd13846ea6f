package rules_test

import (
	"fmt"
	"testing"
	"time"

	"hob/internal/entity"
	"hob/internal/rules"
)

// Ten runs wait at most, one is under way, and the others say that there was no room.
func TestAQueueHoldsTenRunsAndTakesThemInOrderOverARestart(t *testing.T) {
	r := rule("r", entity.OnGesture{Button: "bell", Gesture: entity.GesturePress}, do("porch", entity.VerbToggle))
	r.Mode = entity.ModeQueued
	s := newServer(t, houseIn(berlin, r), local(berlin, "2026-06-22 12:00:00"))
	s.answer = never
	for range 14 {
		s.pass(3 * time.Second)
		s.happens(rules.Event{Entity: "bell", Gesture: entity.GesturePress})
	}
	if st := s.engine.Status(s.now)[0]; st.Running != 1 || st.Queued != rules.MostQueued || len(s.acts) != 1 {
		t.Fatalf("%d run, %d wait, %d acts", st.Running, st.Queued, len(s.acts))
	}
	s.answer = nil
	s.restart(time.Hour) // the one under way is interrupted, and the ten go on
	if len(s.acts) != 1+rules.MostQueued {
		t.Errorf("%d acts after the restart", len(s.acts))
	}
	var order []int64
	outcomes := map[rules.Outcome]int{}
	for _, a := range s.acts {
		order = append(order, s.disk.runs[a.Run].At)
	}
	for i := 1; i < len(order); i++ {
		if order[i] <= order[i-1] {
			t.Errorf("the runs went in the order %v", order)
		}
	}
	for _, one := range s.records() {
		outcomes[one.Outcome]++
	}
	if outcomes[rules.Interrupted] != 1 || outcomes[rules.Ran] != rules.MostQueued || outcomes[rules.Skipped] != 3 {
		t.Errorf("it came to %v", outcomes)
	}
}

// The end of an act of a run that was given up is no end of the run that has begun anew.
func TestARestartDuringAnActBeginsAnewAndTheOldEndIsNoMatter(t *testing.T) {
	r := rule("r", entity.OnGesture{Button: "bell", Gesture: entity.GesturePress}, do("porch", entity.VerbOn), do("fan", entity.VerbOn))
	r.Mode = entity.ModeRestart
	s := newServer(t, houseIn(berlin, r), local(berlin, "2026-06-22 12:00:00"))
	s.answer = never
	s.happens(rules.Event{Entity: "bell", Gesture: entity.GesturePress})
	s.pass(time.Second)
	s.happens(rules.Event{Entity: "bell", Gesture: entity.GesturePress})
	first, second := s.acts[0].Act, s.acts[1].Act
	s.take(s.ends(first, rules.Result{Outcome: rules.Failed, Said: entity.Said{Message: "too late"}}))
	if len(s.acts) != 2 {
		t.Fatalf("the end of the old act goes on with the new run: %d acts", len(s.acts))
	}
	s.take(s.ends(second, rules.Result{Outcome: rules.Ran}))
	s.take(s.ends(s.acts[2].Act, rules.Result{Outcome: rules.Ran}))
	s.expect(t, "06-22 12:00:00 stopped, porch on", "06-22 12:00:01 ran, porch on, fan on")
}

// What waits in the queue does not run before the rule has rested either.
func TestAQueuedRunWhoseTurnComesWhileTheRuleRestsDoesNotRun(t *testing.T) {
	r := rule("r", entity.OnGesture{Button: "bell", Gesture: entity.GesturePress}, do("porch", entity.VerbToggle),
		entity.Wait{Until: entity.InState{Entity: "window", State: "open"}, AtMost: time.Hour})
	r.Mode, r.Cooldown = entity.ModeQueued, time.Minute
	s := newServer(t, houseIn(berlin, r), local(berlin, "2026-06-22 12:00:00"))
	s.is("window", "closed")
	for _, wait := range []time.Duration{0, 70 * time.Second, time.Second, time.Second} {
		s.pass(wait)
		s.happens(rules.Event{Entity: "bell", Gesture: entity.GesturePress})
	}
	s.pass(8 * time.Second)
	s.is("window", "open") // the first one ends at 12:01:20, and the second is over at once
	s.expect(t, "06-22 12:00:00 ran, toggle porch", "06-22 12:01:10 ran, toggle porch", "06-22 12:01:11 skipped", "06-22 12:01:12 skipped")
	if got := s.engine.Status(s.now)[0]; got.Queued != 0 || got.RestsUntil == 0 {
		t.Errorf("%d wait, and it rests until %d", got.Queued, got.RestsUntil)
	}
}

// A rule rests over a restart, and no longer than it would have.
func TestACooldownOutlivesARestart(t *testing.T) {
	for _, c := range []struct {
		down time.Duration
		want string
	}{{30 * time.Minute, "skipped"}, {61 * time.Minute, "ran, porch on"}} {
		r := rule("r", entity.OnGesture{Button: "bell", Gesture: entity.GesturePress}, do("porch", entity.VerbOn))
		r.Cooldown = time.Hour
		s := newServer(t, houseIn(berlin, r), local(berlin, "2026-06-22 12:00:00"))
		s.happens(rules.Event{Entity: "bell", Gesture: entity.GesturePress})
		s.restart(c.down)
		s.happens(rules.Event{Entity: "bell", Gesture: entity.GesturePress})
		s.expect(t, "06-22 12:00:00 ran, porch on", s.now.Wall.In(s.program.Zone()).Format("01-02 15:04:05")+" "+c.want)
	}
}

// What is due in the hour that comes twice, or not at all, is made up for once.
func TestTheLatestMissedRunOverAChangeOfTheClocks(t *testing.T) {
	for _, c := range []struct {
		zone, stopped string
		down          time.Duration
		want          string
	}{
		{berlin, "2026-03-29 01:00:00", 90 * time.Minute, "2026-03-29T01:00:00Z"}, // 02:30 is at 03:00
		{berlin, "2026-10-25 01:00:00", 2 * time.Hour, "2026-10-25T00:30:00Z"},    // the first of two, and the start is between them
		{berlin, "2026-10-25 01:00:00", 5 * time.Hour, "2026-10-25T00:30:00Z"},
		{newYork, "2026-03-08 01:00:00", 90 * time.Minute, "2026-03-08T07:00:00Z"},
	} {
		r := rule("r", atClock("02:30"), do("porch", entity.VerbOn))
		r.Missed = entity.Missed{Policy: entity.MissedLatest, Within: 6 * time.Hour}
		s := newServer(t, houseIn(c.zone, r), local(c.zone, c.stopped))
		s.restart(c.down)
		s.pass(3 * time.Hour)
		got := s.records()
		if len(got) != 1 || got[0].Outcome != rules.Ran || time.UnixMilli(got[0].Trigger.Due).UTC().Format(time.RFC3339) != c.want {
			t.Errorf("%s in %s: %+v", c.stopped, c.zone, got)
		}
	}
}

// A yearly line of 29 February comes in leap years, also after a year without power.
func TestTheLeapDayComesEachFourYears(t *testing.T) {
	r := rule("r", atCron("0 12 29 2 *"), do("porch", entity.VerbOn))
	r.Missed = entity.Missed{Policy: entity.MissedLatest, Within: 48 * time.Hour}
	s := newServer(t, houseIn(berlin, r), local(berlin, "2026-06-22 12:00:00"))
	s.pass(local(berlin, "2028-03-01 00:00:00").Sub(s.now.Wall))
	s.restart(local(berlin, "2032-03-01 12:00:00").Sub(s.now.Wall))
	s.expect(t, "02-29 12:00:00 ran, porch on", "03-01 12:00:00 ran, porch on")
	if len(s.acts) != 2 {
		t.Errorf("%d acts", len(s.acts))
	}
}

// Two triggers by time that come at one moment are one firing, in each mode; a state
// and a time are two.
func TestTwoTriggersByTimeAtOneMomentAreOneFiring(t *testing.T) {
	for _, mode := range []entity.RunMode{entity.ModeSingle, entity.ModeQueued, entity.ModeRestart} {
		for _, down := range []bool{false, true} {
			r := rule("r", atClock("12:00"), do("porch", entity.VerbToggle))
			r.When = append(r.When, atCron("0 12 * * *"), every(time.Hour))
			r.Mode, r.Missed = mode, entity.Missed{Policy: entity.MissedLatest, Within: time.Hour}
			s := newServer(t, houseIn(berlin, r), local(berlin, "2026-06-22 11:30:00"))
			if down {
				s.restart(45 * time.Minute)
			} else {
				s.pass(45 * time.Minute)
			}
			if len(s.acts) != 1 || len(s.records()) != 1 {
				t.Errorf("%s, down %v: %s", mode, down, fmt.Sprint(s.log()))
			}
		}
	}
}

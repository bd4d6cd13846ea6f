package automation

import (
	"strings"
	"testing"
	"time"

	"hob/internal/entity"
)

func TestARuleByTimeRunsAtItsTimeAndOnce(t *testing.T) {
	underRules(t, ruledHouse(rule("dusk", clocks(t, "20:00"), do("porch", "on"))), func(t *testing.T, r *ruled) {
		time.Sleep(20*time.Hour - time.Millisecond)
		r.wantDid("too early", "")
		time.Sleep(2 * time.Millisecond)
		r.wantDid("at eight", porchOn+"dusk")
		time.Sleep(23 * time.Hour)
		r.wantDid("until the next day", "")
		time.Sleep(time.Hour)
		r.wantDid("the next day", porchOn+"dusk")
		r.wantRuns("dusk", "ran; ran")
	})
}

func TestWhatHasToLastFiresInTimeAndNotWhenItIsOver(t *testing.T) {
	open := entity.OnState{Entity: "window", To: "open", For: 10 * time.Minute}
	underRules(t, ruledHouse(rule("draught", open, do("porch", "on"))), func(t *testing.T, r *ruled) {
		r.window(true)
		time.Sleep(9 * time.Minute)
		r.window(false)
		time.Sleep(time.Hour)
		r.wantDid("it was shut in time", "")
		r.window(true)
		time.Sleep(10*time.Minute - time.Millisecond)
		r.wantDid("too early", "")
		time.Sleep(2 * time.Millisecond)
		r.wantDid("after ten minutes", porchOn+"draught")
	})
}

func TestARestartInTheMiddleOfAForOrADelayChangesNoTime(t *testing.T) {
	open := entity.OnState{Entity: "window", To: "open", For: 10 * time.Minute}
	h := ruledHouse(rule("draught", open, do("porch", "on"), entity.Delay{For: 5 * time.Minute}, do("porch", "off")))
	underRules(t, h, func(t *testing.T, r *ruled) {
		r.window(true)
		time.Sleep(4 * time.Minute)
		r.stop()
		time.Sleep(2 * time.Minute)
		r.boot(false)
		r.attach()
		r.window(true) // it still is
		time.Sleep(4*time.Minute - 5*time.Second)
		r.wantDid("within the ten minutes", "")
		time.Sleep(10 * time.Second)
		r.wantDid("after them", porchOn+"draught")
		r.wantRuns("draught", "running")
		r.restart(time.Minute, true)
		time.Sleep(4*time.Minute - 10*time.Second)
		r.wantDid("within the delay", "")
		time.Sleep(10 * time.Second)
		r.wantDid("after it", "gpio16 off by rule draught")
		r.wantRuns("draught", "ran")
		r.restart(time.Minute, true)
		time.Sleep(time.Hour)
		r.wantDid("nothing comes again", "")
	})
}

func TestWhatWasInFlightWhenTheServerEndedIsNotDoneAgain(t *testing.T) {
	h := ruledHouse(rule("ring", entity.OnGesture{Button: "hall_button", Gesture: entity.GesturePress}, do("porch", "on"), do("porch", "off")))
	underRules(t, h, func(t *testing.T, r *ruled) {
		r.hall.mu.Lock()
		r.hall.deaf = true
		r.hall.mu.Unlock()
		r.press()
		r.wantDid("before", porchOn+"ring")
		r.restart(time.Second, true)
		r.wantDid("after it goes on with the next", "gpio16 off by rule ring")
		r.wantRuns("ring", "interrupted: porch on: the server ended meanwhile, so nobody knows how it went")
	})
}

func TestAClockThatIsSetNeitherLosesNorDoublesARun(t *testing.T) {
	underRules(t, ruledHouse(rule("dusk", clocks(t, "20:00"), do("porch", "on"))), func(t *testing.T, r *ruled) {
		time.Sleep(19*time.Hour + 45*time.Minute)
		r.setClock(30 * time.Minute)
		time.Sleep(lookAgain)
		r.wantDid("set forward over it", porchOn+"dusk")
		r.setClock(-30 * time.Minute)
		time.Sleep(time.Hour)
		r.wantDid("set back before it", "")
		r.wantRuns("dusk", "ran")
		if got := strings.Count(r.log.String(), "the clock was set"); got != 2 {
			t.Errorf("the log says so %d times: %s", got, r.log)
		}
		time.Sleep(24 * time.Hour)
		r.wantDid("the next day", porchOn+"dusk")
	})
}

package automation

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hob/internal/entity"
	"hob/internal/registry"
	"hob/internal/rules"
)

func TestTheStartWaitsForTheBoardsAndNotForEver(t *testing.T) {
	closed := entity.InState{Entity: "window", State: "closed"}
	late := rule("late", clocks(t, "06:00"), do("porch", "on"))
	late.Missed, late.If = entity.Missed{Policy: entity.MissedRun, Within: 3 * time.Hour}, closed
	soon := rule("soon", clocks(t, "07:00:05"), do("porch", "off"))
	h := ruledHouse(rule("hello", entity.OnStart{}, do("porch", "toggle")), late, soon)
	underRules(t, h, func(t *testing.T, r *ruled) {
		r.wantDid("at the first start", porchOn+"hello")
		time.Sleep(time.Hour)
		r.stop()
		time.Sleep(6 * time.Hour)
		r.boot(false)
		time.Sleep(6 * time.Second)
		r.wantDid("without boards", "")
		if _, err := r.rules.RunNow(t.Context(), "nosuch", entity.Cause{}); !errors.Is(err, ErrNoRule) {
			t.Errorf("what there is not: %v", err)
		}
		tired, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		if _, err := r.rules.Status(tired); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("status before the beginning: %v", err)
		}
		var status []rules.Status
		go func() { status, _ = r.rules.Status(t.Context()) }()
		synctest.Wait()
		if status != nil {
			t.Errorf("status before the beginning: %+v", status)
		}
		r.attach()
		synctest.Wait()
		if len(status) != 3 {
			t.Errorf("who has waited is told %+v", status)
		}
		// What was missed is judged by the house as it is; what came due since the start was not missed.
		got := r.hall.did()
		for _, want := range []string{porchOn + "late", "by rule hello", "gpio16 off by rule soon"} {
			if !strings.Contains(got, want) {
				t.Errorf("when they are there: %q", got)
			}
		}
		r.restart(time.Second, false)
		time.Sleep(settling)
		r.wantRuns("hello", "ran; ran; refused: toggle porch: Board hall is offline: Not seen since the server started")
	})
}

// TestAClockThatIsSetWhileTheHouseSettlesIsRight: a small computer without a
// battery begins in another year, and is told the time a moment later.
func TestAClockThatIsSetWhileTheHouseSettlesIsRight(t *testing.T) {
	dusk := rule("dusk", clocks(t, "20:00"), do("porch", "on"))
	dusk.Missed = entity.Missed{Policy: entity.MissedRun, Within: time.Hour}
	underRules(t, ruledHouse(dusk), func(t *testing.T, r *ruled) {
		time.Sleep(18 * time.Hour)
		r.stop()
		time.Sleep(2*time.Hour + 30*time.Minute)
		r.setClock(-30 * 365 * 24 * time.Hour)
		r.boot(false)
		time.Sleep(5 * time.Second)
		r.setClock(30 * 365 * 24 * time.Hour)
		r.attach()
		r.wantDid("what was missed, half an hour late", porchOn+"dusk")
		r.wantRuns("dusk", "ran")
		time.Sleep(23*time.Hour + 30*time.Minute)
		r.wantDid("the next day", porchOn+"dusk")
	})
}

func TestABoardIsSaidToBeAwayWhenItIsAndNotByARestart(t *testing.T) {
	h := ruledHouse(rule("gone", entity.OnBoard{Board: "shed"}, do("porch", "on")), rule("back", entity.OnBoard{Board: "shed", Online: true}, do("porch", "off")))
	underRules(t, h, func(t *testing.T, r *ruled) {
		r.restart(time.Second, false)
		time.Sleep(settling + time.Second)
		r.attach()
		time.Sleep(2 * boardGrace)
		r.wantDid("after a restart at which it came late", "")
		r.shed.att.Detach(entity.BoardOffline, entity.Said{Message: "no answer"})
		r.wantDid("when it goes", porchOn+"gone")
		r.attach()
		r.wantDid("when it is back", "gpio16 off by rule back")
		r.stop()
		time.Sleep(time.Second)
		r.boot(false)
		var err error
		r.hall.att, err = r.reg.Attach(hallID, "", "", r.hall, []registry.PointReport{{Point: "gpio16"}, {Point: "gpio32"}})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(boardGrace - time.Second)
		r.wantDid("within its grace", "")
		time.Sleep(2 * time.Second)
		r.wantDid("it went while the server was down", porchOn+"gone")
	})
}

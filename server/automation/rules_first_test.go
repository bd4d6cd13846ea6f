package automation

import (
	"testing"
	"testing/synctest"
	"time"

	"hob/internal/entity"
)

// A house without rules is not followed. What has happened in it meanwhile must be
// known to the first rule all the same: it goes by how things are, not by how they
// were at the start.
func TestTheFirstRuleOfAHouseSeesItAsItIs(t *testing.T) {
	underRules(t, ruledHouse(), func(t *testing.T, r *ruled) {
		r.window(true)
		time.Sleep(time.Hour)
		air := rule("air", clocks(t, "20:00"), do("porch", "on"))
		air.If = entity.InState{Entity: "window", State: "closed"}
		shut := rule("shut", entity.OnState{Entity: "window", To: "open"}, do("porch", "on"))
		h := ruledHouse(air, shut)
		r.reg.Apply(h)
		if err := r.rules.Reload(h); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		r.wantRuns("shut", "")
		time.Sleep(20 * time.Hour)
		r.wantDid("the window is open", "")
		r.wantRuns("air", "skipped: window is open, not closed")
		r.wantRuns("shut", "")
	})
}

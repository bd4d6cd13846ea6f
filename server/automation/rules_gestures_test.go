package automation

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hob/internal/command"
	"hob/internal/entity"
	"hob/internal/registry"
)

// From the command line, a browser or the API a gesture is as good as one at the wall,
// also with the button's board away; and who made it is in the run.
func TestAGestureThatIsAskedForSetsRulesOff(t *testing.T) {
	h := ruledHouse(rule("ring", entity.OnGesture{Button: "hall_button", Gesture: entity.GestureDouble}, do("pump", "on")))
	h.AwaitGestures()
	underRules(t, h, func(t *testing.T, r *ruled) {
		by := entity.Cause{Kind: entity.CauseCLI}
		ask := func(verb entity.Verb) (res command.Result) {
			r.router.Submit(command.Request{Entity: "hall_button", Action: entity.Action{Verb: verb}, Cause: by}, func(end command.Result) { res = end })
			synctest.Wait()
			return res
		}
		if res := ask(entity.VerbHold); res.Code != entity.CodeInvalid {
			t.Errorf("of which nothing comes: %+v", res)
		}
		r.hall.att.Detach(entity.BoardOffline, entity.Said{Message: "gone"})
		if res := ask(entity.VerbDouble); res.Status != entity.StatusConfirmed {
			t.Errorf("it ended as %+v", res)
		}
		if got := r.shed.did(); got != "gpio4 on by rule ring" {
			t.Errorf("the shed did %q", got)
		}
		r.wantRuns("ring", "ran")
		status, err := r.rules.Status(t.Context())
		if err != nil || status[0].Last.Trigger.Cause == nil || *status[0].Last.Trigger.Cause != by {
			t.Errorf("it ran because of %+v, %v", status[0].Last.Trigger, err)
		}
	})
}

func TestAPressThatALinkHeldUpSetsOffNoRule(t *testing.T) {
	h := ruledHouse(rule("ring", entity.OnGesture{Button: "hall_button", Gesture: entity.GesturePress}, do("porch", "on")))
	underRules(t, h, func(t *testing.T, r *ruled) {
		for age, want := range map[time.Duration]string{registry.PressLife: porchOn + "ring", registry.PressLife + time.Second: ""} {
			if err := r.hall.att.Gesture("gpio32", entity.GesturePress, time.Now().Add(-age)); err != nil {
				t.Fatal(err)
			}
			r.wantDid(age.String(), want)
		}
		if got := strings.Count(r.log.String(), "too late for rules"); got != 1 {
			t.Errorf("the log says so %d times: %s", got, r.log)
		}
	})
}

// A board that does not come holds the rules up for ten seconds, and a press that sets
// one off for no longer than it counts, however often the button is pressed.
func TestAPressSetsOffARuleAlsoWhileABoardIsMissing(t *testing.T) {
	h := ruledHouse(rule("ring", entity.OnGesture{Button: "hall_button", Gesture: entity.GesturePress}, do("porch", "on")))
	underRules(t, h, func(t *testing.T, r *ruled) {
		r.press()
		r.wantDid("at once", porchOn+"ring")
		for _, before := range []time.Duration{settling, usedSettling / 2} {
			r.restart(time.Second, false)
			var err error
			r.hall.att, err = r.reg.Attach(hallID, "", "", r.hall, []registry.PointReport{{Point: "gpio16"}, {Point: "gpio32"}})
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(settling - before) // the shed does not come
			wait := min(before, usedSettling)
			r.press()
			time.Sleep(wait / 2)
			r.press()
			r.wantDid("while the house settles", "")
			time.Sleep(wait - wait/2)
			r.wantDid(fmt.Sprintf("with %v to go", before), porchOn+"ring")
		}
	})
}

func TestAWebhookSetsOffItsRuleAndNobodyElseKnowsWhichThereAre(t *testing.T) {
	off := rule("off", entity.OnWebhook{Name: entity.NewSecret("old")}, do("porch", "on"))
	off.Enabled = false
	h := ruledHouse(rule("gate", entity.OnWebhook{Name: entity.NewSecret("gate-7")}, do("porch", "on")),
		rule("hold", entity.OnWebhook{Name: entity.NewSecret("gate-8")}, do("porch", "off")), off)
	h.Rules[0].Mode = entity.ModeQueued
	underRules(t, h, func(t *testing.T, r *ruled) {
		for _, name := range []string{"", "gate-", "gate-77", "old"} {
			if known, _ := r.rules.Hook(name); known {
				t.Errorf("%q is known", name)
			}
		}
		if known, busy := r.rules.Hook("gate-7"); !known || busy {
			t.Errorf("known %v, busy %v", known, busy)
		}
		r.wantDid("the hook", porchOn+"gate")
		refused := 0
		hang := make(chan struct{})
		r.shelf.set(nil, hang)
		r.rules.Hook("gate-8")
		synctest.Wait() // the driver is held up from here on
		for range 2 * mostHooked {
			if _, busy := r.rules.Hook("gate-7"); busy {
				refused++
			}
		}
		close(hang)
		if refused != mostHooked {
			t.Errorf("%d of %d were refused, want %d", refused, 2*mostHooked, mostHooked)
		}
	})
}

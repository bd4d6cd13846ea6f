package automation

import (
	"testing"
	"testing/synctest"
	"time"

	"hob/internal/entity"
)

func TestAChangedHouseHasItsRulesInForceAtOnce(t *testing.T) {
	open := func(id entity.RuleID, steps ...entity.Step) entity.Rule {
		return rule(id, entity.OnState{Entity: "window", To: "open"}, steps...)
	}
	underRules(t, ruledHouse(open("old", do("porch", "on"), entity.Delay{For: time.Minute}, do("porch", "off"))), func(t *testing.T, r *ruled) {
		r.window(true)
		r.wantDid("the old rule", porchOn+"old")
		h := ruledHouse(open("new", do("porch", "on")))
		r.reg.Apply(h)
		if err := r.rules.Reload(h); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		r.wantDid("nothing, since the window is as it was", "")
		r.wantRuns("old", "stopped: the rule was removed")
		r.window(false)
		r.window(true)
		r.wantDid("the new rule", porchOn+"new")
		r.reg.Apply(ruledHouse())
		if err := r.rules.Reload(ruledHouse()); err != nil {
			t.Fatal(err)
		}
		r.window(false)
		r.window(true)
		r.wantDid("without rules", "")
		synctest.Wait()
		for id, s := range r.shelf.saved {
			if s.Data != nil {
				t.Errorf("%s is still remembered", id)
			}
		}
	})
}

// TestWhatHappensWhileTheHouseChangesIsSeen: the driver is held up in the middle of
// a reload, as by a slow disk.
func TestWhatHappensWhileTheHouseChangesIsSeen(t *testing.T) {
	open := func(verb entity.Verb) *entity.House {
		return ruledHouse(rule("draught", entity.OnState{Entity: "window", To: "open"}, do("porch", verb)))
	}
	underRules(t, open("on"), func(t *testing.T, r *ruled) {
		r.window(true)
		r.wantDid("before", porchOn+"draught")
		slow := rule("slow", entity.OnState{Entity: "window", To: "closed"}, do("pump", "on"), entity.Delay{For: time.Hour})
		h := open("off")
		h.Rules = append(h.Rules, slow)
		r.reg.Apply(h)
		hang := make(chan struct{})
		r.shelf.set(nil, hang)
		r.press() // nothing: only that the driver comes round
		if err := r.rules.Reload(h); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		r.window(false)
		r.window(true)
		close(hang)
		r.wantDid("meanwhile", "gpio16 off by rule draught")
		if got := r.shed.did(); got != "gpio4 on by rule slow" {
			t.Errorf("a new rule: the shed did %q", got)
		}
	})
}

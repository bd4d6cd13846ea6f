package automation

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hob/internal/entity"
)

func (d *desk) calls() (asked, ended int) {
	synctest.Wait()
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.asked), d.ended
}

// Neither a rule that is gone nor a run that was given up goes on asking a web service.
func TestACallOfARunThatWasGivenUpEnds(t *testing.T) {
	call := entity.Call{URL: entity.NewSecret("http://x/secret"), Method: "POST", Body: "hello", Timeout: time.Hour, Retries: 9}
	tell := rule("tell", entity.OnGesture{Button: "bell", Gesture: entity.GesturePress}, call)
	tell.Mode = entity.ModeRestart
	h := ruledHouse(tell)
	for _, e := range h.Entities {
		if _, ok := e.Spec.(*entity.Button); ok {
			h.Rules[0].When = []entity.Trigger{entity.OnGesture{Button: e.ID, Gesture: entity.GesturePress}}
		}
	}
	underRules(t, h, func(t *testing.T, r *ruled) {
		r.desk.hangs = true
		want := func(when string, asked, ended int) {
			t.Helper()
			if a, e := r.desk.calls(); a != asked || e != ended {
				t.Errorf("%s: %d calls, %d of them given up; want %d and %d", when, a, e, asked, ended)
			}
		}
		r.press()
		want("the first press", 1, 0)
		time.Sleep(3 * time.Second)
		r.press()
		want("the second press", 2, 1)
		without := ruledHouse()
		r.reg.Apply(without)
		if err := r.rules.Reload(without); err != nil {
			t.Fatal(err)
		}
		want("a reload without the rule", 2, 2)
	})
}

// What begins to act is on the disk before, also where the disk took nothing at first;
// a firing that comes to nothing does not wear it.
func TestOnlyWhatActsWaitsForTheDisk(t *testing.T) {
	acts := rule("acts", clocks(t, "01:00", "02:00"), do("porch", "on"))
	skips := rule("skips", clocks(t, "01:30"), do("porch", "on"))
	skips.If = entity.InState{Entity: "window", State: "open"}
	underRules(t, ruledHouse(acts, skips), func(t *testing.T, r *ruled) {
		kept := func(rule string) []string {
			synctest.Wait()
			r.shelf.mu.Lock()
			defer r.shelf.mu.Unlock()
			return slices.DeleteFunc(slices.Clone(r.shelf.kept), func(s string) bool { return !strings.HasPrefix(s, rule+" ") })
		}
		time.Sleep(100 * time.Minute)
		if got := kept("acts"); len(got) == 0 || got[0] != "acts running true" {
			t.Errorf("the run that acts was stored as %q", got)
		}
		if got := kept("skips"); len(got) != 1 || got[0] != "skips skipped false" {
			t.Errorf("the one that does not was stored as %q", got)
		}
		before := len(kept("acts"))
		r.shelf.set(errors.New("no room"), nil)
		time.Sleep(21 * time.Minute)
		r.shelf.set(nil, nil)
		time.Sleep(time.Minute)
		if got := kept("acts")[before:]; len(got) != 1 || !strings.HasSuffix(got[0], " true") {
			t.Errorf("what the disk did not take at first was stored as %q", got)
		}
	})
}

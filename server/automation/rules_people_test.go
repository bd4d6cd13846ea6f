package automation

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"hob/internal/entity"
	"hob/internal/rules"
)

func TestARuleOpensTheDoorThatItMayOpen(t *testing.T) {
	may := rule("home", entity.OnGesture{Button: "hall_button", Gesture: entity.GesturePress}, do("left", "open"))
	mayNot := may
	mayNot.ID, may.MayOpen = "burglar", []entity.ID{"left"}
	underRules(t, ruledHouse(mayNot), func(t *testing.T, r *ruled) {
		r.press()
		if got := r.shed.did(); got != "" {
			t.Errorf("the shed did %q", got)
		}
		r.wantRuns("burglar", "refused: open left: a rule opens a garage door only if it says so itself: may_open, and the door")
	})
	underRules(t, ruledHouse(may), func(t *testing.T, r *ruled) {
		r.press()
		if got := r.shed.did(); got != "gpio25 pulse by rule home" {
			t.Errorf("the shed did %q", got)
		}
	})
}

func TestARuleThatIsPausedIsToldInWordsThatCanBeTranslated(t *testing.T) {
	h := ruledHouse(rule("ring", entity.OnGesture{Button: "hall_button", Gesture: entity.GesturePress}, entity.Notify{User: "anna", Text: "ring"}))
	underRules(t, h, func(t *testing.T, r *ruled) {
		for range rules.MostRuns + 1 {
			r.press()
			synctest.Wait()
		}
		if len(r.desk.told) != rules.MostRuns+1 {
			t.Fatalf("told %+v", r.desk.told)
		}
		n := r.desk.told[rules.MostRuns]
		if n.Detail != "rule_paused" || n.Params != `{"rule":"ring","runs":30,"seconds":60,"minutes":15}` || n.Rule != "ring" || n.Text == "" {
			t.Errorf("told %+v", n)
		}
	})
}

func TestRulesTellPeopleAndAskOtherPrograms(t *testing.T) {
	call := entity.Call{URL: entity.NewSecret("http://x/secret"), Method: "POST", Body: "hello", Timeout: time.Second}
	h := ruledHouse(rule("ring", entity.OnGesture{Button: "hall_button", Gesture: entity.GesturePress},
		entity.Notify{User: "anna", Text: "Somebody is there"}, call, entity.Notify{Everyone: true, Text: "All"}))
	underRules(t, h, func(t *testing.T, r *ruled) {
		r.press()
		synctest.Wait()
		want := []entity.Notice{{Text: "Somebody is there", User: "anna", Rule: "ring"}, {Text: "All", Rule: "ring"}}
		if !slices.Equal(r.desk.told, want) || !slices.Equal(r.desk.asked, []string{"POST hello"}) {
			t.Errorf("told %+v, asked %q", r.desk.told, r.desk.asked)
		}
		r.desk.mu.Lock()
		r.desk.fails = errors.New("x answers 404 Not Found")
		r.desk.mu.Unlock()
		r.press()
		r.wantRuns("ring", "ran; failed: webhook x: x answers 404 Not Found")
		r.desk.mu.Lock()
		r.desk.hangs = true
		r.desk.mu.Unlock()
		r.press()
		r.restart(time.Second, true) // which ends the call
		r.wantRuns("ring", "ran; failed: webhook x: x answers 404 Not Found; "+
			"interrupted: webhook x: the server ended meanwhile, so nobody knows how it went")
	})
}

func TestPeopleAskForARunAndForTheEndOfAPause(t *testing.T) {
	h := ruledHouse(rule("dusk", clocks(t, "20:00"), do("porch", "on")))
	underRules(t, h, func(t *testing.T, r *ruled) {
		by := entity.Cause{Kind: entity.CauseUser, By: "anna"}
		run, err := r.rules.RunNow(t.Context(), "dusk", by)
		if err != nil || run.Rule != "dusk" || run.Trigger.Kind != rules.KindAsked || *run.Trigger.Cause != by || run.ID == "" {
			t.Errorf("%+v %v", run, err)
		}
		r.wantDid("asked for", porchOn+"dusk")
		if _, err := r.rules.RunNow(t.Context(), "nothing", by); !errors.Is(err, ErrNoRule) {
			t.Errorf("no such rule: %v", err)
		}
		for range rules.MostRuns {
			if run, err = r.rules.RunNow(t.Context(), "dusk", by); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		if run.Outcome != rules.Paused {
			t.Errorf("too often: %+v", run)
		}
		if run, err = r.rules.RunNow(t.Context(), "dusk", by); err != nil || run.Outcome != rules.Paused || run.ID == "" {
			t.Errorf("while it is paused: %+v %v", run, err)
		}
		if all, err := r.rules.Status(t.Context()); err != nil || len(all) != 1 || all[0].PausedUntil == 0 || all[0].Next == 0 {
			t.Errorf("status: %+v %v", all, err)
		}
		if len(r.desk.told) != 1 || r.desk.told[0].User != "" {
			t.Errorf("told: %+v", r.desk.told)
		}
		if err := errors.Join(r.rules.Resume(t.Context(), "dusk"), r.rules.Resume(t.Context(), "nothing")); !errors.Is(err, ErrNoRule) {
			t.Errorf("resumed: %v", err)
		}
		if judged, err := r.rules.Judge(t.Context(), "dusk"); err != nil || len(judged.When) != 1 {
			t.Errorf("judged: %+v %v", judged, err)
		}
		if _, err := r.rules.Judge(t.Context(), "nothing"); !errors.Is(err, ErrNoRule) {
			t.Errorf("judged: %v", err)
		}
		r.hall.did()
		if run, err = r.rules.RunNow(t.Context(), "dusk", by); err != nil || run.Outcome != rules.Running {
			t.Errorf("after that: %+v %v", run, err)
		}
		r.stop()
		if _, err := r.rules.RunNow(t.Context(), "dusk", by); !errors.Is(err, ErrNotReady) {
			t.Errorf("after the end: %v", err)
		}
	})
}

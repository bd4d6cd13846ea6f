package rules_test

import (
	"reflect"
	"testing"
	"time"

	"hob/internal/entity"
	"hob/internal/rules"
)

// Who runs rules ahead is told the same as who remembers, but for what is remembered.
func TestWhoRemembersNothingIsToldTheSame(t *testing.T) {
	p := compile(t, houseIn(berlin, rule("r", every(5*time.Minute), do("porch", entity.VerbToggle), entity.Delay{For: time.Minute}, do("fan", entity.VerbOn))))
	now := rules.Now{Wall: local(berlin, "2026-06-22 12:00:00")}
	begin := func() *rules.Engine {
		e, _, err := rules.New(p, nil, now)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	keeps, forgets := begin(), begin()
	forgets.Fleeting()
	kept := 0
	for range 30 {
		now = rules.Now{Wall: now.Wall.Add(time.Minute), Up: now.Up + time.Minute}
		a, b := keeps.Wake(now), forgets.Wake(now)
		for len(a.Acts) > 0 {
			kept += len(a.Keep)
			if len(b.Keep) != 0 || !reflect.DeepEqual(a.Acts, b.Acts) || !reflect.DeepEqual(a.Runs, b.Runs) {
				t.Fatalf("%+v and %+v", a, b)
			}
			act := a.Acts[0]
			a, b = keeps.Ended(act.Run, act.Step, rules.Result{Outcome: rules.Ran}, now), forgets.Ended(act.Run, act.Step, rules.Result{Outcome: rules.Ran}, now)
		}
	}
	if kept < 10 {
		t.Errorf("only %d memories were kept", kept)
	}
}

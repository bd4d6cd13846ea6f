package automation

import (
	"testing"
	"testing/synctest"
	"time"

	"hob/internal/entity"
	"hob/internal/registry"
)

// prompt is a board that says what it has done, and then that it is done, at once.
type prompt struct{ att *registry.Attachment }

func (b *prompt) Send(c registry.BoardCommand) (func(), error) {
	go func() {
		_ = b.att.Report([]registry.PointReport{{Point: c.Point, Value: entity.Value{On: c.Do == entity.VerbOn}, Cause: c.Cause}})
		c.Done(registry.BoardResult{Status: entity.StatusConfirmed})
	}()
	return func() {}, nil
}

// What a rule's command has changed is there before its end is, whenever the two come:
// so a rule of which one run at most is under way is not set off by its own last step.
// That hob check says so of such rules, and hob simulate, hangs on this.
func TestARuleIsNotSetOffByItsOwnLastStep(t *testing.T) {
	self := rule("self", entity.OnState{Entity: "porch", To: "on"}, do("porch", entity.VerbOff))
	self.When = append(self.When, entity.OnState{Entity: "porch", To: "off"})
	self.Do = []entity.Step{do("porch", entity.VerbToggle)}
	underRules(t, ruledHouse(self), func(t *testing.T, r *ruled) {
		r.hall.att.Detach(entity.BoardOffline, entity.Said{Message: "another one takes its place"})
		b := &prompt{}
		var err error
		if b.att, err = r.reg.Attach(hallID, "192.0.2.1:80", "1", b, []registry.PointReport{{Point: "gpio16"}, {Point: "gpio32"}}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		const rounds = 300
		for range rounds {
			// By hand it goes on, the rule has it off again, and that is all.
			if err := b.att.Report([]registry.PointReport{{Point: "gpio16", Value: entity.Value{On: true}, Cause: entity.Cause{Kind: entity.CauseBoard}}}); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			if got := r.state("porch"); got != "off" {
				t.Fatalf("the porch is %s", got)
			}
			time.Sleep(3 * time.Second)
		}
		ran := 0
		for _, run := range r.shelf.runs {
			if run.Outcome == "ran" {
				ran++
			}
		}
		if ran != rounds {
			t.Errorf("it ran %d times, and was to %d times", ran, rounds)
		}
	})
}

package automation

import (
	"testing"
	"testing/synctest"
	"time"

	"hob/internal/entity"
)

// Why a step did not work out can be said in every language, as the end of a command can.
func TestAStepThatFailsHasTheNameOfItsSentence(t *testing.T) {
	underRules(t, ruledHouse(rule("dusk", clocks(t, "00:05"), do("porch", "on"))), func(t *testing.T, r *ruled) {
		r.hall.att.Detach(entity.BoardOffline, entity.Say("silent", "No answer for {seconds} s", "seconds", 15))
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		status, err := r.rules.Status(t.Context())
		if err != nil || status[0].Last == nil || len(status[0].Last.Steps) != 1 {
			t.Fatalf("%+v, %v", status, err)
		}
		if step := status[0].Last.Steps[0]; step.Message == "" || step.Detail != "board_unusable" || step.Params == "" {
			t.Errorf("%+v", step)
		}
	})
}

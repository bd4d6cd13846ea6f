package automation

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hob/internal/entity"
	"hob/internal/rules"
)

// levels are the levels of the log's lines that hold a text, in order.
func levels(log, text string) string {
	var out []string
	for line := range strings.Lines(log) {
		if strings.Contains(line, text) {
			_, rest, _ := strings.Cut(line, "level=")
			level, _, _ := strings.Cut(rest, " ")
			out = append(out, level)
		}
	}
	return strings.Join(out, " ")
}

// That a rule runs too often is trouble; that it may run again is none, whether its
// time has come or somebody has ended it, and neither is each firing in between.
func TestTheLogIsLoudWhenARuleIsPausedAndNotWhenThatIsOver(t *testing.T) {
	underRules(t, ruledHouse(rule("dusk", clocks(t, "18:00"), do("porch", "on"))), func(t *testing.T, r *ruled) {
		tooOften := func(extra int) {
			for range rules.MostRuns + 1 + extra {
				if _, err := r.rules.RunNow(t.Context(), "dusk", entity.Cause{Kind: entity.CauseCLI}); err != nil {
					t.Fatal(err)
				}
				synctest.Wait()
			}
		}
		tooOften(2)
		time.Sleep(rules.Pause + time.Second)
		synctest.Wait()
		if got, want := levels(r.log.String(), "outcome=paused"), "WARN INFO"; got != want {
			t.Errorf("begun, asked for twice and over: %s, want %s in\n%s", got, want, r.log)
		}
		tooOften(0)
		time.Sleep(time.Second)
		if err := r.rules.Resume(t.Context(), "dusk"); err != nil {
			t.Fatal(err)
		}
		if got, want := levels(r.log.String(), "outcome=paused"), "WARN INFO WARN INFO"; got != want {
			t.Errorf("ended by somebody: %s, want %s", got, want)
		}
		tooOften(0)
		r.restart(rules.Pause, true)
		if got, want := levels(r.log.String(), "outcome=paused"), "INFO"; got != want {
			t.Errorf("over while the server was down: %s, want %s in\n%s", got, want, r.log)
		}
	})
}

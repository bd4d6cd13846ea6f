package rules

import (
	"testing"
	"time"

	"hob/internal/entity"
	"hob/internal/schedule"
)

// walked counts how often its occurrences are asked for anything.
type walked struct {
	schedule.Counted
	steps *int
}

func (w walked) Next(after time.Time) (time.Time, bool) {
	*w.steps++
	return w.Counted.Next(after)
}

func (w walked) Count(after, until time.Time) int {
	*w.steps++
	return w.Counted.Count(after, until)
}

// A server that was off for years does not walk through them, at whatever it has to make up for.
func TestAStartAfterYearsTakesFewSteps(t *testing.T) {
	cron := func(line string) entity.Trigger {
		c, err := schedule.ParseCron(line)
		if err != nil {
			t.Fatal(err)
		}
		return entity.AtCron{Cron: c}
	}
	stopped := clockTime(t, "2026-11-25 12:00")
	for name, when := range map[string]entity.Trigger{
		"each second":  entity.AtEvery{Every: schedule.Every(time.Second)},
		"each minute":  cron("* * * * *"),
		"by night":     cron("* 0-22 * * *"),
		"once a year":  cron("* * 1 1 *"),
		"times of day": entity.AtTimes{Times: schedule.Times{Clocks: []schedule.Clock{0, 60, 43200}, Days: schedule.EveryDay}},
	} {
		for _, policy := range []entity.MissedPolicy{entity.MissedSkip, entity.MissedRun, entity.MissedLatest} {
			h := testHouse()
			h.Rules = []entity.Rule{{ID: "r", Enabled: true, When: []entity.Trigger{when}, Missed: entity.Missed{Policy: policy}}}
			p, err := Compile(h)
			if err != nil {
				t.Fatal(err)
			}
			_, out, err := New(p, nil, Now{Wall: stopped})
			if err != nil {
				t.Fatal(err)
			}
			steps := 0
			plain := p.rules[0].triggers[0].occurs
			p.rules[0].triggers[0].occurs = walked{plain.(schedule.Counted), &steps}
			started := stopped.AddDate(3, 0, 0)
			_, out, err = New(p, out.Keep, Now{Wall: started})
			if err != nil {
				t.Fatal(err)
			}
			if steps > 3000 { // a thousandth of the minutes; all that come on one day are walked through
				t.Errorf("%s, missed %s: %d steps for three years", name, policy, steps)
			}
			told := 0
			for i := range out.Runs {
				told += 1 + out.Runs[i].More
			}
			if name == "each second" && policy == entity.MissedRun {
				continue // the breaker stops it
			}
			if want := schedule.Count(plain, stopped, started); told != want {
				t.Errorf("%s, missed %s: the records tell of %d occurrences, and there were %d", name, policy, told, want)
			}
		}
	}
}

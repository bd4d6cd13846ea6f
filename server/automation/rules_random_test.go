package automation

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hob/internal/entity"
	"hob/internal/rules"
	"hob/internal/schedule"
	"hob/internal/simulate"
)

// A time that is another one each day is the one that was foreseen: once a day, over
// restarts in the middle of its window, and over the night that lacks an hour.
func TestARandomTimeComesWhenItWasForeseenAndOnce(t *testing.T) {
	random := schedule.Random{Within: 20 * time.Minute, Seed: "presence"}
	evening := clocks(t, "02:25", "19:30")
	evening.Random = random
	dusk := entity.AtSun{Sun: schedule.Sun{Event: schedule.Sunset}, Days: schedule.EveryDay, Random: random}
	r := rule("presence", evening, do("porch", entity.VerbOn))
	r.When = append(r.When, dusk)
	h := ruledHouse(r)
	h.Timezone, h.Location = "Europe/Berlin", &entity.Location{Latitude: 52.52, Longitude: 13.40}
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2000, 3, 25, 11, 0, 0, 0, time.UTC)))
		begin, days := time.Now(), 3
		live := &ruled{t: t, house: h, shelf: &ruleShelf{}, desk: &desk{}}
		live.boot(true)
		defer func() { live.stop() }()
		for range days * 24 {
			time.Sleep(time.Hour - 20*time.Second)
			live.restart(20*time.Second, true)
		}
		synctest.Wait()
		ahead, err := simulate.Ahead(t.Context(), h, begin, begin.Add(time.Duration(days*24)*time.Hour), nil)
		if err != nil {
			t.Fatal(err)
		}
		var foreseen, happened []string
		for _, row := range ahead.Rows {
			foreseen = append(foreseen, row.At.UTC().Format(time.DateTime))
		}
		live.shelf.mu.Lock()
		defer live.shelf.mu.Unlock()
		for _, run := range live.shelf.runs {
			if run.Outcome == rules.Ran || run.Outcome == rules.Missed { // a restart takes a moment
				happened = append(happened, time.UnixMilli(run.Trigger.Due).UTC().Format(time.DateTime))
			}
		}
		slices.Sort(happened)
		if len(foreseen) != 3*days || !slices.Equal(foreseen, happened) {
			t.Errorf("foreseen\n%s\nhappened\n%s", strings.Join(foreseen, "\n"), strings.Join(happened, "\n"))
		}
	})
}

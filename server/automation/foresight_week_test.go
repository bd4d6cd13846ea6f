package automation

import (
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hob/config"
	"hob/internal/command"
	"hob/internal/entity"
	"hob/internal/registry"
	"hob/internal/rules"
	"hob/internal/schedule"
	"hob/internal/simulate"
)

// week is a house, and what happens in it. In a quiet one nobody does anything, and
// rooms warm up and cool down: that is what hob simulate foresees. In the other one
// things happen, and rooms are as warm as they are said to be, as in hob test.
type week struct {
	quiet bool
	text  string
	house *entity.House
	zone  *time.Location
	start time.Time
	test  entity.Test
	at    []time.Time // of test.When
	runs  []rules.Run // as they were live
	told  []string    // what heaters were foreseen to hold, and
	held  []string    // what they held
}

func newWeek(t *testing.T, seed uint64, quiet bool) *week {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 5))
	w := &week{quiet: quiet, text: weekHouse(r, quiet)}
	house, list := config.Parse("week.yaml", []byte(w.text))
	if list.HasErrors() {
		t.Fatalf("seed %d: line %d: %s (%s)\n%s", seed, list[0].Line, list[0].Message, list[0].Suggestion, w.text)
	}
	w.house = house
	var err error
	if w.zone, err = simulate.Zone(house); err != nil {
		t.Fatal(err)
	}
	// A bubble begins in 2000; on the second day of this week clocks go forward.
	date, clock := schedule.Date{Year: 2000, Month: time.March, Day: 25}, schedule.Clock(12*3600+59)
	w.start = schedule.At(date, clock, w.zone).At
	w.test = entity.Test{Name: "week", Date: date, Clock: clock,
		Given: []entity.Given{{Entity: "t0", Number: entity.Some(10.0)}, {Entity: "t1", Number: entity.Some(20.0)}}}
	if quiet {
		w.test.Given[1].Number = entity.Some(float64(24+r.IntN(100)) / 4)
		w.happen(w.start.Add(7*24*time.Hour), entity.Happening{})
		return w
	}
	w.happen(w.start, entity.Happening{Startup: true})
	away := false
	for at, n := w.start, 0; n < 60; n++ {
		// A whole minute and a second that no rule by the clock has.
		at = at.Truncate(time.Minute).Add(time.Duration(1+r.IntN(300)) * time.Minute).Add(time.Duration(50+r.IntN(9)) * time.Second)
		h := randomHappening(r, &away)
		if !h.Webhook.IsZero() && !strings.Contains(w.text, "{webhook: hook}") {
			continue // nobody would hear of it
		}
		w.happen(at, h)
		if door := h.Given; len(door) > 0 && slices.Contains(doors, door[0].Entity) && r.IntN(2) == 0 { // while it still warns, or moves
			w.happen(at.Add(time.Duration(1+r.IntN(20))*time.Second+379*time.Millisecond), doorHappening(r, door[0].Entity))
		}
	}
	w.happen(w.start.Add(7*24*time.Hour), entity.Happening{})
	return w
}

func (w *week) happen(at time.Time, h entity.Happening) {
	last := w.start
	if n := len(w.at); n > 0 {
		last = w.at[n-1]
	}
	if at.Before(last) {
		at = last
	}
	h.When = entity.Moment{After: at.Sub(last)}
	w.at = append(w.at, at)
	w.test.When = append(w.test.When, h)
}

// story is what happens, in words.
func (w *week) story() string {
	var out strings.Builder
	for i, h := range w.test.When {
		fmt.Fprintf(&out, "%s %+v\n", w.at[i].In(w.zone).Format("Mon 15:04:05"), h)
	}
	return out.String()
}

func one(id entity.ID, g entity.Given) entity.Happening {
	g.Entity = id
	return entity.Happening{Given: []entity.Given{g}}
}

var doors = []entity.ID{"gate", "side", "old"}

// doorHappening is somebody with a remote, or somebody's word.
func doorHappening(r *rand.Rand, id entity.ID) entity.Happening {
	if id != "old" && r.IntN(2) == 0 {
		return one(id, entity.Given{State: []string{"open", "closed"}[r.IntN(2)]})
	}
	verb := []entity.Verb{entity.VerbOpen, entity.VerbClose, entity.VerbClose, entity.VerbPulse, entity.VerbPulse}[r.IntN(5)]
	return one(id, entity.Given{Action: &entity.Action{Verb: verb}})
}

func randomHappening(r *rand.Rand, away *bool) entity.Happening {
	action := func(verb entity.Verb) entity.Given { return entity.Given{Action: &entity.Action{Verb: verb}} }
	pick := func(verbs ...entity.Verb) entity.Given { return action(verbs[r.IntN(len(verbs))]) }
	state := func(words ...string) entity.Given { return entity.Given{State: words[r.IntN(len(words))]} }
	switch r.IntN(18) {
	case 14, 15, 16, 17:
		return doorHappening(r, doors[r.IntN(len(doors))])
	case 0, 1:
		return one("door", state("open", "closed"))
	case 2:
		return one("motion", state("detected", "clear"))
	case 3, 4:
		return one("t0", entity.Given{Number: entity.Some(float64(r.IntN(80)) / 4)})
	case 5:
		return one("t1", entity.Given{Number: entity.Some(float64(r.IntN(120)) / 4)})
	case 6:
		return one("bell", entity.Given{Gesture: []entity.Gesture{entity.GesturePress, entity.GestureDouble, entity.GestureHold}[r.IntN(3)]})
	case 7:
		return one("anna", pick(entity.VerbHome, entity.VerbAway))
	case 8:
		return one("alarm", pick(entity.VerbArmAway, entity.VerbDisarm, entity.VerbDisarm))
	case 9:
		*away = !*away
		return entity.Happening{Board: "b", Online: !*away}
	case 10:
		return one("window", state("open", "closed", "closed"))
	case 11:
		warm := entity.Temp(10_000 + 500*r.IntN(30))
		return one("heat", []entity.Given{pick("comfort", entity.VerbOff, entity.VerbAuto, entity.VerbFrost),
			{Action: &entity.Action{Verb: entity.VerbSet, Temp: &warm}},
			{Action: &entity.Action{Verb: entity.VerbBoost, For: time.Duration(1+r.IntN(300)) * time.Minute}}}[r.IntN(3)])
	case 12:
		return entity.Happening{Webhook: entity.NewSecret("hook")}
	}
	return one("hand", pick(entity.VerbOn, entity.VerbOff, entity.VerbToggle))
}

// rowOf is a firing as a line. How a run that has not ended will end is not told.
func rowOf(at time.Time, rule entity.RuleID, outcome rules.Outcome, reason string, actions []string, trigger string) string {
	if outcome == rules.Running {
		reason = ""
	}
	return fmt.Sprintf("%s %s %s [%s] %q by %s", at.UTC().Format("02 15:04:05.000"), rule, outcome, strings.Join(actions, ", "), reason, trigger)
}

func stateOf(at time.Time, id entity.ID, state string) string {
	return fmt.Sprintf("%s %s %s", at.UTC().Format("02 15:04:05.000"), id, state)
}

// foresee is the week in the simulator.
func (w *week) foresee(t *testing.T) (rows, states []string) {
	t.Helper()
	line, err := w.ahead(t)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range line.Rows {
		rows = append(rows, rowOf(r.At.Time, r.Rule, r.Outcome, r.Reason, r.Actions, r.Trigger))
	}
	for _, c := range line.Changes {
		if c.Kind != entity.KindSensor && c.Kind != entity.KindButton {
			states = append(states, stateOf(c.At, c.Entity, c.State))
		}
	}
	logs := map[entity.ID][]heldSetting{}
	for _, s := range line.Segments {
		logs[s.Entity] = append(logs[s.Entity], heldSetting{s.At, s.To})
	}
	for id, log := range logs {
		w.told = append(w.told, settings(id, log)...)
	}
	slices.Sort(rows)
	slices.Sort(states)
	slices.Sort(w.told)
	return rows, states
}

func (w *week) ahead(t *testing.T) (simulate.Timeline, error) {
	t.Helper()
	if w.quiet {
		return simulate.Ahead(t.Context(), w.house, w.start.In(w.zone), w.at[len(w.at)-1].In(w.zone), w.test.Given)
	}
	// What is refused, such as to arm an alarm that sounds, is refused live too.
	tried, err := simulate.Try(t.Context(), w.house, &w.test)
	return tried.Timeline, err
}

// settings are what a thermostat holds, as lines. What it holds for no time at all is
// left out: how many plans it is given in one moment is not foreseen.
func settings(id entity.ID, log []heldSetting) []string {
	var out []string
	var last *entity.Setting
	for i, s := range log {
		if i+1 < len(log) && log[i+1].at.Equal(s.at) || last != nil && *last == s.to {
			continue
		}
		last = &log[i].to
		out = append(out, settingOf(id, s.at, s.to))
	}
	return out
}

func settingOf(id entity.ID, at time.Time, to entity.Setting) string {
	if to.Off {
		return fmt.Sprintf("%s %s off", id, at.UTC().Format("02 15:04:05.000"))
	}
	return fmt.Sprintf("%s %s %v°C", id, at.UTC().Format("02 15:04:05.000"), to.Temp)
}

// live is the week under the real drivers, in a bubble.
func (w *week) live(t *testing.T) (rows, states []string) {
	t.Helper()
	shelf := &ruleShelf{}
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(w.start.Add(-time.Second)))
		log := slog.New(slog.DiscardHandler)
		reg := registry.New(registry.Options{})
		reg.Apply(w.house)
		router := command.New(command.Options{House: reg})
		defer router.Close()
		boards := newPerfectBoards(reg, w.house)
		defer boards.stop()
		user := func(id entity.ID, a entity.Action) {
			a.Confirm = true // whoever asks can see the door
			router.Submit(command.Request{Entity: id, Action: a, Cause: entity.Cause{Kind: entity.CauseUser}}, nil)
			synctest.Wait()
		}
		user("anna", entity.Action{Verb: entity.VerbHome})
		driver := NewRules(RulesOptions{House: reg, Commands: router, Store: shelf, Teller: &desk{}, Caller: &desk{}, Log: log})
		if err := driver.Reload(w.house); err != nil {
			t.Fatal(err)
		}
		defer run(t, NewDeadlines(reg).Run)()
		defer run(t, NewBindings(reg, router, log).Run)()
		defer run(t, NewPlans(reg, log).Run)()
		synctest.Wait()
		for _, g := range w.test.Given {
			boards.happen(g)
		}
		boards.now(boards.settle) // it has long been so
		seen := newDiary(reg)
		time.Sleep(time.Until(w.start))
		if w.quiet {
			boards.now(boards.letGo)
		}
		defer run(t, driver.Run)()
		for i, h := range w.test.When {
			if at := w.at[i]; w.quiet {
				time.Sleep(time.Until(at) - 1) // the end of what is foreseen is no part of it
			} else {
				time.Sleep(time.Until(at))
			}
			synctest.Wait()
			for _, g := range h.Given {
				if g.Action != nil {
					user(g.Entity, *g.Action)
				} else {
					boards.happen(g)
				}
			}
			switch {
			case h.Board != "":
				boards.link(h.Board, h.Online)
			case !h.Webhook.IsZero():
				driver.Hook("hook")
			}
			synctest.Wait()
		}
		states = seen.states()
		w.held = boards.heated(w.start)
	})
	w.runs = slices.Collect(maps.Values(shelf.runs))
	for _, run := range w.runs {
		rows = append(rows, rowOf(time.UnixMilli(run.At), run.Rule, run.Outcome, run.Reason, run.Actions(), run.Trigger.Text))
	}
	slices.Sort(rows)
	slices.Sort(states)
	return rows, states
}

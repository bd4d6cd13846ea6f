package rules

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"hob/internal/entity"
	"hob/internal/schedule"
)

// What Check finds is pinned, case by case, by the files of config/testdata:
// fights.yaml, loops.yaml and nevers.yaml.

func newYearsDay() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) }

// A formula can be solved if, and only if, there is a house in which the condition
// that it was made of holds: every house of a small world is tried.
func TestASolutionIsFoundExactlyWhereThereIsOne(t *testing.T) {
	g, err := newGround(testHouse())
	if err != nil {
		t.Fatal(err)
	}
	y := newYear(g, newYearsDay())
	worlds := smallWorlds()
	r := rand.New(rand.NewPCG(5, 8))
	times := []time.Time{clockTime(t, "2026-03-02 05:00"), clockTime(t, "2026-06-06 05:00"), clockTime(t, "2026-03-03 23:00")}
	solved := 0
	for range 3000 {
		c := randomCondition(r, 3)
		f, err := g.formula(c)
		if err != nil {
			t.Fatal(err)
		}
		cond, err := g.compileCondition(c)
		if err != nil {
			t.Fatal(err)
		}
		at := times[r.IntN(len(times))]
		s := newSolver(g, y)
		found, ok := s.solve(at, facts{}, goal{f, false})
		some := slices.ContainsFunc(worlds, func(w testWorld) bool { return cond.verdict(w, at) == Yes })
		if ok != some && !s.gaveUp {
			t.Fatalf("%#v at %s: solved %t %v, and in some house it holds: %t", c, at, ok, s.values(found), some)
		}
		if ok {
			solved++
		}
	}
	if solved < 300 || solved > 2900 {
		t.Errorf("%d of 3000 can hold: the conditions try nothing", solved)
	}
}

// smallWorlds are all houses that differ in what randomCondition asks for.
func smallWorlds() []testWorld {
	var out []testWorld
	for _, anna := range []string{"home", "away"} {
		for _, alarm := range []string{"disarmed", "armed_away", "triggered"} {
			for _, cold := range []float64{0.5, 1, 1.5, 2, 2.5} {
				for _, bright := range []float64{0, 3, 5, 7, 10, 50} {
					w := evening().with("anna", Seen{State: anna, Available: true}).with("alarm", Seen{State: alarm, Available: true}).
						with("outside", Seen{State: "x", Available: true, Value: some(cold)})
					state := "on"
					if bright == 0 {
						state = "off"
					}
					out = append(out, w.with("stairs", Seen{State: state, Available: true, Brightness: some(bright)}))
				}
			}
		}
	}
	return out
}

func randomCondition(r *rand.Rand, depth int) entity.RuleCondition {
	pick := func(words ...string) string { return words[r.IntN(len(words))] }
	if depth > 0 && r.IntN(3) > 0 {
		a, b := randomCondition(r, depth-1), randomCondition(r, depth-1)
		switch r.IntN(3) {
		case 0:
			return entity.All{a, b, randomCondition(r, depth-1)}
		case 1:
			return entity.Any{a, b}
		}
		return entity.Not{Condition: a}
	}
	switch r.IntN(9) {
	case 0:
		return entity.InState{Entity: "anna", State: pick("home", "away")}
	case 1:
		return entity.InState{Entity: "alarm", State: pick("disarmed", "armed_away")}
	case 2:
		return entity.AtLevel{Threshold: entity.Threshold{Entity: "outside", Of: entity.QuantityValue, Below: r.IntN(2) == 0, Than: float64(1 + r.IntN(2))}}
	case 3:
		return entity.InState{Entity: "stairs", State: pick("on", "off")}
	case 4:
		return entity.AtLevel{Threshold: entity.Threshold{Entity: "stairs", Of: entity.QuantityBrightness, Below: r.IntN(2) == 0, Than: float64(5 * (1 + r.IntN(2)))}}
	case 5:
		return entity.SunIs{Up: r.IntN(2) == 0}
	case 6:
		return entity.InWindow{Window: schedule.Window{From: 22 * 60 * 60, To: 6 * 60 * 60}}
	case 7:
		return entity.OnDays{Days: schedule.DaysOf(time.Monday, time.Saturday)}
	}
	return entity.Expr{Text: pick(`anna == "home" && outside.value >= 2`, `!(outside.value == 1) || alarm in ["disarmed"]`, `1 < outside.value <= 2`,
		`alarm != "disarmed"`, `2 > outside.value`, `true`, `not (anna == "home" or stairs == "on")`)}
}

// The sun of the checks is the sun of the rules, to the second and everywhere.
func TestTheYearKnowsTheSunAndTheClock(t *testing.T) {
	for _, at := range []struct {
		zone string
		entity.Location
	}{
		{"Europe/Berlin", entity.Location{Latitude: 52.52, Longitude: 13.40}},
		{"Arctic/Longyearbyen", entity.Location{Latitude: 78.2, Longitude: 15.6}},
		{"Australia/Lord_Howe", entity.Location{Latitude: -31.5, Longitude: 159.1}},
		{"America/St_Johns", entity.Location{Latitude: 47.6, Longitude: -52.7}},
	} {
		h := testHouse()
		h.Timezone, h.Location = at.zone, &at.Location
		g, err := newGround(h)
		if err != nil {
			t.Fatal(err)
		}
		y := newYear(g, newYearsDay())
		r := rand.New(rand.NewPCG(1, 2))
		for range 400 {
			unix := y.from.Add(time.Duration(r.Int64N(int64(400 * 24 * time.Hour))))
			if got, want := y.sunIsUp(unix), g.place.Up(unix); got != want {
				t.Fatalf("%s, %s: up %t, want %t", at.zone, unix, got, want)
			}
		}
		for _, e := range []schedule.SunEvent{schedule.Sunrise, schedule.Dusk} {
			sun := schedule.Sun{Event: e, Offset: -90 * time.Minute}
			want, _ := y.search(sun.On(schedule.Weekend, schedule.Random{}, g.place, g.zone))
			if got := y.sunTimes(entity.AtSun{Sun: sun, Days: schedule.Weekend}); !slices.Equal(got, want) {
				t.Errorf("%s: %s has %d times, want %d", at.zone, sun, len(got), len(want))
			}
			random := schedule.Random{Within: 2 * time.Hour, Seed: "dusk"}
			want, _ = y.search(sun.On(schedule.Weekend, random, g.place, g.zone))
			if got := y.sunTimes(entity.AtSun{Sun: sun, Days: schedule.Weekend, Random: random}); !slices.Equal(got, want) {
				t.Errorf("%s: %s moved has %d times, want %d", at.zone, sun, len(got), len(want))
			}
		}
		times := schedule.Times{Clocks: []schedule.Clock{7*60*60 + 30, 2*60*60 + 1800, 0}, Days: schedule.Weekend}
		want, _ := y.search(times.In(g.zone))
		if got := y.times(times); !slices.Equal(got, want) {
			t.Errorf("%s: %d clock times, want %d", at.zone, len(got), len(want))
		}
		times.Random = schedule.Random{Within: 2 * time.Hour, Seed: "dusk"}
		want, _ = y.search(times.In(g.zone))
		if got := y.times(times); !slices.Equal(got, want) {
			t.Errorf("%s: %d clock times that are moved, want %d", at.zone, len(got), len(want))
		}
	}
}

// largeHouse has a thousand rules of all sorts for three hundred switches.
func largeHouse(tb testing.TB, cond entity.RuleCondition) *entity.House {
	h := testHouse()
	for i := range 300 {
		h.Entities = append(h.Entities, entity.Entity{ID: entity.ID(fmt.Sprintf("lamp%d", i)), Spec: &entity.Switch{Output: entity.Output{Board: "hall"}}})
	}
	for i := range 1000 {
		r := entity.Rule{ID: entity.RuleID(fmt.Sprintf("r%d", i)), Enabled: true, If: cond, Mode: entity.ModeSingle}
		switch i % 5 {
		case 0:
			r.When = []entity.Trigger{entity.AtTimes{Times: schedule.Times{Clocks: []schedule.Clock{schedule.Clock(i * 60)}, Days: schedule.EveryDay}}}
		case 1:
			c, err := schedule.ParseCron(fmt.Sprintf("%d %d * * mon-fri", i%60, i%24))
			if err != nil {
				tb.Fatal(err)
			}
			r.When = []entity.Trigger{entity.AtCron{Cron: c}, entity.AtEvery{Every: schedule.Every(time.Duration(i) * time.Second)}}
		case 2:
			r.When = []entity.Trigger{entity.AtSun{Sun: schedule.Sun{Event: schedule.Sunset, Offset: time.Duration(i) * time.Second}, Days: schedule.EveryDay}}
		case 3:
			r.When = []entity.Trigger{entity.OnState{Entity: entity.ID(fmt.Sprintf("lamp%d", (i+1)%300)), To: "on"}}
		default:
			r.When = []entity.Trigger{entity.OnLevel{Threshold: entity.Threshold{Entity: "outside", Of: entity.QuantityValue, Below: true, Than: float64(i % 30)}}}
		}
		verb := entity.VerbOn
		if i%7 < 3 {
			verb = entity.VerbOff
		}
		r.Do = []entity.Step{entity.Do{Task: entity.Task{Target: entity.ID(fmt.Sprintf("lamp%d", i%300)), Action: entity.Action{Verb: verb}}}}
		h.Rules = append(h.Rules, r)
	}
	return h
}

func eveningsOnly() entity.RuleCondition {
	return entity.All{entity.SunIs{Up: false}, entity.InState{Entity: "alarm", State: "disarmed"}}
}

// Where every rule is the worst case, the checks stop looking and end.
func TestTheChecksOfAHugeHouseEnd(t *testing.T) {
	noon := entity.InWindow{Window: schedule.Window{From: 12 * 60 * 60, To: 13 * 60 * 60}}
	for name, cond := range map[string]entity.RuleCondition{
		"evenings": eveningsOnly(), "never": entity.All{noon, entity.SunIs{Up: false}},
		"many ways": entity.All(slices.Repeat([]entity.RuleCondition{entity.Any{entity.InState{Entity: "anna", State: "home"},
			entity.InState{Entity: "porch", State: "on"}}, entity.Not{Condition: entity.InState{Entity: "anna", State: "home"}}}, 20)),
	} {
		h := largeHouse(t, cond)
		h.Rules = h.Rules[:400]
		for i := range h.Rules { // all of them want the same, and to set each other off
			h.Rules[i].Do = append(h.Rules[i].Do, entity.Do{Task: entity.Task{Target: "lamp1", Action: entity.Action{Verb: entity.VerbToggle}}})
		}
		out := Check(h, newYearsDay())
		if strings.HasPrefix(name, "even") && len(out) == 0 {
			t.Errorf("%s: nothing found", name)
		}
	}
}

func BenchmarkCheck(b *testing.B) {
	h := largeHouse(b, eveningsOnly())
	b.ReportAllocs()
	for b.Loop() {
		if len(Check(h, newYearsDay())) == 0 {
			b.Fatal("nothing found")
		}
	}
}

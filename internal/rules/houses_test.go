package rules_test

import (
	"flag"
	"os"
	"strconv"
	"testing"
	"time"

	"hob/internal/entity"
	"hob/internal/rules"
	"hob/internal/schedule"
)

// fataler is what a *testing.T and a *rapid.T have in common here.
type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
	Errorf(format string, args ...any)
}

// rounds says how many rounds a property has: rapid takes it from a flag.
func rounds(t *testing.T) {
	t.Helper()
	roundsOf(t, 100)
}

// roundsOf is rounds for a property whose rounds are long; a campaign has 200 times as many.
func roundsOf(t *testing.T, n int) {
	t.Helper()
	if os.Getenv("HOB_CAMPAIGN") != "" {
		n *= 200
	}
	checks := strconv.Itoa(n)
	if err := flag.Set("rapid.checks", checks); err != nil {
		t.Fatal(err)
	}
}

func compile(t fataler, house *entity.House) *rules.Program {
	t.Helper()
	p, err := rules.Compile(house)
	if err != nil {
		t.Fatalf("compile: %v", err)
	}
	return p
}

const berlin, newYork = "Europe/Berlin", "America/New_York"

func houseIn(zone string, list ...entity.Rule) *entity.House {
	output := func(pin int) entity.Output { return entity.Output{Board: "hall", Pin: pin} }
	return &entity.House{
		Timezone: zone,
		Location: &entity.Location{Latitude: 52.52, Longitude: 13.40},
		Boards:   []entity.Board{{Name: "hall", ID: "hob-7c9ebd", Chip: "esp32"}, {Name: "shed", ID: "hob-a0b765", Chip: "esp32"}},
		Entities: []entity.Entity{
			{ID: "porch", Name: "Porch lamp", Spec: &entity.Switch{Output: output(16)}},
			{ID: "fan", Name: "Fan", Spec: &entity.Switch{Output: output(17)}},
			{ID: "outside", Name: "Outside", Spec: &entity.Sensor{Type: entity.SensorDS18B20, Board: "shed", Pin: 4}},
			{ID: "window", Name: "Window", Spec: &entity.Contact{Input: entity.Input{Board: "shed", Pin: 5}}},
			{ID: "left", Name: "Left door", Spec: &entity.GarageDoor{Board: "shed", Relay: 25, Travel: 18 * time.Second,
				Closed: &entity.Input{Board: "shed", Pin: 32}, Open: &entity.Input{Board: "shed", Pin: 33}}},
			{ID: "bell", Name: "Bell", Spec: &entity.Button{Input: entity.Input{Board: "hall", Pin: 25}}},
			{ID: "anna", Name: "Anna", Spec: &entity.Person{}},
		},
		Rules: list,
	}
}

// rule is an enabled rule in mode single.
func rule(id entity.RuleID, when entity.Trigger, do ...entity.Step) entity.Rule {
	return entity.Rule{ID: id, Name: string(id), Enabled: true, When: []entity.Trigger{when}, Do: do,
		Mode: entity.ModeSingle, Missed: entity.Missed{Policy: entity.MissedSkip}}
}

func do(id entity.ID, verb entity.Verb) entity.Do {
	return entity.Do{Task: entity.Task{Target: id, Action: entity.Action{Verb: verb}}}
}

func atClock(list ...string) entity.AtTimes {
	t := entity.AtTimes{Times: schedule.Times{Days: schedule.EveryDay}}
	for _, raw := range list {
		c, err := schedule.ParseClock(raw)
		if err != nil {
			panic(err)
		}
		t.Clocks = append(t.Clocks, c)
	}
	return t
}

func atCron(line string) entity.AtCron {
	c, err := schedule.ParseCron(line)
	if err != nil {
		panic(err)
	}
	return entity.AtCron{Cron: c}
}

func every(d time.Duration) entity.AtEvery { return entity.AtEvery{Every: schedule.Every(d)} }

// local is a time as clocks of a zone show it; the first of two.
func local(zone, text string) time.Time {
	loc, err := time.LoadLocation(zone)
	if err != nil {
		panic(err)
	}
	at, err := time.ParseInLocation("2006-01-02 15:04:05", text, loc)
	if err != nil {
		panic(err)
	}
	return at
}

func windowOf(text string) schedule.Window {
	w, err := schedule.ParseWindow(text)
	if err != nil {
		panic(err)
	}
	return w
}

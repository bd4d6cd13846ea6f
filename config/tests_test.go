package config_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"hob/config"
	"hob/internal/entity"
	"hob/internal/schedule"
)

func TestTestsAreUnderstood(t *testing.T) {
	house := mustParse(t, everyKey)
	if len(house.Tests) != 1 {
		t.Fatalf("%d tests", len(house.Tests))
	}
	got := house.Tests[0]
	lines := strings.Split(everyKey, "\n")
	written := func(at entity.Place, text string) {
		t.Helper()
		if at.Line < 1 || at.Line > len(lines) || !strings.Contains(lines[at.Line-1], text) {
			t.Errorf("%+v is not where %q is", at, text)
		}
	}
	written(got.At, "a night")
	for i, text := range []string{"sunset", "08:00", "bell", "webhook", "23:45"} {
		written(got.When[i].At, text)
	}
	for i, text := range []string{"22:00", "22:00", "done", "done", "done", "done", "done", "skipped", "none"} {
		written(got.Then[i].At, text)
	}
	clear := func() {
		got.At = entity.Place{}
		for i := range got.When {
			got.When[i].At = entity.Place{}
		}
		for i := range got.Then {
			got.Then[i].At = entity.Place{}
		}
	}
	clear()

	sun := schedule.Sun{Event: schedule.Sunset, Offset: -20 * time.Minute}
	clock := func(hour, minute int) *schedule.Clock {
		c := schedule.Clock(hour*3600 + minute*60)
		return &c
	}
	action := func(verb entity.Verb) *entity.Action { return &entity.Action{Verb: verb} }
	dim := entity.Level(400)
	task := func(target entity.ID, verb entity.Verb) *entity.Task {
		return &entity.Task{Target: target, Action: entity.Action{Verb: verb}}
	}
	bright := entity.Threshold{Entity: "stairs", Of: entity.QuantityBrightness, Than: 40}
	dark := bright
	dark.Below = true
	want := entity.Test{
		Name: "a night", Date: schedule.Date{Year: 2026, Month: time.November, Day: 25}, Clock: *clock(21, 30),
		Given: []entity.Given{
			{Entity: "pump", Action: action(entity.VerbOn)}, {Entity: "window", State: "open"},
			{Entity: "outside", Number: entity.Some(2.5), Humidity: entity.Some(60.0)}, {Entity: "anna", Action: action(entity.VerbAway)},
			{Entity: "bath", Action: action("comfort")}, {Entity: "alarm", State: "armed_home"}, {Entity: "left", State: "open"},
		},
		Away: []entity.BoardName{"shed"},
		When: []entity.Happening{
			{When: entity.Moment{Sun: &sun}},
			{When: entity.Moment{Date: &schedule.Date{Year: 2026, Month: time.November, Day: 26}, Clock: clock(8, 0)}, Board: "shed", Online: true},
			{When: entity.Moment{After: 10 * time.Minute}, Given: []entity.Given{{Entity: "bell", Gesture: entity.GestureDouble},
				{Entity: "stairs", Action: &entity.Action{Verb: entity.VerbSet, Level: &dim}}}},
			{Webhook: entity.NewSecret("gate"), Startup: true},
			{When: entity.Moment{Clock: clock(23, 45)}, Run: "clock"},
		},
		Then: []entity.Check{
			{When: entity.Moment{Clock: clock(22, 0)}, Text: "pump: on", Holds: entity.InState{Entity: "pump", State: "on"}},
			{Text: "stairs: 40%", Holds: entity.Not{Condition: entity.Any{entity.AtLevel{Threshold: bright}, entity.AtLevel{Threshold: dark}}}},
			{Text: "done: pump on", Done: task("pump", entity.VerbOn)}, {Text: "done: open left", Done: task("left", entity.VerbOpen)},
			{Text: "not_done: bath away", Done: task("bath", "away"), Not: true},
			{Text: `notice: "It is done"`, Notice: "It is done"}, {Text: `no_notice: "At last"`, Notice: "At last", Not: true},
			{Text: `rule: clock, outcome: skipped, reason: "the alarm"`, Rule: "clock", Outcome: "skipped", Reason: "the alarm"},
			{Text: "rule: events, outcome: none", Rule: "events"},
		},
	}
	for _, part := range []struct{ got, want any }{{got.Given, want.Given}, {got.Away, want.Away}, {got.When, want.When}, {got.Then, want.Then}, {got, want}} {
		if !reflect.DeepEqual(part.got, part.want) {
			t.Fatalf("got\n%+v\nwant\n%+v", part.got, part.want)
		}
	}
}

// sheet is a configuration with one switch and one sensor.
func sheet(t *testing.T) *config.Sheet {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.yaml")
	const text = `boards: {hall: {id: hob-7c9ebd, chip: esp32}}
switches: {porch: {pin: hall/16}}
sensors: {outside: {type: ds18b20, pin: hall/4}}
`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := config.Open(path)
	if err != nil || s.List.HasErrors() {
		t.Fatal(err, s.List)
	}
	return s
}

func TestWhatIsSetIsReadInTheHousesWords(t *testing.T) {
	s := sheet(t)
	got, list := s.Given([]string{"porch=on", "outside=-2.5°C"})
	if len(list) != 0 || len(got) != 2 || got[0].Action.Verb != entity.VerbOn || got[1].Number != entity.Some(-2.5) {
		t.Errorf("%+v, %v", got, list)
	}
	for text, want := range map[string]string{
		"porch": "write such as --set porch=on", "=on": "", "prch=on": "did you mean porch?", "porch=onn": "did you mean on?",
		"porch=": "", "outside=2": "write 2°C", "outside=on": "", "porch=on\n": "", "a=b=c": "",
	} {
		got, list := s.Given([]string{text})
		if want == "" && text == "porch=on\n" {
			continue // a shell's line end is no part of a word
		}
		if len(got) != 0 || len(list) != 1 || list[0].File != "--set" || list[0].Line != 1 || want != "" && list[0].Suggestion != want {
			t.Errorf("%q: %+v, %+v", text, got, list)
		}
	}
}

func TestATestFileIsReadWithTheHousesWords(t *testing.T) {
	s := sheet(t)
	for _, c := range []struct{ text, want string }{
		{"cold: {given: {time: \"2026-11-25\", outside: 2°C}, then: {porch: off}}\n", ""},
		{"cold: {given: {time: \"2026-11-25\"}, then: {prch: off}}\n", "did you mean porch?"},
		{"# nothing\n", `write one: porch at dusk: {given: {time: "2026-11-25 15:00"}, when: {at: sunset}, then: {porch: on}}`},
		{"tests:\n  cold: {given: {time: \"2026-11-25\"}, then: {porch: off}}\n", `delete the line "tests:", and the indentation of what is below it`},
		{"tests: {given: {time: \"2026-11-25\"}, when: {porch: on}}\n", "add then: [{porch: on}]"}, // a test of that name
		{"- a\n", ""},
		{"a: [\n", ""},
		{"a: &a {given: *a}\n", ""},
		{"a: \xff\n", "save the file as UTF-8 (in Windows Notepad: Save as, Encoding)"},
	} {
		path := filepath.Join(t.TempDir(), "cold.test.yaml")
		if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		tests, list, err := s.Tests(path)
		if good := strings.HasPrefix(c.text, "cold") && c.want == ""; err != nil || good != (len(list) == 0) || good != (len(tests) == 1 && tests[0].At == entity.Place{File: path, Line: 1}) && good {
			t.Errorf("%q: %+v, %+v, %v", c.text, tests, list, err)
		}
		for _, d := range list {
			if d.File != path || c.want != "" && d.Suggestion != c.want {
				t.Errorf("%q: %+v", c.text, d)
			}
		}
	}
	if _, _, err := s.Tests(filepath.Join(t.TempDir(), "none.test.yaml")); err == nil {
		t.Error("a file that is not there was read")
	}
}

package config_test

import (
	"bytes"
	"os"
	"slices"
	"testing"
	"time"
	"unicode/utf8"

	"hob"
	"hob/config"
	"hob/internal/chip"
	"hob/internal/diag"
	"hob/internal/entity"
)

// FuzzParse: whatever the file holds, the answer is a sound house or a list
// whose every entry points into the file.
func FuzzParse(f *testing.F) {
	f.Add(hob.SampleConfig)
	f.Add([]byte(everyKey))
	paths, err := os.ReadDir("testdata")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range []string{"design_house", "design_keys"} {
		main, _ := directory(f, "testdata/files/"+name+".txtar")
		f.Add(main)
	}
	for _, p := range paths {
		if data, err := os.ReadFile("testdata/" + p.Name()); err == nil && bytes.HasSuffix([]byte(p.Name()), []byte(".yaml")) {
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<14 {
			return // the limits have tests of their own
		}
		house, list := config.Parse("fuzz.yaml", data)
		if (house == nil) != list.HasErrors() {
			t.Fatalf("house %v with %d errors", house, list.Errors())
		}
		checkList(t, data, list)
		if house != nil {
			checkHouse(t, house)
		}
	})
}

func checkList(t *testing.T, data []byte, list diag.List) {
	t.Helper()
	src := diag.NewSource("fuzz.yaml", data)
	for _, d := range list {
		width := utf8.RuneCountInString(src.Line(d.Line))
		if d.Line < 1 || d.Line > src.Lines() || d.Column < 1 || d.Column > width+1 ||
			d.EndColumn < d.Column || d.EndColumn > width+1 {
			t.Errorf("outside of the file: %+v", d)
		}
		if d.Message == "" || d.Severity == "" || !known(d.Code) {
			t.Errorf("incomplete: %+v", d)
		}
	}
	if text := asText(t, list.Sorted()); !bytes.Equal(text, asText(t, list)) {
		t.Errorf("not sorted:\n%s", asText(t, list))
	}
	if text := asText(t, list); bytes.ContainsAny(text, "\x1b\x07\x08\x7f") || !utf8.Valid(text) {
		t.Errorf("steers the terminal: %q", text)
	}
}

func known(code diag.Code) bool {
	return slices.ContainsFunc(diag.Codes(), func(c diag.CodeInfo) bool { return c.Code == code })
}

// checkHouse checks what everyone who gets a House relies on.
func checkHouse(t *testing.T, house *entity.House) {
	t.Helper()
	boards := make(map[entity.BoardName]chip.Chip)
	buses := make(map[entity.BoardName]bool)
	for _, b := range house.Boards {
		buses[b.Name] = b.I2C != nil
		c, ok := chip.Lookup(b.Chip)
		if !ok || !entity.ValidBoardID(string(b.ID)) || !entity.ValidID(string(b.Name)) {
			t.Errorf("board %+v", b)
		}
		boards[b.Name] = c
	}
	owner := make(map[entity.PointRef]entity.ID)
	ids := make(map[entity.ID]bool)
	for _, e := range house.Entities {
		if ids[e.ID] || !entity.ValidID(string(e.ID)) || e.Name == "" {
			t.Errorf("entity %+v", e)
		}
		ids[e.ID] = true
		for _, p := range e.Spec.Points() {
			if other, taken := owner[p]; taken {
				t.Errorf("%s and %s share %v", other, e.ID, p)
			}
			owner[p] = e.ID
			if s, ok := e.Spec.(*entity.Sensor); ok && s.Type == entity.SensorSHT3x && buses[p.Board] {
				continue
			}
			if !slices.ContainsFunc(boards[p.Board].Pins(), func(pin chip.Pin) bool {
				return pin.Usable() && entity.GPIO(pin.Number) == p.Point
			}) {
				t.Errorf("%s has the pin %v, which does not exist", e.ID, p)
			}
		}
	}
	specs := make(map[entity.ID]entity.Spec)
	for _, e := range house.Entities {
		specs[e.ID] = e.Spec
	}
	for _, e := range house.Entities {
		for _, ref := range references(e.Spec) {
			if specs[ref] == nil {
				t.Errorf("%s refers to %q", e.ID, ref)
			}
		}
		checkSafety(t, e, specs)
	}
	for _, r := range house.Rules {
		if len(r.When) == 0 || len(r.Do) == 0 || r.Mode == "" || r.Missed.Policy == "" {
			t.Errorf("the rule %+v", r)
		}
		checkSteps(t, r, r.Do, specs)
	}
}

// checkSteps: a rule opens a door only where it says so, and never moves one
// that nobody would be warned of.
func checkSteps(t *testing.T, r entity.Rule, steps []entity.Step, specs map[entity.ID]entity.Spec) {
	t.Helper()
	for _, s := range steps {
		switch s := s.(type) {
		case entity.Choose:
			checkSteps(t, r, s.Then, specs)
			checkSteps(t, r, s.Else, specs)
		case entity.Do:
			door, ok := specs[s.Target].(*entity.GarageDoor)
			if specs[s.Target] == nil || ok && !mayMove(r, s.Task, door) {
				t.Errorf("the rule %s does %q to %q", r.ID, s.Action.Verb, s.Target)
			}
		case nil:
			t.Errorf("the rule %s has a step that is nothing", r.ID)
		}
	}
}

func mayMove(r entity.Rule, task entity.Task, door *entity.GarageDoor) bool {
	switch task.Action.Verb {
	case entity.VerbOpen:
		return door.Closed != nil && slices.Contains(r.MayOpen, task.Target)
	case entity.VerbClose:
		return door.Warning != nil
	}
	return false
}

// references are the ids that a declaration names.
func references(s entity.Spec) []entity.ID {
	var out []entity.ID
	switch s := s.(type) {
	case *entity.Button:
		for _, b := range s.Bindings {
			out = append(out, b.Target)
		}
	case *entity.Scene:
		for _, task := range s.Tasks {
			out = append(out, task.Target)
		}
	case *entity.Thermostat:
		out = append(slices.Clone(s.Windows), s.Sensor)
	case *entity.Alarm:
		out = append(slices.Clone(s.Away), s.Home...)
		if s.Siren != "" {
			out = append(out, s.Siren)
		}
	}
	return out
}

// checkSafety checks what a house must never ask for, whatever its file says.
func checkSafety(t *testing.T, e entity.Entity, specs map[entity.ID]entity.Spec) {
	t.Helper()
	switch s := e.Spec.(type) {
	case *entity.GarageDoor:
		for _, p := range s.Points() {
			if p.Board != s.Board {
				t.Errorf("%s has a part on the board %s", e.ID, p.Board)
			}
		}
		if s.Closed == nil && (s.Open != nil || s.Warning != nil) || s.Warning != nil && s.Warning.For < 5*time.Second {
			t.Errorf("%s: %+v", e.ID, s)
		}
	case *entity.Scene:
		for _, task := range s.Tasks {
			if door, ok := specs[task.Target].(*entity.GarageDoor); ok && (task.Action.Verb != entity.VerbClose || door.Warning == nil) {
				t.Errorf("the scene %s does %q to %s", e.ID, task.Action.Verb, task.Target)
			}
		}
	case *entity.Thermostat:
		sensor, ok := specs[s.Sensor].(*entity.Sensor)
		if !ok || !sensor.MeasuresTemp() || sensor.Ref() != s.SensorPoint || s.Low >= s.High || s.Hysteresis <= 0 {
			t.Errorf("%s: %+v", e.ID, s)
		}
		for _, p := range s.Presets {
			if !p.To.Off && (p.To.Temp < s.Low || p.To.Temp > s.High) {
				t.Errorf("%s: the preset %s is outside", e.ID, p.Name)
			}
		}
	}
}

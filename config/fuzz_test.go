package config_test

import (
	"bytes"
	"os"
	"slices"
	"testing"
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
	for _, b := range house.Boards {
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
			if !slices.ContainsFunc(boards[p.Board].Pins(), func(pin chip.Pin) bool {
				return pin.Usable() && entity.GPIO(pin.Number) == p.Point
			}) {
				t.Errorf("%s has the pin %v, which does not exist", e.ID, p)
			}
		}
	}
	for _, e := range house.Entities {
		b, ok := e.Spec.(*entity.Button)
		if !ok {
			continue
		}
		for _, bind := range b.Bindings {
			if !ids[bind.Target] {
				t.Errorf("%s is bound to %q", e.ID, bind.Target)
			}
		}
	}
}

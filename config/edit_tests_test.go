package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const ruledHouse = "home: {timezone: UTC}\nboards: {hall: {id: hob-7c9ebd, chip: esp32}}\nswitches:\n  porch: {pin: hall/16}\n  fan: {pin: hall/17}\n" +
	"rules:\n  dusk: {when: {time: \"18:00\"}, do: porch on}\n"

// A rename follows the id into the tests beside the file, and leaves every other
// byte of them alone; a file that is no test, or cannot be understood, stays.
func TestRenameFollowsIntoFilesOfTests(t *testing.T) {
	dir := t.TempDir()
	main := filepath.Join(dir, "config.yaml")
	const (
		dusk = "# porch by night\r\nporch at dusk:   # porch\r\n  given: {time: \"2026-11-25 17:59\", porch: off, fan: on}\r\n" +
			"  when: [{at: \"18:00\"}]\r\n  then:\r\n    - {porch: on, fan: on}\r\n    - done: porch on\r\n    - not_done: [porch off, fan off]\r\n"
		renamedDusk = "# porch by night\r\nporch at dusk:   # porch\r\n  given: {time: \"2026-11-25 17:59\", lamp: off, fan: on}\r\n" +
			"  when: [{at: \"18:00\"}]\r\n  then:\r\n    - {lamp: on, fan: on}\r\n    - done: lamp on\r\n    - not_done: [lamp off, fan off]\r\n"
		broken  = "porch: [\n"
		partly  = "a: {given: {time: \"2026-11-25 17:59\", porch: on, attic: on}, then: {porch: on}}\n"
		partly2 = "a: {given: {time: \"2026-11-25 17:59\", lamp: on, attic: on}, then: {lamp: on}}\n"
	)
	for name, text := range map[string]string{"config.yaml": ruledHouse, "dusk.test.yaml": dusk, "broken.test.yaml": broken,
		"partly.test.yaml": partly, "other.yaml": "porch: on\n"} {
		writeFile(t, filepath.Join(dir, name), text)
	}
	e, err := Rename(main, "porch", "lamp")
	if err == nil {
		err = e.Write()
	}
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"dusk.test.yaml": renamedDusk, "broken.test.yaml": broken,
		"partly.test.yaml": partly2, "other.yaml": "porch: on\n"} {
		if got := content(t, filepath.Join(dir, name)); got != want {
			t.Errorf("%s is\n%s", name, got)
		}
	}
	sheet, err := Open(main)
	if err != nil || sheet.House == nil {
		t.Fatal(sheet, err)
	}
	if tests, list, err := sheet.Tests(filepath.Join(dir, "dusk.test.yaml")); err != nil || list.HasErrors() || len(tests) != 1 {
		t.Errorf("%d tests, %v, %v", len(tests), list, err)
	}
}

// A name that a test has in its own words would make another test of it.
func TestARenameThatSpoilsATestIsRefused(t *testing.T) {
	dir := t.TempDir()
	main := filepath.Join(dir, "config.yaml")
	writeFile(t, main, ruledHouse)
	test := filepath.Join(dir, "dusk.test.yaml")
	text := "a: {given: {time: \"2026-11-25 17:59\", \"\\x70orch\": off}, then: {fan: off}}\n" // porch, with an escape
	writeFile(t, test, text)
	_, err := Rename(main, "porch", "lamp")
	var refused *EditError
	if !errors.As(err, &refused) || !strings.Contains(refused.Message, "dusk.test.yaml:1:") {
		t.Errorf("got %v", err)
	}
	if got, err := os.ReadFile(test); err != nil || string(got) != text || content(t, main) != ruledHouse {
		t.Errorf("something was written: %v", err)
	}
}

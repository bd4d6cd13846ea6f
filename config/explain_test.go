package config_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"hob/config"
	"hob/internal/diag"
)

// What is explained is true: the wrong example has this mistake and no other, the
// right one is without any.
func TestExplanationsShowWhatTheySay(t *testing.T) {
	dir := fstest.MapFS{
		"secrets.yaml":  &fstest.MapFile{Data: []byte("alarm_code: 4711\n"), Mode: 0o600},
		"switches.yaml": &fstest.MapFile{Data: []byte("porch: {pin: hall/16}\n")},
	}
	const boards = "boards: {hall: {id: hob-7c9ebd, chip: esp32}, shed: {id: hob-a0b765, chip: esp32}}\n"
	parse := func(text string) diag.List {
		if !strings.Contains(text, "boards:") && !strings.HasPrefix(text, "#") {
			text = boards + text
		}
		return config.ParseFS("config.yaml", []byte(text), dir).List
	}
	for _, c := range diag.Codes() {
		e, ok := diag.Explain(c.Code)
		if !ok || e.Wrong == "" {
			continue
		}
		list := parse(e.Wrong)
		if len(list) == 0 || slices.ContainsFunc(list, func(d diag.Diagnostic) bool { return d.Code != c.Code }) {
			t.Errorf("%s: the wrong example has another mistake, or none:\n%s\n%s", c.Code, e.Wrong, asText(t, list))
		}
		if list := parse(e.Right); len(list) != 0 {
			t.Errorf("%s: the right example is not:\n%s\n%s", c.Code, e.Right, asText(t, list))
		}
	}
}

package config

import (
	"strings"
	"testing"
)

func TestANameWithItsKindInFrontIsSuggestedWithout(t *testing.T) {
	names := []string{"porch", "fan", "stairs"}
	for word, want := range map[string]string{
		"switch.porch": "porch",
		"light.stairs": "stairs",
		"porhc":        "porch",
		"switch.attic": "",
		"switch.":      "",
	} {
		if got := (&report{}).nearest(word, names); got != want {
			t.Errorf("nearest(%q) = %q, want %q", word, got, want)
		}
	}
}

func TestAWaitInWordsIsSuggestedAsOne(t *testing.T) {
	for step, want := range map[string]string{
		"wait until porch is off for 5m":        "write {wait: {porch: off}, for: 5m}",
		"wait for porch off":                    "write {wait: {porch: off}, for: 10m}",
		"wait until porch off for at most 1 h":  "write {wait: {porch: off}, for: 1h}",
		"wait until outside below 3°C for 5 m":  "write {wait: {outside: below 3°C}, for: 5m}",
		"wait until porch on for five minutes":  "write {wait: {porch: on}, for: 10m}",
		"wait until porch":                      "",
		"wait until porch for 5m":               "",
		"wait until attic is off for 5 minutes": "",
		"wait for":                              "",
	} {
		_, list := Parse("config.yaml", []byte(`boards: {hall: {id: hob-7c9ebd, chip: esp32}}
switches: {porch: {pin: hall/16}}
sensors: {outside: {type: ds18b20, pin: hall/4}}
rules: {r: {when: {time: "06:00"}, do: ['`+step+`']}}
`))
		if len(list) != 1 {
			t.Errorf("%s: %v", step, list)
			continue
		}
		got := list[0].Suggestion
		if want == "" && !strings.Contains(got, "{wait:") { // whatever else is said of it
			continue
		}
		if got != want {
			t.Errorf("%s: %q, want %q", step, got, want)
		}
	}
}

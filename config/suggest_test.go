package config

import "testing"

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

package config_test

import (
	"strings"
	"testing"

	"hob/config"
	"hob/internal/diag"
)

// The markers are put together here: a tool that looks for real ones must not stumble
// over a file of testdata.
func TestWhatAMergeHasLeftIsToldOnceForEachPlace(t *testing.T) {
	conflict := strings.Repeat("<", 7) + " HEAD\n  porch: {pin: hall/16}\n" + strings.Repeat("=", 7) +
		"\n  porch: {pin: hall/17}\n" + strings.Repeat(">", 7) + " other\n"
	const boards = "boards: {hall: {id: hob-7c9ebd, chip: esp32}}\n"
	_, list := config.Parse("config.yaml", []byte(boards+"switches:\n"+conflict+"lights:\n"+conflict))
	if len(list) != 2 || list[0].Line != 3 || list[1].Line != 9 {
		t.Fatalf("got\n%s", asText(t, list))
	}
	for _, d := range list {
		if d.Code != diag.Syntax || !strings.Contains(d.Message, "two versions") || !strings.Contains(d.Suggestion, "keep one") {
			t.Errorf("%+v", d)
		}
	}
	// A line of equals signs, or an arrow alone, is no trace of a merge.
	if house, list := config.Parse("config.yaml", []byte(boards+"# =======\n# >>>>>>> x\n")); house == nil {
		t.Errorf("refused:\n%s", asText(t, list))
	}
}

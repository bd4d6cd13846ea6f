package diag_test

import (
	"strings"
	"testing"

	"hob/internal/diag"
)

func TestEveryCodeIsExplained(t *testing.T) {
	for _, c := range diag.Codes() {
		e, ok := diag.Explain(c.Code)
		if !ok || len(e.Cause) < 20 || (e.Wrong == "") != (e.Right == "") || e.Wrong != "" && e.Wrong == e.Right {
			t.Errorf("%s: %+v", c.Code, e)
		}
		if strings.Contains(e.Cause, "--") || strings.Contains(e.Right, "==") && !strings.Contains(e.Right, "expr") {
			t.Errorf("%s: a separator has got into the text: %+v", c.Code, e)
		}
	}
	for _, code := range []diag.Code{"", "HOB", "HOB000", "HOB998", "hob012", "HOB012\n"} {
		if e, ok := diag.Explain(code); ok {
			t.Errorf("%q is explained: %+v", code, e)
		}
	}
}

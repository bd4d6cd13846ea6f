package diag

import (
	_ "embed" // the explanations
	"strings"
)

// explanations is a text of entries: a line "== CODE", why it is said and what
// to do, then "-- wrong" and "-- right" with YAML, both or neither.
//
//go:embed explanations.txt
var explanations string

// Explanation is what is to be known about one code.
type Explanation struct {
	Code  Code
	Cause string // why it is said and what to do, in plain text
	Wrong string // a file, or a part of one, of which it is said; "" if that is no YAML
	Right string // the same without it
}

// Explain returns what is to be known about a code.
func Explain(code Code) (Explanation, bool) {
	for _, entry := range strings.Split(explanations, "\n== ")[1:] {
		name, text, _ := strings.Cut(entry, "\n")
		if Code(name) != code {
			continue
		}
		cause, examples, _ := strings.Cut(text, "\n-- wrong\n")
		wrong, right, _ := strings.Cut(examples, "\n-- right\n")
		return Explanation{Code: code, Cause: strings.TrimSpace(cause), Wrong: trimEnd(wrong), Right: trimEnd(right)}, true
	}
	return Explanation{}, false
}

// trimEnd leaves one line end, if there is any text.
func trimEnd(s string) string {
	s = strings.TrimRight(s, "\n")
	if s == "" {
		return ""
	}
	return s + "\n"
}

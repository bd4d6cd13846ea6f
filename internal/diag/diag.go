// Package diag owns diagnostics: what is wrong with a file that a person wrote,
// where exactly, and what would be right instead.
//
// config makes them; the command line, the dashboard and the log show them, all
// from the same [List], as text ([List.WriteText]) or JSON. A Diagnostic is a
// plain value and a List a plain slice: once made they may be read from any
// goroutine. Lines and columns count from 1; columns count code points, so they
// are what an editor shows.
package diag

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
)

// Severity says whether a diagnostic stops the file from being used.
type Severity string

// An Error makes the file unusable; a Warning does not.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Span is a stretch of one line of a file.
type Span struct {
	File      string
	Line      int // from 1; 0: the file as a whole
	Column    int // from 1, in code points
	EndColumn int // the column after the last one of the span
}

func (s Span) String() string {
	if s.Line == 0 {
		return s.File
	}
	return fmt.Sprintf("%s:%d:%d", s.File, s.Line, s.Column)
}

// Related is another place that has to do with a diagnostic, such as the other
// side of a conflict.
type Related struct {
	Span
	Message string
}

// Diagnostic is one thing that is wrong.
type Diagnostic struct {
	Span
	Severity   Severity
	Code       Code
	Message    string
	Suggestion string    // what to write or do instead; "" if there is nothing to say
	Excerpt    Excerpt   // the line of the span; the zero value if there is none
	Related    []Related // in text only
}

// MarshalJSON writes exactly the fields that scripts rely on.
func (d Diagnostic) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		File       string   `json:"file"`
		Line       int      `json:"line"`
		Column     int      `json:"column"`
		EndColumn  int      `json:"end_column"`
		Severity   Severity `json:"severity"`
		Code       Code     `json:"code"`
		Message    string   `json:"message"`
		Suggestion string   `json:"suggestion"`
	}{d.File, d.Line, d.Column, d.EndColumn, d.Severity, d.Code, d.Message, d.Suggestion})
}

// List is the diagnostics of one run. The nil List is an empty one.
type List []Diagnostic

// MarshalJSON writes an array, also for the nil List.
func (l List) MarshalJSON() ([]byte, error) {
	if l == nil {
		return []byte("[]"), nil
	}
	return json.Marshal([]Diagnostic(l))
}

// Errors counts the diagnostics that make the file unusable.
func (l List) Errors() int {
	n := 0
	for _, d := range l {
		if d.Severity == Error {
			n++
		}
	}
	return n
}

// Warnings counts the diagnostics that are not errors.
func (l List) Warnings() int { return len(l) - l.Errors() }

// HasErrors reports whether the file is unusable.
func (l List) HasErrors() bool { return l.Errors() > 0 }

// Sorted returns the list in the order of the file, without repeats: the same
// code and message at the same place is said once.
func (l List) Sorted() List {
	out := slices.Clone(l)
	slices.SortStableFunc(out, compare)
	return slices.CompactFunc(out, func(a, b Diagnostic) bool { return compare(a, b) == 0 })
}

func compare(a, b Diagnostic) int {
	return cmp.Or(
		cmp.Compare(a.File, b.File),
		cmp.Compare(a.Line, b.Line),
		cmp.Compare(a.Column, b.Column),
		cmp.Compare(a.Severity, b.Severity), // "error" before "warning"
		cmp.Compare(a.Code, b.Code),
		cmp.Compare(a.Message, b.Message),
	)
}

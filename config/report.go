package config

import (
	"fmt"

	"hob/internal/diag"
)

// maxProblems bounds the list: a file of nothing but mistakes must not cost
// more than it says.
const maxProblems = 1000

// report collects what is wrong with one file.
type report struct {
	src     *diag.Source
	list    diag.List
	errors  int
	dropped int

	compared int // names compared for suggestions so far
}

func newReport(src *diag.Source) *report { return &report{src: src} }

// problem is what is wrong with a value, before anyone knows where it stands.
type problem struct {
	code       diag.Code
	message    string
	suggestion string
	part       part
}

// part is a stretch of a value's text, in code points; the zero part is all of it.
type part struct{ from, width int }

func (r *report) errorAt(at diag.Span, p problem, related ...diag.Related) {
	r.add(diag.Error, at, p, related)
}

func (r *report) warnAt(at diag.Span, p problem, related ...diag.Related) {
	r.add(diag.Warning, at, p, related)
}

func (r *report) add(sev diag.Severity, at diag.Span, p problem, related []diag.Related) {
	if sev == diag.Error {
		r.errors++
	}
	if len(r.list) >= maxProblems {
		r.dropped++
		return
	}
	r.list = append(r.list, diag.Diagnostic{
		Span: at, Severity: sev, Code: p.code, Message: p.message, Suggestion: p.suggestion,
		Excerpt: r.src.Excerpt(at), Related: related,
	})
}

func (r *report) hasErrors() bool { return r.errors > 0 }

// done returns the sorted list, with a last word if it was cut.
func (r *report) done() diag.List {
	list := r.list.Sorted()
	if r.dropped == 0 {
		return list
	}
	sev := diag.Warning
	if r.hasErrors() {
		sev = diag.Error // the cut may hide nothing but errors
	}
	return append(list, diag.Diagnostic{
		Span: r.src.Span(r.src.Lines(), 1, 0), Severity: sev, Code: diag.MoreNotShown,
		Message:    fmt.Sprintf("%d more problems are not shown", r.dropped),
		Suggestion: "correct the ones above first",
	})
}

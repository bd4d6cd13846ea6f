package config

import (
	"fmt"

	"gopkg.in/yaml.v3"

	"hob/internal/chip"
	"hob/internal/diag"
	"hob/internal/entity"
)

// maxProblems bounds the list: a file of nothing but mistakes must not cost
// more than it says.
const maxProblems = 1000

// report collects what is wrong with the files of one house.
type report struct {
	src     *diag.Source // the main file
	list    diag.List
	errors  int
	dropped int

	files   *files
	secrets secrets
	sources map[string]*diag.Source     // every file by its name
	origin  map[*yaml.Node]*diag.Source // where nodes are written that are not in the main file
	hidden  map[string]bool             // files whose lines are not shown
	gaps    gaps

	board string // one of the house, for examples of pins

	compared int // names compared for suggestions so far

	// A thousand boards share the tables of a few chips.
	chips     map[string]chip.Chip // those that were asked for
	chipNames []string
}

func newReport(name string, data []byte, f *files) *report {
	r := &report{
		files:   f,
		sources: make(map[string]*diag.Source),
		origin:  make(map[*yaml.Node]*diag.Source),
		hidden:  make(map[string]bool),
		gaps:    newGaps(),
		board:   "hall",
		chips:   make(map[string]chip.Chip),

		chipNames: chip.Names(),
	}
	r.src = r.source(name, data)
	return r
}

// chip finds a chip by its name in the file.
func (r *report) chip(name string) (chip.Chip, bool) {
	c, ok := r.chips[name]
	if !ok {
		if c, ok = chip.Lookup(name); ok {
			r.chips[name] = c
		}
	}
	return c, ok
}

// exampleBoard takes the first board of the house for examples: what is written with
// it is right as it stands.
func (r *report) exampleBoard(root *yaml.Node) {
	for i := 0; i+1 < len(root.Content); i += 2 {
		boards := resolve(root.Content[i+1])
		if resolve(root.Content[i]).Value != "boards" || boards.Kind != yaml.MappingNode || len(boards.Content) == 0 {
			continue
		}
		if name := resolve(boards.Content[0]).Value; entity.ValidID(name) {
			r.board = name
		}
	}
}

// source makes a file's text known, so that its lines can be shown.
func (r *report) source(name string, data []byte) *diag.Source {
	src := diag.NewSource(name, data)
	r.sources[name] = src
	return src
}

// sourceOf is the file that a node is written in.
func (r *report) sourceOf(n *yaml.Node) *diag.Source {
	if src, ok := r.origin[n]; ok {
		return src
	}
	return r.src
}

// line names the place of a span for a message that is shown at another one.
func line(there, here diag.Span) string {
	if there.File == here.File {
		return fmt.Sprintf("line %d", there.Line)
	}
	return fmt.Sprintf("line %d of %s", there.Line, there.File)
}

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
	if r.gaps.excuse(p.code) {
		return
	}
	if sev == diag.Error {
		r.errors++
	}
	if len(r.list) >= maxProblems {
		r.dropped++
		return
	}
	r.list = append(r.list, diag.Diagnostic{
		Span: at, Severity: sev, Code: p.code, Message: p.message, Suggestion: p.suggestion,
		Excerpt: r.excerpt(at), Related: related,
	})
}

// omit counts errors that are not even looked at.
func (r *report) omit(n int) { r.errors, r.dropped = r.errors+n, r.dropped+n }

func (r *report) excerpt(at diag.Span) diag.Excerpt {
	src := r.sources[at.File]
	if src == nil || r.hidden[at.File] {
		return diag.Excerpt{}
	}
	return src.Excerpt(at)
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

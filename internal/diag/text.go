package diag

import (
	"fmt"
	"io"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// TextOptions says how diagnostics look as text.
type TextOptions struct {
	Color bool // ANSI colours; the caller knows whether it writes to a terminal
}

const (
	red    = "\x1b[1;31m"
	yellow = "\x1b[1;33m"
	cyan   = "\x1b[36m"
	bold   = "\x1b[1m"
	reset  = "\x1b[0m"
)

// WriteText writes every diagnostic with its excerpt, a blank line between two.
func (l List) WriteText(w io.Writer, opt TextOptions) error {
	var out strings.Builder
	for i := range l {
		if i > 0 {
			out.WriteByte('\n')
		}
		l[i].write(&out, opt)
	}
	_, err := io.WriteString(w, out.String())
	return err
}

func (opt TextOptions) paint(color, s string) string {
	if !opt.Color {
		return s
	}
	return color + s + reset
}

func (d *Diagnostic) write(w *strings.Builder, opt TextOptions) {
	paint := opt.paint
	tone := red
	if d.Severity == Warning {
		tone = yellow
	}
	fmt.Fprintf(w, "%s: %s: %s\n", paint(bold, clean(d.Span.String())),
		paint(tone, strings.TrimSpace(fmt.Sprintf("%s %s", d.Severity, d.Code))), clean(d.Message))

	gutter := len(fmt.Sprint(d.Line))
	if d.Excerpt.Text != "" {
		text, lead, marks := d.caret()
		fmt.Fprintf(w, " %s %s %s\n", paint(cyan, fmt.Sprintf("%*d", gutter, d.Line)), paint(cyan, "|"), text)
		fmt.Fprintf(w, " %*s %s %s%s\n", gutter, "", paint(cyan, "|"), lead, paint(tone, marks))
	}
	for _, r := range d.Related {
		fmt.Fprintf(w, " %*s %s %s: %s\n", gutter, "", paint(cyan, "="), clean(r.Span.String()), clean(r.Message))
	}
	if d.Suggestion != "" {
		fmt.Fprintf(w, " %*s %s %s\n", gutter, "", paint(cyan, "="), clean(d.Suggestion))
	}
}

// caret lays the excerpt out in terminal cells: the text, the blank part of the
// line under it, and the marks.
func (d *Diagnostic) caret() (text, lead, marks string) {
	var out strings.Builder
	before, under := 0, 0
	column := d.Excerpt.From
	if column > 1 {
		out.WriteString("…")
		before++
	}
	for _, r := range d.Excerpt.Text {
		shown, cells := cell(r)
		out.WriteString(shown)
		switch {
		case column < d.Column:
			before += cells
		case column < d.EndColumn:
			under += cells
		}
		column++
	}
	return strings.TrimRight(out.String(), " "), strings.Repeat(" ", before), strings.Repeat("^", max(under, 1))
}

// cell says how a code point is shown and how many terminal cells that takes.
func cell(r rune) (string, int) {
	switch {
	case r == '\t':
		return "    ", 4
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) && !hidden(r):
		return string(r), 0
	case hidden(r) || !unicode.IsPrint(r):
		return "\ufffd", 1
	}
	if k := width.LookupRune(r).Kind(); k == width.EastAsianWide || k == width.EastAsianFullwidth {
		return string(r), 2
	}
	return string(r), 1
}

// hidden marks code points that could disguise what a terminal shows.
func hidden(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == unicode.ReplacementChar
}

// clean keeps text from a file from steering the terminal.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if hidden(r) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

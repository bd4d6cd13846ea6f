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
	Width int  // cells of a line of it, to which excerpts are cut; 0 for 100
}

// Excerpts are cut to these, in cells: where nobody knows the terminal, and where it
// is so narrow that nothing would be left.
const (
	usualWidth = 100
	leastWidth = 40
)

func (opt TextOptions) width() int {
	if opt.Width == 0 {
		return usualWidth
	}
	return max(opt.Width, leastWidth)
}

const (
	red    = "\x1b[1;31m"
	yellow = "\x1b[1;33m"
	cyan   = "\x1b[36m"
	bold   = "\x1b[1m"
	reset  = "\x1b[0m"
)

// mostPlaces bounds how many further places of one mistake are listed.
const mostPlaces = 20

// WriteText writes every diagnostic with its excerpt, a blank line between two. What
// is said of several places in the same words is written once, at the first of them,
// with the others' lines.
func (l List) WriteText(w io.Writer, opt TextOptions) error {
	var out strings.Builder
	for _, again := range l.together() {
		if out.Len() > 0 {
			out.WriteByte('\n')
		}
		again[0].write(&out, opt)
		if len(again) > 1 {
			again[0].writeNote(&out, opt, alsoAt(again))
		}
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// together lists the diagnostics by what they say, in the order in which each comes
// first. Those that point elsewhere stand alone: they differ in that.
func (l List) together() [][]*Diagnostic {
	type words struct {
		severity            Severity
		code                Code
		message, suggestion string
	}
	var out [][]*Diagnostic
	at := make(map[words]int)
	for i := range l {
		d := &l[i]
		said := words{d.Severity, d.Code, d.Message, d.Suggestion}
		if n, ok := at[said]; ok && len(d.Related) == 0 {
			out[n] = append(out[n], d)
			continue
		}
		if len(d.Related) == 0 {
			at[said] = len(out)
		}
		out = append(out, []*Diagnostic{d})
	}
	return out
}

// alsoAt names the places after the first, those of other files with their names.
func alsoAt(again []*Diagnostic) string {
	var places []string
	for _, d := range again[1:] {
		place := fmt.Sprint(d.Line)
		if d.File != again[0].File {
			place = fmt.Sprintf("%s:%d", d.File, d.Line)
		}
		if n := len(places); n == 0 || places[n-1] != place {
			places = append(places, place)
		}
	}
	if len(places) == 1 && places[0] == fmt.Sprint(again[0].Line) {
		return "also further on in this line"
	}
	more := ""
	if n := len(places) - mostPlaces; n > 0 {
		places, more = places[:mostPlaces], fmt.Sprintf(" and %d more", n)
	}
	what := "lines "
	if len(places) == 1 {
		what = "line "
	}
	return "also on " + what + strings.Join(places, ", ") + more
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
		text, lead, marks := d.caret(opt.width() - gutter - len("  | "))
		fmt.Fprintf(w, " %s %s %s\n", paint(cyan, fmt.Sprintf("%*d", gutter, d.Line)), paint(cyan, "|"), text)
		fmt.Fprintf(w, " %*s %s %s%s\n", gutter, "", paint(cyan, "|"), lead, paint(tone, marks))
	}
	for _, r := range d.Related {
		fmt.Fprintf(w, " %*s %s %s: %s\n", gutter, "", paint(cyan, "="), clean(r.Span.String()), clean(r.Message))
	}
	if d.Suggestion != "" {
		d.writeNote(w, opt, d.Suggestion)
	}
}

func (d *Diagnostic) writeNote(w *strings.Builder, opt TextOptions, note string) {
	fmt.Fprintf(w, " %*s %s %s\n", len(fmt.Sprint(d.Line)), "", opt.paint(cyan, "="), clean(note))
}

// caret lays the excerpt out in so many terminal cells at the most: the text, the
// blank part of the line under it, and the marks. Of a longer line it shows the part
// in which the place begins.
func (d *Diagnostic) caret(most int) (text, lead, marks string) {
	var shown []string
	var cells []int
	before, under, all := 0, 0, 0 // cells before the place, of it, and of everything
	from, to := 0, 0              // the place among the characters that are shown
	column := d.Excerpt.From
	for _, r := range d.Excerpt.Text {
		s, n := cell(r)
		shown, cells, all = append(shown, s), append(cells, n), all+n
		switch {
		case column < d.Column:
			before, from, to = before+n, from+1, to+1
		case column < d.EndColumn:
			under, to = under+n, to+1
		}
		column++
	}
	begin, end := 0, len(shown)
	cutBefore, cutAfter := d.Excerpt.From > 1, false
	for all+2 > most && before > most/4 && begin < from {
		all, before, begin, cutBefore = all-cells[begin], before-cells[begin], begin+1, true
	}
	for all+2 > most && end > from+1 {
		end, cutAfter = end-1, true
		all -= cells[end]
		if end < to {
			under -= cells[end]
		}
	}
	text = strings.Join(shown[begin:end], "")
	if cutBefore {
		text, before = "…"+text, before+1
	}
	text = strings.TrimRight(text, " ")
	if cutAfter {
		text += "…"
	}
	return text, strings.Repeat(" ", before), strings.Repeat("^", max(under, 1))
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

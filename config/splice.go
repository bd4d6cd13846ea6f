package config

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"unicode/utf8"

	"hob/internal/diag"
)

// splice replaces some bytes of a file. Edits are made of these and never by
// writing YAML anew: what they do not name stays byte for byte, with comments,
// order, blank lines and line ends.
type splice struct {
	file     string
	from, to int // bytes
	text     string
}

// apply makes the splices of one file. They must not overlap.
func apply(data []byte, splices []splice) ([]byte, error) {
	sorted := slices.Clone(splices)
	slices.SortStableFunc(sorted, func(a, b splice) int { return cmp.Compare(a.from, b.from) })
	sorted = slices.CompactFunc(sorted, func(a, b splice) bool { return a == b && a.from != a.to })
	var out []byte
	at := 0
	for _, s := range sorted {
		if s.from < at || s.to < s.from || s.to > len(data) {
			return nil, fmt.Errorf("edit %s: two changes at byte %d", s.file, s.from)
		}
		out = append(out, data[at:s.from]...)
		out = append(out, s.text...)
		at = s.to
	}
	return append(out, data[at:]...), nil
}

// layout is where the lines of a file begin, in bytes.
type layout struct {
	data  []byte
	lines []int // starts; a byte order mark is not part of line 1
	eol   string
}

func newLayout(data []byte) layout {
	l := layout{data: data}
	start := len(data) - len(bytes.TrimPrefix(data, []byte("\ufeff")))
	l.lines = append(l.lines, start)
	for i := start; i < len(data); i++ {
		width := lineEnd(data[i:])
		if width == 0 {
			continue
		}
		if l.eol == "" { // the file's first is the file's
			l.eol = string(data[i : i+width])
		}
		i += width - 1
		l.lines = append(l.lines, i+1)
	}
	if l.eol == "" {
		l.eol = "\n"
	}
	return l
}

// lineEnd is the width of the line end that a text begins with, 0 for none.
func lineEnd(text []byte) int {
	switch {
	case bytes.HasPrefix(text, []byte("\r\n")):
		return 2
	case text[0] == '\n' || text[0] == '\r':
		return 1
	}
	return 0
}

// start is the byte at which a line begins, counted from 1; the end of the file
// if there are not so many lines.
func (l layout) start(line int) int {
	if line > len(l.lines) {
		return len(l.data)
	}
	return l.lines[line-1]
}

// text is a line without its end.
func (l layout) text(line int) []byte {
	return bytes.TrimRight(l.data[l.start(line):l.start(line+1)], "\r\n")
}

// offset is the byte of a line and column.
func (l layout) offset(line, column int) int {
	at := l.start(line)
	for ; column > 1 && at < len(l.data); column-- {
		_, size := utf8.DecodeRune(l.data[at:])
		at += size
	}
	return at
}

// indent is the white space in front of a line's text.
func (l layout) indent(line int) string {
	text := l.text(line)
	return string(text[:len(text)-len(bytes.TrimLeft(text, " "))])
}

// replace is a splice of what a span marks.
func (l layout) replace(at diag.Span, text string) splice {
	return splice{at.File, l.offset(at.Line, at.Column), l.offset(at.Line, at.EndColumn), text}
}

// insert is a splice that replaces nothing.
func (l layout) insert(file string, offset int, text string) splice {
	return splice{file, offset, offset, text}
}

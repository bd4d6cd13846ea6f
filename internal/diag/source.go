package diag

import (
	"strings"
	"unicode/utf8"
)

// excerptRunes bounds what of a line is kept for an excerpt.
const excerptRunes = 160

// Excerpt is a part of a source line.
type Excerpt struct {
	Text string
	From int // column of Text's first code point
}

// Source is a file's text by lines, for cutting excerpts and measuring spans.
// A line ends with LF, CR LF or CR, as YAML has it.
type Source struct {
	name  string
	lines []string
}

// NewSource splits data into lines. A byte order mark is not part of line 1.
func NewSource(name string, data []byte) *Source {
	text := strings.TrimPrefix(string(data), "\ufeff")
	text = strings.ReplaceAll(text, "\r\n", "\n")
	text = strings.ReplaceAll(text, "\r", "\n")
	return &Source{name: name, lines: strings.Split(text, "\n")}
}

// Name is the file name that spans carry.
func (s *Source) Name() string { return s.name }

// Lines is the number of lines, at least 1.
func (s *Source) Lines() int { return len(s.lines) }

// Text is the whole text with LF at the end of every line but the last.
func (s *Source) Text() string { return strings.Join(s.lines, "\n") }

// Line returns line n without its end, "" if there is no such line.
func (s *Source) Line(n int) string {
	if n < 1 || n > len(s.lines) {
		return ""
	}
	return s.lines[n-1]
}

// From returns what line n holds from the given column on.
func (s *Source) From(n, column int) string {
	rest := s.Line(n)
	for ; column > 1 && rest != ""; column-- {
		_, size := utf8.DecodeRuneInString(rest)
		rest = rest[size:]
	}
	return rest
}

// Span makes a span that starts at a line and column and is width code points
// long, bounded to the file.
func (s *Source) Span(line, column, width int) Span {
	line = min(max(line, 1), len(s.lines))
	end := utf8.RuneCountInString(s.Line(line)) + 1
	column = min(max(column, 1), end)
	return Span{File: s.name, Line: line, Column: column, EndColumn: min(column+max(width, 0), max(end, column))}
}

// Excerpt returns the line of a span; of a long line, the part around the span.
func (s *Source) Excerpt(at Span) Excerpt {
	line := []rune(s.Line(at.Line))
	from := 0
	if len(line) > excerptRunes {
		from = min(max(at.Column-1-excerptRunes/4, 0), len(line)-excerptRunes)
		line = line[from : from+excerptRunes]
	}
	return Excerpt{Text: string(line), From: from + 1}
}

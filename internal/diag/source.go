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
	long  map[int]longLine // by line, those longer than longBytes
}

// longLine makes places in a long line cheap to find: a file of one line with
// thousands of mistakes must not cost their product.
type longLine struct {
	marks []int // where every markRunes-th code point begins, in bytes
	runes int
}

const (
	longBytes = 512
	markRunes = 128
)

func newLongLine(line string) longLine {
	var l longLine
	for at := range line {
		if l.runes%markRunes == 0 {
			l.marks = append(l.marks, at)
		}
		l.runes++
	}
	return l
}

// NewSource splits data into lines. A byte order mark is not part of line 1.
func NewSource(name string, data []byte) *Source {
	text := strings.TrimPrefix(string(data), "\ufeff")
	text = strings.ReplaceAll(text, "\r\n", "\n")
	text = strings.ReplaceAll(text, "\r", "\n")
	s := &Source{name: name, lines: strings.Split(text, "\n"), long: make(map[int]longLine)}
	for i, line := range s.lines {
		if len(line) > longBytes {
			s.long[i+1] = newLongLine(line)
		}
	}
	return s
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
	if l, ok := s.long[n]; ok && column > 1 {
		mark := min((column-1)/markRunes, len(l.marks)-1)
		rest, column = rest[l.marks[mark]:], column-mark*markRunes
	}
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
	end := s.width(line) + 1
	column = min(max(column, 1), end)
	return Span{File: s.name, Line: line, Column: column, EndColumn: min(column+max(width, 0), max(end, column))}
}

// Excerpt returns the line of a span; of a long line, the part around the span.
func (s *Source) Excerpt(at Span) Excerpt {
	width := s.width(at.Line)
	if width <= excerptRunes {
		return Excerpt{Text: string([]rune(s.Line(at.Line))), From: 1}
	}
	from := min(max(at.Column-1-excerptRunes/4, 0), width-excerptRunes)
	text := s.From(at.Line, from+1)
	end, runes := len(text), 0
	for i := range text {
		if runes == excerptRunes {
			end = i
			break
		}
		runes++
	}
	return Excerpt{Text: string([]rune(text[:end])), From: from + 1}
}

// width is how many code points a line has.
func (s *Source) width(line int) int {
	if l, ok := s.long[line]; ok {
		return l.runes
	}
	return utf8.RuneCountInString(s.Line(line))
}

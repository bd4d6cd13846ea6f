package diag_test

import (
	"testing"
	"unicode/utf8"

	"hob/internal/diag"
)

func TestLinesEndAsInYAML(t *testing.T) {
	src := diag.NewSource("x", []byte("\ufeffone\r\ntwo\rthree\n\nfive"))
	for n, want := range []string{"", "one", "two", "three", "", "five", ""} {
		if got := src.Line(n); got != want {
			t.Errorf("line %d is %q, want %q", n, got, want)
		}
	}
	if src.Lines() != 5 || src.Text() != "one\ntwo\nthree\n\nfive" {
		t.Errorf("%d lines: %q", src.Lines(), src.Text())
	}
}

func TestColumnsCountCodePoints(t *testing.T) {
	src := diag.NewSource("x", []byte("küche: 🍳 x"))
	if got := src.From(1, 8); got != "🍳 x" {
		t.Errorf("from column 8: %q", got)
	}
	if got := src.From(1, 10); got != "x" {
		t.Errorf("from column 10: %q", got)
	}
	if got := src.From(1, 99) + src.From(0, 1) + src.From(2, 1); got != "" {
		t.Errorf("outside: %q", got)
	}
}

// FuzzSource: whatever is asked for, a span and its excerpt are in the file.
func FuzzSource(f *testing.F) {
	f.Add([]byte("a: b\nc"), 2, 1, 1)
	f.Add([]byte(""), 0, 0, 0)
	f.Add([]byte("\xff\xfe"), -1, 99, -5)
	f.Fuzz(func(t *testing.T, data []byte, line, column, width int) {
		src := diag.NewSource("x", data)
		s := src.Span(line, column, width)
		end := utf8.RuneCountInString(src.Line(s.Line)) + 1
		if s.Line < 1 || s.Line > src.Lines() || s.Column < 1 || s.EndColumn < s.Column || s.EndColumn > end {
			t.Errorf("Span(%d, %d, %d) = %+v, but the line ends at %d", line, column, width, s, end)
		}
		e := src.Excerpt(s)
		if n := utf8.RuneCountInString(e.Text); n > 160 || e.From < 1 || e.From > s.Column || s.Column > e.From+n {
			t.Errorf("Excerpt(%+v) = %d code points from %d", s, n, e.From)
		}
	})
}

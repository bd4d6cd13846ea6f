package diag_test

import (
	"strings"
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

// Long lines are looked up in another way than short ones, with the same result.
func TestPlacesInLongLinesAreThoseOfShortOnes(t *testing.T) {
	line := strings.Repeat("a🍳ü\xffz", 400)
	src := diag.NewSource("x", []byte("short\n"+line+"\nend"))
	runes := 400 * 5
	rest := line
	for column := 1; column <= runes+1; column++ {
		if got := src.From(2, column); got != rest {
			t.Fatalf("from column %d: %d bytes, want %d", column, len(got), len(rest))
		}
		s := src.Span(2, column, 3)
		if s.Column != column || s.EndColumn != min(column+3, runes+1) {
			t.Fatalf("span at %d: %+v", column, s)
		}
		e := src.Excerpt(s)
		if utf8.RuneCountInString(e.Text) != 160 || e.From > column || e.From+160 < column {
			t.Fatalf("excerpt at %d: from %d, %d code points", column, e.From, utf8.RuneCountInString(e.Text))
		}
		_, size := utf8.DecodeRuneInString(rest)
		rest = rest[size:]
	}
}

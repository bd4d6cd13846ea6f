package diag_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"hob/internal/diag"
)

// show renders one diagnostic at a place in a source of one line.
func show(t *testing.T, line string, column, width int, opt diag.TextOptions) string {
	t.Helper()
	src := diag.NewSource("c.yaml", []byte(line))
	span := src.Span(1, column, width)
	d := diag.Diagnostic{Span: span, Severity: diag.Error, Code: diag.BadPin, Message: "bad", Excerpt: src.Excerpt(span)}
	var out strings.Builder
	if err := (diag.List{d}).WriteText(&out, opt); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestCaretStandsUnderTheSpan(t *testing.T) {
	for name, tt := range map[string]struct {
		line          string
		column, width int
		want          string
	}{
		"plain":         {"pin: hall/6", 6, 6, " 1 | pin: hall/6\n   |      ^^^^^^\n"},
		"end of line":   {"pin:", 5, 0, " 1 | pin:\n   |     ^\n"},
		"two cells":     {"日本: x", 5, 1, " 1 | 日本: x\n   |       ^\n"},
		"wide span":     {"a: 日本", 4, 2, " 1 | a: 日本\n   |    ^^^^\n"},
		"combining":     {"e\u0301: x", 5, 1, " 1 | e\u0301: x\n   |    ^\n"},
		"tab":           {"a\tb", 3, 1, " 1 | a    b\n   |      ^\n"},
		"control":       {"a\x1b[31mb", 7, 1, " 1 | a\ufffd[31mb\n   |       ^\n"},
		"bidi override": {"a\u202eb", 3, 1, " 1 | a\ufffdb\n   |   ^\n"},
		"not UTF-8":     {"a\xffb", 3, 1, " 1 | a\ufffdb\n   |   ^\n"},
		"trailing":      {"a: b   ", 1, 1, " 1 | a: b\n   | ^\n"},
	} {
		t.Run(name, func(t *testing.T) {
			want := "c.yaml:1:" + string(rune('0'+tt.column)) + ": error HOB030: bad\n" + tt.want
			if got := show(t, tt.line, tt.column, tt.width, diag.TextOptions{}); got != want {
				t.Errorf("got:\n%q\nwant:\n%q", got, want)
			}
		})
	}
}

func TestLongLineIsCutAroundTheSpan(t *testing.T) {
	line := strings.Repeat("x", 5000) + "HERE" + strings.Repeat("y", 5000)
	got := strings.Split(show(t, line, 5001, 4, diag.TextOptions{}), "\n")
	if len(got[1]) > 200 || !strings.Contains(got[1], "HERE") {
		t.Fatalf("excerpt %q", got[1])
	}
	excerpt, caret := []rune(got[1]), []rune(got[2])
	if at := len([]rune(strings.TrimRight(got[2], "^"))); string(excerpt[at:at+4]) != "HERE" || len(caret) != at+4 {
		t.Errorf("the caret is not under the span:\n%s\n%s", got[1], got[2])
	}
}

func TestTextOfAWholeList(t *testing.T) {
	src := diag.NewSource("c.yaml", []byte(strings.Repeat("#\n", 98)+"a: 1\nb: 2\n"))
	first, second := src.Span(99, 4, 1), src.Span(100, 4, 1)
	list := diag.List{
		{Span: first, Severity: diag.Error, Code: diag.PinTaken, Message: "taken", Excerpt: src.Excerpt(first),
			Suggestion: "use another", Related: []diag.Related{{Span: second, Message: "the other one"}}},
		{Span: second, Severity: diag.Warning, Code: diag.PinStrapping, Message: "strapping", Excerpt: src.Excerpt(second)},
		{Span: diag.Span{File: "d.yaml", Line: 1, Column: 1, EndColumn: 1}, Severity: diag.Error, Code: diag.Empty, Message: "empty"},
		{Span: diag.Span{File: "e.yaml"}, Severity: diag.Error, Message: "gone"},
	}
	const want = `c.yaml:99:4: error HOB036: taken
 99 | a: 1
    |    ^
    = c.yaml:100:4: the other one
    = use another

c.yaml:100:4: warning HOB034: strapping
 100 | b: 2
     |    ^

d.yaml:1:1: error HOB005: empty

e.yaml: error: gone
`
	var plain strings.Builder
	if err := list.WriteText(&plain, diag.TextOptions{}); err != nil || plain.String() != want {
		t.Errorf("%v, got:\n%s\nwant:\n%s", err, plain.String(), want)
	}
	var colored strings.Builder
	if err := list.WriteText(&colored, diag.TextOptions{Color: true}); err != nil {
		t.Fatal(err)
	}
	bare := colored.String()
	for _, esc := range []string{"\x1b[1;31m", "\x1b[1;33m", "\x1b[36m", "\x1b[1m", "\x1b[0m"} {
		if !strings.Contains(bare, esc) {
			t.Errorf("no %q in coloured text", esc)
		}
		bare = strings.ReplaceAll(bare, esc, "")
	}
	if bare != want {
		t.Errorf("colours change the text:\n%s", bare)
	}
}

func TestFileNameCannotSteerTheTerminal(t *testing.T) {
	d := diag.Diagnostic{Span: diag.Span{File: "a\x1b]0;x\a", Line: 1, Column: 1, EndColumn: 1}, Code: diag.Empty, Message: "m\x1b[2J\n"}
	var out strings.Builder
	if err := (diag.List{d}).WriteText(&out, diag.TextOptions{}); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(out.String(), "\x1b\a") || strings.Count(out.String(), "\n") != 1 {
		t.Errorf("got %q", out.String())
	}
}

type brokenPipe struct{}

var errBroken = errors.New("broken pipe")

func (brokenPipe) Write([]byte) (int, error) { return 0, errBroken }

func TestWriteErrorsAreReturned(t *testing.T) {
	if err := (diag.List{at("a", 1, 1)}).WriteText(brokenPipe{}, diag.TextOptions{}); !errors.Is(err, errBroken) {
		t.Errorf("got %v", err)
	}
}

// What is wrong in many places in the same words is said once.
func TestTheSameWordsAreWrittenOnce(t *testing.T) {
	src := diag.NewSource("c.yaml", []byte(strings.Repeat("pin: hal/1\n", 40)))
	var list diag.List
	say := func(line, column int, message, suggestion string, related ...diag.Related) {
		span := src.Span(line, column, 3)
		list = append(list, diag.Diagnostic{Span: span, Severity: diag.Warning, Code: diag.UnknownBoard, Message: message, Suggestion: suggestion,
			Excerpt: src.Excerpt(span), Related: related})
	}
	say(1, 6, "x", "y")
	say(1, 8, "x", "y") // one more in this line is no other line
	say(2, 6, "other", "")
	say(2, 8, "other", "")
	say(3, 6, "x", "z")
	say(4, 6, "x", "y")
	say(5, 6, "x", "y", diag.Related{Span: src.Span(1, 1, 1), Message: "there"})
	for line := 6; line <= 31; line++ {
		say(line, 6, "many", "")
	}
	list = append(list, diag.Diagnostic{Span: diag.Span{File: "d.yaml", Line: 9, Column: 1}, Severity: diag.Warning, Code: diag.UnknownBoard, Message: "x", Suggestion: "z"})
	var out strings.Builder
	if err := list.WriteText(&out, diag.TextOptions{}); err != nil {
		t.Fatal(err)
	}
	const want = `c.yaml:1:6: warning HOB022: x
 1 | pin: hal/1
   |      ^^^
   = y
   = also on lines 1, 4

c.yaml:2:6: warning HOB022: other
 2 | pin: hal/1
   |      ^^^
   = also further on in this line

c.yaml:3:6: warning HOB022: x
 3 | pin: hal/1
   |      ^^^
   = z
   = also on line d.yaml:9

c.yaml:5:6: warning HOB022: x
 5 | pin: hal/1
   |      ^^^
   = c.yaml:1:1: there
   = y

c.yaml:6:6: warning HOB022: many
 6 | pin: hal/1
   |      ^^^
   = also on lines 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26 and 5 more
`
	if got := out.String(); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

// A terminal would break a long line, and the caret under it would stand anywhere.
func TestAnExcerptFitsIntoTheTerminal(t *testing.T) {
	start := strings.Repeat("左右 ", 30)
	long, at := start+"HERE"+strings.Repeat(" é👍", 60), utf8.RuneCountInString(start)+1
	for _, width := range []int{0, 1, 40, 80, 100, 150} {
		for _, span := range []int{1, 4, 100} {
			got := strings.Split(show(t, long, at, span, diag.TextOptions{Width: width}), "\n")
			most := width
			switch {
			case width == 0:
				most = 100
			case width < 40:
				most = 40
			}
			for _, line := range got[1:3] {
				if n := cellsOf(line); n > most {
					t.Errorf("width %d: %d cells: %s", width, n, line)
				}
			}
			front, _, _ := strings.Cut(got[1], "HERE")
			before := cellsOf(front)
			if caret := len(strings.TrimRight(got[2], "^")); caret != before {
				t.Errorf("width %d: the caret is at %d and the text at %d:\n%s\n%s", width, caret, before, got[1], got[2])
			}
			if !strings.Contains(got[1], "| …") || !strings.HasSuffix(got[1], "…") {
				t.Errorf("width %d: nobody sees that the line is cut: %s", width, got[1])
			}
		}
	}
	if got := strings.Split(show(t, "short: line", 1, 5, diag.TextOptions{Width: 80}), "\n"); strings.Contains(got[1], "…") {
		t.Errorf("a short line is cut: %s", got[1])
	}
}

// cellsOf is how many cells a text of this test takes.
func cellsOf(s string) int {
	n := 0
	for _, r := range s {
		n++
		if strings.ContainsRune("左右👍", r) {
			n++
		}
	}
	return n
}

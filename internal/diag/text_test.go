package diag_test

import (
	"errors"
	"strings"
	"testing"

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

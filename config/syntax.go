package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"hob/internal/diag"
)

// parseYAML returns the root node of the only document in data.
func parseYAML(r *report, src *diag.Source, data []byte) (*yaml.Node, bool) {
	root, err := decodeYAML(data)
	var second *secondDocument
	switch {
	case err == nil:
		return root, true
	case errors.Is(err, errEmpty):
		p := problem{
			code:       diag.Empty,
			message:    "the file says nothing: a house needs at least a board",
			suggestion: "start with: boards: {hall: {id: hob-7c9ebd, chip: esp32}}",
		}
		if src != r.src {
			p.message, p.suggestion = "the file says nothing", "write something into it, or delete the place that names it"
		}
		r.errorAt(src.Span(1, 1, 0), p)
	case errors.As(err, &second):
		r.errorAt(src.Span(second.line, 1, 3), problem{
			code:       diag.ManyDocuments,
			message:    `a second YAML document starts here, after a line "---"`,
			suggestion: "keep one document in the file and delete the separator",
		})
	default:
		reportSyntax(r, src, data, err)
	}
	return nil, false
}

var errEmpty = errors.New("no content")

type secondDocument struct{ line int }

func (d *secondDocument) Error() string { return fmt.Sprintf("second document at line %d", d.line) }

// decodeYAML parses data and checks that it is one document with content.
func decodeYAML(data []byte) (root *yaml.Node, err error) {
	defer func() {
		// The library panics on some malformed input; its bug must not stop a house.
		if p := recover(); p != nil {
			root, err = nil, fmt.Errorf("yaml: the text cannot be read: %v", p)
		}
	}()
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc, second yaml.Node
	if err := dec.Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, errEmpty
		}
		return nil, err
	}
	switch err := dec.Decode(&second); {
	case err == nil:
		return nil, &secondDocument{line: second.Line}
	case !errors.Is(err, io.EOF):
		return nil, err
	}
	if len(doc.Content) != 1 || isNothing(doc.Content[0]) {
		return nil, errEmpty
	}
	return doc.Content[0], nil
}

// isNothing reports whether a node is a value that was left out.
func isNothing(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Style == 0 && n.Value == "" && n.Tag == "!!null"
}

// maxLocate is the size up to which the place of a syntax error is worth the
// twenty partial parses that finding it takes.
const maxLocate = 128 << 10

var yamlError = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)$`)

// namedLine is the line that the library's message names, 1 if it names none.
func namedLine(err error) int {
	if m := yamlError.FindStringSubmatch(err.Error()); m != nil && m[1] != "" {
		line, _ := strconv.Atoi(m[1])
		return line
	}
	return 1
}

func reportSyntax(r *report, src *diag.Source, data []byte, err error) {
	what := err.Error()
	if m := yamlError.FindStringSubmatch(what); m != nil {
		what = m[2]
	}
	line, column := namedLine(err), 1
	if len(data) <= maxLocate {
		line, column = locateSyntaxError(src.Text(), err.Error())
	}
	message, suggestion := explainSyntax(what)
	width := 1
	if s, ok := slipAt(src, what, line, column); ok {
		line, column, width, message, suggestion = s.line, s.column, s.width, s.message, s.suggestion
	} else if strings.Contains(what, "expected ',' or") {
		column = openBracket(src.Line(line), column)
	}
	if guess := guessSyntax(src, line); guess != "" {
		suggestion = guess
	}
	if text := src.Text(); line == src.Lines() && !strings.HasSuffix(text, "\n") {
		suggestion = "the file ends here, in the middle of a line: was it still being saved? Else: " + suggestion
	}
	r.errorAt(src.Span(line, column, width), problem{
		code: diag.Syntax, message: message, suggestion: suggestion,
	})
}

// locateSyntaxError finds where the text first goes wrong. The library names at
// best the line of the construct it was in, and not always the right one; but a
// prefix that ends before the mistake does not produce the same message. So the
// place is the end of the shortest prefix that does, found by bisection. text
// has plain line ends.
func locateSyntaxError(text, message string) (line, column int) {
	low, high := 0, len(text) // the error shows with high bytes, not with low
	for low+1 < high {
		mid := (low + high) / 2
		for mid > low && !utf8.RuneStart(text[mid]) {
			mid--
		}
		if mid == low {
			break
		}
		if _, err := decodeYAML([]byte(text[:mid])); err != nil && err.Error() == message {
			high = mid
		} else {
			low = mid
		}
	}
	return position(text[:high])
}

// position is the line and column of the last visible code point of a prefix.
func position(prefix string) (line, column int) {
	prefix = strings.TrimRight(prefix, " \n")
	line = strings.Count(prefix, "\n") + 1
	return line, max(utf8.RuneCountInString(prefix[strings.LastIndex(prefix, "\n")+1:]), 1)
}

// openBracket is the column of the last bracket that a line opens and does not
// close: where to look for what is missing. It is otherwise if there is none.
func openBracket(line string, otherwise int) int {
	var open []int
	column := 0
	for _, c := range line {
		column++
		switch c {
		case '{', '[':
			open = append(open, column)
		case '}', ']':
			open = open[:max(len(open)-1, 0)]
		}
	}
	if len(open) == 0 {
		return otherwise
	}
	return open[len(open)-1]
}

var (
	// A text with a colon: "name: Porch: lamp".
	colonInText = regexp.MustCompile(`^\s*(?:- )?([A-Za-z_]\w*): ([^"'\[{&*!|>#][^"]*?: .*)$`)
	// A step with a colon in its message: - notify anna "Temperature: high".
	colonInStep = regexp.MustCompile(`^\s*- ([a-z]\w* [^'"]*".*: .*"?)\s*$`)
)

// guessSyntax looks for what people write most often that is no YAML, on the line
// where the mistake shows or the one before. It is "" if there is none of it.
func guessSyntax(src *diag.Source, line int) string {
	for _, n := range []int{line, line - 1} {
		text := src.Line(n)
		if m := colonInStep.FindStringSubmatch(text); m != nil {
			return fmt.Sprintf("put the whole step of line %d into quotes: '%s'", n, strings.ReplaceAll(m[1], "'", "''"))
		}
		if m := colonInText.FindStringSubmatch(text); m != nil && n == line {
			return fmt.Sprintf("put the text into quotes: %s: %q", m[1], strings.TrimSpace(m[2]))
		}
	}
	return ""
}

// explainSyntax puts the library's words into a sentence for people.
func explainSyntax(what string) (message, suggestion string) {
	for _, e := range syntaxWords() {
		if strings.Contains(what, e.has) {
			return e.message, e.suggestion
		}
	}
	return "this is not valid YAML: " + what, ""
}

type syntaxWord struct{ has, message, suggestion string }

func syntaxWords() []syntaxWord {
	return []syntaxWord{
		{"mapping values are not allowed", `a ": " is not expected here`,
			"check the indentation, or put the text in quotes"},
		{"could not find expected ':'", `a key without ": " after it`,
			`write "key: value", with a space after the colon`},
		{"did not find expected key", "the indentation does not fit the lines above",
			"keys of one mapping start in the same column"},
		{"did not find expected ',' or '}'", `a "," or "}" is missing`,
			`close the "{" or put a "," between two entries`},
		{"did not find expected ',' or ']'", `a "," or "]" is missing`,
			`close the "[" or put a "," between two items`},
		{"did not find expected '-' indicator", "the indentation does not fit the list above",
			`every item of a list starts with "- " in the same column`},
		{"block sequence entries are not allowed", `a "- " is not expected here`,
			"start the list on a line of its own"},
		{"found unexpected end of stream", "a quote or bracket is opened here and never closed", "close it"},
		{"found character that cannot start any token", "a value cannot start with this character",
			"put the text in quotes"},
		{"found unknown escape character", `an unknown "\" escape`,
			"use single quotes, in which a backslash stands for itself"},
		{"unknown anchor", "the alias refers to an anchor that does not exist",
			"define it with & before it is used with *, in the same file"},
		{"did not find expected alphabetic or numeric character",
			"an anchor (&) or alias (*) without a name", "put the text in quotes"},
		{"did not find expected node content", "a value is missing here", "write a value, or close the bracket"},
		{"did not find expected <document start>", "the text goes on after the end of the document",
			"check the indentation of this line"},
		{"a tab character", "a tab is used for indentation", "indent with spaces"},
	}
}

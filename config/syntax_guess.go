package config

import (
	"fmt"
	"regexp"
	"strings"

	"hob/internal/diag"
)

// What the YAML library says of a mistake is where it could not go on. This file
// looks at the line for what people write most often, and says that instead.

// slip is a mistake that was recognised. Columns count from 1.
type slip struct {
	line, column, width int
	message, suggestion string
}

// maxGuessed is the longest line, in bytes, that is looked at so closely.
const maxGuessed = 4 << 10

// slipAt recognises a mistake by what the library says and where it got to.
func slipAt(src *diag.Source, what string, line, column int) (slip, bool) {
	text := src.Line(line)
	if len(text) > maxGuessed {
		return slip{}, false
	}
	l := readLine(text)
	here := slip{line: line, column: column, width: 1}
	inBrackets := strings.Contains(what, "did not find expected ',' or")
	outside := strings.Contains(what, "did not find expected key")
	if s, ok := spaceThatIsNone(l, here); ok {
		return s, true
	}
	if inBrackets || outside {
		if s, ok := textAfterQuote(l, here); ok {
			return s, true
		}
		if s, ok := quoteOverLines(src, l, here); ok {
			return s, true
		}
	}
	switch {
	case strings.Contains(what, "found incompatible YAML document"):
		for n := 1; n <= line; n++ {
			if text := src.Line(n); strings.HasPrefix(text, "%YAML") {
				return slip{n, 1, len(text), "this version of YAML is not known here", "delete this line, and the --- below it"}, true
			}
		}
	case strings.Contains(what, "mapping values are not allowed"):
		return colonMissing(l, here)
	case inBrackets:
		for n := line; n >= max(line-1, 1); n-- {
			if s, ok := commentInBrackets(readLine(src.Line(n)), n); ok {
				return s, true
			}
		}
		if at := strings.Index(text, "${"); at >= 0 {
			here.column = len([]rune(text[:at])) + 1
			here.message, here.suggestion = "there are no variables here", "write the value itself; a code or a password can be !secret NAME, from secrets.yaml"
			return here, true
		}
		return commaMissing(l, here)
	case outside:
		if s, ok := lineEnded(src, here); ok {
			return s, true
		}
		return tooMuch(l, here)
	case strings.Contains(what, "found character that cannot start any token"):
		return oddBeginning(l, here)
	case strings.Contains(what, "did not find expected alphabetic or numeric character"):
		return starOrAnd(l, here)
	}
	return slip{}, false
}

// spaceThatIsNone: a colon or a dash is one only with a space behind it.
func spaceThatIsNone(l yamlLine, s slip) (slip, bool) {
	for i, c := range l.text {
		if oddSpace(string(c)) == 0 || i == 0 || l.text[i-1] != ':' && l.text[i-1] != '-' {
			continue
		}
		s.column = i + 1
		s.message = "the character " + named(c) + " stands where a space belongs"
		s.suggestion = "it looks like a space, or like nothing: type it again"
		return s, true
	}
	return slip{}, false
}

// named is a character that is not shown.
func named(c rune) string {
	if c == '\u00a0' {
		return "U+00A0 (a no-break space)"
	}
	return fmt.Sprintf("U+%04X", c)
}

// textAfterQuote: 'it's late' ends at its second quote.
func textAfterQuote(l yamlLine, s slip) (slip, bool) {
	for _, q := range l.quotes {
		if q.to < 0 || q.to+1 >= len(l.text) || strings.ContainsRune(" \t,]}:", l.text[q.to+1]) {
			continue
		}
		s.column = q.to + 1
		s.message = "the text in quotes ends here, and goes on"
		s.suggestion = `write \" for a quote inside "…", or put the text in single quotes`
		if l.text[q.to] == '\'' {
			s.suggestion = "inside '…', write '' for an apostrophe, or put the text in double quotes"
		}
		return s, true
	}
	return slip{}, false
}

// most lines that a quote which was forgotten is looked for above the mistake
const linesOfQuote = 20

// quoteOverLines: a quote that is not closed on its line is closed by the next one,
// which should have opened a text.
func quoteOverLines(src *diag.Source, l yamlLine, s slip) (slip, bool) {
	for n := s.line - 1; n >= max(s.line-linesOfQuote, 1); n-- {
		if len(src.Line(n)) > maxGuessed {
			break
		}
		above := readLine(src.Line(n))
		if len(above.quotes) == 0 || above.quotes[len(above.quotes)-1].to >= 0 {
			continue
		}
		open := above.quotes[len(above.quotes)-1].from
		quote := above.text[open]
		for m := n + 1; m < s.line; m++ {
			if closing([]rune(src.Line(m)), 0, quote) >= 0 {
				return slip{}, false // it is a text of several lines
			}
		}
		end := closing(l.text, 0, quote)
		if end < 0 || end+1 >= len(l.text) || strings.ContainsRune(" \t,]}:", l.text[end+1]) {
			return slip{}, false
		}
		return slip{line: n, column: open + 1, width: 1, message: "this quote is not closed on its line",
			suggestion: fmt.Sprintf("close it; as it is, the text goes on to line %d", s.line)}, true
	}
	return slip{}, false
}

// commentInBrackets: [strip #ff0000] has no end, for what stands behind # is a comment.
func commentInBrackets(l yamlLine, line int) (slip, bool) {
	if l.comment < 0 || l.inside == 0 || !strings.ContainsAny(string(l.text[l.comment:]), "]}") {
		return slip{}, false
	}
	from := l.comment
	for from > 0 && !strings.ContainsRune(",[{", l.text[from-1]) {
		from--
	}
	end := l.comment
	for end < len(l.text) && !strings.ContainsRune(",]}", l.text[end]) {
		end++
	}
	item := trimBlank(string(l.text[from:end]))
	if key, rest, found := strings.Cut(item, ": "); found && !strings.Contains(key, " ") {
		item = trimBlank(rest)
	}
	return slip{line: line, column: l.comment + 1, width: 1,
		message:    "what stands behind # is a comment to YAML, so that the bracket in front of it is never closed",
		suggestion: "put the text into quotes: '" + strings.ReplaceAll(item, "'", "''") + "'"}, true
}

// A value and the next key with nothing between them that YAML knows: {porch: on and
// door: open}, {pin: hall/16; area: hall}.
var runOn = regexp.MustCompile(`[{,]\s*([\pL_][\pL\pN_]*:\s+[^,:{}\[\]]*?)(\s*;|\s+and|\s+or|\s+&&|\s+\|\|)?\s+([\pL_][\pL\pN_]*):(?:\s|$)`)

// commaMissing: where a key follows a value.
func commaMissing(l yamlLine, s slip) (slip, bool) {
	line := string(l.text)
	m := runOn.FindStringSubmatchIndex(l.unquoted())
	if m == nil {
		return colonInValue(l, s)
	}
	part := func(n int) string { return line[max(m[2*n], 0):max(m[2*n+1], 0)] }
	before := len([]rune(line[:m[6]]))
	first, key := part(1), part(3)
	second := key + ": " + l.restOfValue(before+len([]rune(key))+1)
	s.column, s.width = before+1, len([]rune(key))
	s.message = fmt.Sprintf(`a "," is missing before %q`, key)
	s.suggestion = fmt.Sprintf("write %s, %s", first, second)
	switch word := trimBlank(part(2)); word {
	case "or", "||":
		s.message = fmt.Sprintf("%q joins nothing here", word)
		s.suggestion = fmt.Sprintf("write [{%s}, {%s}] for either of two triggers, {any: [{%[1]s}, {%[2]s}]} for either of two conditions", first, second)
	case "and", "&&":
		s.message = fmt.Sprintf("%q joins nothing here: a comma does", word)
		s.suggestion = fmt.Sprintf("write {%s, %s}", first, second)
	}
	return s, true
}

var twoColons = regexp.MustCompile(`[{,]\s*([\pL_][\pL\pN_]*):\s+([^,:{}\[\]\s"']+:\s+[^,{}\[\]]*)`)

// colonInValue: {name: Lamp: the big one}.
func colonInValue(l yamlLine, s slip) (slip, bool) {
	m := twoColons.FindStringSubmatchIndex(l.unquoted())
	if m == nil {
		return slip{}, false
	}
	line := string(l.text)
	text := trimBlank(line[m[4]:m[5]])
	s.column, s.width = len([]rune(line[:m[4]]))+1, len([]rune(text))
	s.message = "a text with a colon and a space in it is none without quotes"
	s.suggestion = fmt.Sprintf("write %s: %s", line[m[2]:m[3]], inQuotes(text))
	return s, true
}

var noColon = regexp.MustCompile(`^\s*(?:- )?([\pL_][\pL\pN_]*)\s+[{\[]`)

// colonMissing: porch {pin: hall/16}.
func colonMissing(l yamlLine, s slip) (slip, bool) {
	m := noColon.FindStringSubmatchIndex(string(l.text))
	if m == nil {
		return slip{}, false
	}
	key := string(l.text)[m[2]:m[3]]
	s.column, s.width = len([]rune(string(l.text)[:m[2]]))+1, len([]rune(key))
	s.message = fmt.Sprintf("a colon is missing after %q", key)
	s.suggestion = fmt.Sprintf("write %s: and a space", key)
	return s, true
}

// lastOf is the last character that is not blank; 0 if there is none.
func lastOf(text []rune) rune {
	for i := len(text) - 1; i >= 0; i-- {
		if !isBlank(text[i]) {
			return text[i]
		}
	}
	return 0
}

// lineEnded: switches: {...}; is seen at the line after it.
func lineEnded(src *diag.Source, s slip) (slip, bool) {
	for n := s.line - 1; n >= 1; n-- {
		above := readLine(src.Line(n))
		text := above.text
		if above.comment >= 0 {
			text = text[:above.comment]
		}
		switch c := lastOf(text); {
		case c == 0:
			continue // blank, or a comment
		case c == ';' || c == ',' && len(above.open) == 0:
			s.line = n
			for s.column = len(text); isBlank(text[s.column-1]); {
				s.column--
			}
			return s.endOfLine(c), true
		}
		return slip{}, false
	}
	return slip{}, false
}

func (s slip) endOfLine(c rune) slip {
	s.message = fmt.Sprintf(`a "%c" does not belong here`, c)
	s.suggestion = "delete it: outside of { } and [ ], nothing stands between two lines"
	return s
}

// tooMuch: something stands behind a value that has ended.
func tooMuch(l yamlLine, s slip) (slip, bool) {
	at := s.column - 1
	if at >= len(l.text) || trimBlank(string(l.text[:at])) == "" {
		return slip{}, false // a line of its own
	}
	switch c := l.text[at]; {
	case c == '}' || c == ']':
		s.message, s.suggestion = fmt.Sprintf(`this "%c" closes nothing`, c), "delete it, or open what it is to close"
	case c == ',' || c == ';':
		return s.endOfLine(c), true
	case strings.HasPrefix(string(l.text[at:]), "//"):
		s.message, s.suggestion, s.width = "a comment begins with #", "write # instead of //", 2
	case !strings.ContainsRune(`"'}]`, lastOf(l.text[:at])):
		return slip{}, false
	default:
		s.message, s.suggestion = "the value has ended before this", "put all of the text into quotes, or delete what is too much"
	}
	return s, true
}

var comparison = regexp.MustCompile(`^([<>])=?\s*(-?[0-9.]+\S*)$`)

// oddBeginning: @, %, a backtick, > or a tab where a value begins.
func oddBeginning(l yamlLine, s slip) (slip, bool) {
	at := s.column - 1
	if at >= len(l.text) {
		return slip{}, false
	}
	if i := strings.IndexRune(string(l.text[:at+1]), '\t'); i >= 0 && trimBlank(strings.TrimLeft(string(l.text[:at]), " -")) == "" {
		s.column = len([]rune(string(l.text)[:i])) + 1
		s.message, s.suggestion = "a tab stands where a space belongs", "write a space: YAML takes a tab for no indentation"
		return s, true
	}
	if c := l.text[at]; (c == '|' || c == '>') && at+1 == len(l.text) {
		s.message, s.suggestion = "inside { } and [ ] there is no text of several lines", "write it on one line, in quotes"
		return s, true
	}
	value := l.restOfValue(at)
	s.message = fmt.Sprintf("a value cannot start with %q", string(l.text[at]))
	s.suggestion = "put the text in quotes: " + inQuotes(value)
	if m := comparison.FindStringSubmatch(value); m != nil {
		word := map[string]string{">": "above", "<": "below"}[m[1]]
		s.suggestion = fmt.Sprintf("write %s %s", word, m[2])
		if bareNumber.MatchString(m[2]) {
			s.suggestion += ", with its unit"
		}
	} else if n, found := strings.CutPrefix(value, "%"); found && bareNumber.MatchString(n) {
		s.suggestion = "write " + n + "%"
	}
	return s, true
}

// starOrAnd: a * or & where a value begins is an alias or an anchor.
func starOrAnd(l yamlLine, s slip) (slip, bool) {
	at := s.column - 1
	if at >= len(l.text) || l.text[at] != '*' && l.text[at] != '&' {
		return slip{}, false
	}
	s.message = fmt.Sprintf("a value cannot start with %q, which names something to YAML", string(l.text[at]))
	s.suggestion = "put the text in quotes: " + inQuotes(l.restOfValue(at))
	return s, true
}

func inQuotes(s string) string {
	s = strings.Trim(s, "`")
	if strings.Contains(s, `"`) {
		return "'" + strings.ReplaceAll(s, "'", "''") + "'"
	}
	return `"` + strings.ReplaceAll(s, `\`, `\\`) + `"`
}

package config

import "strings"

// yamlLine is what a line looks like to YAML, read by itself: which brackets it opens
// and does not close, where a comment begins, where quoted texts begin and end. Places
// are in code points from 0.
type yamlLine struct {
	text    []rune
	open    []int        // brackets that are opened and not closed, in order
	comment int          // where its # is; -1 if there is none
	inside  int          // brackets that are open at the comment
	quotes  []quotedText // in order; the last may be open
}

// quotedText is a text in quotes.
type quotedText struct{ from, to int } // to is its last quote; -1 if that is not on this line

func readLine(line string) yamlLine {
	l := yamlLine{text: []rune(line), comment: -1}
	token := true // a value could begin here; elsewhere, quotes are letters
	for i := 0; i < len(l.text); i++ {
		switch c := l.text[i]; {
		case token && (c == '"' || c == '\''):
			end := closing(l.text, i+1, c)
			l.quotes = append(l.quotes, quotedText{i, end})
			if end < 0 {
				return l
			}
			i, token = end, false
		case c == '#' && (i == 0 || isBlank(l.text[i-1])):
			l.comment, l.inside = i, len(l.open)
			return l
		case c == '{' && (token || len(l.open) > 0) || c == '[' && (token || len(l.open) > 0):
			l.open, token = append(l.open, i), true
		case c == '}' || c == ']':
			l.open, token = l.open[:max(len(l.open)-1, 0)], false
		case c == ',' || (c == ':' || c == '-') && (i+1 == len(l.text) || isBlank(l.text[i+1])):
			token = true
		case !isBlank(c):
			token = false
		}
	}
	return l
}

func isBlank(c rune) bool { return c == ' ' || c == '\t' }

// closing is where a text in such quotes ends, from a place in it; -1 if it does not.
func closing(text []rune, from int, quote rune) int {
	for i := from; i < len(text); i++ {
		switch {
		case quote == '"' && text[i] == '\\':
			i++
		case text[i] != quote:
		case quote == '\'' && i+1 < len(text) && text[i+1] == quote:
			i++
		default:
			return i
		}
	}
	return -1
}

// unquoted is the line up to its comment, with nothing in its quotes that means
// something to YAML; every byte is where it was.
func (l yamlLine) unquoted() string {
	out := []byte(string(l.text))
	hide := func(from, to int) {
		for i := len(string(l.text[:from])); i < len(string(l.text[:to])); i++ {
			out[i] = 'x'
		}
	}
	for _, q := range l.quotes {
		if q.to > q.from {
			hide(q.from, q.to+1)
		}
	}
	if l.comment >= 0 {
		out = out[:len(string(l.text[:l.comment]))]
	}
	return string(out)
}

// restOfValue is the text from a place to where its value ends: a comma or bracket
// where one is open, else a comment or the line's end.
func (l yamlLine) restOfValue(from int) string {
	end, depth := from, len(readLine(string(l.text[:from])).open)
	flow, nested := depth > 0, 0
scan:
	for ; end < len(l.text); end++ {
		switch c := l.text[end]; {
		case flow && (c == '{' || c == '['):
			nested++
		case flow && (c == '}' || c == ']'):
			if nested--; nested < 0 {
				break scan
			}
		case flow && nested == 0 && c == ',', c == '#' && end > from && isBlank(l.text[end-1]):
			break scan
		}
	}
	return trimBlank(string(l.text[from:end]))
}

func trimBlank(s string) string { return strings.Trim(s, " \t") }

// retype says what to do about a character that is not seen.
func retype(c rune) string {
	return "there is the character " + named(c) + " in it, which looks like a space or like nothing, and is neither: type it again"
}

// oddSpace is the first character of a text that looks like a space, or like nothing,
// and is neither to YAML; 0 if there is none.
func oddSpace(s string) rune {
	for _, c := range s {
		switch c {
		case '\u00a0', '\u00ad', '\u1680', '\u180e', '\u2060', '\u202f', '\u205f', '\u3000':
			return c
		}
		if c >= '\u2000' && c <= '\u200b' {
			return c
		}
	}
	return 0
}

package config

import (
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"hob/internal/diag"
)

// nodeSpan is where a node is written: a scalar with its quotes, an alias with
// its star, the first character of a mapping or list.
func nodeSpan(src *diag.Source, n *yaml.Node) diag.Span {
	column := n.Column + prefixWidth(src.From(n.Line, n.Column))
	rest := src.From(n.Line, column)
	switch n.Kind {
	case yaml.AliasNode:
		return src.Span(n.Line, column, 1+utf8.RuneCountInString(n.Value))
	case yaml.ScalarNode:
		return src.Span(n.Line, column, scalarWidth(n, rest))
	}
	return src.Span(n.Line, column, 1)
}

// partSpan is where a part of a scalar's text is written. It is the whole node
// where the text is not written as it reads: escapes, several lines.
func partSpan(src *diag.Source, n *yaml.Node, p part) diag.Span {
	whole := nodeSpan(src, n)
	if n.Kind != yaml.ScalarNode || p == (part{}) {
		return whole
	}
	column := whole.Column
	if n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 {
		column++
	}
	if !strings.HasPrefix(src.From(n.Line, column), n.Value) {
		return whole
	}
	return src.Span(n.Line, column+p.from, max(p.width, 1))
}

// prefixWidth is the width of anchors and tags, which are part of a node's
// position but not of its value.
func prefixWidth(rest string) int {
	width := 0
	for strings.HasPrefix(rest, "&") || strings.HasPrefix(rest, "!") {
		end := strings.IndexByte(rest, ' ')
		if end < 0 {
			return width
		}
		after := strings.TrimLeft(rest[end:], " ")
		width += utf8.RuneCountInString(rest[:len(rest)-len(after)])
		rest = after
	}
	return width
}

func scalarWidth(n *yaml.Node, rest string) int {
	switch {
	case strings.HasPrefix(rest, `"`), strings.HasPrefix(rest, `'`):
		return quotedWidth(rest)
	case strings.HasPrefix(rest, n.Value):
		return utf8.RuneCountInString(n.Value)
	}
	return utf8.RuneCountInString(strings.TrimRight(rest, " "))
}

// quotedWidth is the width of the quoted text at the start of rest; to the end
// of the line if the quote closes on a later one.
func quotedWidth(rest string) int {
	quote, escaped := rest[0], false
	for i := 1; i < len(rest); i++ {
		switch {
		case escaped:
			escaped = false
		case quote == '"' && rest[i] == '\\':
			escaped = true
		case rest[i] == quote && quote == '\'' && i+1 < len(rest) && rest[i+1] == '\'':
			escaped = true // two single quotes stand for one
		case rest[i] == quote:
			return utf8.RuneCountInString(rest[:i+1])
		}
	}
	return utf8.RuneCountInString(rest)
}

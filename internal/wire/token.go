package wire

import "unicode/utf8"

type tokenType uint8

const (
	tokObject tokenType = iota + 1
	tokArray
	tokString
	tokNumber
	tokTrue
	tokFalse
	tokNull
)

// token is one value or key. Of a string, start and end exclude the quotes. A
// key is a string token and its value is the token right after it.
type token struct {
	start, end uint16 // MaxFrame keeps both well inside 16 bits
	next       uint16 // index of the token after this one and all that it holds
	typ        tokenType
	escaped    bool // a string with at least one backslash
}

// parser is the same reader as the firmware's hob_json, so that both sides
// agree to the last byte on what is a frame. Its recursion ends at MaxDepth.
type parser struct {
	text   []byte
	tokens []token
	pos    int
}

// parse checks text as strict JSON (RFC 8259, valid UTF-8) with an object
// outermost, and appends its tokens to buf, which grows only when too small.
func parse(text []byte, buf []token) ([]token, error) {
	if len(text) > MaxFrame {
		return buf, &Error{Class: ClassTooLong}
	}
	p := parser{text: text, tokens: buf[:0]}
	class := p.document()
	if class != "" {
		return p.tokens, &Error{Class: class, At: p.pos}
	}
	return p.tokens, nil
}

func (p *parser) document() Class {
	p.space()
	if p.peek() != '{' {
		return ClassSyntax
	}
	if class := p.value(0); class != "" {
		return class
	}
	p.space()
	if p.pos != len(p.text) {
		return ClassSyntax
	}
	return ""
}

// value reads one value that has depth containers around it.
func (p *parser) value(depth int) Class {
	switch c := p.peek(); {
	case c == '{' || c == '[':
		return p.container(c, depth)
	case c == '"':
		return p.str()
	case c == '-' || c >= '0' && c <= '9':
		return p.number()
	case c == 't':
		return p.word("true", tokTrue)
	case c == 'f':
		return p.word("false", tokFalse)
	case c == 'n':
		return p.word("null", tokNull)
	}
	return ClassSyntax
}

func (p *parser) container(opener byte, depth int) Class {
	if depth == MaxDepth {
		return ClassDepth
	}
	typ, closer := tokArray, byte(']')
	if opener == '{' {
		typ, closer = tokObject, '}'
	}
	self := p.add(typ, p.pos)
	p.pos++
	p.space()
	for first := true; p.peek() != closer; first = false {
		if class := p.element(typ, depth+1, first); class != "" {
			return class
		}
	}
	p.pos++
	p.finish(self, p.pos)
	return ""
}

// element reads what stands before a container's next comma or end.
func (p *parser) element(typ tokenType, depth int, first bool) Class {
	if !first {
		if p.peek() != ',' {
			return ClassSyntax
		}
		p.pos++
		p.space()
	}
	if typ == tokObject {
		if class := p.key(); class != "" {
			return class
		}
	}
	if class := p.value(depth); class != "" {
		return class
	}
	p.space()
	return ""
}

func (p *parser) key() Class {
	if p.peek() != '"' {
		return ClassSyntax
	}
	if class := p.str(); class != "" {
		return class
	}
	p.space()
	if p.peek() != ':' {
		return ClassSyntax
	}
	p.pos++
	p.space()
	return ""
}

func (p *parser) word(word string, typ tokenType) Class {
	if len(p.text)-p.pos < len(word) || string(p.text[p.pos:p.pos+len(word)]) != word {
		return ClassSyntax
	}
	self := p.add(typ, p.pos)
	p.pos += len(word)
	p.finish(self, p.pos)
	return ""
}

func (p *parser) number() Class {
	self := p.add(tokNumber, p.pos)
	if p.peek() == '-' {
		p.pos++
	}
	if p.peek() == '0' {
		p.pos++
	} else if p.digits() == 0 {
		return ClassSyntax
	}
	if p.peek() == '.' {
		p.pos++
		if p.digits() == 0 {
			return ClassSyntax
		}
	}
	if c := p.peek(); c == 'e' || c == 'E' {
		p.pos++
		if c := p.peek(); c == '+' || c == '-' {
			p.pos++
		}
		if p.digits() == 0 {
			return ClassSyntax
		}
	}
	p.finish(self, p.pos)
	return ""
}

func (p *parser) digits() (n int) {
	for c := p.peek(); c >= '0' && c <= '9'; c = p.peek() {
		p.pos++
		n++
	}
	return n
}

func (p *parser) str() Class {
	p.pos++
	self := p.add(tokString, p.pos)
	for p.pos < len(p.text) {
		switch c := p.text[p.pos]; {
		case c == '"':
			p.finish(self, p.pos)
			p.pos++
			return ""
		case c == '\\':
			p.tokens[self].escaped = true
			if !p.escape() {
				return ClassSyntax
			}
		case c < 0x20:
			return ClassSyntax
		case c < utf8.RuneSelf:
			p.pos++
		default:
			r, size := utf8.DecodeRune(p.text[p.pos:])
			if r == utf8.RuneError && size <= 1 {
				return ClassSyntax
			}
			p.pos += size
		}
	}
	return ClassSyntax
}

// escape steps over one escape sequence; surrogates must come in pairs.
func (p *parser) escape() bool {
	p.pos++
	c := p.peek()
	p.pos++
	switch c {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return true
	case 'u':
	default:
		return false
	}
	unit, ok := p.unit()
	switch {
	case !ok || unit >= 0xdc00 && unit <= 0xdfff:
		return false
	case unit < 0xd800 || unit > 0xdfff:
		return true
	}
	if p.peek() != '\\' {
		return false
	}
	p.pos++
	if p.peek() != 'u' {
		return false
	}
	p.pos++
	low, ok := p.unit()
	return ok && low >= 0xdc00 && low <= 0xdfff
}

// unit reads the four digits of a \u escape.
func (p *parser) unit() (u rune, ok bool) {
	if len(p.text)-p.pos < 4 {
		return 0, false
	}
	for _, c := range p.text[p.pos : p.pos+4] {
		d, ok := hexDigit(c)
		if !ok {
			return 0, false
		}
		u = u<<4 | rune(d)
	}
	p.pos += 4
	return u, true
}

// peek is the next byte, or 0, which no JSON token begins with.
func (p *parser) peek() byte {
	if p.pos < len(p.text) {
		return p.text[p.pos]
	}
	return 0
}

func (p *parser) space() {
	for p.pos < len(p.text) {
		switch p.text[p.pos] {
		case ' ', '\t', '\n', '\r':
			p.pos++
		default:
			return
		}
	}
}

func (p *parser) add(typ tokenType, start int) int {
	p.tokens = append(p.tokens, token{start: uint16(start), typ: typ})
	return len(p.tokens) - 1
}

func (p *parser) finish(i, end int) {
	p.tokens[i].end = uint16(end)
	p.tokens[i].next = uint16(len(p.tokens))
}

func hexDigit(c byte) (byte, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10, true
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}

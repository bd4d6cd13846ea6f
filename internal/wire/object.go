package wire

import (
	"strconv"
	"unicode/utf8"

	"hob/internal/entity"
)

// object reads the members of one JSON object and remembers the first thing
// wrong with them, so that a frame's decoder is a list of its members. After an
// error every getter gives a zero value.
type object struct {
	*Decoder
	self int // index of the object's token
}

func (o object) fail(class Class, member string) {
	if o.err == nil {
		o.err = &Error{Class: class, Member: member}
	}
}

// find is the index of the value of the first member called name, or -1.
func (o object) find(name string) int {
	for i, end := o.self+1, int(o.tokens[o.self].next); i < end; i = int(o.tokens[i+1].next) {
		if o.equals(i, name) {
			return i + 1
		}
	}
	return -1
}

func (o object) has(name string) bool { return o.find(name) >= 0 }

// need is find for a member that must be there and be of the given type.
func (o object) need(name string, typ tokenType) int {
	i := o.find(name)
	switch {
	case i < 0:
		o.fail(ClassMissing, name)
	case o.tokens[i].typ != typ:
		o.fail(ClassType, name)
	default:
		return i
	}
	return -1
}

func (o object) raw(i int) []byte { return o.text[o.tokens[i].start:o.tokens[i].end] }

// equals compares string i, unescaped, with s.
func (o object) equals(i int, s string) bool {
	if !o.tokens[i].escaped {
		return string(o.raw(i)) == s
	}
	return unescape(o.raw(i)) == s
}

// bytes is a needed string without a copy where it has no escapes.
func (o object) bytes(name string) []byte {
	i := o.need(name, tokString)
	if i < 0 {
		return nil
	}
	if o.tokens[i].escaped {
		return []byte(unescape(o.raw(i)))
	}
	return o.raw(i)
}

func (o object) str(name string) string { return string(o.bytes(name)) }

// optional is a string that may be left out.
func (o object) optional(name string) string {
	if !o.has(name) {
		return ""
	}
	return o.str(name)
}

// integer is a needed whole number from low to high. A fraction or an exponent
// is another type, as it is to the firmware, even in "1.0".
func (o object) integer(name string, low, high int64) int64 {
	i := o.need(name, tokNumber)
	if i < 0 {
		return 0
	}
	return o.number(name, i, low, high)
}

// known is integer for a number that may be left out: nil then.
func (o object) known(name string, low, high int64) *int64 {
	if !o.has(name) {
		return nil
	}
	n := o.integer(name, low, high)
	return &n
}

// number is integer for a token that is found already.
func (o object) number(name string, i int, low, high int64) int64 {
	if o.tokens[i].typ != tokNumber {
		o.fail(ClassType, name)
		return 0
	}
	text := o.raw(i)
	for _, c := range text {
		if c == '.' || c == 'e' || c == 'E' {
			o.fail(ClassType, name)
			return 0
		}
	}
	n, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil || n < low || n > high {
		o.fail(ClassRange, name)
		return 0
	}
	return n
}

// boolean is true or false; absent counts as false.
func (o object) boolean(name string) bool {
	i := o.find(name)
	if i < 0 {
		return false
	}
	switch o.tokens[i].typ {
	case tokTrue:
		return true
	case tokFalse:
	default:
		o.fail(ClassType, name)
	}
	return false
}

// needBoolean is true or false, and must be there.
func (o object) needBoolean(name string) bool {
	if !o.has(name) {
		o.fail(ClassMissing, name)
	}
	return o.boolean(name)
}

// choice is a needed string out of names, which it returns without a copy.
func (o object) choice(name string, names ...string) string {
	i := o.need(name, tokString)
	if i < 0 {
		return ""
	}
	for _, s := range names {
		if o.equals(i, s) {
			return s
		}
	}
	o.fail(ClassValue, name)
	return ""
}

// hex is a needed string of exactly 2*len(out) hexadecimal digits.
func (o object) hex(name string, out []byte) {
	text := o.bytes(name)
	if o.err != nil {
		return
	}
	if !decodeHex(text, out) {
		o.fail(ClassValue, name)
	}
}

// rgb is a colour that may be left out.
func (o object) rgb(name string) (c entity.RGB, ok bool) {
	if !o.has(name) {
		return c, false
	}
	var b [3]byte
	o.hex(name, b[:])
	return entity.RGB{R: b[0], G: b[1], B: b[2]}, true
}

// revision is "" or 1 to 16 hexadecimal digits.
func (o object) revision(name string, empty bool) string {
	text := o.bytes(name)
	if o.err != nil {
		return ""
	}
	if len(text) > 16 || len(text) == 0 && !empty || !allHex(text) {
		o.fail(ClassValue, name)
		return ""
	}
	return string(text)
}

// elements visits each element of a needed array of at most limit elements.
func (o object) elements(name string, limit int, visit func(i int)) {
	array := o.need(name, tokArray)
	if array < 0 {
		return
	}
	n := 0
	for i, end := array+1, int(o.tokens[array].next); i < end && o.err == nil; i = int(o.tokens[i].next) {
		if n++; n > limit {
			o.fail(ClassTooLong, name)
			return
		}
		visit(i)
	}
}

func allHex(text []byte) bool {
	for _, c := range text {
		if _, ok := hexDigit(c); !ok {
			return false
		}
	}
	return true
}

func decodeHex(text, out []byte) bool {
	if len(text) != 2*len(out) {
		return false
	}
	for i := range out {
		high, ok1 := hexDigit(text[2*i])
		low, ok2 := hexDigit(text[2*i+1])
		if !ok1 || !ok2 {
			return false
		}
		out[i] = high<<4 | low
	}
	return true
}

// unescape undoes the escapes of a string that parse has accepted.
func unescape(raw []byte) string {
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			out = append(out, raw[i])
			continue
		}
		i++
		switch c := raw[i]; c {
		case 'b':
			out = append(out, '\b')
		case 'f':
			out = append(out, '\f')
		case 'n':
			out = append(out, '\n')
		case 'r':
			out = append(out, '\r')
		case 't':
			out = append(out, '\t')
		case 'u':
			r := hexUnit(raw[i+1:])
			i += 4
			if r >= 0xd800 && r <= 0xdbff { // parse has seen its second half
				r = 0x10000 + (r-0xd800)<<10 + hexUnit(raw[i+3:]) - 0xdc00
				i += 6
			}
			out = utf8.AppendRune(out, r)
		default:
			out = append(out, c)
		}
	}
	return string(out)
}

func hexUnit(text []byte) (u rune) {
	for _, c := range text[:4] {
		d, _ := hexDigit(c)
		u = u<<4 | rune(d)
	}
	return u
}

package wire

import (
	"strconv"
	"unicode/utf8"

	"hob/internal/entity"
)

// writer appends one JSON object to a buffer. It is a value: frames are small
// and a chain of calls reads like the frame.
type writer []byte

// open starts a frame of the given type.
func open(dst []byte, t string) writer {
	return append(append(append(dst, `{"t":"`...), t...), '"')
}

func (w writer) close() []byte { return append(w, '}') }

func (w writer) key(name string) writer {
	if w[len(w)-1] != '{' {
		w = append(w, ',')
	}
	return append(append(append(w, '"'), name...), '"', ':')
}

func (w writer) integer(name string, n int64) writer {
	return strconv.AppendInt(w.key(name), n, 10)
}

// known is integer for a number that may be left out.
func (w writer) known(name string, n *int64) writer {
	if n == nil {
		return w
	}
	return w.integer(name, *n)
}

func (w writer) boolean(name string, b bool) writer {
	return strconv.AppendBool(w.key(name), b)
}

func (w writer) str(name, s string) writer { return appendString(w.key(name), s) }

func (w writer) hex(name string, b []byte) writer {
	w = append(w.key(name), '"')
	for _, c := range b {
		w = append(w, hexDigits[c>>4], hexDigits[c&15])
	}
	return append(w, '"')
}

func (w writer) rgb(name string, c entity.RGB) writer {
	return w.hex(name, []byte{c.R, c.G, c.B})
}

const hexDigits = "0123456789abcdef"

// appendString appends s quoted. A byte that is no part of valid UTF-8 becomes
// U+FFFD, so the result is always JSON.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		case r < 0x20:
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[r>>4], hexDigits[r&15])
		default:
			dst = utf8.AppendRune(dst, r)
		}
	}
	return append(dst, '"')
}

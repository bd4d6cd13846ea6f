// Package provision speaks to a board over its serial port, as
// docs/provisioning.md has it: frames of one line among whatever else the port
// carries, each asked again until the board has answered it. It opens no ports and
// keeps nothing. A Conn belongs to one goroutine.
package provision

import (
	"bytes"
	"fmt"
	"hash/crc32"
)

const (
	prefix  = "HOB1 "
	sumLen  = len(" 00000000")
	maxLine = 1024
)

// wrap makes a frame of a JSON object.
func wrap(object []byte) []byte {
	return fmt.Appendf(nil, "%s%s %08x\n", prefix, object, crc32.ChecksumIEEE(object))
}

// unwrap gives the JSON of a line, without its end; false if it is no frame.
func unwrap(line []byte) (object []byte, ok bool) {
	rest, ok := bytes.CutPrefix(bytes.TrimRight(line, "\r"), []byte(prefix))
	if !ok || len(rest) < sumLen {
		return nil, false
	}
	object, sum := rest[:len(rest)-sumLen], rest[len(rest)-sumLen:]
	return object, string(sum) == fmt.Sprintf(" %08x", crc32.ChecksumIEEE(object))
}

// lines cuts what comes into lines, and drops those that are too long.
type lines struct {
	text    []byte
	tooLong bool
}

// take calls whole for every line that ends in data; it must not keep it.
func (l *lines) take(data []byte, whole func([]byte)) {
	for _, b := range data {
		switch {
		case b != '\n' && len(l.text) == maxLine:
			l.tooLong = true
		case b != '\n':
			l.text = append(l.text, b)
		default:
			if !l.tooLong {
				whole(l.text)
			}
			l.text, l.tooLong = l.text[:0], false
		}
	}
}

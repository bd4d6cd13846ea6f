// Package image reads firmware images as ESP-IDF builds them, signs them, and reads
// signed ones again. What it knows of an image is in the image itself, so nobody
// can say it wrong. Everything is a function of its arguments.
package image

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// Facts is what an image says of itself.
type Facts struct {
	Chip     string // as in config.yaml
	FW       string // version
	Security uint16 // a board refuses one that is lower than its own
}

// Where things are: an image's header, that of its first segment, ESP-IDF's
// description of the application, and ours right behind it (CONFIG_HOB_SECURITY_VERSION).
const (
	magic        = 0xE9
	chipAt       = 12
	appAt        = 32
	appMagic     = 0xABCD5432
	versionAt    = appAt + 16
	versionLen   = 32
	ownAt        = appAt + 256
	ownMagic     = "HOB1"
	faultAt      = ownAt + 8
	faultLen     = 16
	leastSize    = faultAt + faultLen
	mostSize     = 16 << 20
	signedPrefix = "hob.image.1\n"
)

// chips are the numbers of esp_chip_id_t.
func chips() map[uint16]string {
	return map[uint16]string{0: "esp32", 2: "esp32s2", 5: "esp32c3", 9: "esp32s3", 13: "esp32c6"}
}

// Inspect reads what an image says of itself.
func Inspect(raw []byte) (Facts, error) {
	if len(raw) < leastSize || raw[0] != magic {
		return Facts{}, errors.New("this is no firmware image of an ESP32 (idf.py leaves it at build/hob.bin)")
	}
	number := binary.LittleEndian.Uint16(raw[chipAt:])
	chip, ok := chips()[number]
	if !ok {
		return Facts{}, fmt.Errorf("the image is for a chip that Hob does not know (number %d)", number)
	}
	own := raw[ownAt:]
	if binary.LittleEndian.Uint32(raw[appAt:]) != appMagic || string(own[:len(ownMagic)]) != ownMagic {
		return Facts{}, errors.New("the image is not of Hob's firmware")
	}
	version, _, _ := bytes.Cut(raw[versionAt:versionAt+versionLen], []byte{0})
	f := Facts{Chip: chip, FW: string(version), Security: binary.LittleEndian.Uint16(own[len(ownMagic):])}
	if !oneWord(f.FW) {
		return Facts{}, fmt.Errorf("the image's version %q is not one word", f.FW)
	}
	return f, nil
}

// oneWord says whether a version can stand in the text that is signed.
func oneWord(s string) bool {
	return s != "" && len(s) < versionLen && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}

// Fault is what is wrong with the image of a virtual board, "" for nothing; real
// images have code in that place, which nobody reads so.
func Fault(raw []byte) string {
	fault, _, _ := bytes.Cut(raw[faultAt:faultAt+faultLen], []byte{0})
	return string(fault)
}

// Virtual makes an image that virtual boards take for one: everything is where it
// is in a real one, and what a real one has as code is nothing in particular.
func Virtual(f Facts, fault string, size int) ([]byte, error) {
	raw := make([]byte, max(size, 512))
	for i := range raw {
		raw[i] = byte(i*31 + i>>8)
	}
	raw[0] = magic
	number, ok := uint16(0), false
	for n, name := range chips() {
		if name == f.Chip {
			number, ok = n, true
		}
	}
	if !ok {
		return nil, fmt.Errorf("no chip %q", f.Chip)
	}
	if !oneWord(f.FW) || len(fault) >= faultLen {
		return nil, errors.New("a version is one word of at most 31 characters")
	}
	binary.LittleEndian.PutUint16(raw[chipAt:], number)
	binary.LittleEndian.PutUint32(raw[appAt:], appMagic)
	clear(raw[versionAt : versionAt+versionLen])
	copy(raw[versionAt:], f.FW)
	copy(raw[ownAt:], ownMagic)
	binary.LittleEndian.PutUint16(raw[ownAt+len(ownMagic):], f.Security)
	clear(raw[faultAt : faultAt+faultLen])
	copy(raw[faultAt:], fault)
	return raw, nil
}

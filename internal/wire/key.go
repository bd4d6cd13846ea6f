package wire

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
)

// KeySize is the length of a Key in bytes.
const KeySize = 32

// ErrKey is returned for a key that is not 32 bytes or is all zero.
var ErrKey = errors.New("a key is 32 bytes and not all zero")

// Key is the secret that the server and one board share. Every way of printing
// or encoding it gives "[redacted]"; Reveal is the one exception. The zero Key
// is no key.
type Key struct{ b [KeySize]byte }

// NewKey makes a random key.
func NewKey() Key {
	var k Key
	rand.Read(k.b[:]) // never fails, by its contract
	return k
}

// KeyOf makes a key of 32 bytes that are not all zero, or gives ErrKey.
func KeyOf(b []byte) (Key, error) {
	var k Key
	if len(b) != KeySize {
		return k, ErrKey
	}
	copy(k.b[:], b)
	if k.IsZero() {
		return k, ErrKey
	}
	return k, nil
}

// ParseKey is the reverse of Reveal.
func ParseKey(s string) (Key, error) {
	var b [KeySize]byte
	if !decodeHex([]byte(s), b[:]) {
		return Key{}, ErrKey
	}
	return KeyOf(b[:])
}

// IsZero says whether k is no key.
func (k Key) IsZero() bool { return k == Key{} }

// Reveal is the key as 64 hexadecimal digits, for the file it is kept in.
func (k Key) Reveal() string { return hex.EncodeToString(k.b[:]) }

const redacted = "[redacted]"

// String implements fmt.Stringer.
func (Key) String() string { return redacted }

// Format implements fmt.Formatter, so that no verb shows the bytes.
func (Key) Format(s fmt.State, _ rune) { fmt.Fprint(s, redacted) }

// MarshalText implements encoding.TextMarshaler, which JSON uses too.
func (Key) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// LogValue implements slog.LogValuer.
func (Key) LogValue() slog.Value { return slog.StringValue(redacted) }

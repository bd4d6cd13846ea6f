package wire

import (
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"strings"
)

// setupCodeLen is the number of characters of a setup code without dashes.
const setupCodeLen = 26

// ErrSetupCode is returned for what cannot be a setup code.
var ErrSetupCode = errors.New("a setup code is 26 letters and digits without U, such as " +
	"XXXXX-XXXXX-XXXXX-XXXXX-XXXXXX")

// SetupCode is what a board without a key shows and a person types. It is a
// secret like Key: only Groups gives it away.
type SetupCode struct{ chars string }

// ParseSetupCode reads a code as people write it: either case, with or without
// dashes and spaces, O for 0, I or L for 1. The error never quotes the input.
func ParseSetupCode(s string) (SetupCode, error) {
	var b strings.Builder
	for _, r := range strings.ToUpper(s) {
		switch {
		case r == '-' || r == ' ':
			continue
		case r == 'O':
			r = '0'
		case r == 'I' || r == 'L':
			r = '1'
		case r >= '0' && r <= '9', r >= 'A' && r <= 'Z' && r != 'U':
		default:
			return SetupCode{}, ErrSetupCode
		}
		b.WriteRune(r)
	}
	if b.Len() != setupCodeLen {
		return SetupCode{}, ErrSetupCode
	}
	return SetupCode{b.String()}, nil
}

// Key is the key of the adoption session that the code opens. The zero code
// has no key; the zero Key it gives opens nothing.
func (c SetupCode) Key() Key {
	if c.chars == "" {
		return Key{}
	}
	mac := hmac.New(sha256.New, []byte("hob.adopt.1"))
	mac.Write([]byte(c.chars))
	var k Key
	mac.Sum(k.b[:0])
	return k
}

// Groups is the code as boards print it.
func (c SetupCode) Groups() string {
	if c.chars == "" {
		return ""
	}
	s := c.chars
	return strings.Join([]string{s[:5], s[5:10], s[10:15], s[15:20], s[20:]}, "-")
}

// String implements fmt.Stringer.
func (SetupCode) String() string { return redacted }

// Format implements fmt.Formatter, so that no verb shows the characters.
func (SetupCode) Format(s fmt.State, _ rune) { fmt.Fprint(s, redacted) }

// MarshalText implements encoding.TextMarshaler, which JSON uses too.
func (SetupCode) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// LogValue implements slog.LogValuer.
func (SetupCode) LogValue() slog.Value { return slog.StringValue(redacted) }

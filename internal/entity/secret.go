package entity

import (
	"crypto/subtle"
	"fmt"
)

// Secret is a text that is never shown: printing, logging or encoding it gives
// "[redacted]". Reveal is the one exception.
type Secret struct{ text string }

const redacted = "[redacted]"

// NewSecret keeps a text secret.
func NewSecret(text string) Secret { return Secret{text} }

// Reveal is the text.
func (s Secret) Reveal() string { return s.text }

// IsZero says whether there is no secret.
func (s Secret) IsZero() bool { return s.text == "" }

// Equal compares in a time that does not depend on where two texts of one
// length differ.
func (s Secret) Equal(other Secret) bool {
	return subtle.ConstantTimeCompare([]byte(s.text), []byte(other.text)) == 1
}

// String implements fmt.Stringer.
func (Secret) String() string { return redacted }

// Format implements fmt.Formatter, for every verb.
func (Secret) Format(s fmt.State, _ rune) { fmt.Fprint(s, redacted) }

// MarshalText implements encoding.TextMarshaler, and with it the JSON form and
// that in logs.
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// UnmarshalText implements encoding.TextUnmarshaler, for the one place where a
// secret comes in: what a client sends.
func (s *Secret) UnmarshalText(b []byte) error {
	s.text = string(b)
	return nil
}

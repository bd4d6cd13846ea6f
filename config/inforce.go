package config

import (
	"fmt"

	"hob/internal/entity"
)

// NotInForce says what of a house is read and checked but not acted on by this
// version, a sentence each: nobody is to rely on it.
func NotInForce(h *entity.House) []string {
	var out []string
	if n := len(h.Users); n > 0 {
		out = append(out, fmt.Sprintf("users (%d) get the messages of rules by their channels; this version knows only its one token, and everybody who has it may do everything, whatever their role", n))
	}
	return out
}

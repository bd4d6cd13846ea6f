package link

import (
	"fmt"

	"hob/internal/entity"
)

// Kind sorts errors by what the asker can do about them.
type Kind string

// Kinds of errors.
const (
	KindInvalid     Kind = "invalid"     // the request makes no sense as it is
	KindNotFound    Kind = "not_found"   // nobody knows the board
	KindRefused     Kind = "refused"     // the board or a rule of ours says no
	KindUnavailable Kind = "unavailable" // the board cannot be reached now
	KindTimeout     Kind = "timeout"     // it did not answer in time
	KindInternal    Kind = "internal"    // the server's own fault
)

// Error is what Adopt, Rotate, Revoke, Identify and Restart fail with.
type Error struct {
	Kind        Kind
	Op          string // "adopt"
	Board       entity.BoardID
	entity.Said       // for people
	Cause       error // may be nil
}

// Error implements error.
func (e *Error) Error() string { return fmt.Sprintf("%s %s: %s", e.Op, e.Board, e.Message) }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

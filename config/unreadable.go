package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// ReadError says, in words for people, why a file could not be read at all. It wraps
// what the system said.
type ReadError struct {
	Path string
	Err  error
}

// errNoFile is in a ReadError for what can be opened and is no file with a text.
var errNoFile = errors.New("no regular file")

// Error implements error.
func (e *ReadError) Error() string {
	switch {
	case errors.Is(e.Err, fs.ErrNotExist):
		return "there is no file " + e.Path
	case errors.Is(e.Err, errNoFile):
		if info, err := os.Stat(e.Path); err == nil && info.IsDir() {
			return e.Path + " is a directory, not a file"
		}
		return e.Path + " is no regular file"
	}
	return fmt.Sprintf("%s cannot be read: %s", e.Path, reason(e.Err))
}

// Unwrap returns what the system said.
func (e *ReadError) Unwrap() error { return e.Err }

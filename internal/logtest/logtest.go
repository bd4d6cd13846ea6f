// Package logtest holds what a program under test has logged. Only tests import it.
package logtest

import (
	"bytes"
	"strings"
	"sync"
)

// Buffer is a log that is read while others write it. The zero Buffer is empty; all
// methods may be called from any goroutine.
type Buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write implements io.Writer.
func (l *Buffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// String is all that was written since the last Reset.
func (l *Buffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// Count is how often a text was written.
func (l *Buffer) Count(text string) int { return strings.Count(l.String(), text) }

// Reset forgets what was written.
func (l *Buffer) Reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.b.Reset()
}

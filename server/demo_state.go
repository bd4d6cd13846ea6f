package main

import (
	"os"
	"path/filepath"
	"syscall"

	"hob/server/app"
)

// statePrefix begins the names of the directories of demos that keep nothing.
const statePrefix = "hob-demo-"

// openState makes sure of a state directory, and returns what to do with it at the end.
func (d *demo) openState() (forget func(), err error) {
	if d.keep {
		return func() {}, nil
	}
	sweep(os.TempDir())
	if d.state, err = os.MkdirTemp("", statePrefix); err != nil {
		return nil, err
	}
	return func() { _ = os.RemoveAll(d.state) }, nil
}

// sweep removes what demos that were killed have left in dir. Their lock tells that
// they are gone: one that runs holds it, and what has none may be at its beginning.
func sweep(dir string) {
	old, err := filepath.Glob(filepath.Join(dir, statePrefix+"*"))
	if err != nil {
		return // a name that is no pattern; then nothing is removed
	}
	for _, path := range old {
		if ownDirectory(path) && app.Abandoned(path) {
			_ = os.RemoveAll(path) // what cannot be removed now is left to the next demo
		}
	}
}

// ownDirectory says whether path is a directory, and no link to one, of this user:
// in a directory for everybody, others choose names too.
func ownDirectory(path string) bool {
	info, err := os.Lstat(path)
	if err != nil || !info.IsDir() {
		return false
	}
	status, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(status.Uid) == os.Getuid()
}

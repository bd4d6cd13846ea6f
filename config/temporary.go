package config

import (
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// temporaryFor makes a file beside target whose place it is to take. It is locked
// until it is closed, by which sweep tells it from what a process that was killed has
// left. Its name does not end in .yaml, so that nobody takes it for a part of a
// configuration.
func temporaryFor(target string) (*os.File, error) {
	for {
		f, err := os.CreateTemp(filepath.Dir(target), "."+filepath.Base(target)+".*.new")
		if err != nil {
			return nil, err
		}
		lock(f, unix.LOCK_EX)
		mine, err := f.Stat()
		if err == nil {
			if there, e := os.Lstat(f.Name()); e == nil && os.SameFile(mine, there) {
				return f, nil
			}
		}
		_ = f.Close() // somebody has swept it away before it was locked
		if err != nil {
			return nil, err
		}
	}
}

// sweep removes what edits of target that were killed have left beside it.
func sweep(target string) {
	names, err := filepath.Glob(filepath.Join(filepath.Dir(target), "."+filepath.Base(target)+".*.new"))
	if err != nil {
		return // a name with brackets: what is left stays
	}
	for _, name := range names {
		f, err := os.OpenFile(name, os.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
		if err != nil {
			continue
		}
		if lock(f, unix.LOCK_EX) {
			_ = os.Remove(name)
		}
		_ = f.Close()
	}
}

// lock says whether nobody else has locked the file. It never waits.
func lock(f *os.File, how int) bool { return unix.Flock(int(f.Fd()), how|unix.LOCK_NB) == nil }

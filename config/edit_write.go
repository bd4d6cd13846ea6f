package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// Write puts an edit onto the disk. Each file is replaced whole, by one rename,
// so that nobody reads a half; it keeps its mode, and a link keeps leading to it.
// If any of the files is not what it was when the edit was made, nothing is
// written and the error is ErrChanged. That is looked at before, and again at what
// the rename has taken the place of: where the system can exchange two files in
// one step (Linux), nothing that another program saves by renaming is lost, and
// of one that writes into the file itself only what it writes after that moment.
// An edit of several files is one step a file: who reads between two steps finds
// the new one and the old other.
func (e *Edit) Write() error {
	var ready []replacement
	defer func() {
		for _, r := range ready {
			_ = os.Remove(r.temporary) // gone already where all went well
		}
	}()
	for _, f := range e.Files {
		r, err := prepare(f)
		if err != nil {
			return fmt.Errorf("write %s: %w", f.Path, err)
		}
		ready = append(ready, r)
	}
	// As late as possible: what an editor saves after this moment it saves over ours.
	for _, f := range e.Files {
		now, err := readFile(f.Path)
		if err != nil {
			return fmt.Errorf("write %s: %w", f.Path, err)
		}
		if !bytes.Equal(now, f.Before) {
			return fmt.Errorf("write %s: %w", f.Path, ErrChanged)
		}
	}
	for i, r := range ready {
		if err := r.put(e.Files[i].Before); err != nil {
			for _, done := range ready[:i] {
				err = errors.Join(err, done.takeBack())
			}
			return fmt.Errorf("write %s: %w", r.target, err)
		}
	}
	for _, r := range ready {
		syncDirectory(filepath.Dir(r.target))
	}
	return nil
}

// replacement is a new content beside the file whose place it takes; afterwards the
// old content is beside it, where the two could be exchanged.
type replacement struct{ temporary, target string }

// put gives the new content its place, unless the file is not as it was.
func (r replacement) put(before []byte) error {
	err := exchange(r.temporary, r.target)
	if errors.Is(err, errors.ErrUnsupported) {
		return os.Rename(r.temporary, r.target)
	}
	if err != nil {
		return err
	}
	if was, err := readFile(r.temporary); err != nil || !bytes.Equal(was, before) {
		return errors.Join(ErrChanged, r.takeBack())
	}
	return nil
}

// takeBack gives the old content its place again.
func (r replacement) takeBack() error {
	err := exchange(r.temporary, r.target)
	if errors.Is(err, errors.ErrUnsupported) {
		return nil // there is no old content beside it
	}
	return err
}

// exchange has two files swap their names in one step. It fails with
// errors.ErrUnsupported where the file system cannot.
func exchange(a, b string) error {
	err := unix.Renameat2(unix.AT_FDCWD, a, unix.AT_FDCWD, b, unix.RENAME_EXCHANGE)
	if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOSYS) {
		return errors.ErrUnsupported
	}
	return err
}

// syncDirectory has a rename outlive a power cut, where that is possible.
func syncDirectory(dir string) {
	if d, err := os.Open(dir); err == nil {
		_ = d.Sync() // some file systems cannot: then it is up to them
		_ = d.Close()
	}
}

func prepare(f FileEdit) (replacement, error) {
	target, err := filepath.EvalSymlinks(f.Path)
	if err != nil {
		return replacement{}, err
	}
	info, err := os.Stat(target)
	if err != nil {
		return replacement{}, err
	}
	// Not ending in .yaml, so that nobody takes it for a part of a configuration.
	temporary, err := os.CreateTemp(filepath.Dir(target), "."+filepath.Base(target)+".*.new")
	if err != nil {
		return replacement{}, err
	}
	r := replacement{temporary.Name(), target}
	_, err = temporary.Write(f.After)
	if err == nil {
		err = temporary.Chmod(info.Mode().Perm())
	}
	if err == nil {
		err = temporary.Sync()
	}
	if closed := temporary.Close(); err == nil {
		err = closed
	}
	if err != nil {
		_ = os.Remove(r.temporary)
	}
	return r, err
}

// memoryInfo is the fs.FileInfo of a file that is only in memory.
type memoryInfo struct {
	name string
	size int64
}

func (i memoryInfo) Name() string     { return filepath.Base(i.name) }
func (i memoryInfo) Size() int64      { return i.size }
func (memoryInfo) Mode() fs.FileMode  { return 0o600 }
func (memoryInfo) ModTime() time.Time { return time.Time{} }
func (memoryInfo) IsDir() bool        { return false }
func (memoryInfo) Sys() any           { return nil }

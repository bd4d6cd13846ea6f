package config

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Write puts an edit onto the disk. Each file is replaced whole, by one rename,
// so that nobody reads a half; it keeps its mode, and a link keeps leading to it.
// If any of the files is not what it was when the edit was made, nothing is
// written and the error is ErrChanged.
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
	for _, r := range ready {
		if err := os.Rename(r.temporary, r.target); err != nil {
			return fmt.Errorf("write %s: %w", r.target, err)
		}
	}
	return nil
}

// replacement is a new content beside the file whose place it takes.
type replacement struct{ temporary, target string }

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

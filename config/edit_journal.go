package config

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// journal is what an edit of several files writes down beside the main one before
// it replaces the first, and takes away after the last. Whoever is killed between
// leaves it, and Recover finishes what it tells of. Whoever writes an edit holds a
// lock on it, by which a dead one is told from one at work.
type journal struct {
	Files []journalFile `json:"files"`
}

// journalFile is one file of the edit. Sums are SHA-256 in hex.
type journalFile struct {
	Name      string `json:"name"`      // from the directory of the main file
	Temporary string `json:"temporary"` // what stands beside the file, until it changes places with it
	Before    string `json:"before"`
	After     string `json:"after"`
}

const (
	// mostJournal bounds a journal, in bytes: maxFiles names of the longest path.
	mostJournal = maxFiles * 2 * 5000
	// edits take milliseconds; whoever is stopped in the middle holds nobody up for longer.
	waitForEdit = 2 * time.Second
	lookForEdit = 5 * time.Millisecond
)

func journalOf(main string) string {
	return filepath.Join(filepath.Dir(main), "."+filepath.Base(main)+".edit")
}

func sumOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// begin writes the journal of an edit, so that it lasts over a power cut. It returns
// how to take it away again.
func begin(main string, ready []*replacement) (end func(), err error) {
	var j journal
	for _, r := range ready {
		name, err := filepath.Rel(filepath.Dir(main), r.edit.Path)
		if err != nil {
			return nil, err
		}
		j.Files = append(j.Files, journalFile{name, filepath.Base(r.temporary), sumOf(r.edit.Before), sumOf(r.edit.After)})
	}
	text, err := json.Marshal(j)
	if err != nil {
		return nil, err
	}
	path := journalOf(main)
	f, err := temporaryFor(path) // whole, and locked, before it has its name
	if err != nil {
		return nil, err
	}
	if _, err = f.Write(text); err == nil {
		err = f.Sync()
	}
	if err == nil {
		err = nameNew(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		_ = f.Close()
		return nil, err
	}
	syncDirectory(filepath.Dir(path))
	return func() { _ = os.Remove(path); _ = f.Close() }, nil
}

// nameNew renames a file to a name that nothing has: ErrChanged if something has,
// which is another edit of the same configuration.
func nameNew(from, to string) error {
	err := unix.Renameat2(unix.AT_FDCWD, from, unix.AT_FDCWD, to, unix.RENAME_NOREPLACE)
	if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOSYS) || errors.Is(err, unix.EOPNOTSUPP) {
		if _, e := os.Lstat(to); e == nil {
			return ErrChanged
		}
		return os.Rename(from, to)
	}
	if errors.Is(err, unix.EEXIST) {
		return ErrChanged
	}
	return err
}

// Recover puts an edit of several files right that was broken off by a kill or a
// power cut: it is finished, so that all files are the new ones. If one of them was
// saved since, somebody has looked after it: what makes no valid configuration
// together is taken back as far as it is the edit's, and all else stays. An edit
// that is at work is waited for, a moment. done says that files were changed.
//
// Who reads the files to run them, or to edit them, calls it first.
func Recover(path string) (done bool, err error) {
	f, err := broken(journalOf(path))
	if f == nil || err != nil {
		return false, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, mostJournal))
	if err != nil {
		return false, fmt.Errorf("recover an edit: %w", err)
	}
	var j journal
	if json.Unmarshal(text, &j) == nil {
		if done, err = j.recover(path); err != nil {
			return done, fmt.Errorf("recover an edit: %w", err)
		}
	}
	if err := os.Remove(f.Name()); err != nil {
		return done, fmt.Errorf("recover an edit: %w", err)
	}
	return done, nil
}

// Interrupted says whether there is an edit for Recover to put right.
func Interrupted(path string) bool {
	f, err := os.OpenFile(journalOf(path), os.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
	if err != nil {
		return false
	}
	defer f.Close()
	return lock(f, unix.LOCK_SH)
}

// broken opens a journal whose writer is gone, and locks it; nil if there is none,
// or its writer is still there after a while.
func broken(path string) (*os.File, error) {
	for late := time.Now().Add(waitForEdit); ; time.Sleep(lookForEdit) {
		f, err := os.OpenFile(path, os.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil, nil
		case err != nil:
			return nil, fmt.Errorf("recover an edit: %w", err)
		case lock(f, unix.LOCK_EX) && stillCalled(f, path):
			return f, nil
		}
		_ = f.Close()
		if time.Now().After(late) {
			return nil, nil
		}
	}
}

// stillCalled says whether a file has this name, and has not been taken away.
func stillCalled(f *os.File, path string) bool {
	mine, err := f.Stat()
	if err != nil || !mine.Mode().IsRegular() {
		return false
	}
	there, err := os.Lstat(path)
	return err == nil && os.SameFile(mine, there)
}

// half is a file of a broken edit, as it is found.
type half struct {
	journalFile
	target, temporary string
	now, beside       string // sums; "" where there is none
}

// find looks at a file. Names come from a file that others may have written: what
// is none of an edit, and what cannot be read, is of no known content.
func (f journalFile) find(main string) half {
	h := half{journalFile: f}
	target, err := filepath.EvalSymlinks(filepath.Join(filepath.Dir(main), f.Name))
	if err != nil || !filepath.IsLocal(f.Name) || filepath.Base(f.Temporary) != f.Temporary ||
		!strings.HasPrefix(f.Temporary, "."+filepath.Base(target)+".") || !strings.HasSuffix(f.Temporary, ".new") {
		return h
	}
	h.target, h.temporary = target, filepath.Join(filepath.Dir(target), f.Temporary)
	h.now, h.beside = sumIn(h.target), sumIn(h.temporary)
	return h
}

func sumIn(name string) string {
	if info, err := os.Lstat(name); err != nil || !info.Mode().IsRegular() {
		return ""
	}
	data, err := readFile(name)
	if err != nil {
		return ""
	}
	return sumOf(data)
}

func (j journal) recover(main string) (done bool, err error) {
	all, returned, err := j.returnSaved(main)
	if err != nil {
		return returned, err
	}
	defer func() { done = done || returned }()
	old := func(h half) bool { return h.now == h.Before }
	renewed := func(h half) bool { return h.now == h.After }
	known := !slices.ContainsFunc(all, func(h half) bool { return !old(h) && !renewed(h) })
	switch {
	case !slices.ContainsFunc(all, renewed): // it had not begun, or somebody has undone it
	case known && !slices.ContainsFunc(all, func(h half) bool { return old(h) && h.beside != h.After }):
		done, err = settle(all, old)
	case !valid(main):
		done, err = settle(all, func(h half) bool { return renewed(h) && h.beside == h.Before })
	}
	for _, h := range all {
		if err == nil && h.target != "" {
			sweep(h.target)
		}
	}
	return done, err
}

// returnSaved finds the files. What was saved in the moment in which one was replaced
// came out of its place, and is there for ever if the kill fell right then: it goes in
// again, for it is newer than the edit.
func (j journal) returnSaved(main string) (all []half, done bool, err error) {
	for _, f := range j.Files {
		h := f.find(main)
		if h.now == h.After && h.beside != "" && h.beside != h.Before && h.beside != h.After {
			if err := (&replacement{temporary: h.temporary, target: h.target}).exchange(); err != nil {
				return nil, done, err
			}
			syncDirectory(filepath.Dir(h.target))
			h, done = f.find(main), true
		}
		all = append(all, h)
	}
	return all, done, nil
}

// settle has those files change places with what stands beside them.
func settle(all []half, which func(half) bool) (done bool, err error) {
	for _, h := range all {
		if !which(h) {
			continue
		}
		r := replacement{temporary: h.temporary, target: h.target}
		err = r.exchange()
		if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOSYS) || errors.Is(err, unix.EOPNOTSUPP) {
			err = os.Rename(h.temporary, h.target)
		}
		if err != nil {
			return done, err
		}
		done = true
		// Saved since it was looked at: what came out is newer, and goes in again.
		if data, err := readFile(h.temporary); err == nil && sumOf(data) != h.now {
			if err := r.exchange(); err != nil {
				return done, err
			}
		}
		syncDirectory(filepath.Dir(h.target))
	}
	return done, nil
}

// valid says whether the configuration is one as it stands.
func valid(main string) bool {
	house, _, err := Load(main)
	return err == nil && house != nil
}

package config

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"golang.org/x/sys/unix"
)

// Write puts an edit onto the disk. Each file is replaced whole, by one rename,
// so that nobody reads a half; it keeps its mode and, where the system lets us give it
// away, its owner and group; and a link keeps leading to it.
// If any of the files is not what it was when the edit was made, or somebody is
// writing to it, nothing is written and the error is ErrChanged.
//
// What is saved while Write is at work is not lost either: the new file and the
// old one change places (renameat2), what came out is compared with what the edit
// was made of, and put back if it is anything else. Who opens the old file to
// write into it meanwhile is held up by a lease, and Write gives way. What remains
// is what the system leaves open: a program that has looked up the name and not
// opened the file yet in the very moment of the exchange; a file system that knows
// neither exchange nor lease (NFS, FAT), where a save between the last look and the
// rename is written over; and a kill between the renames of two files of one edit.
func (e *Edit) Write() error {
	var ready []*replacement
	defer func() {
		for _, r := range ready {
			r.end()
		}
	}()
	for _, f := range e.Files {
		r, err := prepare(f)
		if err != nil {
			return fmt.Errorf("write %s: %w", f.Path, err)
		}
		ready = append(ready, r)
	}
	// Before any file is replaced: the first must not have to be put back for the last.
	for _, r := range ready {
		if err := r.hold(); err != nil {
			return fmt.Errorf("write %s: %w", r.edit.Path, err)
		}
	}
	if len(ready) > 1 {
		end, err := begin(e.main, ready)
		if err != nil {
			return fmt.Errorf("write %s: %w", e.main, err)
		}
		defer end() // before what stands beside the files is removed
	}
	return replaceAll(ready)
}

// replaceAll replaces all files or, but for what is said at Write, none.
func replaceAll(ready []*replacement) error {
	for i, r := range ready {
		if err := r.replace(); err != nil {
			for _, before := range slices.Backward(ready[:i]) {
				err = errors.Join(err, before.putBack())
			}
			return fmt.Errorf("write %s: %w", r.edit.Path, err)
		}
	}
	for _, r := range ready {
		syncDirectory(filepath.Dir(r.target))
	}
	return nil
}

// replacement is a new content beside the file whose place it takes.
type replacement struct {
	edit              FileEdit
	temporary, target string
	new, old          *os.File // both locked; old is held by a lease too, where the system gives one
	leased            bool
	plain             bool // replaced where files cannot change places
}

func prepare(f FileEdit) (*replacement, error) {
	target, err := filepath.EvalSymlinks(f.Path)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(target)
	if err != nil {
		return nil, err
	}
	sweep(target)
	temporary, err := temporaryFor(target)
	if err != nil {
		return nil, err
	}
	r := &replacement{edit: f, temporary: temporary.Name(), target: target, new: temporary}
	_, err = temporary.Write(f.After)
	if err == nil {
		giveAway(temporary, info)
		err = temporary.Chmod(info.Mode().Perm())
	}
	if err == nil {
		err = temporary.Sync()
	}
	if err != nil {
		r.end()
	}
	return r, err
}

// giveAway makes a file that of the owner and the group of another: an edit by root
// must not take the file from who writes it by hand. Only root may do all of that;
// who may not edits it as one of those whom its mode allows to, and it becomes theirs.
func giveAway(f *os.File, like os.FileInfo) {
	is, ok := like.Sys().(*syscall.Stat_t)
	if !ok {
		return
	}
	if f.Chown(int(is.Uid), int(is.Gid)) != nil {
		_ = f.Chown(-1, int(is.Gid))
	}
}

// hold makes sure that nobody writes into the old file from now on unnoticed, and
// that it is what the edit was made of.
func (r *replacement) hold() error {
	var err error
	if r.old, err = os.Open(r.target); err != nil {
		return err
	}
	lock(r.old, unix.LOCK_SH) // it will have the temporary name
	_, err = unix.FcntlInt(r.old.Fd(), unix.F_SETLEASE, unix.F_RDLCK)
	r.leased = err == nil
	if errors.Is(err, unix.EAGAIN) { // somebody has it open for writing
		return ErrChanged
	}
	return r.unchanged(r.target, r.edit.Before)
}

// end removes what is under the temporary name, the old file or a new one that is
// not used, and lets those go on who wait to write.
func (r *replacement) end() {
	if r.temporary != "" {
		_ = os.Remove(r.temporary)
	}
	_ = r.new.Close()
	if r.old != nil {
		_ = r.old.Close()
	}
}

// disturbed says whether somebody waits to write into the old file.
func (r *replacement) disturbed() bool {
	if !r.leased {
		return false
	}
	kind, err := unix.FcntlInt(r.old.Fd(), unix.F_GETLEASE, 0)
	return err != nil || kind != unix.F_RDLCK
}

func (r *replacement) unchanged(name string, want []byte) error {
	now, err := readFile(name)
	if err != nil {
		return err
	}
	if !bytes.Equal(now, want) {
		return ErrChanged
	}
	return nil
}

// replace puts the new file in the place of the old one, which is under the
// temporary name then.
func (r *replacement) replace() error {
	err := r.exchange()
	if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOSYS) || errors.Is(err, unix.EOPNOTSUPP) {
		return r.rename()
	}
	if err != nil {
		return err
	}
	err = r.unchanged(r.temporary, r.edit.Before)
	if led, e := filepath.EvalSymlinks(r.edit.Path); err == nil && (e != nil || led != r.target) || r.disturbed() {
		err = ErrChanged // a link was turned, or somebody waits to write
	}
	if err != nil {
		return errors.Join(err, r.putBack())
	}
	return nil
}

// putBack undoes replace. What comes out must be what replace had put in: anything
// else was saved meanwhile, is newer than both, and goes in again.
func (r *replacement) putBack() error {
	if r.plain {
		return r.renameBack()
	}
	const most = 8 // saves in a row, each within a moment
	in := r.edit.After
	for range most {
		going, err := readFile(r.temporary)
		if err != nil {
			return err
		}
		if err := r.exchange(); err != nil {
			return err
		}
		if r.unchanged(r.temporary, in) == nil {
			return nil
		}
		in = going
	}
	return fmt.Errorf("%s is saved again and again; one more version of it is in %s", r.target, r.keepTemporary())
}

// keepTemporary has the temporary file survive Write.
func (r *replacement) keepTemporary() string {
	name := r.temporary
	r.temporary = ""
	return name
}

func (r *replacement) exchange() error {
	return unix.Renameat2(unix.AT_FDCWD, r.temporary, unix.AT_FDCWD, r.target, unix.RENAME_EXCHANGE)
}

// rename is replace where files cannot change places: what is saved between the
// look and the rename is written over.
func (r *replacement) rename() error {
	if err := r.unchanged(r.target, r.edit.Before); err != nil {
		return err
	}
	if r.disturbed() {
		return ErrChanged
	}
	r.plain = true
	return os.Rename(r.temporary, r.target)
}

func (r *replacement) renameBack() error {
	if err := r.unchanged(r.target, r.edit.After); err != nil {
		return err // somebody's newer one
	}
	back, err := prepare(FileEdit{r.edit.Path, r.edit.After, r.edit.Before})
	if err != nil {
		return err
	}
	defer back.end()
	return os.Rename(back.temporary, back.target)
}

// syncDirectory makes a rename last over a power cut. Where that cannot be done,
// the file is complete all the same, the old one or the new one.
func syncDirectory(name string) {
	if d, err := os.Open(name); err == nil {
		_ = d.Sync()
		_ = d.Close()
	}
}

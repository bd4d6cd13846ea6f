package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// unusable is the error of a file that must be set aside.
type unusable struct {
	suffix string // of its new name
	why    string // "it ..."
}

func (u *unusable) Error() string { return u.why }

// open opens the file, sets aside what cannot be used, and makes a new one,
// which gets what was salvaged. The caller is the writer. It fails with
// ErrUnavailable when the disk takes nothing.
func (s *Store) open(rest salvaged) error {
	db, err := s.openUsable(rest)
	if err != nil && refused(err) {
		if !s.shut {
			s.notice("The store cannot be opened; nothing is remembered until it can: "+err.Error(), s.o.Path)
		}
		s.shut = true
		err = fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	if err != nil {
		return err
	}
	s.known, s.face, s.shut = names{}, clockFace{}, false
	s.openings.Add(1)
	s.reading.Lock()
	s.db = db
	s.reading.Unlock()
	return nil
}

func (s *Store) openUsable(found salvaged) (*database, error) {
	for tries := 0; ; tries++ {
		if err := private(s.o.Path); err != nil {
			return nil, fmt.Errorf("store: %w", err)
		}
		db, rest, err := s.ready()
		found.add(rest)
		if err == nil {
			if !found.empty() {
				err = db.transact(true, func() error { return db.take(found) })
			}
			return db, err
		}
		var why *unusable
		if !errors.As(err, &why) && damaged(err) {
			why = &unusable{"corrupt", "it is damaged: " + err.Error()}
		}
		if why == nil || tries > 0 { // a new file cannot be one of these
			return nil, fmt.Errorf("store: open %s: %w", s.o.Path, err)
		}
		if err := s.setAside(why); err != nil {
			return nil, err
		}
	}
}

// ready opens the file and brings it up to this version. Of one in which the
// states are damaged it gives those that can be read.
func (s *Store) ready() (_ *database, rest salvaged, err error) {
	ctx := context.Background()
	db, err := openDatabase(ctx, s.o)
	if err != nil {
		return nil, salvaged{}, err
	}
	defer func() {
		if err != nil {
			_ = db.Close()
		}
	}()
	current, newest, err := db.versions(ctx, s.o.migrations)
	switch {
	case err != nil:
		return nil, salvaged{}, err
	case current > newest:
		return nil, salvaged{}, &unusable{fmt.Sprintf("newer-%d", current),
			fmt.Sprintf("it was written by a newer Hob (version %d of the database, this one knows %d)", current, newest)}
	case current < newest:
		if err := s.upgrade(ctx, db, current, newest); err != nil {
			return nil, salvaged{}, err
		}
	}
	// What a start stands on is read once; it is small.
	_, err = db.load(ctx)
	if err == nil {
		err = db.eachMemory(ctx, "", func(RuleMemory) {})
	}
	if damaged(err) {
		rest = db.salvage()
	}
	return db, rest, err
}

// upgrade migrates the file. One that holds something is copied before, to
// Path.before-VERSION; an older copy of that name is replaced. This takes as
// long as the file is large, and only a new version of Hob does it.
func (s *Store) upgrade(ctx context.Context, db *database, current, newest int64) error {
	if current > 0 {
		name := fmt.Sprintf("%s.before-%d", s.o.Path, newest)
		if err := db.copyTo(ctx, name); err != nil {
			return fmt.Errorf("copy before the upgrade: %w", err)
		}
		s.notice(fmt.Sprintf("The store is brought from version %d to %d; what it was is kept", current, newest), name)
	}
	if err := db.migrate(ctx, s.o.migrations); err != nil {
		if refused(err) || damaged(err) || current == 0 {
			return err
		}
		return &unusable{fmt.Sprintf("version-%d", current),
			fmt.Sprintf("it could not be brought to version %d: %v", newest, err)}
	}
	return nil
}

// copyTo writes a consistent copy, whole or not at all.
func (db *database) copyTo(ctx context.Context, name string) error {
	part := name + ".part"
	if err := os.Remove(part); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := private(part); err != nil {
		return err
	}
	if _, err := db.conn.ExecContext(ctx, "VACUUM INTO ?", part); err != nil {
		_ = os.Remove(part)
		return err
	}
	f, err := os.Open(part)
	if err != nil {
		return err
	}
	err = errors.Join(f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(part, name)
	}
	return errors.Join(err, syncDir(name))
}

// setAside renames the file and what belongs to it. Nobody has it open.
func (s *Store) setAside(why *unusable) error {
	to := s.o.Path + "." + why.suffix
	if why.suffix == "corrupt" {
		to += "-" + s.o.Now().UTC().Format("20060102T150405Z")
	}
	to = unused(to)
	for _, part := range []string{"", "-wal", "-shm"} {
		err := os.Rename(s.o.Path+part, to+part)
		if err != nil && (part == "" || !errors.Is(err, fs.ErrNotExist)) {
			return fmt.Errorf("store: set aside: %w", err)
		}
	}
	s.notice("The store was set aside and a new one begun: "+why.why, to)
	return syncDir(to)
}

// unused is name, or the first of name-2, name-3, ... that is no file.
func unused(name string) string {
	for n, try := 2, name; ; n++ {
		if _, err := os.Lstat(try); err != nil {
			return try
		}
		try = fmt.Sprintf("%s-%d", name, n)
	}
}

func syncDir(name string) error {
	d, err := os.Open(filepath.Dir(name))
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// A database begins with a header of 100 bytes (https://sqlite.org/fileformat2.html).
const (
	headerSize = 100
	magic      = "SQLite format 3\x00"
)

// looksRight sees without SQLite what SQLite would not call damage until it
// comes across it: a file that is none of its own, or that is cut short.
func looksRight(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || info.Size() == 0 {
		return err
	}
	var h [headerSize]byte
	if _, err := io.ReadFull(f, h[:]); err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	if !bytes.HasPrefix(h[:], []byte(magic)) {
		return &unusable{"corrupt", "it is no database"}
	}
	if wal, err := os.Stat(path + "-wal"); err == nil && wal.Size() > 0 {
		return nil // the rest may be in there
	}
	size := int64(binary.BigEndian.Uint16(h[16:]))
	if size == 1 {
		size = 65536
	}
	pages := int64(binary.BigEndian.Uint32(h[28:]))
	if sure := bytes.Equal(h[24:28], h[92:96]); sure && info.Size() < pages*size {
		return &unusable{"corrupt", fmt.Sprintf("it was cut short: %d of %d bytes are there", info.Size(), pages*size)}
	}
	return nil
}

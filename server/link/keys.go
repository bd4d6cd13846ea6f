package link

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"hob/internal/entity"
	"hob/internal/wire"
)

// Pair is what the server holds of one board: the key in use and, while an
// adoption or a rotation is under way, the one that comes next. Either may be
// the zero Key, not both.
type Pair struct {
	Current, Next wire.Key
}

// adopted says whether some session has been opened under a key of the pair, or
// the board has said that it stored one.
func (p Pair) adopted() bool { return !p.Current.IsZero() }

// Keys keeps the keys of boards in a directory, one file each. A change is on
// the disk, whole, before the method returns; a crash leaves the old file or
// the new one. Safe for concurrent use within one process.
type Keys struct {
	dir string

	mu sync.Mutex
	// before is called ahead of each step of a write and makes it fail; nil
	// outside of tests of crashes.
	before func(step string) error
}

// OpenKeys uses dir, which it makes (mode 0700) when it is not there.
func OpenKeys(dir string) (*Keys, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	if err := syncDir(filepath.Dir(dir)); err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	return &Keys{dir: dir}, nil
}

// maxKeyFile is more than two keys take.
const maxKeyFile = 1024

// keyFile is the JSON of a key file.
type keyFile struct {
	Current string `json:"current,omitempty"`
	Next    string `json:"next,omitempty"`
}

// Load gives a board's keys; the zero Pair when there are none. A file that
// others can read, or that holds anything but keys, is an error and never
// counts as "no key".
func (k *Keys) Load(id entity.BoardID) (Pair, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.load(id)
}

func (k *Keys) load(id entity.BoardID) (Pair, error) {
	path, err := k.path(id)
	if err != nil {
		return Pair{}, err
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Pair{}, nil
	}
	if err != nil {
		return Pair{}, fmt.Errorf("keys of %s: %w", id, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return Pair{}, fmt.Errorf("keys of %s: %w", id, err)
	}
	if mode := info.Mode(); !mode.IsRegular() || mode.Perm()&0o077 != 0 {
		return Pair{}, fmt.Errorf("keys of %s: %s has mode %v; it must be a file that only its owner can read (0600)",
			id, path, mode)
	}
	p, err := decodePair(f)
	if err != nil {
		return Pair{}, fmt.Errorf("keys of %s: %s is damaged", id, path)
	}
	return p, nil
}

func decodePair(r io.Reader) (p Pair, err error) {
	var file keyFile
	d := json.NewDecoder(io.LimitReader(r, maxKeyFile))
	d.DisallowUnknownFields()
	if err := d.Decode(&file); err != nil {
		return p, err
	}
	for _, side := range []struct {
		text string
		key  *wire.Key
	}{{file.Current, &p.Current}, {file.Next, &p.Next}} {
		if side.text == "" {
			continue
		}
		if *side.key, err = wire.ParseKey(side.text); err != nil {
			return Pair{}, err
		}
	}
	if p == (Pair{}) {
		return p, wire.ErrKey
	}
	return p, nil
}

// update replaces a board's keys by what change makes of them; the zero Pair
// deletes the file.
func (k *Keys) update(id entity.BoardID, change func(Pair) Pair) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	old, err := k.load(id)
	if err != nil {
		return err
	}
	p := change(old)
	if p == old {
		return nil
	}
	if err := k.store(id, p); err != nil {
		return fmt.Errorf("keys of %s: %w", id, err)
	}
	return nil
}

// promote makes next the key, if it is still the next one.
func (k *Keys) promote(id entity.BoardID, next wire.Key) error {
	return k.update(id, func(p Pair) Pair {
		if p.Next == next {
			return Pair{Current: next}
		}
		return p
	})
}

// remove deletes a board's keys, even from a damaged file.
func (k *Keys) remove(id entity.BoardID) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if err := k.store(id, Pair{}); err != nil {
		return fmt.Errorf("keys of %s: %w", id, err)
	}
	return nil
}

// store writes a temporary file, syncs it, renames it over the old one and
// syncs the directory, so that a power cut at any moment leaves a whole file.
func (k *Keys) store(id entity.BoardID, p Pair) error {
	path, err := k.path(id)
	if err != nil {
		return err
	}
	if p == (Pair{}) {
		return k.steps(
			step{"remove", func() error { return ignoreMissing(os.Remove(path)) }},
			step{"sync directory", func() error { return syncDir(k.dir) }},
		)
	}
	var file keyFile
	if !p.Current.IsZero() {
		file.Current = p.Current.Reveal()
	}
	if !p.Next.IsZero() {
		file.Next = p.Next.Reveal()
	}
	text, err := json.Marshal(file)
	if err != nil {
		return err
	}
	temp := path + ".new"
	return k.steps(
		step{"write", func() error { return writeFile(temp, append(text, '\n')) }},
		step{"rename", func() error { return os.Rename(temp, path) }},
		step{"sync directory", func() error { return syncDir(k.dir) }},
	)
}

type step struct {
	name string
	do   func() error
}

func (k *Keys) steps(steps ...step) error {
	for _, s := range steps {
		if k.before != nil {
			if err := k.before(s.name); err != nil {
				return err
			}
		}
		if err := s.do(); err != nil {
			return err
		}
	}
	return nil
}

// path refuses ids that are none: they would name files elsewhere.
func (k *Keys) path(id entity.BoardID) (string, error) {
	if !entity.ValidBoardID(string(id)) {
		return "", fmt.Errorf("keys: %q is no board id", id)
	}
	return filepath.Join(k.dir, string(id)+".json"), nil
}

func writeFile(path string, text []byte) (err error) {
	// A temporary file that a crash has left may have any mode.
	if err := ignoreMissing(os.Remove(path)); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if _, err := f.Write(text); err != nil {
		return err
	}
	return f.Sync()
}

func syncDir(path string) (err error) {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	return d.Sync()
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

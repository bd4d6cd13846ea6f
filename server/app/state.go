package app

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

var (
	// ErrInUse says that another server uses the state directory.
	ErrInUse = errors.New("another server is using this state directory")
	// ErrState says that there can be no state in that directory.
	ErrState = errors.New("state directory")
)

// stateDir is the server's directory: keys, token, socket. It is locked while
// the server runs.
type stateDir struct {
	path string
	lock *os.File
	log  *slog.Logger
}

const lockName = "hob.lock"

func openState(path string, log *slog.Logger) (*stateDir, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrState, err)
	}
	f, err := os.OpenFile(filepath.Join(path, lockName), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrState, err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("%s: %w", path, ErrInUse)
	}
	s := &stateDir{path, f, log}
	s.withdraw(path, 0o022, "others could replace what is in the state directory")
	return s, nil
}

// withdraw takes rights to a file from those who must not have them, and says so: what
// they were used for until now cannot be known.
func (s *stateDir) withdraw(path string, rights os.FileMode, what string) {
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm()&rights == 0 {
		return
	}
	mode := info.Mode().Perm()
	if err := os.Chmod(path, mode&^rights); err != nil {
		s.log.Warn(what+", and still can", "file", path, "mode", mode, "error", err)
		return
	}
	s.log.Warn(what+"; its mode is changed", "file", path, "mode", mode)
}

// Abandoned says whether a server has used this directory as its state and is gone.
func Abandoned(path string) bool {
	f, err := os.OpenFile(filepath.Join(path, lockName), os.O_RDWR|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		return false
	}
	defer f.Close()
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil
}

// Close gives the directory free. The kernel does so too when the server dies.
func (s *stateDir) Close() { _ = s.lock.Close() }

func (s *stateDir) file(name string) string { return filepath.Join(s.path, name) }

const (
	// tokenShape is what fits into a header, a cookie and a URL as it is.
	tokenShape = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~"
	minToken   = 16
	tokenBytes = 24 // of randomness in one that is made
)

// token reads the bearer token, or makes one.
func (s *stateDir) token() (string, error) {
	path := s.file("token")
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return newToken(path)
	}
	if err != nil {
		return "", fmt.Errorf("token: %w", err)
	}
	t := strings.TrimSpace(string(b))
	if len(t) < minToken || strings.Trim(t, tokenShape) != "" {
		return "", fmt.Errorf("%s holds no usable token; remove it and a new one is made", path)
	}
	// A group may have been given it on purpose.
	s.withdraw(path, 0o007, "everybody on this computer could read the token; if that is more than you, remove it and a new one is made")
	return t, nil
}

// newToken makes a token and writes it. A half-written one would lock everybody out.
func newToken(path string) (string, error) {
	raw := make([]byte, tokenBytes)
	_, _ = rand.Read(raw) // never fails (crypto/rand)
	t := base64.RawURLEncoding.EncodeToString(raw)
	if err := writeWhole(path, []byte(t+"\n")); err != nil {
		return "", fmt.Errorf("token: %w", err)
	}
	return t, nil
}

// writeWhole makes data the content of a file of mode 0600, whole or not at all.
func writeWhole(path string, data []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+"-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	_, err = f.Write(data)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	return err
}

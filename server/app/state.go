package app

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// ErrInUse says that another server uses the state directory.
var ErrInUse = errors.New("another server is using this state directory")

// stateDir is the server's directory: keys, token, socket. It is locked while
// the server runs.
type stateDir struct {
	path string
	lock *os.File
}

func openState(path string) (*stateDir, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("state directory: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(path, "hob.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("state directory: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("%s: %w", path, ErrInUse)
	}
	return &stateDir{path, f}, nil
}

// Close gives the directory free. The kernel does so too when the server dies.
func (s *stateDir) Close() { _ = s.lock.Close() }

func (s *stateDir) file(name string) string { return filepath.Join(s.path, name) }

// token reads the bearer token, or makes one.
func (s *stateDir) token() (string, error) {
	path := s.file("token")
	b, err := os.ReadFile(path)
	if err == nil {
		t := strings.TrimSpace(string(b))
		if len(t) < 16 {
			return "", fmt.Errorf("%s holds no usable token; remove it and a new one is made", path)
		}
		return t, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("token: %w", err)
	}
	raw := make([]byte, 24)
	_, _ = rand.Read(raw) // never fails (crypto/rand)
	t := base64.RawURLEncoding.EncodeToString(raw)
	// Whole or not at all: a half-written token would lock everybody out.
	tmp := path + ".tmp"
	if err := os.WriteFile(tmp, []byte(t+"\n"), 0o600); err != nil {
		return "", fmt.Errorf("token: %w", err)
	}
	if err := os.Rename(tmp, path); err != nil {
		return "", fmt.Errorf("token: %w", err)
	}
	return t, nil
}

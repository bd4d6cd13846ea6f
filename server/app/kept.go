package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"hob/config"
)

const (
	// keptName is the file of the state directory with the configuration in force.
	keptName = "config.kept.json"
	// mostKept bounds it, in bytes: what a configuration may have, and all of it
	// escaped.
	mostKept = 8 << 20
)

// KeptConfig is the configuration that the server with this state directory had in
// force last, if it was that of the file; else ok is false.
func KeptConfig(state, file string) (k config.Kept, ok bool) {
	k, err := readKept(filepath.Join(state, keptName))
	return k, err == nil && k.IsOf(file)
}

func readKept(path string) (config.Kept, error) {
	f, err := os.Open(path)
	if err != nil {
		return config.Kept{}, err
	}
	defer f.Close()
	var k config.Kept
	err = json.NewDecoder(io.LimitReader(f, mostKept)).Decode(&k)
	return k, err
}

// keepConfig keeps what is in force now for a start that finds mistakes in the files,
// such as the one after a power cut in the middle of an edit.
func (a *App) keepConfig(l config.Loaded) {
	if err := a.state.keep(l, a.file); err != nil {
		a.log.Warn("the config in force cannot be kept for a start that finds mistakes in it", "error", err)
	}
}

func (s *stateDir) keep(l config.Loaded, f file) error {
	k, err := l.Keep(f.since)
	if err != nil {
		return err
	}
	path := s.file(keptName)
	switch was, err := readKept(path); {
	case err == nil && was.Same(k):
		return nil
	case errors.Is(err, fs.ErrPermission):
		return err // it is not ours
	}
	text, err := json.Marshal(k)
	if err != nil {
		return fmt.Errorf("keep the configuration: %w", err)
	}
	return writeWhole(path, text)
}

package config

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Text is one of the files that a configuration consists of.
type Text struct {
	Name string // as diagnostics name it
	Data []byte
}

// Texts are the files of a configuration that people edit, the main one first:
// never those with secrets.
type Texts struct {
	Files []Text
	// Version names their names and contents. It says nothing of the secrets, not
	// even whether they have changed.
	Version string
}

// ReadTexts reads the configuration at path, valid or not. A file that is named in
// it and cannot be read is left out. The error is an *EditError where a file is
// larger than one may be: what was read would not be all of it.
func ReadTexts(path string) (Texts, error) {
	data, err := readFile(path)
	if err != nil {
		return Texts{}, &ReadError{path, err}
	}
	if len(data) > maxBytes {
		return Texts{}, cannotEdit("%s is larger than %d KiB", path, maxBytes>>10)
	}
	l, err := ParseBeside(path, data)
	if err != nil {
		return Texts{}, err
	}
	out := Texts{Files: []Text{{path, data}}}
	root, err := os.OpenRoot(filepath.Dir(path))
	if err != nil {
		return Texts{}, &ReadError{path, err}
	}
	defer root.Close()
	for _, name := range l.Files[1:] {
		if filepath.Base(name) == secretsFile {
			continue
		}
		data, _, err := readIn(root.FS(), inDirectory(path, name), maxBytes)
		if errors.Is(err, errTooLarge) {
			return Texts{}, cannotEdit("%s is larger than %d KiB", name, maxBytes>>10)
		}
		if err == nil {
			out.Files = append(out.Files, Text{name, data})
		}
	}
	out.Version = out.version()
	return out, nil
}

func (t Texts) version() string {
	h := sha256.New()
	part := func(b []byte) { // with its length, so that no two lists of parts are alike
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(b)))
		h.Write(n[:])
		h.Write(b)
	}
	for _, f := range t.Files {
		part([]byte(f.Name))
		part(f.Data)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// Replace is the edit that gives one file of the configuration at path, which need
// not be valid, another content as a whole. name is one of ReadTexts, or "" for the
// main one. The edit has no Before. If the files are not of the version based, "" for
// any, the error is ErrChanged; it is an *EditError with what is wrong with the text.
func Replace(path, name, based string, text []byte) (*Edit, error) {
	now, err := ReadTexts(path)
	if err != nil {
		return nil, err
	}
	if based != "" && based != now.Version { // of what is replaced, and not of what was there a moment ago
		return nil, fmt.Errorf("replace %s: %w", path, ErrChanged)
	}
	if name == "" {
		name = path
	}
	for _, f := range now.Files {
		if f.Name == name {
			return replace(path, now.Files[0].Data, FileEdit{name, f.Data, text})
		}
	}
	return nil, cannotEdit("the configuration has no file %q", name)
}

func replace(path string, main []byte, f FileEdit) (*Edit, error) {
	root, err := os.OpenRoot(filepath.Dir(path))
	if err != nil {
		return nil, fmt.Errorf("edit configuration: %w", err)
	}
	defer root.Close()
	dir := overlay{FS: root.FS(), content: map[string][]byte{}}
	if f.Path == path {
		main = f.After
	} else {
		dir.content[inDirectory(path, f.Path)] = f.After
	}
	l := ParseFS(path, main, dir)
	if l.House == nil {
		return nil, &EditError{Message: "the text is not a valid configuration", List: l.List}
	}
	out := &Edit{After: l.House, Warnings: l.List}
	if !bytes.Equal(f.Before, f.After) {
		out.Files = []FileEdit{f}
	}
	return out, nil
}

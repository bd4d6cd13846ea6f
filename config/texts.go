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
	root, err := os.OpenRoot(filepath.Dir(path))
	if err != nil {
		return Texts{}, &ReadError{path, err}
	}
	defer root.Close()
	f := newFiles(path, data, root.FS())
	readTree(newReport(path, data, f), data)
	for _, name := range f.large { // beside the others; by itself it may be edited until it fits
		data, _, err := readIn(root.FS(), name, maxBytes)
		if errors.Is(err, errTooLarge) {
			return Texts{}, cannotEdit("%s is larger than %d KiB", f.shown(name), maxBytes>>10)
		}
		if err == nil {
			f.texts = append(f.texts, Text{name, data})
		}
	}
	return textsOf(path, data, f.texts), nil
}

// textsOf are the files that people edit among those that were read.
func textsOf(path string, main []byte, read []Text) Texts {
	out := Texts{Files: []Text{{path, main}}}
	for _, t := range read {
		if filepath.Base(t.Name) != secretsFile {
			out.Files = append(out.Files, Text{filepath.Join(filepath.Dir(path), filepath.FromSlash(t.Name)), t.Data})
		}
	}
	out.Version = out.version()
	return out
}

// editable are the files that people edit, as they were read.
func (l Loaded) editable(path string) Texts { return textsOf(path, l.texts[0].Data, l.texts[1:]) }

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
			return replace(path, now, FileEdit{name, f.Data, text})
		}
	}
	return nil, cannotEdit("the configuration has no file %q", name)
}

// replace checks the text beside the others as they were read: what is of a version
// and what is checked are the same bytes.
func replace(path string, now Texts, f FileEdit) (*Edit, error) {
	root, err := os.OpenRoot(filepath.Dir(path))
	if err != nil {
		return nil, fmt.Errorf("edit configuration: %w", err)
	}
	defer root.Close()
	dir := overlay{FS: root.FS(), content: map[string][]byte{}}
	for _, t := range now.Files {
		dir.content[inDirectory(path, t.Name)] = t.Data
	}
	dir.content[inDirectory(path, f.Path)] = f.After
	l := ParseFS(path, dir.content[inDirectory(path, path)], dir)
	if l.House == nil {
		return nil, &EditError{Message: "the text is not a valid configuration", List: l.List}
	}
	out := &Edit{After: l.House, Warnings: l.List, Based: now.Version, Version: l.editable(path).Version}
	if !bytes.Equal(f.Before, f.After) {
		out.Files = []FileEdit{f}
	}
	return out, nil
}

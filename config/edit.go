package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"hob/internal/diag"
	"hob/internal/entity"
)

// Edit is a change of configuration files that has been made in memory and
// checked, and not been written yet.
type Edit struct {
	Before, After *entity.House // Before is nil of one that Replace has made
	Files         []FileEdit    // those that differ
	Warnings      diag.List     // of the edited files
	Based         string        // the Version of the Texts that were edited
	Version       string        // and of what they become
	main          string        // the configuration's main file
}

// FileEdit is one file of an Edit.
type FileEdit struct {
	Path          string
	Before, After []byte
}

// EditError says why an edit cannot be made. List has what would be wrong with
// the edited files, or is wrong with them as they are. Malformed says that what was
// asked for is no edit of any files.
type EditError struct {
	Message   string
	List      diag.List
	Malformed bool
}

// Error implements error.
func (e *EditError) Error() string { return e.Message }

func cannotEdit(format string, args ...any) error {
	return &EditError{Message: fmt.Sprintf(format, args...)}
}

func malformed(format string, args ...any) error {
	return &EditError{Message: fmt.Sprintf(format, args...), Malformed: true}
}

// ErrChanged is what Write returns when a file on disk is no longer the one that
// was edited. Nothing has been written then.
var ErrChanged = errors.New("the file has been changed meanwhile")

// editor makes edits of one configuration.
type editor struct {
	path    string
	loaded  Loaded
	book    *book
	content map[string][]byte // by name as shown
	splices []splice
	tests   []tested
}

// edit makes an edit of the configuration at path: change adds splices. The
// result is parsed again, and must be a valid house.
func edit(path string, change func(*editor) error) (*Edit, error) {
	if _, err := Recover(path); err != nil {
		return nil, fmt.Errorf("edit configuration: %w", err)
	}
	data, err := readFile(path)
	if err != nil {
		return nil, &ReadError{path, err}
	}
	root, err := os.OpenRoot(filepath.Dir(path))
	if err != nil {
		return nil, fmt.Errorf("edit configuration: %w", err)
	}
	defer root.Close()
	return editIn(path, data, root.FS(), change)
}

// editIn is edit for a main file that is given, beside what is in dir.
func editIn(path string, data []byte, dir fs.FS, change func(*editor) error) (*Edit, error) {
	e := &editor{path: path, content: map[string][]byte{path: data}}
	if err := e.load(data, dir); err != nil {
		return nil, err
	}
	e.readTests(dir)
	if err := change(e); err != nil {
		return nil, err
	}
	out := &Edit{Before: e.loaded.House, main: path, Based: e.loaded.editable(path).Version}
	edited := overlay{FS: dir, content: make(map[string][]byte)}
	for name, before := range e.content {
		var mine []splice
		for _, s := range e.splices {
			if s.file == name {
				mine = append(mine, s)
			}
		}
		after, err := apply(before, mine)
		if err != nil {
			return nil, err
		}
		if !bytes.Equal(before, after) {
			out.Files = append(out.Files, FileEdit{name, before, after})
		}
		edited.content[inDirectory(path, name)] = after
	}
	slices.SortFunc(out.Files, func(a, b FileEdit) int { return bytes.Compare([]byte(a.Path), []byte(b.Path)) })
	again := &Sheet{path: path}
	again.Loaded, again.book = parseAll(path, edited.content[filepath.Base(path)], edited, true)
	if again.House == nil {
		return nil, &EditError{Message: "the edited configuration would not be valid", List: again.List}
	}
	if list := e.checkTests(again, edited.content); list != nil {
		return nil, &EditError{Message: "the tests beside the edited configuration would not be valid", List: list}
	}
	out.After, out.Warnings, out.Version = again.House, again.List, again.editable(path).Version
	return out, nil
}

// inDirectory is the name of a file in the directory of the main one.
func inDirectory(main, name string) string {
	rel, err := filepath.Rel(filepath.Dir(main), name)
	if err != nil {
		return name
	}
	return filepath.ToSlash(rel)
}

// load parses the configuration as it is, and keeps what was found where.
func (e *editor) load(data []byte, dir fs.FS) error {
	var b *book
	e.loaded, b = parseAll(e.path, data, dir, false)
	if e.loaded.House == nil {
		return &EditError{Message: "the configuration is not valid as it is", List: e.loaded.List}
	}
	e.book = b
	for _, t := range e.loaded.editable(e.path).Files { // nothing refers to an entity in the secrets
		e.content[t.Name] = t.Data
	}
	return nil
}

func (e *editor) layout(file string) layout { return newLayout(e.content[file]) }

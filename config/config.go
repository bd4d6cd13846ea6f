// Package config turns config.yaml into an [entity.House], or into a complete
// list of what is wrong with it.
//
// It owns the file's format: limits and YAML itself (scan.go, syntax.go,
// limits.go), a small decoder over YAML nodes that keeps the position of every
// key and value (value.go, decode.go and the field types), one file for each
// kind of entity, and the checks across entities (check_*.go). It also makes the
// JSON schema and docs/config.md of those types, and edits files by replacing
// bytes (edit*.go). `hob check`, `hob serve`, reload and the commands that edit
// call it. Parse is a pure function: callers may run it
// from several goroutines, and nobody else holds what it returns.
package config

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"gopkg.in/yaml.v3"

	"hob/internal/diag"
	"hob/internal/entity"
)

// maxBytes bounds a configuration file.
const maxBytes = 1 << 20

// Loaded is what came of a configuration.
type Loaded struct {
	House *entity.House // nil if List has errors
	List  diag.List     // sorted; may hold warnings next to a House
	// Files are all files that the configuration consists of, the main one first,
	// also those that could not be read: what to watch for changes.
	Files []string

	texts []Text // what they hold, the main one first, by their names in its directory; secrets too
}

// Load reads and parses the file at path and the files that it names. The error
// says that the file could not be read at all; everything that is wrong inside
// it is in the list, under the name path. The House is nil if the list has errors.
func Load(path string) (*entity.House, diag.List, error) {
	l, err := LoadFiles(path)
	return l.House, l.List, err
}

// LoadFrom is Load of a text that is not in a file yet. Diagnostics and errors say path,
// and what it includes comes from the directory of that.
func LoadFrom(text io.Reader, path string) (*entity.House, diag.List, error) {
	data, err := readText(text)
	if err != nil {
		return nil, nil, &ReadError{path, err}
	}
	l, err := ParseBeside(path, data)
	return l.House, l.List, err
}

// LoadFiles is Load that also tells which files there are. With an error, too,
// Files has the main one.
func LoadFiles(path string) (Loaded, error) {
	data, err := readFile(path)
	if err != nil {
		return Loaded{Files: []string{path}}, &ReadError{path, err}
	}
	return ParseBeside(path, data)
}

// ParseBeside decodes and checks data as if it were the content of the file at
// path, which need not exist: included files and secrets come from its directory.
func ParseBeside(path string, data []byte) (Loaded, error) {
	dir := filepath.Dir(path)
	root, err := os.OpenRoot(dir)
	if err != nil {
		return Loaded{Files: []string{path}}, &ReadError{path, err}
	}
	defer root.Close()
	return ParseFS(path, data, root.FS()), nil
}

// Parse decodes and checks a configuration of one file, without files that it
// includes and without secrets. name is the file name that the diagnostics
// carry. The list is sorted and may hold warnings next to a House; the House is
// nil if the list has errors.
func Parse(name string, data []byte) (*entity.House, diag.List) {
	l := ParseFS(name, data, nil)
	return l.House, l.List
}

// ParseFS decodes and checks a configuration whose main file has the given name
// and content; what it includes, and its secrets, are read from dir, which is the
// directory of the main file. dir may be nil.
func ParseFS(name string, data []byte, dir fs.FS) Loaded {
	l, _ := parseAll(name, data, dir, true)
	return l
}

// parseAll is ParseFS that also hands out the book; nil where the file could not
// be read so far. Without together it does not warn of what rules do together,
// which is most of the work for a house that is valid.
func parseAll(name string, data []byte, dir fs.FS, together bool) (Loaded, *book) {
	f := newFiles(name, data, dir)
	r := newReport(name, data, f)
	b := parse(r, data)
	l := Loaded{Files: f.names, texts: append([]Text{{filepath.Base(name), data}}, f.texts...)}
	if !r.hasErrors() {
		l.House = b.house()
		l.House.Files = f.names
		if together {
			b.checkMissed()
			b.checkTogether(l.House)
		}
	}
	l.List = r.done()
	return l, b
}

// parse decodes and checks; the result is nil if there is nothing to check.
func parse(r *report, data []byte) *book {
	root, ok := readTree(r, data)
	if !ok || !withinLimits(r, root) {
		return nil
	}
	r.exampleBoard(root)
	var h houseYAML
	decodeStruct(rootValue(r, root), &h)
	b := newBook(r, &h)
	b.check()
	return b
}

// readTree is what the main file says, with what it includes in its place. It reports
// false if that is nothing to decode.
func readTree(r *report, data []byte) (*yaml.Node, bool) {
	if !scan(r, r.src, data) {
		return nil, false
	}
	root, ok := parseYAML(r, r.src, data)
	if !ok || !r.expandHouse(root) {
		return nil, false
	}
	return root, true
}

// readFile reads one byte more than the limit at most, so that Parse can say
// that the file is too large.
func readFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() { // a pipe could block for ever
		return nil, &os.PathError{Op: "open", Path: path, Err: errNoFile}
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readText(f)
}

// readText reads a whole file, or enough of it to see that it is too large.
func readText(r io.Reader) ([]byte, error) { return io.ReadAll(io.LimitReader(r, maxBytes+1)) }

// Package config turns config.yaml into an [entity.House], or into a complete
// list of what is wrong with it.
//
// It owns the file's format: limits and YAML itself (scan.go, syntax.go,
// limits.go), a small decoder over YAML nodes that keeps the position of every
// key and value (value.go, decode.go and the field types), one file for each
// kind of entity, and the checks across entities (check_*.go). `hob check`,
// `hob serve` and reload call it. Parse is a pure function: callers may run it
// from several goroutines, and nobody else holds what it returns.
package config

import (
	"errors"
	"fmt"
	"io"
	"os"

	"hob/internal/diag"
	"hob/internal/entity"
)

// maxBytes bounds a configuration file.
const maxBytes = 1 << 20

// Load reads and parses the file at path. The error says that the file could
// not be read at all; everything that is wrong inside it is in the list, under
// the name path. The House is nil if the list has errors.
func Load(path string) (*entity.House, diag.List, error) {
	data, err := readFile(path)
	if err != nil {
		return nil, nil, fmt.Errorf("read configuration: %w", err)
	}
	house, list := Parse(path, data)
	return house, list, nil
}

// Parse decodes and checks a configuration. name is the file name that the
// diagnostics carry. The list is sorted and may hold warnings next to a House;
// the House is nil if the list has errors.
func Parse(name string, data []byte) (*entity.House, diag.List) {
	r := newReport(diag.NewSource(name, data))
	house := parse(r, data)
	list := r.done()
	if list.HasErrors() {
		return nil, list
	}
	return house, list
}

func parse(r *report, data []byte) *entity.House {
	if !scan(r, data) {
		return nil
	}
	root, ok := parseYAML(r, data)
	if !ok || !withinLimits(r, root) {
		return nil
	}
	var h houseYAML
	decodeStruct(rootValue(r, root), &h)
	b := newBook(r, &h)
	b.check()
	if r.hasErrors() {
		return nil
	}
	return b.house()
}

// readFile reads one byte more than the limit at most, so that Parse can say
// that the file is too large.
func readFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() { // a pipe could block for ever
		return nil, &os.PathError{Op: "open", Path: path, Err: errors.New("not a regular file")}
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxBytes+1))
}

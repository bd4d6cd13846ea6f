package config

import (
	"io/fs"
	"path/filepath"
	"strings"

	"hob/internal/diag"
	"hob/internal/entity"
)

// TestsEnd is how the name of a file of tests ends. Those beside a configuration
// belong to it.
const TestsEnd = ".test.yaml"

// tested is a file of tests beside the configuration that is edited.
type tested struct {
	name     string // as shown
	r        *report
	mentions mentions
	wrong    bool // it has mistakes as it is
}

// readTests looks at the files of tests in dir. One that cannot be read is left alone.
func (e *editor) readTests(dir fs.FS) {
	all, err := fs.ReadDir(dir, ".")
	if err != nil {
		return
	}
	for _, f := range all {
		if !strings.HasSuffix(f.Name(), TestsEnd) || len(e.tests) == maxFiles {
			continue
		}
		data, _, err := readIn(dir, f.Name(), maxBytes)
		if err != nil {
			continue
		}
		name := filepath.Join(filepath.Dir(e.path), f.Name())
		r, c := e.sheet().about(name, data)
		_, list := parseTests(r, c, data)
		e.content[name] = data
		e.tests = append(e.tests, tested{name, r, c.mentions, list.HasErrors()})
	}
}

func (e *editor) sheet() *Sheet { return &Sheet{Loaded: e.loaded, path: e.path, book: e.book} }

// renameInTests replaces an id in the files of tests, as far as they are understood.
func (e *editor) renameInTests(from, to entity.ID) error {
	for _, t := range e.tests {
		for _, m := range t.mentions[from] {
			if err := e.replaceID(t.r, m, from, to); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkTests says what would be wrong with files of tests that were right, with a
// configuration as edited.
func (e *editor) checkTests(edited *Sheet, content map[string][]byte) diag.List {
	var all diag.List
	for _, t := range e.tests {
		if t.wrong {
			continue
		}
		if _, list := edited.parseTests(t.name, content[inDirectory(e.path, t.name)]); list.HasErrors() {
			all = append(all, list...)
		}
	}
	return all
}

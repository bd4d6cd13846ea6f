package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"hob/internal/diag"
)

const (
	// maxFiles and maxInclusion bound the files of one house and how deeply they
	// include each other. Their bytes together are bounded by maxBytes.
	maxFiles     = 64
	maxInclusion = 8

	secretsFile = "secrets.yaml"
)

// files reads what the main file names. Paths are relative to the main file's
// directory, and fs.FS keeps everything within it: whoever may edit the file
// through the dashboard must not get to read the rest of the disk by it.
type files struct {
	dir   fs.FS  // nil: there is no directory, and nothing can be included
	where string // the directory as it is shown, such as "conf"; "" for none
	left  int    // bytes
	names []string
	texts []Text   // what was read, under its name in dir, each once
	large []string // what was too large to be read, beside the others
}

// newFiles is for a main file with this name and content.
func newFiles(name string, data []byte, dir fs.FS) *files {
	return &files{dir: dir, where: filepath.Dir(name), left: maxBytes - min(len(data), maxBytes), names: []string{name}}
}

// shown is how a file of the directory is named in diagnostics and in House.Files.
func (f *files) shown(name string) string { return filepath.Join(f.where, filepath.FromSlash(name)) }

// errTooLarge is what read returns when the files together exceed maxBytes.
var errTooLarge = errors.New("too large")

// read returns a file's content. The name is remembered also if that fails: a
// file that is missing may come, and is worth watching for. A file is read once, so
// that all who include it get the same; then there is no FileInfo.
func (f *files) read(name string) ([]byte, fs.FileInfo, error) {
	if shown := f.shown(name); !slices.Contains(f.names, shown) {
		f.names = append(f.names, shown)
	}
	if f.dir == nil {
		return nil, nil, fs.ErrNotExist
	}
	if i := slices.IndexFunc(f.texts, func(t Text) bool { return t.Name == name }); i >= 0 {
		data := f.texts[i].Data
		if len(data) > f.left {
			return nil, nil, errTooLarge
		}
		f.left -= len(data)
		return data, nil, nil
	}
	data, info, err := readIn(f.dir, name, f.left)
	f.left -= min(len(data), f.left)
	switch {
	case err == nil:
		f.texts = append(f.texts, Text{name, data})
	case errors.Is(err, errTooLarge) && !slices.Contains(f.large, name):
		f.large = append(f.large, name)
	}
	return data, info, err
}

// readIn reads a regular file of a directory, and errTooLarge where it has more
// than most bytes.
func readIn(dir fs.FS, name string, most int) ([]byte, fs.FileInfo, error) {
	info, err := fs.Stat(dir, name) // first: to open a pipe could take for ever
	if err != nil {
		return nil, nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, nil, errors.New("it is not a regular file")
	}
	file, err := dir.Open(name)
	if err != nil {
		return nil, nil, err
	}
	defer file.Close()
	if info, err = file.Stat(); err != nil {
		return nil, nil, err
	}
	data, err := io.ReadAll(io.LimitReader(file, int64(most)+1))
	if err == nil && len(data) > most {
		err = errTooLarge
	}
	return data, info, err
}

// expand puts the content of included files in the place of `!include NAME`. It
// follows no aliases; the limits are checked when all is in place. Where nothing can
// be put it leaves a gap.
func (r *report) expand(n *yaml.Node, src *diag.Source, dir string, chain []string) {
	if n.Tag == "!include" && n.Kind != yaml.AliasNode {
		if !r.include(n, src, dir, chain) {
			r.gaps.open(n)
		}
		return
	}
	for _, c := range n.Content {
		r.expand(c, src, dir, chain)
	}
}

// expandHouse is expand for the main file. It reports false if nothing is left of it.
func (r *report) expandHouse(root *yaml.Node) bool {
	chain := []string{filepath.Base(r.src.Name())}
	if root.Kind != yaml.MappingNode {
		r.expand(root, r.src, ".", chain)
		return !r.gaps.nodes[root]
	}
	for i := 0; i+1 < len(root.Content); i += 2 {
		key, val, before := root.Content[i], root.Content[i+1], len(r.gaps.nodes)
		r.expand(key, r.src, ".", chain)
		r.expand(val, r.src, ".", chain)
		r.gaps.note(key.Value, val, before)
	}
	return true
}

// include replaces one node. chain are the files that led to it, from the main one.
func (r *report) include(n *yaml.Node, src *diag.Source, dir string, chain []string) bool {
	at := nodeSpan(src, n)
	refuse := func(message, suggestion string) bool {
		r.errorAt(at, problem{code: diag.BadInclude, message: message, suggestion: suggestion})
		return false
	}
	if n.Kind != yaml.ScalarNode || n.Value == "" {
		return refuse("!include needs the name of a file", "write such as: switches: !include switches.yaml")
	}
	name := path.Join(dir, n.Value)
	switch {
	case !fs.ValidPath(name) || path.IsAbs(n.Value) || strings.Contains(n.Value, "\\"):
		return refuse(fmt.Sprintf("%s is outside of the directory of the main file", quote(n.Value)),
			"keep all files of a house in one directory, or below it")
	case path.Ext(name) != ".yaml" && path.Ext(name) != ".yml":
		return refuse(fmt.Sprintf("%s is no YAML file", quote(n.Value)), "name the file with .yaml at its end")
	case path.Base(name) == secretsFile:
		return refuse(secretsFile+" is not included as a whole", "write !secret NAME where one of its values belongs")
	case slices.Contains(chain, name):
		return refuse(fmt.Sprintf("%s includes itself: %s", quote(n.Value), strings.Join(append(chain, name), " -> ")),
			"delete this !include")
	case len(chain) > maxInclusion || len(r.files.names) > maxFiles:
		return refuse(fmt.Sprintf("too many files: %d are the most, and %d inside each other", maxFiles, maxInclusion), "join some of them")
	}
	data, _, err := r.files.read(name)
	switch {
	case errors.Is(err, errTooLarge):
		return refuse(fmt.Sprintf("the files together are larger than %d KiB", maxBytes>>10), "")
	case errors.Is(err, fs.ErrNotExist):
		return refuse(fmt.Sprintf("there is no file %s", r.files.shown(name)), "names are relative to the file that includes them")
	case err != nil && strings.Contains(err.Error(), "path escapes"): // what os.Root says
		return refuse(fmt.Sprintf("%s is a link to outside of the directory of the main file", r.files.shown(name)),
			"keep all files of a house in one directory, or below it")
	case err != nil:
		return refuse(fmt.Sprintf("%s cannot be read: %s", r.files.shown(name), reason(err)), "")
	}
	return r.parseIncluded(n, name, data, chain)
}

// reason is an error without the path that the message has already.
func reason(err error) string {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err.Error()
	}
	return err.Error()
}

func (r *report) parseIncluded(n *yaml.Node, name string, data []byte, chain []string) bool {
	src := r.source(r.files.shown(name), data)
	if !scan(r, src, data) {
		return false
	}
	root, ok := parseYAML(r, src, data)
	if !ok {
		return false
	}
	r.own(root, src)
	chain = append(slices.Clone(chain), name)
	if r.expand(root, src, path.Dir(name), chain); r.gaps.nodes[root] {
		return false // it was nothing but the name of another one
	}
	anchor := n.Anchor
	*n = *root // in place: aliases of the node mean its content
	n.Anchor = anchor
	r.origin[n] = r.origin[root]
	return true
}

// own notes which file the nodes of a tree are written in.
func (r *report) own(n *yaml.Node, src *diag.Source) {
	r.origin[n] = src
	for _, c := range n.Content {
		r.own(c, src)
	}
}

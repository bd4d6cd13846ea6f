package config

import (
	"path/filepath"
	"slices"
	"time"
)

// Kept is a configuration without a mistake, as it was read: with it a house goes on
// that is started while its files have mistakes. It holds secrets, and is for nobody
// but who may read them.
type Kept struct {
	Path  string     `json:"path"`  // of the main file, absolute
	Since time.Time  `json:"since"` // when it was put in force
	Files []KeptFile `json:"files"` // the main one first
}

// KeptFile is one file of a Kept.
type KeptFile struct {
	Name string `json:"name"` // in the directory of the main file, with slashes
	Text string `json:"text"`
}

// Keep is the configuration as it was read. l has a House.
func (l Loaded) Keep(since time.Time) (Kept, error) {
	path, err := filepath.Abs(l.Files[0])
	k := Kept{Path: path, Since: since}
	for _, t := range l.texts {
		k.Files = append(k.Files, KeptFile{t.Name, string(t.Data)})
	}
	return k, err
}

// IsOf says whether the main file was the one at path.
func (k Kept) IsOf(path string) bool {
	abs, err := filepath.Abs(path)
	return err == nil && abs == k.Path && len(k.Files) > 0
}

// Same says whether k and other declare the same in the same words.
func (k Kept) Same(other Kept) bool {
	return k.Path == other.Path && slices.Equal(k.Files, other.Files)
}

// Load decodes and checks k, which is of the file at path: no file is read. The House
// is nil if this version of Hob finds a mistake in what an earlier one found none in.
func (k Kept) Load(path string) Loaded {
	content := map[string][]byte{}
	for _, f := range k.Files[1:] {
		content[f.Name] = []byte(f.Text)
	}
	return ParseFS(path, []byte(k.Files[0].Text), overlay{content: content})
}

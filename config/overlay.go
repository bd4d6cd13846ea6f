package config

import (
	"bytes"
	"io/fs"
	"path/filepath"
	"time"
)

// overlay is a directory in which some files have another content.
type overlay struct {
	fs.FS
	content map[string][]byte
}

// Open implements fs.FS.
func (o overlay) Open(name string) (fs.File, error) {
	data, ok := o.content[name]
	if !ok {
		if o.FS == nil {
			return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
		}
		return o.FS.Open(name)
	}
	return &memoryFile{Reader: bytes.NewReader(data), name: name}, nil
}

// Stat implements fs.StatFS: without it fs.Stat would open the file, and a pipe can
// take for ever to open.
func (o overlay) Stat(name string) (fs.FileInfo, error) {
	if data, ok := o.content[name]; ok {
		return memoryInfo{name, int64(len(data))}, nil
	}
	if o.FS == nil {
		return nil, &fs.PathError{Op: "stat", Path: name, Err: fs.ErrNotExist}
	}
	return fs.Stat(o.FS, name)
}

// memoryFile is a file of an overlay.
type memoryFile struct {
	*bytes.Reader
	name string
}

func (f *memoryFile) Stat() (fs.FileInfo, error) { return memoryInfo{f.name, f.Size()}, nil }
func (f *memoryFile) Close() error               { return nil }

// memoryInfo is the fs.FileInfo of a file that is only in memory.
type memoryInfo struct {
	name string
	size int64
}

func (i memoryInfo) Name() string     { return filepath.Base(i.name) }
func (i memoryInfo) Size() int64      { return i.size }
func (memoryInfo) Mode() fs.FileMode  { return 0o600 }
func (memoryInfo) ModTime() time.Time { return time.Time{} }
func (memoryInfo) IsDir() bool        { return false }
func (memoryInfo) Sys() any           { return nil }

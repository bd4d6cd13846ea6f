package watch

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/fsnotify/fsnotify"
)

// names are the directories in which a change can make a path lead to another
// file, and in each of them the names that matter. Directories are free of links:
// fsnotify knows each by one name only.
type names map[string]*directory

type directory struct {
	names map[string]bool
	info  fs.FileInfo // which one it is; nil when it could not be looked at
}

// concern says whether an event with this path can have changed a file.
func (n names) concern(path string) bool {
	if n[path] != nil { // the directory itself has gone
		return true
	}
	d := n[filepath.Dir(path)]
	return d != nil && d.names[filepath.Base(path)]
}

func (n names) note(dir, name string) {
	d := n[dir]
	if d == nil {
		d = &directory{names: map[string]bool{}}
		d.info, _ = os.Stat(dir) // if it is gone by now, watching it fails too
		n[dir] = d
	}
	d.names[name] = true
}

// mostLinks is how many links a path may lead over, as for the system.
const mostLinks = 40

// walk follows a path as the system does and notes every name by which it could
// lead elsewhere: the file's own, that of each link on the way, and the first that
// does not exist, since it may come.
func (n names) walk(path string) {
	path, err := filepath.Abs(path)
	if err != nil {
		return // there is no working directory any more
	}
	dir, rest, links := "/", parts(path), 0
	for len(rest) > 0 {
		name := rest[0]
		rest = rest[1:]
		if name == ".." { // in a link; dir is free of them
			dir = filepath.Dir(dir)
			continue
		}
		full := filepath.Join(dir, name)
		info, err := os.Lstat(full)
		if err != nil {
			n.note(dir, name)
			return
		}
		if info.Mode()&fs.ModeSymlink != 0 {
			n.note(dir, name)
			target, err := os.Readlink(full)
			if links++; err != nil || links > mostLinks {
				return
			}
			if filepath.IsAbs(target) {
				dir = "/"
			}
			rest = append(parts(target), rest...)
			continue
		}
		if !info.IsDir() || len(rest) == 0 {
			n.note(dir, name)
			return
		}
		dir = full
	}
}

// parts splits a path without cleaning it: what .. means depends on the links
// before it.
func parts(path string) []string {
	var out []string
	for p := range strings.SplitSeq(path, "/") {
		if p != "" && p != "." {
			out = append(out, p)
		}
	}
	return out
}

// follow watches what the paths lead over now, and nothing else.
func (w *Watcher) follow() {
	before := w.names
	w.names = names{}
	for _, f := range w.files {
		w.names.walk(f)
	}
	if w.events == nil {
		var err error
		if w.events, err = w.open(); err != nil {
			w.events = nil
			w.without(err)
			return
		}
	}
	for dir, was := range before {
		if now := w.names[dir]; now == nil || !sameDirectory(was.info, now.info) {
			_ = w.events.Remove(dir) // it may be gone already
		}
	}
	w.complete = true
	for dir := range w.names {
		// Also those that were watched: one that went and came back may be lost.
		err := w.add(w.events, dir)
		switch {
		case err == nil:
		case errors.Is(err, fs.ErrNotExist): // it has gone since: the next look finds out
			w.complete = false
		default:
			w.without(err)
		}
	}
}

func sameDirectory(a, b fs.FileInfo) bool { return a != nil && b != nil && os.SameFile(a, b) }

// without says, once, that events are missing.
func (w *Watcher) without(err error) {
	w.complete = false
	if !w.said {
		w.said = true
		w.log.Warn("the system does not tell when files change; they are looked at every few seconds instead",
			"every", w.poll, "error", err)
	}
}

// channels are where events and errors come from; nil where there are none.
func (w *Watcher) channels() (chan fsnotify.Event, chan error) {
	if w.events == nil {
		return nil, nil
	}
	return w.events.Events, w.events.Errors
}

func (w *Watcher) close() {
	if w.events != nil {
		_ = w.events.Close()
		w.events, w.complete = nil, false
	}
}

// Package watch tells when the files of a configuration have changed, in whatever
// way an editor or a tool saves them: in place, by renaming another file over
// them, by deleting and creating them, by turning a symbolic link somewhere else.
//
// Directories are watched and not files, since a watched file that was replaced
// is never heard of again. What counts is the content: an event after which all
// files are as they were is none. `hob serve` runs one Watcher and reloads when it
// is told. SetFiles may be called from any goroutine; Changed is called on Run's.
package watch

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"
)

// Options configures New.
type Options struct {
	// Changed is called when the content of a file differs, is gone or has come.
	// While it runs, nothing is watched for; what happens meanwhile is told next.
	Changed func()
	// Quiet is how long the files must have been left alone; 0 is 100 ms.
	Quiet time.Duration
	// Longest is how long a storm of events puts Changed off at most; 0 is 500 ms.
	Longest time.Duration
	// Poll is how often the files are looked at without an event, for file systems
	// that tell none; 0 is 10 s.
	Poll time.Duration
}

// Watcher watches files. Make one with New.
type Watcher struct {
	o      Options
	notify chan struct{} // SetFiles was called

	mu    sync.Mutex
	files []string
}

// New returns a Watcher of no files.
func New(o Options) *Watcher {
	orDefault := func(d *time.Duration, otherwise time.Duration) {
		if *d == 0 {
			*d = otherwise
		}
	}
	orDefault(&o.Quiet, 100*time.Millisecond)
	orDefault(&o.Longest, 500*time.Millisecond)
	orDefault(&o.Poll, 10*time.Second)
	return &Watcher{o: o, notify: make(chan struct{}, 1)}
}

// SetFiles says which files to watch from now on. Files need not exist. What was
// watched and has not changed since is not told of again.
func (w *Watcher) SetFiles(files []string) {
	w.mu.Lock()
	w.files = slices.Clone(files)
	w.mu.Unlock()
	select {
	case w.notify <- struct{}{}:
	default:
	}
}

func (w *Watcher) current() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.files
}

// Run watches until ctx ends, and returns nil then. Where the system cannot tell
// of events, the files are looked at every Poll.
func (w *Watcher) Run(ctx context.Context) error {
	r := &run{Watcher: w, seen: make(map[string]fingerprint)}
	events, err := fsnotify.NewWatcher()
	if err == nil {
		r.events = events
		defer events.Close()
	}
	poll := time.NewTicker(w.o.Poll)
	defer poll.Stop()
	r.follow()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-w.notify:
			r.follow()
		case <-poll.C:
			r.settle(ctx, false)
		case _, ok := <-r.told():
			r.settle(ctx, ok)
		case _, ok := <-r.failed():
			r.settle(ctx, ok) // events may have been lost
		}
	}
}

// run is what only Run's goroutine touches.
type run struct {
	*Watcher
	events *fsnotify.Watcher      // nil where there is none
	seen   map[string]fingerprint // of every file that is watched
}

func (r *run) told() chan fsnotify.Event {
	if r.events == nil {
		return nil
	}
	return r.events.Events
}

func (r *run) failed() chan error {
	if r.events == nil {
		return nil
	}
	return r.events.Errors
}

// follow takes up the files of SetFiles. Those that are new are taken as they are.
func (r *run) follow() {
	files := r.current()
	r.watchDirectories(files)
	next := make(map[string]fingerprint, len(files))
	for _, f := range files {
		if p, known := r.seen[f]; known {
			next[f] = p
		} else {
			next[f] = look(f)
		}
	}
	r.seen = next
}

// watchDirectories watches every directory in which something could change what
// one of the files is, and no other.
func (r *run) watchDirectories(files []string) {
	if r.events == nil {
		return
	}
	want := make(map[string]bool)
	for _, f := range files {
		for _, dir := range directories(f) {
			want[dir] = true
		}
	}
	for _, dir := range r.events.WatchList() {
		if !want[dir] {
			_ = r.events.Remove(dir) // it may be gone already
		}
	}
	for dir := range want {
		_ = r.events.Add(dir) // one that is not there is looked at again by polling
	}
}

// settle waits until the files are left alone, and tells if they differ then.
func (r *run) settle(ctx context.Context, events bool) {
	if events && !r.quiet(ctx) {
		return
	}
	r.watchDirectories(r.current()) // links may lead elsewhere now
	differs := false
	for f, before := range r.seen {
		if now := look(f); now != before {
			r.seen[f], differs = now, true
		}
	}
	if differs {
		r.o.Changed()
	}
}

// quiet waits for Quiet without an event, for Longest at most. It reports false
// if ctx ended.
func (r *run) quiet(ctx context.Context) bool {
	longest := time.NewTimer(r.o.Longest)
	defer longest.Stop()
	quiet := time.NewTimer(r.o.Quiet)
	defer quiet.Stop()
	for {
		select {
		case <-ctx.Done():
			return false
		case <-longest.C:
			return true
		case <-quiet.C:
			return true
		case <-r.told():
			quiet.Reset(r.o.Quiet)
		}
	}
}

// fingerprint tells two contents of a file apart.
type fingerprint struct {
	there bool
	sum   [sha256.Size]byte
	mode  os.FileMode // secrets depend on it
}

// maxLook bounds what is read of a file; a configuration is far smaller.
const maxLook = 4 << 20

// look takes the fingerprint of a file as it is now.
func look(name string) fingerprint {
	info, err := os.Stat(name)
	if err != nil || !info.Mode().IsRegular() {
		return fingerprint{}
	}
	f, err := os.Open(name)
	if err != nil {
		return fingerprint{mode: info.Mode()}
	}
	defer f.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, io.LimitReader(f, maxLook)); err != nil {
		return fingerprint{mode: info.Mode()}
	}
	p := fingerprint{there: true, mode: info.Mode()}
	hash.Sum(p.sum[:0])
	return p
}

// maxLinks is how many symbolic links a name may lead over.
const maxLinks = 40

// directories are those in which a change can make name another file: its own,
// and those of every link on the way to it, as far as the way exists.
func directories(name string) []string {
	name, err := filepath.Abs(name)
	if err != nil {
		return nil
	}
	var out []string
	links := 0
	var visit func(name string)
	visit = func(name string) {
		dir := filepath.Dir(name)
		if dir != name {
			visit(dir)
		}
		target, err := os.Readlink(name)
		if errors.Is(err, os.ErrNotExist) {
			out = append(out, dir) // it may come
			return
		}
		if err != nil {
			return // no link
		}
		out = append(out, dir)
		if links++; links > maxLinks {
			return
		}
		if !filepath.IsAbs(target) {
			target = filepath.Join(dir, target)
		}
		visit(target)
	}
	visit(name)
	out = append(out, filepath.Dir(name))
	if real, err := filepath.EvalSymlinks(name); err == nil {
		out = append(out, filepath.Dir(real))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

package watch

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"hob/internal/logtest"
)

// patience is for a computer that does much else; nothing waits so long otherwise.
const patience = 20 * time.Second

// rig is a Watcher of files in a directory. By itself it never looks without an
// event: what a test sees, an event has brought.
type rig struct {
	t     *testing.T
	dir   string
	watch *Watcher
	said  logtest.Buffer
	reads chan string // what the files held each time they were used, joined by "|"

	mu    sync.Mutex
	names []string // relative
	stop  func()
}

func newRig(t *testing.T, names ...string) *rig {
	t.Helper()
	r := &rig{t: t, dir: t.TempDir(), reads: make(chan string, 10000), names: names}
	r.watch = New(Options{Files: r.files(), Read: r.read, Log: slog.New(slog.NewTextHandler(&r.said, nil))})
	r.watch.quiet, r.watch.look, r.watch.poll = 10*time.Millisecond, time.Hour, time.Hour
	return r
}

func (r *rig) path(name string) string { return filepath.Join(r.dir, name) }

func (r *rig) files() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []string
	for _, n := range r.names {
		out = append(out, r.path(n))
	}
	return out
}

func (r *rig) read(bool) ([]string, func()) {
	files := r.files()
	held := hold(files)
	return files, func() { r.reads <- held }
}

func hold(files []string) string {
	var held []string
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			text = []byte("none")
		}
		held = append(held, string(text))
	}
	return strings.Join(held, "|")
}

// start runs it. When it returns the files have been read, and are watched.
func (r *rig) start() {
	r.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- r.watch.Run(ctx) }()
	r.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			r.t.Error(err)
		}
	})
	r.t.Cleanup(r.stop)
	select {
	case <-r.reads:
	case <-time.After(patience):
		r.t.Fatal("nothing is read when it starts")
	}
}

// await waits until the files were used as they are now.
func (r *rig) await(want string) {
	r.t.Helper()
	late := time.After(patience)
	var got []string
	for {
		select {
		case held := <-r.reads:
			if held == want {
				return
			}
			got = append(got, held)
		case <-late:
			r.t.Fatalf("never read as %q, but as %q", want, got)
		}
	}
}

func (r *rig) do(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// write writes in place.
func (r *rig) write(name, text string) {
	r.t.Helper()
	r.do(os.MkdirAll(filepath.Dir(r.path(name)), 0o755))
	r.do(os.WriteFile(r.path(name), []byte(text), 0o600))
}

// replace puts a whole file in the place of another.
func (r *rig) replace(name, text string) {
	r.t.Helper()
	r.write(name+".tmp", text)
	r.do(os.Rename(r.path(name+".tmp"), r.path(name)))
}

func (r *rig) link(target, name string) {
	r.t.Helper()
	r.do(os.Symlink(target, r.path(name)))
}

// turn makes a link lead elsewhere in one step.
func (r *rig) turn(target, name string) {
	r.t.Helper()
	r.link(target, name+".new")
	r.do(os.Rename(r.path(name+".new"), r.path(name)))
}

func (r *rig) append(name, text string) {
	r.t.Helper()
	f, err := os.OpenFile(r.path(name), os.O_APPEND|os.O_WRONLY, 0)
	r.do(err)
	_, err = f.WriteString(text)
	r.do(err)
	r.do(f.Close())
}

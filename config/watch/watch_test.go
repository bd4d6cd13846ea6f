package watch_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hob/config/watch"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is for a computer that does much else; nothing waits so long otherwise.
const patience = 20 * time.Second

// rig is a running Watcher of files in a directory.
type rig struct {
	t     *testing.T
	dir   string
	told  chan struct{}
	watch *watch.Watcher
}

func newRig(t *testing.T, poll time.Duration, files ...string) *rig {
	t.Helper()
	r := &rig{t: t, dir: t.TempDir(), told: make(chan struct{}, 1000)}
	r.watch = watch.New(watch.Options{Changed: func() { r.told <- struct{}{} }, Quiet: 10 * time.Millisecond, Poll: poll})
	for _, f := range files {
		r.write(f, "one")
	}
	return r
}

// start watches the files; it returns when they have been taken as they are. It
// knows by a file of its own, which it changes until that is told.
func (r *rig) start(files ...string) {
	r.t.Helper()
	r.follow(files...)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- r.watch.Run(ctx) }()
	r.t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			r.t.Error(err)
		}
	})
	r.probe("probe.yaml")
}

func (r *rig) follow(files ...string) {
	paths := []string{r.path("probe.yaml")}
	for _, f := range files {
		paths = append(paths, r.path(f))
	}
	r.watch.SetFiles(paths)
}

// probe changes a file again and again until a change is told.
func (r *rig) probe(name string) {
	r.t.Helper()
	for i := 0; ; i++ {
		r.replace(name, fmt.Sprint("probe ", i))
		select {
		case <-r.told:
			r.drain()
			return
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// drain takes what is still told of changes that were made before.
func (r *rig) drain() {
	for {
		select {
		case <-r.told:
		case <-time.After(100 * time.Millisecond):
			return
		}
	}
}

// replace puts a file in place whole, so that nobody sees it half or empty.
func (r *rig) replace(name, text string) {
	r.t.Helper()
	r.write("new.tmp", text)
	r.do(os.Rename(r.path("new.tmp"), r.path(name)))
}

func (r *rig) path(name string) string { return filepath.Join(r.dir, name) }

func (r *rig) write(name, text string) {
	r.t.Helper()
	if err := os.MkdirAll(filepath.Dir(r.path(name)), 0o755); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(r.path(name), []byte(text), 0o600); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) do(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) await(what string) {
	r.t.Helper()
	select {
	case <-r.told:
	case <-time.After(patience):
		r.t.Fatalf("%s, and nothing was told", what)
	}
}

func TestEveryWayToSaveIsNoticed(t *testing.T) {
	for name, save := range map[string]func(r *rig){
		"in place": func(r *rig) { r.write("config.yaml", "two") },
		"rename over": func(r *rig) {
			r.write(".config.yaml.swp", "two")
			r.do(os.Rename(r.path(".config.yaml.swp"), r.path("config.yaml")))
		},
		"delete and create": func(r *rig) {
			r.do(os.Remove(r.path("config.yaml")))
			r.write("config.yaml", "two")
		},
		"move away and create": func(r *rig) {
			r.do(os.Rename(r.path("config.yaml"), r.path("config.yaml~")))
			r.write("config.yaml", "two")
		},
		"delete":         func(r *rig) { r.do(os.Remove(r.path("config.yaml"))) },
		"an include":     func(r *rig) { r.write("rooms/lights.yaml", "two") },
		"a missing one":  func(r *rig) { r.write("later.yaml", "two") },
		"another mode":   func(r *rig) { r.do(os.Chmod(r.path("secrets.yaml"), 0o644)) },
		"append":         func(r *rig) { r.append("config.yaml", " and more") },
		"same length":    func(r *rig) { r.write("config.yaml", "eno") },
		"a whole folder": func(r *rig) { r.do(os.RemoveAll(r.path("rooms"))) },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, time.Hour, "config.yaml", "rooms/lights.yaml", "secrets.yaml")
			r.start("config.yaml", "rooms/lights.yaml", "secrets.yaml", "later.yaml")
			save(r)
			r.await(name)
		})
	}
}

func (r *rig) append(name, text string) {
	r.t.Helper()
	f, err := os.OpenFile(r.path(name), os.O_APPEND|os.O_WRONLY, 0)
	r.do(err)
	_, err = f.WriteString(text)
	r.do(err)
	r.do(f.Close())
}

// As cluster tools do it: the file is a link into a directory that is itself a
// link, and only that one is turned.
func TestATurnedLinkIsNoticed(t *testing.T) {
	r := newRig(t, time.Hour, "v1/config.yaml", "v2/config.yaml")
	r.write("v2/config.yaml", "two")
	r.do(os.Symlink("v1", r.path("..data")))
	r.do(os.Symlink("..data/config.yaml", r.path("config.yaml")))
	r.start("config.yaml")
	r.do(os.Symlink("v2", r.path("..tmp")))
	r.do(os.Rename(r.path("..tmp"), r.path("..data")))
	r.await("the link leads elsewhere")
	r.replace("v2/config.yaml", "three")
	r.await("the new target is followed")
}

// After a save by renaming, the next one is noticed too, and the one after.
func TestSavesGoOnBeingNoticed(t *testing.T) {
	r := newRig(t, time.Hour, "config.yaml")
	r.start("config.yaml")
	for i := range 5 {
		r.replace("config.yaml", fmt.Sprint("version ", i))
		r.await("a save")
	}
}

// However many saves there are, the last one is seen.
func TestAStormEndsWithTheLastVersion(t *testing.T) {
	r := newRig(t, time.Hour, "config.yaml")
	seen := make(chan string, 1000)
	r.watch = watch.New(watch.Options{Quiet: 50 * time.Millisecond, Poll: time.Hour, Changed: func() {
		text, err := os.ReadFile(r.path("config.yaml"))
		if err != nil {
			t.Error(err)
		}
		seen <- string(text)
		r.told <- struct{}{}
	}})
	r.start("config.yaml")
	for len(seen) > 0 {
		<-seen
	}
	const saves = 300
	for i := range saves {
		r.replace("config.yaml", fmt.Sprint("version ", i))
	}
	for deadline := time.After(patience); ; {
		select {
		case text := <-seen:
			if text != fmt.Sprint("version ", saves-1) {
				continue
			}
		case <-deadline:
			t.Fatal("the last version was never told")
		}
		break
	}
}

// What leaves all files as they were is nothing.
func TestTouchingIsNoChange(t *testing.T) {
	r := newRig(t, time.Hour, "config.yaml", "other.yaml")
	r.start("config.yaml", "other.yaml")
	now := time.Now()
	r.do(os.Chtimes(r.path("config.yaml"), now, now))
	r.replace("config.yaml", "one")
	r.write("unrelated.yaml", "two")
	r.replace("other.yaml", "two") // and this is one
	r.await("the other file")
	r.replace("other.yaml", "three")
	r.await("the other file again")
	if n := len(r.told); n != 0 {
		t.Errorf("told %d times more", n)
	}
}

// Without events, looking now and then is enough.
func TestPollingFindsWhatEventsDoNotTell(t *testing.T) {
	r := newRig(t, 20*time.Millisecond, "config.yaml")
	r.start("config.yaml", "no/such/folder/file.yaml")
	r.write("no/such/folder/file.yaml", "here") // whose directory could not be watched
	r.await("a file in a new folder")
}

// A file that is no longer named is no longer watched, and a new one is from the
// moment on in which it is named.
func TestTheFilesMayChange(t *testing.T) {
	r := newRig(t, time.Hour, "config.yaml", "a.yaml", "b.yaml")
	r.start("config.yaml", "a.yaml")
	r.follow("config.yaml", "b.yaml")
	r.probe("b.yaml") // until that is taken up
	r.replace("a.yaml", "two")
	r.replace("b.yaml", "three")
	r.await("the new file")
	if n := len(r.told); n != 0 {
		t.Errorf("told %d times more", n)
	}
}

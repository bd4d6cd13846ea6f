package watch

import (
	"os"
	"testing"
	"time"
)

// pen is a file that is being written.
type pen struct {
	r *rig
	f *os.File
}

// rewrite opens a file as a shell's > does.
func (r *rig) rewrite(name string) pen {
	r.t.Helper()
	f, err := os.OpenFile(r.path(name), os.O_WRONLY|os.O_TRUNC, 0)
	r.do(err)
	r.t.Cleanup(func() { _ = f.Close() })
	return pen{r, f}
}

func (p pen) write(text string) {
	p.r.t.Helper()
	_, err := p.f.WriteString(text)
	p.r.do(err)
}

// askedAbout tells each time the watcher has found the file open for writing.
func (r *rig) askedAbout(name string) chan struct{} {
	asked := make(chan struct{}, 10000)
	r.watch.writing = func(file string) bool {
		open := openForWriting(file)
		if open && file == r.path(name) {
			asked <- struct{}{}
		}
		return open
	}
	return asked
}

// first is what was read first since the last time.
func (r *rig) first() string {
	r.t.Helper()
	select {
	case held := <-r.reads:
		return held
	case <-time.After(patience):
		r.t.Fatal("nothing is read")
		return ""
	}
}

func (r *rig) found(asked chan struct{}) {
	r.t.Helper()
	select {
	case <-asked:
	case held := <-r.reads:
		r.t.Fatalf("read as %q, which is not all of it", held)
	case <-time.After(patience):
		r.t.Fatal("nobody asks whether it is being written")
	}
}

func leases(t *testing.T) {
	t.Helper()
	f, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if !openForWriting(f.Name()) {
		t.Skip("this file system knows no leases")
	}
}

// The first half may be valid by itself: a house in which the relays of the second
// are gone.
func TestWhatSomebodyIsStillWritingIsNotRead(t *testing.T) {
	leases(t)
	r := newRig(t, "config.yaml", "lights.yaml")
	r.write("config.yaml", "one")
	r.write("lights.yaml", "one")
	asked := r.askedAbout("config.yaml")
	r.watch.longest = 20 * time.Millisecond
	r.start()
	pen := r.rewrite("config.yaml")
	pen.write("two")
	for range 5 {
		r.found(asked)
	}
	r.write("lights.yaml", "two") // which does not make the other one whole
	for range 5 {
		r.found(asked)
	}
	pen.write(" and more")
	r.do(pen.f.Close())
	if held := r.first(); held != "two and more|two" {
		t.Errorf("read as %q", held)
	}
}

func TestAFileThatIsKeptOpenIsReadInTheEnd(t *testing.T) {
	leases(t)
	for name, hurry := range map[string]func(w *Watcher){
		"and left alone":  func(w *Watcher) { w.idle = 50 * time.Millisecond },
		"and written on":  func(w *Watcher) { w.slowest = 50 * time.Millisecond },
		"and not changed": func(w *Watcher) { w.idle = time.Hour; w.slowest = time.Hour },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, "config.yaml", "lights.yaml")
			r.write("config.yaml", "one")
			r.write("lights.yaml", "one")
			hurry(r.watch)
			r.start()
			if name == "and not changed" {
				f, err := os.OpenFile(r.path("config.yaml"), os.O_WRONLY, 0)
				r.do(err)
				defer f.Close()
				r.write("lights.yaml", "two")
				r.await("one|two")
				return
			}
			pen := r.rewrite("config.yaml")
			pen.write("two")
			r.await("two|one")
		})
	}
}

// Who has seen a mistake and sends SIGHUP means the file as it is.
func TestAgainDoesNotWaitForAWriter(t *testing.T) {
	leases(t)
	r := newRig(t, "config.yaml")
	r.write("config.yaml", "one")
	asked := r.askedAbout("config.yaml")
	r.start()
	r.rewrite("config.yaml").write("two")
	r.found(asked)
	r.watch.Again()
	if held := r.first(); held != "two" {
		t.Errorf("read as %q", held)
	}
}

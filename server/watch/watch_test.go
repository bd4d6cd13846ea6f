package watch

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"

	"hob/internal/leaktest"
)

func TestMain(m *testing.M) { leaktest.Main(m) }

func TestEveryWayOfSavingIsSeen(t *testing.T) {
	for name, save := range map[string]func(r *rig){
		"in place":         func(r *rig) { r.write("config.yaml", "two") },
		"the same length":  func(r *rig) { r.write("config.yaml", "eno") },
		"renamed over":     func(r *rig) { r.replace("config.yaml", "two") },
		"deleted":          func(r *rig) { r.do(os.Remove(r.path("config.yaml"))) },
		"deleted and made": func(r *rig) { r.do(os.Remove(r.path("config.yaml"))); r.write("config.yaml", "two") },
		"put aside": func(r *rig) {
			r.do(os.Rename(r.path("config.yaml"), r.path("config.yaml~")))
			r.write("config.yaml", "two")
		},
		"appended":          func(r *rig) { r.append("config.yaml", " more") },
		"cut":               func(r *rig) { r.do(os.Truncate(r.path("config.yaml"), 1)) },
		"a file it names":   func(r *rig) { r.replace("rooms/lights.yaml", "two") },
		"secrets":           func(r *rig) { r.write("private/secrets.yaml", "two") },
		"one that was not":  func(r *rig) { r.write("later.yaml", "two") },
		"deep and not yet":  func(r *rig) { r.write("no/such/place/yet.yaml", "two") },
		"a directory gone":  func(r *rig) { r.do(os.RemoveAll(r.path("rooms"))) },
		"a directory moved": func(r *rig) { r.do(os.Rename(r.path("rooms"), r.path("attic"))) },
		"made a link":       func(r *rig) { r.write("other.yaml", "two"); r.turn("other.yaml", "config.yaml") },
		"hard link": func(r *rig) {
			r.write("other.yaml", "two")
			r.do(os.Remove(r.path("config.yaml")))
			r.do(os.Link(r.path("other.yaml"), r.path("config.yaml")))
		},
	} {
		t.Run(name, func(t *testing.T) {
			names := []string{"config.yaml", "rooms/lights.yaml", "private/secrets.yaml", "later.yaml", "no/such/place/yet.yaml"}
			r := newRig(t, names...)
			for _, n := range names[:3] {
				r.write(n, "one")
			}
			r.start()
			save(r)
			r.await(hold(r.files()))
		})
	}
}

// A watched file that is replaced is another file: the second save is what shows
// whether directories are watched.
func TestSavesAreSeenAgainAndAgain(t *testing.T) {
	r := newRig(t, "config.yaml")
	r.write("config.yaml", "one")
	r.start()
	for i := range 5 {
		r.replace("config.yaml", fmt.Sprint("replaced ", i))
		r.await(fmt.Sprint("replaced ", i))
		r.write("config.yaml", fmt.Sprint("in place ", i))
		r.await(fmt.Sprint("in place ", i))
	}
}

// As orchestrators mount files: the name leads over ..data, which is turned whole.
func TestALinkThatIsTurnedIsFollowed(t *testing.T) {
	r := newRig(t, "conf/config.yaml", "conf/secrets.yaml")
	for _, v := range []string{"1", "2"} {
		r.write("conf/..v"+v+"/config.yaml", "config "+v)
		r.write("conf/..v"+v+"/secrets.yaml", "secrets "+v)
	}
	r.link("..v1", "conf/..data")
	r.link("..data/config.yaml", "conf/config.yaml")
	r.link("..data/secrets.yaml", "conf/secrets.yaml")
	r.start()
	r.turn("..v2", "conf/..data")
	r.await("config 2|secrets 2")
	r.replace("conf/..v2/config.yaml", "config 3")
	r.await("config 3|secrets 2")
	r.do(os.RemoveAll(r.path("conf/..v1"))) // the one before, which nothing needs
	r.turn(r.path("conf/..v2"), "conf/..data")
	r.write("conf/..v2/secrets.yaml", "secrets 4")
	r.await("config 3|secrets 4")
}

func TestALinkToAnotherDirectoryIsWatchedAtBothEnds(t *testing.T) {
	r := newRig(t, "etc/hob")
	r.write("home/me/config.yaml", "one")
	r.do(os.Mkdir(r.path("etc"), 0o755))
	r.link("../home/me/config.yaml", "etc/hob")
	r.start()
	r.write("home/me/config.yaml", "two")
	r.await("two")
	r.write("elsewhere.yaml", "three")
	r.turn(r.path("elsewhere.yaml"), "etc/hob")
	r.await("three")
	r.write("home/me/config.yaml", "which it is no more")
	r.write("elsewhere.yaml", "four")
	r.await("four")
}

func TestADirectoryThatVanishesAndComesBackIsWatchedAgain(t *testing.T) {
	r := newRig(t, "conf/config.yaml")
	r.write("conf/config.yaml", "one")
	r.start()
	for i := range 3 {
		r.do(os.RemoveAll(r.path("conf")))
		r.await("none")
		r.write("conf/config.yaml", fmt.Sprint("anew ", i))
		r.await(fmt.Sprint("anew ", i))
		r.do(os.Rename(r.path("conf"), r.path(fmt.Sprint("old", i))))
		r.await("none")
		r.write(fmt.Sprintf("old%d/config.yaml", i), "elsewhere") // its inode is no longer ours
		r.write("conf/config.yaml", fmt.Sprint("again ", i))
		r.await(fmt.Sprint("again ", i))
		r.replace("conf/config.yaml", fmt.Sprint("and saved ", i))
		r.await(fmt.Sprint("and saved ", i))
	}
}

func TestAFileThatIsNamedFromNowOnIsWatched(t *testing.T) {
	r := newRig(t, "config.yaml")
	r.write("config.yaml", "one")
	r.write("more/lights.yaml", "one")
	r.start()
	r.mu.Lock()
	r.names = append(r.names, "more/lights.yaml")
	r.mu.Unlock()
	r.write("config.yaml", "names another")
	r.await("names another|one")
	r.replace("more/lights.yaml", "two")
	r.await("names another|two")
}

// What leaves every file as it was is no change, and files of no concern are none.
func TestATouchDoesNothing(t *testing.T) {
	r := newRig(t, "config.yaml")
	r.write("config.yaml", "one")
	r.start()
	now := time.Now()
	r.do(os.Chtimes(r.path("config.yaml"), now, now))
	r.replace("config.yaml", "one")
	r.write("config.yaml~", "two")
	r.do(os.Remove(r.path("config.yaml~")))
	r.replace("config.yaml", "two") // in one step: a slow computer may look in between
	select {
	case held := <-r.reads:
		if held != "two" {
			t.Errorf("read as %q", held)
		}
	case <-time.After(patience):
		t.Fatal("the change is not seen")
	}
	if n := len(r.reads); n != 0 {
		t.Errorf("%d reads more", n)
	}
}

func TestWhoMayReadAFileMatters(t *testing.T) {
	r := newRig(t, "secrets.yaml")
	r.write("secrets.yaml", "one")
	r.start()
	r.do(os.Chmod(r.path("secrets.yaml"), 0o644))
	r.await("one")
}

func TestAgainReadsWhatHasNotChanged(t *testing.T) {
	r := newRig(t, "config.yaml")
	r.write("config.yaml", "one")
	r.start()
	for range 3 {
		r.watch.Again()
		r.await("one")
	}
}

func TestAFileThatIsDeletedAndCreatedIsNeverSeenMissing(t *testing.T) {
	r := newRig(t, "config.yaml")
	r.write("config.yaml", "a")
	r.watch.longest = time.Hour
	r.start()
	if err := os.Remove(r.path("config.yaml")); err != nil {
		t.Fatal(err)
	}
	time.Sleep(5 * r.watch.quiet) // long enough to be taken for gone; none of this must be seen
	r.replace("config.yaml", "b") // whole at once: it may be looked at before more is written
	select {
	case held := <-r.reads:
		if held != "b" {
			t.Errorf("between deleting and creating it was read as %q", held)
		}
	case <-time.After(patience):
		t.Error("what was created is not read")
	}
}

// A file that is written slowly is read when it is left alone, or when that takes
// too long; whatever was read on the way, the whole is read in the end.
func TestAFileThatIsHalfWrittenIsReadWholeInTheEnd(t *testing.T) {
	r := newRig(t, "config.yaml")
	r.write("config.yaml", "one")
	r.start()
	r.write("config.yaml", "")
	r.await("")
	r.write("config.yaml", "half")
	r.await("half")
	r.append("config.yaml", " and whole")
	r.await("half and whole")
}

// Saves that never pause put reading off for so long and no longer.
func TestAStormIsReadWhileItLasts(t *testing.T) {
	r := newRig(t, "config.yaml")
	r.write("config.yaml", "one")
	r.watch.quiet, r.watch.longest = time.Hour, 50*time.Millisecond
	r.start()
	r.replace("config.yaml", "two")
	r.await("two")
}

// What changes while it is read is read again: nobody gets half of each.
func TestWhatChangesWhileItIsReadIsReadAgain(t *testing.T) {
	r := newRig(t, "config.yaml", "lights.yaml")
	r.write("config.yaml", "one")
	r.write("lights.yaml", "one")
	meddle := make(chan struct{}, 1)
	inner := r.watch.read
	r.watch.read = func(asked bool) ([]string, func()) {
		files, use := inner(asked)
		select {
		case <-meddle:
			r.replace("config.yaml", "two")
			r.replace("lights.yaml", "two")
		default:
		}
		return files, use
	}
	r.start()
	meddle <- struct{}{}
	r.watch.Again()
	select {
	case held := <-r.reads:
		if held != "two|two" {
			t.Errorf("used as %q", held)
		}
	case <-time.After(patience):
		t.Fatal("nothing is read")
	}
}

func TestAThousandSavesLeakNothingAndTheLastOneWins(t *testing.T) {
	r := newRig(t, "config.yaml", "conf/lights.yaml")
	r.write("config.yaml", "one")
	r.write("conf/lights.yaml", "one")
	r.start()
	before := leaktest.Open(t)
	const saves = 1000
	for i := range saves {
		text := fmt.Sprint("version ", i)
		switch i % 5 {
		case 0, 1:
			r.replace("config.yaml", text)
		case 2:
			r.write("config.yaml", text)
		case 3:
			r.do(os.Remove(r.path("config.yaml")))
			r.write("config.yaml", text)
		case 4:
			r.do(os.RemoveAll(r.path("conf")))
			r.write("conf/lights.yaml", text)
		}
	}
	r.replace("config.yaml", "the last")
	r.await(fmt.Sprint("the last|version ", saves-1))
	before.NoMore(t) // the last events may still have it look at the files
	r.stop()         // and leaktest looks for goroutines
}

func TestWithoutEventsFilesAreLookedAt(t *testing.T) {
	for name, without := range map[string]func(w *Watcher){
		"no more instances": func(w *Watcher) { w.open = func() (*fsnotify.Watcher, error) { return nil, syscall.EMFILE } },
		"no more watches":   func(w *Watcher) { w.add = func(*fsnotify.Watcher, string) error { return syscall.ENOSPC } },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, "config.yaml", "not/yet.yaml")
			r.write("config.yaml", "one")
			without(r.watch)
			r.watch.poll = 5 * time.Millisecond
			r.start()
			for i := range 5 {
				r.replace("config.yaml", fmt.Sprint(i))
				r.await(fmt.Sprintf("%d|none", i))
			}
			r.write("not/yet.yaml", "here")
			r.await("4|here")
			if n := strings.Count(r.said.String(), "level=WARN"); n != 1 {
				t.Errorf("it is said %d times:\n%s", n, &r.said)
			}
		})
	}
}

// A system that had no events to give may have some later.
func TestEventsAreUsedAsSoonAsThereAreSome(t *testing.T) {
	r := newRig(t, "config.yaml")
	r.write("config.yaml", "one")
	tries := 0
	r.watch.open = func() (*fsnotify.Watcher, error) {
		if tries++; tries < 5 {
			return nil, syscall.EMFILE
		}
		return fsnotify.NewWatcher()
	}
	r.watch.poll = time.Millisecond // and an hour when all is well: what is seen then, an event brings
	r.start()
	for i := range 20 {
		r.replace("config.yaml", fmt.Sprint(i))
		r.await(fmt.Sprint(i))
	}
	r.stop()
	if tries != 5 {
		t.Errorf("%d tries", tries)
	}
}

func TestWhatIsNoFileHoldsNothingUp(t *testing.T) {
	r := newRig(t, "config.yaml")
	r.write("config.yaml", "one")
	inner := r.watch.read
	r.watch.read = func(asked bool) ([]string, func()) {
		if info, err := os.Stat(r.path("config.yaml")); err == nil && !info.Mode().IsRegular() {
			return r.files(), func() { r.reads <- "no file" }
		}
		return inner(asked)
	}
	r.start()
	r.do(os.Remove(r.path("config.yaml")))
	r.do(syscall.Mkfifo(r.path("config.yaml"), 0o600))
	r.await("no file")
	r.do(os.Remove(r.path("config.yaml")))
	r.do(os.Mkdir(r.path("config.yaml"), 0o755))
	r.write("config.yaml/in", "a directory")
	r.do(os.RemoveAll(r.path("config.yaml")))
	r.link("config.yaml", "config.yaml") // that leads to itself
	r.write("two.yaml", "two")
	r.turn("two.yaml", "config.yaml")
	r.await("two")
}

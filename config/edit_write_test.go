package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

const theirs = smallHouse + "# theirs\n"

// held is an edit of a file that is about to be written, with its file held.
func held(t *testing.T, path string) *replacement {
	t.Helper()
	r, err := prepare(FileEdit{path, []byte(smallHouse), []byte(smallHouse + "# ours\n")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.end)
	if err := r.hold(); err != nil {
		t.Fatal(err)
	}
	return r
}

func content(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// saveOver saves as editors do: another file takes the place of this one.
func saveOver(t *testing.T, path, text string) {
	t.Helper()
	aside := filepath.Join(t.TempDir(), "aside")
	if err := os.WriteFile(aside, []byte(text), 0o600); err != nil {
		t.Error(err)
	}
	if err := os.Rename(aside, path); err != nil {
		t.Error(err)
	}
}

// A save between the last look and the exchange comes out of it, and goes back.
func TestASaveInTheLastMomentIsPutBack(t *testing.T) {
	path := written(t, smallHouse)
	r := held(t, path)
	saveOver(t, path, theirs)
	if err := r.replace(); !errors.Is(err, ErrChanged) || content(t, path) != theirs {
		t.Errorf("got %v, the file is %q", err, content(t, path))
	}
}

func TestWhoIsAboutToWriteInPlaceGoesFirst(t *testing.T) {
	path := written(t, smallHouse)
	r := held(t, path)
	if !r.leased {
		t.Skip("this file system gives no leases")
	}
	saved := make(chan error, 1)
	go func() { saved <- os.WriteFile(path, []byte(theirs), 0o600) }() // held up by the lease
	for late := time.Now().Add(20 * time.Second); !r.disturbed(); time.Sleep(time.Millisecond) {
		if time.Now().After(late) {
			t.Fatal("the lease tells of nobody")
		}
	}
	if err := r.replace(); !errors.Is(err, ErrChanged) || content(t, path) != smallHouse {
		t.Errorf("got %v, the file is %q", err, content(t, path))
	}
	r.end()
	if err := <-saved; err != nil || content(t, path) != theirs {
		t.Errorf("their save: %v, the file is %q", err, content(t, path))
	}
}

func TestAFileThatIsBeingWrittenIsLeftAlone(t *testing.T) {
	path := written(t, smallHouse)
	e, err := Rename(path, "porch", "lamp")
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if r := (&replacement{edit: FileEdit{path, []byte(smallHouse), nil}, target: path}); r.hold() == nil {
		t.Skip("this file system gives no leases")
	}
	if err := e.Write(); !errors.Is(err, ErrChanged) {
		t.Errorf("got %v", err)
	}
	f.Close()
	if err := e.Write(); err != nil || !strings.Contains(content(t, path), "lamp") {
		t.Errorf("afterwards: %v", err)
	}
}

// If the second of two files has been saved meanwhile, the first is as it was.
func TestAFileStaysItsOwnersWhoeverEditsIt(t *testing.T) {
	owner, group := os.Geteuid(), -1
	switch mine, err := os.Getgroups(); {
	case err != nil:
		t.Fatal(err)
	case owner == 0:
		owner, group = 65534, 65533
	default:
		for _, g := range mine {
			if g != os.Getegid() {
				group = g
			}
		}
	}
	if group < 0 {
		t.Skip("neither root nor in a second group: there is nobody to give a file to")
	}
	path := written(t, smallHouse)
	if err := errors.Join(os.Chown(path, owner, group), os.Chmod(path, 0o640)); err != nil { //nolint:gosec // that is the point
		t.Fatal(err)
	}
	edit := &Edit{Files: []FileEdit{{path, []byte(smallHouse), []byte(theirs)}}, main: path}
	if err := edit.Write(); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	is := info.Sys().(*syscall.Stat_t)
	if int(is.Uid) != owner || int(is.Gid) != group || info.Mode().Perm() != 0o640 || content(t, path) != theirs {
		t.Errorf("it is %d:%d with mode %v, want %d:%d", is.Uid, is.Gid, info.Mode(), owner, group)
	}
}

func TestNothingIsWrittenIfOneFileHasChanged(t *testing.T) {
	first, second := written(t, smallHouse), written(t, smallHouse)
	ready := []*replacement{held(t, first), held(t, second)}
	saveOver(t, second, theirs)
	if err := replaceAll(ready); !errors.Is(err, ErrChanged) {
		t.Errorf("got %v", err)
	}
	if content(t, first) != smallHouse || content(t, second) != theirs {
		t.Errorf("the files are %q and %q", content(t, first), content(t, second))
	}
}

// Somebody saves over what was written before it could be put back: theirs stays.
func TestWhatIsNewerIsNotPutBack(t *testing.T) {
	path := written(t, smallHouse)
	r := held(t, path)
	if err := r.replace(); err != nil {
		t.Fatal(err)
	}
	saveOver(t, path, theirs)
	if err := r.putBack(); err != nil || content(t, path) != theirs {
		t.Errorf("got %v, the file is %q", err, content(t, path))
	}
}

func TestALinkThatIsTurnedMeanwhileIsNoticed(t *testing.T) {
	path, other := written(t, smallHouse), written(t, smallHouse)
	link := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	r := held(t, link)
	if err := errors.Join(os.Remove(link), os.Symlink(other, link)); err != nil {
		t.Fatal(err)
	}
	if err := r.replace(); !errors.Is(err, ErrChanged) || content(t, path) != smallHouse || content(t, other) != smallHouse {
		t.Errorf("got %v", err)
	}
}

// Where files cannot change places, one is renamed over the other, and back.
func TestWithoutExchangeAFileIsRenamed(t *testing.T) {
	path := written(t, smallHouse)
	r := held(t, path)
	if err := r.rename(); err != nil || content(t, path) != string(r.edit.After) {
		t.Fatalf("got %v, the file is %q", err, content(t, path))
	}
	if err := r.putBack(); err != nil || content(t, path) != smallHouse {
		t.Errorf("got %v, the file is %q", err, content(t, path))
	}
	changed := held(t, path)
	saveOver(t, path, theirs)
	if err := changed.rename(); !errors.Is(err, ErrChanged) || content(t, path) != theirs {
		t.Errorf("got %v, the file is %q", err, content(t, path))
	}
}

// What a killed edit has left is removed by the next one, and nothing else is.
func TestWhatAKilledEditLeftIsSweptAway(t *testing.T) {
	path := written(t, smallHouse)
	dir := filepath.Dir(path)
	busy := held(t, path)
	for _, name := range []string{".config.yaml.123.new", ".config.yaml.swp", ".other.yaml.1.new", "config.yaml.new"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	sweep(path)
	if left, err := os.ReadDir(dir); err != nil || len(left) != 5 {
		t.Errorf("left are %v, %v", left, err)
	}
	if err := busy.replace(); err != nil { // the one under way is not disturbed, before and after
		t.Error(err)
	}
	sweep(path)
	if content(t, busy.temporary) != smallHouse || content(t, path) == smallHouse {
		t.Error("the old file is gone while it may have to be put back")
	}
}

// Whoever saves by renaming while an edit is written has the last word, or the
// edit is made of what they saved: their save is never lost.
func TestASaveBesideWriteIsNeverLost(t *testing.T) {
	path := written(t, smallHouse)
	for range 100 {
		saveOver(t, path, smallHouse)
		e, err := Rename(path, "porch", "lamp")
		if err != nil {
			t.Fatal(err)
		}
		var both sync.WaitGroup
		both.Go(func() { saveOver(t, path, theirs) })
		both.Go(func() {
			if err := e.Write(); err != nil && !errors.Is(err, ErrChanged) {
				t.Error(err)
			}
		})
		both.Wait()
		if got := content(t, path); got != theirs {
			t.Fatalf("the file is %q", got)
		}
	}
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

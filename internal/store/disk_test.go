package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"hob/internal/entity"
)

// tinyDisk makes this test program one that lives on a disk of its own, mounted there.
const tinyDisk = "HOB_STORE_TINY_DISK"

func TestOnARealDiskThatIsFullOrReadOnlyTheStoreComesBackByItself(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("to mount a disk takes root")
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), tinyDisk+"="+t.TempDir())
	cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS}
	out, err := cmd.CombinedOutput()
	if errors.Is(err, syscall.EPERM) {
		t.Skip("no mount namespaces here")
	}
	if err != nil || !strings.HasSuffix(string(out), "done\n") {
		t.Fatalf("%v: %s", err, out)
	}
}

// onTinyDisk fills its disk, frees it, and makes it read-only, and dies of what
// it did not expect.
func onTinyDisk(dir string) {
	die(syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""))
	die(syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=2m"))
	ballast := filepath.Join(dir, "ballast")
	fill := func() { die(takeAll(ballast)) }

	fill() // a start on a full disk
	o := Options{Path: filepath.Join(dir, "hob.db")}
	s, err := Open(o)
	die(err)
	wantErr("Load", ErrUnavailable, second(s.Load(context.Background())))
	wantErr("Keep", ErrUnavailable, s.Keep([]entity.Saved{saved("bath", "0")}))
	die(os.Remove(ballast))
	s.reopen()
	die(s.Keep([]entity.Saved{saved("bath", "1")}))
	if n := len(s.Notices()); n != 2 {
		die(fmt.Errorf("%d notices: %+v", n, s.Notices()))
	}

	fill() // a disk that becomes full
	r := &recorder{store: s, seen: map[entity.ID]*seen{}, bell: newBell(1), upTo: 1}
	for n := 0; !r.gap; n++ {
		now := lightAt(after(n), "on", float64(1+n%90), strings.Repeat("anna", 500))
		r.see(&now)
		r.flush()
	}
	wantErr("Keep", ErrUnavailable, s.Keep([]entity.Saved{saved("hall", strings.Repeat("x", 1<<20))}))
	_, _, err = s.Changes(context.Background(), Filter{})
	die(err) // what is there can be read
	die(os.Remove(ballast))
	r.retry = time.Time{}
	r.flush()
	if r.gap {
		die(errors.New("the recorder did not go on"))
	}
	die(s.Keep([]entity.Saved{saved("bath", "2")}))

	remount := func(flags uintptr) error { return syscall.Mount("", dir, "", syscall.MS_REMOUNT|flags, "size=2m") }
	die(s.Close())
	die(remount(syscall.MS_RDONLY))
	s, err = Open(o)
	die(err)
	wantErr("Keep", ErrUnavailable, s.Keep([]entity.Saved{saved("bath", "3")}))
	die(remount(0))
	s.reopen()
	die(s.Keep([]entity.Saved{saved("bath", "4")}))
	got, err := s.Load(context.Background())
	die(err)
	if string(got["bath"].Lasting) != "4" || len(got) != 1 {
		die(fmt.Errorf("got %+v", got))
	}
	s.check(context.Background())
	if n := s.Notices(); len(n) != 2 {
		die(fmt.Errorf("notices: %+v", n))
	}
	die(s.Close())
	fmt.Println("done")
}

// takeAll takes all the room that there is.
func takeAll(name string) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	for b := make([]byte, 4096); err == nil; {
		_, err = f.Write(b)
	}
	if errors.Is(err, syscall.ENOSPC) {
		return nil
	}
	return err
}

func second[T any](_ T, err error) error { return err }

func wantErr(what string, want, got error) {
	if !errors.Is(got, want) {
		die(fmt.Errorf("%s: %w", what, got))
	}
}

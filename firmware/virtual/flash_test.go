package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

func testFlash(t *testing.T) *flash {
	t.Helper()
	f, err := openFlash(filepath.Join(t.TempDir(), "board"))
	must(t, err)
	t.Cleanup(func() { must(t, f.close()) })
	return f
}

func readSlot(t *testing.T, f *flash, slot int) []byte {
	t.Helper()
	buf := make([]byte, 64)
	n, err := f.read(slot, buf)
	must(t, err)
	return buf[:n]
}

func TestSlotsKeepWhatWasWritten(t *testing.T) {
	f := testFlash(t)
	if got := readSlot(t, f, 2); len(got) != 0 {
		t.Errorf("an unwritten slot holds %q", got)
	}
	must(t, f.write(2, []byte("long content")))
	must(t, f.write(3, []byte("other")))
	must(t, f.write(2, []byte("short")))
	if got := readSlot(t, f, 2); string(got) != "short" {
		t.Errorf("read %q", got)
	}
	if n, err := f.read(2, make([]byte, 5)); n != 5 || err != nil {
		t.Errorf("a slot that just fits: %d, %v", n, err)
	}
	if _, err := f.read(2, make([]byte, 4)); err == nil {
		t.Error("a slot longer than the buffer was read")
	}
	if f.write(len(slotNames()), nil) == nil || f.write(-1, nil) == nil {
		t.Error("wrote to a slot that does not exist")
	}
}

func TestAPowerCutTearsTheWriteAtTheByteAskedFor(t *testing.T) {
	first, second := []byte("0123456789"), []byte("abcde")
	for cut := 0; cut <= len(first)+len(second); cut++ {
		f := testFlash(t)
		must(t, f.write(0, []byte("before")))
		must(t, f.write(1, []byte("before")))
		cuts := 0
		f.cutAfter(cut, func() { cuts++ })
		err0, err1 := f.write(0, first), f.write(1, second)
		again := f.write(2, []byte("x"))
		if cuts != 1 || again == nil || f.hasPower() {
			t.Fatalf("cut %d: %d cuts, later write: %v", cut, cuts, again)
		}
		if (err0 == nil) != (cut >= len(first)) || (err1 == nil) != (cut == len(first)+len(second)) {
			t.Errorf("cut %d: errors %v, %v", cut, err0, err1)
		}
		f.setPower(true)
		want0, want1 := first[:min(cut, len(first))], second[:max(0, cut-len(first))]
		if cut < len(first) {
			want1 = []byte("before")
		}
		if got := readSlot(t, f, 0); !bytes.Equal(got, want0) {
			t.Errorf("cut %d: slot 0 holds %q, want %q", cut, got, want0)
		}
		if got := readSlot(t, f, 1); !bytes.Equal(got, want1) {
			t.Errorf("cut %d: slot 1 holds %q, want %q", cut, got, want1)
		}
	}
}

func TestADirectoryBelongsToOneProcess(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "board")
	f, err := openFlash(dir)
	must(t, err)
	if _, err := openFlash(dir); err == nil {
		t.Error("opened twice")
	}
	must(t, f.close())
	f, err = openFlash(dir)
	must(t, err)
	must(t, f.close())
}

func TestSettingsAreTheOwnersAlone(t *testing.T) {
	f := testFlash(t)
	must(t, f.write(0, []byte("a key")))
	for path, want := range map[string]os.FileMode{f.dir: 0o700, filepath.Join(f.dir, "keys_a"): 0o600} {
		info, err := os.Stat(path)
		must(t, err)
		if info.Mode().Perm() != want {
			t.Errorf("%s has mode %v, want %v", filepath.Base(path), info.Mode().Perm(), want)
		}
	}
}

package config_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"hob/config"
	"hob/internal/diag"
)

func TestLoadReadsAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "house.yaml")
	if err := os.WriteFile(path, []byte("boards: {hall: {id: hob-7c9ebd, chip: esp32}}\nwat: 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	house, list, err := config.Load(path)
	if err != nil || house != nil || len(list) != 1 || list[0].File != path || list[0].Line != 2 {
		t.Errorf("got %v, %v, %v", house, list, err)
	}
}

func TestLoadSaysWhyAFileCannotBeRead(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		dir: dir + " is a directory, not a file", pipe: pipe + " is no regular file", "/dev/null": "/dev/null is no regular file",
		filepath.Join(dir, "none.yaml"): "there is no file " + filepath.Join(dir, "none.yaml"),
		filepath.Join(pipe, "x.yaml"):   filepath.Join(pipe, "x.yaml") + " cannot be read: not a directory",
	} {
		if _, _, err := config.Load(path); err == nil || err.Error() != want {
			t.Errorf("%s: got %v", path, err)
		}
	}
	if _, _, err := config.Load(filepath.Join(dir, "none.yaml")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing file: got %v", err)
	}
}

func TestLoadDoesNotReadAHugeFileWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "huge.yaml")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 1<<40); err != nil { // sparse: a terabyte of nothing
		t.Skip(err)
	}
	_, list, err := config.Load(path)
	if err != nil || len(list) != 1 || list[0].Code != diag.TooLarge {
		t.Errorf("got %v, %v", list, err)
	}
}

func TestListOfMistakesIsCut(t *testing.T) {
	var b strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&b, "key%d: 1\n", i)
	}
	_, list := config.Parse("many.yaml", []byte(b.String()))
	last := list[len(list)-1]
	if len(list) != 1001 || last.Code != diag.MoreNotShown || last.Severity != diag.Error || last.Message != "2000 more problems are not shown" {
		t.Errorf("%d diagnostics, the last %+v", len(list), last)
	}
}

func TestBoardHoldsSoManyBindings(t *testing.T) {
	// An ESP32-S3 has the pins for 17 buttons with three gestures each.
	var b strings.Builder
	b.WriteString("boards: {big: {id: hob-7c9ebd, chip: esp32s3}}\nlights: {lamp: {pin: big/1}}\nbuttons:\n")
	for i, pin := range []int{2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18} {
		fmt.Fprintf(&b, "  b%d: {pin: big/%d, press: lamp on, double: lamp off, hold: toggle lamp}\n", i, pin)
	}
	if house, list := config.Parse("s3.yaml", []byte(b.String())); house == nil {
		t.Fatalf("48 actions are refused:\n%s", asText(t, list))
	}
	b.WriteString("  more: {pin: big/21, press: lamp on}\n")
	_, list := config.Parse("s3.yaml", []byte(b.String()))
	if len(list) != 1 || list[0].Code != diag.TooManyBindings || list[0].Line != 20 {
		t.Errorf("got:\n%s", asText(t, list))
	}
}

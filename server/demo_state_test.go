package main

import (
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
)

func TestOnlyWhatADeadDemoLeftIsSweptUp(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	directory := func(name string, lock bool) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Join(path, "boards"), 0o700); err != nil {
			t.Fatal(err)
		}
		if lock {
			if err := os.WriteFile(filepath.Join(path, "hob.lock"), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return path
	}
	directory("hob-demo-dead", true)
	directory("hob-demo-begins", false)
	directory("house", true)
	target := directory("elsewhere", true)
	if err := os.Symlink(target, filepath.Join(dir, "hob-demo-link")); err != nil {
		t.Fatal(err)
	}
	held, err := os.Open(filepath.Join(directory("hob-demo-runs", true), "hob.lock"))
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	if err := syscall.Flock(int(held.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}

	sweep(dir)

	left, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range left {
		names = append(names, e.Name())
	}
	if want := []string{"elsewhere", "hob-demo-begins", "hob-demo-link", "hob-demo-runs", "house"}; !slices.Equal(names, want) {
		t.Errorf("left are %v, not %v", names, want)
	}
	if _, err := os.Stat(filepath.Join(target, "hob.lock")); err != nil {
		t.Error("a link was followed:", err)
	}
}

package config

import (
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"runtime/debug"
	"runtime/metrics"
	"slices"
	"strings"
	"testing"
	"time"
)

// hostileParser makes this test program parse its standard input, and say how many
// KiB were in use at most.
const hostileParser = "HOB_HOSTILE_PARSER"

// mostMemory is what any input may take, in KiB.
const mostMemory = 64 << 10

func TestMain(m *testing.M) {
	if os.Getenv(hostileParser) == "" {
		os.Exit(m.Run())
	}
	data, err := io.ReadAll(os.Stdin)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(mostInUse(func() { Parse("house.yaml", data) }) >> 10)
}

// mostInUse is the most that the collector has found in use while f ran, in bytes. It
// looks often here: what is garbage already is not to count.
func mostInUse(f func()) (most uint64) {
	debug.SetGCPercent(10)
	done := make(chan struct{})
	go func() { defer close(done); f() }()
	in := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	for look := time.NewTicker(time.Millisecond); ; {
		metrics.Read(in)
		most = max(most, in[0].Value.Uint64())
		select {
		case <-look.C:
		case <-done:
			return most
		}
	}
}

// TestNoFileTakesMoreThanItsShareOfMemory parses each in a process of its own. What is
// in use counts, and not what the tools of a test take, nor garbage.
func TestNoFileTakesMoreThanItsShareOfMemory(t *testing.T) {
	inputs := fullInputs()
	if !campaign() { // the hungriest
		hungry := []string{"many buttons", "many near names", "comment and key"}
		maps.DeleteFunc(inputs, func(name, _ string) bool { return !slices.Contains(hungry, name) })
		if len(inputs) != len(hungry) {
			t.Fatal("one of them has another name")
		}
	}
	for name, text := range inputs {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), hostileParser+"=1")
		cmd.Stdin = strings.NewReader(text)
		out, err := cmd.Output()
		var took int
		if _, e := fmt.Sscan(string(out), &took); err != nil || e != nil || took < 1024 {
			t.Fatalf("%s: %v %v %q", name, err, e, out)
		}
		if took > mostMemory {
			t.Errorf("%s takes %d KiB", name, took)
		}
		t.Logf("%s: %d KiB", name, took)
	}
}

func TestEntriesOfASectionAreBounded(t *testing.T) {
	people := func(n int) string { return "people:\n" + numbered("  p%d: {}\n", n) }
	if house, list := Parse("house.yaml", []byte(people(maxDeclared))); house == nil {
		t.Errorf("the most: %v", list)
	}
	house, list := Parse("house.yaml", []byte(people(maxDeclared+1)))
	if house != nil || len(list) != 1 || !strings.Contains(list[0].Message, "more than 10000 entries") {
		t.Errorf("one more: %v", list)
	}
}

package config

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"testing"
	"time"

	"hob/internal/entity"
)

// hostileParser makes this test program do one thing with its standard input, and say
// how many KiB were in use at most.
const hostileParser = "HOB_HOSTILE_PARSER"

// readers are all that is done with a text that comes from elsewhere: it is parsed, it
// takes the place of a file, or it is edited. A plan is made of what the last two give.
func readers() map[string]func(path string, text []byte) {
	return map[string]func(string, []byte){
		"parse":   func(_ string, text []byte) { Parse("house.yaml", text) },
		"replace": func(path string, text []byte) { _, _ = Replace(path, "", "", append(text, '\n')) },
		"edit": func(path string, _ []byte) {
			e, err := Add(path, entity.KindPerson, "brand_new", nil)
			runtime.KeepAlive(e)
			if err != nil {
				fmt.Fprintln(os.Stderr, err)
			}
		},
	}
}

// bigHouses are valid, and as large as the limits allow in one way or another.
func bigHouses() map[string]string {
	const lamp = "boards: {x: {id: hob-000000, chip: esp32}}\nswitches: {l: {pin: x/16}}\n"
	clock := func(i int) string { return fmt.Sprintf("%02d:%02d:%02d", i/3600, i/60%60, i%60) }
	rules := lamp + "rules:\n"
	for i := range 9000 {
		rules += fmt.Sprintf("  r%d: {when: {time: %s}, do: [l on]}\n", i, clock(i))
	}
	triggers := ""
	for i := range 30_000 {
		triggers += "{time: " + clock(i) + "},"
	}
	boards := "boards:\n" + numbered("  b%d: {id: hob-%06[1]x, chip: esp32}\n", 1500) + "switches:\n"
	for _, pin := range []int{16, 17, 18, 19, 21, 22} {
		boards += numbered(fmt.Sprintf("  s%d_%%d: {pin: b%%[1]d/%d}\n", pin, pin), 1500)
	}
	return map[string]string{
		"boards and switches": boards,
		"people and scenes":   "people:\n" + numbered("  p%d: {}\n", 9000) + "scenes:\n" + numbered("  s%d: {p%[1]d: home}\n", 9000),
		"rules":               rules,
		"steps":               lamp + "rules: {r: {when: {startup: true}, do: [" + numbered("l on, # %d\n", 60_000) + "]}}\n",
		"triggers":            lamp + "rules: {r: {when: [" + triggers + "], do: [l on]}}\n",
		"triggers by a state": lamp + "rules: {r: {when: [" + numbered("{l: on}, # %d\n", 30_000) + "], do: [l on]}}\n",
		"tests":               lamp + "tests:\n" + numbered("  t%d: {given: {time: 2026-11-25}, then: {l: off}}\n", 8000),
	}
}

// mostMemory is what any input may take, in KiB.
const mostMemory = 64 << 10

func TestMain(m *testing.M) {
	do := readers()[os.Getenv(hostileParser)]
	if do == nil {
		os.Exit(m.Run())
	}
	data, err := io.ReadAll(os.Stdin)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(mostInUse(func() { do(os.Args[1], data) }) >> 10)
}

// mostInUse is the most that the collector has found in use while f ran, in bytes. It
// looks often here, and stops the rest for it (readsWithin): what is garbage already is
// not to count.
func mostInUse(f func()) (most uint64) {
	debug.SetGCPercent(20)
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

// TestNoFileTakesMoreThanItsShareOfMemory has each read in a process of its own. What
// is in use counts, and not what the tools of a test take, nor garbage.
func TestNoFileTakesMoreThanItsShareOfMemory(t *testing.T) {
	inputs := fullInputs()
	for name, text := range bigHouses() {
		if !campaign() && name != "steps" {
			continue
		}
		if house, list := Parse("house.yaml", []byte(text)); house == nil {
			t.Errorf("%s are not valid: %v", name, list[0])
		}
		inputs["valid: "+name] = func() string { return text }
	}
	// The hungriest one, and an edit; `make campaign` tries all of them in all ways.
	chosen := map[string]string{"many near names": "parse", "valid: steps": "edit"}
	for name, make := range inputs {
		for how := range readers() {
			if campaign() || chosen[name] == how {
				readsWithin(t, name, make(), how)
				delete(chosen, name)
			}
		}
	}
	if len(chosen) > 0 {
		t.Errorf("these have other names: %v", chosen)
	}
}

func readsWithin(t *testing.T, name, text, how string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "house.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], path)
	// What is allocated while the collector works beside the rest counts as in use, and
	// on a busy computer it works for long.
	cmd.Env = append(os.Environ(), hostileParser+"="+how, "GODEBUG=gcstoptheworld=1")
	cmd.Stdin = strings.NewReader(text)
	out, err := cmd.Output()
	var took int
	if _, e := fmt.Sscan(string(out), &took); err != nil || e != nil || took < 1024 {
		t.Fatalf("%s, %s: %v %v %q", how, name, err, e, out)
	}
	if took > mostMemory {
		t.Errorf("to %s %s takes %d KiB", how, name, took)
	}
	t.Logf("%s %s: %d KiB, %s", how, name, took, cmd.ProcessState.UserTime())
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

package main

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"hob/internal/image"
)

// patience bounds every wait; it is no measure of how fast things are.
const patience = 30 * time.Second

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"hob": func() { os.Exit(execute()) },
		"hobs": func() {
			if err := executeAll(); err != nil {
				panic(err)
			}
		},
	})
}

// TestTheCommandLine runs testdata/script: hob as people and scripts type it.
// Beside testscript's own commands they have those below.
func TestTheCommandLine(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOB_STATE", filepath.Join(env.WorkDir, "state"))
			env.Setenv("HOME", env.WorkDir)
			hob, err := exec.LookPath("hob")
			if err != nil {
				return err
			}
			env.Setenv("ONLY_HOB", filepath.Dir(hob))
			raw, err := image.Virtual(image.Facts{Chip: "esp32c3", FW: "0.2.0", Security: 1}, "", 600)
			if err != nil {
				return err
			}
			return errors.Join(os.WriteFile(filepath.Join(env.WorkDir, "hob.bin"), raw, 0o600),
				os.Mkdir(filepath.Join(env.WorkDir, "state"), 0o700))
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":      exits,
			"exitcodes":  exitCodes,
			"fields":     fields,
			"eventually": eventually,
			"house":      runHouse,
			"signal":     signalServer,
			"wallsocket": wallSocket,
		},
	})
}

// exits CODE ARG… runs hob, which must end with that code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: exits CODE ARG…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec("hob", args[1:]...); err != nil {
		exit, ok := err.(*exec.ExitError) //nolint:errorlint // testscript wraps it in nothing
		if !ok {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("hob %s: exit code %d, want %d", strings.Join(args[1:], " "), got, want)
	}
}

// fields NAME… wants standard output to be an array of objects (or one object)
// with exactly these members; one with a question mark may be missing.
func fields(ts *testscript.TestScript, neg bool, names []string) {
	if neg {
		ts.Fatalf("usage: fields NAME…")
	}
	text := ts.ReadFile("stdout")
	var list []map[string]any
	if strings.HasPrefix(text, "{") {
		list = make([]map[string]any, 1)
		ts.Check(json.Unmarshal([]byte(text), &list[0]))
	} else {
		ts.Check(json.Unmarshal([]byte(text), &list))
	}
	if len(list) == 0 {
		ts.Fatalf("an empty array")
	}
	slices.Sort(names)
	for _, o := range list {
		var got []string
		for name := range o {
			if slices.Contains(names, name+"?") {
				name += "?"
			}
			got = append(got, name)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "?") && !slices.Contains(got, name) {
				got = append(got, name)
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, names) {
			ts.Fatalf("members %v, want %v", got, names)
		}
	}
}

// eventually FILE PATTERN waits until the file holds it.
func eventually(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: eventually FILE PATTERN")
	}
	pattern, err := regexp.Compile("(?m)" + args[1])
	ts.Check(err)
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	deadline := time.After(patience)
	for {
		b, err := os.ReadFile(ts.MkAbs(args[0]))
		if err == nil && pattern.Match(b) {
			return
		}
		select {
		case <-look.C:
		case <-deadline:
			ts.Fatalf("%s never held %s: %v\n%s", args[0], args[1], err, b)
		}
	}
}

// signalServer is: signal HUP|TERM FILE. FILE holds the line that hob serve
// --json prints when it is ready.
func signalServer(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: signal HUP|TERM FILE")
	}
	var ready struct {
		PID int `json:"pid"`
	}
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[1])), &ready))
	sig, ok := map[string]syscall.Signal{"HUP": syscall.SIGHUP, "TERM": syscall.SIGTERM}[args[0]]
	if !ok || ready.PID <= 1 {
		ts.Fatalf("signal %v to process %d", args, ready.PID)
	}
	ts.Check(syscall.Kill(ready.PID, sig))
}

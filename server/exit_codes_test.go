package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// exitCodes runs each line of the table in docs/exit-codes.md, which must have
// every command and every code.
func exitCodes(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: exitcodes")
	}
	page, err := os.ReadFile("../docs/exit-codes.md")
	ts.Check(err)
	commands, codes := map[string]bool{}, map[string]bool{}
	var lines [][]string
	rows := regexp.MustCompile("(?m)^\\| `hob ?(.*?)` \\| (\\d) \\|").FindAllStringSubmatch(string(page), -1)
	for _, row := range rows {
		words := strings.Fields(os.Expand(row[1], ts.Getenv))
		if len(words) > 0 {
			commands[words[0]] = true
		}
		codes[row[2]] = true
		lines = append(lines, words)
	}
	text, err := json.Marshal(lines)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs("lines"), text, 0o600))
	ts.Check(ts.Exec("hobs", "lines"))
	var ends []ended
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &ends))
	var wrong []string
	for i, row := range rows {
		if got := fmt.Sprint(ends[i].Code); got != row[2] {
			wrong = append(wrong, "hob "+row[1]+": exit code "+got+", and the page says "+row[2]+"\n"+ends[i].Stderr)
		}
	}
	for _, c := range (&cli{}).command().Commands() {
		if !commands[c.Name()] {
			wrong = append(wrong, "the page says nothing of hob "+c.Name())
		}
	}
	if len(codes) != 7 {
		wrong = append(wrong, "the page has not an example of every code")
	}
	if len(wrong) > 0 {
		ts.Fatalf("%s", strings.Join(wrong, "\n"))
	}
}

// ended is how a command line went.
type ended struct {
	Code   int
	Stderr string
}

// executeAll runs the command lines of a file in one process, which takes a fraction
// of the time that a process for each does, and tells how each ended.
func executeAll() error {
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		return err
	}
	var lines [][]string
	if err := json.Unmarshal(text, &lines); err != nil {
		return err
	}
	var out []ended
	for _, words := range lines {
		var stderr bytes.Buffer
		if words == nil {
			words = []string{} // for cobra, nil is what this process was started with
		}
		code := run(context.Background(), words, io.Discard, &stderr)
		out = append(out, ended{code, stderr.String()})
	}
	return json.NewEncoder(os.Stdout).Encode(out)
}

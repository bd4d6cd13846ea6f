package main

import (
	"errors"
	"os"
	"os/exec"
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
	var wrong []string
	for _, row := range regexp.MustCompile("(?m)^\\| `hob ?(.*?)` \\| (\\d) \\|").FindAllStringSubmatch(string(page), -1) {
		words := strings.Fields(os.Expand(row[1], ts.Getenv))
		if len(words) > 0 {
			commands[words[0]] = true
		}
		codes[row[2]] = true
		if got := exitCode(ts, words); got != row[2] {
			wrong = append(wrong, "hob "+row[1]+": exit code "+got+", and the page says "+row[2]+"\n"+ts.ReadFile("stderr"))
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

// exitCode is how hob ends, as text.
func exitCode(ts *testscript.TestScript, words []string) string {
	err := ts.Exec("hob", words...)
	var exit *exec.ExitError
	switch {
	case err == nil:
		return "0"
	case errors.As(err, &exit):
		return string(rune('0' + exit.ExitCode()))
	}
	ts.Check(err)
	return ""
}

package main

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"
)

func manual(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/virtual-boards.md")
	must(t, err)
	return string(text)
}

// fenced gives the lines of every code block of a kind, in order.
func fenced(t *testing.T, text, kind string) (lines []string) {
	t.Helper()
	for _, block := range regexp.MustCompile("(?s)```"+kind+"\n(.*?)```").FindAllStringSubmatch(text, -1) {
		lines = append(lines, strings.Split(strings.TrimSpace(block[1]), "\n")...)
	}
	if len(lines) == 0 {
		t.Fatalf("no block of kind %q", kind)
	}
	return lines
}

// wantLike compares with an example in which … stands for anything.
func wantLike(t *testing.T, got, example string) {
	t.Helper()
	pattern := "^" + strings.ReplaceAll(regexp.QuoteMeta(example), "…", ".*?") + "$"
	if !regexp.MustCompile(pattern).MatchString(got) {
		t.Errorf("got\n\t%s\nthe manual says\n\t%s", got, example)
	}
}

func TestTheManualsExamplesHold(t *testing.T) {
	text := manual(t)
	r := startRig(t)
	line, err := json.Marshal(r.ready)
	must(t, err)
	wantLike(t, string(line), fenced(t, text, "json ready")[0])

	s := openSession(t, r.ready.Address, r.ready.ID, adopt(t, r.ready.readyBoard))
	s.mustConfigure(theHouse()...)
	r.settle()
	lines := fenced(t, text, "control")
	for i := 0; i+1 < len(lines); i += 2 {
		request, isRequest := strings.CutPrefix(lines[i], "> ")
		example, isAnswer := strings.CutPrefix(lines[i+1], "< ")
		if !isRequest || !isAnswer {
			t.Fatalf("no pair of request and answer: %q, %q", lines[i], lines[i+1])
		}
		wantLike(t, string(r.control.raw(request)), example)
	}
}

func TestTheManualNamesEveryOptionAndCommand(t *testing.T) {
	text := manual(t)
	var help bytes.Buffer
	run([]string{"--help"}, &help, &help)
	options := regexp.MustCompile(`(?m)^  -([a-z-]+)`).FindAllStringSubmatch(help.String(), -1)
	if len(options) < 8 {
		t.Fatalf("only %d options in %q", len(options), help.String())
	}
	for _, option := range options {
		if !strings.Contains(text, "| `--"+option[1]+"` |") {
			t.Errorf("option --%s is not in the table", option[1])
		}
	}
	examples := strings.Join(fenced(t, text, "control"), "\n")
	for name := range commandTable() {
		if !strings.Contains(text, "`"+name+"`") {
			t.Errorf("command %s is not described", name)
		}
		if name != "boards" && !strings.Contains(examples, `"cmd":"`+name+`"`) {
			t.Errorf("command %s has no example", name)
		}
	}
}

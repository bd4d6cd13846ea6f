package main

import (
	"os"
	"strings"
	"testing"
)

// A command that README.md does not name is one that nobody meets.
func TestREADMENamesEveryCommand(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, command := range (&cli{}).command().Commands() {
		name := "`hob " + command.Name()
		if !strings.Contains(string(readme), name+" ") && !strings.Contains(string(readme), name+"`") {
			t.Errorf("%s` is not in README.md", name)
		}
	}
}

package main

import (
	"slices"

	"github.com/spf13/cobra"
)

// failed keeps the promise of --json, a document on standard output whatever the exit
// code, for a command that ended with an error and has printed none: an empty array
// where it lists things, else an object with the error. What is printed line by line
// has no lines then.
func (c *cli) failed(cmd *cobra.Command, args []string, err error) {
	if c.printed || !c.json && !asksJSON(args) {
		return // the flag is read by hand where another one was wrong before it
	}
	if watch := cmd.Flags().Lookup("watch"); watch != nil && watch.Changed {
		return
	}
	var out any = map[string]string{"error": err.Error()}
	if lists(cmd) {
		out = []struct{}{}
	}
	_ = c.printJSON(out) // who does not read it is told on standard error
}

func asksJSON(args []string) bool {
	if i := slices.Index(args, "--"); i >= 0 {
		args = args[:i]
	}
	return slices.Contains(args, "--json")
}

// lists says whether a command answers with an array.
func lists(cmd *cobra.Command) bool {
	switch cmd.CommandPath() {
	case "hob get", "hob rules", "hob check", "hob simulate", "hob test", "hob init":
		return true
	case "hob boards", "hob explain":
		return cmd.Flags().NArg() == 0
	}
	return false
}

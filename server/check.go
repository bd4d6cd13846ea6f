package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/spf13/cobra"

	"hob/config"
	"hob/internal/diag"
	"hob/internal/entity"
)

func (c *cli) checkCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "check [FILE]",
		Short: "Find every mistake in a config file",
		Long: `Checks a config file (config.yaml when none is named) and shows every mistake
with its line, column and a suggestion. Nothing is contacted or changed. - reads
from standard input, and what that includes from the current directory.

With --json it prints an array of objects with file, line, column, end_column,
severity, code, message and suggestion; it is empty when there is nothing to say.
Exit code 3 means that there are errors; warnings alone are 0.`,
		Args: args(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			file := "config.yaml"
			if len(given) == 1 {
				file = given[0]
			}
			return c.check(file, cmd.InOrStdin())
		},
	}
}

// stdin is the name that stands for standard input.
const stdin = "-"

func (c *cli) check(file string, in io.Reader) error {
	read := c.read
	called := file
	if file == stdin {
		read = func(string) (*entity.House, diag.List, error) { return config.LoadFrom(in, file) }
		called = "standard input"
	}
	house, list, err := read(file)
	if err != nil {
		return err
	}
	if c.json {
		if list == nil {
			list = diag.List{}
		}
		if err := c.printJSON(list); err != nil {
			return err
		}
	} else if err := c.diagnose(list); err != nil {
		return err
	}
	if list.HasErrors() {
		return &exitError{exitConfig, fmt.Sprintf("%s: %s", called, tally(list))}
	}
	say := fmt.Sprintf("%s is valid: %s", called, contents(house))
	if w := list.Warnings(); w > 0 {
		say += ", " + tally(list)
	}
	fmt.Fprintln(c.stderr, say)
	for _, what := range config.NotInForce(house) {
		fmt.Fprintln(c.stderr, "Note:", what)
	}
	return nil
}

func (c *cli) read(file string) (*entity.House, diag.List, error) {
	c.warnOfHalf(file)
	house, list, err := config.Load(file)
	return house, list, missing(file, err)
}

// warnOfHalf says why files may not fit together.
func (c *cli) warnOfHalf(file string) {
	if config.Interrupted(file) {
		fmt.Fprintln(c.stderr, "Note: an edit of", file, "and what it includes was broken off in the middle; the server or the next hob rename finishes it")
	}
}

// missing says which file there is not.
func missing(file string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no file %s", file)
	}
	return err
}

// diagnose shows a list to people.
func (c *cli) diagnose(list diag.List) error {
	if len(list) == 0 {
		return nil
	}
	if err := list.WriteText(c.stderr, diag.TextOptions{Color: colorful(c.stderr), Width: cellsOf(c.stderr)}); err != nil {
		return err
	}
	_, err := fmt.Fprintln(c.stderr)
	return err
}

// loadToRun is load of a house that is to be run: an edit that was broken off is
// finished first.
func (c *cli) loadToRun(file string) (*entity.House, diag.List, error) {
	done, err := config.Recover(file)
	if err != nil {
		return nil, nil, err
	}
	if done {
		fmt.Fprintln(c.stderr, "Note: an edit of", file, "and what it includes was broken off; it is finished now")
	}
	return c.load(file)
}

// load reads a house and shows what is wrong with it, which it also returns: beside a
// house these are warnings.
func (c *cli) load(file string) (*entity.House, diag.List, error) {
	house, list, err := c.read(file)
	if err != nil {
		return nil, nil, err
	}
	if err := c.diagnose(list); err != nil {
		return nil, nil, err
	}
	if list.HasErrors() {
		return nil, list, &exitError{exitConfig, fmt.Sprintf("%s: %s", file, tally(list))}
	}
	return house, list, nil
}

func tally(l diag.List) string {
	var out string
	if e := l.Errors(); e > 0 {
		out = count(e, "error")
	}
	if w := l.Warnings(); w > 0 {
		if out != "" {
			out += ", "
		}
		out += count(w, "warning")
	}
	return out
}

func contents(h *entity.House) string {
	boards, entities := count(len(h.Boards), "board"), "1 entity"
	if n := len(h.Entities); n != 1 {
		entities = fmt.Sprintf("%d entities", n)
	}
	return boards + ", " + entities
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

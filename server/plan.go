package main

import (
	"time"

	"github.com/spf13/cobra"

	"hob/config/plan"
)

// exitDiffers is the code of a plan that is not empty, where it was asked for.
const exitDiffers = 6

func (c *cli) planCommand() *cobra.Command {
	var running string
	var code bool
	cmd := &cobra.Command{
		Use:   "plan [FILE] --config RUNNING",
		Short: "Say what an edited config file would change",
		Long: `Compares a config file (config.yaml when none is named) with the one that is
running, and says what would happen if it took its place: what is added, changed,
renamed or removed, which boards get a new configuration, which outputs may
switch, and when the rules that change run next. Nothing is contacted or changed.

With --json it prints an object with changes, boards and moves. With --exit-code
it ends with 6 when anything would change. An invalid file is exit code 3.`,
		Example: "  cp config.yaml edited.yaml; $EDITOR edited.yaml\n  hob plan edited.yaml --config config.yaml",
		Args:    args(cobra.MaximumNArgs(1)),
		RunE: func(_ *cobra.Command, given []string) error {
			file := "config.yaml"
			if len(given) == 1 {
				file = given[0]
			}
			if running == "" {
				return usage("--config is missing: which file is the running one?")
			}
			return c.plan(file, running, code)
		},
	}
	cmd.Flags().StringVar(&running, "config", "", "the config file that is running")
	cmd.Flags().BoolVar(&code, "exit-code", false, "end with code 6 when anything would change")
	return cmd
}

func (c *cli) plan(file, running string, code bool) error {
	before, _, err := c.load(running)
	if err != nil {
		return err
	}
	after, _, err := c.load(file)
	if err != nil {
		return err
	}
	p := plan.Compare(before, after, time.Now())
	if c.json {
		err = c.printJSON(p)
	} else {
		err = p.WriteText(c.stdout)
	}
	if err == nil && code && !p.Empty() {
		err = &exitError{exitDiffers, ""}
	}
	return err
}

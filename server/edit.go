package main

import (
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/spf13/cobra"

	"hob/config"
	"hob/config/plan"
	"hob/internal/entity"
)

// editFlags are what commands have that edit config.yaml.
type editFlags struct {
	config string
	dry    bool
}

func (f *editFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.config, "config", "config.yaml", "the config file")
	cmd.Flags().BoolVar(&f.dry, "dry-run", false, "say what would change, and write nothing")
}

func (c *cli) renameCommand() *cobra.Command {
	var f editFlags
	cmd := &cobra.Command{
		Use:   "rename OLD NEW",
		Short: "Give an entity another id, wherever config.yaml names it",
		Long: `Renames an entity in config.yaml, the files that it includes and the files of tests
beside it: its own key, and every action, scene, rule, list and test that names it. Comments, order, blank lines
and line ends stay as they are. was: is written into the entity, so that its
history and the rights to it follow.

It prints what the edit changes, as hob plan does. If the file has been changed
meanwhile, nothing is written and the exit code is 1.`,
		Example: "  hob rename porch porch_lamp",
		Args:    args(cobra.ExactArgs(2)),
		RunE: func(_ *cobra.Command, given []string) error {
			edit, err := config.Rename(f.config, entity.ID(given[0]), entity.ID(given[1]))
			return c.edit(edit, err, f)
		},
	}
	f.add(cmd)
	return cmd
}

func (c *cli) addCommand() *cobra.Command {
	var f editFlags
	var pin, area, name, icon string
	var set []string
	cmd := &cobra.Command{
		Use:   "add KIND ID",
		Short: "Add an entity to config.yaml",
		Long: `Adds an entity at the end of its section of config.yaml. KIND is one of switch,
light, button, contact, sensor, garage_door, heater, cooler, scene and person.
Keys that have no flag of their own are given by --set KEY=VALUE, as often as
needed. What was in the file stays as it is, with comments and line ends.

It prints what the edit changes, as hob plan does. What would not be valid is
shown, and not written; the exit code is 3 then.`,
		Example: "  hob add switch porch --pin hall/16 --area hall\n" +
			"  hob add light stairs --set pwm=hall/19 --set fade=400ms\n" +
			"  hob add scene night --set porch=off",
		Args: args(cobra.ExactArgs(2)),
		RunE: func(_ *cobra.Command, given []string) error {
			var keys []config.KeyValue
			for _, k := range []config.KeyValue{{Key: "name", Value: name}, {Key: "area", Value: area}, {Key: "icon", Value: icon}, {Key: "pin", Value: pin}} {
				if k.Value != "" {
					keys = append(keys, k)
				}
			}
			for _, s := range set {
				k, err := keyValue(s)
				if err != nil {
					return err
				}
				keys = append(keys, k)
			}
			edit, err := config.Add(f.config, entity.Kind(given[0]), entity.ID(given[1]), keys)
			return c.edit(edit, err, f)
		},
	}
	f.add(cmd)
	cmd.Flags().StringVar(&pin, "pin", "", "its pin, such as hall/16")
	cmd.Flags().StringVar(&area, "area", "", "where it is")
	cmd.Flags().StringVar(&name, "name", "", "what people read")
	cmd.Flags().StringVar(&icon, "icon", "", "its icon")
	cmd.Flags().StringArrayVar(&set, "set", nil, "KEY=VALUE, for any other key")
	return cmd
}

func keyValue(s string) (config.KeyValue, error) {
	for i, r := range s {
		if r == '=' && i > 0 {
			return config.KeyValue{Key: s[:i], Value: s[i+1:]}, nil
		}
	}
	return config.KeyValue{}, usage("--set wants KEY=VALUE, not %q", s)
}

// edit shows an edit and writes it.
func (c *cli) edit(edit *config.Edit, err error, f editFlags) error {
	if err != nil {
		return c.editFailure(err, f.config)
	}
	p := plan.Compare(edit.Before, edit.After, time.Now())
	if !f.dry {
		if err := edit.Write(); err != nil {
			return err
		}
	}
	if err := c.diagnose(edit.Warnings); err != nil {
		return err
	}
	for _, file := range edit.Files {
		if f.dry {
			fmt.Fprintln(c.stderr, file.Path, "would change; nothing is written")
		} else {
			fmt.Fprintln(c.stderr, file.Path, "is written")
		}
	}
	if c.json {
		return c.printJSON(p)
	}
	return p.WriteText(c.stdout)
}

// editFailure shows what is wrong with the files, or would be.
func (c *cli) editFailure(err error, file string) error {
	var edit *config.EditError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("there is no file %s", file)
	case !errors.As(err, &edit):
		return err
	case edit.Malformed:
		return usage("%s", edit.Message)
	case edit.List == nil:
		return err
	}
	if err := c.diagnose(edit.List); err != nil {
		return err
	}
	return &exitError{exitConfig, fmt.Sprintf("%s: %s", edit.Message, tally(edit.List))}
}

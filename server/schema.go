package main

import (
	"github.com/spf13/cobra"

	"hob/config"
)

func (c *cli) schemaCommand() *cobra.Command {
	var tests bool
	cmd := &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON schema of config.yaml, for editors",
		Long: `Prints a JSON schema with which editors complete config.yaml and check it as you
type. For those with the YAML language server, save it and put this line at the
top of the file:

  # yaml-language-server: $schema=hob.schema.json

It is for YAML 1.2, as VS Code's YAML extension and check-jsonschema read it. For the
two tags that there are, tell the extension in its settings:

  "yaml.customTags": ["!secret scalar", "!include scalar"]

With --tests it is the schema of files whose names end with .test.yaml. hob check and
hob test know more, such as which pins are free.`,
		Example: "  hob schema > hob.schema.json\n  hob schema --tests > hob-tests.schema.json",
		Args:    args(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			of := config.Schema
			if tests {
				of = config.TestsSchema
			}
			schema, err := of()
			if err != nil {
				return err
			}
			_, err = c.stdout.Write(schema)
			return err
		},
	}
	cmd.Flags().BoolVar(&tests, "tests", false, "that of files of tests instead")
	return cmd
}

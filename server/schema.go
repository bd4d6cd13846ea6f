package main

import (
	"github.com/spf13/cobra"

	"hob/config"
)

func (c *cli) schemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON schema of config.yaml, for editors",
		Long: `Prints a JSON schema with which editors complete config.yaml and check it as you
type. For those with the YAML language server, save it and put this line at the
top of the file:

  # yaml-language-server: $schema=hob.schema.json

hob check knows more, such as which pins are free.`,
		Example: "  hob schema > hob.schema.json",
		Args:    args(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			schema, err := config.Schema()
			if err != nil {
				return err
			}
			_, err = c.stdout.Write(schema)
			return err
		},
	}
}

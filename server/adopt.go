package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"hob/internal/entity"
	"hob/server/client"
)

func (c *cli) adoptCommand() *cobra.Command {
	var replace bool
	cmd := &cobra.Command{
		Use:   "adopt BOARD CODE",
		Short: "Make a board yours",
		Long: `Gives a board its key. BOARD is its name in config.yaml or its id; CODE is the
setup code that the board shows on its serial log and setup page. The board
takes it for 10 minutes after its first power-up, or after its BOOT button was
held for 5 seconds. Case and dashes in the code do not matter.`,
		Example: `  hob adopt hall 7K2QF-9XVMT-…`,
		Args:    args(cobra.ExactArgs(2)),
		RunE: func(cmd *cobra.Command, given []string) error {
			return c.boardDo(cmd.Context(), func(ctx context.Context, cl *client.Client) (entity.BoardRecord, error) {
				return cl.Adopt(ctx, given[0], given[1], replace)
			}, "adopted")
		},
	}
	cmd.Flags().BoolVar(&replace, "replace", false, "adopt although the server holds a key of this board")
	return cmd
}

func (c *cli) keyCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "key",
		Short: "Rotate or revoke a board's key",
		Args:  noCommand,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(&cobra.Command{
		Use:   "rotate BOARD",
		Short: "Give an online board a new key",
		Args:  args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			return c.boardDo(cmd.Context(), func(ctx context.Context, cl *client.Client) (entity.BoardRecord, error) {
				return cl.BoardAction(ctx, given[0], "rotate")
			}, "has a new key")
		},
	}, &cobra.Command{
		Use:   "revoke BOARD",
		Short: "Forget a board's key, here and on the board",
		Long: `Forgets the key of a board. An online board forgets it too; one that is not
reached keeps it, and takes a new one after its BOOT button was held for 5 seconds.`,
		Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error { return c.revoke(cmd.Context(), given[0]) },
	})
	return cmd
}

func (c *cli) identifyCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "identify BOARD",
		Short: "Blink a board's status LED",
		Args:  args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			return c.boardDo(cmd.Context(), func(ctx context.Context, cl *client.Client) (entity.BoardRecord, error) {
				return cl.BoardAction(ctx, given[0], "identify")
			}, "blinks for 10 seconds")
		},
	}
}

// boardDo does something with a board and says that it is done.
func (c *cli) boardDo(ctx context.Context, do func(context.Context, *client.Client) (entity.BoardRecord, error), done string) error {
	cl, err := c.client()
	if err != nil {
		return err
	}
	b, err := do(ctx, cl)
	if err != nil {
		return err
	}
	fmt.Fprintf(c.stderr, "%s %s\n", boardName(b), done)
	if c.json {
		return c.printJSON(b)
	}
	return nil
}

func (c *cli) revoke(ctx context.Context, board string) error {
	cl, err := c.client()
	if err != nil {
		return err
	}
	out, err := cl.Revoke(ctx, board)
	if err != nil {
		return err
	}
	fmt.Fprintf(c.stderr, "the key of %s is forgotten\n", boardName(out.Board))
	if !out.Told {
		fmt.Fprintln(c.stderr, "the board was not reached: hold its BOOT button for 5 seconds before you adopt it again")
	}
	if c.json {
		return c.printJSON(out)
	}
	return nil
}

func boardName(b entity.BoardRecord) string {
	if b.Name == "" {
		return string(b.ID)
	}
	return fmt.Sprintf("%s (%s)", b.Name, b.ID)
}

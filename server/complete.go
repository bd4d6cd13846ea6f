package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"hob/config"
	"hob/internal/diag"
	"hob/internal/entity"
	"hob/server/client"
)

// askedWithin is how long the Tab key waits for a server. One that is not there, or is
// slow, has nothing to offer.
const askedWithin = time.Second

// completers say what the Tab key offers for the arguments of each command: never the
// names of files where an id belongs.
func (c *cli) completers() map[string]cobra.CompletionFunc {
	entities, boards, rules := c.first(entityIDs), c.first(boardNames), c.first(ruleIDs)
	yaml := cobra.FixedCompletions([]cobra.Completion{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt)
	return map[string]cobra.CompletionFunc{
		"hob get": entities, "hob why": entities, "hob set": c.completeSet, "hob rename": entities,
		"hob boards": boards, "hob identify": boards, "hob adopt": boards, "hob key rotate": boards, "hob key revoke": boards,
		"hob update": c.completeUpdate,
		"hob rules":  rules, "hob rules run": rules, "hob rules resume": rules, "hob why-not": rules,
		"hob check": yaml, "hob plan": yaml, "hob simulate": yaml, "hob test": yaml, "hob init": yaml,
		"hob explain":   completeCode,
		"hob add":       completeKind,
		"hob sign":      files,
		"hob provision": files,
	}
}

// addCompletions is for the whole tree of commands.
func (c *cli) addCompletions(root *cobra.Command) {
	known := c.completers()
	var walk func(*cobra.Command)
	walk = func(cmd *cobra.Command) {
		if cmd.ValidArgsFunction == nil && len(cmd.ValidArgs) == 0 {
			if cmd.ValidArgsFunction = known[cmd.CommandPath()]; cmd.ValidArgsFunction == nil {
				cmd.ValidArgsFunction = cobra.NoFileCompletions
			}
		}
		for _, sub := range cmd.Commands() {
			walk(sub)
		}
	}
	walk(root)
}

func files(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveDefault
}

// first offers what a running server has, for the first argument.
func (c *cli) first(of func(context.Context, *client.Client) []cobra.Completion) cobra.CompletionFunc {
	return func(cmd *cobra.Command, given []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(given) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		cl, err := c.client()
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		ctx, stop := context.WithTimeout(cmd.Context(), askedWithin)
		defer stop()
		return of(ctx, cl), cobra.ShellCompDirectiveNoFileComp
	}
}

func entityIDs(ctx context.Context, cl *client.Client) (out []cobra.Completion) {
	all, _ := cl.Entities(ctx) // without an answer there is nothing to offer
	for i := range all {
		out = append(out, described(string(all[i].ID), all[i].Name))
	}
	return out
}

func boardNames(ctx context.Context, cl *client.Client) (out []cobra.Completion) {
	all, _ := cl.Boards(ctx)
	for i := range all {
		b := &all[i]
		if b.Name == "" { // in no config
			out = append(out, described(string(b.ID), string(b.Status)))
			continue
		}
		out = append(out, described(string(b.Name), string(b.Status)))
	}
	return out
}

func ruleIDs(ctx context.Context, cl *client.Client) (out []cobra.Completion) {
	all, _ := cl.Rules(ctx)
	for i := range all {
		out = append(out, described(string(all[i].ID), all[i].Name))
	}
	return out
}

// described is a word with what it means. Shells show it, and names come from elsewhere.
func described(word, means string) cobra.Completion {
	if means == "" || means == word {
		return word
	}
	return cobra.CompletionWithDesc(word, printable(means))
}

// completeSet offers an entity, then what it can be told. Levels, colors and
// temperatures are typed.
func (c *cli) completeSet(cmd *cobra.Command, given []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(given) != 1 {
		return c.first(entityIDs)(cmd, given, typed)
	}
	return c.first(func(ctx context.Context, cl *client.Client) (out []cobra.Completion) {
		rec, err := cl.Entity(ctx, entity.ID(given[0]))
		if err != nil {
			return nil
		}
		for _, v := range rec.Kind.Verbs() {
			out = append(out, cobra.Completion(v))
		}
		presets, _ := attribute[[]any](rec, "presets")
		for _, p := range presets {
			if name, ok := p.(string); ok {
				out = append(out, described(name, "preset"))
			}
		}
		return out
	})(cmd, nil, typed)
}

// completeUpdate offers a board, then an image; with --rest there is no board.
func (c *cli) completeUpdate(cmd *cobra.Command, given []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if rest, _ := cmd.Flags().GetBool("rest"); rest || len(given) == 1 {
		return []cobra.Completion{"hob"}, cobra.ShellCompDirectiveFilterFileExt
	}
	return c.first(boardNames)(cmd, given, typed)
}

func completeCode(_ *cobra.Command, given []string, _ string) (out []cobra.Completion, _ cobra.ShellCompDirective) {
	if len(given) == 0 {
		for _, code := range diag.Codes() {
			out = append(out, described(string(code.Code), code.Meaning))
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

// completeKind offers what hob add takes.
func completeKind(_ *cobra.Command, given []string, _ string) (out []cobra.Completion, _ cobra.ShellCompDirective) {
	if len(given) == 0 {
		for _, kind := range config.KindsToAdd() {
			out = append(out, cobra.Completion(kind))
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

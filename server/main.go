// Command hob runs a house: it serves, and it is what people and scripts type
// to look at a running server and to command it. One file per subcommand, with
// its help inside.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"hob/server/client"
)

// version is set by the linker.
var version = "dev"

// Exit codes; scripts rely on them.
const (
	exitFailed  = 1
	exitUsage   = 2
	exitConfig  = 3
	exitAuth    = 4
	exitOffline = 5 // a board that is offline, or no answer in time
)

// exitError ends the program with a code; an empty text prints nothing, because
// the command has said it already.
type exitError struct {
	code int
	text string
}

func (e *exitError) Error() string { return e.text }

func main() { os.Exit(execute()) }

func execute() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return run(ctx, os.Args[1:], os.Stdout, os.Stderr)
}

// run is main for tests.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	c := &cli{stdout: stdout, stderr: stderr}
	root := c.command()
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return 0
	}
	c.failed(cmd, args, err)
	code := codeOf(err)
	if text := err.Error(); text != "" {
		for line := range strings.SplitSeq(text, "\n") {
			fmt.Fprintln(stderr, "hob:", printable(line))
		}
	}
	return code
}

// codeOf is the exit code for an error. What cobra says about flags and
// arguments comes wrapped as a usage error already.
func codeOf(err error) int {
	var exit *exitError
	var problem *client.Problem
	switch {
	case errors.As(err, &exit):
		return exit.code
	case errors.Is(err, client.ErrAuth):
		return exitAuth
	case errors.Is(err, context.DeadlineExceeded):
		return exitOffline
	case errors.As(err, &problem):
		switch problem.Status {
		case 422, 400:
			return exitUsage
		case 503, 504:
			return exitOffline
		}
	}
	return exitFailed
}

// flagWords says what is wrong with a flag, without the words of strconv.
func flagWords(err error) string {
	var number *strconv.NumError
	if !errors.As(err, &number) {
		return err.Error()
	}
	words := "it is no whole number"
	if errors.Is(number, strconv.ErrRange) {
		words = "it is too large"
	}
	return strings.Replace(err.Error(), number.Error(), words, 1)
}

func usage(format string, args ...any) error {
	return &exitError{exitUsage, fmt.Sprintf(format, args...)}
}

// cli is one invocation: where it writes, and the flags that all commands have.
type cli struct {
	stdout, stderr io.Writer
	state          string
	url            string
	token          string
	json           bool
	printed        bool // a document of JSON, or a line of it
}

func (c *cli) command() *cobra.Command {
	root := &cobra.Command{
		Use:   "hob",
		Short: "Runs a home: relays, lights and buttons on ESP32 boards",
		Long: `Hob runs a home. One server reads config.yaml, finds the boards, tells each
what its pins are, and keeps every wall button, browser and script in sync.

Try it without hardware:   hob demo
Run your house:            hob serve --config config.yaml

Commands that look at a running server reach it through the unix socket in its
state directory (--state), or over the network with --url and --token.

Exit codes: 0 success, 1 failed, 2 usage, 3 invalid config, 4 authentication,
5 board offline or no answer in time, 6 plan differs (with --exit-code).`,
		Version:       version,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          noCommand,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetOut(c.stdout)
	root.SetErr(c.stderr)
	root.SetVersionTemplate("hob {{.Version}}\n")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usage("%s; see %s --help", flagWords(err), cmd.CommandPath())
	})
	flags := root.PersistentFlags()
	flags.StringVar(&c.state, "state", defaultState(), "state directory of the server")
	flags.StringVar(&c.url, "url", os.Getenv("HOB_URL"), "address of the server, instead of its socket (or HOB_URL)")
	flags.StringVar(&c.token, "token", "", "its token (better: HOB_TOKEN, which other users of this computer cannot see)")
	flags.BoolVar(&c.json, "json", false, "print JSON on standard output")
	root.AddCommand(c.serveCommand(), c.demoCommand(), c.checkCommand(), c.explainCommand(), c.schemaCommand(), c.planCommand(), c.simulateCommand(), c.testCommand(), c.initCommand(), c.addCommand(), c.renameCommand(), c.boardsCommand(), c.getCommand(),
		c.setCommand(), c.rulesCommand(), c.whyCommand(), c.whyNotCommand(), c.adoptCommand(), c.keyCommand(), c.identifyCommand(), c.provisionCommand(), c.signCommand(), c.updateCommand(), c.wallCommand())
	strictly(root)
	c.addCompletions(root)
	return root
}

// strictly makes cobra's own commands say what they do not know, as all others do.
func strictly(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		switch cmd.Name() {
		case "help":
			cmd.Args = func(_ *cobra.Command, given []string) error {
				if found, rest, err := root.Find(given); err != nil || len(rest) > 0 {
					return usage("there is no command %s %q; see hob --help", found.CommandPath(), given[len(given)-len(rest)])
				}
				return nil
			}
		case "completion":
			cmd.Args = noCommand
			cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
		}
	}
}

// defaultState is where a server keeps its state when it is not told.
func defaultState() string {
	if d := os.Getenv("HOB_STATE"); d != "" {
		return d
	}
	if os.Geteuid() == 0 {
		return "/var/lib/hob"
	}
	if d := os.Getenv("XDG_STATE_HOME"); d != "" {
		return filepath.Join(d, "hob")
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "hob-state"
	}
	return filepath.Join(home, ".local", "state", "hob")
}

// client is the way to the server.
func (c *cli) client() (*client.Client, error) {
	token := c.token
	if token == "" {
		token = os.Getenv("HOB_TOKEN")
	}
	cl, err := client.New(client.Options{State: c.state, URL: c.url, Token: token})
	if err != nil {
		return nil, usage("%v", err)
	}
	return cl, nil
}

// args wraps cobra's checks: what they find is a usage error, and people are
// shown how it is meant. An empty argument is a script's unset variable.
func args(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, given []string) error {
		if slices.Contains(given, "") {
			return usage("an argument of %s is empty", cmd.CommandPath())
		}
		if err := check(cmd, given); err != nil {
			return usage("it is used as: %s; see %s --help", strings.TrimSuffix(cmd.UseLine(), " [flags]"), cmd.CommandPath())
		}
		return nil
	}
}

// noCommand is the check of a command that only has others below it.
func noCommand(cmd *cobra.Command, given []string) error {
	if len(given) == 0 {
		return nil
	}
	cmd.SuggestionsMinimumDistance = 2 // letters that may be wrong
	return usage("there is no command %s %q%s; see %s --help", cmd.CommandPath(), given[0],
		perhaps(cmd.SuggestionsFor(given[0])), cmd.CommandPath())
}

// perhaps is a hint at what may have been meant.
func perhaps(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return " (perhaps " + strings.Join(names, " or ") + ")"
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"hob/config"
	"hob/internal/entity"
	"hob/server/discovery"
)

func (c *cli) initCommand() *cobra.Command {
	var wait time.Duration
	var network string
	cmd := &cobra.Command{
		Use:   "init [FILE]",
		Short: "Write a first config file from the boards on the network",
		Long: `Looks for boards on the network and writes a first config file (config.yaml when
none is named): the boards that were found, and comments that teach the rest. A
file that is there already is left alone. No server is needed.

With --json it prints an array of the boards, with id, chip and board (its name in
the file).`,
		Example: "  hob init\n  hob serve",
		Args:    args(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			file := "config.yaml"
			if len(given) == 1 {
				file = given[0]
			}
			return c.init(cmd.Context(), file, network, wait)
		},
	}
	cmd.Flags().DurationVar(&wait, "wait", 5*time.Second, "how long to look for boards")
	cmd.Flags().StringVar(&network, "mdns-interface", "", "network interface to look at (all)")
	return cmd
}

// firstBoard is one board for scripts.
type firstBoard struct {
	ID    entity.BoardID `json:"id"`
	Chip  string         `json:"chip"`
	Board string         `json:"board"` // "" where the file only mentions it
}

func (c *cli) init(ctx context.Context, file, network string, wait time.Duration) error {
	if wait < 0 {
		return usage("--wait must not be negative")
	}
	if _, err := os.Lstat(file); err == nil {
		return fmt.Errorf("there is a file %s already; it is left alone", file)
	}
	if _, err := net.InterfaceByName(network); network != "" && err != nil {
		return fmt.Errorf("there is no network interface %s", network)
	}
	fmt.Fprintf(c.stderr, "Looking for boards for %s ...\n", wait)
	found, err := look(ctx, network, wait)
	if err != nil {
		return err
	}
	if err := create(file, config.First(found, localZone())); err != nil {
		return err
	}
	fmt.Fprintf(c.stderr, "%s is written, with %s.\n", file, count(len(found), "board"))
	if !c.json {
		return nil
	}
	house, _, err := config.Load(file)
	if err != nil {
		return err
	}
	return c.printJSON(firstBoards(found, house))
}

// firstBoards says which boards got which name.
func firstBoards(found []config.Found, house *entity.House) []firstBoard {
	out := []firstBoard{}
	for _, f := range found {
		b := firstBoard{ID: f.ID, Chip: f.Chip}
		for _, declared := range house.Boards {
			if declared.ID == f.ID {
				b.Board = string(declared.Name)
			}
		}
		out = append(out, b)
	}
	return out
}

// look browses for a while.
func look(ctx context.Context, network string, wait time.Duration) ([]config.Found, error) {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	browser := discovery.New(discovery.Options{Interface: network, Log: slog.New(slog.DiscardHandler)})
	if err := browser.Run(ctx); err != nil {
		return nil, fmt.Errorf("look for boards: %w", err)
	}
	var out []config.Found
	for _, a := range browser.Boards() {
		out = append(out, config.Found{ID: entity.BoardID(a.ID), Chip: a.Chip})
	}
	slices.SortFunc(out, func(a, b config.Found) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return out, nil
}

// create writes a file that must not be there.
func create(file string, text []byte) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("there is a file %s already; it is left alone", file)
	}
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Close())
}

// localZone is the name of this computer's time zone, "" if it does not tell.
func localZone() string {
	if zone := os.Getenv("TZ"); zone != "" {
		return strings.TrimPrefix(zone, ":")
	}
	if target, err := filepath.EvalSymlinks("/etc/localtime"); err == nil {
		if _, name, ok := strings.Cut(target, "/zoneinfo/"); ok {
			return name
		}
	}
	text, err := os.ReadFile("/etc/timezone")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/spf13/cobra"

	"hob"
	"hob/config"
	"hob/internal/diag"
	"hob/internal/entity"
	"hob/server/app"
)

func (c *cli) demoCommand() *cobra.Command {
	var d demo
	var level string
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Try a house on virtual boards",
		Long: `Runs a house on virtual boards: the real firmware core, compiled for this
computer. It uses ./config.yaml, or the sample house when there is none, starts a
hob-board for each board of it, and adopts those and no others. Edit the file and
save it: boards come and go with it. Everything stays on this computer, and is
forgotten at the end unless --state is given.`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			log, err := c.logger(level)
			if err != nil {
				return err
			}
			d.cli, d.log, d.houses = c, log, make(chan *entity.House, 1)
			d.keep = cmd.Flags().Changed("state")
			return d.run(cmd.Context())
		},
	}
	cmd.Flags().StringVar(&d.file, "config", "", "the house (./config.yaml, or the sample)")
	listenFlag(cmd, &d.listen)
	cmd.Flags().StringVar(&level, "log", "warn", "what is logged: debug, info, warn or error")
	return cmd
}

// demo is one run of `hob demo`.
type demo struct {
	*cli
	log    *slog.Logger
	file   string
	listen string
	keep   bool               // the state directory is the user's
	houses chan *entity.House // the newest one that was read, of capacity 1
}

const loopback = "lo"

func (d *demo) run(ctx context.Context) error {
	house, warnings, err := d.house()
	if err != nil {
		return err
	}
	forget, err := d.openState()
	if err != nil {
		return err
	}
	defer forget()
	program, err := boardProgram()
	if err != nil {
		return err
	}
	// The app is built first: it locks the state directory, so a second demo
	// with the same one ends here and starts no boards.
	a, err := d.newApp(house, app.Options{State: d.state, Listen: d.listen, Interface: loopback, Log: d.log,
		File: d.file, Warnings: warnings, Reloaded: d.offer})
	if err != nil {
		return err
	}
	defer a.Close()
	boards := newBoards(program, d.state, d.stderr)
	defer boards.stop()
	for _, b := range house.Boards {
		if err := boards.start(b); err != nil {
			return err
		}
	}
	if err := d.shutDoors(ctx, house); err != nil {
		return err
	}
	around := surround(house, seeded())
	if err := around.build(ctx, d.cli); err != nil {
		return err
	}
	return d.serveAndAdopt(ctx, a, house, boards)
}

// shutDoors puts a magnet to every reed: a house at rest, not one that stands
// open. The boards do not know these pins yet; the wires are there all the same.
func (d *demo) shutDoors(ctx context.Context, house *entity.House) error {
	quiet := &cli{state: d.state, stdout: io.Discard, stderr: d.stderr}
	for _, e := range house.Entities {
		contact, ok := e.Spec.(*entity.Contact)
		if !ok || contact.Class.Detects() {
			continue
		}
		request := map[string]any{"cmd": "set", "pin": contact.Pin, "level": !contact.ActiveLow()}
		if err := quiet.wall(ctx, string(contact.Board), request); err != nil {
			return fmt.Errorf("shut %s: %w", e.ID, err)
		}
	}
	return nil
}

func (d *demo) serveAndAdopt(ctx context.Context, a *app.App, house *entity.House, boards *boards) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if err := d.introduce(a, house, boards); err != nil {
		return err
	}
	adopted := make(chan error, 1)
	go func() { adopted <- d.keepUp(ctx, a, boards, house) }()
	err := a.Run(ctx)
	cancel()
	return errors.Join(err, <-adopted)
}

func ignoreEnd(err error) error {
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// house is --config, or ./config.yaml, or the sample.
func (d *demo) house() (*entity.House, diag.List, error) {
	if d.file == "" {
		if _, err := os.Stat("config.yaml"); err == nil {
			d.file = "config.yaml"
		}
	}
	if d.file != "" {
		return d.loadToRun(d.file)
	}
	h, list := config.Parse("the sample house", hob.SampleConfig)
	if list.HasErrors() {
		_ = list.WriteText(d.stderr, diag.TextOptions{})
		return nil, nil, &exitError{exitConfig, "the sample house has errors"}
	}
	return h, list, nil
}

// introduce says what there is to see and to try.
func (d *demo) introduce(a *app.App, house *entity.House, boards *boards) error {
	if d.json {
		controls := map[entity.BoardName]string{}
		for _, b := range boards.running {
			controls[b.board.Name] = b.control
		}
		return d.printLine(map[string]any{"url": address(a.Addr()), "state": d.state,
			"pid": os.Getpid(), "token_needed": a.Guarded(), "controls": controls})
	}
	if err := d.greet(a, house); err != nil {
		return err
	}
	me := os.Args[0]
	fmt.Fprintf(d.stderr, "\nIn another terminal:\n  export HOB_STATE=%s\n  %s get -w\n", d.state, me)
	if id := firstOutput(house); id != "" {
		fmt.Fprintf(d.stderr, "  %s set %s toggle\n", me, id)
	}
	if b := firstButton(house); b != nil {
		fmt.Fprintf(d.stderr, "  %s wall press %s/%d\n", me, b.Board, b.Pin)
	}
	fmt.Fprintln(d.stderr, "\nCtrl-C ends it.")
	return nil
}

func firstOutput(h *entity.House) entity.ID {
	for _, e := range h.Entities {
		if _, ok := entity.OutputOf(e.Spec); ok {
			return e.ID
		}
	}
	return ""
}

func firstButton(h *entity.House) *entity.Button {
	for _, e := range h.Entities {
		if b, ok := e.Spec.(*entity.Button); ok {
			return b
		}
	}
	return nil
}

const (
	adoptEvery  = 100 * time.Millisecond
	adoptWithin = time.Minute
)

// adopt gives a key to every board that was started and has none, as soon as it
// is found.
func (d *demo) adopt(ctx context.Context, a *app.App, boards []*runningBoard) error {
	ctx, cancel := context.WithTimeout(ctx, adoptWithin)
	defer cancel()
	retry := time.NewTicker(adoptEvery)
	defer retry.Stop()
	for _, b := range boards {
		for b.code != "" {
			err := a.Adopt(ctx, b.board.ID, b.code)
			if err == nil {
				break
			}
			if !errors.Is(err, app.ErrNotThere) {
				return fmt.Errorf("adopt %s: %w", b.board.Name, err)
			}
			select {
			case <-retry.C:
			case <-b.exited:
				err = nil // it is adopted when it is there again
			case <-ctx.Done():
				if errors.Is(ctx.Err(), context.DeadlineExceeded) {
					d.log.Error("a virtual board was not found", "board", b.board.Name, "error", err)
				}
				return context.Canceled
			}
			if err == nil {
				break
			}
		}
	}
	return nil
}

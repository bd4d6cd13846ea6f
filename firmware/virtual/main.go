// Command hob-board is a board without the board: the firmware core compiled
// for this computer, with simulated pins, a directory for its settings memory,
// a WebSocket and an mDNS announcement in the place of the ESP32's, and a control
// socket through which its buttons are pressed and its power is cut. The demo,
// the end-to-end tests and the load tests run it; docs/virtual-boards.md
// describes it for them.
//
// One process carries any number of boards. Each has a goroutine that owns its
// instance of the core (board.go); sockets, the control socket and the
// announcement have theirs and hand over what comes in. The core's scratch
// memory is shared by boards, under a lock (engine in core.go).
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
)

// Exit codes.
const (
	exitFailed = 1
	exitUsage  = 2
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	opt, err := parseOptions(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		fmt.Fprintln(stderr, "hob-board:", err)
		return exitUsage
	}
	if opt.image.path != "" {
		if err := opt.writeImage(); err != nil {
			fmt.Fprintln(stderr, "hob-board:", err)
			return exitFailed
		}
		return 0
	}
	log := slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: opt.logLevel}))
	slog.SetDefault(log) // zeroconf logs through package log
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := runWithState(ctx, opt, stdout, log); err != nil {
		fmt.Fprintln(stderr, "hob-board:", err)
		return exitFailed
	}
	return 0
}

// runWithState runs the boards, whose settings are forgotten at the end when nobody has
// said where to keep them.
func runWithState(ctx context.Context, opt options, stdout io.Writer, log *slog.Logger) error {
	if opt.stateDir != "" {
		return runProcess(ctx, opt, stdout, log)
	}
	dir, err := os.MkdirTemp("", "hob-board-")
	if err != nil {
		return fmt.Errorf("settings directory: %w", err)
	}
	opt.stateDir = dir
	return errors.Join(runProcess(ctx, opt, stdout, log), os.RemoveAll(dir))
}

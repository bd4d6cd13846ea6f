package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"sync"
	"time"
)

// keepEdges is how many edges a process remembers for all of its boards
// together, minKeepEdges how many for each at least.
const (
	keepEdges    = 16384
	minKeepEdges = 256
)

// ready is the one line on standard output.
type ready struct {
	readyBoard
	Control string       `json:"control"`
	PID     int          `json:"pid"`
	Boards  []readyBoard `json:"boards"`
}

type readyBoard struct {
	ID        string `json:"id"`
	Chip      string `json:"chip"`
	Address   string `json:"address"`
	SetupCode string `json:"setup_code"`
	State     string `json:"state"`
	Serial    string `json:"serial,omitempty"` // the path of its serial port
}

// runProcess carries the boards until ctx ends or the control socket says quit.
// The ready line is written to out when every board listens.
func runProcess(ctx context.Context, opt options, out io.Writer, log *slog.Logger) error {
	ctx, quit := context.WithCancel(ctx)
	defer quit()
	engines, free, err := newEngines(min(len(opt.ids), runtime.GOMAXPROCS(0)))
	if err != nil {
		return err
	}
	defer free()
	links := newLinkServer()
	defer links.close()

	around := newSurroundings(opt.seed, time.Now())
	boards, err := buildBoards(opt, engines, links, around, log)
	if err != nil {
		return err
	}
	var running sync.WaitGroup
	defer running.Wait()
	defer quit() // before the wait above
	running.Go(func() { around.run(ctx) })
	if err := startBoards(ctx, opt, boards, &running); err != nil {
		return err
	}
	if opt.control != "" {
		listener, err := listenControl(opt.control)
		if err != nil {
			return err
		}
		running.Go(func() { newControl(boards, around, quit).run(ctx, listener) })
	}
	if err := sayReady(out, opt, boards); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

func buildBoards(opt options, engines []*engine, links *linkServer, around *surroundings, log *slog.Logger) ([]*board, error) {
	var boards []*board
	for i, id := range opt.ids {
		var sensors sensorSource
		if opt.sensors != nil {
			sensors = opt.sensors(id)
		}
		port, err := opt.cable()
		if err != nil {
			return nil, errors.Join(err, closeBoards(boards))
		}
		b, err := newBoard(boardOptions{
			core: coreOptions{id: id, chip: opt.chip, fw: opt.fw, buildUnixMS: buildTime(), sensors: sensors,
				updateKey: opt.updateKey, security: uint16(opt.security)},
			eng:       engines[i%len(engines)],
			stateDir:  filepath.Join(opt.stateDir, id),
			keepEdges: max(keepEdges/len(opt.ids), minKeepEdges),
			seed:      opt.seed + uint64(i),
			links:     links,
			around:    around,
			announcer: opt.announcer(id, log),
			cable:     port,
			log:       log,
		})
		if err != nil {
			port.end()
			return nil, errors.Join(err, closeBoards(boards))
		}
		boards = append(boards, b)
	}
	return boards, nil
}

// closeBoards undoes what building has taken, of boards that do not run.
func closeBoards(boards []*board) error {
	var errs []error
	for _, b := range boards {
		b.cable.end()
		errs = append(errs, b.flash.close())
	}
	return errors.Join(errs...)
}

// cable gives a board its serial port, if there is to be one.
func (o options) cable() (*cable, error) {
	if !o.serial {
		return nil, nil
	}
	return newCable()
}

func (o options) announcer(id string, log *slog.Logger) *announcer {
	if o.iface == nil {
		return nil
	}
	return newAnnouncer(id, o.chip, o.fw, *o.iface, log)
}

// startBoards switches the boards on, one after the other. All of them run when
// it returns, also those after one that failed: their goroutines end with ctx.
func startBoards(ctx context.Context, opt options, boards []*board, running *sync.WaitGroup) error {
	var first error
	for i, b := range boards {
		result := make(chan error, 1)
		running.Go(func() { b.run(ctx, opt.address(i), result) })
		if err := <-result; err != nil && first == nil {
			first = fmt.Errorf("board %s: %w", b.id, err)
		}
	}
	return first
}

func sayReady(out io.Writer, opt options, boards []*board) error {
	line := ready{Control: opt.control, PID: os.Getpid()}
	for _, b := range boards {
		info, err := b.info()
		if err != nil {
			return err
		}
		line.Boards = append(line.Boards, readyBoard{
			ID: info.ID, Chip: info.Chip, Address: info.Address, SetupCode: info.SetupCode, State: info.State,
			Serial: b.cable.path(),
		})
	}
	line.readyBoard = line.Boards[0]
	return json.NewEncoder(out).Encode(line)
}

// buildTime is when the source of this program was committed, in ms since 1970,
// 0 when that is not known.
func buildTime() uint64 {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return 0
	}
	for _, setting := range info.Settings {
		if setting.Key == "vcs.time" {
			if at, err := time.Parse(time.RFC3339, setting.Value); err == nil {
				return uint64(at.UnixMilli())
			}
		}
	}
	return 0
}

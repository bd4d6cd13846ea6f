package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"hob/internal/entity"
	"hob/server/app"
)

const (
	// restartAfter is how long a board is away whose process ended, as one whose
	// power fails for a moment. It doubles each time that the board does not live long.
	restartAfter  = time.Second
	restartAtMost = 32 * time.Second
	livesLong     = time.Minute
)

// restart is a board that is to be started again.
type restart struct {
	board  entity.Board
	deaths int // in a row; at least 1
}

// next is the restart of a board that has just ended.
func (r *runningBoard) next(now time.Time) restart {
	if now.Sub(r.began) >= livesLong {
		return restart{r.board, 1}
	}
	return restart{r.board, r.deaths + 1}
}

func (r restart) wait() time.Duration {
	return min(restartAfter<<min(r.deaths-1, 10), restartAtMost)
}

// lost takes a board that ended off the list; false if it was not on it any more.
func (s *boards) lost(r *runningBoard) bool {
	i := slices.Index(s.running, r)
	if i < 0 {
		return false
	}
	s.running = slices.Delete(s.running, i, i+1)
	return true
}

// putOff has again tell of a restart when its time has come.
func (d *demo) putOff(ctx context.Context, again chan<- restart, r restart, why any) {
	d.log.Warn("a virtual board ended; it is started again", "board", r.board.Name, "why", fmt.Sprint(why), "in", r.wait())
	time.AfterFunc(r.wait(), func() {
		select {
		case again <- r:
		case <-ctx.Done():
		}
	})
}

// revive starts a board again, with what it remembers and what is around it. One that
// the house has no more, or that was started meanwhile, is left alone. An error says
// that it did not start.
func (d *demo) revive(ctx context.Context, a *app.App, boards *boards, house *entity.House, r restart) error {
	wanted := slices.ContainsFunc(house.Boards, (&runningBoard{board: r.board}).is)
	there := slices.ContainsFunc(boards.running, func(b *runningBoard) bool { return b.is(r.board) })
	if !wanted || there {
		return nil
	}
	if err := boards.start(r.board); err != nil {
		return err
	}
	fresh := boards.running[len(boards.running)-1]
	fresh.deaths = r.deaths
	d.equip(ctx, a, house, fresh)
	return nil
}

// equip gives a board that was started again what is around it, and a key if it has
// none. What is around it is there before it boots, or doors would stand open for a moment.
func (d *demo) equip(ctx context.Context, a *app.App, house *entity.House, r *runningBoard) {
	fresh := []*runningBoard{r}
	err := errors.Join(d.power(ctx, r.board, "power_cut"), d.shutDoors(ctx, newContacts(house, house, fresh)),
		d.grow(ctx, house, surround(house, seeded()), fresh), d.power(ctx, r.board, "power_on"),
		ignoreEnd(d.adopt(ctx, a, fresh)))
	if err != nil && ctx.Err() == nil {
		d.log.Error("not all of the board is there again", "board", r.board.Name, "error", err)
	}
}

// power takes the power from a board, with "power_cut", or gives it back, with "power_on".
func (d *demo) power(ctx context.Context, b entity.Board, what string) error {
	quiet := &cli{state: d.state, stdout: io.Discard, stderr: d.stderr}
	return quiet.wall(ctx, string(b.Name), map[string]any{"cmd": what})
}

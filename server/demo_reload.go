package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"hob/internal/entity"
	"hob/server/app"
)

// keepUp adopts the boards and then follows every new house: boards that it adds
// are started and adopted, those that it has no more are stopped, and what is
// around them grows with it. One whose process ends is started again. It returns
// when ctx is done.
func (d *demo) keepUp(ctx context.Context, a *app.App, boards *boards, house *entity.House) error {
	around := surround(house, seeded())
	stop := d.reflect(ctx, around)
	again := make(chan restart)
	err := ignoreEnd(d.adopt(ctx, a, boards.running))
	for {
		select {
		case <-ctx.Done():
			stop()
			return err
		case r := <-boards.died:
			if boards.lost(r) {
				d.putOff(ctx, again, r.next(time.Now()), r.cmd.ProcessState)
			}
		case next := <-again:
			if err := d.revive(ctx, a, boards, house, next); err != nil {
				next.deaths++
				d.putOff(ctx, again, next, err)
			}
		case next := <-d.houses:
			stop()
			around = d.rebuild(ctx, a, boards, house, next)
			house = next
			stop = d.reflect(ctx, around)
		}
	}
}

func seeded() *rand.Rand { return rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 0)) }

// reflect begins to keep a world's mirrors; stop waits for the end of that.
func (d *demo) reflect(ctx context.Context, w demoWorld) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() { w.reflect(ctx, d.cli) })
	return func() { cancel(); running.Wait() }
}

// offer hands over a new house; one that nobody has taken yet is of no interest
// any more. Only the watcher calls it.
func (d *demo) offer(h *entity.House) {
	select {
	case <-d.houses:
	default:
	}
	d.houses <- h
}

// rebuild makes of the boards for one house those for the next. What does not work
// out is said, and the demo goes on.
func (d *demo) rebuild(ctx context.Context, a *app.App, boards *boards, before, now *entity.House) demoWorld {
	fresh, err := boards.become(now.Boards)
	around := surround(now, seeded())
	err = errors.Join(err, d.shutDoors(ctx, newContacts(before, now, fresh)), d.grow(ctx, before, around, fresh),
		ignoreEnd(d.adopt(ctx, a, fresh)))
	if err != nil && ctx.Err() == nil {
		d.log.Error("not all of the new house is there", "error", err)
	}
	return around
}

// newContacts are those that were not there, and those of boards that are fresh.
func newContacts(before, now *entity.House, fresh []*runningBoard) *entity.House {
	out := &entity.House{}
	for _, e := range now.Entities {
		c, ok := e.Spec.(*entity.Contact)
		if !ok {
			continue
		}
		had := slices.ContainsFunc(before.Entities, func(old entity.Entity) bool {
			o, ok := old.Spec.(*entity.Contact)
			return ok && o.Board == c.Board && o.Pin == c.Pin
		})
		if !had || isFresh(fresh, c.Board) {
			out.Entities = append(out.Entities, e)
		}
	}
	return out
}

func isFresh(fresh []*runningBoard, name entity.BoardName) bool {
	return slices.ContainsFunc(fresh, func(r *runningBoard) bool { return r.board.Name == name })
}

// grow builds what was not there before: a room that is there stays as warm as it is.
func (d *demo) grow(ctx context.Context, before *entity.House, around demoWorld, fresh []*runningBoard) error {
	had := map[string]bool{}
	for _, r := range surround(before, seeded()).requests {
		had[r.what()] = true
	}
	grown := demoWorld{}
	for _, r := range around.requests {
		if !had[r.what()] || isFresh(fresh, r.board) {
			grown.requests = append(grown.requests, r)
		}
	}
	return grown.build(ctx, d.cli)
}

// what tells one request from another, whatever temperature a room begins with.
func (r worldRequest) what() string {
	l := r.line
	return fmt.Sprint(r.board, l["cmd"], l["name"], l["heater"], l["cooler"], l["relay"], l["closed_reed"], l["open_reed"],
		l["pin"], l["addr"], l["room"], l["inverted"])
}

// become stops the boards that are declared no more and starts those that are new.
// One that has another name now is started anew, since its control socket bears the
// name; what a board remembers goes by its id. fresh are those that were started.
func (s *boards) become(declared []entity.Board) (fresh []*runningBoard, err error) {
	s.running = slices.DeleteFunc(s.running, func(r *runningBoard) bool {
		if slices.ContainsFunc(declared, r.is) {
			return false
		}
		r.leaves()
		return true
	})
	for _, b := range declared {
		if slices.ContainsFunc(s.running, func(r *runningBoard) bool { return r.is(b) }) {
			continue
		}
		if e := s.start(b); e != nil {
			err = errors.Join(err, e)
			continue
		}
		fresh = append(fresh, s.running[len(s.running)-1])
	}
	return fresh, err
}

func (r *runningBoard) is(b entity.Board) bool {
	return r.board.ID == b.ID && r.board.Name == b.Name && r.board.Chip == b.Chip
}

// leaves ends the board and waits for it; that is no failure of the demo.
func (r *runningBoard) leaves() {
	r.leaving.Store(true)
	r.end(time.After(stopWithin))
}

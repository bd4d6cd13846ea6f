package command

import (
	"cmp"
	"time"

	"hob/internal/entity"
)

// keepWait is how long a command that has taken effect is held back until that
// is stored. A store that is slower, or full, holds up nobody.
const keepWait = time.Second

// settle ends a command of which all but its being stored is over.
func (r *Router) settle(id entity.CommandID) {
	r.mu.Lock()
	c := r.running[id]
	if c == nil || c.settling {
		r.mu.Unlock()
		return
	}
	c.settling = true
	c.timer.Stop()
	mark := c.mark
	r.mu.Unlock()
	if mark == 0 {
		r.confirm(id, true)
		return
	}
	limit := time.AfterFunc(keepWait, func() { r.confirm(id, false) })
	stop := r.house.WhenStored(c.result.Entity, mark, func(err error) { r.confirm(id, err == nil) })
	unwait := func() {
		limit.Stop()
		stop()
	}
	r.mu.Lock()
	if r.running[id] == c {
		c.unwait = unwait
		unwait = func() {}
	}
	r.mu.Unlock()
	unwait() // it has ended meanwhile
}

// confirm ends a command well, and says what the asker should know all the same;
// or as refused, whether or not the attempt could be stored.
func (r *Router) confirm(id entity.CommandID, kept bool) {
	r.mu.Lock()
	c := r.running[id]
	if c == nil {
		r.mu.Unlock()
		return
	}
	board, later, refused := c.board, c.later, c.refused
	r.mu.Unlock()
	if refused != nil {
		code, why := refusal(refused)
		r.end(id, entity.StatusRefused, code, why)
		return
	}
	who := cmp.Or(string(board), "The board")
	switch {
	case !kept && later:
		r.end(id, entity.StatusConfirmed, entity.CodeNotKept, entity.Say("queued_not_stored",
			"{_board} gets it when it is back, but it could not be stored: a restart of the server would undo it", "board", board, "_board", who))
	case !kept:
		r.end(id, entity.StatusConfirmed, entity.CodeNotKept,
			entity.Say("not_stored", "It is in force, but could not be stored: a restart of the server would undo it"))
	case later:
		r.end(id, entity.StatusConfirmed, entity.CodeQueued, entity.Say("queued", "Kept; {_board} gets it when it is back", "board", board, "_board", who))
	default:
		r.end(id, entity.StatusConfirmed, "", entity.Said{})
	}
}

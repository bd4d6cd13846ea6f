package link

import (
	"cmp"
	"slices"
	"time"

	"hob/internal/entity"
	"hob/internal/registry"
	"hob/internal/wire"
)

// command is one that the board has not answered yet.
type command struct {
	cause entity.Cause
	done  func(registry.BoardResult)
	limit time.Duration // from when it was sent to when it has to be over
	over  wire.Uptime   // when its answer is awaited no more
}

// Send implements registry.Session. Ids rise in the order in which frames are
// queued, because both happen under one lock; Flush sends them.
func (s *session) Send(c registry.BoardCommand) (cancel func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return nil, &entity.Refusal{Code: entity.CodeOffline,
			Said: entity.Say("link_broken", "The link to {board} is broken", "board", s.name)}
	}
	if len(s.commands) >= mostCommands || !s.push(&wire.Command{
		ID: s.lastID + 1, Point: c.Point, Do: c.Do, Level: c.Level, Color: c.Color,
		Pulse: pulse(c.Pulse), Plan: s.clock.plan(c.Plan, time.Now()), Until: s.clock.uptime(c.Until),
	}) {
		return nil, &entity.Refusal{Code: entity.CodeBusy,
			Said: entity.Say("board_busy", "Too many commands for {board} are unfinished", "board", s.name)}
	}
	s.lastID++
	id := s.lastID
	s.commands[id] = s.awaited(c, time.Now())
	return func() { s.cancel(id) }, nil
}

// awaited is c as one that waits for its answer. The caller holds s.mu.
func (s *session) awaited(c registry.BoardCommand, now time.Time) *command {
	end := c.Until
	if c.Pulse != nil {
		end = end.Add(c.Pulse.Lasts())
	}
	return &command{cause: c.Cause, done: c.Done, limit: end.Sub(now), over: s.clock.uptime(end.Add(resultWait))}
}

// pulse is p as a board is told of it: what is a least time is rounded up, what
// is a greatest one down.
func pulse(p *entity.Pulse) wire.Pulse {
	if p == nil {
		return wire.Pulse{}
	}
	w := wire.Pulse{Width: p.Width.Milliseconds(), Gap: atLeast(p.Gap), Warn: p.Warn, Warning: atLeast(p.WarnFor)}
	for _, c := range p.Pre {
		w.Pre = append(w.Pre, wire.Condition{Point: c.Point, Is: c.Is, Age: c.Age.Milliseconds()})
	}
	return w
}

// atLeast is d in whole milliseconds, rounded up.
func atLeast(d time.Duration) int64 {
	return (d + time.Millisecond - 1).Milliseconds()
}

// push queues a frame without waiting. The caller holds s.mu, and has it sent
// afterwards, by Flush or post.
func (s *session) push(f wire.ServerFrame) bool {
	if len(s.queue) >= queueLen {
		return false
	}
	s.queue = append(s.queue, f)
	return true
}

// nextQueued is the frame that waits longest; nil when there is none.
func (s *session) nextQueued() wire.ServerFrame {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.queue) == 0 {
		return nil
	}
	f := s.queue[0]
	s.queue = slices.Delete(s.queue, 0, 1) // moves the others, and has room for as many as ever waited
	return f
}

// cancel is best effort: with a full queue the command runs into its deadline.
func (s *session) cancel(id int64) {
	s.mu.Lock()
	if s.commands[id] != nil {
		s.push(&wire.Cancel{ID: id})
	}
	s.mu.Unlock()
	s.post()
}

// result ends a command. An id that is not waiting is the answer to one that
// was given up, or invented; neither does anything.
func (s *session) result(f *wire.Result) {
	s.mu.Lock()
	c := s.commands[f.ID]
	delete(s.commands, f.ID)
	s.mu.Unlock()
	if c != nil {
		s.tellAll()
		c.done(outcome(s.name, f))
	}
}

// outcome is what a board's answer means to the asker. A board's own words are
// English; a reason that this server knows of can be told in any language.
func outcome(board string, f *wire.Result) registry.BoardResult {
	switch f.Code {
	case wire.ResultDone:
		return registry.BoardResult{Status: entity.StatusConfirmed}
	case wire.ResultExpired:
		return registry.BoardResult{Status: entity.StatusExpired, Code: entity.CodeTimeout, Said: entity.Say("too_late", "{_words}",
			"board", board, "_words", cmp.Or(f.Message, "The command reached the board too late"))}
	case wire.ResultDuplicate:
		return registry.BoardResult{Status: entity.StatusFailed, Code: entity.CodeBoard, Said: entity.Say("seen_before", "{_words}",
			"board", board, "_words", cmp.Or(f.Message, "The board had this command before"))}
	}
	r := registry.BoardResult{Status: entity.StatusRefused, Code: entity.CodeBoard, Said: entity.Say("refused_by_board", "{_words}",
		"board", board, "reason", f.Reason, "_words", cmp.Or(f.Message, f.Reason))}
	switch f.Reason {
	case "superseded":
		r.Code = entity.CodeSuperseded
	case "cancelled":
		r.Code = entity.CodeCancelled
	case "too_soon": // the board names a pin; people are at a door
		r.Said = entity.Say("too_soon", "It is too soon: it rests for a moment after the last time, and after its board has started or got a new configuration. Try again in a second")
	case "cut_short":
		// The one reason with which something has happened at the output.
		r.Status = entity.StatusFailed
	}
	return r
}

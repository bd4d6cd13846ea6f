package registry

import (
	"time"

	"hob/internal/entity"
)

// Session is the live link to one board, as seen by whoever has a command for it.
type Session interface {
	// Send hands a command to the session's writer. It never blocks, and it
	// never calls c.Done before it has returned. The error is a *entity.Refusal.
	// cancel asks the board to drop the command if it is still waiting there.
	Send(c BoardCommand) (cancel func(), err error)
}

// Flusher is a Session that sends what Send was given when it is told to, outside of
// all locks, which the registry does as soon as it can. It never blocks.
type Flusher interface{ Flush() }

// BoardCommand is one thing for one board to do.
type BoardCommand struct {
	Point entity.PointID
	Do    entity.Verb   // VerbOn, VerbOff, VerbSet, VerbPulse or VerbPlan
	Level *entity.Level // with VerbSet
	Color *entity.RGB   // with VerbSet
	Pulse *entity.Pulse // with VerbPulse
	Plan  *entity.Plan  // with VerbPlan
	// Cause is told again with the state that the command leads to.
	Cause entity.Cause
	// Until is when the board must not act on it any more.
	Until time.Time
	// Done is called exactly once, from any goroutine, when the board has
	// answered or the session has ended.
	Done func(BoardResult)
}

// BoardResult is how a BoardCommand ended. Status is StatusConfirmed when the
// board did it; else Code and Said say why not.
type BoardResult struct {
	Status entity.Status
	Code   entity.Code
	entity.Said
}

// PointReport is the value of one point, as its board reports it.
type PointReport struct {
	Point entity.PointID
	Value entity.Value
	Cause entity.Cause
	// ByPoint is the point of the button behind a CauseButton; the registry
	// turns it into the button's id.
	ByPoint entity.PointID
	// At is when the point took the value, by the server's clock; the zero time is now.
	At time.Time
}

// Attachment is one session's right to report for its board. It ends with
// Detach, or when a newer session attaches.
type Attachment struct {
	r       *Registry
	id      entity.BoardID
	session Session
	// values holds what the board reported in this session, also of points that
	// no entity owns: a board has at most 48.
	values map[entity.PointID]PointReport
}

// maxPoints bounds what one session can make the server keep (docs/wire.md).
const maxPoints = 48

// Attach makes s the session of its board, which is online from now on, and
// takes the points of its hello. An older session of the board becomes stale.
// address and firmware are for the list of boards.
func (r *Registry) Attach(id entity.BoardID, address, firmware string, s Session, points []PointReport) (*Attachment, error) {
	a := &Attachment{r: r, id: id, session: s, values: map[entity.PointID]PointReport{}}
	err := ErrUnknownBoard
	r.update(func() {
		b := r.boards[id]
		if b == nil || !b.record.Declared {
			return
		}
		err = nil
		b.live = a
		rec := b.record
		rec.Status, rec.Said, rec.Address, rec.Firmware = entity.BoardOnline, entity.Said{}, address, firmware
		for _, p := range points {
			a.keep(p)
		}
		// What an entity is now comes with its being back: the state of before must
		// not show as one that can be relied on, not even for a moment.
		r.publishBoard(b, rec)
		r.relink(a, true)
	})
	if err != nil {
		return nil, err
	}
	return a, nil
}

// Report takes changed points. It fails with ErrStale.
func (a *Attachment) Report(points []PointReport) error {
	return a.do(func() {
		for _, p := range points {
			a.r.report(a, a.keep(p))
		}
		a.r.publishTouched()
	})
}

// Configured takes the points of a newly applied configuration: all that the
// board has. What it does not list is gone. It fails with ErrStale.
func (a *Attachment) Configured(points []PointReport) error {
	return a.do(func() {
		clear(a.values)
		for _, p := range points {
			a.keep(p)
		}
		a.r.relink(a, false)
	})
}

// Gesture takes what a person did with a button. made is when that was, by the
// server's clock, at the earliest; the zero time is now. It fails with ErrStale.
func (a *Attachment) Gesture(p entity.PointID, g entity.Gesture, made time.Time) error {
	return a.do(func() {
		it := a.r.points[point{a.id, p}]
		if it == nil {
			return
		}
		now := a.r.now()
		if made.IsZero() {
			made = now
		}
		a.r.step(it, entity.Gestured{Point: a.ref(p), Gesture: g, At: made}, now)
		if g == entity.GestureRelease {
			g = "" // nothing is bound to it, and the state has said it already
		}
		a.r.publishView(it, change{cause: entity.Cause{Kind: entity.CauseBoard}, at: now, gesture: g, made: made, spoken: true})
	})
}

// Detach ends the session: the board's entities become unavailable with this
// status, and why says it in words. A stale attachment changes nothing.
func (a *Attachment) Detach(status entity.BoardStatus, why entity.Said) {
	_ = a.do(func() { // ErrStale: somebody else speaks for the board by now
		b := a.r.boards[a.id]
		b.live = nil
		rec := b.record
		rec.Status, rec.Said = status, why
		a.r.publishBoard(b, rec)
		a.r.unlink(a.id)
	})
}

func (a *Attachment) do(f func()) error {
	err := ErrStale
	a.r.update(func() {
		if b := a.r.boards[a.id]; b != nil && b.live == a {
			err = nil
			f()
		}
	})
	return err
}

// keep notes what a point is now, and gives it back with its time filled in.
func (a *Attachment) keep(p PointReport) PointReport {
	if p.At.IsZero() {
		p.At = a.r.now()
	}
	if _, known := a.values[p.Point]; known || len(a.values) < maxPoints {
		a.values[p.Point] = p
	}
	return p
}

// has says whether the board has reported all points of the item.
func (a *Attachment) has(it *item) bool {
	for _, p := range it.points {
		if _, ok := a.values[p.id]; !ok || p.board != a.id {
			return false
		}
	}
	return true
}

func (a *Attachment) ref(p entity.PointID) entity.PointRef {
	return entity.PointRef{Board: a.r.boards[a.id].record.Name, Point: p}
}

package registry

import (
	"fmt"
	"time"

	"hob/internal/entity"
)

// Request asks for a change of one entity.
type Request struct {
	Command entity.CommandID
	Entity  entity.ID
	Action  entity.Action
	Cause   entity.Cause
	Until   time.Time
	// Done is called exactly once when a board was given something to do.
	Done func(BoardResult)
}

// Accepted is a request that was accepted. With Order.Tasks the asker runs
// these itself, and Done is not called; else the board has the order already.
type Accepted struct {
	Order  entity.Order
	Cancel func() // asks the board to drop it; never nil
}

// Accept resolves a request against the newest state and hands it to the
// board's session, in one step: of two requests the one that is accepted first
// reaches the board first. The entity is pending from now on, until Finish.
// The error is a *entity.Refusal, and then nothing has changed.
func (r *Registry) Accept(req Request) (Accepted, error) {
	var out Accepted
	var err error
	r.update(func() {
		out, err = r.accept(req)
	})
	return out, err
}

func (r *Registry) accept(req Request) (Accepted, error) {
	it := r.entities[req.Entity]
	if it == nil {
		return Accepted{}, &entity.Refusal{Code: entity.CodeUnknownEntity,
			Message: fmt.Sprintf("There is no entity %q", req.Entity)}
	}
	pending := ""
	if it.record.Pending != nil {
		pending = it.record.Pending.Target
	}
	order, err := it.state.Resolve(req.Action, entity.Asked{Pending: pending, Cause: req.Cause, Now: r.now()})
	if err != nil {
		return Accepted{}, err
	}
	out := Accepted{Order: order, Cancel: func() {}}
	if len(order.Tasks) == 0 {
		if out.Cancel, err = r.send(it, order, req); err != nil {
			return Accepted{}, err
		}
	}
	rec := *it.record
	rec.Failure = nil
	rec.Pending = &entity.Pending{Command: req.Command, Action: req.Action.Verb, Target: order.Target,
		Origin: req.Cause.Kind, By: req.Cause.By, Since: r.now().UnixMilli(), Until: req.Until.UnixMilli()}
	r.publishEntity(it, rec, Event{Kind: StateChanged})
	return out, nil
}

func (r *Registry) send(it *item, o entity.Order, req Request) (cancel func(), err error) {
	if u := r.unavailable(it); u != nil {
		return nil, &entity.Refusal{Code: entity.CodeOffline,
			Message: fmt.Sprintf("Board %s is %s: %s", o.Point.Board, words(u.Reason), u.Message)}
	}
	return r.boards[it.board].live.session.Send(BoardCommand{
		Point: o.Point.Point, Do: o.Do, Level: o.Level, Color: o.Color, Pulse: o.Pulse, Plan: o.Plan,
		Cause: req.Cause, Until: req.Until, Done: req.Done,
	})
}

// words is a status as it stands in a sentence.
func words(s entity.BoardStatus) string {
	switch s {
	case entity.BoardNotAdopted:
		return "not adopted"
	case entity.BoardNotConfigured:
		return "not ready"
	case entity.BoardOffline, entity.BoardConnecting, entity.BoardOnline:
		return string(s)
	}
	return "not usable"
}

// Finish ends what Accept began. failure is nil for a command that was
// confirmed. When a newer command of the entity is pending, that one stays.
func (r *Registry) Finish(id entity.ID, cmd entity.CommandID, failure *entity.Failure) {
	r.update(func() {
		it := r.entities[id]
		if it == nil || it.record.Pending == nil || it.record.Pending.Command != cmd {
			return
		}
		rec := *it.record
		rec.Pending, rec.Failure = nil, failure
		r.publishEntity(it, rec, Event{Kind: StateChanged})
	})
}

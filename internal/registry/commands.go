package registry

import (
	"errors"
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
	// Pressed is the button that somebody's finger has just used to ask for it; ""
	// when no finger did.
	Pressed entity.ID
	// ByRule says that a rule stands at the beginning of what leads here, and MayOpen
	// that it says that it opens this door.
	ByRule, MayOpen bool
	// Done is called exactly once when a board was given something to do.
	Done func(BoardResult)
}

// Accepted is a request that was accepted.
type Accepted struct {
	Order entity.Order
	// Sent says that a board has the order, and that Request.Done will be called.
	// Else, without Order.Tasks, which the asker runs itself, it is done already.
	Sent   bool
	Cancel func() // asks the board to drop it; never nil
	// Queued says that the board is away and gets it when it is back.
	Queued bool
	// Mark is what must be stored before the asker may be told the end
	// (WhenStored); 0 is nothing. A refused attempt that was counted has one too:
	// killing the server must not give the attempt back.
	Mark uint64
}

// Accept resolves a request against the newest state and hands it to the
// board's session, in one step: of two requests the one that is accepted first
// reaches the board first. While a board or tasks are awaited the entity is
// pending, until Finish. An order with a new state of the entity itself takes
// effect here. The error is a *entity.Refusal, and then nothing has happened
// but what the order of a refused attempt says.
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
		return Accepted{}, &entity.Refusal{Code: entity.CodeUnknownEntity, Said: NoEntity(req.Entity)}
	}
	pending := ""
	if it.record.Pending != nil {
		pending = it.record.Pending.Target
	}
	now := r.now()
	order, err := it.state.Resolve(req.Action, entity.Asked{Pending: pending, Cause: req.Cause,
		ByRule: req.ByRule, MayOpen: req.MayOpen,
		Attended: r.attended(it, req.Pressed), Now: now})
	if err != nil {
		if order.Next != nil {
			r.become(it, order.Next)
			r.publishView(it, change{cause: req.Cause, at: now})
			return Accepted{Mark: r.promise()}, err
		}
		return Accepted{}, r.unseen(it, order, err)
	}
	if err := r.unseen(it, order, nil); err != nil {
		return Accepted{}, err
	}
	out := Accepted{Order: order, Cancel: func() {}}
	if order.Do != "" {
		cancel, err := r.send(it, order, req)
		switch {
		case err == nil:
			out.Cancel, out.Sent = cancel, true
		case !order.Queued:
			return Accepted{}, err
		}
	}
	out.Queued = order.Queued && !out.Sent && (order.Do != "" || !it.linked)
	rec := *it.record
	rec.Failure = nil
	changed := it.record.Failure != nil
	if order.Next != nil {
		r.become(it, order.Next)
		changed = it.show(&rec, change{cause: req.Cause, at: now}) || changed
	}
	event := Event{Kind: StateChanged}
	if order.Gesture != "" {
		r.step(it, entity.Gestured{Gesture: order.Gesture, At: now}, now)
		it.show(&rec, change{cause: req.Cause, at: now})
		rec.Changed, rec.Cause = now.UnixMilli(), req.Cause // also when it was used in this very millisecond
		event.Gesture, event.Made, event.Asked = order.Gesture, now, true
		changed = true
	}
	if out.Sent || len(order.Tasks) > 0 {
		until := req.Until
		if order.Pulse != nil {
			until = until.Add(order.Pulse.Lasts())
		}
		rec.Pending = &entity.Pending{Command: req.Command, Action: req.Action.Verb, Target: order.Target,
			Origin: req.Cause.Kind, By: req.Cause.By, Since: now.UnixMilli(), Until: until.UnixMilli()}
		changed = true
	}
	if changed {
		r.publishEntity(it, rec, event)
	}
	if order.Next != nil {
		out.Mark = r.promise()
	}
	return out, nil
}

// promise is the mark of what has just changed, which somebody will wait for.
func (r *Registry) promise() uint64 {
	r.keep.firm = true
	return r.keep.last
}

// attended says whether the button is on the item's own board, so that whoever
// pressed it stands there.
func (r *Registry) attended(it *item, pressed entity.ID) bool {
	button := r.entities[pressed]
	return button != nil && button.board != "" && button.board == it.board && button.declared.Kind() == entity.KindButton
}

// NoReply says that a board, which is called so, has not answered in time.
func NoReply(board string, limit time.Duration) entity.Said {
	return entity.Say("no_reply", "No reply from {board} within {_limit}", "board", board, "seconds", limit.Seconds(), "_limit", limit)
}

// NoEntity says that there is no entity of this id.
func NoEntity(id entity.ID) entity.Said {
	return entity.Say("no_entity", "There is no entity {entity:q}", "entity", id)
}

// unseen is the answer to what hangs on how an entity is right now, a refusal or that
// nothing needs doing, when its board is away: what was seen last does not count then.
// Any other answer it hands on.
func (r *Registry) unseen(it *item, o entity.Order, err error) error {
	var why *entity.Refusal
	now := err == nil && o.Do == "" && o.Next == nil && o.Gesture == "" && len(o.Tasks) == 0 ||
		errors.As(err, &why) && why.Code == entity.CodeNotNow
	if away := r.away(it); away != nil && now && !o.Queued {
		return away
	}
	return err
}

// away refuses what needs the board of an item that is not available; nil for one that is.
func (r *Registry) away(it *item) error {
	u := r.unavailable(it)
	if u == nil {
		return nil
	}
	return &entity.Refusal{Code: entity.CodeOffline, Said: entity.Say("board_unusable", "Board {board} is {_status}: {_why}",
		"board", it.record.Board, "status", u.Reason, "_status", words(u.Reason), "_why", u.Message)}
}

// send gives a board a command, which goes out when the update that it is part of ends.
func (r *Registry) send(it *item, o entity.Order, req Request) (cancel func(), err error) {
	if err := r.away(it); err != nil {
		return nil, err
	}
	session := r.boards[it.board].live.session
	if f, ok := session.(Flusher); ok {
		r.given = append(r.given, f)
	}
	return session.Send(BoardCommand{
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

// Ended tells an entity how the tasks of its order ended. cause is who asked.
func (r *Registry) Ended(id entity.ID, results []entity.Result, cause entity.Cause) {
	r.Tell(id, entity.Ended{Results: results}, cause)
}

// Tell tells an entity something that the server knows of it. Nothing happens
// when there is none of this id.
func (r *Registry) Tell(id entity.ID, in entity.Signal, cause entity.Cause) {
	r.update(func() {
		if it := r.entities[id]; it != nil {
			now := r.now()
			r.step(it, in, now)
			r.publishView(it, change{cause: cause, at: now})
		}
	})
}

// Fail shows at an entity that something which was asked of it, and which never
// became a command, was not done.
func (r *Registry) Fail(id entity.ID, failure entity.Failure) {
	r.update(func() {
		if it := r.entities[id]; it != nil {
			rec := *it.record
			rec.Failure = &failure
			r.publishEntity(it, rec, Event{Kind: StateChanged})
		}
	})
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

package registry

import (
	"hob/internal/entity"
)

// This file is what an entity hears of its board: that it is there, what it says
// of the entity's points, that it is gone. An entity of several points is linked
// when the last of them is there, and is told of all of them then, so that it
// never has to judge by a part.

// report tells the entity that owns the point of its new value. What changes is
// published once for the whole frame (publishTouched).
func (r *Registry) report(a *Attachment, p PointReport) {
	it := r.points[point{a.id, p.Point}]
	switch {
	case it == nil: // no entity owns it: it is kept, in case a reload declares one
	case it.linked && it.touched == 0:
		r.step(it, r.reported(a, p), r.now())
		r.touch(it, r.changeBy(a, p))
	case it.linked:
		before := it.state.View()
		r.step(it, r.reported(a, p), r.now())
		if it.state.View() != before {
			r.touch(it, r.changeBy(a, p))
		}
	case a.has(it):
		r.touch(it, r.link(it, a))
	}
}

// touch is an item that the frame at hand is about, and what the frame changes
// of it. It is no part of the item, since there are few at a time.
type touch struct {
	it  *item
	why change
}

// touch notes that the frame at hand is about the item; the newest word counts.
func (r *Registry) touch(it *item, why change) {
	if it.touched > 0 {
		r.touched[it.touched-1].why = why
		return
	}
	r.touched = append(r.touched, touch{it, why})
	it.touched = len(r.touched)
}

// publishTouched publishes what a frame has changed.
func (r *Registry) publishTouched() {
	for _, t := range r.touched {
		t.it.touched = 0
		r.publishView(t.it, t.why)
	}
	clear(r.touched)
	r.touched = r.touched[:0]
}

// relink tells all entities of a board what a hello or a new configuration says
// of their points. anew is a session that has just begun: the board may have
// restarted, and nothing of before counts.
func (r *Registry) relink(a *Attachment, anew bool) {
	for _, it := range r.onBoard[a.id] {
		has := a.has(it)
		why := change{cause: entity.Cause{Kind: entity.CauseBoard}, at: r.now(), spoken: has}
		if it.linked && (anew || !has) {
			it.linked = false
			r.step(it, entity.Linked{}, why.at)
		}
		switch {
		case it.linked:
			why = r.tell(it, a)
		case has:
			why = r.link(it, a)
		}
		r.publishView(it, why)
	}
}

// unlink tells all entities of a board that it is gone.
func (r *Registry) unlink(id entity.BoardID) {
	for _, it := range r.onBoard[id] {
		now := r.now()
		if it.linked {
			it.linked = false
			r.step(it, entity.Linked{}, now)
		}
		r.publishView(it, change{cause: entity.Cause{Kind: entity.CauseBoard}, at: now})
	}
}

// link tells the item that its board is there with all its points, and what
// they are. The caller publishes.
func (r *Registry) link(it *item, a *Attachment) change {
	it.linked, it.seen = true, nil
	r.step(it, entity.Linked{Up: true}, r.now())
	return r.tell(it, a)
}

// tell tells the item all that its board has said of its points. The cause is
// that of the last point that made a difference, else of the main one.
func (r *Registry) tell(it *item, a *Attachment) (why change) {
	for i, at := range it.points {
		p := a.values[at.id]
		var before entity.View
		if i > 0 {
			before = it.state.View()
		}
		r.step(it, r.reported(a, p), r.now())
		if i == 0 || it.state.View() != before {
			why = r.changeBy(a, p)
		}
	}
	return why
}

func (r *Registry) reported(a *Attachment, p PointReport) entity.Reported {
	return entity.Reported{Point: a.ref(p.Point), Value: p.Value, At: p.At, Cause: r.causeOf(a, p)}
}

// changeBy is the change that a report makes.
func (r *Registry) changeBy(a *Attachment, p PointReport) change {
	return change{cause: r.causeOf(a, p), at: p.At, spoken: true}
}

func (r *Registry) causeOf(a *Attachment, p PointReport) entity.Cause {
	cause := p.Cause
	if owner := r.points[point{a.id, p.ByPoint}]; p.ByPoint != "" && owner != nil {
		cause.By = string(owner.declared.ID)
	}
	return cause
}

package registry

import (
	"time"

	"hob/internal/entity"
)

// change is why an item may look different, and since when.
type change struct {
	cause   entity.Cause
	at      time.Time
	gesture entity.Gesture
	made    time.Time // with gesture
	// spoken says that the board has spoken, which shows that it is there and
	// works: it clears a failure.
	spoken bool
}

// step runs the item's state machine. The caller publishes what comes of it.
func (r *Registry) step(it *item, in entity.Signal, now time.Time) {
	r.become(it, it.state.Step(in, now))
}

// become gives the item a state. One that outlives the server may have changed
// in what people do not see, so it is to be stored in any case.
func (r *Registry) become(it *item, s entity.State) {
	it.state = s
	r.schedule(it)
	if _, lasting := s.(entity.Lasting); lasting {
		r.mark(it)
	}
}

// publishView publishes the item when what people see of it has changed.
func (r *Registry) publishView(it *item, why change) {
	rec := *it.record
	changed := it.show(&rec, why)
	unavailable := r.unavailable(it)
	if !changed && why.gesture == "" && (rec.Failure == nil || !why.spoken) && sameUnavailable(unavailable, rec.Unavailable) {
		return
	}
	rec.Available, rec.Unavailable = unavailable == nil, unavailable
	if why.spoken {
		rec.Failure = nil
	}
	r.publishEntity(it, rec, Event{Kind: StateChanged, Gesture: why.gesture, Made: why.made})
}

// show puts the item's state into its record, and says whether that differs.
func (it *item) show(rec *entity.Record, why change) (changed bool) {
	view := it.view()
	if changed = !sameView(view, rec.State, rec.Attributes); changed {
		rec.Changed, rec.Cause = why.at.UnixMilli(), why.cause
	}
	rec.State, rec.Attributes = view.State, view.Attributes
	return changed
}

// publishEntity publishes rec as it's entity's new record.
func (r *Registry) publishEntity(it *item, rec entity.Record, e Event) {
	old := it.record
	rec.Revision = r.revision + 1
	it.record = &rec
	e.Entity, e.ID = it.record, rec.ID
	r.publish(e)
	if old == nil || old.State != rec.State || old.Changed != rec.Changed || old.Attributes != rec.Attributes {
		r.mark(it)
	}
	r.tellWatchers(it)
}

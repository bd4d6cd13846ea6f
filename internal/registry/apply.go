package registry

import (
	"reflect"
	"slices"
	"time"

	"hob/internal/entity"
)

// Apply makes h the house, at once and whole. What h declares as before keeps
// its state; h must not be changed afterwards.
func (r *Registry) Apply(h *entity.House) {
	r.update(func() {
		old := r.house
		r.house = h
		r.applyBoards(h)
		r.applyEntities(h)
		if old.Name != h.Name || old.Timezone != h.Timezone || old.Units != h.Units ||
			!reflect.DeepEqual(old.Areas, h.Areas) || !sameOrder(old, h) {
			r.publish(Event{Kind: HouseChanged, House: h, Config: r.config})
		}
	})
}

// SetConfig says how the file is that declares the house. c must not be changed
// afterwards.
func (r *Registry) SetConfig(c *entity.ConfigStatus) {
	r.update(func() {
		if !reflect.DeepEqual(r.config, c) {
			r.config = c
			r.publish(Event{Kind: HouseChanged, House: r.house, Config: c})
		}
	})
}

func sameOrder(a, b *entity.House) bool {
	return slices.EqualFunc(a.Entities, b.Entities, func(x, y entity.Entity) bool { return x.ID == y.ID })
}

func (r *Registry) applyBoards(h *entity.House) {
	r.names = make(map[entity.BoardName]entity.BoardID, len(h.Boards))
	for _, d := range h.Boards {
		r.names[d.Name] = d.ID
	}
	for id, b := range r.boards {
		if _, still := r.names[b.record.Name]; b.record.Declared && (!still || r.names[b.record.Name] != id) {
			if !slices.ContainsFunc(h.Boards, func(d entity.Board) bool { return d.ID == id }) {
				delete(r.boards, id)
				r.publish(Event{Kind: BoardRemoved, Board: &b.record})
			}
		}
	}
	for _, d := range h.Boards {
		b := r.boards[d.ID]
		if b == nil {
			b = &board{record: entity.BoardRecord{ID: d.ID, Status: entity.BoardOffline,
				Said: entity.Say("board_not_seen", "Not seen since the server started"), Since: r.now().UnixMilli()}}
			r.boards[d.ID] = b
		}
		rec := b.record
		rec.Name, rec.Chip, rec.Declared = d.Name, d.Chip, true
		if rec.Status == entity.BoardUnknown {
			rec.Status, rec.Said = entity.BoardOffline, entity.Say("board_found", "Found, not yet connected")
		}
		r.setBoard(b, rec)
	}
}

func (r *Registry) applyEntities(h *entity.House) {
	old := r.entities
	for _, it := range old {
		it.due = due{}
	}
	r.due = deadlines{}
	r.entities = make(map[entity.ID]*item, len(h.Entities))
	r.points = make(map[point]*item, len(h.Entities))
	r.onBoard = make(map[entity.BoardID][]*item, len(h.Boards))
	r.order = make([]entity.ID, 0, len(h.Entities))
	for _, e := range h.Entities {
		it := r.applyEntity(r.former(old, e), e)
		r.entities[e.ID] = it
		for _, p := range it.points {
			r.points[p] = it
		}
		if len(it.points) > 0 {
			r.onBoard[it.board] = append(r.onBoard[it.board], it)
		}
		r.order = append(r.order, e.ID)
		r.schedule(it)
	}
	for id, it := range old {
		if r.entities[id] == nil {
			r.leave(it)
			r.publish(Event{Kind: EntityRemoved, ID: id})
		}
	}
	if len(r.left) == 0 {
		r.left = map[entity.ID]entity.Saved{} // an emptied map keeps the room of all that an earlier run has left
	}
	r.applyWatches()
}

// former is what e was before: the one with its id, or with the id that it had.
func (r *Registry) former(old map[entity.ID]*item, e entity.Entity) *item {
	if it := old[e.ID]; it != nil || e.Was == "" {
		return it
	}
	return old[e.Was]
}

// applyEntity declares e, which was before (nil when it is new).
func (r *Registry) applyEntity(before *item, e entity.Entity) *item {
	it := &item{declared: e, points: r.pointsOf(e)}
	if len(it.points) > 0 {
		it.board = it.points[0].board
	}
	if before != nil && slices.Equal(before.points, it.points) && reflect.DeepEqual(before.declared, e) {
		return before
	}
	if before != nil && before.declared.Kind() != e.Kind() {
		before = nil // an id that means another thing now: nothing is the same
	}
	now := r.now()
	rec := declaredRecord(e)
	rec.Changed, rec.Cause = now.UnixMilli(), entity.Cause{Kind: entity.CauseConfig}
	if before != nil && before.declared.ID == e.ID { // a command knows its entity by the id
		rec.Pending, rec.Failure, it.marked = before.record.Pending, before.record.Failure, before.marked
	}
	saved := r.declare(it, before, now)
	view := it.view()
	rec.State, rec.Attributes = view.State, view.Attributes
	switch {
	case before != nil && sameView(view, before.record.State, before.record.Attributes):
		rec.Changed, rec.Cause = before.record.Changed, before.record.Cause
	case saved == nil:
	case view.State == saved.State: // what attributes say of others may differ by now
		rec.Changed, rec.Cause = saved.Changed, saved.Cause
	default: // the time has passed
		rec.Cause = entity.Cause{Kind: entity.CauseDeadline}
	}
	rec.Unavailable = r.unavailable(it)
	rec.Available = rec.Unavailable == nil
	r.publishEntity(it, rec, Event{Kind: EntityDeclared})
	return it
}

// declare gives it its state: that of before when it is the same thing on the
// same wires, else what the board has said and what outlives both. The result is
// what was saved of it, if that counted.
func (r *Registry) declare(it, before *item, now time.Time) (saved *entity.Saved) {
	e := it.declared
	if before != nil && slices.Equal(before.points, it.points) {
		it.state, it.linked, it.seen = before.state.With(e.Spec), before.linked, before.seen
		return nil
	}
	it.state = r.initial(e)
	if before == nil {
		saved = r.restore(it, now)
	} else if s, err := savedOf(before.state, before.record); err == nil {
		r.revive(it, s, now) // a counter goes on counting, whichever pin it is on now
	}
	// An entity that a reload adds or changes does not wait for the next change of
	// its points.
	if b := r.boards[it.board]; b != nil && b.live != nil && b.live.has(it) {
		r.link(it, b.live)
	}
	return saved
}

func (r *Registry) pointsOf(e entity.Entity) []point {
	refs := e.Spec.Points()
	points := make([]point, len(refs))
	for i, ref := range refs {
		points[i] = point{r.names[ref.Board], ref.Point}
	}
	return points
}

func declaredRecord(e entity.Entity) entity.Record {
	rec := entity.Record{ID: e.ID, Kind: e.Kind(), Name: e.Name, Area: e.Area, Icon: e.Icon,
		Features: entity.Features(e.Spec)}
	if refs := e.Spec.Points(); len(refs) > 0 {
		rec.Board = refs[0].Board
	}
	return rec
}

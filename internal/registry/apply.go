package registry

import (
	"reflect"
	"slices"

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
			r.publish(Event{Kind: HouseChanged, House: h})
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
				r.publish(Event{Kind: BoardRemoved, Board: b.record})
			}
		}
	}
	for _, d := range h.Boards {
		b := r.boards[d.ID]
		if b == nil {
			b = &board{record: entity.BoardRecord{ID: d.ID, Status: entity.BoardOffline,
				Message: "Not seen since the server started", Since: r.now().UnixMilli()}}
			r.boards[d.ID] = b
		}
		rec := b.record
		rec.Name, rec.Chip, rec.Declared = d.Name, d.Chip, true
		if rec.Status == entity.BoardUnknown {
			rec.Status, rec.Message = entity.BoardOffline, "Found, not yet connected"
		}
		r.setBoard(b, rec)
	}
}

func (r *Registry) applyEntities(h *entity.House) {
	old := r.entities
	r.entities = make(map[entity.ID]*item, len(h.Entities))
	r.points = make(map[point]*item, len(h.Entities))
	r.onBoard = make(map[entity.BoardID][]*item, len(h.Boards))
	r.order = make([]entity.ID, 0, len(h.Entities))
	for _, e := range h.Entities {
		it := r.applyEntity(old[e.ID], e)
		r.entities[e.ID] = it
		r.onBoard[it.board] = append(r.onBoard[it.board], it)
		r.order = append(r.order, e.ID)
	}
	for id := range old {
		if r.entities[id] == nil {
			r.publish(Event{Kind: EntityRemoved, ID: id})
		}
	}
}

// applyEntity declares e, which was before (nil when it is new).
func (r *Registry) applyEntity(before *item, e entity.Entity) *item {
	it := &item{declared: e}
	refs := e.Spec.Points()
	if len(refs) > 0 {
		it.board = r.names[refs[0].Board]
	}
	for _, ref := range refs {
		r.points[point{r.names[ref.Board], ref.Point}] = it
	}
	if before != nil && before.board == it.board && reflect.DeepEqual(before.declared, e) {
		it.state, it.record = before.state, before.record
		return it
	}
	rec := declaredRecord(e)
	if before != nil {
		rec.Pending, rec.Failure = before.record.Pending, before.record.Failure
		rec.Changed, rec.Cause = before.record.Changed, before.record.Cause
	}
	if before != nil && before.board == it.board && samePoints(before.declared, e) {
		it.state = before.state.With(e.Spec)
	} else {
		it.state = r.stateFromReports(e)
	}
	view := it.state.View()
	rec.State, rec.Attributes = view.State, view.Attributes
	if before == nil || before.record.State != rec.State || before.record.Attributes != rec.Attributes {
		rec.Changed, rec.Cause = r.now().UnixMilli(), entity.Cause{Kind: entity.CauseConfig}
	}
	rec.Unavailable = r.unavailable(it)
	rec.Available = rec.Unavailable == nil
	r.publishEntity(it, rec, Event{Kind: EntityDeclared})
	return it
}

// stateFromReports is the state of e by what its board has said in this
// session, so that an entity that is added or changed by a reload does not
// wait for the next change of its point.
func (r *Registry) stateFromReports(e entity.Entity) entity.State {
	state := entity.Initial(e)
	for _, ref := range e.Spec.Points() {
		b := r.boards[r.names[ref.Board]]
		if b == nil || b.live == nil {
			continue
		}
		if v, ok := b.live.values[ref.Point]; ok {
			state = state.Step(entity.Reported{Point: ref, Value: v}, r.now())
		}
	}
	return state
}

// samePoints says whether the entity is still the same thing on the same wires.
func samePoints(a, b entity.Entity) bool {
	return a.Kind() == b.Kind() && slices.EqualFunc(a.Spec.Points(), b.Spec.Points(),
		func(x, y entity.PointRef) bool { return x.Point == y.Point })
}

func declaredRecord(e entity.Entity) entity.Record {
	rec := entity.Record{ID: e.ID, Kind: e.Kind(), Name: e.Name, Area: e.Area, Icon: e.Icon,
		Features: entity.Features(e.Spec)}
	if refs := e.Spec.Points(); len(refs) > 0 {
		rec.Board = refs[0].Board
	}
	return rec
}

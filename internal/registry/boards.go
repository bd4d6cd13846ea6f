package registry

import (
	"cmp"
	"slices"

	"hob/internal/entity"
)

// SetBoard publishes how a board is: its status while it has no session,
// or a board that was found and is in no config (Declared false). The name,
// the chip and whether it is declared come from the house. SetBoard ends no
// session: while there is one, of the statuses only those count that a live
// session can have.
func (r *Registry) SetBoard(rec entity.BoardRecord) {
	r.update(func() {
		b := r.boards[rec.ID]
		if b == nil {
			b = &board{}
			r.boards[rec.ID] = b
		}
		if b.record.Declared {
			rec.Name, rec.Chip, rec.Declared = b.record.Name, b.record.Chip, true
			if b.live != nil && !rec.Status.Linked() {
				rec.Status, rec.Said = b.record.Status, b.record.Said
			}
		} else {
			rec.Name, rec.Declared, rec.Status = "", false, entity.BoardUnknown
		}
		r.setBoard(b, rec)
	})
}

// RemoveBoard takes a board that is in no config from the list; a declared one stays.
func (r *Registry) RemoveBoard(id entity.BoardID) {
	r.update(func() {
		if b := r.boards[id]; b != nil && !b.record.Declared {
			delete(r.boards, id)
			r.publish(Event{Kind: BoardRemoved, Board: &b.record})
		}
	})
}

// Boards lists the declared boards in the file's order, then those found, by id.
func (r *Registry) Boards() []entity.BoardRecord {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.boardList()
}

func (r *Registry) boardList() []entity.BoardRecord {
	out := make([]entity.BoardRecord, 0, len(r.boards))
	for _, d := range r.house.Boards {
		if b := r.boards[d.ID]; b != nil {
			out = append(out, b.record)
		}
	}
	declared := len(out)
	for _, b := range r.boards {
		if !b.record.Declared {
			out = append(out, b.record)
		}
	}
	slices.SortFunc(out[declared:], func(a, b entity.BoardRecord) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

// setBoard publishes rec when it differs, and with it why its entities are unavailable.
func (r *Registry) setBoard(b *board, rec entity.BoardRecord) {
	if r.publishBoard(b, rec) {
		r.refreshAvailability(rec.ID)
	}
}

// publishBoard publishes rec when it differs, and says whether it does.
func (r *Registry) publishBoard(b *board, rec entity.BoardRecord) bool {
	if rec.Status != b.record.Status {
		rec.Since = r.now().UnixMilli()
	} else if b.record.Since != 0 {
		rec.Since = b.record.Since
	}
	if rec == b.record {
		return false
	}
	b.record = rec
	r.publish(Event{Kind: BoardChanged, Board: &rec})
	return true
}

// refreshAvailability publishes every entity of the board whose availability
// is not as its record says.
func (r *Registry) refreshAvailability(id entity.BoardID) {
	for _, it := range r.onBoard[id] {
		r.publishView(it, change{cause: entity.Cause{Kind: entity.CauseBoard}, at: r.now()})
	}
}

func sameUnavailable(a, b *entity.Unavailable) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}

// unavailable says why an entity cannot be used; nil when it can.
func (r *Registry) unavailable(it *item) *entity.Unavailable {
	if len(it.points) == 0 {
		return nil
	}
	b := r.boards[it.board]
	if b == nil {
		return &entity.Unavailable{Reason: entity.BoardOffline, Said: entity.Say("board_undeclared", "The board is not declared")}
	}
	if b.live == nil {
		return &entity.Unavailable{Reason: b.record.Status, Said: b.record.Said, Since: b.record.Since}
	}
	if !b.live.has(it) {
		return &entity.Unavailable{Reason: entity.BoardNotConfigured, Since: b.record.Since,
			Said: entity.Say("board_not_configured", "{board} has not taken its configuration yet", "board", b.record.Name)}
	}
	return nil
}

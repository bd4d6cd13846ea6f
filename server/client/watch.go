package client

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"hob/internal/entity"
)

// View is a house as a session of the live protocol tells it. It is what every
// client of the protocol must do: take the snapshot, then the changes.
type View struct {
	Epoch    string
	Revision entity.Revision
	House    House
	Entities map[entity.ID]*entity.Record
	Boards   map[entity.BoardID]*entity.BoardRecord
	order    []entity.ID
}

// Change says what a message changed; both are nil for what is neither.
type Change struct {
	Entity *entity.Record
	Board  *entity.BoardRecord
}

// Apply takes one message. It fails for what the protocol does not allow.
func (v *View) Apply(m Message) (Change, error) {
	if v.Entities == nil && m.Type != "snapshot" && m.Type != "error" {
		return Change{}, fmt.Errorf("a message %q came before the snapshot", m.Type)
	}
	v.Revision = max(v.Revision, m.Revision)
	switch m.Type {
	case "snapshot":
		v.reset(m)
	case "resumed":
		v.Epoch = m.Epoch
	case "house":
		v.House, v.order = m.House, m.Order
	case "state":
		return v.state(m)
	case "entity":
		return v.entity(m)
	case "removed":
		id := entity.ID(m.Name())
		delete(v.Entities, id)
		v.order = slices.DeleteFunc(v.order, func(o entity.ID) bool { return o == id })
	case "board":
		v.Boards[m.Board.ID] = &m.Board
		return Change{Board: &m.Board}, nil
	case "board_removed":
		delete(v.Boards, entity.BoardID(m.Name()))
	}
	return Change{}, nil
}

func (v *View) reset(m Message) {
	v.Epoch, v.Revision, v.House, v.order = m.Epoch, m.Revision, m.House, nil
	v.Entities = map[entity.ID]*entity.Record{}
	v.Boards = map[entity.BoardID]*entity.BoardRecord{}
	for _, rec := range m.Entities {
		v.Entities[rec.ID] = &rec
		v.order = append(v.order, rec.ID)
	}
	for _, b := range m.Boards {
		v.Boards[b.ID] = &b
	}
}

func (v *View) entity(m Message) (Change, error) {
	var rec entity.Record
	if err := json.Unmarshal(m.Entity, &rec); err != nil {
		return Change{}, fmt.Errorf("an entity that is none: %w", err)
	}
	if !slices.Contains(v.order, rec.ID) {
		v.order = append(v.order, rec.ID)
	}
	v.Entities[rec.ID] = &rec
	return Change{Entity: &rec}, nil
}

func (v *View) state(m Message) (Change, error) {
	rec := v.Entities[entity.ID(m.Name())]
	if rec == nil {
		return Change{}, fmt.Errorf("a state of %s, which was never declared", m.Name())
	}
	rec.State, rec.Changed, rec.Cause, rec.Revision = m.State, m.Changed, m.Cause, m.Revision
	rec.Attributes, rec.Unavailable, rec.Pending, rec.Failure = m.Attributes, m.Unavailable, m.Pending, m.Failure
	if rec.Attributes == nil {
		rec.Attributes = map[string]any{}
	}
	rec.Available = m.Available == nil || *m.Available
	return Change{Entity: rec}, nil
}

// List is the entities in the house's order.
func (v *View) List() []entity.Record {
	out := make([]entity.Record, 0, len(v.order))
	for _, id := range v.order {
		if rec := v.Entities[id]; rec != nil {
			out = append(out, *rec)
		}
	}
	return out
}

// BoardList is the boards: the declared ones by name, then the others by id.
func (v *View) BoardList() []entity.BoardRecord {
	out := make([]entity.BoardRecord, 0, len(v.Boards))
	for _, b := range v.Boards {
		out = append(out, *b)
	}
	slices.SortFunc(out, func(a, b entity.BoardRecord) int {
		if a.Declared != b.Declared {
			if a.Declared {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return out
}

package api

import (
	"time"

	"hob/internal/entity"
	"hob/internal/store"
)

const (
	// travels is how long ago a door can have begun to move that arrives now.
	travels = 5 * time.Minute
	// Of a door and a button lines are left out of those that are told, so so many
	// times as many are read, and some more.
	someMore     = 4
	mostRepeated = 20
)

// door is why a reed of a garage door saw something: the move that ends with it or
// is under way, which whoever asked for it began, or that turned round because
// something was in the way; else nobody has asked here.
func (x *explainer) door(l *store.Change) (steps []whyStep, next *store.Change) {
	turned := map[string]string{entity.DoorOpen: entity.DoorClosing, entity.DoorClosed: entity.DoorOpening}
	moves := map[string]string{entity.DoorOpen: entity.DoorOpening, entity.DoorClosed: entity.DoorClosing,
		entity.DoorOpening: entity.DoorOpening, entity.DoorClosing: entity.DoorClosing}
	lines, _, err := x.history.Changes(x.ctx, store.Filter{Entities: []entity.ID{l.Entity},
		From: time.UnixMilli(l.At).Add(-travels), To: time.UnixMilli(l.At).Add(time.Millisecond), Limit: someLines})
	if err != nil {
		x.err = err
		return nil, nil
	}
	move := moves[l.State]
	for i := range lines {
		c := &lines[i]
		if c.Place == l.Place || c.At == l.At && c.State == l.State { // it itself, as the log has it
			continue
		}
		if next == nil && c.What == store.LineState && c.State == turned[l.State] {
			move, steps = c.State, []whyStep{origin(l, "it turned round on its way")}
		}
		if c.What != store.LineState || c.State != move {
			break
		}
		next = c // each reed that sees the same move has a line: the first is the begin
	}
	if next != nil {
		return steps, next
	}
	return []whyStep{origin(l, "its reeds saw it, and nobody had asked for it here")}, nil
}

// withoutRepeated leaves out what only another reed has seen of the same, and the
// warning before a move; of the alarm, what else it watches: lines are the newest first.
func withoutRepeated(lines []store.Change) []store.Change {
	var out []store.Change
	for i, l := range lines {
		if i+1 < len(lines) && l.What == store.LineState && lines[i+1].What == store.LineState && lines[i+1].State == l.State {
			continue
		}
		out = append(out, l)
	}
	return out
}

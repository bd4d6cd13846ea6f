package registry

import (
	"time"

	"hob/internal/entity"
)

// This file is for the drivers that keep boards supplied: with the plans of
// their thermostats, and with what sensors on other boards measure.

// Planned is a thermostat as its board has it and as it should be.
type Planned struct {
	Planner entity.Planner // makes the plan that is to be in force
	Board   entity.BoardID
	Linked  bool   // its board is online with it
	Plan    string // id of the plan that the board says is in force; "" for none
	Pending bool   // a command is under way, which may bring the plan

	Revision entity.Revision // of the entity, as all this was
}

// Planned looks at one thermostat; ok is false when there is none of this id.
func (r *Registry) Planned(id entity.ID) (p Planned, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	it := r.entities[id]
	if it == nil || len(it.points) == 0 {
		return Planned{}, false
	}
	if p.Planner, ok = it.state.(entity.Planner); !ok {
		return Planned{}, false
	}
	p.Board, p.Linked, p.Pending = it.board, it.linked, it.record.Pending != nil
	p.Revision = it.record.Revision
	if it.linked {
		if c := r.boards[it.board].live.values[it.points[0].id].Value.Control; c != nil {
			p.Plan = c.Plan
		}
	}
	return p, true
}

// SendPlan gives a thermostat's board the plan that was made of what Planned said at
// a revision. It is superseded if the entity has changed since, as by a command that
// has brought its board a newer plan: that one would be undone, and the relay perhaps
// kept on for its least time. done is called exactly once, unless SendPlan fails, which
// is a *entity.Refusal.
func (r *Registry) SendPlan(id entity.ID, madeAt entity.Revision, plan entity.Plan, until time.Time, done func(BoardResult)) (err error) {
	r.update(func() {
		it := r.entities[id]
		if it == nil || len(it.points) == 0 {
			err = &entity.Refusal{Code: entity.CodeUnknownEntity, Said: NoEntity(id)}
			return
		}
		if it.record.Revision != madeAt {
			err = &entity.Refusal{Code: entity.CodeSuperseded, Said: entity.Said{Message: "The plan is out of date"}}
			return
		}
		_, err = r.send(it, entity.Order{Point: it.declared.Spec.Points()[0], Do: entity.VerbPlan, Plan: &plan},
			Request{Cause: entity.Cause{Kind: entity.CauseDeadline}, Until: until, Done: done})
	})
	return err
}

// Sample is what a sensor's board has reported last of it.
type Sample struct {
	Reading entity.Reading
	At      time.Time // of the newest good sample
}

// Sample is the newest of a sensor; ok is false while its board is away, and
// before there was a good one.
func (r *Registry) Sample(id entity.ID) (s Sample, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	it := r.entities[id]
	if it == nil || !it.linked || len(it.points) == 0 {
		return Sample{}, false
	}
	p := r.boards[it.board].live.values[it.points[0].id]
	if p.Value.Reading == nil || !p.Value.Reading.Valid {
		return Sample{}, false
	}
	return Sample{*p.Value.Reading, p.At}, true
}

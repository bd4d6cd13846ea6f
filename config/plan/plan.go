// Package plan says what an edit of config.yaml would do before it is done: which
// entities, boards, rules and users are added, changed, renamed or removed, and
// which outputs would move.
//
// Compare is a pure function of two houses and the time; `hob plan` and the
// dashboard's Config page show its result, as text or JSON.
package plan

import (
	"cmp"
	"slices"
	"time"

	"hob/internal/entity"
)

// Plan is what would happen. Its JSON is what `hob plan --json` prints; lists
// are never null.
type Plan struct {
	Changes []Change `json:"changes"`
	// Boards are those that would get a new configuration, in the order of the
	// file. What they need not touch, they do not touch.
	Boards []entity.BoardName `json:"boards"`
	// Moves are outputs that may switch because of the edit. There should be none
	// that the edit does not concern.
	Moves []Move `json:"moves"`
}

// Op is what happens to something that is declared.
type Op string

// Values of Op. A renamed one may have changed too.
const (
	Added   Op = "added"
	Changed Op = "changed"
	Renamed Op = "renamed"
	Removed Op = "removed"
)

// Change is one thing that is declared differently.
type Change struct {
	What   string   `json:"what"` // house, board, area, rule, user, or a kind of entity
	ID     string   `json:"id"`   // "" for the house
	Op     Op       `json:"op"`
	Was    string   `json:"was,omitempty"` // with Renamed
	Fields []Field  `json:"fields"`        // with Changed and Renamed
	Next   []string `json:"next"`          // of a rule that is not removed: its next runs by the clock, RFC 3339
}

// Field is one detail of a change.
type Field struct {
	Key    string `json:"key"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// Move is an output that may switch.
type Move struct {
	Entity entity.ID `json:"entity"`
	Point  string    `json:"point"` // "hall/16"
	Why    string    `json:"why"`
}

// Empty says whether nothing would change.
func (p Plan) Empty() bool { return len(p.Changes) == 0 && len(p.Boards) == 0 }

// Compare says what would happen if next took the place of running, at now.
func Compare(running, next *entity.House, now time.Time) Plan {
	p := Plan{Changes: []Change{}, Boards: []entity.BoardName{}, Moves: []Move{}}
	p.compareHouse(running, next)
	p.compare(declaredBy(running.Boards, ofBoard), declaredBy(next.Boards, ofBoard))
	p.compare(declaredBy(running.Areas, ofArea), declaredBy(next.Areas, ofArea))
	p.compare(declaredBy(running.Entities, ofEntity), declaredBy(next.Entities, ofEntity))
	p.compareRules(running, next, now)
	p.compare(declaredBy(running.Users, ofUser), declaredBy(next.Users, ofUser))
	p.compareConfigurations(running, next)
	p.compareOutputs(running, next)
	p.compareTargets(running, next)
	return p
}

func (p *Plan) add(c Change) {
	if c.Fields == nil {
		c.Fields = []Field{}
	}
	if c.Next == nil {
		c.Next = []string{}
	}
	p.Changes = append(p.Changes, c)
}

func (p *Plan) compareHouse(a, b *entity.House) {
	list := func(h *entity.House) []pair {
		return []pair{makePair("name", h.Name), makePair("location", h.Location),
			makePair("timezone", cmp.Or(h.Timezone, "the server's")), makePair("units", h.Units)}
	}
	fields := differing(list(a), list(b))
	if len(fields) > 0 {
		p.add(Change{What: "house", Op: Changed, Fields: fields})
	}
}

// declared is something with an id, as a list of its details.
type declared struct {
	what, id, was string
	pairs         []pair
	week          week // of a thermostat
}

// compare reports what differs between two lists of declarations of one sort. A
// declaration that says what it was before continues that one.
func (p *Plan) compare(before, after []declared) {
	old := make(map[string]declared, len(before))
	for _, d := range before {
		old[d.id] = d
	}
	kept := make(map[string]bool)
	for _, d := range after {
		was, same := old[d.id]
		renamed := false
		if !same && d.was != "" {
			was, renamed = old[d.was]
		}
		switch {
		case renamed:
			kept[d.was] = true
			p.add(Change{What: d.what, ID: d.id, Op: Renamed, Was: d.was, Fields: changed(was, d)})
		case !same:
			p.add(Change{What: d.what, ID: d.id, Op: Added})
		default:
			kept[d.id] = true
			if fields := changed(was, d); len(fields) > 0 {
				p.add(Change{What: d.what, ID: d.id, Op: Changed, Fields: fields})
			}
		}
	}
	for _, d := range before {
		if !kept[d.id] {
			p.add(Change{What: d.what, ID: d.id, Op: Removed})
		}
	}
}

func changed(before, after declared) []Field {
	fields := append(differing(before.pairs, after.pairs), differingPoints(before.week, after.week)...)
	if before.what != after.what {
		fields = slices.Insert(fields, 0, Field{"kind", before.what, after.what})
	}
	return fields
}

// declaredBy lists declarations of one sort.
func declaredBy[T any](all []T, as func(T) declared) []declared {
	var out []declared
	for _, x := range all {
		out = append(out, as(x))
	}
	return out
}

func ofBoard(b entity.Board) declared {
	return declared{what: "board", id: string(b.Name), pairs: pairsOf(b, "name")}
}

func ofArea(a entity.Area) declared {
	return declared{what: "area", id: string(a.ID), pairs: pairsOf(a, "id")}
}

func ofRule(r entity.Rule) declared {
	return declared{what: "rule", id: string(r.ID), pairs: pairsOf(r, "id")}
}

func ofUser(u entity.User) declared {
	return declared{what: "user", id: string(u.ID), pairs: pairsOf(u, "id")}
}

func ofEntity(e entity.Entity) declared {
	pairs := []pair{makePair("name", e.Name), makePair("area", string(e.Area)), makePair("icon", e.Icon)}
	pairs = append(pairs, pairsOf(e.Spec, "zone", "sensor_point", "awaited", "schedule")...) // the first three follow from others
	d := declared{what: string(e.Kind()), id: string(e.ID), was: string(e.Was), pairs: pairs}
	if t, ok := e.Spec.(*entity.Thermostat); ok {
		d.week = t.Schedule
	}
	return d
}

package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"hob/internal/entity"
)

// Bounds of a Filter.
const (
	MaxLines     = 500
	DefaultLines = 100
	MostFiltered = 50
	earliest     = int64(0)
	latest       = int64(1<<53 - 1)
)

// Filter says which lines of the log are wanted.
type Filter struct {
	Entities []entity.ID // at most MostFiltered; none: all entities, and gaps
	From, To time.Time   // From is included, To is not; zero: no bound. With one, lines are in the order of their times
	Before   Place       // only what is older than this line; zero: from the newest on
	Limit    int         // at most so many; DefaultLines when 0, never more than MaxLines
	Oldest   bool        // the oldest ones, the oldest first; not with Entities or Before
}

// Place is where a line is in the log. Lines are in the order in which they were
// written, which is that of their IDs: a clock that was in 2099 for a while does not
// keep its lines on top. Those of a span of time are in the order of their times.
type Place struct {
	At int64 // unix ms
	ID int64
}

// timed says whether the order is that of the times.
func (f *Filter) timed() bool { return !f.From.IsZero() || !f.To.IsZero() }

// Change is a line of the log.
type Change struct {
	Place
	What    Line
	Entity  entity.ID // "" for LineGap
	State   string    // after it
	Number  *float64  // brightness, target, value: what belongs to State
	Gesture entity.Gesture
	Cause   entity.Cause
	Until   int64 // LineGap: when recording went on, unix ms
}

// Changes are lines of the log, the newest first. more says that there are older
// ones: they come with Before set to the last one's Place. The cost follows from
// the limit and the number of entities.
func (s *Store) Changes(ctx context.Context, f Filter) (lines []Change, more bool, err error) {
	if len(f.Entities) > MostFiltered {
		return nil, false, fmt.Errorf("store: changes of %d entities at once; %d at most", len(f.Entities), MostFiltered)
	}
	return page(ctx, s, "changes", f.Limit, DefaultLines, MaxLines, func(db *database, rows int) ([]Change, error) {
		return db.changes(ctx, f, rows)
	})
}

// changes are at most so many.
func (db *database) changes(ctx context.Context, f Filter, limit int) ([]Change, error) {
	if len(f.Entities) == 0 {
		return db.lines(ctx, f, limit, "")
	}
	// Each entity's newest, from its own index: what others did is not read.
	var all []Change
	seen := map[entity.ID]bool{}
	for _, id := range f.Entities {
		if seen[id] {
			continue
		}
		seen[id] = true
		some, err := db.lines(ctx, f, limit, id)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	slices.SortFunc(all, func(a, b Change) int {
		if f.timed() && a.At != b.At {
			return cmp.Compare(b.At, a.At)
		}
		return cmp.Compare(b.ID, a.ID)
	})
	return all[:min(len(all), limit)], nil
}

// lines are those of one entity, or of all.
func (db *database) lines(ctx context.Context, f Filter, limit int, of entity.ID) ([]Change, error) {
	before := f.Before
	if before == (Place{}) {
		before = Place{latest, latest}
	}
	index, where, order, args := "", "c.id < ?", "c.id", []any{before.ID}
	if of != "" {
		index = "INDEXED BY change_of " // not the one that also has the times, which would have all of them sorted
	}
	if f.timed() {
		from, to := bounds(f.From, f.To)
		index, order = "", "c.at, c.id"
		where, args = "c.at >= ? AND c.at < ? AND c.at <= ? AND (c.at, c.id) < (?, ?)", []any{from, to, before.At, before.At, before.ID}
	}
	if of != "" {
		where, args = "c.entity = (SELECT id FROM name WHERE entity = ?) AND "+where, append([]any{string(of)}, args...)
	}
	if !f.Oldest {
		order = strings.ReplaceAll(order, ",", " DESC,") + " DESC"
	}
	rows, err := db.reader.QueryContext(ctx, "SELECT c.id, c.at, coalesce(n.entity, ''), what, state, number, gesture, cause, by "+
		"FROM change c "+index+"LEFT JOIN name n ON n.id = c.entity WHERE "+where+" ORDER BY "+order+" LIMIT ?", append(args, limit)...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []Change{}
	for rows.Next() {
		var c Change
		var number sql.NullFloat64
		if err := rows.Scan(&c.ID, &c.At, &c.Entity, &c.What, &c.State, &number, &c.Gesture, &c.Cause.Kind, &c.Cause.By); err != nil {
			return nil, err
		}
		switch {
		case number.Valid && c.What == LineGap:
			c.Until = int64(number.Float64)
		case number.Valid:
			c.Number = &number.Float64
		}
		out = append(out, c)
	}
	return out, rows.Err()
}

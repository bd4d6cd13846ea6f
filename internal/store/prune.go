package store

import (
	"context"
	"time"
)

// prune removes what the clock has not shown for longer than it is to be kept. Of every
// table the newest row before the limit stays: it says what holds from there on.
func (s *Store) prune(ctx context.Context) error {
	if err := s.piece(func(db *database) error { return s.look(db, true) }); err != nil {
		return err
	}
	rows, err := s.shown(ctx)
	if err != nil {
		return err
	}
	all, err := s.ids(ctx, "SELECT id FROM series")
	if err != nil {
		return err
	}
	limits := []limit{
		{"sample", s.o.Retention.Raw, func(of *series) int64 { return of.fives }, func(of *series) *int64 { return &of.rawFrom }, nil},
		{"five", s.o.Retention.Fives, func(of *series) int64 { return of.hours }, func(of *series) *int64 { return &of.fiveFrom }, nil},
		{"hour", s.o.Retention.Hours, nil, nil, nil},
	}
	for i := range limits {
		limits[i].gone = outside(rows, limits[i].keep)
	}
	err = s.each(ctx, all, func(db *database, of *series) (int, error) {
		removed := 0
		for i := range limits {
			n, err := db.removeSamples(&limits[i], of)
			if err != nil {
				return 0, err
			}
			removed += n
		}
		if removed == 0 {
			return 0, s.forget(db, of, limits[2].gone[0].to)
		}
		return removed, db.exec("UPDATE series SET raw_from = ?, five_from = ? WHERE id = ?", of.rawFrom, of.fiveFrom, of.id)
	})
	if err != nil {
		return err
	}
	if err := s.pruneLog(ctx, rows); err != nil {
		return err
	}
	if err := s.pruneChatter(ctx); err != nil {
		return err
	}
	return s.pruneRules(ctx)
}

// limit is for how long a table of samples keeps them.
type limit struct {
	table string
	keep  time.Duration
	made  func(*series) int64  // no row is removed before the next table has it
	from  func(*series) *int64 // what is noted; nil for nothing
	gone  []era
}

// removeSamples removes a piece of what is not to be kept of a series, and says how
// many rows there were.
func (db *database) removeSamples(l *limit, of *series) (int, error) {
	older := l.gone[0].to
	if l.made != nil {
		older = min(older, l.made(of))
	}
	n, err := db.removeBefore(l.table, of.id, older)
	if err != nil || n > 0 {
		if n > 0 && l.from != nil {
			*l.from(of) = max(*l.from(of), older)
		}
		return n, err
	}
	for _, e := range l.gone[1:] { // a clock that was wrong
		n, err := db.number("SELECT count(*) FROM (SELECT 1 FROM "+l.table+" WHERE series = ? AND at >= ? AND at < ? LIMIT ?)", of.id, e.from, e.to, mostRows)
		if err != nil {
			return 0, err
		}
		if n > 0 {
			return int(n), db.exec("DELETE FROM "+l.table+" WHERE series = ?1 AND at IN "+
				"(SELECT at FROM "+l.table+" WHERE series = ?1 AND at >= ?2 AND at < ?3 ORDER BY at LIMIT ?4)", of.id, e.from, e.to, mostRows)
		}
	}
	return 0, nil
}

// removeBefore removes a piece of the rows of a series before a time, but for
// the newest of them.
func (db *database) removeBefore(table string, id, older int64) (int, error) {
	newest, err := db.number("SELECT coalesce(max(at), 0) FROM "+table+" WHERE series = ? AND at <= ?", id, older)
	if err != nil || newest == 0 {
		return 0, err
	}
	n, err := db.number("SELECT count(*) FROM (SELECT 1 FROM "+table+" WHERE series = ? AND at < ? LIMIT ?)", id, newest, mostRows)
	if err != nil || n == 0 {
		return 0, err
	}
	return int(n), db.exec("DELETE FROM "+table+" WHERE series = ?1 AND at < ?2 AND at <= "+
		"(SELECT max(at) FROM (SELECT at FROM "+table+" WHERE series = ?1 AND at < ?2 ORDER BY at LIMIT ?3))", id, newest, mostRows)
}

// forget removes a series that ended so long ago that nothing of it is kept.
func (s *Store) forget(db *database, of *series, older int64) error {
	n, err := db.number("SELECT count(*) FROM sample WHERE series = ?1 AND at < ?2 AND value IS NULL "+
		"AND NOT EXISTS (SELECT 1 FROM sample WHERE series = ?1 AND at >= ?2)", of.id, older)
	if err != nil || n == 0 {
		return err
	}
	for _, table := range []string{"sample", "five", "hour"} {
		if err := db.exec("DELETE FROM "+table+" WHERE series = ?", of.id); err != nil {
			return err
		}
	}
	s.known = names{}
	return db.exec("DELETE FROM series WHERE id = ?", of.id)
}

// pruneLog removes old lines, old notices, and the states of entities that are long gone.
func (s *Store) pruneLog(ctx context.Context, rows []shown) error {
	for _, l := range []struct {
		table, key, at string
		keep           time.Duration
	}{
		{"change", "id", "at", s.o.Retention.Log},
		{"last", "entity", "gone", s.o.Retention.Gone},
		{"notice", "id", "at", s.o.Retention.Runs},
		{"rule_run", "id", "at", s.o.Retention.Runs},
	} {
		for _, e := range outside(rows, l.keep) {
			if err := s.remove(ctx, l.table, l.key, l.at+" >= ? AND "+l.at+" < ?", e.from, e.to); err != nil {
				return err
			}
		}
	}
	return nil
}

// pruneChatter removes the oldest lines of entities that have too many.
func (s *Store) pruneChatter(ctx context.Context) error {
	all, err := s.ids(ctx, "SELECT id FROM name")
	if err != nil {
		return err
	}
	for _, id := range all {
		var excess int64
		err := s.query(ctx, func(db *database) error {
			return db.reader.QueryRowContext(ctx, "SELECT count(*) - ? FROM change WHERE entity = ?", s.o.Retention.Lines, id).Scan(&excess)
		})
		if err == nil && excess > 0 {
			err = s.pruneLines(ctx, id, excess)
		}
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

// pruneLines removes so many lines of an entity, in bounded pieces: first those of a
// time that has not come, which a wrong clock has written.
func (s *Store) pruneLines(ctx context.Context, id, excess int64) error {
	for ; excess > 0 && ctx.Err() == nil; excess -= mostRows {
		err := s.piece(func(db *database) error {
			return db.exec("DELETE FROM change WHERE id IN (SELECT * FROM (SELECT id FROM change WHERE entity = ?1 AND at > ?2 ORDER BY at LIMIT ?3) "+
				"UNION ALL SELECT * FROM (SELECT id FROM change WHERE entity = ?1 AND at <= ?2 ORDER BY at, id LIMIT ?3) LIMIT ?3)",
				id, s.o.Now().UnixMilli()+leap, min(excess, mostRows))
		})
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

// remove removes the rows that a condition holds for, in bounded pieces.
func (s *Store) remove(ctx context.Context, table, key, where string, args ...any) error {
	args = append(args[:len(args):len(args)], mostRows)
	for more := true; more && ctx.Err() == nil; {
		err := s.piece(func(db *database) error {
			some := " FROM " + table + " WHERE " + where + " LIMIT ?"
			n, err := db.number("SELECT count(*) FROM (SELECT 1"+some+")", args...)
			if err != nil {
				return err
			}
			if more = n > 0; !more {
				return nil
			}
			return db.exec("DELETE FROM "+table+" WHERE "+key+" IN (SELECT "+key+some+")", args...)
		})
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

// shrink gives back a piece of the space that nothing uses. Most of it is left
// to be used again: a house fills what it emptied.
func (s *Store) shrink() error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if s.db == nil {
		return ErrUnavailable
	}
	unused, err := s.db.number("SELECT freelist_count FROM pragma_freelist_count")
	if err != nil {
		return err
	}
	all, err := s.db.number("SELECT page_count FROM pragma_page_count")
	if err != nil || unused < slack+all/10 {
		return err
	}
	_, err = s.db.conn.ExecContext(context.Background(), "PRAGMA incremental_vacuum("+itoa(min(unused-slack, mostPages))+")")
	return err
}

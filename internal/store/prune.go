package store

import "context"

// prune removes what is older than it is to be kept. Of every table the newest
// row before the limit stays: it says what holds from there on.
func (s *Store) prune(ctx context.Context) error {
	all, err := s.ids(ctx, "SELECT id FROM series")
	if err != nil {
		return err
	}
	now, keep := s.o.Now(), s.o.Retention
	limits := []struct {
		table string
		older int64
		made  func(*series) int64  // no row is removed before the next table has it
		from  func(*series) *int64 // what is noted; nil for nothing
	}{
		{"sample", now.Add(-keep.Raw).UnixMilli(), func(of *series) int64 { return of.fives }, func(of *series) *int64 { return &of.rawFrom }},
		{"five", now.Add(-keep.Fives).UnixMilli(), func(of *series) int64 { return of.hours }, func(of *series) *int64 { return &of.fiveFrom }},
		{"hour", now.Add(-keep.Hours).UnixMilli(), nil, nil},
	}
	err = s.each(ctx, all, func(db *database, of *series) (int, error) {
		removed := 0
		for _, l := range limits {
			older := l.older
			if l.made != nil {
				older = min(older, l.made(of))
			}
			n, err := db.removeBefore(l.table, of.id, older)
			if err != nil {
				return 0, err
			}
			if removed += n; n > 0 && l.from != nil {
				*l.from(of) = max(*l.from(of), older)
			}
		}
		if removed == 0 {
			return 0, s.forget(db, of, limits[2].older)
		}
		return removed, db.exec("UPDATE series SET raw_from = ?, five_from = ? WHERE id = ?", of.rawFrom, of.fiveFrom, of.id)
	})
	if err != nil {
		return err
	}
	if err := s.pruneLog(ctx); err != nil {
		return err
	}
	if err := s.pruneRules(ctx); err != nil {
		return err
	}
	return s.pruneNotices()
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

// pruneLog removes old lines, and the states of entities that are long gone.
func (s *Store) pruneLog(ctx context.Context) error {
	now, keep := s.o.Now(), s.o.Retention
	for more := true; more && ctx.Err() == nil; {
		err := s.piece(func(db *database) error {
			older := now.Add(-keep.Log).UnixMilli()
			n, err := db.number("SELECT count(*) FROM (SELECT 1 FROM change WHERE at < ? LIMIT ?)", older, mostRows)
			if err != nil {
				return err
			}
			if more = n > 0; more {
				return db.exec("DELETE FROM change WHERE id IN (SELECT id FROM change WHERE at < ? ORDER BY at LIMIT ?)", older, mostRows)
			}
			return db.exec("DELETE FROM last WHERE gone < ?", now.Add(-keep.Gone).UnixMilli())
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

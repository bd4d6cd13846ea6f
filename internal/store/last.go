package store

import (
	"context"
	"database/sql"
	"fmt"

	"hob/internal/entity"
)

// Load is what earlier runs of the server left of each entity. It fails with
// ErrUnavailable while the file cannot be opened.
func (s *Store) Load(ctx context.Context) (map[entity.ID]entity.Saved, error) {
	var out map[entity.ID]entity.Saved
	err := s.query(ctx, func(db *database) (err error) {
		out, err = db.load(ctx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("store: load: %w", err)
	}
	return out, nil
}

// group are Keeps that are stored in one transaction.
type group struct {
	entities []entity.Saved
	full     bool
	stored   bool
	err      error
}

// Keep stores entities, each in place of what was stored of it, and returns when
// they are on the disk: what was kept survives the death of the process and a
// power cut. All of the batch is stored, or nothing. When the disk takes nothing
// it fails with ErrUnavailable at once; it never waits for room.
func (s *Store) Keep(batch []entity.Saved) error { return s.keep(batch, true) }

// KeepSoon is Keep for what nobody waits for: it survives the death of the
// process, and is on the disk, safe from a power cut, with the next Keep at the
// latest. It costs a fraction of the time, and does not wear the disk.
func (s *Store) KeepSoon(batch []entity.Saved) error { return s.keep(batch, false) }

func (s *Store) keep(batch []entity.Saved, full bool) error {
	s.group.Lock()
	if s.waiting == nil {
		s.waiting = &group{}
	}
	mine := s.waiting
	mine.entities = append(mine.entities, batch...)
	mine.full = mine.full || full
	s.group.Unlock()

	s.writing.Lock()
	defer s.writing.Unlock()
	if !mine.stored { // else who was before me did it
		s.group.Lock()
		s.waiting = nil
		s.group.Unlock()
		mine.stored = true
		mine.err = s.write("keep", mine.full, func(db *database) error { return db.keep(mine.entities) })
	}
	return mine.err
}

// Rename gives an entity's state, history and log another id (`was` in the
// house). Where the new id has a state of its own, that stays, for it is newer;
// history is joined. It does nothing when there is nothing under the old id. It
// is durable when it returns, and belongs before Load.
func (s *Store) Rename(was, is entity.ID) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	return s.write(fmt.Sprintf("rename %s to %s", was, is), true, func(db *database) error {
		if was == is {
			return nil
		}
		defer func() { s.known = names{} }()
		return db.rename(was, is)
	})
}

// write runs f in a transaction. The caller is the writer. When the file turns
// out to be damaged it is set aside, and f runs once more on a new one.
func (s *Store) write(what string, full bool, f func(*database) error) error {
	if s.db == nil {
		return fmt.Errorf("store: %s: %w", what, ErrUnavailable)
	}
	whole := func() error {
		if err := s.look(s.db, false); err != nil {
			return err
		}
		return f(s.db)
	}
	err := s.db.transact(full, whole)
	if err != nil {
		s.known, s.face = names{}, clockFace{} // ids that were given may not be there any more
	}
	if damaged(err) {
		if err = s.replace(err); err == nil {
			err = s.db.transact(full, whole)
		}
	}
	switch {
	case err == nil:
		return nil
	case refused(err):
		return fmt.Errorf("store: %s: %w: %w", what, ErrUnavailable, err)
	}
	return fmt.Errorf("store: %s: %w", what, err)
}

// replace sets a damaged file aside while the server runs, and begins a new one
// with the states that can still be read. The caller is the writer.
func (s *Store) replace(why error) error {
	s.reading.Lock() // the queries under way end first
	db := s.db
	s.db = nil
	s.reading.Unlock()
	if db == nil {
		return ErrUnavailable
	}
	saved := db.salvage()
	_ = db.Close() // what cannot be closed cannot be helped
	if err := s.setAside(&unusable{"corrupt", "it is damaged: " + why.Error()}); err != nil {
		return err
	}
	return s.open(saved)
}

const lastColumns = "entity, kind, state, attributes, changed, cause, by, lasting"

func (db *database) load(ctx context.Context) (map[entity.ID]entity.Saved, error) {
	out := map[entity.ID]entity.Saved{}
	return out, db.eachLast(ctx, "", func(e entity.Saved) { out[e.Entity] = e })
}

func (db *database) eachLast(ctx context.Context, order string, each func(entity.Saved)) error {
	rows, err := db.reader.QueryContext(ctx, "SELECT "+lastColumns+" FROM last "+order)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var e entity.Saved
		if err := rows.Scan(&e.Entity, &e.Kind, &e.State, &e.Attributes, &e.Changed,
			&e.Cause.Kind, &e.Cause.By, &e.Lasting); err != nil {
			return err
		}
		each(e)
	}
	return rows.Err()
}

func (db *database) keep(batch []entity.Saved) error {
	for _, e := range batch {
		if e.Attributes == nil {
			e.Attributes = []byte("{}")
		}
		var lasting any // a nil []byte would be an empty one
		if e.Lasting != nil {
			lasting = e.Lasting
		}
		if err := db.exec("INSERT INTO last ("+lastColumns+") VALUES (?,?,?,?,?,?,?,?) ON CONFLICT (entity) DO UPDATE SET "+
			"kind = excluded.kind, state = excluded.state, attributes = excluded.attributes, changed = excluded.changed, "+
			"cause = excluded.cause, by = excluded.by, lasting = excluded.lasting",
			string(e.Entity), string(e.Kind), e.State, e.Attributes, e.Changed, string(e.Cause.Kind), e.Cause.By, lasting); err != nil {
			return err
		}
	}
	return nil
}

func (db *database) rename(was, is entity.ID) error {
	for _, q := range []string{
		"UPDATE OR IGNORE last SET entity = ?2, gone = NULL WHERE entity = ?1",
		"DELETE FROM last WHERE entity = ?1 AND ?2 <> ''",
	} {
		if err := db.exec(q, string(was), string(is)); err != nil {
			return err
		}
	}
	from, err := db.number("SELECT id FROM name WHERE entity = ?", string(was))
	if err != nil || from == 0 {
		return err
	}
	to, err := db.number("SELECT id FROM name WHERE entity = ?", string(is))
	if err != nil {
		return err
	}
	if to == 0 {
		err = db.exec("UPDATE name SET entity = ? WHERE id = ?", string(is), from)
		return err
	}
	return db.join(from, to)
}

// join puts the history of one numbered entity under another.
func (db *database) join(from, to int64) error {
	const of = "(SELECT id FROM series WHERE entity = ?1 AND what = n.what)"
	for _, q := range []string{
		"UPDATE change SET entity = ?2 WHERE entity = ?1",
		"UPDATE OR IGNORE series SET entity = ?2 WHERE entity = ?1", // what the new one has no series of
	} {
		if err := db.exec(q, from, to); err != nil {
			return err
		}
	}
	for _, table := range []string{"sample", "five", "hour"} {
		q := "UPDATE OR REPLACE " + table + " SET series = n.id FROM series n WHERE n.entity = ?2 AND " + table + ".series = " + of
		if err := db.exec(q, from, to); err != nil {
			return err
		}
	}
	// Both are complete up to the later of their ends: the one ended where the other began.
	if err := db.exec("UPDATE series SET (fives, hours, raw_from, five_from) = (max(series.fives, o.fives), max(series.hours, o.hours), "+
		"max(series.raw_from, o.raw_from), max(series.five_from, o.five_from)) FROM series o "+
		"WHERE o.entity = ?1 AND o.what = series.what AND series.entity = ?2", from, to); err != nil {
		return err
	}
	for _, q := range []string{"DELETE FROM series WHERE entity = ?", "DELETE FROM name WHERE id = ?"} {
		if err := db.exec(q, from); err != nil {
			return err
		}
	}
	return nil
}

// number is the one number that a query gives; 0 for no row.
func (db *database) number(query string, args ...any) (int64, error) {
	s, err := db.prepared(query)
	if err != nil {
		return 0, err
	}
	var n int64
	err = s.QueryRowContext(context.Background(), args...).Scan(&n)
	if err == sql.ErrNoRows { //nolint:errorlint // Scan returns it as it is
		return 0, nil
	}
	return n, err
}

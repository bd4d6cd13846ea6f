package store

import (
	"context"
	"fmt"

	"hob/internal/entity"
)

// KeepNotice stores a notice for people and gives it its ID, which no other will
// ever have in this file. It survives the death of the process.
func (s *Store) KeepNotice(n entity.Notice) (id int64, err error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	err = s.write("keep a notice", false, func(db *database) error {
		if err := db.exec("INSERT INTO notice (at, text, detail, params, user, rule) VALUES (?,?,?,?,?,?)",
			n.At, n.Text, string(n.Detail), string(n.Params), string(n.User), string(n.Rule)); err != nil {
			return err
		}
		if id, err = db.number("SELECT last_insert_rowid()"); err != nil {
			return err
		}
		return db.exec("DELETE FROM notice WHERE id <= (SELECT id FROM notice ORDER BY id DESC LIMIT 1 OFFSET ?)", entity.MostNotices)
	})
	return id, err
}

// LoadNotices are the notices that nobody has dismissed, oldest first.
func (s *Store) LoadNotices(ctx context.Context) ([]entity.Notice, error) {
	var out []entity.Notice
	err := s.query(ctx, func(db *database) error {
		rows, err := db.reader.QueryContext(ctx, "SELECT id, at, text, detail, params, user, rule FROM notice ORDER BY id")
		if err != nil {
			return err
		}
		defer rows.Close()
		out = nil
		for rows.Next() {
			var n entity.Notice
			if err := rows.Scan(&n.ID, &n.At, &n.Text, &n.Detail, &n.Params, &n.User, &n.Rule); err != nil {
				return err
			}
			out = append(out, n)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("store: load notices: %w", err)
	}
	return out, nil
}

// DropNotice removes a notice that has been dismissed, if it is there.
func (s *Store) DropNotice(id int64) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	return s.write("drop a notice", false, func(db *database) error {
		return db.exec("DELETE FROM notice WHERE id = ?", id)
	})
}

package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"hob/internal/entity"
)

// RuleMemory is what a rule must know after a restart, in the words of those who
// run rules; without Data the rule has nothing to remember any more.
type RuleMemory struct {
	Rule entity.RuleID
	Data []byte // JSON
}

// RuleRun is one run of a rule, or that there was none and why. The same ID
// again is news of the same run.
type RuleRun struct {
	ID      string // unique over all rules, for ever
	Rule    entity.RuleID
	At      int64  // unix ms
	Outcome string // "running" and what it may end as
	Data    []byte // JSON: all of it, with its trace
}

// Bounds of what is kept of, and asked about, runs.
const (
	MostRuns    = 500
	DefaultRuns = 50
)

// KeepRules stores what rules remember and how their runs are, each in place of
// what was stored of it: all of it, or nothing. With durable it survives a power
// cut when KeepRules returns, else the death of the process. When the disk takes
// nothing it fails with ErrUnavailable at once.
func (s *Store) KeepRules(memory []RuleMemory, runs []RuleRun, durable bool) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	return s.write("keep rules", durable, func(db *database) error {
		if err := db.remember(memory); err != nil {
			return err
		}
		for i := range runs {
			r := &runs[i]
			if err := db.exec("INSERT INTO rule_run (id, rule, at, outcome, data, seq) "+
				"VALUES (?,?,?,?,?, (SELECT coalesce(max(seq), 0) + 1 FROM rule_run)) ON CONFLICT (id) DO UPDATE SET "+
				"rule = excluded.rule, at = excluded.at, outcome = excluded.outcome, data = excluded.data",
				r.ID, string(r.Rule), r.At, r.Outcome, r.Data); err != nil {
				return err
			}
		}
		return nil
	})
}

func (db *database) remember(memory []RuleMemory) error {
	for _, m := range memory {
		var err error
		if len(m.Data) == 0 {
			err = db.exec("DELETE FROM rule_memory WHERE rule = ?", string(m.Rule))
		} else {
			err = db.exec("INSERT INTO rule_memory (rule, data) VALUES (?,?) ON CONFLICT (rule) DO UPDATE SET data = excluded.data",
				string(m.Rule), m.Data)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// LoadRules is what the rules of earlier runs of the server remember, in the
// order of their ids. It fails with ErrUnavailable while the file cannot be opened.
func (s *Store) LoadRules(ctx context.Context) ([]RuleMemory, error) {
	var out []RuleMemory
	err := s.query(ctx, func(db *database) error {
		out = nil
		return db.eachMemory(ctx, "ORDER BY rule", func(m RuleMemory) { out = append(out, m) })
	})
	if err != nil {
		return nil, fmt.Errorf("store: load rules: %w", err)
	}
	return out, nil
}

func (db *database) eachMemory(ctx context.Context, order string, each func(RuleMemory)) error {
	rows, err := db.reader.QueryContext(ctx, "SELECT rule, data FROM rule_memory "+order)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var m RuleMemory
		if err := rows.Scan(&m.Rule, &m.Data); err != nil {
			return err
		}
		each(m)
	}
	return rows.Err()
}

// RunFilter says which runs are wanted.
type RunFilter struct {
	Rule     entity.RuleID // "": of all rules
	ID       string        // of this run alone; "": of any
	From, To time.Time     // From is included, To is not; zero: no bound. With one, runs are in the order of their times
	Before   RunPlace      // only what comes after this run in the answer; zero: from the newest on
	Limit    int           // at most so many; DefaultRuns when 0, never more than MostRuns
}

// RunPlace is where a run is among all. They are in the order in which they were
// written first, as lines of the log are (Place).
type RunPlace struct {
	At int64 // unix ms
	ID string
}

// Runs are runs of rules, the newest first. more says that there are older ones:
// they come with Before set to the last one's place.
func (s *Store) Runs(ctx context.Context, f RunFilter) (runs []RuleRun, more bool, err error) {
	return page(ctx, s, "runs", f.Limit, DefaultRuns, MostRuns, func(db *database, rows int) ([]RuleRun, error) {
		return db.runs(ctx, f, rows)
	})
}

// runs are at most so many.
func (db *database) runs(ctx context.Context, f RunFilter, limit int) ([]RuleRun, error) {
	where, order, args := "true", "seq DESC", []any{}
	switch {
	case !f.From.IsZero() || !f.To.IsZero():
		from, to := bounds(f.From, f.To)
		before := f.Before
		if before == (RunPlace{}) {
			before = RunPlace{latest, ""}
		}
		where, order = "at >= ? AND at < ? AND at <= ? AND (at, id) < (?, ?)", "at DESC, id DESC"
		args = []any{from, to, before.At, before.At, before.ID}
	case f.Before != (RunPlace{}): // nothing follows a run that is gone by now
		where, args = "seq < (SELECT seq FROM rule_run WHERE id = ?)", []any{f.Before.ID}
	}
	if f.Rule != "" {
		where, args = "rule = ? AND "+where, append([]any{string(f.Rule)}, args...)
	}
	if f.ID != "" {
		where, args = "id = ? AND "+where, append([]any{f.ID}, args...)
	}
	rows, err := db.reader.QueryContext(ctx, "SELECT id, rule, at, outcome, data FROM rule_run WHERE "+where+
		" ORDER BY "+order+" LIMIT ?", append(args, limit)...)
	if err != nil {
		return nil, err
	}
	return scanRuns(rows)
}

func scanRuns(rows *sql.Rows) ([]RuleRun, error) {
	defer rows.Close()
	out := []RuleRun{}
	for rows.Next() {
		var r RuleRun
		if err := rows.Scan(&r.ID, &r.Rule, &r.At, &r.Outcome, &r.Data); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

// pruneRules removes the runs that are too many of one rule: those that are later than
// the clock shows, which a wrong one has written, and then the oldest.
func (s *Store) pruneRules(ctx context.Context) error {
	for rule := ""; ctx.Err() == nil; {
		var excess int64
		err := s.query(ctx, func(db *database) error {
			err := db.reader.QueryRowContext(ctx, "SELECT rule FROM rule_run WHERE rule > ? ORDER BY rule LIMIT 1", rule).Scan(&rule)
			if err != nil {
				return err
			}
			return db.reader.QueryRowContext(ctx, "SELECT count(*) - ? FROM rule_run WHERE rule = ?", s.o.Retention.Each, rule).Scan(&excess)
		})
		if err == sql.ErrNoRows { //nolint:errorlint // Scan returns it as it is
			return nil
		}
		if err == nil && excess > 0 {
			err = s.pruneRuns(ctx, rule, excess)
		}
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

// pruneRuns removes so many runs of a rule, in bounded pieces.
func (s *Store) pruneRuns(ctx context.Context, rule string, excess int64) error {
	for ; excess > 0 && ctx.Err() == nil; excess -= mostRows {
		err := s.piece(func(db *database) error {
			return db.exec("DELETE FROM rule_run WHERE id IN (SELECT id FROM rule_run WHERE rule = ? ORDER BY at <= ?, at, id LIMIT ?)",
				rule, s.o.Now().UnixMilli()+leap, min(excess, mostRows))
		})
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

// notFound takes the lack of a row for no error.
func notFound(err error) error {
	if err == sql.ErrNoRows { //nolint:errorlint // Scan returns it as it is
		return nil
	}
	return err
}

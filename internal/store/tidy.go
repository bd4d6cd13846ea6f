package store

import (
	"context"
	"database/sql"
	"time"
)

const (
	// late is how long after its end a stretch is aggregated: the recorder gathers.
	late = 30 * time.Second
	// pruneEvery is how often what is too old is looked for.
	pruneEvery = 10 * time.Minute
	// mostRows bounds what one transaction reads, writes or removes, and with it
	// how long a Keep may have to wait.
	mostRows = 5000
	// mostPages is how much a tidying gives back at most; slack is what is left.
	mostPages = 2048
	slack     = 256 // pages
)

// tidy aggregates what is new and removes what is too old. Each transaction does
// a bounded piece whole and notes how far it came, so whatever ends it, the next
// one goes on there.
func (s *Store) tidy(ctx context.Context) error {
	if err := s.aggregate(ctx); err != nil {
		return err
	}
	now := s.o.Now()
	if d := now.Sub(s.pruned); d >= 0 && d < pruneEvery {
		return s.piece(func(db *database) error { return s.look(db, true) })
	}
	if err := s.prune(ctx); err != nil {
		return err
	}
	s.pruned = now
	return s.shrink()
}

// aggregate brings five-minute and hourly rows up to now.
func (s *Store) aggregate(ctx context.Context) error {
	upTo := floor(s.o.Now().Add(-late).UnixMilli(), fiveMinutes)
	due, err := s.ids(ctx, "SELECT id FROM series s WHERE fives < ?1 AND EXISTS "+
		"(SELECT 1 FROM sample WHERE series = s.id AND at >= s.fives AND at < ?1)", upTo)
	if err != nil {
		return err
	}
	return s.each(ctx, due, func(db *database, of *series) (int, error) {
		return db.aggregate(of, upTo)
	})
}

func (s *Store) ids(ctx context.Context, query string, args ...any) (out []int64, err error) {
	err = s.query(ctx, func(db *database) error {
		rows, err := db.reader.QueryContext(ctx, query, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var id int64
			if err := rows.Scan(&id); err != nil {
				return err
			}
			out = append(out, id)
		}
		return rows.Err()
	})
	return out, err
}

// each does something to series, many in a transaction as long as they are
// cheap. f says how many rows it touched, and is asked again about the same
// series until it touched none.
func (s *Store) each(ctx context.Context, ids []int64, f func(*database, *series) (int, error)) error {
	for len(ids) > 0 && ctx.Err() == nil {
		err := s.piece(func(db *database) error {
			for done := 0; done < mostRows && len(ids) > 0; {
				of, err := s.numbered(db, ids[0])
				if err != nil {
					return err
				}
				n := 0
				if of != nil {
					if n, err = f(db, of); err != nil {
						return err
					}
				}
				if done += n + 10; n == 0 { // to look costs something too
					ids = ids[1:]
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

func (s *Store) piece(f func(*database) error) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	return s.write("tidy", false, f)
}

// numbered is a series by its number; nil when it is gone.
func (s *Store) numbered(db *database, id int64) (*series, error) {
	if of := s.known.numbered[id]; of != nil {
		return of, nil
	}
	stmt, err := db.prepared("SELECT " + seriesColumns + " FROM series WHERE id = ?")
	if err != nil {
		return nil, err
	}
	of, err := scanSeries(stmt.QueryRowContext(context.Background(), id))
	if err == sql.ErrNoRows { //nolint:errorlint // Scan returns it as it is
		return nil, nil //nolint:nilnil // as the comment says
	}
	return of, err
}

// aggregate makes a piece of the rows of one series up to a time, and says how
// many it read.
func (db *database) aggregate(of *series, upTo int64) (int, error) {
	fives, err := db.roll(&level{from: "sample", to: "five", width: fiveMinutes, read: rawRows}, of.id, &of.fives, upTo)
	if err != nil {
		return 0, err
	}
	hours, err := db.roll(&level{from: "five", to: "hour", width: anHour, inner: fiveMinutes, read: stepRows},
		of.id, &of.hours, floor(of.fives, anHour))
	if err != nil {
		return 0, err
	}
	if fives+hours == 0 {
		return 0, nil
	}
	return fives + hours, db.exec("UPDATE series SET fives = ?, hours = ? WHERE id = ?", of.fives, of.hours, of.id)
}

// level is how rows of one table become those of the next.
type level struct {
	from, to string
	width    int64 // of a row in to
	inner    int64 // of a row in from
	read     func(rows *sql.Rows, r *reducer, width int64) (n int, err error)
}

// roll makes rows out of rows from *done on, at most up to a time, and moves *done. A
// row that was made before is replaced where there is something to make it of: what it
// was made of may be gone by now.
func (db *database) roll(l *level, id int64, done *int64, upTo int64) (int, error) {
	from := *done
	if from == 0 {
		first, err := db.number("SELECT coalesce(min(at), 0) FROM "+l.from+" WHERE series = ?", id)
		if err != nil || first == 0 {
			return 0, err
		}
		from = floor(first, l.width)
	}
	// As many whole steps as mostRows rows make, and one at least.
	beyond, err := db.number("SELECT at FROM "+l.from+" WHERE series = ? AND at >= ? ORDER BY at LIMIT 1 OFFSET ?", id, from, mostRows)
	if err != nil {
		return 0, err
	}
	if beyond != 0 {
		upTo = min(upTo, max(floor(beyond, l.width), from+l.width))
	}
	n, err := db.number("SELECT count(*) FROM "+l.from+" WHERE series = ? AND at >= ? AND at < ?", id, from, upTo)
	if err != nil || n == 0 {
		return 0, err
	}
	value, open, err := db.before(l.from, id, from)
	if err != nil {
		return 0, err
	}
	var made []step
	r := newReducer(from, l.width, value, open, func(s step) { made = append(made, s) })
	r.sparse = true
	if err := db.feed(l, id, from, upTo, r); err != nil {
		return 0, err
	}
	r.end(upTo)
	for i := range made {
		if err := db.putStep(l.to, id, &made[i]); err != nil {
			return 0, err
		}
	}
	*done = upTo
	return int(n), nil
}

func (db *database) feed(l *level, id, from, to int64, r *reducer) error {
	stmt, err := db.prepared(rowsOf(l.from))
	if err != nil {
		return err
	}
	rows, err := stmt.QueryContext(context.Background(), id, from, to)
	if err != nil {
		return err
	}
	defer rows.Close()
	_, err = l.read(rows, r, l.inner)
	return err
}

// before is what holds before a time: the newest value that a table has.
func (db *database) before(table string, id, at int64) (value float64, open bool, err error) {
	stmt, err := db.prepared(valueBefore(table))
	if err != nil {
		return 0, false, err
	}
	var v sql.NullFloat64
	err = stmt.QueryRowContext(context.Background(), id, at).Scan(&v)
	if err == sql.ErrNoRows { //nolint:errorlint // Scan returns it as it is
		return 0, false, nil
	}
	return v.Float64, v.Valid, err
}

func valueBefore(table string) string {
	column := "last"
	if table == "sample" {
		column = "value"
	}
	return "SELECT " + column + " FROM " + table + " WHERE series = ? AND at < ? ORDER BY at DESC LIMIT 1"
}

func rowsOf(table string) string {
	columns := "at, low, mean, high, last, known, samples"
	if table == "sample" {
		columns = "at, value"
	}
	return "SELECT " + columns + " FROM " + table + " WHERE series = ? AND at >= ? AND at < ? ORDER BY at"
}

// rawRows gives samples to a reducer.
func rawRows(rows *sql.Rows, r *reducer, _ int64) (n int, err error) {
	for ; rows.Next(); n++ {
		var at int64
		var v sql.NullFloat64
		if err := rows.Scan(&at, &v); err != nil {
			return n, err
		}
		r.sample(at, v.Float64, v.Valid)
	}
	return n, rows.Err()
}

// stepRows gives steps of a width to a reducer.
func stepRows(rows *sql.Rows, r *reducer, width int64) (n int, err error) {
	for ; rows.Next(); n++ {
		var s step
		var low, mean, high, last sql.NullFloat64
		if err := rows.Scan(&s.at, &low, &mean, &high, &last, &s.known, &s.samples); err != nil {
			return n, err
		}
		s.low, s.high = low.Float64, high.Float64
		if !low.Valid {
			s.low, s.high = 1, 0 // empty
		}
		s.area = mean.Float64 * float64(s.known)
		s.last, s.open = last.Float64, last.Valid
		r.narrower(&s, width)
	}
	return n, rows.Err()
}

func (db *database) putStep(table string, id int64, s *step) error {
	optional := func(v float64, is bool) any {
		if !is {
			return nil
		}
		return v
	}
	return db.exec("INSERT OR REPLACE INTO "+table+" (series, at, low, mean, high, last, known, samples) VALUES (?,?,?,?,?,?,?,?)",
		id, s.at, optional(s.low, !s.empty()), optional(s.mean(), s.known > 0), optional(s.high, !s.empty()),
		optional(s.last, s.open), s.known, s.samples)
}

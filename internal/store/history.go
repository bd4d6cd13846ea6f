package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"hob/internal/entity"
)

// Bounds of a History.
const (
	MinPoints     = 2
	MaxPoints     = 2000
	DefaultPoints = 500
)

// History is the numbers of an entity over a time.
type History struct {
	Step   time.Duration // between points; 0: the points are the samples themselves
	Series []Series      // in the order of their names; none for an entity without numbers
}

// Series is one number over the time asked for, oldest point first.
type Series struct {
	Name   string
	Points []Point
}

// Point is a sample, or what a series was in a step. A sample holds until the
// next point.
type Point struct {
	At   time.Time // of the sample; begin of the step
	Has  bool      // false: not known from here on, or in all of the step
	Mean float64   // weighted by time; the sample's value
	Low  float64
	High float64
	Gap  bool // in a part of the step it was not known
}

// History gives at most about so many points (MinPoints to MaxPoints) for each
// number, from the finest rows that are still there: the samples themselves when
// they are few enough, else whole steps that the time lies in. A time in which nothing
// is known is one point without a value at its begin. It ends now at the latest.
// The cost follows from points, and for times shorter than a few hours from how
// many samples there are; never from how much is stored.
func (s *Store) History(ctx context.Context, id entity.ID, from, to time.Time, points int) (History, error) {
	points = min(max(points, MinPoints), MaxPoints)
	now := s.o.Now()
	if to.After(now) {
		to = now // what holds now need not hold later
	}
	if !from.Before(to) {
		return History{Series: []Series{}}, nil
	}
	var h History
	err := s.query(ctx, func(db *database) error {
		tx, err := db.reader.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
		if err != nil {
			return err
		}
		defer func() { _ = tx.Rollback() }()
		q := &reading{ctx: ctx, tx: tx, from: from.UnixMilli(), to: to.UnixMilli(), now: now.UnixMilli(), points: points}
		h, err = q.history(id, s.finest(from))
		return err
	})
	if err != nil {
		return History{}, fmt.Errorf("store: history of %s: %w", id, err)
	}
	return h, nil
}

// finest is the least width of a step at which something that old is still there.
func (s *Store) finest(from time.Time) int64 {
	switch age := s.o.Now().Sub(from); {
	case age > s.o.Retention.Fives:
		return anHour
	case age > s.o.Retention.Raw:
		return fiveMinutes
	}
	return 0
}

// reading is one query of a history: it sees one state of the file.
type reading struct {
	ctx      context.Context
	tx       *sql.Tx
	from, to int64
	now      int64
	points   int
	rows     int // that were read, for tests
}

type named struct {
	series
	name string
}

func (q *reading) history(id entity.ID, finest int64) (History, error) {
	all, err := q.named(id)
	if err != nil || len(all) == 0 {
		return History{Series: []Series{}}, err
	}
	width := finest
	if finest == 0 {
		few, err := q.fewSamples(all)
		if err != nil {
			return History{}, err
		}
		if few {
			return q.each(all, 0, q.samples)
		}
	}
	width = niceStep(max(width, (q.to-q.from+int64(q.points)-1)/int64(q.points)))
	// Whole steps: of a part of one the rows say nothing.
	q.from, q.to = floor(q.from, width), min(ceil(q.to, width), q.now)
	return q.each(all, width, func(of *named) ([]Point, error) { return q.steps(of, width) })
}

func (q *reading) each(all []named, width int64, f func(*named) ([]Point, error)) (History, error) {
	h := History{Step: time.Duration(width) * time.Millisecond, Series: make([]Series, 0, len(all))}
	for i := range all {
		points, err := f(&all[i])
		if err != nil {
			return History{}, err
		}
		h.Series = append(h.Series, Series{Name: all[i].name, Points: points})
	}
	return h, nil
}

func (q *reading) named(id entity.ID) (out []named, err error) {
	rows, err := q.tx.QueryContext(q.ctx, "SELECT s."+seriesColumns+", what FROM series s JOIN name n ON n.id = s.entity "+
		"WHERE n.entity = ? ORDER BY what", string(id))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var n named
		if err := rows.Scan(&n.id, &n.fives, &n.hours, &n.rawFrom, &n.fiveFrom, &n.name); err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, rows.Err()
}

// fewSamples says whether no series has more samples in this time than points
// were asked for.
func (q *reading) fewSamples(all []named) (bool, error) {
	for i := range all {
		var n int
		err := q.tx.QueryRowContext(q.ctx, "SELECT count(*) FROM (SELECT 1 FROM sample WHERE series = ? AND at > ? AND at < ? LIMIT ?)",
			all[i].id, q.from, q.to, q.points).Scan(&n)
		q.rows += n
		if err != nil || n >= q.points {
			return false, err
		}
	}
	return true, nil
}

// niceStep is the first width of a row of round ones that is not less, so that
// steps begin where people expect it, and two queries agree.
func niceStep(least int64) int64 {
	const second, minute, hour, day = 1000, 60_000, anHour, 24 * anHour
	for _, w := range []int64{second, 2 * second, 5 * second, 10 * second, 30 * second, minute, 2 * minute, 5 * minute,
		10 * minute, 15 * minute, 30 * minute, hour, 2 * hour, 3 * hour, 6 * hour, 12 * hour, day, 2 * day, 7 * day} {
		if w >= least {
			return w
		}
	}
	return ceil(least, 7*day)
}

// samples are the points of a short time: what held at its begin, and each sample.
func (q *reading) samples(of *named) ([]Point, error) {
	out := []Point{}
	value, open, err := q.before("sample", of.id, q.from+1)
	if err != nil {
		return nil, err
	}
	add := func(at int64, v float64, has bool) {
		if !has && len(out) > 0 && !out[len(out)-1].Has {
			return
		}
		p := Point{At: time.UnixMilli(at), Has: has}
		if has {
			p.Mean, p.Low, p.High = v, v, v
		}
		out = append(out, p)
	}
	add(q.from, value, open)
	rows, err := q.tx.QueryContext(q.ctx, rowsOf("sample"), of.id, q.from+1, q.to)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var at int64
		var v sql.NullFloat64
		if err := rows.Scan(&at, &v); err != nil {
			return nil, err
		}
		q.rows++
		add(at, v.Float64, v.Valid)
	}
	return out, rows.Err()
}

// steps are the points of a long time. Each part of it is read from the widest
// rows that are narrow enough and complete there.
func (q *reading) steps(of *named, width int64) ([]Point, error) {
	levels := []level{
		{from: "hour", inner: anHour, read: stepRows},
		{from: "five", inner: fiveMinutes, read: stepRows},
		{from: "sample", inner: 0, read: rawRows},
	}
	complete := []int64{of.hours, of.fives, q.to}
	out := []Point{}
	var r *reducer
	at := q.from
	for i := range levels {
		l, upTo := &levels[i], min(complete[i], q.to)
		if l.inner > 0 && width%l.inner != 0 || upTo <= at {
			continue
		}
		if r == nil {
			value, open, err := q.before(l.from, of.id, at)
			if err != nil {
				return nil, err
			}
			r = newReducer(q.from, width, value, open, func(s step) { out = appendPoint(out, &s, width, q.to) })
		}
		if err := q.feed(l, of.id, at, upTo, r); err != nil {
			return nil, err
		}
		at = upTo
	}
	if r != nil {
		r.end(q.to)
	}
	return out, nil
}

func (q *reading) feed(l *level, id, from, to int64, r *reducer) error {
	rows, err := q.tx.QueryContext(q.ctx, rowsOf(l.from), id, from, to)
	if err != nil {
		return err
	}
	defer rows.Close()
	n, err := l.read(rows, r, l.inner)
	q.rows += n
	return err
}

func (q *reading) before(table string, id, at int64) (float64, bool, error) {
	var v sql.NullFloat64
	err := q.tx.QueryRowContext(q.ctx, valueBefore(table), id, at).Scan(&v)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	return v.Float64, v.Valid, err
}

// appendPoint adds a step; of several without a value only the first.
func appendPoint(out []Point, s *step, width, to int64) []Point {
	p := Point{At: time.UnixMilli(s.at), Has: !s.empty()}
	if !p.Has {
		if len(out) > 0 && !out[len(out)-1].Has {
			return out
		}
		return append(out, p)
	}
	p.Low, p.High, p.Mean = s.low, s.high, s.last
	if s.known > 0 {
		p.Mean = s.mean()
	}
	p.Gap = s.known < min(s.at+width, to)-s.at
	return append(out, p)
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

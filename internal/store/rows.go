package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"hob/internal/entity"
)

// Line is what a line of the log is about.
type Line string

// Values of Line.
const (
	LineState       Line = "state"       // state, or attributes that are not measured
	LineGesture     Line = "gesture"     // a button was used
	LineAvailable   Line = "available"   // the board is back
	LineUnavailable Line = "unavailable" // the board is away
	LineGone        Line = "gone"        // not declared any more
	LineGap         Line = "gap"         // nothing was recorded for a while; of no entity
)

// line is a row of the log.
type line struct {
	at      int64
	entity  entity.ID // "" for LineGap
	what    Line
	state   string
	number  *float64 // LineGap: until when, in unix ms
	gesture entity.Gesture
	cause   entity.Cause
}

// sample is a number at a moment; nil from when on it is not known.
type sample struct {
	at    int64
	of    seriesName
	value *float64
}

// batch is what the recorder writes in one transaction.
type batch struct {
	samples []sample
	lines   []line
	alive   int64       // unix ms: all up to here is in this batch or those before
	gapFrom int64       // unix ms: what was known then is not known from then on; 0: no gap
	present []entity.ID // declared (again)
	all     bool        // present are all that are declared
}

func (b *batch) size() int { return len(b.samples) + len(b.lines) }

// record writes a batch: whole, or nothing of it.
func (s *Store) record(b batch) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	return s.write("record", false, func(db *database) error {
		if b.gapFrom != 0 {
			if err := s.closeAll(db, b.gapFrom); err != nil {
				return err
			}
		}
		for i := range b.samples {
			if err := s.putSample(db, &b.samples[i]); err != nil {
				return err
			}
		}
		for i := range b.lines {
			if err := s.putLine(db, &b.lines[i]); err != nil {
				return err
			}
		}
		if err := db.presence(&b); err != nil {
			return err
		}
		return db.exec("INSERT INTO alive (id, at) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET at = excluded.at", b.alive)
	})
}

// presence notes which of the last known states are of entities that are gone.
func (db *database) presence(b *batch) error {
	if b.all {
		if err := db.exec("UPDATE last SET gone = ? WHERE gone IS NULL", b.alive); err != nil {
			return err
		}
	}
	for i := range b.lines {
		if b.lines[i].what == LineGone {
			if err := db.exec("UPDATE last SET gone = ? WHERE entity = ?", b.lines[i].at, string(b.lines[i].entity)); err != nil {
				return err
			}
		}
	}
	for _, id := range b.present {
		if err := db.exec("UPDATE last SET gone = NULL WHERE entity = ? AND gone IS NOT NULL", string(id)); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) putSample(db *database, p *sample) error {
	of, err := s.known.of(db, p.of)
	if err != nil {
		return err
	}
	if err := db.exec("INSERT OR REPLACE INTO sample (series, at, value) VALUES (?, ?, ?)", of.id, p.at, nullable(p.value)); err != nil {
		return err
	}
	return s.again(db, of, p.at)
}

// again has what was aggregated be aggregated anew from a time on, for there is
// a sample that was not there then: the clock was set back, or a gap was found.
// What the aggregates were made of may be gone; from there on back they stay.
func (s *Store) again(db *database, of *series, at int64) error {
	if at >= of.fives {
		return nil
	}
	of.fives = min(of.fives, max(floor(at, fiveMinutes), ceil(of.rawFrom, fiveMinutes)))
	of.hours = min(of.hours, max(floor(of.fives, anHour), ceil(of.fiveFrom, anHour)))
	return db.exec("UPDATE series SET fives = ?, hours = ? WHERE id = ?", of.fives, of.hours, of.id)
}

// closeAll ends every curve at a time: what was known is not known from then on. What
// is far later was written by a clock that was wrong.
func (s *Store) closeAll(db *database, at int64) error {
	stmt, err := db.prepared("SELECT n.entity, s.what, l.at FROM series s JOIN name n ON n.id = s.entity " +
		"JOIN sample l ON l.series = s.id AND l.at = (SELECT max(at) FROM sample WHERE series = s.id AND at <= ?) WHERE l.value IS NOT NULL")
	if err != nil {
		return err
	}
	rows, err := stmt.QueryContext(context.Background(), at+leap)
	if err != nil {
		return err
	}
	defer rows.Close()
	var open []sample
	for rows.Next() {
		p := sample{}
		if err := rows.Scan(&p.of.entity, &p.of.what, &p.at); err != nil {
			return err
		}
		p.at = max(p.at, at) + 1
		open = append(open, p)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return err
	}
	for i := range open {
		if err := s.putSample(db, &open[i]); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) putLine(db *database, l *line) error {
	var no int64
	if l.entity != "" {
		var err error
		if no, err = s.known.entity(db, l.entity); err != nil {
			return err
		}
	}
	return db.exec("INSERT INTO change (at, entity, what, state, number, gesture, cause, by) VALUES (?,?,?,?,?,?,?,?)",
		l.at, no, string(l.what), l.state, nullable(l.number), string(l.gesture), string(l.cause.Kind), l.cause.By)
}

// lastAlive is up to when everything was recorded, in unix ms; 0 for never. Where a
// clock that was wrong wrote that last, it is where the log ends.
func (s *Store) lastAlive() (at int64, err error) {
	now := s.o.Now().UnixMilli()
	err = s.query(context.Background(), func(db *database) error {
		return db.reader.QueryRowContext(context.Background(), "SELECT coalesce(max(at), 0) FROM (SELECT at FROM alive WHERE at <= ? "+
			"UNION ALL SELECT max(at) FROM change WHERE at <= ?)", now+leap, now).Scan(&at)
	})
	if err != nil {
		err = fmt.Errorf("alive: %w", err)
	}
	return at, err
}

func nullable(f *float64) any {
	if f == nil {
		return nil
	}
	return *f
}

const (
	fiveMinutes = int64(5 * time.Minute / time.Millisecond)
	anHour      = int64(time.Hour / time.Millisecond)
)

// floor and ceil are the ends of the step that a time lies in.
func floor(at, step int64) int64 {
	r := at % step
	if r < 0 {
		r += step
	}
	return at - r
}

func ceil(at, step int64) int64 { return floor(at+step-1, step) }

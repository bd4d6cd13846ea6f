package store

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// shown is a time in which the clock went on: what it showed first and last, in unix
// ms, and for how many ms the server ran in it. Retention is a time for which the
// server runs. So a clock that is in another year for a while takes nothing away, and
// what is written meanwhile is not kept for longer than the rest.
type shown struct{ id, since, upTo, ran int64 }

const (
	// leap is by how much the clock can be set, and for how long the server can be
	// down, and it is still the same time. Rows differ from what the clock shows while
	// they are written by less than that.
	leap = int64(25 * time.Hour / time.Millisecond)
	// longestShown bounds for how long the server runs in one row of the table, and
	// mostShown how many rows there are: ten years of a clock that is right.
	longestShown = int64(day / time.Millisecond)
	mostShown    = 4000
)

// clockFace is the clock as it was seen last. Its zero value has not been seen.
type clockFace struct {
	shown         // as it is stored
	wall    int64 // unix ms
	ran     int64 // ms on the clock that never jumps
	pending int64 // ms of running that are not stored yet
}

// look notes what the clock shows, in the transaction at hand: when it was set, and
// whenever it is to. The caller is the writer.
func (s *Store) look(db *database, store bool) error {
	wall, ran := s.o.Now().UnixMilli(), s.o.ran().Milliseconds()
	face := s.face
	var jumped bool
	if face.id == 0 {
		last, err := db.lastShown()
		if err != nil {
			return err
		}
		face = clockFace{shown: last, ran: ran}
		// Whatever is of time 0 on is of a server that did not look at the clock.
		jumped = last.id == 0 || last.since == 0 || wall < last.upTo || wall > last.upTo+leap
		store = true
	} else {
		passed := max(ran-face.ran, 0)
		face.pending += passed
		off := wall - face.wall - passed
		jumped = max(off, -off) > leap
	}
	face.wall, face.ran = wall, ran
	if !jumped && !store {
		s.face = face
		return nil
	}
	if face.id != 0 {
		face.shown.ran += face.pending
		if !jumped {
			face.since, face.upTo = min(face.since, wall), max(face.upTo, wall)
		}
		if err := db.exec("UPDATE clock SET since = ?, upto = ?, ran = ? WHERE id = ?", face.since, face.upTo, face.shown.ran, face.id); err != nil {
			return err
		}
	}
	face.pending = 0
	if jumped || face.shown.ran >= longestShown {
		if err := db.begin(&face.shown, wall); err != nil {
			return err
		}
	}
	s.face = face
	return nil
}

// begin begins a row of the table.
func (db *database) begin(row *shown, wall int64) error {
	err := db.exec("INSERT INTO clock (since, upto, ran) VALUES (?, ?, 0)", wall, wall)
	if err != nil {
		return err
	}
	*row = shown{since: wall, upTo: wall}
	if row.id, err = db.number("SELECT last_insert_rowid()"); err != nil {
		return err
	}
	return db.exec("DELETE FROM clock WHERE id <= (SELECT id FROM clock ORDER BY id DESC LIMIT 1 OFFSET ?)", mostShown)
}

func (db *database) lastShown() (last shown, err error) {
	err = notFound(db.conn.QueryRowContext(context.Background(), "SELECT id, since, upto, ran FROM clock ORDER BY id DESC LIMIT 1").
		Scan(&last.id, &last.since, &last.upTo, &last.ran))
	return last, err
}

// era is a time in unix ms; its end does not belong to it.
type era struct{ from, to int64 }

// outside is what the clock has not shown in the last so much time for which the
// server ran, by the rows of the table from the newest on: what was written then is too
// old, or was written so long ago by a clock that was wrong. The first of these eras, in
// order, is from the beginning of time on.
func outside(rows []shown, keep time.Duration) []era {
	var within []shown
	left := keep.Milliseconds()
	for _, one := range rows {
		if left <= 0 {
			break
		}
		if one.ran >= left { // the end of it
			one.since = one.upTo - int64(float64(one.upTo-one.since)*float64(left)/float64(one.ran))
		} else {
			one.since -= leap
		}
		one.since = max(one.since, earliest)
		left -= one.ran
		within = append(within, one)
	}
	slices.SortFunc(within, func(a, b shown) int { return cmp.Compare(a.since, b.since) })
	out, from := []era{}, earliest
	for i, one := range within {
		if i == 0 || one.since > from {
			out = append(out, era{from, one.since})
		}
		from = max(from, one.upTo+leap)
	}
	if len(out) == 0 {
		out = append(out, era{earliest, earliest})
	}
	return append(out, era{from, latest})
}

// shown are all rows of the table, from the newest on.
func (s *Store) shown(ctx context.Context) (out []shown, err error) {
	err = s.query(ctx, func(db *database) error {
		rows, err := db.reader.QueryContext(ctx, "SELECT id, since, upto, ran FROM clock ORDER BY id DESC")
		if err != nil {
			return err
		}
		defer rows.Close()
		for out = nil; rows.Next(); {
			var one shown
			if err := rows.Scan(&one.id, &one.since, &one.upTo, &one.ran); err != nil {
				return err
			}
			out = append(out, one)
		}
		return rows.Err()
	})
	return out, err
}

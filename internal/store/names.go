package store

import (
	"context"

	"hob/internal/entity"
)

// names remembers which numbers the file has given to entities and their
// series. The writer owns it; after a transaction that failed it begins anew.
type names struct {
	entities map[entity.ID]int64
	series   map[seriesName]*series
	numbered map[int64]*series
}

type seriesName struct {
	entity entity.ID
	what   string
}

// series is one number of one entity over time, as the table has it.
type series struct {
	id       int64
	fives    int64 // unix ms: `five` is complete up to here; 0: nothing yet
	hours    int64
	rawFrom  int64 // `sample` is complete from here on
	fiveFrom int64
}

// entity is the number of an entity, which is given now if it has none.
func (n *names) entity(db *database, id entity.ID) (int64, error) {
	if no, ok := n.entities[id]; ok {
		return no, nil
	}
	if err := db.exec("INSERT OR IGNORE INTO name (entity) VALUES (?)", string(id)); err != nil {
		return 0, err
	}
	no, err := db.number("SELECT id FROM name WHERE entity = ?", string(id))
	if err != nil {
		return 0, err
	}
	if n.entities == nil {
		n.entities = map[entity.ID]int64{}
	}
	n.entities[id] = no
	return no, nil
}

// of is a series, which is made now if there is none.
func (n *names) of(db *database, name seriesName) (*series, error) {
	if s := n.series[name]; s != nil {
		return s, nil
	}
	no, err := n.entity(db, name.entity)
	if err != nil {
		return nil, err
	}
	if err := db.exec("INSERT OR IGNORE INTO series (entity, what) VALUES (?, ?)", no, name.what); err != nil {
		return nil, err
	}
	stmt, err := db.prepared("SELECT " + seriesColumns + " FROM series WHERE entity = ? AND what = ?")
	if err != nil {
		return nil, err
	}
	s, err := scanSeries(stmt.QueryRowContext(context.Background(), no, name.what))
	if err != nil {
		return nil, err
	}
	if n.series == nil {
		n.series, n.numbered = map[seriesName]*series{}, map[int64]*series{}
	}
	n.series[name], n.numbered[s.id] = s, s
	return s, nil
}

const seriesColumns = "id, fives, hours, raw_from, five_from"

func scanSeries(row interface{ Scan(...any) error }) (*series, error) {
	s := &series{}
	return s, row.Scan(&s.id, &s.fives, &s.hours, &s.rawFrom, &s.fiveFrom)
}

package link

import (
	"maps"
	"time"

	"hob/internal/entity"
	"hob/internal/wire"
)

// feedLife is how long a feed may be under way: one that is held up is passed
// over by the board, which would take it for younger than it is.
const feedLife = 5 * time.Second

// feed is the newest that a sensor has measured, for a board that is not its own.
type feed struct {
	temp    entity.Temp
	sampled time.Time
}

// feedsOf lists the sensors that each board has to be fed with, and the points
// that stand for them there.
func feedsOf(house *entity.House) map[entity.BoardName]map[entity.PointRef]entity.PointID {
	ids := make(map[entity.BoardName]entity.BoardID, len(house.Boards))
	for _, b := range house.Boards {
		ids[b.Name] = b.ID
	}
	boards := make(map[entity.BoardName]map[entity.PointRef]entity.PointID)
	for _, e := range house.Entities {
		t, ok := e.Spec.(*entity.Thermostat)
		if !ok || t.SensorPoint.Board == t.Board {
			continue
		}
		if boards[t.Board] == nil {
			boards[t.Board] = make(map[entity.PointRef]entity.PointID)
		}
		boards[t.Board][t.SensorPoint] = wire.FedPoint(ids[t.SensorPoint.Board], t.SensorPoint.Point)
	}
	return boards
}

// Feed tells a board what a sensor of another board has measured, for the
// board's thermostats that go by it; nothing happens when there are none. It
// never blocks: a value that waits to be sent gives way to the next one, and the
// newest is kept for a board that is away. It may be called from any goroutine.
func (m *Manager) Feed(name entity.BoardName, source entity.PointRef, r entity.Reading, sampled time.Time) {
	m.mu.Lock()
	b := m.names[name]
	m.mu.Unlock()
	if b != nil && r.Valid {
		b.feed(source, feed{entity.Temp(r.Number), sampled})
	}
}

// need takes over what the board has to be fed with now.
func (b *board) need(points map[entity.PointRef]entity.PointID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.needs = points
	wanted := make(map[entity.PointID]bool, len(points))
	for _, p := range points {
		wanted[p] = true
	}
	maps.DeleteFunc(b.fed, func(p entity.PointID, _ feed) bool { return !wanted[p] })
}

func (b *board) feed(source entity.PointRef, f feed) {
	b.mu.Lock()
	defer b.mu.Unlock()
	point, needed := b.needs[source]
	if !needed || f.sampled.Before(b.fed[point].sampled) {
		return
	}
	if b.fed == nil {
		b.fed = make(map[entity.PointID]feed)
	}
	b.fed[point] = f
	if b.live != nil {
		b.live.feed(point, f)
	}
}

// feedAll tells a session everything again: the board has just come, or has just
// got the points. The caller holds b.mu.
func (b *board) feedAll(s *session) {
	for point, f := range b.fed {
		s.feed(point, f)
	}
}

// feed makes f what is sent next of a point.
func (s *session) feed(point entity.PointID, f feed) {
	s.mu.Lock()
	if s.feeds == nil {
		s.feeds = make(map[entity.PointID]feed)
	}
	s.feeds[point] = f
	s.mu.Unlock()
	s.post()
}

// nextFeed is a feed that waits; nil when there is none.
func (s *session) nextFeed(now time.Time) wire.ServerFrame {
	s.mu.Lock()
	defer s.mu.Unlock()
	for point, f := range s.feeds {
		delete(s.feeds, point)
		age := min(max(0, now.Sub(f.sampled).Milliseconds()), maxAge)
		return &wire.Feed{Point: point, Value: &f.temp, Age: age, Until: s.clock.uptime(now.Add(feedLife))}
	}
	return nil
}

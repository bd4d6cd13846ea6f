package registry

import (
	"errors"
	"maps"
	"slices"
	"time"

	"hob/internal/entity"
)

// EventKind says what an Event is about.
type EventKind uint8

// Kinds of events.
const (
	StateChanged   EventKind = iota + 1 // Entity: dynamic part changed
	EntityDeclared                      // Entity: new, or its declaration changed
	EntityRemoved                       // ID
	BoardChanged                        // Board
	BoardRemoved                        // Board (its ID)
	HouseChanged                        // House: name, areas or the order of entities
)

// Event is one change. It is a value; what its pointers lead to never changes.
type Event struct {
	Kind     EventKind
	Revision entity.Revision
	At       time.Time
	ID       entity.ID
	Entity   *entity.Record
	Board    entity.BoardRecord
	House    *entity.House
	// Gesture is set on the StateChanged of a button that was used.
	Gesture entity.Gesture
}

// ErrLagged ends the stream of a subscriber that fell out of the ring.
var ErrLagged = errors.New("registry: subscriber fell behind")

// Subscription is a cursor into the stream of events. It is not safe for
// concurrent use; its wake function may be called from any goroutine.
type Subscription struct {
	r    *Registry
	next entity.Revision
}

// Subscribe hands over the snapshot and the stream of everything after it, in
// one step. wake is called, outside of all locks and perhaps from several
// goroutines at once, after there is something new; it must return soon.
func (r *Registry) Subscribe(wake func()) (Snapshot, *Subscription) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := &Subscription{r: r, next: r.revision + 1}
	r.subs[s] = wake
	r.wakes = slices.Collect(maps.Values(r.subs))
	return r.snapshot(), s
}

// Take appends what is new to buf, at most as much as fits into its capacity
// (all of it, at most 256, when buf has none), and moves the cursor. It never
// blocks. After ErrLagged the subscription is of no more use.
func (s *Subscription) Take(buf []Event) ([]Event, error) {
	s.r.mu.Lock()
	defer s.r.mu.Unlock()
	size := entity.Revision(len(s.r.ring))
	if s.next+size <= s.r.revision {
		return buf, ErrLagged
	}
	room := cap(buf) - len(buf)
	if room == 0 {
		room = 256
	}
	for ; room > 0 && s.next <= s.r.revision; room-- {
		buf = append(buf, s.r.ring[s.next%size])
		s.next++
	}
	return buf, nil
}

// Close ends the subscription. A wake that has begun may still run.
func (s *Subscription) Close() {
	s.r.mu.Lock()
	defer s.r.mu.Unlock()
	delete(s.r.subs, s)
	s.r.wakes = slices.Collect(maps.Values(s.r.subs))
}

// publish gives an event its revision and puts it into the ring.
func (r *Registry) publish(e Event) {
	r.revision++
	e.Revision, e.At = r.revision, r.now()
	r.ring[r.revision%entity.Revision(len(r.ring))] = e
}

// publishEntity publishes rec as it's entity's new record.
func (r *Registry) publishEntity(it *item, rec entity.Record, e Event) {
	rec.Revision = r.revision + 1
	it.record = &rec
	e.Entity, e.ID = it.record, rec.ID
	r.publish(e)
}

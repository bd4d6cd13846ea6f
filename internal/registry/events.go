package registry

import (
	"errors"
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
	HouseChanged                        // House, Config: name, areas, the order of entities, or how the file is
	NoticeAdded                         // Notice
	NoticeRemoved                       // Notice
)

// Event is one change. It is a value; what its pointers lead to never changes.
type Event struct {
	Kind     EventKind
	Revision entity.Revision
	At       time.Time
	ID       entity.ID
	Entity   *entity.Record
	Board    *entity.BoardRecord // nil when it is about no board
	House    *entity.House
	Config   *entity.ConfigStatus // nil when no file is known
	Notice   *entity.Notice
	// Gesture is set on the StateChanged of a button that was used, and Made is
	// when that was, at the earliest. Asked says that a command made it, which does
	// what it is bound to by itself.
	Gesture entity.Gesture
	Made    time.Time
	Asked   bool
}

// PressLife is how old a gesture may be when something is done for it: whoever
// presses a button waits for about so long, and then walks off or presses again.
// A link can hold a frame up for longer, and a door that moves then moves with
// nobody in front of it.
const PressLife = 2 * time.Second

// Late says that the event is a gesture of which nothing may come any more.
func (e *Event) Late(now time.Time) bool { return e.Gesture != "" && now.Sub(e.Made) > PressLife }

// ErrLagged ends the stream of a subscriber that fell out of the ring.
var ErrLagged = errors.New("registry: subscriber fell behind")

// Subscription is a cursor into the stream of events. It is not safe for
// concurrent use; its wake function may be called from any goroutine.
type Subscription struct {
	r    *Registry
	wake func()

	// The registry's lock guards the rest.
	next  entity.Revision
	wants func(*Event) bool // nil for one that takes everything
	due   bool              // wants has said yes since the last wake
}

// Subscribe hands over the snapshot and the stream of everything after it, in
// one step. wake is called, outside of all locks and perhaps from several
// goroutines at once, after there is something new; it must return soon.
func (r *Registry) Subscribe(wake func()) (Snapshot, *Subscription) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := &Subscription{r: r, wake: wake, next: r.revision + 1}
	r.followers = append(slices.Clip(r.followers), s)
	return r.snapshot(), s
}

// Watch is Subscribe for those who look at few events: they are woken for these
// alone, and Take gives no others. To wake a goroutine costs more than all else
// that happens to a change, so whoever does not need it must not be woken by it.
// wants is called with the registry's lock held.
func (r *Registry) Watch(wants func(*Event) bool, wake func()) *Subscription {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := &Subscription{r: r, wake: wake, next: r.revision + 1, wants: wants}
	r.watchers = append(r.watchers, s)
	return s
}

// Take appends what is new to buf, at most as much as fits into its capacity
// (all of it, at most 256, when buf has none), and moves the cursor. It never
// blocks. After ErrLagged the subscription is of no more use.
func (s *Subscription) Take(buf []Event) ([]Event, error) {
	s.r.mu.Lock()
	defer s.r.mu.Unlock()
	if !s.r.ring.has(s.next, s.r.revision) {
		return buf, ErrLagged
	}
	room := cap(buf) - len(buf)
	if room == 0 {
		room = 256
	}
	for ; room > 0 && s.next <= s.r.revision; s.next++ {
		if e := s.r.ring.at(s.next); s.wants == nil || s.wants(e) {
			buf = append(buf, *e)
			room--
		}
	}
	return buf, nil
}

// Close ends the subscription. A wake that has begun may still run.
func (s *Subscription) Close() {
	s.r.mu.Lock()
	defer s.r.mu.Unlock()
	is := func(other *Subscription) bool { return other == s }
	s.r.followers = slices.DeleteFunc(slices.Clone(s.r.followers), is)
	s.r.watchers = slices.DeleteFunc(s.r.watchers, is)
}

// publish gives an event its revision and puts it into the ring.
func (r *Registry) publish(e Event) {
	r.revision++
	e.Revision, e.At = r.revision, r.now()
	at := r.ring.put(e, r.wanted)
	for _, s := range r.watchers {
		switch {
		case s.wants(at):
			s.due = true
		case s.next == r.revision: // it has seen all before: this one it need not see
			s.next++
		}
	}
}

// wanted is the oldest event that a subscriber has yet to take, without those who are
// too far behind for it.
func (r *Registry) wanted() entity.Revision {
	oldest := r.revision
	for _, list := range [][]*Subscription{r.followers, r.watchers} {
		for _, s := range list {
			if s.next+entity.Revision(r.ring.most) > r.revision {
				oldest = min(oldest, s.next)
			}
		}
	}
	return oldest
}

// toWake lists who is to be woken after a change, the followers first.
func (r *Registry) toWake() []*Subscription {
	out := r.followers
	for _, s := range r.watchers {
		if s.due {
			s.due = false
			out = append(slices.Clip(out), s)
		}
	}
	return out
}

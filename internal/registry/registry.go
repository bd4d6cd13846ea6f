package registry

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"sync"
	"time"

	"hob/internal/entity"
)

// Errors of the registry.
var (
	// ErrStale says that a newer session has taken over, or that the session was detached.
	ErrStale = errors.New("registry: session is stale")
	// ErrUnknownBoard says that the house declares no such board.
	ErrUnknownBoard = errors.New("registry: board is not declared")
)

// Options configures New.
type Options struct {
	// Now is the clock; time.Now when nil.
	Now func() time.Time
	// Epoch names this run of the server; random when "".
	Epoch string
	// Events is how many events the ring keeps for subscribers; 4096 when 0.
	Events int
}

// Registry is the house as it is. Make one with New.
type Registry struct {
	now   func() time.Time
	epoch string

	mu       sync.Mutex
	house    *entity.House
	order    []entity.ID
	entities map[entity.ID]*item
	points   map[point]*item
	onBoard  map[entity.BoardID][]*item // in the file's order
	boards   map[entity.BoardID]*board
	names    map[entity.BoardName]entity.BoardID
	revision entity.Revision
	ring     []Event
	// Subscriptions to everything, replaced and never changed in place, and to some events.
	followers, watchers []*Subscription
}

// point is a PointRef with the board's own id, which outlives a renaming in config.yaml.
type point struct {
	board entity.BoardID
	id    entity.PointID
}

// item is one declared entity.
type item struct {
	declared entity.Entity
	board    entity.BoardID // "" for an entity without points
	state    entity.State
	record   *entity.Record // as last published; never changed in place
}

// board is one board that is declared or was found.
type board struct {
	record entity.BoardRecord
	live   *Attachment // nil while there is no session
}

// New returns a registry of an empty house.
func New(o Options) *Registry {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Events == 0 {
		o.Events = 4096
	}
	if o.Epoch == "" {
		b := make([]byte, 4)
		_, _ = rand.Read(b) // never fails (crypto/rand)
		o.Epoch = hex.EncodeToString(b)
	}
	return &Registry{
		now:      o.Now,
		epoch:    o.Epoch,
		house:    &entity.House{},
		entities: map[entity.ID]*item{},
		points:   map[point]*item{},
		boards:   map[entity.BoardID]*board{},
		names:    map[entity.BoardName]entity.BoardID{},
		ring:     make([]Event, o.Events),
	}
}

// Epoch names this run of the server.
func (r *Registry) Epoch() string { return r.epoch }

// update runs f under the lock and, when f published anything, wakes the
// subscribers after the lock is released: a wake may do I/O.
func (r *Registry) update(f func()) {
	r.mu.Lock()
	before := r.revision
	f()
	var woken []*Subscription
	if r.revision != before {
		woken = r.toWake()
	}
	r.mu.Unlock()
	for _, s := range woken {
		s.wake()
	}
}

// Snapshot is a consistent copy of everything at one revision.
type Snapshot struct {
	Epoch    string
	Revision entity.Revision
	House    *entity.House
	Boards   []entity.BoardRecord // declared ones in the file's order, then found ones by id
	Entities []*entity.Record     // in the file's order; never changed, so they may be kept
}

// Snapshot returns the house as it is now.
func (r *Registry) Snapshot() Snapshot {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.snapshot()
}

func (r *Registry) snapshot() Snapshot {
	s := Snapshot{Epoch: r.epoch, Revision: r.revision, House: r.house, Boards: r.boardList()}
	s.Entities = make([]*entity.Record, 0, len(r.order))
	for _, id := range r.order {
		s.Entities = append(s.Entities, r.entities[id].record)
	}
	return s
}

// House is the house in force. It is never changed in place.
func (r *Registry) House() *entity.House {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.house
}

// Revision is the newest revision.
func (r *Registry) Revision() entity.Revision {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.revision
}

// Entity returns one entity as it is now.
func (r *Registry) Entity(id entity.ID) (entity.Record, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	it, ok := r.entities[id]
	if !ok {
		return entity.Record{}, false
	}
	return *it.record, true
}

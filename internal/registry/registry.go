package registry

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"maps"
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
	// Events is how far subscribers may fall behind; 4096 when 0.
	Events int
	// Saved is what an earlier run of the server left of its entities. Each is
	// taken up when its entity is declared for the first time.
	Saved map[entity.ID]entity.Saved
	// Unrestored is told, outside of the lock, what of Saved could not be taken
	// up; the entity begins anew then. May be nil.
	Unrestored func(error)
	// Initial is the state of what is declared for the first time; entity.Initial
	// when nil.
	Initial func(entity.Entity) entity.State
	// Keeper says that somebody stores what changes (TakeUnsaved).
	Keeper bool
}

// Registry is the house as it is. Make one with New.
type Registry struct {
	now      func() time.Time
	epoch    string
	keeper   bool
	initial  func(entity.Entity) entity.State
	complain func(error)
	sooner   chan struct{}
	loaded   int // how many entities were saved at the start

	mu       sync.Mutex
	house    *entity.House
	config   *entity.ConfigStatus
	notices  []*entity.Notice // oldest first
	order    []entity.ID
	entities map[entity.ID]*item
	points   map[point]*item
	onBoard  map[entity.BoardID][]*item // in the file's order
	boards   map[entity.BoardID]*board
	names    map[entity.BoardName]entity.BoardID
	revision entity.Revision
	ring     ring
	// Subscriptions to everything, replaced and never changed in place, and to some events.
	followers, watchers []*Subscription

	due        deadlines
	keep       keeping
	left       map[entity.ID]entity.Saved // of what is not declared
	unrestored []error                    // to be told after the lock is released
	touched    []touch                    // what the frame at hand is about
	given      []Flusher                  // sessions with commands to send, once the lock is released
	hops       int                        // how deep tellWatchers is
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
	points   []point
	state    entity.State
	record   *entity.Record // as last published; never changed in place
	// linked says that the board has a session and has reported all points: only
	// then does the state machine hear of any of them.
	linked bool
	marked bool          // in keeping.marked
	seen   *entity.Saved // what to show until it is linked for the first time; nil for nothing
	due    due

	watchers []*watch             // of others, of this one
	watches  map[entity.ID]*watch // of this one, of others; nil for none

	touched int // its place in Registry.touched, counted from 1; 0 while it has none
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
	if o.Initial == nil {
		o.Initial = entity.Initial
	}
	if o.Events == 0 {
		o.Events = 4096
	}
	if o.Epoch == "" {
		b := make([]byte, 4)
		_, _ = rand.Read(b) // never fails (crypto/rand)
		o.Epoch = hex.EncodeToString(b)
	}
	r := &Registry{
		now:      o.Now,
		epoch:    o.Epoch,
		keeper:   o.Keeper,
		initial:  o.Initial,
		complain: o.Unrestored,
		sooner:   make(chan struct{}, 1),
		loaded:   len(o.Saved),
		house:    &entity.House{},
		entities: map[entity.ID]*item{},
		points:   map[point]*item{},
		boards:   map[entity.BoardID]*board{},
		names:    map[entity.BoardName]entity.BoardID{},
		ring:     newRing(o.Events),
		left:     maps.Clone(o.Saved),
		keep: keeping{waiting: map[*waiter]struct{}{},
			unsaved: make(chan struct{}, 1), awaited: make(chan struct{}, 1)},
	}
	if r.left == nil {
		r.left = map[entity.ID]entity.Saved{}
	}
	return r
}

// Epoch names this run of the server.
func (r *Registry) Epoch() string { return r.epoch }

// update runs f under the lock. After the lock is released it has commands sent,
// and wakes the subscribers when f published anything: both do I/O.
func (r *Registry) update(f func()) {
	r.mu.Lock()
	before := r.revision
	f()
	var woken []*Subscription
	if r.revision != before {
		woken = r.toWake()
	}
	unrestored := r.unrestored
	r.unrestored = nil
	given := r.given
	r.given = nil
	r.mu.Unlock()
	for _, s := range given {
		s.Flush()
	}
	for _, err := range unrestored {
		if r.complain != nil {
			r.complain(err)
		}
	}
	for _, s := range woken {
		s.wake()
	}
}

// Snapshot is a consistent copy of everything at one revision.
type Snapshot struct {
	Epoch    string
	Revision entity.Revision
	House    *entity.House
	Config   *entity.ConfigStatus // how the file is; nil when none is known
	Boards   []entity.BoardRecord // declared ones in the file's order, then found ones by id
	Entities []*entity.Record     // in the file's order; never changed, so they may be kept
	Notices  []entity.Notice      // those that nobody has dismissed, oldest first
}

// Snapshot returns the house as it is now.
func (r *Registry) Snapshot() Snapshot {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.snapshot()
}

func (r *Registry) snapshot() Snapshot {
	s := Snapshot{Epoch: r.epoch, Revision: r.revision, House: r.house, Config: r.config, Boards: r.boardList()}
	s.Entities = make([]*entity.Record, 0, len(r.order))
	for _, id := range r.order {
		s.Entities = append(s.Entities, r.entities[id].record)
	}
	s.Notices = r.noticeList()
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

package link

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"net"
	"sync"
	"time"

	"hob/internal/entity"
	"hob/internal/registry"
	"hob/internal/wire"
)

// Registry is what the link needs of the registry.
type Registry interface {
	Attach(id entity.BoardID, address, firmware string, s registry.Session, points []registry.PointReport) (*registry.Attachment, error)
	SetBoard(entity.BoardRecord)
	RemoveBoard(entity.BoardID)
}

// Options configures New. Registry and Keys must be given.
type Options struct {
	Registry Registry
	Keys     *Keys
	Log      *slog.Logger // nothing is logged when nil
	Version  string       // of the server, for boards to show
	// Dial opens a connection to "host:port"; TCP when nil.
	Dial func(ctx context.Context, address string) (net.Conn, error)
	// Reports is how many reports of a board's values are taken up in a second, and
	// how many of gestures; 50 when 0, all when negative.
	Reports int
	// Handshakes is how many boards may shake hands at once; 256 when 0.
	Handshakes int
}

// Manager holds the links to all boards. Make one with New.
type Manager struct {
	registry Registry
	keys     *Keys
	log      *slog.Logger
	version  string
	reports  int
	dialer   dialer
	random   func() float64
	spoken   sparing
	changed  chan struct{} // the set of boards differs from what runs

	updates    sync.WaitGroup
	updatesEnd chan struct{} // closed when updates are to be given up

	mu     sync.Mutex
	order  []*board // in the house's order
	boards map[entity.BoardID]*board
	names  map[entity.BoardName]*board
	seen   map[entity.BoardID]*sighting
	busy   map[entity.BoardID]bool // an adoption, rotation or revocation is under way
}

// New returns a manager of no boards.
func New(o Options) *Manager {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Dial == nil {
		tcp := &net.Dialer{}
		o.Dial = func(ctx context.Context, address string) (net.Conn, error) {
			return tcp.DialContext(ctx, "tcp", address)
		}
	}
	if o.Handshakes == 0 {
		o.Handshakes = 256
	}
	return &Manager{
		registry: o.Registry,
		keys:     o.Keys,
		log:      o.Log,
		version:  o.Version,
		reports:  o.Reports,
		dialer:   dialer{dial: o.Dial, bufs: newBuffers(), slots: make(chan struct{}, o.Handshakes)},
		random:   rand.Float64,
		changed:  make(chan struct{}, 1),

		updatesEnd: make(chan struct{}),
		boards:     make(map[entity.BoardID]*board),
		seen:       make(map[entity.BoardID]*sighting),
		busy:       make(map[entity.BoardID]bool),
	}
}

// SetHouse makes the links those of a house: the registry must have it already.
// Sessions of boards that are still declared go on; what their configuration
// has changed to is sent to them.
func (m *Manager) SetHouse(house *entity.House) {
	configs := wire.Configs(house)
	leases := leasesOf(house)
	feeds := feedsOf(house)
	m.mu.Lock()
	old := m.boards
	m.names = make(map[entity.BoardName]*board, len(house.Boards))
	m.boards = make(map[entity.BoardID]*board, len(house.Boards))
	m.order = nil
	for _, d := range house.Boards {
		b := old[d.ID]
		if b == nil {
			b = newBoard(m, d)
		}
		m.boards[d.ID] = b
		m.names[d.Name] = b
		m.order = append(m.order, b)
	}
	boards := m.order
	m.mu.Unlock()
	for i, b := range boards {
		d := house.Boards[i]
		b.need(feeds[d.Name])
		b.declare(d, configs[d.Name], leases[d.Name])
	}
	m.nudge()
}

func (m *Manager) nudge() {
	select {
	case m.changed <- struct{}{}:
	default:
	}
}

// running is a board's goroutine.
type running struct {
	stop context.CancelFunc
	done chan struct{}
}

// Run keeps every declared board linked until ctx ends; then it ends all
// sessions, waits for them and returns nil.
func (m *Manager) Run(ctx context.Context) error {
	active := make(map[*board]running)
	for ctx.Err() == nil {
		m.reconcile(ctx, active)
		select {
		case <-ctx.Done():
		case <-m.changed:
		}
	}
	m.endUpdates()
	for _, r := range active {
		<-r.done
	}
	return nil
}

// reconcile stops the boards that are gone before it starts new ones, so that
// one id never has two goroutines.
func (m *Manager) reconcile(ctx context.Context, active map[*board]running) {
	m.mu.Lock()
	wanted := m.order
	m.mu.Unlock()
	keep := make(map[*board]bool, len(wanted))
	for _, b := range wanted {
		keep[b] = true
	}
	for b, r := range active {
		if !keep[b] {
			r.stop()
		}
	}
	for b, r := range active {
		if !keep[b] {
			<-r.done
			delete(active, b)
			m.undeclared(b.id)
		}
	}
	for _, b := range wanted {
		if _, runs := active[b]; runs {
			continue
		}
		ctx, stop := context.WithCancel(ctx)
		r := running{stop, make(chan struct{})}
		active[b] = r
		go func() {
			defer close(r.done)
			defer stop()
			b.run(ctx)
		}()
	}
}

func (m *Manager) board(id entity.BoardID) *board {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.boards[id]
}

// complain logs what a peer did wrong, at most once a minute for each peer.
func (m *Manager) complain(peer, message string, args ...any) {
	if n, ok := m.spoken.allow(peer, time.Now()); ok {
		m.log.Warn(message, append(args, "suppressed", n)...)
	}
}

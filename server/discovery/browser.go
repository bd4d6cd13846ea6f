package discovery

import (
	"errors"
	"log/slog"
	"maps"
	"sync"
	"time"

	"github.com/grandcat/zeroconf"
)

// Options configure a Browser. The zero value browses all interfaces and tells
// nobody.
type Options struct {
	// Interface is the only one to browse; it need not exist yet. "" stands for
	// all that are up, can multicast and are not loopback. With "lo" boards on
	// this computer are found and no others.
	Interface string
	// Sink hears of every sighting and change, one call at a time, on Run's
	// goroutine: it must not block. May be nil.
	Sink func(Change, Announcement)
	// Log receives what is refused and what fails. nil is slog.Default().
	Log *slog.Logger
	// Interval is the length of a browsing round; a board is gone when it was
	// not heard for three and a half. At least 1 s; 0 means 30 s.
	Interval time.Duration
	// PollInterfaces is how often the interfaces are compared. 0 means 2 s.
	PollInterfaces time.Duration
	// MaxUnknown is how many boards are kept that SetKnown did not name.
	// 0 means 100.
	MaxUnknown int
}

// Stats counts since New.
type Stats struct {
	Sessions uint64            // resolver sets that were started
	Failures uint64            // those of them that failed, in part or all
	Heard    uint64            // announcements that arrived
	Refused  map[Reason]uint64 // those of them that were refused
}

// ErrRunning is returned by a second Run.
var ErrRunning = errors.New("discovery: already running")

// Browser browses for boards while Run runs.
type Browser struct {
	opts    Options
	log     *slog.Logger
	entries chan *zeroconf.ServiceEntry
	refresh chan struct{}

	// Seams for tests that need no network.
	links   func(name string) ([]link, error)
	resolve resolveFunc

	mu      sync.Mutex
	running bool
	table   *table
	stats   Stats
}

// New returns a Browser that has heard of nobody yet.
func New(o Options) *Browser {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Sink == nil {
		o.Sink = func(Change, Announcement) {}
	}
	o.Interval = max(orDefault(o.Interval, 30*time.Second), time.Second)
	o.PollInterfaces = orDefault(o.PollInterfaces, 2*time.Second)
	o.MaxUnknown = orDefault(o.MaxUnknown, 100)
	return &Browser{
		opts:    o,
		log:     o.Log,
		entries: make(chan *zeroconf.ServiceEntry),
		refresh: make(chan struct{}, 1),
		links:   usableLinks,
		resolve: resolve,
		table:   newTable(o.Interval, o.MaxUnknown),
		stats:   Stats{Refused: map[Reason]uint64{}},
	}
}

func orDefault[T int | time.Duration](v, otherwise T) T {
	if v <= 0 {
		return otherwise
	}
	return v
}

// SetKnown names the boards of the configuration: they are always kept, while
// of all others only Options.MaxUnknown are.
func (b *Browser) SetKnown(ids []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.table.setKnown(ids)
}

// Refresh starts a new round of questions, at most one a thirtieth of the
// interval. To be called when a link was lost or a board adopted: a board that
// comes back is then noticed as soon as it announces itself.
func (b *Browser) Refresh() {
	select {
	case b.refresh <- struct{}{}:
	default: // one is on its way
	}
}

// Boards lists what is known now, by id. Known boards that are gone are listed
// with their last addresses.
func (b *Browser) Boards() []Announcement {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.table.all()
}

// Stats returns the counts.
func (b *Browser) Stats() Stats {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.stats
	s.Refused = maps.Clone(s.Refused)
	return s
}

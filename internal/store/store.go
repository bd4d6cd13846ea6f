// Package store keeps what must outlive the server: the last known state of
// every entity, what rules remember and how each of their runs went, notices, and
// the recorder's history and log. It is one SQLite file.
//
// app opens it, gives what Load returns to the registry, has Keep and KeepRules
// called with what changes, runs Run and Record, and hands queries to the api.
// All methods may be called from any goroutine.
//
// # Who writes
//
// There is one connection that writes, and a mutex: whoever holds it is the
// writer. Everything that is written holds it for one bounded transaction, so
// Keep never waits for more than the one under way. Keeps that wait together
// are stored together. Queries have connections of their own, see one consistent
// state, and neither wait for the writer nor hold it up (WAL).
//
// # What is durable
//
// Keep returns when its batch is on the disk (synchronous = FULL: the log is
// synced at each commit), so it survives a power cut, and all that was written
// before it does; and so does KeepRules when it is asked to. The batches of
// KeepSoon and of the recorder, and the rest of what rules tell,
// are committed with synchronous = NORMAL: they survive the death of the process
// at any moment, and a power cut may take those since the last sync, never more
// and never the file. automation.Keeping calls Keep for what somebody waits for
// or no board will say again, and otherwise once a minute. BenchmarkCommit, on the SSD of a server: a
// commit of one row takes 25 µs with NORMAL and 400 µs with FULL, 15 times as
// long; the sync of an SD card takes tens of milliseconds and wears it, and the
// recorder and the states of sensors are committed once a second for as long as
// the house stands.
//
// # How long it is kept
//
// Retention goes by what the clock showed while the server ran (shown.go), and not by
// what it shows now: a clock that is wrong for a while makes nothing old, and what it
// wrote goes when that goes which was written then.
//
// # When the disk fails
//
// A full disk or one that became read-only makes Keep fail with ErrUnavailable
// and the recorder drop what it cannot write, count it, say so once a minute,
// and go on by itself when there is room (a gap in the history shows it). A file
// that is damaged, no database, or of a newer version is renamed, never deleted
// and never written over; a new one takes its place, with the last known states
// that could still be read. Notices tells of all of this.
package store

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// ErrUnavailable says that nothing can be stored or read right now: the disk is
// full, read-only or broken. Trying again later makes sense.
var ErrUnavailable = errors.New("the store cannot be used at the moment")

// Options configures Open.
type Options struct {
	// Path is the database; its directory must exist. SQLite keeps Path-wal and
	// Path-shm beside it while it is open.
	Path string
	Log  *slog.Logger     // nothing is logged when nil
	Now  func() time.Time // time.Now when nil
	// Retention is for how long what is kept.
	Retention Retention
	// Gather is how long the recorder gathers changes before it writes them; 1 s when 0.
	Gather time.Duration

	// For tests.
	migrations fs.FS // the embedded ones when nil
	pages      int   // the file has at most so many; no limit when 0
	// ran is the clock that never jumps; that of Now when nil.
	ran func() time.Duration
}

// Retention is for how long what is kept: a time for which the server runs, which is
// that on the calendar for one that always does. Zero fields have the default.
type Retention struct {
	Raw   time.Duration // every sample: 10 days
	Fives time.Duration // five minutes' lowest, mean, highest, last: 60 days
	Hours time.Duration // and hours': 2 years
	Log   time.Duration // lines of the log: 60 days
	Runs  time.Duration // runs of rules, with their traces, and notices: 30 days
	// Each is how many runs of one rule are kept at most: 5000. One that is refused
	// twice a second would else fill the disk in a month.
	Each int
	// Lines is how many lines of the log one entity has at most: 50000. A pin that
	// nothing holds changes twenty times a second, and would else fill the disk in a
	// month or two.
	Lines int
	Gone  time.Duration // last known states of entities that are not declared any more: 30 days
}

const day = 24 * time.Hour

func (r Retention) withDefaults() Retention {
	for _, d := range []struct {
		field *time.Duration
		value time.Duration
	}{{&r.Raw, 10 * day}, {&r.Fives, 60 * day}, {&r.Hours, 2 * 365 * day}, {&r.Log, 60 * day},
		{&r.Runs, 30 * day}, {&r.Gone, 30 * day}} {
		if *d.field == 0 {
			*d.field = d.value
		}
	}
	if r.Each == 0 {
		r.Each = 5000
	}
	if r.Lines == 0 {
		r.Lines = 50_000
	}
	return r
}

// Store is the server's memory. Make one with Open.
type Store struct {
	o     Options
	log   *slog.Logger
	began time.Time

	writing sync.Mutex // whoever holds it is the writer
	known   names      // guarded by writing
	face    clockFace  // guarded by writing
	shut    bool       // guarded by writing: the file could not be opened, and that was said

	reading sync.RWMutex // held by queries; whole while db is replaced, which takes writing too
	db      *database    // nil while it cannot be opened, and after Close

	pruned time.Time // Run's own: when what is too old was removed last

	group   sync.Mutex
	waiting *group // the Keeps that will be stored next

	told    sync.Mutex
	notices []Notice

	listeners listeners // they wait for the recorder

	damage   chan error   // a query found the file damaged
	openings atomic.Int64 // how often a file was opened
	lost     rarely       // guarded by told: when it was said that writing fails
}

// Notice is something about the store that a person should know.
type Notice struct {
	At      time.Time
	Message string
	File    string // what was set aside, or the copy that was made; "" when there is none
}

// Open opens the database, or makes one; what is damaged or too new is set aside
// first (Notices says so). It reads little, so that the server soon serves: Run
// checks the rest. When the disk is full, or read-only, the store is returned
// all the same and Run tries again. Only a path that can never work is an error.
func Open(o Options) (*Store, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Gather == 0 {
		o.Gather = time.Second
	}
	if o.migrations == nil {
		o.migrations = embedded()
	}
	o.Retention = o.Retention.withDefaults()
	began := o.Now()
	if o.ran == nil {
		o.ran = func() time.Duration { return o.Now().Sub(began) }
	}
	s := &Store{o: o, log: o.Log, began: began, damage: make(chan error, 1), lost: rarely{every: time.Minute}}
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := s.open(salvaged{}); err != nil && !errors.Is(err, ErrUnavailable) {
		return nil, err
	}
	return s, nil
}

// Close closes the database. Run and Record must have ended. What comes after
// fails with ErrUnavailable.
func (s *Store) Close() error {
	s.writing.Lock()
	defer s.writing.Unlock()
	s.reading.Lock()
	defer s.reading.Unlock()
	db := s.db
	s.db = nil
	return db.Close()
}

// Notices are what happened to the store since it was opened, oldest first.
func (s *Store) Notices() []Notice {
	s.told.Lock()
	defer s.told.Unlock()
	return append([]Notice(nil), s.notices...)
}

const mostNotices = 100

func (s *Store) notice(message, file string) {
	s.log.Warn(message, "file", file)
	s.told.Lock()
	defer s.told.Unlock()
	if len(s.notices) < mostNotices {
		s.notices = append(s.notices, Notice{s.o.Now(), message, file})
	}
}

// query lends a reader's connections to f.
func (s *Store) query(ctx context.Context, f func(*database) error) error {
	s.reading.RLock()
	defer s.reading.RUnlock()
	if s.db == nil {
		return ErrUnavailable
	}
	err := f(s.db)
	if err != nil && ctx.Err() == nil && damaged(err) {
		select {
		case s.damage <- err:
		default: // Run knows
		}
	}
	return err
}

// complain logs, at most once a minute, that something cannot be written.
func (s *Store) complain(what string, err error, more ...any) {
	s.told.Lock()
	say := s.lost.now(s.o.Now())
	s.told.Unlock()
	if say {
		s.log.Error(what+" failed; it is tried again", append([]any{"error", err}, more...)...)
	}
}

// rarely says when something may be said again.
type rarely struct {
	every time.Duration
	last  time.Time
}

func (r *rarely) now(at time.Time) bool {
	if !r.last.IsZero() && at.Sub(r.last) < r.every && !at.Before(r.last) {
		return false
	}
	r.last = at
	return true
}

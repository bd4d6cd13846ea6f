package store

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"hob/internal/entity"
)

// Source is the house, as the recorder follows it. app joins it to the registry.
type Source interface {
	// Subscribe hands over every entity as it is and the stream of what comes
	// after, in one step. wake must be called, from any goroutine, after there is
	// something new; it returns at once.
	Subscribe(wake func()) ([]Seen, Stream)
}

// Stream is what happens after a Subscribe.
type Stream interface {
	// Take appends what is new to buf, at most as much as fits into its capacity,
	// and does not wait. After an error, such as that too much was missed, the
	// stream is of no more use.
	Take(buf []Seen) ([]Seen, error)
	Close()
}

// Seen is an entity as it was published at a moment.
type Seen struct {
	At         time.Time // without a meaning in what Subscribe gives
	Entity     entity.ID
	Kind       entity.Kind
	State      string
	Attributes any // its JSON is an object
	Available  bool
	Changed    int64 // unix ms: when State or Attributes became so
	Cause      entity.Cause
	Gesture    entity.Gesture // of a button that was used just now; "" else
	Gone       bool           // no longer declared; nothing but At and Entity is set
}

// takes bounds what the recorder holds in memory, in changes; atOnce is how many of
// them it takes over at a time.
const (
	takes  = 1024
	atOnce = 64
)

// Record follows the house and writes down what happens, until ctx is done. It
// is never waited for: changes are gathered for Options.Gather, at most takes of
// them; whoever falls behind the source's memory, or cannot write, goes on with
// the house as it is then, and the history shows the gap. Run must be running
// beside it, and the store must outlive it.
func (s *Store) Record(ctx context.Context, src Source) error {
	r := &recorder{store: s, seen: map[entity.ID]*seen{}, bell: newBell(takes / 2)}
	s.listeners.begin(r.bell)
	defer func() {
		s.listeners.begin(nil)
		release(s.listeners.take())
	}()
	alive := r.lastAlive()
	r.gapSince(alive)
	if r.upTo = alive; alive == 0 {
		r.upTo = s.began.UnixMilli()
	}
	for ctx.Err() == nil {
		entities, stream := src.Subscribe(r.bell.ring)
		r.resume(entities)
		err := r.follow(ctx, stream)
		stream.Close()
		if err != nil {
			s.log.Warn("the recorder missed changes and goes on with the house as it is", "error", err)
			r.gapSince(r.upTo)
		}
	}
	return nil
}

// CatchUp waits until what has happened before is in the log and the history, or
// dropped because it cannot be written; not at all when nobody records. A ctx that
// is done ends it.
func (s *Store) CatchUp(ctx context.Context) {
	if done := s.listeners.listen(); done != nil {
		select {
		case <-done:
		case <-ctx.Done():
		}
	}
}

// recorder turns what is seen into rows. One goroutine owns it.
type recorder struct {
	store *Store
	bell  *bell
	seen  map[entity.ID]*seen
	upTo  int64 // unix ms: everything up to here is recorded, or the gap is known
	rows  batch

	opened  int64 // which opening of the file was written to last
	gap     bool  // something after gapFrom is not recorded
	gapFrom int64 // unix ms
	dropped int   // rows that were not written in this gap
	retry   time.Time
}

// seen is what is kept of an entity as it was when it was seen last.
type seen struct {
	told      string
	numbers   []number
	changed   int64
	available bool
	away      bool // there is a line that says so
}

const (
	idle       = 30 * time.Second // how old the word is, at most, up to when all was recorded
	retryAfter = 5 * time.Second
)

// follow records a stream until ctx is done, when it writes what is left, or
// until the stream fails.
func (r *recorder) follow(ctx context.Context, stream Stream) error {
	buf := make([]Seen, 0, atOnce)
	for {
		over := r.bell.wait(ctx, r.store.o.Gather, idle)
		caught := r.store.listeners.take()
		err := r.catchUp(stream, buf)
		release(caught)
		if err != nil {
			return err
		}
		if over {
			return nil
		}
	}
}

// catchUp writes all that there is.
func (r *recorder) catchUp(stream Stream, buf []Seen) error {
	for more := true; more; {
		var err error
		if more, err = r.gather(stream, buf); err != nil {
			return err
		}
		r.flush()
	}
	return nil
}

// gather makes rows of what there is, up to what is written at once. It says
// whether there may be more.
func (r *recorder) gather(stream Stream, buf []Seen) (more bool, err error) {
	for range takes / atOnce {
		if buf, err = stream.Take(buf[:0]); err != nil {
			return false, err
		}
		for i := range buf {
			r.see(&buf[i])
		}
		if len(buf) < cap(buf) {
			return false, nil
		}
	}
	return true, nil
}

// see adds to the rows what is new about an entity.
func (r *recorder) see(now *Seen) {
	at := now.At.UnixMilli()
	before := r.seen[now.Entity]
	if now.Gone {
		if before != nil {
			r.rows.lines = append(r.rows.lines, line{at: at, entity: now.Entity, what: LineGone, cause: entity.Cause{Kind: entity.CauseConfig}})
			r.numbers(at, now.Entity, before.numbers, nil)
		}
		delete(r.seen, now.Entity)
		return
	}
	s, err := look(now)
	if err != nil {
		r.store.log.Error("an entity cannot be recorded", "entity", now.Entity, "error", err)
		return
	}
	r.seen[now.Entity] = s
	if before == nil {
		r.rows.present = append(r.rows.present, now.Entity)
		before = &seen{told: s.told, available: s.available, changed: s.changed}
		if now.State != entity.StateUnknown && s.changed > r.upTo { // before it was followed
			before.told, before.changed = "", 0
		}
	}
	for _, what := range s.differs(before, now.Gesture) {
		r.rows.lines = append(r.rows.lines, s.line(now, what, before))
	}
	r.numbers(at, now.Entity, before.numbers, s.numbers)
}

func look(now *Seen) (*seen, error) {
	attributes, err := json.Marshal(now.Attributes)
	if err != nil {
		return nil, err
	}
	s := &seen{told: told(now.Kind, now.State, attributes), changed: now.Changed, available: now.Available}
	if now.Available {
		s.numbers = numbersOf(now.Kind, now.State, attributes)
	}
	return s, nil
}

// differs is what a line is worth. A gesture comes with the state of its button,
// and says more than that. Boards that are found after a start were not away.
func (s *seen) differs(before *seen, gesture entity.Gesture) []Line {
	var out []Line
	s.away = before.away
	switch {
	case before.available && !s.available:
		out, s.away = append(out, LineUnavailable), true
	case s.available && s.away:
		out, s.away = append(out, LineAvailable), false
	}
	switch {
	case gesture != "":
		out = append(out, LineGesture)
	case s.told != before.told:
		out = append(out, LineState)
	}
	return out
}

// line is a line of the log about an entity as it is now. A change has the time at
// which it came about, which may be before it was reported.
func (s *seen) line(now *Seen, what Line, before *seen) line {
	l := line{at: now.At.UnixMilli(), entity: now.Entity, what: what, state: now.State, number: figure(now.Kind, s.numbers)}
	switch what {
	case LineAvailable, LineUnavailable:
		l.cause = entity.Cause{Kind: entity.CauseBoard}
		return l
	case LineState:
		if s.changed != before.changed && s.changed < l.at {
			l.at = s.changed
		}
	}
	l.gesture, l.cause = now.Gesture, now.Cause
	return l
}

// numbers adds a sample for each number that is not what it was: a value holds
// until the next one.
func (r *recorder) numbers(at int64, id entity.ID, before, now []number) {
	for _, n := range now {
		if !slices.Contains(before, n) {
			r.rows.samples = append(r.rows.samples, sample{at: at, of: seriesName{id, n.what}, value: &n.value})
		}
	}
	for _, b := range before {
		if !slices.ContainsFunc(now, func(n number) bool { return n.what == b.what }) {
			r.rows.samples = append(r.rows.samples, sample{at: at, of: seriesName{id, b.what}})
		}
	}
}

// resume goes on with the house as it is: what changed unseen gets a line.
func (r *recorder) resume(entities []Seen) {
	now := r.store.o.Now()
	declared := make(map[entity.ID]bool, len(entities))
	for i := range entities {
		entities[i].At = now
		declared[entities[i].Entity] = true
		r.see(&entities[i])
	}
	for id := range r.seen {
		if !declared[id] {
			r.see(&Seen{At: now, Entity: id, Gone: true})
		}
	}
	r.rows.present = r.rows.present[:0]
	r.everybody()
	// All of this is seen at once, and is written in the order in which it was.
	slices.SortStableFunc(r.rows.lines, func(a, b line) int { return cmp.Compare(a.at, b.at) })
	r.flush()
}

// everybody has the next batch say which entities are declared.
func (r *recorder) everybody() {
	r.rows.all, r.rows.present = true, slices.AppendSeq(r.rows.present[:0], maps.Keys(r.seen))
}

// gapSince notes that what came after a time, in unix ms, is not recorded; 0 for
// a recorder that never ran.
func (r *recorder) gapSince(at int64) {
	if !r.gap && at != 0 {
		r.gap, r.gapFrom, r.dropped = true, at, 0
	}
}

// flush writes the rows, or drops them. After a gap it writes the house as it is
// instead of its changes.
func (r *recorder) flush() {
	now := r.store.o.Now()
	rows := r.rows
	r.rows = batch{lines: emptied(rows.lines), samples: emptied(rows.samples), present: emptied(rows.present)}
	rows.alive = now.UnixMilli()
	opened := r.store.openings.Load()
	if r.opened != 0 && r.opened != opened {
		r.gapSince(r.upTo) // a new file, which knows nothing
	}
	if r.gap {
		if now.Before(r.retry) && !r.retry.Add(-retryAfter).After(now) { // the second: the clock was set back
			r.dropped += rows.size()
			return
		}
		rows = r.afterGap(rows)
	}
	err := r.store.record(rows)
	if err == nil {
		if r.dropped > 0 {
			r.store.log.Info("the recorder can write again", "dropped", r.dropped)
		}
		r.gap, r.upTo, r.retry, r.dropped = false, rows.alive, time.Time{}, 0
		r.opened = opened
		return
	}
	r.gapSince(r.upTo)
	r.dropped += rows.size()
	r.retry = now.Add(retryAfter)
	r.store.complain("recording", err, "dropped", r.dropped)
}

// emptied is room for more, unless that would be a whole house's, which a start has
// needed and a second of everyday life does not.
func emptied[T any](rows []T) []T {
	if cap(rows) > takes {
		return nil
	}
	return rows[:0]
}

// afterGap is what there is to write when a gap ends: its beginning, what has
// just come, and every number as it is.
func (r *recorder) afterGap(rows batch) batch {
	rows.gapFrom = r.gapFrom
	rows.all, rows.present = true, slices.Collect(maps.Keys(r.seen))
	rows.lines = append([]line{{at: r.gapFrom, what: LineGap, number: until(rows.alive)}}, rows.lines...)
	for id, s := range r.seen {
		for _, n := range s.numbers {
			rows.samples = append(rows.samples, sample{at: rows.alive, of: seriesName{id, n.what}, value: &n.value})
		}
	}
	return rows
}

func until(ms int64) *float64 {
	f := float64(ms)
	return &f
}

// lastAlive is up to when an earlier run recorded everything.
func (r *recorder) lastAlive() int64 {
	at, err := r.store.lastAlive()
	if err != nil && !errors.Is(err, ErrUnavailable) {
		r.store.log.Error("where the history ended is not known", "error", fmt.Errorf("store: %w", err))
	}
	return at
}

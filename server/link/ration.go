package link

import (
	"slices"
	"sync"
	"time"

	"hob/internal/entity"
	"hob/internal/registry"
	"hob/internal/wire"
)

const (
	// mostReports is how many reports of a board are taken up in a second, of values
	// and again of gestures: a board has 48 points, and a sensor says something once a
	// second at most. reportBurst is how many are taken up at once before that: more
	// than hands can make.
	mostReports = 50
	reportBurst = 200
	// calmAfter is how long a board has to keep within that until nothing is said of it any more.
	calmAfter = time.Minute
)

// ration bounds how many of a session's reports reach the registry, and with it every
// browser, rule and the disk: a contact that bounces or a defect in a board makes
// thousands a second. Values that come too soon wait, the newest of each point, and go
// with the next report, or when it is their turn: only what was in between is lost. A
// gesture cannot wait, so one that comes too soon is passed over.
//
// The connection is read as fast as ever. A board whose frames are not taken ends its
// session, and what waits in sockets is old when it comes.
type ration struct {
	every time.Duration // one more; 0: there is no bound

	mu       sync.Mutex // held over calls of the registry, so that what is older never comes later
	values   bucket
	gestures bucket // of their own, so that a contact that bounces takes no press from the button beside it
	waiting  []registry.PointReport
	whole    bool        // what waits is all that a new configuration has
	timer    *time.Timer // for what waits; nil when nothing does
	over     bool        // the session has ended
	configs  bucket      // see settle
	settling *time.Timer // nil when nothing of a configuration waits to be shown
}

// rationOf is the ration of so many reports a second: mostReports when 0, all when negative.
func rationOf(reports int) ration {
	switch {
	case reports < 0:
		return ration{}
	case reports == 0:
		reports = mostReports
	}
	return ration{every: time.Second / time.Duration(reports)}
}

// bucket is when its burst is whole again; the zero value's is.
type bucket struct{ full time.Time }

// wait is how long it is until the next turn.
func (b bucket) wait(now time.Time, every time.Duration) time.Duration {
	return max(b.full.Sub(now), 0) - (reportBurst-1)*every
}

// take uses up a turn, if one has come.
func (b *bucket) take(now time.Time, every time.Duration) bool {
	if b.wait(now, every) > 0 {
		return false
	}
	if b.full.Before(now) {
		b.full = now
	}
	b.full = b.full.Add(every)
	return true
}

// keep has values wait. A board has so many points and no more. The caller holds r.mu.
func (r *ration) keep(points []registry.PointReport) {
	for _, p := range points {
		i := slices.IndexFunc(r.waiting, func(w registry.PointReport) bool { return w.Point == p.Point })
		switch {
		case i >= 0:
			r.waiting[i] = p
		case len(r.waiting) < wire.MaxPoints:
			r.waiting = append(r.waiting, p)
		}
	}
}

// report has values reach the registry, or wait; whole says that they are all that a
// new configuration has. The result says whether it was their turn.
func (s *session) report(points []registry.PointReport, whole bool, now time.Time) (inTime bool, err error) {
	r := &s.ration
	r.mu.Lock()
	defer r.mu.Unlock()
	inTime = r.values.take(now, r.every)
	if inTime && !whole && !r.whole && len(r.waiting) == 0 {
		return true, s.attachment.Report(points)
	}
	if whole { // nothing of before counts
		r.waiting, r.whole = nil, true
	}
	r.keep(points)
	if inTime {
		return true, s.tell()
	}
	if r.timer == nil {
		r.timer = time.AfterFunc(r.values.wait(now, r.every), s.turn)
	}
	return false, nil
}

// gesture has a gesture reach the registry, after what waits; or not, when it comes
// too soon.
func (s *session) gesture(f *wire.Event, made, now time.Time) (inTime bool, err error) {
	r := &s.ration
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.gestures.take(now, r.every) {
		return false, nil
	}
	if err := s.tell(); err != nil {
		return true, err
	}
	return true, s.attachment.Gesture(f.Point, f.Event, made)
}

// turn takes up what waits.
func (s *session) turn() {
	r := &s.ration
	r.mu.Lock()
	defer r.mu.Unlock()
	r.timer = nil
	switch now := time.Now(); {
	case r.over || !r.whole && len(r.waiting) == 0:
	case r.values.take(now, r.every):
		_ = s.tell() // the reader learns from its next report that the session is stale
	default: // another report has had the turn
		r.timer = time.AfterFunc(r.values.wait(now, r.every), s.turn)
	}
}

// tell has what waits reach the registry. The caller holds ration.mu.
func (s *session) tell() error {
	r := &s.ration
	points, whole := r.waiting, r.whole
	r.waiting, r.whole = nil, false
	switch {
	case whole:
		return s.attachment.Configured(points)
	case len(points) == 0:
		return nil
	}
	return s.attachment.Report(points)
}

// tellAll is tell out of turn: before the end of a command, which comes after what it
// has changed.
func (s *session) tellAll() {
	s.ration.mu.Lock()
	defer s.ration.mu.Unlock()
	_ = s.tell() // as in turn
}

// lastReport has what waits reach the registry before the session is gone, and nothing
// after that.
func (s *session) lastReport() {
	s.ration.mu.Lock()
	s.ration.over = true
	if s.ration.timer != nil {
		s.ration.timer.Stop()
	}
	if s.ration.settling != nil {
		s.ration.settling.Stop()
	}
	s.ration.mu.Unlock()
	s.tellAll()
}

// tooOften counts a report that came too soon, and has people know. It is the reader's.
func (s *session) tooOften(now time.Time) {
	began := s.flooded.IsZero()
	s.flooded = now
	b := s.board
	b.mu.Lock()
	b.figures.Excess++
	b.flooding = true
	excess := b.figures.Excess
	b.mu.Unlock()
	b.m.complain("flood "+string(b.id), "a board reports more often than is taken up", "board", b.id, "excess", excess)
	if began {
		b.showLive()
	}
}

// calm takes what people are told of a flood back when it is over. It is the reader's.
func (s *session) calm(now time.Time) {
	if s.flooded.IsZero() || now.Sub(s.flooded) < calmAfter {
		return
	}
	s.flooded = time.Time{}
	b := s.board
	b.mu.Lock()
	b.flooding = false
	b.mu.Unlock()
	b.showLive()
}

func floods() entity.Said {
	return entity.Say("reports_too_often", "It reports more often than is taken up: of its values the newest counts, and presses of buttons may be lost")
}

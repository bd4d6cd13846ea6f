package link

import (
	"errors"
	"os"
	"time"

	"hob/internal/entity"
	"hob/internal/wire"
)

// writer is what a session has to know to write. It belongs to whoever writes: one
// at a time, which is all that the order of frames and of Noise's numbers needs.
//
// No goroutine waits for something to write. Whoever has something for the board
// sends it (Flush), or has it sent (post); the timer does so for what is due; and
// as writing never waits (outlet), none of them waits for the board.
type writer struct {
	*session
	timer     *time.Timer
	armed     time.Time // for when the timer is set
	pings     int64
	nextPing  time.Time
	nextRenew time.Time // zero when nothing is leased
	watched   time.Time // until when pings are watchEvery apart
}

// open lets what has gathered be sent, and from now on everything at once.
func (s *session) open() {
	w := &s.writer
	w.nextPing = time.Now().Add(pingEvery)
	w.armed = w.nextPing
	w.timer = time.AfterFunc(pingEvery, s.Flush)
	w.look()
	s.conn.out.onRoom(s.Flush)
	s.mu.Lock()
	s.writing = false
	s.mu.Unlock()
	s.post()
}

// shut waits until nobody writes any more. The session has ended.
func (s *session) shut() {
	s.writes.Wait()
	s.writer.timer.Stop()
}

// Flush implements registry.Flusher.
func (s *session) Flush() {
	if s.claim() {
		s.write()
	}
}

// post has what there is sent, for those who hold locks or have better things to do.
func (s *session) post() {
	if s.claim() {
		go s.write()
	}
}

// nudge is post after leases may have changed.
func (s *session) nudge() {
	s.mu.Lock()
	s.leased = true
	s.mu.Unlock()
	s.post()
}

// give queues a frame and has it sent. It reports whether it was taken.
func (s *session) give(f wire.ServerFrame) bool {
	s.mu.Lock()
	taken := !s.ended && s.push(f)
	s.mu.Unlock()
	s.post()
	return taken
}

// claim makes the caller the one who writes. Somebody who does already looks again.
func (s *session) claim() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.more = true
	if s.writing || s.ended {
		return false
	}
	s.writing = true
	s.writes.Add(1)
	return true
}

// again says whether there may be something to write, and if leases may have
// changed. If not, the caller writes no more.
func (s *session) again() (some, leased bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.more || s.ended {
		s.writing = false
		s.writes.Done()
		return false, false
	}
	leased = s.leased
	s.more, s.leased = false, false
	return true, leased
}

// write sends until nothing is left or the board takes no more. When a frame cannot
// be sent it ends the connection, and the reader finds it closed.
func (s *session) write() {
	for some, leased := s.again(); some; some, leased = s.again() {
		if leased {
			s.writer.look()
		}
		if err := s.writer.sendAll(); err != nil {
			s.writes.Go(func() { s.unsent(err) })
		}
	}
}

// unsent ends the connection because a frame could not be sent. If the peer has
// broken it off, its last word may be there still to be read, and says more.
func (s *session) unsent(err error) {
	if !errors.Is(err, os.ErrDeadlineExceeded) && !errors.Is(err, errMostWaiting) {
		select {
		case <-s.done:
			return
		case <-time.After(goodbyeWait):
		}
	}
	s.leave(parting{code: closeSilent, tell: "frames are not taken",
		status: entity.BoardOffline, why: entity.Say("takes_no_frames", "The board takes no frames")})
}

// sendAll sends what there is, as far as the connection takes it at once.
func (w *writer) sendAll() error {
	for {
		if full, err := w.conn.out.full(); full || err != nil {
			return err // the outlet says when there is room
		}
		now := time.Now()
		f, err := w.ready(now)
		if err != nil {
			return err
		}
		if f == nil {
			w.arm()
			return nil
		}
		if err := w.send(f, now); err != nil {
			return err
		}
	}
}

// arm sets the timer for what is due next.
func (w *writer) arm() {
	if next := w.next(); !next.Equal(w.armed) {
		w.armed = next
		w.timer.Reset(time.Until(next))
	}
}

// ready sends what is due by the clock and gives what else can be sent now, a
// command before a part of the configuration; nil when that is nothing.
func (w *writer) ready(now time.Time) (wire.ServerFrame, error) {
	if err := w.timed(now); err != nil {
		return nil, err
	}
	if f := w.nextQueued(); f != nil {
		return f, nil
	}
	if f := w.nextFeed(now); f != nil {
		return f, nil
	}
	return w.nextConfig(), nil
}

// send sends a frame. From a pulse with a warning on, to the latest end that this
// can have, the board has to know that we are there.
func (w *writer) send(f wire.ServerFrame, now time.Time) error {
	if c, ok := f.(*wire.Command); ok && c.Pulse.Warning > 0 {
		w.mu.Lock()
		left := int64(c.Until-w.clock.uptime(now)) + c.Pulse.Warning + c.Pulse.Width
		w.mu.Unlock()
		if end := now.Add(time.Duration(left) * time.Millisecond); end.After(w.watched) {
			w.watched = end
		}
		if next := now.Add(watchEvery); next.Before(w.nextPing) {
			w.nextPing = next
		}
	}
	return w.conn.write(f)
}

// look renews at once what is newly leased.
func (w *writer) look() { w.nextRenew = time.Now() }

// timed sends what is due by the clock.
func (w *writer) timed(now time.Time) error {
	if !w.nextRenew.IsZero() && !now.Before(w.nextRenew) {
		frames, every := w.due(now)
		w.nextRenew = time.Time{}
		if every > 0 {
			w.nextRenew = now.Add(every)
		}
		for _, f := range frames {
			if err := w.conn.write(f); err != nil {
				return err
			}
		}
	}
	if now.Before(w.nextPing) {
		return nil
	}
	w.pings++
	w.nextPing = now.Add(pingEvery)
	if now.Before(w.watched) {
		w.nextPing = now.Add(watchEvery)
	}
	w.asking(w.pings, now)
	return w.conn.write(&wire.Ping{N: w.pings})
}

func (w *writer) next() time.Time {
	if !w.nextRenew.IsZero() && w.nextRenew.Before(w.nextPing) {
		return w.nextRenew
	}
	return w.nextPing
}

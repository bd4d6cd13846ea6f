package link

import (
	"time"

	"hob/internal/entity"
	"hob/internal/wire"
)

// writer sends everything that a session sends. Commands go first, so that a
// configuration of a hundred frames delays none of them.
type writer struct {
	*session
	pings     int64
	nextPing  time.Time
	nextRenew time.Time // zero when nothing is leased
	watched   time.Time // until when pings are watchEvery apart
}

// write runs until the session ends or a frame cannot be sent; then the reader
// finds the connection closed.
func (s *session) write() {
	w := writer{session: s, nextPing: time.Now().Add(pingEvery)}
	timer := time.NewTimer(pingEvery)
	defer timer.Stop()
	w.look()
	for {
		f, err := w.ready(time.Now())
		if err == nil && f == nil {
			timer.Reset(time.Until(w.next()))
			select {
			case <-s.done:
				return
			case <-s.queued:
			case <-s.wake:
				w.look()
			case <-timer.C:
			}
		}
		if err == nil && f != nil {
			err = w.send(f, time.Now())
		}
		if err != nil {
			s.leave(parting{code: closeSilent, tell: "frames are not taken",
				status: entity.BoardOffline, why: entity.Say("takes_no_frames", "The board takes no frames")})
			return
		}
	}
}

// ready sends what is due by the clock and gives what else can be sent now, a
// command before a part of the configuration; nil when that is nothing.
func (w *writer) ready(now time.Time) (wire.ServerFrame, error) {
	if err := w.timed(now); err != nil {
		return nil, err
	}
	select {
	case <-w.done:
		return nil, nil
	default:
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

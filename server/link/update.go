package link

import (
	"context"
	"errors"
	"fmt"
	"time"

	"hob/internal/entity"
	"hob/internal/wire"
)

const (
	// updateSilence gives an update up after so long without news of the board: it
	// may be restarting into a firmware that is given two minutes to prove itself.
	updateSilence = 5 * time.Minute
	// updateNews is how many frames of a board may wait to be looked at. It sends
	// one for each part, and the next part is sent when that has been seen.
	updateNews = 16
)

// Image is a firmware for one kind of board, signed.
type Image struct {
	Head wire.UpdateBegin
	Data []byte
}

// UpdateStatus is how far an update is, or how the last one ended.
type UpdateStatus struct {
	FW      string
	Stage   string // sending, checking, restarting, proving, done or failed
	Done    int64  // bytes that the board has stored
	Size    int64
	Message string // of a failed one, a sentence
	Since   time.Time
}

// Values of UpdateStatus.Stage.
const (
	updateSending    = "sending"
	updateChecking   = "checking"
	updateRestarting = "restarting"
	updateProving    = "proving" // the new firmware runs, on trial
	updateDone       = "done"
	updateFailed     = "failed"
)

// over says whether nothing more will come.
func (u *UpdateStatus) over() bool { return u.Stage == updateDone || u.Stage == updateFailed }

// updateJob is one update under way. Its goroutine waits for news, which the
// board's own goroutine leaves here.
type updateJob struct {
	board *board
	image *Image
	from  string // the firmware that ran before
	news  chan updateEvent
}

// updateEvent is a session that has begun, or a frame of one.
type updateEvent struct {
	session *session
	frame   *wire.Update // nil: the session has just begun
}

// Update begins to bring a board to another firmware and does not wait for it;
// Board tells how far it is. The board must be online and have none under way. The
// error is an *Error.
func (m *Manager) Update(_ context.Context, id entity.BoardID, image *Image) error {
	fail := failing("update", id)
	s, err := m.session(fail, id)
	if err != nil {
		return err
	}
	if image.Head.Chip != s.hello.Chip {
		return fail(KindInvalid, fmt.Sprintf("the image is for %s, the board is %s", image.Head.Chip, clip(s.hello.Chip)), nil)
	}
	b := s.board
	job := &updateJob{board: b, image: image, from: s.hello.FW, news: make(chan updateEvent, updateNews)}
	b.mu.Lock()
	if b.updating != nil {
		b.mu.Unlock()
		return fail(KindRefused, "an update of this board is under way", nil)
	}
	b.updating = job
	b.mu.Unlock()
	job.say(updateSending, 0)
	m.log.Info("update begins", "board", id, "from", clip(job.from), "to", image.Head.FW)
	m.mu.Lock()
	defer m.mu.Unlock()
	select {
	case <-m.updatesEnd:
		return fail(KindUnavailable, "the server stops", nil)
	default:
		m.updates.Go(func() { job.run(m.updatesEnd, s) })
		return nil
	}
}

// endUpdates gives up what is under way, and waits for it.
func (m *Manager) endUpdates() {
	m.mu.Lock()
	close(m.updatesEnd)
	m.mu.Unlock()
	m.updates.Wait()
}

// run takes the update to its end. done is closed when the server stops.
func (j *updateJob) run(done <-chan struct{}, s *session) {
	err := j.follow(done, s)
	b := j.board
	b.mu.Lock()
	b.updating = nil
	b.mu.Unlock()
	if err == nil {
		j.say(updateDone, int64(len(j.image.Data)))
		b.m.log.Info("update done", "board", b.id, "firmware", j.image.Head.FW)
		return
	}
	j.fail(err)
	b.m.log.Warn("update failed", "board", b.id, "error", err)
}

var errServerStops = errors.New("the server stops; the board keeps what has come")

// follow sends what the board asks for, over as many sessions as it takes.
func (j *updateJob) follow(done <-chan struct{}, s *session) error {
	restarted := false
	timer := time.NewTimer(updateSilence)
	defer timer.Stop()
	j.send(s, &j.image.Head)
	for {
		select {
		case <-done:
			return errServerStops
		case <-timer.C:
			return errors.New("nothing was heard of the board for five minutes")
		case e := <-j.news:
			timer.Reset(updateSilence)
			if e.frame == nil {
				over, err := j.opened(e.session, restarted)
				if over || err != nil {
					return err
				}
				continue
			}
			if e.frame.Stage == wire.UpdateKept {
				return nil
			}
			if err := j.heard(e); err != nil {
				return err
			}
			restarted = restarted || e.frame.Stage == wire.UpdateRestarting
		}
	}
}

// opened judges the firmware that a new session found, or goes on with the image.
func (j *updateJob) opened(s *session, restarted bool) (over bool, err error) {
	switch {
	case s.hello.Trial:
		j.say(updateProving, int64(len(j.image.Data)))
	case !restarted:
		j.send(s, &j.image.Head)
	case s.hello.FW == j.image.Head.FW && s.hello.FW != j.from:
		return true, nil // it proved itself in a session that was not this server's
	default:
		return true, fmt.Errorf("the board has gone back to %s: %s did not come up, or had no session for 10 s within 2 minutes",
			clip(s.hello.FW), j.image.Head.FW)
	}
	return false, nil
}

// heard answers what a board has said.
func (j *updateJob) heard(e updateEvent) error {
	f := e.frame
	switch f.Stage {
	case wire.UpdateNone:
		j.send(e.session, &j.image.Head)
	case wire.UpdateReceiving:
		if f.Next >= int64(len(j.image.Data)) {
			return errors.New("the board asks for more than there is")
		}
		j.say(updateSending, f.Next)
		part := j.image.Data[f.Next:]
		j.send(e.session, &wire.UpdatePart{At: f.Next, Data: part[:min(len(part), wire.MaxPart)]})
	case wire.UpdateChecking:
		j.say(updateChecking, f.Next)
	case wire.UpdateRestarting:
		j.say(updateRestarting, f.Next)
	case wire.UpdateFailed:
		return fmt.Errorf("the board refuses the image: %s (%s)", clip(f.Message), clip(f.Code))
	case wire.UpdateWait, wire.UpdateKept:
	}
	return nil
}

// send gives a session a frame. One that takes none has ended, or is about to: the
// next session asks again.
func (j *updateJob) send(s *session, f wire.ServerFrame) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ended && !s.push(f) {
		j.board.m.log.Debug("a frame of an update found no room", "board", j.board.id)
	}
}

func (j *updateJob) say(stage string, done int64) {
	j.show(UpdateStatus{Stage: stage, Done: done})
}

func (j *updateJob) fail(err error) {
	j.show(UpdateStatus{Stage: updateFailed, Message: err.Error()})
}

func (j *updateJob) show(u UpdateStatus) {
	u.FW, u.Size, u.Since = j.image.Head.FW, int64(len(j.image.Data)), time.Now()
	b := j.board
	b.mu.Lock()
	if old := b.update; old != nil && u.Done == 0 && u.Stage == updateFailed {
		u.Done = old.Done
	}
	if old := b.update; old != nil && old.Stage == u.Stage {
		u.Since = old.Since
	}
	b.update = &u
	b.mu.Unlock()
	if b.isLive() {
		b.showLive()
	}
}

func (b *board) isLive() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.live != nil
}

// words is an update for people, while it is under way; "" after that.
func (u *UpdateStatus) words() string {
	switch {
	case u == nil || u.over():
		return ""
	case u.Stage == updateSending:
		// Whole steps of 5 %, so that a browser is not told of every part.
		return fmt.Sprintf("Takes firmware %s: %d %%", u.FW, u.Done*20/max(u.Size, 1)*5)
	}
	return fmt.Sprintf("Takes firmware %s: %s", u.FW, u.Stage)
}

// updateNews leaves news for the update under way, if there is one. Nobody waits:
// what finds no room is asked for again by the next session, or times out.
func (b *board) updateNews(e updateEvent) {
	b.mu.Lock()
	job := b.updating
	b.mu.Unlock()
	if job == nil {
		return
	}
	select {
	case job.news <- e:
	default:
	}
}

package link

import (
	"fmt"
	"time"

	"hob/internal/wire"
)

const (
	// updateSilence gives an update up after so long without news of the board: it
	// may be restarting into a firmware that is given two minutes to prove itself.
	updateSilence = 5 * time.Minute
	// updatePatience gives one up that gets no further, whatever the board says.
	// An image takes some minutes over the worst Wi-Fi that holds a link at all.
	updatePatience = 15 * time.Minute
	// updateLook is how often these are looked at, and how long a board that takes
	// an image may be silent before it is asked again: a frame may have been lost.
	updateLook = 30 * time.Second
	// updateNews is how many frames of a board may wait to be looked at. It sends
	// one for each part, and the next part is sent when that has been seen.
	updateNews = 16
)

// updateJob is one update under way. Its goroutine waits for news, which the
// board's own goroutine leaves here; what follows news is of that goroutine alone.
type updateJob struct {
	board *board
	image *Image
	from  place // of the firmware that ran before
	news  chan updateEvent

	restarted bool      // it went into the new firmware, by its word or by being on trial
	most      int64     // how far it ever was: bytes, and one for each stage after those
	sent      part      // what is on its way
	heard     time.Time // of the board
	further   time.Time // when it last got further than ever before
}

// place is what a session tells of the firmware that runs.
type place struct {
	fw   string
	slot int // 0 if the board does not say
}

// left says whether another firmware runs now than at p. A slot tells it even of
// two with one version.
func (p place) left(now place) bool {
	if p.slot > 0 && now.slot > 0 {
		return p.slot != now.slot
	}
	return p.fw != now.fw
}

// part is where a part begins, and the session that it went to; nil: none is on
// its way.
type part struct {
	session *session
	at      int64
}

// updateEvent is a session that has begun, or a frame of one.
type updateEvent struct {
	session *session
	frame   *wire.Update // nil: the session has just begun
}

// updateError is why an update failed.
type updateError struct{ code, message string }

func (e *updateError) Error() string { return e.message }

// run takes the update to its end. done is closed when the server stops.
func (j *updateJob) run(done <-chan struct{}, s *session) {
	why := j.follow(done, s)
	log := j.board.m.log.With("board", j.board.id, "firmware", j.image.Head.FW)
	if why == nil {
		j.show(UpdateStatus{Stage: updateDone, Done: j.size()})
		log.Info("update done")
		return
	}
	j.show(UpdateStatus{Stage: updateFailed, Done: min(j.most, j.size()), Code: why.code, Message: why.message})
	log.Warn("update failed", "error", why)
}

// follow sends what the board asks for, over as many sessions as it takes.
func (j *updateJob) follow(done <-chan struct{}, s *session) *updateError {
	look := time.NewTicker(updateLook)
	defer look.Stop()
	j.heard, j.further = time.Now(), time.Now()
	j.offer(s)
	for {
		select {
		case <-done:
			return &updateError{updateStopped, "the server stops; the board keeps what has come"}
		case <-look.C:
			if why := j.look(); why != nil {
				return why
			}
		case e := <-j.news:
			j.heard = time.Now()
			if over, why := j.take(e); over || why != nil {
				return why
			}
		}
	}
}

// look gives the update up, or asks again for what may have been lost.
func (j *updateJob) look() *updateError {
	silent := time.Since(j.heard)
	switch {
	case silent >= updateSilence:
		return &updateError{updateSilent, "nothing was heard of the board for five minutes"}
	case time.Since(j.further) >= updatePatience:
		return &updateError{updateStuck, "the board got no further for a quarter of an hour"}
	}
	// A board on trial would take an offer for that of yet another firmware.
	if s := j.board.session(); s != nil && silent >= updateLook && !j.restarted {
		j.offer(s)
	}
	return nil
}

// take judges what is new; over when the board has the firmware for good.
func (j *updateJob) take(e updateEvent) (over bool, why *updateError) {
	if e.frame == nil {
		return j.opened(e.session)
	}
	// What ran before may prove itself just now.
	if e.frame.Stage == wire.UpdateKept {
		return j.restarted, nil
	}
	return false, j.answer(e.session, e.frame)
}

// opened judges the firmware that a new session found, or goes on with the image.
func (j *updateJob) opened(s *session) (over bool, why *updateError) {
	now := place{s.hello.FW, s.hello.Slot}
	switch {
	case s.hello.Trial:
		j.restarted = true
		j.say(updateProving, j.size())
	case now.fw == j.image.Head.FW && j.from.left(now):
		return true, nil // it proved itself, and its word of that was lost
	case !j.restarted:
		j.offer(s)
	default:
		return false, &updateError{updateRolledBack, fmt.Sprintf(
			"the board has gone back to %s: %s did not come up, or had no session for 10 s within 2 minutes", clip(now.fw), j.image.Head.FW)}
	}
	return false, nil
}

// answer answers what a board has said.
func (j *updateJob) answer(s *session, f *wire.Update) *updateError {
	switch f.Stage {
	case wire.UpdateNone:
		j.offer(s)
	case wire.UpdateReceiving:
		return j.give(s, f.Next)
	case wire.UpdateWait:
		j.sent = part{} // it was turned away, and will be asked for again
	case wire.UpdateChecking:
		j.say(updateChecking, j.size())
	case wire.UpdateRestarting:
		j.restarted = true
		j.say(updateRestarting, j.size())
	case wire.UpdateFailed:
		return &updateError{clip(f.Code), fmt.Sprintf("the board refuses the image: %s (%s)", clipWords(f.Message), clip(f.Code))}
	case wire.UpdateKept: // judged already
	}
	return nil
}

// give sends the part that is wanted. One that is on its way already is not sent
// again: each would be answered, and from then on everything would go twice.
func (j *updateJob) give(s *session, at int64) *updateError {
	if at >= j.size() {
		return &updateError{updateNonsense, "the board asks for more than there is"}
	}
	wanted := part{s, at}
	if wanted == j.sent {
		return nil
	}
	j.sent = wanted
	j.say(updateSending, at)
	rest := j.image.Data[at:]
	j.send(s, &wire.UpdatePart{At: at, Data: rest[:min(len(rest), wire.MaxPart)]})
	return nil
}

// offer says what there is; a board that has some of it says where to go on.
func (j *updateJob) offer(s *session) {
	j.sent = part{}
	j.send(s, &j.image.Head)
}

// send gives a session a frame. One that takes none has ended, and the next one
// is asked anew; or it has no room now, and is asked again by look.
func (j *updateJob) send(s *session, f wire.ServerFrame) {
	if !s.give(f) {
		j.board.m.log.Debug("a frame of an update was not taken", "board", j.board.id)
	}
}

func (j *updateJob) size() int64 { return int64(len(j.image.Data)) }

// say shows a stage of an update that goes on.
func (j *updateJob) say(stage string, done int64) {
	j.show(UpdateStatus{Stage: stage, Done: done})
	far := done + map[string]int64{updateChecking: 1, updateRestarting: 2, updateProving: 3}[stage]
	if far > j.most {
		j.most, j.further = far, time.Now()
	}
}

// show publishes a status. With the last one the board is free for another update.
func (j *updateJob) show(u UpdateStatus) {
	u.FW, u.Size, u.Since = j.image.Head.FW, j.size(), time.Now()
	b := j.board
	b.mu.Lock()
	if old := b.update; old != nil && old.Stage == u.Stage && !u.over() {
		u.Since = old.Since
	}
	b.update = &u
	if u.over() {
		b.updating = nil
	}
	live := b.live != nil
	b.mu.Unlock()
	if live {
		b.showLive()
	}
}

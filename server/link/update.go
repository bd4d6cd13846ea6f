package link

import (
	"context"
	"time"

	"hob/internal/entity"
	"hob/internal/wire"
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
	Done    int64  // bytes that the board has stored, 0 to Size
	Size    int64
	Code    string    // of a failed one: a code of the board's (docs/wire.md), or one of those below
	Message string    // of a failed one, a sentence
	Since   time.Time // of the stage
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

// Values of UpdateStatus.Code besides the board's own.
const (
	updateRolledBack = "rolled_back" // the board went back to what ran before
	updateSilent     = "silent"      // nothing was heard of it for updateSilence
	updateStuck      = "stuck"       // it spoke, and got no further for updatePatience
	updateNonsense   = "nonsense"    // it asked for what there is not
	updateStopped    = "stopped"     // the server stops
)

// over says whether nothing more will come.
func (u *UpdateStatus) over() bool { return u.Stage == updateDone || u.Stage == updateFailed }

// Update begins to bring a board to another firmware and does not wait for it;
// Board tells how far it is. The board must be online and have none under way. The
// error is an *Error.
func (m *Manager) Update(_ context.Context, id entity.BoardID, image *Image) error {
	fail := failing("update", id)
	s, err := m.session(fail, id)
	if err != nil {
		return err
	}
	if image.Head.Size != int64(len(image.Data)) || len(image.Data) == 0 {
		return fail(KindInvalid, entity.Say("image_size", "the image says that it has {said} bytes and has {has}", "said", image.Head.Size, "has", len(image.Data)), nil)
	}
	if image.Head.Chip != s.hello.Chip {
		return fail(KindInvalid, entity.Say("image_chip", "the image is for {image}, the board is {chip}", "image", image.Head.Chip, "chip", clip(s.hello.Chip)), nil)
	}
	b := s.board
	job := &updateJob{board: b, image: image, from: place{s.hello.FW, s.hello.Slot}, news: make(chan updateEvent, updateNews)}
	b.mu.Lock()
	if b.updating != nil {
		b.mu.Unlock()
		return fail(KindRefused, entity.Say("update_under_way", "an update of this board is under way"), nil)
	}
	b.updating = job
	b.mu.Unlock()
	job.say(updateSending, 0)
	m.log.Info("update begins", "board", id, "from", clip(job.from.fw), "to", image.Head.FW)
	m.mu.Lock()
	defer m.mu.Unlock()
	select {
	case <-m.updatesEnd:
		return fail(KindUnavailable, entity.Say("update_server_stops", "the server stops"), nil)
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

// session is the live one; nil while there is none.
func (b *board) session() *session {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.live
}

// words is an update for people, while it is under way; nothing after that.
func (u *UpdateStatus) words() entity.Said {
	switch {
	case u == nil || u.over():
		return entity.Said{}
	case u.Stage == updateSending:
		// Whole steps of 5 %, so that a browser is not told of every part.
		return entity.Say("update_sending", "Takes firmware {firmware}: {percent} %", "firmware", u.FW, "percent", u.Done*20/max(u.Size, 1)*5)
	}
	return entity.Say("update_stage", "Takes firmware {firmware}: {stage}", "firmware", u.FW, "stage", u.Stage)
}

// updateNews leaves news for the update under way, if there is one. Nobody waits:
// what finds no room is asked for again by the job.
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

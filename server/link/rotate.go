package link

import (
	"context"
	"time"

	"github.com/gorilla/websocket"

	"hob/internal/entity"
	"hob/internal/wire"
)

// Rotate gives a board that is online a new key. When it returns nil both sides
// hold the old and the new key, and the session that opens next uses the new one
// and ends the old. The error is an *Error; a crash or a failure at any moment
// leaves a key that both hold.
func (m *Manager) Rotate(ctx context.Context, id entity.BoardID) error {
	fail := failing("rotate", id)
	release, err := m.begin(fail, id)
	if err != nil {
		return err
	}
	defer release()
	s, err := m.session(fail, id)
	if err != nil {
		return err
	}
	// The current key is the one that the board has just used, whatever the file
	// says, and an earlier next one is given up.
	next := wire.NewKey()
	err = m.keys.update(id, func(Pair) Pair { return Pair{Current: s.key, Next: next} })
	if err != nil {
		return fail(KindInternal, entity.Said{Message: err.Error()}, err)
	}
	answer, err := s.ask(ctx, fail, &wire.Rotate{Key: next})
	if err != nil {
		return err
	}
	if _, ok := answer.(*wire.Rotated); !ok {
		return fail(KindRefused, entity.Say("other_answer", "the board answered something else"), nil)
	}
	s.board.mu.Lock()
	s.board.stored = next
	s.board.mu.Unlock()
	m.log.Info("board has its next key", "board", id)
	s.leave(parting{code: websocket.CloseNormalClosure, tell: "next key", again: true,
		status: entity.BoardConnecting, why: changesKey()})
	return nil
}

// Revoke forgets a board's key and, when the board is online, makes it do the
// same. told says whether the board did; if not, it keeps a key that nobody
// else has and needs its button (BOOT for 5 s) to be adopted again. The error
// is an *Error.
func (m *Manager) Revoke(ctx context.Context, id entity.BoardID) (told bool, err error) {
	fail := failing("revoke", id)
	release, err := m.begin(fail, id)
	if err != nil {
		return false, err
	}
	defer release()
	if !m.holdsKey(id) {
		if p, err := m.keys.Load(id); err == nil && p == (Pair{}) {
			return false, fail(KindNotFound, entity.Say("no_key_held", "the server holds no key of this board"), nil)
		}
	}
	// The board first: a crash in between leaves a key that opens nothing, which
	// is seen and mended by adopting again.
	s, _ := m.session(fail, id)
	if s != nil {
		answer, err := s.ask(ctx, fail, &wire.Forget{})
		_, told = answer.(*wire.Forgotten)
		told = told && err == nil
	}
	if err := m.keys.remove(id); err != nil {
		return told, fail(KindInternal, entity.Said{Message: err.Error()}, err)
	}
	m.log.Info("board's key revoked", "board", id, "told", told)
	if b := m.board(id); b != nil {
		b.rekeyed(entity.BoardNotAdopted, entity.Say("key_revoked", "Its key was revoked; adopt it with its new setup code"))
	}
	return told, nil
}

// Identify makes a board blink its status LED for d, at most a minute.
func (m *Manager) Identify(_ context.Context, id entity.BoardID, d time.Duration) error {
	fail := failing("identify", id)
	if d <= 0 || d > time.Minute {
		return fail(KindInvalid, entity.Said{Message: "a board blinks for up to a minute"}, nil)
	}
	return m.send(fail, id, &wire.Identify{For: d.Milliseconds()})
}

// Restart makes a board restart.
func (m *Manager) Restart(_ context.Context, id entity.BoardID) error {
	return m.send(failing("restart", id), id, &wire.Restart{})
}

func (m *Manager) send(fail failer, id entity.BoardID, f wire.ServerFrame) error {
	s, err := m.session(fail, id)
	if err != nil {
		return err
	}
	if !s.give(f) {
		return fail(KindUnavailable, entity.Say("board_takes_nothing", "the board takes no frames now"), nil)
	}
	return nil
}

// session is the live session of a board.
func (m *Manager) session(fail failer, id entity.BoardID) (*session, error) {
	b := m.board(id)
	if b == nil {
		return nil, fail(KindNotFound, entity.Say("board_in_no_config", "the board is in no config"), nil)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.live == nil {
		return nil, fail(KindUnavailable, entity.Say("board_not_online", "the board is not online"), nil)
	}
	return b.live, nil
}

// ask sends a frame and waits for its answer. Only who holds the board's turn
// (Manager.begin) may ask.
func (s *session) ask(ctx context.Context, fail failer, f wire.ServerFrame) (wire.BoardFrame, error) {
	select {
	case <-s.reply: // of somebody who gave up
	default:
	}
	if !s.give(f) {
		return nil, fail(KindUnavailable, entity.Say("board_takes_nothing", "the board takes no frames now"), nil)
	}
	timer := time.NewTimer(answerWait)
	defer timer.Stop()
	select {
	case answer := <-s.reply:
		return answer, nil
	case <-s.done:
		select {
		case answer := <-s.reply: // its last word
			return answer, nil
		default:
		}
		return nil, fail(KindUnavailable, entity.Say("link_broke_unanswered", "the link broke before the board answered"), nil)
	case <-timer.C:
		return nil, fail(KindTimeout, entity.Say("board_silent", "the board did not answer"), nil)
	case <-ctx.Done():
		return nil, fail(KindTimeout, entity.Say("asked_in_vain", "given up before the board answered"), ctx.Err())
	}
}

// rekeyed makes the board begin anew with the keys that are stored now.
func (b *board) rekeyed(state entity.BoardStatus, why entity.Said) {
	b.mu.Lock()
	s := b.live
	b.called = false
	b.mu.Unlock()
	if s != nil {
		s.leave(parting{code: websocket.CloseNormalClosure, tell: "key changed", again: true,
			status: state, why: why})
	} else {
		b.show(state, why)
	}
	b.dialNow()
}

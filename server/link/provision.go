package link

import (
	"context"
	"time"

	"hob/internal/entity"
	"hob/internal/wire"
)

// Provision makes a key for a board that somebody holds by its cable, and gives it
// away to be handed over there. It is stored as the board's *next* key, so the one
// that both sides have held goes on to work until a session under the new one has
// opened. A board whose key the server holds is refused unless replace is set. The
// error is an *Error.
func (m *Manager) Provision(_ context.Context, id entity.BoardID, replace bool) (wire.Key, error) {
	fail := failing("provision", id)
	release, err := m.begin(fail, id)
	if err != nil {
		return wire.Key{}, err
	}
	defer release()
	before, err := m.keys.Load(id)
	switch {
	case err != nil && !replace:
		return wire.Key{}, fail(KindInternal, entity.Said{Message: err.Error()}, err)
	case err == nil && before.adopted() && !replace:
		return wire.Key{}, fail(KindRefused, entity.Say("key_held", "the server holds a key of this board; replace it on purpose (--replace)"), nil)
	}
	next, err := m.stage(id)
	if err != nil {
		return wire.Key{}, fail(KindInternal, entity.Said{Message: err.Error()}, err)
	}
	m.log.Info("a key was made for a board on a cable", "board", id)
	if b := m.board(id); b != nil {
		b.keyHanded()
		b.dialNow()
	}
	return next, nil
}

// cableTime is how long a key may take over the cable, and the board to join its
// network then, until anybody is told that it has not arrived.
const cableTime = time.Minute

func (b *board) keyHanded() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.handed = time.Now()
}

// untaken puts a board's refusal of a key that has only just been made for it into
// other words. underWay says that the key is still being brought to it, which is no
// trouble.
func (b *board) untaken(why *reason, pair Pair) (said *reason, underWay bool) {
	if why.status != entity.BoardKeyRefused || pair.Next.IsZero() {
		return why, false
	}
	out := *why
	if !pair.adopted() {
		out.status = entity.BoardNotAdopted
		out.why = entity.Say("adoption_unfinished", "It has not taken the key that was made for it; adopt it again, or repeat hob provision")
	}
	if !b.keyComes() {
		return &out, false
	}
	out.why = entity.Say("key_comes", "Its key is being brought to it")
	return &out, true
}

// keyComes says whether somebody is about to bring the board its key: over the
// network, or over its cable.
func (b *board) keyComes() bool {
	b.m.mu.Lock()
	changing := b.m.busy[b.id]
	b.m.mu.Unlock()
	b.mu.Lock()
	defer b.mu.Unlock()
	return changing || !b.handed.IsZero() && time.Since(b.handed) < cableTime
}

package link

import (
	"context"

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
		return wire.Key{}, fail(KindInternal, err.Error(), err)
	case err == nil && before.adopted() && !replace:
		return wire.Key{}, fail(KindRefused, "the server holds a key of this board; replace it on purpose (--replace)", nil)
	}
	next, err := m.stage(id)
	if err != nil {
		return wire.Key{}, fail(KindInternal, err.Error(), err)
	}
	m.log.Info("a key was made for a board on a cable", "board", id)
	if b := m.board(id); b != nil {
		b.dialNow()
	}
	return next, nil
}

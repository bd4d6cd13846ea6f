package link

import (
	"context"
	"errors"
	"time"

	"github.com/gorilla/websocket"

	"hob/internal/entity"
	"hob/internal/wire"
)

// answerWait is how long a board may take to store a key.
const answerWait = 5 * time.Second

// Adopt gives a board its first key, in a session that its setup code opens.
// The board need not be in the config, but its address must be known. A board
// whose key the server holds is refused unless replace is set. The error is an
// *Error.
//
// The key is stored as *next* before the board gets it and becomes the key when
// the board has answered, or when a session under it has opened. So a crash at
// any moment leaves either a board that still waits to be adopted, or a key
// that both sides hold.
func (m *Manager) Adopt(ctx context.Context, id entity.BoardID, code wire.SetupCode, replace bool) error {
	fail := failing("adopt", id)
	release, err := m.begin(fail, id)
	if err != nil {
		return err
	}
	defer release()
	if code.Key().IsZero() {
		return fail(KindInvalid, entity.Say("setup_code_needed", "a setup code is needed"), wire.ErrSetupCode)
	}
	addresses := m.addressesOf(id)
	if len(addresses) == 0 {
		return fail(KindNotFound, entity.Say("board_not_on_network", "the board is not on the network"), nil)
	}
	before, err := m.keys.Load(id)
	switch {
	case err != nil && !replace:
		return fail(KindInternal, entity.Said{Message: err.Error()}, err)
	case err == nil && before.adopted() && !replace:
		return fail(KindRefused, entity.Say("key_held", "the server holds a key of this board; replace it on purpose (--replace)"), nil)
	}
	c, err := m.openAdoption(ctx, addresses, id, code)
	if err != nil {
		return fail(kindOf(err), sentence(err), err)
	}
	defer c.close(websocket.CloseNormalClosure, "done")
	next, err := m.stage(id)
	if err != nil {
		return fail(KindInternal, entity.Said{Message: err.Error()}, err)
	}
	if err := handOver(ctx, c, next); err != nil {
		if b := m.board(id); b != nil {
			b.dialNow() // it may have stored the key all the same
		}
		return fail(kindOf(err), entity.Say("key_not_confirmed", "the board did not confirm its key: {_why}", "_why", sentence(err).Message), err)
	}
	if err := m.keys.promote(id, next); err != nil {
		return fail(KindInternal, entity.Said{Message: err.Error()}, err)
	}
	m.log.Info("board adopted", "board", id)
	if b := m.board(id); b != nil {
		b.rekeyed(entity.BoardConnecting, entity.Say("has_key", "The board has its key"))
	} else {
		m.took(id)
	}
	return nil
}

// stage stores a new key as the next one of a board that has just opened an
// adoption session, and so has no key: an earlier next one, and a file that
// cannot be read, are given up.
func (m *Manager) stage(id entity.BoardID) (wire.Key, error) {
	next := wire.NewKey()
	if _, err := m.keys.Load(id); err != nil {
		if err := m.keys.remove(id); err != nil {
			return next, err
		}
	}
	return next, m.keys.update(id, func(p Pair) Pair { return Pair{Current: p.Current, Next: next} })
}

// openAdoption tries the addresses in turn. The error is a *reason or ctx's.
func (m *Manager) openAdoption(ctx context.Context, addresses []string, id entity.BoardID, code wire.SetupCode) (*conn, error) {
	var worst error
	for _, address := range addresses {
		c, err := m.dialer.open(ctx, address, id, code.Key())
		if err == nil {
			stop := context.AfterFunc(ctx, func() { c.close(websocket.CloseGoingAway, "given up") })
			_, err = greet(c, id, m.version, true)
			if stop() && err == nil {
				return c, nil
			}
			p := partingOf(err)
			c.close(p.code, p.tell)
			err = orDone(ctx, &reason{status: p.status, why: p.why, at: address, cause: err})
		}
		var why *reason
		if worst == nil || errors.As(err, &why) && why.status == entity.BoardKeyRefused {
			worst = err
		}
	}
	return nil, worst
}

// handOver sends the key and waits for the board to have stored it.
func handOver(ctx context.Context, c *conn, key wire.Key) error {
	stop := context.AfterFunc(ctx, func() { c.close(websocket.CloseGoingAway, "given up") })
	defer stop()
	if err := c.ws.SetReadDeadline(time.Now().Add(answerWait)); err != nil {
		return err
	}
	if err := c.write(&wire.Adopt{Key: key}); err != nil {
		return orDone(ctx, err)
	}
	for {
		f, err := c.read()
		if err != nil {
			return orDone(ctx, err)
		}
		if _, ok := f.(*wire.Adopted); ok {
			return nil
		}
	}
}

func (m *Manager) addressesOf(id entity.BoardID) []string {
	if b := m.board(id); b != nil {
		return b.candidates()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var book addressBook
	if s := m.seen[id]; s != nil {
		book.announced(s.Addresses)
	}
	return book.all("", false)
}

// begin lets one of adoption, rotation and revocation at a board at a time.
func (m *Manager) begin(fail failer, id entity.BoardID) (release func(), err error) {
	if !entity.ValidBoardID(string(id)) {
		return nil, fail(KindInvalid, entity.Said{Message: "that is no board id"}, nil)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.busy[id] {
		return nil, fail(KindUnavailable, entity.Say("key_busy", "its key is being changed by somebody else"), nil)
	}
	m.busy[id] = true
	return func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		delete(m.busy, id)
	}, nil
}

// failer makes the errors of one operation on one board.
type failer func(kind Kind, said entity.Said, cause error) error

func failing(op string, id entity.BoardID) failer {
	return func(kind Kind, said entity.Said, cause error) error {
		return &Error{Kind: kind, Op: op, Board: id, Said: said, Cause: cause}
	}
}

func kindOf(err error) Kind {
	var why *reason
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return KindTimeout
	case errors.As(err, &why) && why.status == entity.BoardKeyRefused:
		return KindRefused
	case isTimeout(err):
		return KindTimeout
	}
	return KindUnavailable
}

// sentence is what an error of an adoption means to whoever typed the code.
func sentence(err error) entity.Said {
	var why *reason
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return entity.Say("not_done_in_time", "given up before it was done")
	case errors.As(err, &why) && why.status == entity.BoardKeyRefused:
		return entity.Say("code_not_accepted", "the board does not accept this setup code, or waits for its button (hold BOOT for 5 s)")
	case errors.As(err, &why):
		return why.why
	}
	return partingOf(err).why
}

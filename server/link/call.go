package link

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/gorilla/websocket"

	"hob/internal/entity"
	"hob/internal/wire"
)

// opened is a connection on which both sides have said hello.
type opened struct {
	conn    *conn
	hello   *wire.BoardHello
	address string
	key     wire.Key
	asked   time.Time // when our hello went out, to which the board's is the answer
}

// tries lists the keys in the order in which to try them.
func (p Pair) tries() []wire.Key {
	var keys []wire.Key
	for _, k := range []wire.Key{p.Next, p.Current} {
		if !k.IsZero() {
			keys = append(keys, k)
		}
	}
	return keys
}

// order lists the keys to try. The next one comes first, so that a rotation
// ends as soon as it can; but one that the board did not know comes last,
// because it would delay every session. It stays on file: should the board know
// it after all, either opens a session.
func (b *board) order(p Pair) []wire.Key {
	keys := p.tries()
	if len(keys) == 2 && keys[0] == b.unknown {
		slices.Reverse(keys)
	}
	return keys
}

// learn draws conclusions from the key that opened a session. A next key that
// the board has confirmed keeps its place: whoever spoils a handshake must not
// keep the old key in use.
func (b *board) learn(p Pair, used wire.Key) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if used == p.Current && p.Next != b.stored {
		b.unknown = p.Next
	}
}

// try dials one address with every key in turn, until one opens or the others
// would change nothing. How a handshake fails is anybody's word, so it does not
// matter here. The error prefers "away" to "refused" when the keys fared
// differently.
func (b *board) try(ctx context.Context, address string, keys []wire.Key) (*opened, *reason) {
	b.mu.Lock()
	b.shown.Address = address
	b.mu.Unlock()
	var worst *reason
	for _, key := range keys {
		o, err := b.call(ctx, address, key)
		if err == nil {
			return o, nil
		}
		var why *reason
		if !errors.As(err, &why) {
			return nil, &reason{status: entity.BoardOffline, why: entity.Say("given_up", "The link was given up"), at: address, cause: err}
		}
		if worst == nil || !why.keyed || why.status == entity.BoardOffline {
			worst = why
		}
		if !why.keyed {
			break
		}
	}
	return nil, worst
}

// call dials one address with one key.
func (b *board) call(ctx context.Context, address string, key wire.Key) (*opened, error) {
	c, err := b.m.dialer.open(ctx, address, b.id, key)
	if err != nil {
		return nil, err
	}
	asked := time.Now()
	hello, err := b.greet(ctx, c)
	if err != nil {
		p := partingOf(err)
		c.close(p.code, p.tell)
		if p.hostile {
			b.refused(address, err)
		}
		return nil, &reason{status: p.status, why: p.why, at: address, cause: err}
	}
	return &opened{c, hello, address, key, asked}, nil
}

// greet is ended by ctx, as the handshake is.
func (b *board) greet(ctx context.Context, c *conn) (*wire.BoardHello, error) {
	stop := context.AfterFunc(ctx, func() { c.close(websocket.CloseGoingAway, "server stops") })
	defer stop()
	return greet(c, b.id, b.m.version, false)
}

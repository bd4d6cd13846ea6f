package link

import (
	"context"
	"errors"
	"net/netip"
	"slices"

	"github.com/gorilla/websocket"

	"hob/internal/entity"
	"hob/internal/wire"
)

// doubt is what speaks for two boards with one id. None of it ends a session:
// who holds the key is the board.
type doubt struct {
	stranger string   // address of something that announces the id without the key
	conflict string   // discovery's own words
	checked  []string // addresses that were called during this session
	checking bool
}

// announced takes an announcement of this board.
func (b *board) announced(a Announcement) {
	b.mu.Lock()
	fresh := b.addresses.announced(a.Addresses)
	b.doubt.conflict = a.Conflict
	if !slices.ContainsFunc(a.Addresses, func(p netip.AddrPort) bool { return p.String() == b.doubt.stranger }) {
		b.doubt.stranger = "" // it is gone
	}
	live := b.live
	b.mu.Unlock()
	if live == nil {
		b.dialNow()
		return
	}
	b.showLive()
	if fresh || a.State == stateNew {
		b.check(live)
	}
}

// unheard takes it that nobody announces the id any more, so nobody does wrongly.
func (b *board) unheard() {
	b.mu.Lock()
	b.doubt.stranger, b.doubt.conflict = "", ""
	b.mu.Unlock()
	b.showLive()
}

// doubtful notes that something at an address announces the id without the key.
func (b *board) doubtful(address string) {
	b.mu.Lock()
	b.doubt.stranger = address
	b.mu.Unlock()
	b.m.complain(string(b.id)+" stranger", "another device announces the id of a board", "board", b.id, "address", address)
}

// check calls the other addresses at which the board is said to be and shakes
// hands, no more: that leaves a session of the same board alone, and something
// that does not hold the key is found out.
func (b *board) check(live *session) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.doubt.checking || b.live != live {
		return
	}
	var addresses []string
	for _, a := range b.addresses.heard {
		if a != b.shown.Address && !slices.Contains(b.doubt.checked, a) {
			addresses = append(addresses, a)
		}
	}
	if len(addresses) == 0 {
		return
	}
	b.doubt.checking = true
	b.doubt.checked = append(b.doubt.checked, addresses...)
	live.spawn(func(ctx context.Context) { b.probe(ctx, live.key, addresses) })
}

// probe calls each address once, with the key that the session has proved: the
// board holds that one, whatever the disk made of the file.
func (b *board) probe(ctx context.Context, key wire.Key, addresses []string) {
	for _, address := range addresses {
		c, err := b.m.dialer.open(ctx, address, b.id, key)
		var why *reason
		switch {
		case err == nil:
			c.close(websocket.CloseNormalClosure, "only looking")
		case errors.As(err, &why) && why.status == entity.BoardKeyRefused:
			b.doubtful(address)
		}
	}
	b.mu.Lock()
	b.doubt.checking = false
	b.mu.Unlock()
	b.showLive()
}

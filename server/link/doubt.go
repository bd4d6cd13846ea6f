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
// who holds the key is the board. Of two that hold it, the one that had the last
// session has the next one too, as long as it answers.
type doubt struct {
	stranger string      // address of something that announces the id without the key
	conflict entity.Said // discovery sees two; nothing when it does not
	twin     string      // another address at which the key is held; one board may have several
	proved   bool        // by twins: two boards, whatever discovery says
	boots    []booted    // whose sessions there were, the newest last
	checked  []string    // addresses that were called during this session
	checking bool
}

// booted is one run of a board, and where it was.
type booted struct {
	boot    wire.BootID
	address string
}

const mostBoots = 8

// opened notes whose session begins. A board that has booted anew never comes
// back as what it was before: when that happens there are two.
func (d *doubt) opened(boot wire.BootID, address string) {
	last := len(d.boots) - 1
	if d.twin == address {
		d.twin = ""
		if last >= 0 && d.boots[last].address != address {
			d.twin = d.boots[last].address
		}
	}
	i := slices.IndexFunc(d.boots, func(b booted) bool { return b.boot == boot })
	if i >= 0 && i < last {
		d.twin, d.proved = d.boots[last].address, true
	}
	if i >= 0 {
		d.boots = slices.Delete(d.boots, i, i+1)
	}
	if d.boots = append(d.boots, booted{boot, address}); len(d.boots) > mostBoots {
		d.boots = d.boots[1:]
	}
}

// isTwice says whether there are two boards, by what is known now.
func (d *doubt) isTwice() bool { return d.proved || d.conflict != (entity.Said{}) }

// announced takes an announcement of this board.
func (b *board) announced(a Announcement) {
	b.mu.Lock()
	fresh := b.addresses.announced(a.Addresses)
	b.doubt.conflict = a.conflict()
	if !slices.ContainsFunc(a.Addresses, func(p netip.AddrPort) bool { return p.String() == b.doubt.stranger }) {
		b.doubt.stranger = "" // it is gone
	}
	if !slices.ContainsFunc(a.Addresses, func(p netip.AddrPort) bool { return p.String() == b.doubt.twin }) {
		b.doubt.twin, b.doubt.proved = "", false
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
	b.doubt.stranger, b.doubt.conflict, b.doubt.twin, b.doubt.proved = "", entity.Said{}, "", false
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

// held notes that the key is held at another address too. That may well be the
// same board's, unless something else says that there are two.
func (b *board) held(address string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if address != b.shown.Address {
		b.doubt.twin = address
	}
}

// check calls the other addresses at which the board is said to be and shakes
// hands, no more: that leaves a session of the same board alone, and tells
// something that does not hold the key from a twin.
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
			b.held(address)
		case errors.As(err, &why) && why.status == entity.BoardKeyRefused:
			b.doubtful(address)
		}
	}
	b.mu.Lock()
	b.doubt.checking = false
	b.mu.Unlock()
	b.showLive()
}

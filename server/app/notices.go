package app

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"hob/internal/entity"
	"hob/internal/registry"
	"hob/internal/store"
)

// unkept is where the IDs of notices begin that the disk does not take: beyond
// all that the store will ever give, and whole numbers for JavaScript.
const unkept = 1 << 52

// notices shows notices to everybody, and has the store keep them. It may be used
// from any goroutine.
type notices struct {
	store    *store.Store
	registry *registry.Registry
	log      *slog.Logger

	mu       sync.Mutex // held over a Post, so that notices are shown in the order of their IDs
	homeless int64      // how many the disk did not take
}

// restore shows what earlier runs of the server have left. Without it there is
// nothing lost but what nobody has read yet, so it does not keep a house from starting.
func (n *notices) restore(ctx context.Context) {
	left, err := n.store.LoadNotices(ctx)
	if err != nil {
		n.log.Error("notices of earlier runs are not shown", "error", err)
	}
	for _, one := range left {
		n.registry.AddNotice(one)
	}
}

// Post tells people something; it gives the notice its ID, and its time when it
// has none. What the disk does not take is shown all the same, until the server ends.
func (n *notices) Post(what entity.Notice) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if what.At == 0 {
		what.At = time.Now().UnixMilli()
	}
	id, err := n.store.KeepNotice(what)
	if err != nil {
		n.log.Error("a notice is shown but not kept", "error", err)
		n.homeless++
		id = unkept + n.homeless
	}
	what.ID = id
	n.registry.AddNotice(what)
}

// Notices implements api.Notices.
func (n *notices) Notices() []entity.Notice { return n.registry.Notices() }

// Dismiss implements api.Notices.
func (n *notices) Dismiss(id int64) bool {
	if !n.registry.RemoveNotice(id) {
		return false
	}
	if id < unkept {
		if err := n.store.DropNotice(id); err != nil {
			n.log.Error("a notice that was dismissed comes back after a restart", "notice", id, "error", err)
		}
	}
	return true
}

package registry

import (
	"hob/internal/entity"
)

// watch is one entity's interest in another (entity.Watcher).
type watch struct {
	by   *item
	told entity.Observed // what by knows; the zero value is nothing yet
}

// mostHops bounds how far a change travels from watcher to watcher. config
// refuses loops; one that came by another way must end all the same.
const mostHops = 8

// applyWatches makes the index of who watches whom and tells every watcher what
// it does not know yet. Watches that go on keep what was told.
func (r *Registry) applyWatches() {
	for _, it := range r.entities {
		it.watchers = nil
	}
	for _, id := range r.order {
		it := r.entities[id]
		watcher, ok := it.declared.Spec.(entity.Watcher)
		if !ok {
			it.watches = nil
			continue
		}
		old := it.watches
		it.watches = make(map[entity.ID]*watch)
		for _, other := range watcher.Watches() {
			w := old[other]
			if w == nil {
				w = &watch{by: it}
			}
			it.watches[other] = w
			if target := r.entities[other]; target != nil {
				target.watchers = append(target.watchers, w)
			}
		}
	}
	for _, id := range r.order {
		r.tellWatchers(r.entities[id])
	}
}

// tellWatchers tells those who watch the item how it is now, within the same
// update, so that nobody sees one without the other. What changes by it has the
// cause of what changed first.
func (r *Registry) tellWatchers(it *item) {
	if len(it.watchers) == 0 || r.hops >= mostHops {
		return
	}
	seen := entity.Observed{Entity: it.declared.ID, State: it.record.State, Available: it.record.Available}
	cause, now := it.record.Cause, r.now()
	for _, w := range it.watchers {
		if w.told == seen {
			continue
		}
		w.told = seen
		r.hops++
		r.step(w.by, seen, now)
		r.publishView(w.by, change{cause: cause, at: now})
		r.hops--
	}
}

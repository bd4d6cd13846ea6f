package registry

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"hob/internal/entity"
)

// keeping is what the store does not have yet. The registry's lock guards it.
//
// There is no queue: an entity that changes twice before it is taken is kept
// once, as it is then. Marks are counted, so that whoever needs to know whether
// a change is durable can wait for its number.
type keeping struct {
	marked  []entity.ID // not taken since their last change
	firm    bool        // one of them is to be on the disk before it counts as stored
	last    uint64      // number of the newest mark
	durable uint64      // all marks up to this one are stored, but for those of bad
	bad     map[entity.ID]error
	waiting map[*waiter]struct{}
	unsaved chan struct{}
	awaited chan struct{}
}

// waiter waits for a mark to be durable.
type waiter struct {
	id   entity.ID
	mark uint64
	done func(error)
}

// mostLeft bounds what is remembered of entities that a reload has taken away,
// in case another brings them back.
const mostLeft = 1024

// Batch is what is to be stored: the newest of each entity that has changed.
type Batch struct {
	Entities []entity.Saved
	// Firm says that it is to survive a power cut from the moment on in which it
	// is stored: a command may wait for that, or nobody but the server knows what
	// it says. The rest is what boards say again by themselves.
	Firm bool
	upTo uint64
	ids  []entity.ID
	bad  map[entity.ID]error // what cannot be put into words
}

// mark notes that the item is not stored as it is now.
func (r *Registry) mark(it *item) {
	k := &r.keep
	k.last++
	if len(it.points) == 0 { // no board will ever say it again
		k.firm = true
	}
	if it.marked {
		return
	}
	it.marked = true
	if len(k.marked) == 0 {
		signal(k.unsaved)
	}
	k.marked = append(k.marked, it.declared.ID)
}

// Unsaved is signalled when there is something to be stored. It is for one keeper.
func (r *Registry) Unsaved() <-chan struct{} { return r.keep.unsaved }

// Awaited is signalled when somebody waits for what has changed to be stored.
func (r *Registry) Awaited() <-chan struct{} { return r.keep.awaited }

// TakeUnsaved takes what is to be stored. The keeper stores it and calls Stored
// before it takes more. The error names entities that cannot be put into words;
// they are left out.
func (r *Registry) TakeUnsaved() (Batch, error) {
	r.mu.Lock()
	b := Batch{upTo: r.keep.last, ids: r.keep.marked, Firm: r.keep.firm}
	r.keep.marked, r.keep.firm = nil, false
	type pair struct {
		state  entity.State
		record *entity.Record
	}
	pairs := make([]pair, 0, len(b.ids))
	for _, id := range b.ids {
		if it := r.entities[id]; it != nil {
			it.marked = false
			pairs = append(pairs, pair{it.state, it.record})
		} else if s, ok := r.left[id]; ok { // not declared any more
			b.Entities = append(b.Entities, s)
		}
	}
	r.mu.Unlock()
	var errs []error // states and records never change, so this needs no lock
	for _, p := range pairs {
		s, err := savedOf(p.state, p.record)
		if err != nil {
			errs = append(errs, err)
			if b.bad == nil {
				b.bad = map[entity.ID]error{}
			}
			b.bad[p.record.ID] = err
			continue
		}
		b.Entities = append(b.Entities, s)
	}
	return b, errors.Join(errs...)
}

// Stored says how storing a batch went. What was not stored is to be taken again.
func (r *Registry) Stored(b Batch, err error) {
	var done []func()
	r.mu.Lock()
	k := &r.keep
	if err == nil {
		k.stored(b)
	} else {
		r.again(b)
	}
	for w := range k.waiting {
		if w.mark <= b.upTo {
			delete(k.waiting, w)
			done = append(done, w.with(cmp.Or(err, k.bad[w.id])))
		}
	}
	r.mu.Unlock()
	for _, f := range done {
		f()
	}
}

// stored notes that all of the batch is stored but what is bad.
func (k *keeping) stored(b Batch) {
	k.durable = b.upTo
	for _, id := range b.ids {
		delete(k.bad, id)
	}
	if len(b.bad) > 0 && k.bad == nil {
		k.bad = map[entity.ID]error{}
	}
	maps.Copy(k.bad, b.bad)
}

// again has what is in the batch taken once more, also what a reload has taken
// away meanwhile.
func (r *Registry) again(b Batch) {
	k := &r.keep
	k.firm = k.firm || b.Firm
	for _, id := range b.ids {
		if it := r.entities[id]; it != nil {
			if !it.marked {
				it.marked = true
				k.marked = append(k.marked, id)
			}
		} else if _, left := r.left[id]; left && !slices.Contains(k.marked, id) {
			k.marked = append(k.marked, id)
		}
	}
}

func (w *waiter) with(err error) func() { return func() { w.done(err) } }

// WhenStored calls done, once and perhaps before it returns, when the changes of
// an entity up to a mark (Accepted.Mark) are stored, or an attempt to store them
// has failed. stop takes the wish back; done may still be running then. Without a
// keeper (Options.Keeper) nothing is stored, and done is called at once.
func (r *Registry) WhenStored(id entity.ID, mark uint64, done func(error)) (stop func()) {
	r.mu.Lock()
	if !r.keeper || mark <= r.keep.durable {
		err := r.keep.bad[id]
		r.mu.Unlock()
		done(err)
		return func() {}
	}
	w := &waiter{id, mark, done}
	r.keep.waiting[w] = struct{}{}
	signal(r.keep.awaited)
	r.mu.Unlock()
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.keep.waiting, w)
	}
}

// savedOf is what is kept of an entity.
func savedOf(state entity.State, rec *entity.Record) (entity.Saved, error) {
	s := entity.Saved{Entity: rec.ID, Kind: rec.Kind, State: rec.State, Changed: rec.Changed, Cause: rec.Cause}
	var err error
	if s.Attributes, err = json.Marshal(rec.Attributes); err != nil {
		return s, fmt.Errorf("keeping %s: %w", rec.ID, err)
	}
	if lasting, ok := state.(entity.Lasting); ok {
		if s.Lasting, err = lasting.Saved(); err != nil {
			return s, fmt.Errorf("keeping %s: %w", rec.ID, err)
		}
	}
	return s, nil
}

// restore gives a newly declared item what an earlier run of the server, or an
// earlier declaration, left of it.
func (r *Registry) restore(it *item, now time.Time) *entity.Saved {
	id := it.declared.ID
	s, ok := r.left[id]
	if was := it.declared.Was; !ok && was != "" {
		id = was
		s, ok = r.left[id]
	}
	if !ok {
		return nil
	}
	delete(r.left, id)
	if s.Kind != it.declared.Kind() {
		return nil
	}
	if !r.revive(it, s, now) {
		return nil
	}
	if len(it.points) > 0 {
		it.seen = &s // without points nobody would ever say anything newer
	}
	return &s
}

// revive gives the item what outlives its declaration and the server.
func (r *Registry) revive(it *item, s entity.Saved, now time.Time) (ok bool) {
	lasting, ok := it.state.(entity.Lasting)
	if !ok || s.Lasting == nil {
		return true
	}
	state, err := lasting.Restore(s.Lasting, now)
	if err != nil {
		r.unrestored = append(r.unrestored, fmt.Errorf("restoring %s: %w", s.Entity, err))
		return false
	}
	it.state = state
	return true
}

// leave remembers what is not declared any more.
func (r *Registry) leave(it *item) {
	if s, err := savedOf(it.state, it.record); err == nil && len(r.left) < mostLeft+r.loaded {
		r.left[s.Entity] = s
	}
}

// view is what people see of an item: until its board has spoken for the first
// time, what was seen of it last. What a Planner's attributes tell is what is asked
// of the board, which the server knows, and which may change meanwhile.
func (it *item) view() entity.View {
	v := it.state.View()
	if it.seen == nil || v.State != entity.StateUnknown {
		return v
	}
	v.State = it.seen.State
	if _, planner := it.state.(entity.Planner); !planner && !bytes.Equal(it.seen.Attributes, emptyObject()) {
		v.Attributes = entity.LastSeen(it.seen.Attributes)
	}
	return v
}

func emptyObject() []byte { return []byte("{}") }

// sameView says whether a and b look the same to people.
func sameView(a entity.View, state string, attributes any) bool {
	if a.State != state {
		return false
	}
	if a.Attributes == attributes {
		return true
	}
	_, x := a.Attributes.(entity.LastSeen)
	_, y := attributes.(entity.LastSeen)
	if x == y {
		return false
	}
	// One is text: what was seen before the server started against what it is now.
	p, err := json.Marshal(a.Attributes)
	q, err2 := json.Marshal(attributes)
	return err == nil && err2 == nil && bytes.Equal(p, q)
}

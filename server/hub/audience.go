package hub

import (
	"sync/atomic"
	"time"

	"hob/internal/entity"
)

// Audience is the set of entities that some clients may see. Two audiences
// with the same Key are the same. The zero value is everybody: all entities and
// all boards.
type Audience struct {
	Key string
	// Only lists the entities of a restricted audience; nil is all of them.
	// It also hides boards that are in no config.
	Only map[entity.ID]bool
}

func (a Audience) sees(id entity.ID) bool { return a.Only == nil || a.Only[id] }

func (a Audience) seesBoard(b entity.BoardRecord) bool { return a.Only == nil || b.Declared }

// audience is an Audience with its log and its cached snapshot; it lives while
// it has clients, and everybody's for ever. Hub.mu guards all but newest.
type audience struct {
	Audience
	clients int
	log     log
	newest  atomic.Uint64 // sequence number of the log's newest segment
	cache   snapshotCache
}

// snapshotCache is a snapshot and the place in the log that it leads up to. A
// small one serves until something changes: what was is better not shown at all.
// A large one serves for as long as the frames after it are cheaper than a new one.
type snapshotCache struct {
	frame []byte
	place place
	rev   entity.Revision
}

// largeSnapshot is about a thousand entities.
const largeSnapshot = 256 << 10

// fresh says whether a client may still start from the cache.
func (a *audience) fresh() bool {
	c := a.cache
	if c.frame == nil || a.lagging(c.place) {
		return false
	}
	since := a.log.since(c.place)
	return since == 0 || len(c.frame) > largeSnapshot && since <= len(c.frame)
}

// lagging says whether p has fallen out of the part of the log that is kept.
func (a *audience) lagging(p place) bool {
	return p.seg == nil || p.seg.seq+keptSegments < a.newest.Load()
}

// start is what a client with this resume gets first, the place from which the
// log goes on, and its revision then.
func (h *Hub) start(a *audience, resume *resume) (first []byte, p place, rev entity.Revision) {
	if resume != nil && resume.Epoch == h.mirror.epoch {
		if delta, ok := h.mirror.since(resume.Revision, a.Audience); ok {
			p, rev = a.log.end()
			// It says the client's own revision: what follows is newer, and a
			// connection that breaks before it has come must resume from there again.
			hello := text(resumedMessage{"resumed", h.mirror.epoch, resume.Revision, time.Now().UnixMilli()})
			return append(hello, delta...), p, max(rev, h.mirror.revision)
		}
	}
	if !a.fresh() {
		a.cache.frame = h.mirror.snapshot(a.Audience)
		a.cache.place, _ = a.log.end()
		a.cache.rev = h.mirror.revision
	}
	return a.cache.frame, a.cache.place, a.cache.rev
}

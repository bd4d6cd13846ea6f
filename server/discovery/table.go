package discovery

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"
)

const (
	maxCandidates = 4
	// settle is how long after a move packets of the old place may still be on
	// their way.
	settle = time.Second
)

// table holds what was heard, by board. It has no clock and does no I/O: every
// method is a function of the table, its arguments and now. Not safe for
// concurrent use.
//
// When unknown boards fill it, one that missed a whole interval gives way to a
// newcomer. A crowd that is all here does not: invented ids displace nobody.
//
// Times within it are multiples of the browsing interval: a board is gone, or an
// address forgotten, when it was not heard for three and a half of them, and
// the rest is said at the methods.
type table struct {
	interval   time.Duration
	maxUnknown int
	known      map[string]bool
	boards     map[string]*board
}

// board is one id with the devices that announce it, the newest first.
type board struct {
	id         string
	candidates []*candidate
	gone       bool
	window     time.Time // of heard
	heard      int       // sightings since window
}

func newTable(interval time.Duration, maxUnknown int) *table {
	return &table{interval: interval, maxUnknown: maxUnknown, boards: map[string]*board{}}
}

// setKnown names the boards of the configuration. They are always kept, the
// others up to maxUnknown; sweep removes those that are too many.
func (t *table) setKnown(ids []string) {
	t.known = make(map[string]bool, len(ids))
	for _, id := range ids {
		t.known[id] = true
	}
}

// see enters one sighting. The last of the events is about its board; one before
// it tells who had to give way. There are none when there is a reason to refuse.
func (t *table) see(s sighting, now time.Time) ([]event, Reason) {
	var events []event
	b := t.boards[s.id]
	if b == nil {
		if !t.known[s.id] && t.unknown() >= t.maxUnknown {
			out := t.stalest()
			if out == nil || now.Sub(out.lastSeen()) <= t.interval {
				return nil, TableFull
			}
			events = append(events, t.remove(out))
		}
		b = &board{id: s.id}
		t.boards[s.id] = b
	}
	if !b.admit(t.interval, now) {
		return nil, Flood
	}
	if len(b.candidates) == 0 || b.gone {
		return append(events, b.appear(s, now)), ""
	}
	before := b.announcement()
	b.enter(s, now)
	return append(events, event{b.changeSince(before), b.announcement()}), ""
}

// remove takes a board out of the table.
func (t *table) remove(b *board) event {
	delete(t.boards, b.id)
	b.gone = true
	return event{Gone, b.announcement()}
}

func (t *table) unknown() int {
	n := 0
	for id := range t.boards {
		if !t.known[id] {
			n++
		}
	}
	return n
}

// stalest is the unknown board that was silent for longest, or nil.
func (t *table) stalest() *board {
	var oldest *board
	for id, b := range t.boards {
		if t.known[id] {
			continue
		}
		if oldest == nil || cmp.Or(b.lastSeen().Compare(oldest.lastSeen()), strings.Compare(id, oldest.id)) < 0 {
			oldest = b
		}
	}
	return oldest
}

// sweep forgets what was not heard for too long and tells what that changed.
func (t *table) sweep(now time.Time) []event {
	var events []event
	for _, id := range slices.Sorted(maps.Keys(t.boards)) {
		b := t.boards[id]
		if b.gone {
			if !t.known[id] {
				delete(t.boards, id)
			}
			continue
		}
		if !b.age(t.interval, now) {
			continue
		}
		change := Changed
		if b.gone {
			change = Gone
			if !t.known[id] {
				delete(t.boards, id)
			}
		}
		events = append(events, event{change, b.announcement()})
	}
	return append(events, t.trim()...)
}

// trim removes unknown boards beyond the limit: there are some after setKnown.
func (t *table) trim() []event {
	var events []event
	for n := t.unknown(); n > t.maxUnknown; n-- {
		events = append(events, t.remove(t.stalest()))
	}
	return events
}

// undecided tells whether some board has just shown up at a second place. Asking
// more often then tells a move from a conflict: who still answers is there.
func (t *table) undecided(now time.Time) bool {
	for _, b := range t.boards {
		if b.undecided(t.interval, now) {
			return true
		}
	}
	return false
}

// all lists the boards by id.
func (t *table) all() []Announcement {
	list := make([]Announcement, 0, len(t.boards))
	for _, id := range slices.Sorted(maps.Keys(t.boards)) {
		list = append(list, t.boards[id].announcement())
	}
	return list
}

package registry

import "hob/internal/entity"

// leastRing is how many events a ring has room for when everybody keeps up.
const leastRing = 64

// ring keeps the newest events until whoever follows them has taken them. It grows
// with the slowest of those, up to most events, and shrinks when they have caught up:
// a thousand boards that come back want room, and a calm house does not.
type ring struct {
	most   int
	events []Event         // the one of a revision is at the revision modulo len
	kept   entity.Revision // nobody wanted anything older when the ring was last made to fit
}

func newRing(most int) ring {
	return ring{most: most, events: make([]Event, min(leastRing, most)), kept: 1}
}

// put takes up the event that follows the newest. oldest is asked, when room is short,
// for the oldest revision that somebody still wants.
func (g *ring) put(e Event, oldest func() entity.Revision) *Event {
	if !g.has(g.kept, e.Revision) {
		g.kept = oldest()
		g.fit(e.Revision)
	}
	at := g.at(e.Revision)
	*at = e
	return at
}

// has says whether there is room from one revision to another, and so, of the newest,
// whether nothing since the oldest is lost.
func (g *ring) has(oldest, newest entity.Revision) bool {
	return oldest+entity.Revision(len(g.events)) > newest
}

func (g *ring) at(r entity.Revision) *Event { return &g.events[r%entity.Revision(len(g.events))] }

// fit makes room up to the next event, and for as many again so that it is seldom done.
func (g *ring) fit(next entity.Revision) {
	wanted := int(next - g.kept + 1)
	size := min(leastRing, g.most)
	for size < 2*wanted && size < g.most {
		size = min(2*size, g.most)
	}
	if size == len(g.events) {
		return
	}
	old := *g
	g.events = make([]Event, size)
	for r := g.kept; r < next; r++ {
		*g.at(r) = *old.at(r)
	}
}

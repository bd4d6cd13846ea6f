package link

import (
	"cmp"
	"slices"
	"time"

	"hob/internal/entity"
	"hob/internal/wire"
)

// Status is what is known of one board, declared or only announced.
type Status struct {
	Name        entity.BoardName // "" when it is in no config
	ID          entity.BoardID
	Declared    bool
	State       entity.BoardStatus
	entity.Said // explains every State but BoardOnline
	Since       time.Time
	Address     string // "host:port" of the session, else the one tried last; may be ""
	Chip        string // as the board says; as declared while it has said nothing
	Firmware    string
	Adopted     bool          // the server holds a key for it
	Link        *Link         // nil while there is no session
	Update      *UpdateStatus // under way, or the last since the server started; nil for none
}

// Link is what is known of a live session.
type Link struct {
	Boot       string
	Reset      string // why the board started last
	Uptime     time.Duration
	Config     string // revision in force; "" for none
	Points     int
	RSSI       int64  // dBm; 0 when not on Wi-Fi or not known yet
	Heap       int64  // free bytes; 0 when not known yet
	HeapLow    *int64 // the least it was since boot; nil when not known
	Stack      *int64 // bytes that the busiest task has never used of its stack; nil when not known
	LoopMicros int64  // worst loop time lately; 0 when not known yet
	Temp       *int64
	Reconnects int // sessions since the server started, less one
	Refused    int // frames and sessions of this board that were refused since then
	Excess     int // reports of this board since then that came too often
}

// Status lists every declared board in the house's order, then the announced
// ones that are in no config, by id.
func (m *Manager) Status() []Status {
	m.mu.Lock()
	boards := slices.Clone(m.order)
	strangers := m.strangers()
	m.mu.Unlock()
	out := make([]Status, 0, len(boards)+len(strangers))
	for _, b := range boards {
		out = append(out, b.status(time.Now()))
	}
	slices.SortFunc(strangers, func(a, b Status) int { return cmp.Compare(a.ID, b.ID) })
	for i := range strangers {
		strangers[i].Adopted = m.holdsKey(strangers[i].ID)
	}
	return append(out, strangers...)
}

// Board gives the status of one board; false for one that nobody knows.
func (m *Manager) Board(id entity.BoardID) (Status, bool) {
	m.mu.Lock()
	b, seen := m.boards[id], m.seen[id]
	var s Status
	if b == nil && seen != nil {
		s = seen.status()
	}
	m.mu.Unlock()
	switch {
	case b != nil:
		return b.status(time.Now()), true
	case seen == nil:
		return Status{}, false
	}
	s.Adopted = m.holdsKey(id)
	return s, true
}

func (m *Manager) holdsKey(id entity.BoardID) bool {
	p, err := m.keys.Load(id)
	return err != nil || p.adopted() // a damaged file is not "no key"
}

// status is a copy; Adopted is left to the caller when no session tells.
func (b *board) status(now time.Time) Status {
	adopted := b.m.holdsKey(b.id)
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.shown
	s.Adopted = adopted
	if b.update != nil {
		u := *b.update
		s.Update = &u
	}
	if b.live != nil {
		l := b.figures
		b.live.mu.Lock()
		l.Uptime = time.Duration(b.live.clock.uptime(now)) * time.Millisecond
		b.live.mu.Unlock()
		s.Link = &l
	}
	return s
}

// show publishes how a board without a session is.
func (b *board) show(state entity.BoardStatus, why entity.Said) {
	b.publish(func() (entity.BoardStatus, entity.Said) { return state, why })
}

// showLive publishes what there is to say of the live session.
func (b *board) showLive() {
	b.publish(b.judge)
}

// judge is how a board with a session is, the worst first. The caller holds b.mu.
func (b *board) judge() (entity.BoardStatus, entity.Said) {
	s := b.live
	switch {
	case s == nil: // it has ended meanwhile
		return b.shown.State, b.shown.Said
	case s.attachment == nil:
		return entity.BoardWrongChip, entity.Say("other_chip",
			"The board has the chip {chip:q}, config.yaml says {declared}; it keeps the configuration it has",
			"chip", clip(s.hello.Chip), "declared", b.declared.Chip)
	case b.trouble != (entity.Said{}):
		return entity.BoardConfigRefused, b.trouble
	case b.doubt.stranger != "":
		return entity.BoardDuplicate, entity.Say("id_without_key",
			"A device at {stranger} announces this board's id and does not hold its key; the link to {address} goes on",
			"stranger", b.doubt.stranger, "address", b.shown.Address)
	case b.doubt.isTwice() && b.doubt.twin != "":
		return entity.BoardDuplicate, entity.Say("twin",
			"Two boards hold this board's id and its key: one at {address}, whose link goes on, and one at {twin}",
			"address", b.shown.Address, "twin", b.doubt.twin)
	case b.doubt.conflict != (entity.Said{}):
		return entity.BoardDuplicate, b.doubt.conflict
	}
	if words := b.update.words(); words != (entity.Said{}) || !b.flooding {
		return entity.BoardOnline, words
	}
	return entity.BoardOnline, floods()
}

// publish shows what judge says, which it calls with b.mu held.
func (b *board) publish(judge func() (entity.BoardStatus, entity.Said)) {
	b.publishing.Lock()
	defer b.publishing.Unlock()
	b.mu.Lock()
	s := &b.shown
	state, why := judge()
	if s.State == state && s.Said == why {
		b.mu.Unlock()
		return
	}
	if s.State != state {
		s.Since = time.Now()
	}
	s.State, s.Said = state, why
	rec := s.record()
	b.mu.Unlock()
	b.m.registry.SetBoard(rec)
}

func (s *Status) record() entity.BoardRecord {
	return entity.BoardRecord{Name: s.Name, ID: s.ID, Chip: s.Chip, Declared: s.Declared,
		Status: s.State, Said: s.Said, Since: s.Since.UnixMilli(),
		Address: s.Address, Firmware: s.Firmware}
}

func (b *board) setStats(f *wire.Stats) {
	b.mu.Lock()
	defer b.mu.Unlock()
	l := &b.figures
	l.Heap, l.HeapLow, l.Stack = f.Heap, f.HeapLow, f.Stack
	l.LoopMicros, l.RSSI, l.Temp = f.Loop, f.RSSI, f.Temp
}

func (b *board) setPoints(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.figures.Points = n
}

// setConfig notes the revision in force; settled when it is the wanted one. The caller
// has it shown.
func (b *board) setConfig(r revision, settled bool) {
	b.mu.Lock()
	b.figures.Config, b.kept = r.rev, r
	if settled && b.oversize == nil {
		b.trouble = entity.Said{}
	}
	b.mu.Unlock()
}

// setForeign notes that the board says to have what this session did not send
// it. It is not sent again at once: a board that does so would do it for ever.
// The caller has it shown.
func (b *board) setForeign(rev string) {
	b.mu.Lock()
	b.figures.Config = clip(rev)
	b.mu.Unlock()
	b.lacks(entity.Say("foreign_config", "The board says that another configuration is in force than the one it was sent"))
}

func (b *board) countUnknown() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.figures.Refused++
}

// configRefused shows it while the session goes on with the old configuration.
func (b *board) configRefused(why entity.Said) {
	b.lacks(why)
	b.showLive()
}

func (b *board) lacks(why entity.Said) {
	b.m.complain("config "+string(b.id), "board lacks its configuration", "board", b.id, "why", why.Message)
	b.mu.Lock()
	b.trouble = why
	b.mu.Unlock()
}

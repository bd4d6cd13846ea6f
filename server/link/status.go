package link

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"hob/internal/entity"
	"hob/internal/wire"
)

// Status is what is known of one board, declared or only announced.
type Status struct {
	Name     entity.BoardName // "" when it is in no config
	ID       entity.BoardID
	Declared bool
	State    entity.BoardStatus
	Message  string // explains every State but BoardOnline, in a sentence
	Since    time.Time
	Address  string // "host:port" of the session, else the one tried last; may be ""
	Chip     string // as the board says; as declared while it has said nothing
	Firmware string
	Adopted  bool          // the server holds a key for it
	Link     *Link         // nil while there is no session
	Update   *UpdateStatus // under way, or the last since the server started; nil for none
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
func (b *board) show(state entity.BoardStatus, message string) {
	b.publish(func() (entity.BoardStatus, string) { return state, message })
}

// showLive publishes what there is to say of the live session.
func (b *board) showLive() {
	b.publish(b.judge)
}

// judge is how a board with a session is, the worst first. The caller holds b.mu.
func (b *board) judge() (entity.BoardStatus, string) {
	s := b.live
	switch {
	case s == nil: // it has ended meanwhile
		return b.shown.State, b.shown.Message
	case s.attachment == nil:
		return entity.BoardWrongChip, fmt.Sprintf(
			"The board has the chip %q, config.yaml says %s; it keeps the configuration it has", clip(s.hello.Chip), b.declared.Chip)
	case b.trouble != "":
		return entity.BoardConfigRefused, b.trouble
	case b.doubt.stranger != "":
		return entity.BoardDuplicate, fmt.Sprintf(
			"A device at %s announces this board's id and does not hold its key; the link to %s goes on", b.doubt.stranger, b.shown.Address)
	case b.doubt.isTwice() && b.doubt.twin != "":
		return entity.BoardDuplicate, fmt.Sprintf(
			"Two boards hold this board's id and its key: one at %s, whose link goes on, and one at %s", b.shown.Address, b.doubt.twin)
	case b.doubt.conflict != "":
		return entity.BoardDuplicate, b.doubt.conflict
	}
	return entity.BoardOnline, b.update.words()
}

// publish shows what judge says, which it calls with b.mu held.
func (b *board) publish(judge func() (entity.BoardStatus, string)) {
	b.publishing.Lock()
	defer b.publishing.Unlock()
	b.mu.Lock()
	s := &b.shown
	state, message := judge()
	if s.State == state && s.Message == message {
		b.mu.Unlock()
		return
	}
	if s.State != state {
		s.Since = time.Now()
	}
	s.State, s.Message = state, message
	rec := s.record()
	b.mu.Unlock()
	b.m.registry.SetBoard(rec)
}

func (s *Status) record() entity.BoardRecord {
	return entity.BoardRecord{Name: s.Name, ID: s.ID, Chip: s.Chip, Declared: s.Declared,
		Status: s.State, Message: s.Message, Since: s.Since.UnixMilli(),
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

// setConfig notes the revision in force; settled when it is the wanted one.
func (b *board) setConfig(r revision, settled bool) {
	b.mu.Lock()
	b.figures.Config, b.kept = r.rev, r
	if settled && b.oversize == nil {
		b.trouble = ""
	}
	b.mu.Unlock()
	b.showLive()
}

// setForeign notes that the board says to have what this session did not send
// it. It is not sent again at once: a board that does so would do it for ever.
func (b *board) setForeign(rev string) {
	b.mu.Lock()
	b.figures.Config = clip(rev)
	b.mu.Unlock()
	b.configRefused("The board says that another configuration is in force than the one it was sent")
}

func (b *board) countUnknown() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.figures.Refused++
}

// configRefused shows it while the session goes on with the old configuration.
func (b *board) configRefused(why string) {
	b.m.complain("config "+string(b.id), "board lacks its configuration", "board", b.id, "why", why)
	b.mu.Lock()
	b.trouble = why
	b.mu.Unlock()
	b.showLive()
}

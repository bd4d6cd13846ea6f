package link

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"hob/internal/entity"
)

// maxStrangers is how many announced boards that are in no config are listed.
const maxStrangers = 100

// Announcement is what discovery has heard of one board. It is anybody's word.
type Announcement struct {
	ID        entity.BoardID
	Addresses []netip.AddrPort // the best first
	State     string           // "new" or "adopted"
	Chip      string
	Firmware  string
	Conflict  string // why two boards seem to announce the id; "" when not
}

// conflict is Conflict in words, with the addresses of both; nothing when there is none.
func (a *Announcement) conflict() entity.Said {
	if a.Conflict == "" {
		return entity.Said{}
	}
	return entity.Say("announced_twice", "{_conflict}", "addresses", a.where(), "_conflict", strings.ToUpper(a.Conflict[:1])+a.Conflict[1:])
}

// where lists the addresses, apart by spaces.
func (a *Announcement) where() string {
	var out []string
	for _, at := range a.Addresses {
		out = append(out, at.String())
	}
	return strings.Join(out, " ")
}

// stateNew is the State of a board without a key.
const stateNew = "new"

// sighting is an announcement and when it was heard.
type sighting struct {
	Announcement
	first, last time.Time
	listed      entity.BoardRecord // as the registry has it
}

// Found takes an announcement. A board that is declared and has no session is
// dialled at once; a session that lives is left alone.
func (m *Manager) Found(a Announcement) {
	if !entity.ValidBoardID(string(a.ID)) {
		return
	}
	a.Addresses = slices.Clone(a.Addresses[:min(len(a.Addresses), maxAddresses)])
	a.Chip, a.Firmware, a.Conflict = clip(a.Chip), clip(a.Firmware), clipWords(a.Conflict)
	now := time.Now()
	m.mu.Lock()
	s := m.seen[a.ID]
	var crowded entity.BoardID
	if s == nil {
		s = &sighting{first: now, last: now}
		m.seen[a.ID] = s
		crowded = m.crowdedOut()
	}
	s.Announcement, s.last = a, now
	b := m.boards[a.ID]
	m.mu.Unlock()
	if crowded != "" {
		m.registry.RemoveBoard(crowded)
	}
	if b != nil {
		b.announced(a)
		return
	}
	m.list(a.ID)
}

// Lost takes discovery's word that a board is not heard any more. That ends no
// session; a board that is in no config leaves the list.
func (m *Manager) Lost(id entity.BoardID) {
	m.mu.Lock()
	b := m.boards[id]
	delete(m.seen, id)
	m.mu.Unlock()
	if b == nil {
		m.registry.RemoveBoard(id)
		return
	}
	b.unheard()
}

// list shows an announced board that is in no config.
func (m *Manager) list(id entity.BoardID) {
	m.mu.Lock()
	s, declared := m.seen[id], m.boards[id] != nil
	var rec entity.BoardRecord
	known := true
	if s != nil && !declared {
		status := s.status()
		rec = status.record()
		known = rec == s.listed
		s.listed = rec
	}
	m.mu.Unlock()
	if !known {
		m.registry.SetBoard(rec)
	}
}

// took notes that a board that is in no config has been adopted. Its announcement says
// so too, when it is heard the next time.
func (m *Manager) took(id entity.BoardID) {
	m.mu.Lock()
	if s := m.seen[id]; s != nil {
		s.State = "adopted"
	}
	m.mu.Unlock()
	m.list(id)
}

// undeclared makes a stranger of a board that has left the house.
func (m *Manager) undeclared(id entity.BoardID) {
	m.mu.Lock()
	s, declared := m.seen[id], m.boards[id] != nil
	if s != nil {
		s.listed = entity.BoardRecord{}
	}
	m.mu.Unlock()
	switch {
	case declared:
	case s == nil:
		m.registry.RemoveBoard(id)
	default:
		m.mu.Lock()
		crowded := m.crowdedOut()
		m.mu.Unlock()
		m.list(id)
		if crowded != "" {
			m.registry.RemoveBoard(crowded)
		}
	}
}

// crowdedOut forgets the stranger that was heard longest ago when there are too
// many, and gives its id; "" when there are not. The caller holds m.mu.
func (m *Manager) crowdedOut() (oldest entity.BoardID) {
	n := 0
	for id, s := range m.seen {
		if m.boards[id] != nil {
			continue
		}
		n++
		if oldest == "" || s.last.Before(m.seen[oldest].last) {
			oldest = id
		}
	}
	if n <= maxStrangers {
		return ""
	}
	delete(m.seen, oldest)
	return oldest
}

// strangers lists the announced boards that are in no config. The caller holds m.mu.
func (m *Manager) strangers() []Status {
	var out []Status
	for id, s := range m.seen {
		if m.boards[id] == nil {
			out = append(out, s.status())
		}
	}
	return out
}

func (s *sighting) status() Status {
	st := Status{ID: s.ID, State: entity.BoardUnknown, Since: s.first, Chip: s.Chip, Firmware: s.Firmware,
		Said: entity.Say("stranger", "Found on the network, not in config.yaml")}
	if len(s.Addresses) > 0 {
		st.Address = s.Addresses[0].String()
	}
	switch {
	case s.Conflict != "":
		st.Said = entity.Say("stranger_twice", "Found on the network, not in config.yaml; {_conflict}",
			"addresses", s.where(), "_conflict", s.Conflict)
	case s.State == stateNew:
		st.Said = entity.Say("stranger_new", "Found on the network, not in config.yaml; it waits to be adopted")
	}
	return st
}

// clipWords bounds a sentence that comes from elsewhere.
func clipWords(s string) string { return strings.ToValidUTF8(s[:min(len(s), 200)], "") }

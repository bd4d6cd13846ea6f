package hub

import (
	"container/list"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"hob/internal/entity"
	"hob/internal/registry"
)

// mostTombstones is how many removed things are remembered for clients that
// resume; one whose revision is older gets the snapshot.
const mostTombstones = 1024

// mirror is the hub's copy of the house: the newest state of everything, in
// the order of its last change, and the JSON of it. Hub.mu guards it.
type mirror struct {
	epoch    string
	revision entity.Revision
	house    *entity.House
	config   *entity.ConfigStatus
	houseRev entity.Revision
	entities map[entity.ID]*thing
	boards   map[entity.BoardID]*thing
	notices  []*thing   // oldest first
	recent   *list.List // of *thing, the newest change last
	gone     int        // tombstones in recent
	floor    entity.Revision
}

// thing is an entity, a board, a notice, or the tombstone of one.
type thing struct {
	key      string          // its id; of a notice the decimal digits
	rev      entity.Revision // of the newest change
	declared entity.Revision // since when clients know its static part
	entity   *entity.Record
	board    *entity.BoardRecord
	notice   *entity.Notice
	state    []byte // newest state frame, for those who resume; nil while nobody has needed it
	object   []byte // JSON for snapshots; nil when stale
	removed  string // message type of a tombstone; "" for what is there
	at       *list.Element
}

func newMirror(s registry.Snapshot) *mirror {
	m := &mirror{epoch: s.Epoch, revision: s.Revision, floor: s.Revision, house: s.House, config: s.Config, houseRev: s.Revision,
		entities: map[entity.ID]*thing{}, boards: map[entity.BoardID]*thing{}, recent: list.New()}
	// Everything counts as older than the snapshot, which is the floor: a
	// client from before it gets a snapshot too.
	for _, b := range s.Boards {
		t := &thing{key: string(b.ID), board: &b}
		m.boards[b.ID] = t
		t.at = m.recent.PushBack(t)
	}
	for _, rec := range s.Entities {
		t := &thing{key: string(rec.ID), entity: rec}
		m.entities[rec.ID] = t
		t.at = m.recent.PushBack(t)
	}
	for _, n := range s.Notices {
		m.addNotice(&n, 0)
	}
	return m
}

func (m *mirror) addNotice(n *entity.Notice, rev entity.Revision) {
	t := &thing{key: strconv.FormatInt(n.ID, 10), notice: n}
	m.notices = append(m.notices, t)
	m.touch(t, rev)
}

// removeNotice keeps a tombstone of a notice and gives the frame that tells of it.
func (m *mirror) removeNotice(id int64, rev entity.Revision) []byte {
	if i := slices.IndexFunc(m.notices, func(t *thing) bool { return t.notice.ID == id }); i >= 0 {
		m.bury(m.notices[i], "notice_removed", rev)
		m.notices = slices.Delete(m.notices, i, i+1)
	}
	return text(noticeRemovedMessage{"notice_removed", rev, id})
}

// apply takes one event and returns its frame.
func (m *mirror) apply(e registry.Event) []byte {
	m.revision = e.Revision
	switch e.Kind {
	case registry.StateChanged:
		t := m.entities[e.ID]
		t.entity, t.object, t.state = e.Entity, nil, nil
		m.touch(t, e.Revision)
		return stateFrame(e.Entity)
	case registry.EntityDeclared:
		t := m.entities[e.ID]
		if t == nil {
			t = &thing{key: string(e.ID)}
			m.entities[e.ID] = t
		}
		t.entity, t.object, t.state, t.declared = e.Entity, nil, nil, e.Revision
		m.touch(t, e.Revision)
		return text(entityMessage{"entity", e.Revision, e.Entity})
	case registry.EntityRemoved:
		m.bury(m.entities[e.ID], "removed", e.Revision)
		delete(m.entities, e.ID)
		return text(removedMessage{"removed", e.Revision, string(e.ID)})
	case registry.BoardChanged:
		t := m.boards[e.Board.ID]
		if t == nil {
			t = &thing{key: string(e.Board.ID)}
			m.boards[e.Board.ID] = t
		}
		t.board, t.object = e.Board, nil
		m.touch(t, e.Revision)
		return text(boardMessage{"board", e.Revision, *e.Board})
	case registry.BoardRemoved:
		m.bury(m.boards[e.Board.ID], "board_removed", e.Revision)
		delete(m.boards, e.Board.ID)
		return text(removedMessage{"board_removed", e.Revision, string(e.Board.ID)})
	case registry.HouseChanged:
		m.house, m.config, m.houseRev = e.House, e.Config, e.Revision
		return m.houseFrame()
	case registry.NoticeAdded:
		m.addNotice(e.Notice, e.Revision)
		return text(noticeMessage{"notice", e.Revision, e.Notice})
	case registry.NoticeRemoved:
		return m.removeNotice(e.Notice.ID, e.Revision)
	}
	return nil
}

func (m *mirror) houseFrame() []byte {
	order := make([]entity.ID, 0, len(m.house.Entities))
	for _, e := range m.house.Entities {
		order = append(order, e.ID)
	}
	return text(houseMessage{"house", m.houseRev, houseOf(m.house, m.config), order})
}

func (m *mirror) touch(t *thing, rev entity.Revision) {
	t.rev = rev
	if t.at == nil {
		t.at = m.recent.PushBack(t)
		return
	}
	m.recent.MoveToBack(t.at)
}

// bury keeps a tombstone. It forgets the oldest one when there are too many,
// and with it how to serve clients from before that.
func (m *mirror) bury(t *thing, message string, rev entity.Revision) {
	if t == nil {
		return
	}
	m.recent.Remove(t.at)
	grave := &thing{key: t.key, rev: rev, removed: message}
	grave.entity, grave.board, grave.notice = t.entity, t.board, t.notice
	grave.at = m.recent.PushBack(grave)
	if m.gone++; m.gone <= mostTombstones {
		return
	}
	for e := m.recent.Front(); e != nil; e = e.Next() {
		if old := e.Value.(*thing); old.removed != "" {
			m.floor = max(m.floor, old.rev)
			m.recent.Remove(e)
			m.gone--
			return
		}
	}
}

// since is the newest state of what changed after rev, in rising order; false
// when that is not known, or more than a snapshot is worth.
func (m *mirror) since(rev entity.Revision, a Audience) ([]byte, bool) {
	if rev < m.floor || rev > m.revision {
		return nil, false
	}
	var changed []*thing
	for e := m.recent.Back(); e != nil && e.Value.(*thing).rev > rev; e = e.Prev() {
		if t := e.Value.(*thing); a.seesThing(t) {
			changed = append(changed, t)
		}
	}
	if len(changed) > 64 && len(changed) > len(m.entities)/2 {
		return nil, false
	}
	var out []byte
	house := m.houseRev > rev
	for _, t := range slices.Backward(changed) {
		if house && t.rev > m.houseRev {
			out, house = append(out, m.houseFrame()...), false
		}
		out = append(out, t.frame(rev)...)
	}
	if house {
		out = append(out, m.houseFrame()...)
	}
	return out, true
}

func (a Audience) seesThing(t *thing) bool {
	switch {
	case t.entity != nil:
		return a.sees(t.entity.ID)
	case t.board != nil:
		return a.seesBoard(*t.board)
	}
	return true // what people are told, everybody is
}

// frame is the newest of t for a client that has everything up to rev.
func (t *thing) frame(rev entity.Revision) []byte {
	switch {
	case t.removed != "" && t.notice != nil:
		return text(noticeRemovedMessage{t.removed, t.rev, t.notice.ID})
	case t.removed != "":
		return text(removedMessage{t.removed, t.rev, t.key})
	case t.notice != nil:
		return text(noticeMessage{"notice", t.rev, t.notice})
	case t.board != nil:
		return text(boardMessage{"board", t.rev, *t.board})
	case t.declared > rev:
		return text(entityMessage{"entity", t.rev, t.entity})
	case t.state == nil:
		t.state = stateFrame(t.entity)
	}
	return t.state
}

// snapshot is the snapshot message as a frame. Objects that have not changed
// since the last one are not encoded again, and none is copied twice.
func (m *mirror) snapshot(a Audience) []byte {
	head := []byte(`{"type":"snapshot","epoch":` + strconv.Quote(m.epoch) +
		`,"revision":` + strconv.FormatUint(uint64(m.revision), 10) +
		`,"time":` + strconv.FormatInt(time.Now().UnixMilli(), 10) + `,"house":`)
	head = append(head, marshal(houseOf(m.house, m.config))...)
	head = append(head, `,"boards":[`...)
	const between, then, end = `],"entities":[`, `],"notices":[`, `]}`
	boards, size := m.boardObjects(a)
	entities, more := m.entityObjects(a)
	notices, most := m.noticeObjects()
	size += len(head) + more + most + len(between) + len(then) + len(end)
	b := append(frameHead(frameText, size), head...)
	b = appendList(b, boards)
	b = append(b, between...)
	b = appendList(b, entities)
	b = append(b, then...)
	b = appendList(b, notices)
	return append(b, end...)
}

// boardObjects are the boards that an audience sees, as JSON, and how long they
// are as a list.
func (m *mirror) boardObjects(a Audience) (objects [][]byte, size int) {
	for _, t := range m.boardsInOrder() {
		if a.seesBoard(*t.board) {
			objects = append(objects, t.json())
			size += len(t.object) + 1
		}
	}
	return objects, max(size-1, 0)
}

// entityObjects are the entities, likewise.
func (m *mirror) entityObjects(a Audience) (objects [][]byte, size int) {
	objects = make([][]byte, 0, len(m.house.Entities))
	for _, e := range m.house.Entities {
		if t := m.entities[e.ID]; t != nil && a.sees(e.ID) {
			objects = append(objects, t.json())
			size += len(t.object) + 1
		}
	}
	return objects, max(size-1, 0)
}

// noticeObjects are the notices, likewise.
func (m *mirror) noticeObjects() (objects [][]byte, size int) {
	for _, t := range m.notices {
		objects = append(objects, t.json())
		size += len(t.object) + 1
	}
	return objects, max(size-1, 0)
}

func appendList(b []byte, objects [][]byte) []byte {
	for i, o := range objects {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, o...)
	}
	return b
}

// boardsInOrder lists the declared boards in the file's order, then the others by id.
func (m *mirror) boardsInOrder() []*thing {
	var out, found []*thing
	for _, d := range m.house.Boards {
		if t := m.boards[d.ID]; t != nil {
			out = append(out, t)
		}
	}
	for _, t := range m.boards {
		if !t.board.Declared {
			found = append(found, t)
		}
	}
	slices.SortFunc(found, func(a, b *thing) int {
		if a.key < b.key {
			return -1
		}
		return 1
	})
	return append(out, found...)
}

// json is the thing for snapshots.
func (t *thing) json() []byte {
	if t.object == nil {
		switch {
		case t.board != nil:
			t.object = marshal(t.board)
		case t.notice != nil:
			t.object = marshal(t.notice)
		default:
			t.object = marshal(t.entity)
		}
	}
	return t.object
}

func marshal(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic("hub: " + err.Error()) // our own types always marshal
	}
	return b
}

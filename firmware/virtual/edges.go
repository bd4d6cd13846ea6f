package main

import (
	"encoding/hex"
	"encoding/json"
	"sync"
)

// edgeKind says what happened at a pin.
type edgeKind uint8

const (
	edgeReleased edgeKind = iota // the pin drives nothing any more
	edgeOutput                   // an output took a level
	edgePWM                      // an output took a duty
	edgeStrip                    // a strip was filled with one colour
	edgeInput                    // the level at an input changed
)

func (k edgeKind) String() string {
	return [...]string{"released", "output", "pwm", "strip", "input"}[k]
}

// edge is one change at a pin. value depends on kind: 0 or 1 for a level, 0 to
// 65535 for a duty, the three bytes of a pixel in the order of the wire.
type edge struct {
	seq    uint64 // counts from 1 for the life of the process
	unixNS int64
	upMS   int64
	value  uint32
	boot   int32
	pin    uint8
	kind   edgeKind
}

// MarshalJSON writes the form that docs/virtual-boards.md describes.
func (e edge) MarshalJSON() ([]byte, error) {
	out := struct {
		Seq    uint64  `json:"seq"`
		Boot   int32   `json:"boot"`
		UpMS   int64   `json:"up"`
		UnixNS int64   `json:"unix_ns"`
		Pin    uint8   `json:"pin"`
		What   string  `json:"what"`
		Level  *bool   `json:"level,omitempty"`
		Duty   *uint32 `json:"duty,omitempty"`
		Pixel  string  `json:"pixel,omitempty"`
	}{Seq: e.seq, Boot: e.boot, UpMS: e.upMS, UnixNS: e.unixNS, Pin: e.pin, What: e.kind.String()}
	switch e.kind {
	case edgeOutput, edgeInput:
		level := e.value == 1
		out.Level = &level
	case edgePWM:
		out.Duty = &e.value
	case edgeStrip:
		out.Pixel = pixelHex([3]byte{byte(e.value >> 16), byte(e.value >> 8), byte(e.value)})
	}
	return json.Marshal(out)
}

func pixelHex(p [3]byte) string { return hex.EncodeToString(p[:]) }

// edgeLog keeps the newest edges of one board. It is for use by any goroutine.
type edgeLog struct {
	limit int // edges kept

	mu       sync.Mutex
	follower func(edge)
	ring     []edge // grows to limit, then edge seq is at (seq-1) % limit
	last     uint64
	more     chan struct{} // closed by the next add; nil while nobody waits
}

func (l *edgeLog) add(e edge) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last++
	e.seq = l.last
	if len(l.ring) < l.limit {
		l.ring = append(l.ring, e)
	} else {
		l.ring[(e.seq-1)%uint64(l.limit)] = e
	}
	if l.more != nil {
		close(l.more)
		l.more = nil
	}
	if l.follower != nil {
		l.follower(e)
	}
}

// follow has take told of every edge from now on. It is called with locks held,
// so it must only take note.
func (l *edgeLog) follow(take func(edge)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.follower = take
}

// edgeView is a look at the log from one point on.
type edgeView struct {
	edges []edge
	last  uint64          // seq of the newest edge
	lost  uint64          // how many edges after since are kept no more
	more  <-chan struct{} // closed when there are further ones
}

// since gives the edges after number seq, oldest first.
func (l *edgeLog) since(seq uint64) edgeView {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.more == nil {
		l.more = make(chan struct{})
	}
	view := edgeView{edges: []edge{}, last: l.last, more: l.more}
	oldest := l.last - uint64(len(l.ring)) // the one before the oldest kept
	if seq < oldest {
		view.lost = oldest - seq
		seq = oldest
	}
	for n := seq; n < l.last; n++ { // edge n+1
		view.edges = append(view.edges, l.ring[n%uint64(l.limit)])
	}
	return view
}

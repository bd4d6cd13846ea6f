package hub

import (
	"sync/atomic"

	"hob/internal/entity"
)

const (
	segmentSize = 64 << 10
	// keptSegments is how far behind a client may fall before it is served
	// from the mirror instead of the log.
	keptSegments = 4
)

// log is an audience's frames, one after the other, ready for the wire. One
// goroutine at a time appends (under Hub.mu); any number read without a lock.
type log struct {
	head *segment
	tail *segment // the oldest that is kept
}

// segment is a piece of a log. Bytes below the published length never change.
type segment struct {
	seq    uint64
	before entity.Revision // the newest revision ahead of this segment
	buf    []byte
	mark   atomic.Uint64 // published length << 32 | (newest revision - before)
	next   atomic.Pointer[segment]
}

// place is how far a client has got: everything ahead of it is sent or on its way.
type place struct {
	seg *segment
	off int
}

func newLog(rev entity.Revision) log {
	s := &segment{before: rev, buf: make([]byte, segmentSize)}
	return log{head: s, tail: s}
}

func (s *segment) published() (n int, rev entity.Revision) {
	m := s.mark.Load()
	return int(m >> 32), s.before + entity.Revision(m&0xffffffff)
}

// end is the place after the newest frame.
func (l *log) end() (place, entity.Revision) {
	n, rev := l.head.published()
	return place{l.head, n}, rev
}

// append adds a frame. newest tells readers which segment is the newest.
func (l *log) append(frame []byte, rev entity.Revision, newest *atomic.Uint64) {
	s := l.head
	n, last := s.published()
	if n+len(frame) > len(s.buf) {
		next := &segment{seq: s.seq + 1, before: last, buf: make([]byte, max(segmentSize, len(frame)))}
		newest.Store(next.seq)
		s.next.Store(next)
		l.head, s, n = next, next, 0
		l.trim()
	}
	copy(s.buf[n:], frame)
	s.mark.Store(uint64(n+len(frame))<<32 | uint64(rev-s.before))
}

// trim cuts off what is kept no more: whoever still holds a place there, however
// long, must not hold everything after it too.
func (l *log) trim() {
	for l.tail.seq+keptSegments < l.head.seq {
		old := l.tail
		l.tail = old.next.Load()
		old.next.Store(nil)
	}
}

// since is about how many bytes came after p: a segment counts as full.
func (l *log) since(p place) int {
	n, _ := l.head.published()
	return int(l.head.seq-p.seg.seq)*segmentSize + n - p.off
}

// read returns what is published from p on within one segment, the place after
// it and the newest revision it holds. It is empty at the log's end, and in a
// segment that was cut off: a reader that finds nothing asks whether it lags.
func (p place) read() (frames []byte, after place, rev entity.Revision) {
	for {
		next := p.seg.next.Load() // before the length: a full segment grows no more
		n, rev := p.seg.published()
		if p.off < n || next == nil {
			return p.seg.buf[p.off:n], place{p.seg, n}, rev
		}
		p = place{next, 0}
	}
}

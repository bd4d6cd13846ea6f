package hub

import (
	"sync/atomic"
	"testing"

	"hob/internal/entity"
)

func TestAPlaceThatFellOutOfTheLogHoldsNothingAfterIt(t *testing.T) {
	l, newest := newLog(0), new(atomic.Uint64)
	first, _ := l.end()
	frame := make([]byte, segmentSize)
	for rev := range entity.Revision(3 * keptSegments) {
		l.append(frame, rev+1, newest)
	}
	held := 0
	for s := first.seg; s != nil; s = s.next.Load() {
		held++
	}
	if held != 1 {
		t.Errorf("the oldest place holds %d segments", held)
	}
	kept := 0
	for s := l.tail; s != nil; s = s.next.Load() {
		kept++
	}
	if kept != keptSegments+1 {
		t.Errorf("%d segments are kept, want %d", kept, keptSegments+1)
	}
	a := audience{log: l}
	a.newest.Store(newest.Load())
	if !a.lagging(first) || a.lagging(place{l.tail, 0}) {
		t.Error("what was cut off does not lag, or what is kept does")
	}
}

func TestALargeSnapshotServesWhileTheLogAfterItIsKeptAndShorter(t *testing.T) {
	a := audience{log: newLog(0)}
	a.cache.frame = make([]byte, largeSnapshot+1)
	a.cache.place, _ = a.log.end()
	for rev := entity.Revision(1); a.log.since(a.cache.place) <= len(a.cache.frame); rev++ {
		if !a.fresh() {
			t.Fatalf("stale with %d bytes after it", a.log.since(a.cache.place))
		}
		a.log.append(make([]byte, segmentSize/2), rev, &a.newest)
	}
	if a.fresh() {
		t.Error("fresh although the log is longer than a new snapshot")
	}
	a.cache.frame = make([]byte, 100*segmentSize)
	for rev := entity.Revision(100); a.log.head.seq <= keptSegments; rev++ {
		a.log.append(make([]byte, segmentSize), rev, &a.newest)
	}
	if a.fresh() {
		t.Error("fresh although the log after it is not kept")
	}
}

func TestASmallSnapshotServesUntilSomethingChanges(t *testing.T) {
	a := audience{log: newLog(0)}
	a.cache.frame = make([]byte, largeSnapshot)
	a.cache.place, _ = a.log.end()
	if !a.fresh() {
		t.Error("stale although nothing has changed")
	}
	a.log.append(make([]byte, 100), 1, &a.newest)
	if a.fresh() {
		t.Error("fresh although something has changed")
	}
}

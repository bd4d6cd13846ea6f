package link

import (
	"errors"
	"sync"
	"testing"
	"time"

	"hob/internal/wire"
)

// updatable plays what docs/wire.md, "Another firmware", asks of a board. Its
// fields say what goes wrong; they are set before the update begins.
type updatable struct {
	r *rig

	mu      sync.Mutex
	head    *wire.UpdateBegin
	stored  []byte
	comings []coming // every part that came, and when

	// answers, when set, takes the place of the answer to a part. It is called with mu held.
	answers func(s *fakeSession, at int64) bool
	// dies, when set, says whether power goes as a stage is reached; it comes back 3 s later.
	dies map[string]bool
	// mute holds words that are lost on the way: restarting, kept.
	mute map[string]bool
	// bad is a firmware that the board does not keep.
	bad bool
	// gone is a board that does not come back.
	gone bool
}

type coming struct {
	at int64
	n  int
}

func newUpdatable(r *rig) *updatable {
	u := &updatable{r: r}
	r.hall.mu.Lock()
	r.hall.intercept = u.hear
	r.hall.mu.Unlock()
	return u
}

// testImage is n bytes for the board hall.
func testImage(n int) *Image {
	data := make([]byte, n)
	for i := range data {
		data[i] = byte(i * 7)
	}
	return &Image{Data: data, Head: wire.UpdateBegin{Chip: "esp32", FW: "0.2.0", Security: 1, Size: int64(n)}}
}

func (u *updatable) hear(s *fakeSession, f wire.ServerFrame) bool {
	switch f := f.(type) {
	case *wire.UpdateBegin:
		u.begin(s, f)
	case *wire.UpdatePart:
		u.part(s, f)
	default:
		return false
	}
	return true
}

func (u *updatable) begin(s *fakeSession, f *wire.UpdateBegin) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.head == nil || u.head.SHA256 != f.SHA256 || u.head.Size != f.Size {
		u.head, u.stored = f, nil
	}
	u.say(s, wire.UpdateReceiving)
}

func (u *updatable) part(s *fakeSession, f *wire.UpdatePart) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.comings = append(u.comings, coming{f.At, len(f.Data)})
	if len(u.comings) > 200 {
		return // a flood: the test fails, and does not drown
	}
	if u.dies["sending"] && len(u.stored) > 0 {
		u.powerCut("sending", nil)
		return
	}
	if u.answers != nil && u.answers(s, f.At) {
		return
	}
	if f.At == int64(len(u.stored)) {
		u.stored = append(u.stored, f.Data...)
	}
	if int64(len(u.stored)) < u.head.Size {
		u.say(s, wire.UpdateReceiving)
		return
	}
	u.say(s, wire.UpdateChecking)
	if u.dies["checking"] {
		u.powerCut("checking", nil)
		return
	}
	if !u.mute["restarting"] {
		u.say(s, wire.UpdateRestarting)
	}
	u.powerCut("restarting", func(b *fakeBoard) {
		if u.bad {
			return
		}
		b.fw, b.trial, b.slot = u.head.FW, true, otherSlot(b.slot)
		go u.prove()
	})
}

// otherSlot is 0 for a board that does not tell its slot.
func otherSlot(slot int) int {
	if slot == 0 {
		return 0
	}
	return 3 - slot
}

// powerCut is a restart; change is what is different after it. What had come is
// forgotten. The caller holds mu.
func (u *updatable) powerCut(stage string, change func(*fakeBoard)) {
	delete(u.dies, stage)
	go func() {
		b := u.r.hall
		b.stop()
		u.mu.Lock()
		defer u.mu.Unlock()
		if u.gone {
			return
		}
		if change == nil {
			u.head = nil
		}
		time.Sleep(3 * time.Second)
		b.mu.Lock()
		b.boot++
		b.booted = time.Now()
		b.session = nil
		if change != nil {
			change(b)
		}
		b.mu.Unlock()
		b.start(u.r.net.listen(hallAddr))
		u.r.found(hallAddr)
	}()
}

// prove says that the firmware is kept after 10 s with a session, or goes back.
func (u *updatable) prove() {
	time.Sleep(20 * time.Second)
	u.mu.Lock()
	defer u.mu.Unlock()
	b := u.r.hall
	if u.dies["proving"] {
		u.powerCut("proving", func(b *fakeBoard) { b.fw, b.trial, b.slot = "0.1.0", false, otherSlot(b.slot) })
		return
	}
	b.mu.Lock()
	b.trial = false
	s := b.session
	b.mu.Unlock()
	if u.mute["kept"] {
		s.close(closeSilent, "a moment of no Wi-Fi")
		return
	}
	s.send(&wire.Update{Stamp: b.stamp(), Stage: wire.UpdateKept})
}

func (u *updatable) say(s *fakeSession, stage wire.UpdateStage) {
	s.send(&wire.Update{Stamp: s.b.stamp(), Stage: stage, Next: int64(len(u.stored))})
}

// parts are those that came, in order.
func (u *updatable) parts() []coming {
	u.mu.Lock()
	defer u.mu.Unlock()
	return append([]coming(nil), u.comings...)
}

// updated lets the update end, and gives how.
func (r *rig) updated(within time.Duration) UpdateStatus {
	r.t.Helper()
	for begun := time.Now(); ; pass(time.Second) {
		u := r.status().Update
		if u == nil {
			r.t.Fatal("no update")
		}
		if u.Done < 0 || u.Done > u.Size {
			r.t.Fatalf("%d of %d bytes", u.Done, u.Size)
		}
		if u.over() {
			return *u
		}
		if time.Since(begun) > within {
			r.t.Fatalf("still %+v after %v", *u, within)
		}
	}
}

// update begins one, which has to be taken.
func (r *rig) update(i *Image) {
	r.t.Helper()
	if err := r.m.Update(r.t.Context(), hallID, i); err != nil {
		r.t.Fatal(err)
	}
}

func wantKind(t *testing.T, err error, kind Kind) {
	t.Helper()
	var why *Error
	if !errors.As(err, &why) || why.Kind != kind {
		t.Fatalf("%v, want kind %v", err, kind)
	}
}

const threeParts = 2*wire.MaxPart + 100

package registry

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hob/internal/entity"
)

// TestARingHasRoomForTheSlowestAndNoMore drives a ring as subscribers would who take
// when they like: all get everything in order unless they are most events behind,
// whoever keeps up costs next to nothing, and what was needed once is given back.
func TestARingHasRoomForTheSlowestAndNoMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		most := rapid.SampledFrom([]int{1, 4, 64, 100, 300}).Draw(t, "most")
		r := New(Options{Events: most})
		subs := make([]*Subscription, rapid.IntRange(0, 3).Draw(t, "subscribers"))
		next := make([]entity.Revision, len(subs))
		for i := range subs {
			_, subs[i] = r.Subscribe(func() {})
			next[i] = 1
		}
		take := func(i int, room int) {
			got, err := subs[i].Take(make([]Event, 0, room))
			if lost := int(r.revision-next[i])+1 > most; lost != errors.Is(err, ErrLagged) {
				t.Fatalf("%d behind of %d: %v", r.revision-next[i]+1, most, err)
			}
			for _, e := range got {
				if e.Revision != next[i] || int64(e.Revision) != e.Made.UnixNano() {
					t.Fatalf("subscriber %d got %d of %d, want %d", i, e.Revision, e.Made.UnixNano(), next[i])
				}
				next[i]++
			}
			if err != nil {
				subs[i].Close()
				_, subs[i] = r.Subscribe(func() {})
				next[i] = r.revision + 1
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"publish": func(t *rapid.T) {
				for range rapid.SampledFrom([]int{1, 3, 40, 350}).Draw(t, "events") {
					r.publish(Event{Kind: NoticeAdded, Made: time.Unix(0, int64(r.revision)+1)})
				}
			},
			"take": func(t *rapid.T) {
				if len(subs) > 0 {
					take(rapid.IntRange(0, len(subs)-1).Draw(t, "subscriber"), rapid.IntRange(1, 300).Draw(t, "room"))
				}
			},
			"calm": func(*rapid.T) {
				for i := range subs {
					take(i, most)
				}
				for range len(r.ring.events) + 1 {
					for i := range subs {
						take(i, 1)
					}
					r.publish(Event{Kind: NoticeAdded, Made: time.Unix(0, int64(r.revision)+1)})
				}
				if n := len(r.ring.events); n > leastRing {
					t.Fatalf("a calm ring has room for %d", n)
				}
			},
			"": func(t *rapid.T) {
				if n := len(r.ring.events); n > most {
					t.Fatalf("room for %d of at most %d", n, most)
				}
			},
		})
	})
}

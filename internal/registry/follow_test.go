package registry

import (
	"errors"
	"fmt"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hob/internal/entity"
	"hob/internal/fakekind"
)

// follower keeps a copy of the house by events alone, as the hub does.
type follower struct {
	r        *Registry
	sub      *Subscription
	entities map[entity.ID]entity.Record
	boards   map[entity.BoardID]entity.BoardRecord
	rev      entity.Revision
}

func follow(r *Registry) *follower {
	snap, sub := r.Subscribe(func() {})
	f := &follower{r: r, sub: sub, rev: snap.Revision,
		entities: map[entity.ID]entity.Record{}, boards: map[entity.BoardID]entity.BoardRecord{}}
	for _, rec := range snap.Entities {
		f.entities[rec.ID] = *rec
	}
	for _, b := range snap.Boards {
		f.boards[b.ID] = b
	}
	return f
}

// catchUp takes what is new; a follower that lagged begins anew.
func (f *follower) catchUp(t interface{ Fatalf(string, ...any) }) {
	events, err := f.sub.Take(nil)
	if err != nil {
		f.sub.Close()
		*f = *follow(f.r)
		return
	}
	for _, e := range events {
		if e.Revision != f.rev+1 {
			t.Fatalf("revision %d after %d", e.Revision, f.rev)
		}
		f.rev = e.Revision
		switch e.Kind {
		case StateChanged, EntityDeclared:
			f.entities[e.ID] = *e.Entity
		case EntityRemoved:
			delete(f.entities, e.ID)
		case BoardChanged:
			f.boards[e.Board.ID] = *e.Board
		case BoardRemoved:
			delete(f.boards, e.Board.ID)
		}
	}
}

func (f *follower) same(t interface{ Fatalf(string, ...any) }) {
	snap := f.r.Snapshot()
	if len(snap.Entities) != len(f.entities) || len(snap.Boards) != len(f.boards) {
		t.Fatalf("%d entities and %d boards, want %d and %d", len(f.entities), len(f.boards), len(snap.Entities), len(snap.Boards))
	}
	for _, rec := range snap.Entities {
		if !reflect.DeepEqual(*rec, f.entities[rec.ID]) {
			t.Fatalf("%s is %+v, want %+v", rec.ID, f.entities[rec.ID], *rec)
		}
	}
	for _, b := range snap.Boards {
		if b != f.boards[b.ID] {
			t.Fatalf("%s is %+v, want %+v", b.ID, f.boards[b.ID], b)
		}
	}
}

// houses are what a reload may bring.
func houses() []*entity.House {
	b := testHouse()
	b.Entities[0].Name = "Front lamp"
	c := testHouse()
	c.Boards, c.Entities = c.Boards[:1], c.Entities[1:3]
	d := testHouse()
	d.Boards[0].Name = "entry"
	d.Entities = []entity.Entity{{ID: "lantern", Spec: &entity.Switch{Output: out("entry", 16)}}}
	e, f := testHouse(), testHouse()
	kinds := kindHouse(timed("leo", time.Minute)).Entities
	e.Entities = append(e.Entities[1:], kinds...)
	f.Entities = []entity.Entity{kinds[0], kinds[1], {ID: "door", Spec: &fakekind.Spec{As: entity.KindGarageDoor,
		On: []entity.PointRef{pin(16)}, After: time.Second, Lasts: true}}}
	return []*entity.House{testHouse(), b, c, d, e, f}
}

// agree says how a watcher knows something else than what is so; "" when none does.
func agree(s Snapshot) string {
	records := map[entity.ID]*entity.Record{}
	for _, rec := range s.Entities {
		records[rec.ID] = rec
	}
	for _, e := range s.House.Entities {
		spec, ok := e.Spec.(*fakekind.Spec)
		if !ok || len(spec.Sees) == 0 {
			continue
		}
		of := records[spec.Sees[0]]
		want := fmt.Sprintf("%s=%s", of.ID, of.State)
		if !of.Available {
			want += "?"
		}
		if a, ok := records[e.ID].Attributes.(fakekind.Attributes); !ok || a.Seen != want {
			return fmt.Sprintf("%s sees %v, want %s", e.ID, records[e.ID].Attributes, want)
		}
	}
	return ""
}

func TestWhoeverFollowsTheEventsHasTheHouseAsItIs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := time.UnixMilli(1795363200000)
		r := New(Options{Epoch: "e", Events: 16, Keeper: true, Initial: fakekind.Initial, Now: func() time.Time { return now }})
		r.Apply(testHouse())
		followers := []*follower{follow(r), follow(r)}
		var sessions []*Attachment
		session := func() *Attachment {
			if len(sessions) == 0 {
				return nil
			}
			return rapid.SampledFrom(sessions).Draw(t, "session")
		}
		id := rapid.SampledFrom([]entity.BoardID{hallID, shedID, "hob-ffffff"})
		entities := rapid.SampledFrom([]entity.ID{"porch", "stairs", "bell", "lamp", "lantern", "door", "guard", "chief", "leo"})
		stored := map[entity.ID]entity.Saved{}
		n := 0
		t.Repeat(map[string]func(*rapid.T){
			"attach": func(t *rapid.T) {
				if a, err := r.Attach(id.Draw(t, "board"), "", "1", &nowhere{}, point16(rapid.Bool().Draw(t, "on"))); err == nil {
					sessions = append(sessions, a)
				}
			},
			"detach": func(*rapid.T) {
				if a := session(); a != nil {
					a.Detach(entity.BoardOffline, entity.Said{Message: "gone"})
				}
			},
			"report": func(t *rapid.T) {
				if a := session(); a != nil {
					_ = a.Report(point16(rapid.Bool().Draw(t, "on")))
				}
			},
			"configured": func(t *rapid.T) {
				if a := session(); a != nil {
					_ = a.Configured([]PointReport{{Point: "gpio19", Value: entity.Value{HasLevel: true, Level: 10}}})
				}
			},
			"gesture": func(*rapid.T) {
				if a := session(); a != nil {
					_ = a.Gesture("gpio32", entity.GesturePress, time.Time{})
				}
			},
			"command": func(t *rapid.T) {
				n++
				_, _ = r.Accept(Request{Command: entity.CommandID(fmt.Sprint(n)), Entity: entities.Draw(t, "entity"),
					Action: entity.Action{Verb: entity.VerbToggle}})
			},
			"order": func(t *rapid.T) {
				n++
				_, _ = r.Accept(Request{Command: entity.CommandID(fmt.Sprint(n)), Entity: entities.Draw(t, "entity"),
					Action: entity.Action{Verb: rapid.SampledFrom([]entity.Verb{"nothing", "wrong", "queue", "next_on", "pulse", "a", "b"}).Draw(t, "verb")}})
			},
			"time passes": func(t *rapid.T) {
				now = now.Add(time.Duration(rapid.IntRange(-100, 100).Draw(t, "seconds")) * time.Second)
				r.Tick(now)
				if wait, ok := r.NextDue(now); ok && wait <= 0 {
					t.Fatalf("something is still due, in %v", wait)
				}
			},
			"two points": func(t *rapid.T) {
				if a := session(); a != nil {
					_ = a.Report([]PointReport{report(4, rapid.Bool().Draw(t, "four")), report(5, rapid.Bool().Draw(t, "five"))})
				}
			},
			"keep": func(t *rapid.T) {
				b, err := r.TakeUnsaved()
				if err != nil {
					t.Fatal(err)
				}
				if rapid.Bool().Draw(t, "full") {
					err = errors.New("full")
				} else {
					for _, s := range b.Entities {
						stored[s.Entity] = s
					}
				}
				r.Stored(b, err)
			},
			"finish": func(t *rapid.T) {
				r.Finish(entities.Draw(t, "entity"), entity.CommandID(fmt.Sprint(n)), &entity.Failure{Status: entity.StatusExpired})
			},
			"reload": func(t *rapid.T) { r.Apply(rapid.SampledFrom(houses()).Draw(t, "house")) },
			"stranger": func(t *rapid.T) {
				r.SetBoard(entity.BoardRecord{ID: id.Draw(t, "board"), Status: entity.BoardConnecting, Said: entity.Said{Message: "m"}})
			},
			"stranger leaves": func(t *rapid.T) { r.RemoveBoard(id.Draw(t, "board")) },
			"one follows": func(t *rapid.T) {
				rapid.SampledFrom(followers).Draw(t, "who").catchUp(t)
			},
			"": func(t *rapid.T) {
				for _, rec := range r.Snapshot().Entities {
					if rec.Available != (rec.Unavailable == nil) {
						t.Fatalf("%s is available and is not: %+v", rec.ID, rec)
					}
				}
				if wrong := agree(r.Snapshot()); wrong != "" {
					t.Fatal(wrong)
				}
			},
		})
		b, err := r.TakeUnsaved()
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range b.Entities {
			stored[s.Entity] = s
		}
		for _, rec := range r.Snapshot().Entities {
			if s := stored[rec.ID]; s.State != rec.State || s.Changed != rec.Changed || s.Kind != rec.Kind {
				t.Fatalf("of %s is stored %+v, and it is %+v", rec.ID, s, *rec)
			}
		}
		for _, f := range followers {
			f.catchUp(t)
			f.catchUp(t)
			f.same(t)
		}
	})
}

func TestAWakeComesAfterTheChangeCanBeTaken(t *testing.T) {
	r := New(Options{})
	r.Apply(testHouse())
	a := attach(t, r, hallID, point16(false)...)
	var sub *Subscription
	var mu sync.Mutex
	var seen atomic.Int64
	ready := make(chan struct{})
	_, sub = r.Subscribe(func() {
		<-ready
		mu.Lock()
		defer mu.Unlock()
		events, err := sub.Take(nil)
		if err != nil {
			t.Error(err)
		}
		seen.Add(int64(len(events)))
	})
	close(ready)
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 200 {
				_ = a.Report(point16((g+i)%2 == 0))
				_ = r.Snapshot()
			}
		})
	}
	before := r.Revision()
	wg.Wait()
	if got := seen.Load(); got < int64(r.Revision()-before) {
		t.Errorf("%d events were seen by the end, of at least %d", got, r.Revision()-before)
	}
}

// gestures watches a registry for what people do with buttons.
func gestures(r *Registry, woken *int) *Subscription {
	return r.Watch(func(e *Event) bool { return e.Gesture != "" }, func() { *woken++ })
}

func TestAWatcherIsWokenForWhatItWantsAndGivenNothingElse(t *testing.T) {
	r := newTest(t)
	a := attach(t, r, hallID, point16(false)...)
	woken := 0
	sub := gestures(r, &woken)
	for i := range 3 {
		_ = a.Report(point16(i%2 == 0))
	}
	if events, err := sub.Take(nil); woken != 0 || len(events) != 0 || err != nil {
		t.Fatalf("after reports it was woken %d times and took %v, %v", woken, events, err)
	}
	_ = a.Gesture("gpio32", entity.GesturePress, time.Time{})
	_ = a.Report(point16(false))
	events, err := sub.Take(nil)
	if woken != 1 || err != nil || len(events) != 1 || events[0].Gesture != entity.GesturePress {
		t.Fatalf("after a press it was woken %d times and took %+v, %v", woken, events, err)
	}
	sub.Close()
	_ = a.Gesture("gpio32", entity.GesturePress, time.Time{})
	if woken != 1 {
		t.Error("it is woken after it was closed")
	}
}

func TestAWatcherFallsBehindOnlyWithWhatItWants(t *testing.T) {
	r := New(Options{Events: 4})
	r.Apply(testHouse())
	a := attach(t, r, hallID, point16(false)...)
	woken := 0
	sub := gestures(r, &woken)
	for i := range 100 {
		_ = a.Report(point16(i%2 == 0))
	}
	if _, err := sub.Take(nil); err != nil {
		t.Fatalf("after a hundred events of others: %v", err)
	}
	_ = a.Gesture("gpio32", entity.GesturePress, time.Time{})
	for i := range 4 {
		_ = a.Report(point16(i%2 == 0))
	}
	if _, err := sub.Take(nil); !errors.Is(err, ErrLagged) {
		t.Errorf("a press that fell out of the ring: %v", err)
	}
}

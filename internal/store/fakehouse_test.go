package store

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hob/internal/entity"
)

// fakeHouse is a Source that a test steers.
type fakeHouse struct {
	mu     sync.Mutex
	now    map[entity.ID]Seen
	order  []entity.ID
	fresh  []Seen // of the stream that there is
	broken error
	wake   func()
	subs   int
}

func newHouse(seen ...Seen) *fakeHouse {
	h := &fakeHouse{now: map[entity.ID]Seen{}}
	for _, s := range seen {
		h.order = append(h.order, s.Entity)
		h.now[s.Entity] = s
	}
	return h
}

func (h *fakeHouse) Subscribe(wake func()) ([]Seen, Stream) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.wake, h.fresh, h.broken = wake, nil, nil
	h.subs++
	var all []Seen
	for _, id := range h.order {
		all = append(all, h.now[id])
	}
	return all, h
}

func (h *fakeHouse) Take(buf []Seen) ([]Seen, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.broken != nil {
		return buf, h.broken
	}
	n := min(cap(buf)-len(buf), len(h.fresh))
	buf = append(buf, h.fresh[:n]...)
	h.fresh = h.fresh[n:]
	return buf, nil
}

func (*fakeHouse) Close() {}

// happen is a change; quiet ones the recorder is not told of.
func (h *fakeHouse) happen(quiet bool, seen ...Seen) {
	h.mu.Lock()
	for _, s := range seen {
		h.now[s.Entity] = s
		if s.Gone {
			delete(h.now, s.Entity)
			h.order = slices.DeleteFunc(h.order, func(id entity.ID) bool { return id == s.Entity })
		}
	}
	wake := h.wake
	if !quiet {
		h.fresh = append(h.fresh, seen...)
	}
	h.mu.Unlock()
	if !quiet {
		for range seen {
			wake()
		}
	}
}

func (h *fakeHouse) followed() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.wake != nil
}

func (h *fakeHouse) lag() {
	h.mu.Lock()
	h.broken = errors.New("fell behind")
	wake := h.wake
	h.mu.Unlock()
	wake()
}

// recording runs Record until stop is called, which waits for its end.
func recording(t *testing.T, s *Store, h *fakeHouse) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := s.Record(ctx, h); err != nil {
			t.Error(err)
		}
	}()
	stop = func() {
		cancel()
		<-ended
	}
	t.Cleanup(stop)
	return stop
}

// await waits for what must come.
func await(t *testing.T, what string, ok func() bool) {
	t.Helper()
	limit := time.After(20 * time.Second)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-limit:
			t.Fatal("in vain waited for " + what)
		}
	}
}

func lightAt(when time.Time, state string, percent float64, by string) Seen {
	return Seen{At: when, Entity: "lamp", Kind: entity.KindLight, State: state, Attributes: entity.LightAttributes{Brightness: percent},
		Available: true, Changed: ms(when), Cause: entity.Cause{Kind: entity.CauseUser, By: by}}
}

func sensorAt(when time.Time, state string, attributes any) Seen {
	return Seen{At: when, Entity: "bath", Kind: entity.KindSensor, State: state, Attributes: attributes, Available: true,
		Changed: ms(when), Cause: entity.Cause{Kind: entity.CauseSensor}}
}

type climate struct {
	Value    float64 `json:"value"`
	Humidity float64 `json:"humidity"`
	Sampled  int64   `json:"sampled"`
}

// told are the lines of the log in words, the oldest first.
func logLines(t *testing.T, s *Store, f Filter) []string {
	t.Helper()
	lines, _, err := s.Changes(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for _, c := range slices.Backward(lines) {
		w := fmt.Sprintf("+%ds %s %s %s", (c.At-ms(noon))/1000, c.Entity, c.What, c.State)
		if c.Number != nil {
			w += fmt.Sprintf(" (%v)", *c.Number)
		}
		if c.Gesture != "" {
			w += " " + string(c.Gesture)
		}
		if c.Until != 0 {
			w += fmt.Sprintf(" until +%ds", (c.Until-ms(noon))/1000)
		}
		out = append(out, strings.Join(strings.Fields(w+" "+string(c.Cause.Kind)+" "+c.Cause.By), " "))
	}
	return out
}

// curve is a series in words.
func curve(t *testing.T, s *Store, id entity.ID, name string) []string {
	t.Helper()
	h, err := s.History(t.Context(), id, noon.Add(-time.Minute), s.o.Now().Add(time.Second), 100)
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for _, series := range h.Series {
		if series.Name != name {
			continue
		}
		for _, p := range series.Points {
			w := fmt.Sprintf("%dms -", ms(p.At)-ms(noon))
			if p.Has {
				w = fmt.Sprintf("%dms %v", ms(p.At)-ms(noon), p.Mean)
			}
			out = append(out, w)
		}
	}
	return out
}

func equal(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s:\n got %s\nwant %s", what, strings.Join(got, "\n     "), strings.Join(want, "\n     "))
	}
}

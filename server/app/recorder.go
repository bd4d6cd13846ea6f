package app

import (
	"context"

	"hob/internal/registry"
	"hob/internal/store"
)

// recorder has the store follow the registry.
type recorder struct {
	store    *store.Store
	registry *registry.Registry
}

// Run implements driver.
func (r recorder) Run(ctx context.Context) error { return r.store.Record(ctx, r) }

// Subscribe implements store.Source.
func (r recorder) Subscribe(wake func()) ([]store.Seen, store.Stream) {
	now, sub := r.registry.Subscribe(wake)
	seen := make([]store.Seen, 0, len(now.Entities))
	for _, rec := range now.Entities {
		seen = append(seen, seenOf(registry.Event{Entity: rec}))
	}
	return seen, &changes{sub: sub}
}

// changes is the registry's stream, of which the recorder wants the entities.
type changes struct {
	sub    *registry.Subscription
	events []registry.Event
}

// Take implements store.Stream.
func (c *changes) Take(buf []store.Seen) ([]store.Seen, error) {
	for room := cap(buf) - len(buf); room > 0; room = cap(buf) - len(buf) {
		if cap(c.events) < room {
			c.events = make([]registry.Event, 0, room)
		}
		var err error
		if c.events, err = c.sub.Take(c.events[:0:room]); err != nil {
			return buf, err
		}
		if len(c.events) == 0 {
			break
		}
		for _, e := range c.events {
			switch e.Kind {
			case registry.StateChanged, registry.EntityDeclared:
				buf = append(buf, seenOf(e))
			case registry.EntityRemoved:
				buf = append(buf, store.Seen{At: e.At, Entity: e.ID, Gone: true})
			}
		}
	}
	return buf, nil
}

// Close implements store.Stream.
func (c *changes) Close() { c.sub.Close() }

func seenOf(e registry.Event) store.Seen {
	r := e.Entity
	return store.Seen{At: e.At, Entity: r.ID, Kind: r.Kind, State: r.State, Attributes: r.Attributes,
		Available: r.Available, Changed: r.Changed, Cause: r.Cause, Gesture: e.Gesture}
}

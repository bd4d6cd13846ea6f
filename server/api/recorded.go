package api

import (
	"context"
	"time"

	"hob/internal/entity"
	"hob/internal/rules"
	"hob/internal/store"
)

// recorded is a house as it was at a moment, as far as that was recorded: it
// implements rules.World. It asks the store once for each entity, and keeps the
// first error, after which nothing is known.
type recorded struct {
	ctx     context.Context
	history History
	at      time.Time
	live    map[entity.ID]*entity.Record
	boards  map[entity.BoardName][]entity.ID
	seen    map[entity.ID]rules.Seen
	gap     bool      // nothing was recorded at that moment
	begins  time.Time // when the log begins, if that is later; else zero
	goesOn  time.Time // when recording went on after a gap; else zero
	err     error
}

// Past implements rules.Past.
func (*recorded) Past() {}

// recordedAt is the house as it was.
func (a *API) recordedAt(ctx context.Context, at time.Time) *recorded {
	w := &recorded{ctx: ctx, history: a.History, at: at, live: map[entity.ID]*entity.Record{},
		boards: map[entity.BoardName][]entity.ID{}, seen: map[entity.ID]rules.Seen{}}
	for _, rec := range a.House.Snapshot().Entities {
		w.live[rec.ID] = rec
		if rec.Board != "" {
			w.boards[rec.Board] = append(w.boards[rec.Board], rec.ID)
		}
	}
	// Nothing is recorded within a gap, so that it is among the last lines before.
	lines, _, err := w.history.Changes(ctx, store.Filter{To: at.Add(time.Millisecond), Limit: someLines})
	w.err = err
	for _, l := range lines {
		if l.What == store.LineGap && at.UnixMilli() < l.Until {
			w.gap, w.goesOn = true, time.UnixMilli(l.Until)
		}
	}
	if len(lines) == 0 && err == nil {
		w.begin()
	}
	return w
}

// begin looks when the log begins, of a time before it: what came earlier was never
// recorded, or is forgotten by now.
func (w *recorded) begin() {
	first, _, err := w.history.Changes(w.ctx, store.Filter{Limit: 1, Oldest: true})
	w.err = err
	if len(first) > 0 {
		w.begins = time.UnixMilli(first[0].At)
	}
}

// Entity implements rules.World.
func (w *recorded) Entity(id entity.ID) rules.Seen {
	seen, ok := w.seen[id]
	if !ok {
		seen = w.look(id)
		w.seen[id] = seen
	}
	return seen
}

// unrecorded is one of which nothing is known; not even that its board was away.
func unrecorded() rules.Seen { return rules.Seen{Available: true} }

func (w *recorded) look(id entity.ID) rules.Seen {
	if w.gap || w.err != nil {
		return unrecorded()
	}
	if rec := w.live[id]; rec != nil && unchanged(rec, w.at) {
		return rules.See(rec)
	}
	lines, _, err := w.history.Changes(w.ctx, store.Filter{Entities: []entity.ID{id}, To: w.at.Add(time.Millisecond), Limit: 1})
	if err != nil {
		w.err = err
		return unrecorded()
	}
	seen := unrecorded()
	if len(lines) > 0 && lines[0].What != store.LineGone {
		seen.State, seen.Available = lines[0].State, lines[0].What != store.LineUnavailable
	}
	if seen.Available {
		w.measure(id, &seen)
	}
	return seen
}

// unchanged says whether a record has been as it is since before a moment.
func unchanged(rec *entity.Record, at time.Time) bool {
	return rec.Changed != 0 && rec.Changed <= at.UnixMilli() && (rec.Unavailable == nil || rec.Unavailable.Since <= at.UnixMilli())
}

// measure adds the numbers that held then.
func (w *recorded) measure(id entity.ID, seen *rules.Seen) {
	h, err := w.history.History(w.ctx, id, w.at, w.at.Add(time.Millisecond), store.MinPoints)
	if err != nil {
		w.err = err
		return
	}
	for _, s := range h.Series {
		if len(s.Points) == 0 || !s.Points[0].Has {
			continue
		}
		is := rules.Number{Is: *rounded(s.Points[0].Mean), Known: true}
		switch s.Name {
		case "value":
			seen.Value = is
			if seen.State == "" { // a sensor has no lines, and its state is its value
				seen.State = formatted(is.Is)
			}
		case "humidity":
			seen.Humidity = is
		case "temperature":
			seen.Temperature = is
		case "target":
			seen.Target = is
		case "brightness":
			seen.Brightness = is
		}
	}
}

// Board implements rules.World. How boards were is not recorded, but how their
// entities were: one that could be reached had a board that was there.
func (w *recorded) Board(name entity.BoardName) rules.Link {
	out := rules.LinkUnknown
	for _, id := range w.boards[name] {
		switch seen := w.Entity(id); {
		case !seen.Available:
			return rules.LinkOffline
		case seen.State != "" && seen.State != entity.StateUnknown:
			out = rules.LinkOnline
		}
	}
	return out
}

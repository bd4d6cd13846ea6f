//go:build e2e

package e2e

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"
	"time"

	"hob/internal/entity"
)

// second is 1 s in ms, as advance counts.
const second = 1000

// surroundings is the world around a board, as its control socket shows it.
type surroundings struct {
	Rooms []worldRoom `json:"rooms"`
	Doors []worldDoor `json:"doors"`
}

type worldRoom struct {
	Name    string  `json:"name"`
	Temp    float64 `json:"temp"`
	Heating bool    `json:"heating"`
}

type worldDoor struct {
	Name   string  `json:"name"`
	Place  float64 `json:"place"` // 0 is closed, 1 is open
	Motion string  `json:"motion"`
	Closed bool    `json:"closed"`
	Open   bool    `json:"open"`
}

// args are the members of a request beside cmd.
type args map[string]any

func (b *board) order(cmd string, with args) {
	b.t.Helper()
	request := map[string]any{"cmd": cmd}
	maps.Copy(request, with)
	b.ask(request)
}

func (b *board) world() (w surroundings) {
	b.t.Helper()
	answer := b.ask(map[string]any{"cmd": "world"})
	if err := json.Unmarshal(answer["rooms"], &w.Rooms); err != nil {
		b.t.Fatal(err)
	}
	if err := json.Unmarshal(answer["doors"], &w.Doors); err != nil {
		b.t.Fatal(err)
	}
	return w
}

func (b *board) room(name string) worldRoom {
	b.t.Helper()
	rooms := b.world().Rooms
	i := slices.IndexFunc(rooms, func(r worldRoom) bool { return r.Name == name })
	if i < 0 {
		b.t.Fatalf("there is no room %s: %+v", name, rooms)
	}
	return rooms[i]
}

// awaitDoor waits until a door of the world is so. Its edges wake it, and a look
// now and then what makes none.
func (b *board) awaitDoor(name, what string, is func(worldDoor) bool) worldDoor {
	b.t.Helper()
	deadline := time.Now().Add(patience)
	for {
		doors := b.world().Doors
		i := slices.IndexFunc(doors, func(d worldDoor) bool { return d.Name == name })
		if i >= 0 && is(doors[i]) {
			return doors[i]
		}
		if time.Now().After(deadline) {
			b.t.Fatalf("door %s is never %s: %+v", name, what, doors)
		}
		b.ask(map[string]any{"cmd": "edges", "since": b.lastEdge(), "wait_ms": 20})
	}
}

// awaitEdge waits for an edge of a driven pin after since.
func (b *board) awaitEdge(since uint64, pin int, level bool) edge {
	b.t.Helper()
	deadline := time.Now().Add(patience)
	for {
		edges, last := b.edges(since)
		for _, e := range edges {
			if e.Pin == pin && e.Level == level && e.What == "output" {
				return e
			}
		}
		if time.Now().After(deadline) {
			b.t.Fatalf("pin %d of %s was never %v: %+v", pin, b.name, level, edges)
		}
		b.ask(map[string]any{"cmd": "edges", "since": max(last, since), "wait_ms": 500})
	}
}

// pulses counts how often a pin went high after since.
func (b *board) pulses(since uint64, pin int) (n int) {
	b.t.Helper()
	edges, _ := b.edges(since)
	for _, e := range edges {
		if e.Pin == pin && e.What == "output" && e.Level {
			n++
		}
	}
	return n
}

// up is the board's uptime in ms.
func (b *board) up() int64 { b.t.Helper(); return b.state().Up }

// pass lets time pass for a board in steps, so that its sensors are read on the
// way, until it has passed or until is so. It says whether that came. No link
// outlives it by intent: who needs one afterwards waits for it.
func (b *board) pass(ms, step int, until func() bool) bool {
	b.t.Helper()
	for past := 0; past < ms; past += step {
		b.advance(step)
		if until != nil && until() {
			return true
		}
	}
	return false
}

// attribute is one of an entity's attributes in a watcher's view; nil when it is
// not there.
func (w *watcher) attribute(id entity.ID, name string) any {
	w.t.Helper()
	e := w.view.Entities[id]
	if e == nil {
		w.t.Fatalf("there is no %s", id)
	}
	a, _ := e.Attributes.(map[string]any)
	return a[name]
}

// has waits until an entity is available and has this attribute.
func (w *watcher) has(id entity.ID, name string, want any) {
	w.t.Helper()
	w.until(string(id)+" has "+name, func() bool {
		e := w.view.Entities[id]
		return e != nil && e.Available && w.attribute(id, name) == want
	})
}

// states lists the states that an entity went through in the messages from number from on.
func (w *watcher) states(from int, id entity.ID) (out []string) {
	for _, m := range w.seen[from:] {
		if m.Type == "state" && m.Name() == string(id) && (len(out) == 0 || out[len(out)-1] != m.State) {
			out = append(out, m.State)
		}
	}
	return out
}

// online waits until the server has the board, and everything on it.
func (h *house) online(name string) {
	h.t.Helper()
	h.awaitStatus(name, entity.BoardOnline)
	h.relinked(h.boards[name])
}

// wants runs the command line and wants this exit code; it returns what was said.
func (h *house) wants(t *testing.T, code int, args ...string) string {
	t.Helper()
	stdout, stderr, got := h.hob(args...)
	if got != code {
		t.Errorf("hob %v: exit %d, want %d: %s%s", args, got, code, stdout, stderr)
	}
	return stdout + stderr
}

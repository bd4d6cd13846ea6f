package hub

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hob/internal/entity"
	"hob/internal/registry"
)

// folded is what a client makes of the messages: docs/api.md, step by step.
type folded struct {
	epoch    string
	rev      uint64
	entities map[string]message
	boards   map[string]any
	notices  map[float64]any
}

func (f *folded) take(m message) error {
	if r, ok := m["revision"].(float64); ok {
		if uint64(r) < f.rev && m["type"] != "snapshot" {
			return fmt.Errorf("revision %v after %d", r, f.rev)
		}
		f.rev = uint64(r)
	}
	switch m["type"] {
	case "snapshot":
		f.epoch, f.entities, f.boards = m["epoch"].(string), map[string]message{}, map[string]any{}
		f.notices = map[float64]any{}
		for _, e := range m["entities"].([]any) {
			rec := message(e.(map[string]any))
			f.entities[rec["id"].(string)] = rec
		}
		for _, b := range m["boards"].([]any) {
			f.boards[b.(map[string]any)["id"].(string)] = b
		}
		for _, n := range m["notices"].([]any) {
			f.notices[n.(map[string]any)["id"].(float64)] = n
		}
	case "state":
		rec := f.entities[m["id"].(string)]
		if rec == nil {
			return fmt.Errorf("a state of %v, which was never declared", m["id"])
		}
		for key, otherwise := range map[string]any{"attributes": map[string]any{}, "available": true,
			"unavailable": nil, "pending": nil, "failure": nil} {
			rec[key] = otherwise
		}
		for key, v := range m {
			if key != "type" {
				rec[key] = v
			}
		}
	case "entity":
		rec := message(m["entity"].(map[string]any))
		f.entities[rec["id"].(string)] = rec
	case "removed":
		delete(f.entities, m["id"].(string))
	case "board":
		f.boards[m["board"].(map[string]any)["id"].(string)] = m["board"]
	case "board_removed":
		delete(f.boards, m["id"].(string))
	case "notice":
		f.notices[m["notice"].(map[string]any)["id"].(float64)] = m["notice"]
	case "notice_removed":
		delete(f.notices, m["id"].(float64))
	}
	return nil
}

// jsonRaw is a message as roundTrip takes it.
func jsonRaw(b []byte) json.RawMessage { return b }

func roundTrip[T any](v any) T {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	var out T
	if err := json.Unmarshal(b, &out); err != nil {
		panic(err)
	}
	return out
}

// differs says how f is not the house of s; "" when it is.
func (f *folded) differs(s registry.Snapshot) string {
	if len(f.entities) != len(s.Entities) || len(f.boards) != len(s.Boards) {
		return fmt.Sprintf("%d entities and %d boards, want %d and %d", len(f.entities), len(f.boards), len(s.Entities), len(s.Boards))
	}
	for _, rec := range s.Entities {
		if want, got := roundTrip[message](rec), f.entities[string(rec.ID)]; !reflect.DeepEqual(want, got) {
			return fmt.Sprintf("%s is %v, want %v", rec.ID, got, want)
		}
	}
	for _, b := range s.Boards {
		if want := roundTrip[any](b); !reflect.DeepEqual(want, f.boards[string(b.ID)]) {
			return fmt.Sprintf("board %s is %v, want %v", b.ID, f.boards[string(b.ID)], want)
		}
	}
	if len(f.notices) != len(s.Notices) {
		return fmt.Sprintf("%d notices, want %d", len(f.notices), len(s.Notices))
	}
	for _, n := range s.Notices {
		if want := roundTrip[any](n); !reflect.DeepEqual(want, f.notices[float64(n.ID)]) {
			return fmt.Sprintf("notice %d is %v, want %v", n.ID, f.notices[float64(n.ID)], want)
		}
	}
	return ""
}

// fickle is a client that comes and goes and does not always listen.
type fickle struct {
	*peer
	folded
}

func (c *fickle) connect(r *rig, resume bool) {
	if c.peer != nil {
		_ = c.ws.Close()
	}
	text := hello
	if resume && c.epoch != "" {
		b, _ := json.Marshal(map[string]any{"type": "hello", "protocol": 1,
			"resume": map[string]any{"epoch": c.epoch, "revision": c.rev}})
		text = string(b)
	}
	c.peer = r.dial("", text)
}

// read takes messages until one fits.
func (c *fickle) read(t *rapid.T, fits func(message) bool) {
	for {
		_ = c.ws.SetReadDeadline(time.Now().Add(30 * time.Second))
		_, b, err := c.ws.ReadMessage()
		if err != nil {
			t.Fatalf("read at revision %d: %v", c.rev, err)
		}
		var m message
		if err := json.Unmarshal(b, &m); err != nil {
			t.Fatalf("%v in %s", err, b)
		}
		if err := c.take(m); err != nil {
			t.Fatal(err)
		}
		if fits(m) {
			return
		}
	}
}

func otherHouse() *entity.House {
	h := house()
	h.Entities = h.Entities[1:]
	h.Entities[0].Name = "Staircase"
	return h
}

// kindsHouse has one of every kind.
func kindsHouse() *entity.House {
	h := house()
	pin := func(n int) entity.Input { return entity.Input{Board: "hall", Pin: n, Pull: entity.PullUp} }
	reed := pin(26)
	h.Entities = append(h.Entities,
		entity.Entity{ID: "left", Spec: &entity.GarageDoor{Board: "hall", Relay: 25, Closed: &reed, Pulse: time.Second, Travel: time.Second}},
		entity.Entity{ID: "temp", Spec: &entity.Sensor{Type: entity.SensorDS18B20, Board: "hall", Pin: 4, Every: time.Second}},
		entity.Entity{ID: "heat", Spec: &entity.Thermostat{Board: "hall", Relay: 21, Sensor: "temp", SensorPoint: entity.PointRef{Board: "hall", Point: "gpio4"},
			Low: 5000, High: 25_000, Windows: []entity.ID{"door"}, Manual: entity.Manual{For: time.Minute}}},
		entity.Entity{ID: "night", Spec: &entity.Scene{Tasks: []entity.Task{{Target: "heat", Action: entity.Action{Verb: entity.VerbOff}},
			{Target: "porch", Action: entity.Action{Verb: entity.VerbOff}}, {Target: "door", Action: entity.Action{Verb: entity.VerbOff}}}}},
		entity.Entity{ID: "anna", Spec: &entity.Person{}},
		entity.Entity{ID: "alarm", Spec: &entity.Alarm{Away: []entity.ID{"door"}, Siren: "porch", EntryDelay: time.Millisecond}})
	return h
}

func reading(n int64) registry.PointReport {
	return registry.PointReport{Point: "gpio4", Cause: entity.Cause{Kind: entity.CauseSensor},
		Value: entity.Value{Reading: &entity.Reading{Valid: true, Number: n}}}
}

func control(temp entity.Temp) registry.PointReport {
	return registry.PointReport{Point: "gpio21", Cause: entity.Cause{Kind: entity.CauseThermostat},
		Value: entity.Value{Control: &entity.Control{Phase: entity.PhaseIdle, HasTemp: true, Temp: temp, Source: entity.TargetPlan}}}
}

// orders are commands of the kinds that have states of the server's own.
func orders() []string {
	return []string{`"entity":"anna","action":"home"`, `"entity":"anna","action":"away"`, `"entity":"alarm","action":"arm_away"`,
		`"entity":"alarm","action":"disarm"`, `"entity":"night","action":"activate"`, `"entity":"heat","action":"off"`,
		`"entity":"heat","action":"auto"`, `"entity":"left","action":"pulse"`, `"entity":"left","action":"open"`}
}

func TestEveryClientComesToTheHouseAsItIs(t *testing.T) {
	checks := "10"
	if os.Getenv("HOB_CAMPAIGN") != "" {
		checks = "2000"
	}
	if err := flag.Set("rapid.checks", checks); err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(rt *rapid.T) {
		r, stop := openRig(t)
		defer stop()
		converge(rt, r)
	})
}

func converge(t *rapid.T, r *rig) {
	clients := []*fickle{{}, {}, {}}
	for _, c := range clients {
		c.connect(r, false)
		defer func() { _ = c.ws.Close() }()
	}
	client := func() *fickle { return rapid.SampledFrom(clients).Draw(t, "client") }
	r.reg.Apply(kindsHouse())
	flip := false
	for i := range rapid.IntRange(5, 30).Draw(t, "steps") {
		switch rapid.IntRange(0, 11).Draw(t, "step") {
		case 10:
			r.reg.AddNotice(entity.Notice{ID: int64(i + 1), At: 1, Text: "Step <" + fmt.Sprint(i) + ">", Rule: "test"})
		case 11:
			r.reg.RemoveNotice(rapid.Int64Range(1, int64(i+1)).Draw(t, "notice"))
		case 0:
			flip = !flip
			r.board.press("gpio33", flip)
		case 1:
			c := client()
			id := fmt.Sprint("c", i)
			c.say(`{"type":"command","id":"` + id + `","entity":"stairs","action":"toggle"}`)
			c.read(t, func(m message) bool { return m["id"] == id })
		case 2:
			client().connect(r, true)
		case 3:
			client().connect(r, false)
		case 4:
			r.board.att.Detach(entity.BoardOffline, entity.Said{Message: "gone"})
			r.attach()
		case 5:
			r.reg.Apply(rapid.SampledFrom([]*entity.House{house(), otherHouse(), kindsHouse()}).Draw(t, "house"))
		case 7:
			n := rapid.Int64Range(19_000, 21_000).Draw(t, "temp")
			_ = r.board.att.Report([]registry.PointReport{reading(n), control(entity.Temp(n))})
			r.board.press("gpio26", flip)
		case 8:
			c := client()
			id := fmt.Sprint("o", i)
			c.say(`{"type":"command","id":"` + id + `",` + rapid.SampledFrom(orders()).Draw(t, "order") + `}`)
			c.read(t, func(m message) bool { return m["id"] == id })
		case 9:
			r.reg.Tick(time.Now().Add(time.Duration(rapid.IntRange(0, 120).Draw(t, "seconds")) * time.Second))
		case 6: // a few of these are more than a socket and the log hold for one who does not read
			for range 1000 {
				flip = !flip
				r.board.press("gpio16", flip)
			}
		}
	}
	// One last change, so that everybody has something to wait for.
	r.board.press("gpio33", flip)
	r.board.press("gpio33", !flip)
	want := r.reg.Snapshot()
	for i, c := range clients {
		c.read(t, func(message) bool { return c.rev >= uint64(want.Revision) })
		if d := c.differs(want); d != "" {
			t.Fatalf("client %d: %s", i, d)
		}
	}
}

package hub

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"hob/internal/command"
	"hob/internal/entity"
	"hob/internal/registry"
)

var block = regexp.MustCompile("(?ms)^```json (\\w+)\n(.*?)^```")

// examples are the blocks of docs/api.md of one mark.
func examples(t *testing.T, mark string) []string {
	t.Helper()
	doc, err := os.ReadFile("../../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, m := range block.FindAllStringSubmatch(string(doc), -1) {
		switch m[1] {
		case mark:
			out = append(out, m[2])
		case "server", "client", "rest":
		default:
			t.Errorf("a block is marked %q, which no test replays", m[1])
		}
	}
	return out
}

// payload is a server's frame without its header (RFC 6455 section 5.2).
func payload(frame []byte) []byte {
	switch frame[1] {
	case 126:
		return frame[4:]
	case 127:
		return frame[10:]
	}
	return frame[2:]
}

// strictly decodes an example into v, which must have a place for all of it.
func strictly(t *testing.T, example string, v any) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(example))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		t.Fatalf("%v in %s", err, example)
	}
}

// attributes gives a record's or message's attributes the type that the hub
// gets them in: the one that has a place for all of them and says nothing else.
// Absent ones are those of an entity that has none.
func attributes(t *testing.T, v any) any {
	t.Helper()
	m, _ := v.(map[string]any)
	if len(m) == 0 {
		return entity.NoAttributes{}
	}
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	for _, as := range []func(*testing.T, []byte) any{as[entity.LightAttributes], as[entity.ButtonAttributes], as[entity.SensorAttributes],
		as[entity.DoorAttributes], as[entity.ThermostatAttributes], as[entity.SceneAttributes], as[entity.AlarmAttributes]} {
		if a := as(t, b); a != nil {
			return a
		}
	}
	t.Fatalf("no kind has the attributes %s", b)
	return nil
}

// as is the attributes as a T, or nil when a T would say something else.
func as[T any](t *testing.T, b []byte) any {
	var a T
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if d.Decode(&a) != nil {
		return nil
	}
	again, err := json.Marshal(a)
	if err != nil || !sameJSON(t, again, b) {
		return nil
	}
	return a
}

// replays are how the hub comes to say a message of each type.
func replays() map[string]func(t *testing.T, example string) []byte {
	return map[string]func(*testing.T, string) []byte{
		"snapshot": replaySnapshot,
		"resumed":  again[resumedMessage],
		"state":    replayState,
		"entity": func(t *testing.T, example string) []byte {
			var m entityMessage
			strictly(t, example, &m)
			m.Entity.Attributes = attributes(t, m.Entity.Attributes)
			return newMirror(registry.Snapshot{House: &entity.House{}}).apply(registry.Event{
				Kind: registry.EntityDeclared, Revision: m.Revision, ID: m.Entity.ID, Entity: m.Entity})
		},
		"board": func(t *testing.T, example string) []byte {
			var m boardMessage
			strictly(t, example, &m)
			return newMirror(registry.Snapshot{House: &entity.House{}}).apply(registry.Event{
				Kind: registry.BoardChanged, Revision: m.Revision, Board: &m.Board})
		},
		"notice": func(t *testing.T, example string) []byte {
			var m noticeMessage
			strictly(t, example, &m)
			return newMirror(registry.Snapshot{House: &entity.House{}}).apply(registry.Event{
				Kind: registry.NoticeAdded, Revision: m.Revision, Notice: m.Notice})
		},
		"notice_removed": func(t *testing.T, example string) []byte {
			var m noticeRemovedMessage
			strictly(t, example, &m)
			return newMirror(registry.Snapshot{House: &entity.House{}, Notices: []entity.Notice{{ID: m.ID}}}).apply(registry.Event{
				Kind: registry.NoticeRemoved, Revision: m.Revision, Notice: &entity.Notice{ID: m.ID}})
		},
		"removed":       again[removedMessage],
		"board_removed": again[removedMessage],
		"house":         replayHouse,
		"result":        again[resultMessage],
		"pong":          again[pongMessage],
		"error":         again[errorMessage],
	}
}

func again[T any](t *testing.T, example string) []byte {
	var m T
	strictly(t, example, &m)
	return text(m)
}

func replayState(t *testing.T, example string) []byte {
	var m stateMessage
	strictly(t, example, &m)
	return stateFrame(&entity.Record{ID: m.ID, Revision: m.Revision, State: m.State, Attributes: attributes(t, m.Attributes),
		Available: m.Available == nil || *m.Available, Unavailable: m.Unavailable, Pending: m.Pending,
		Failure: m.Failure, Changed: m.Changed, Cause: m.Cause})
}

func declared(h houseJSON, order []entity.ID) *entity.House {
	out := &entity.House{Name: h.Name, Timezone: h.Timezone, Units: h.Units}
	for _, a := range h.Areas {
		out.Areas = append(out.Areas, entity.Area(a))
	}
	for _, id := range order {
		out.Entities = append(out.Entities, entity.Entity{ID: id})
	}
	return out
}

func replayHouse(t *testing.T, example string) []byte {
	var m houseMessage
	strictly(t, example, &m)
	return newMirror(registry.Snapshot{House: &entity.House{}}).apply(registry.Event{
		Kind: registry.HouseChanged, Revision: m.Revision, House: declared(m.House, m.Order), Config: m.House.Config})
}

func replaySnapshot(t *testing.T, example string) []byte {
	var m struct {
		Type     string               `json:"type"`
		Epoch    string               `json:"epoch"`
		Revision entity.Revision      `json:"revision"`
		Time     int64                `json:"time"`
		House    houseJSON            `json:"house"`
		Boards   []entity.BoardRecord `json:"boards"`
		Entities []*entity.Record     `json:"entities"`
		Notices  []entity.Notice      `json:"notices"`
	}
	strictly(t, example, &m)
	snap := registry.Snapshot{Epoch: m.Epoch, Revision: m.Revision, Boards: m.Boards, Entities: m.Entities, Notices: m.Notices}
	var order []entity.ID
	for _, e := range m.Entities {
		e.Attributes = attributes(t, e.Attributes)
		order = append(order, e.ID)
	}
	snap.House, snap.Config = declared(m.House, order), m.House.Config
	for _, b := range m.Boards {
		snap.House.Boards = append(snap.House.Boards, entity.Board{Name: b.Name, ID: b.ID})
	}
	var out []byte
	synctest.Test(t, func(*testing.T) {
		time.Sleep(time.Until(time.UnixMilli(m.Time))) // a snapshot says what time it is
		out = newMirror(snap).snapshot(Audience{})
	})
	return out
}

// TestEveryServerExampleOfTheDocsIsWhatTheHubSays: taken apart and put together
// again by the code that serves browsers, an example is the same.
func TestEveryServerExampleOfTheDocsIsWhatTheHubSays(t *testing.T) {
	unseen := replays()
	for i, example := range examples(t, "server") {
		var head struct{ Type string }
		if err := json.Unmarshal([]byte(example), &head); err != nil {
			t.Fatalf("%v in %s", err, example)
		}
		t.Run(fmt.Sprint(i, " ", head.Type), func(t *testing.T) {
			replay := replays()[head.Type]
			if replay == nil {
				t.Fatalf("the hub says no %s", example)
			}
			delete(unseen, head.Type)
			if got := payload(replay(t, example)); !sameJSON(t, got, []byte(example)) {
				t.Errorf("the hub says\n%s\nthe docs say\n%s", got, example)
			}
		})
	}
	for kind := range unseen {
		t.Errorf("the docs show no %s", kind)
	}
}

func sameJSON(t *testing.T, a, b []byte) bool {
	t.Helper()
	values := make([]any, 2)
	for i, text := range [][]byte{a, b} {
		d := json.NewDecoder(bytes.NewReader(text))
		d.UseNumber()
		if err := d.Decode(&values[i]); err != nil {
			t.Fatalf("%v in %s", err, text)
		}
	}
	return reflect.DeepEqual(values[0], values[1])
}

// scribe takes commands, notes them and confirms them.
type scribe struct {
	mu        sync.Mutex
	submitted []command.Request
	cancelled []entity.CommandID
}

func (s *scribe) Submit(r command.Request, done func(command.Result)) entity.CommandID {
	s.mu.Lock()
	s.submitted = append(s.submitted, r)
	s.mu.Unlock()
	done(command.Result{Command: "1f", Entity: r.Entity, Action: r.Action.Verb, Status: entity.StatusConfirmed})
	return "1f"
}

// Find has every command be one of an entity that all may see.
func (s *scribe) Find(id entity.CommandID) (command.Result, bool) {
	return command.Result{Command: id}, true
}

func (s *scribe) Cancel(id entity.CommandID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cancelled = append(s.cancelled, id)
	return false
}

// openOffice is a hub whose commands only a scribe takes.
func openOffice(t *testing.T, most int) (*rig, *scribe) {
	t.Helper()
	reg := registry.New(registry.Options{Epoch: "6b1f0c2e"})
	reg.Apply(house())
	s := &scribe{}
	h := New(Options{Source: reg, Commands: s, Most: most})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.Serve(w, r, Who{Cause: entity.Cause{Kind: entity.CauseUser}})
	}))
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { _ = h.Run(ctx); close(done) }()
	t.Cleanup(func() { cancel(); <-done; srv.Close() })
	return &rig{t: t, reg: reg, hub: h, url: "ws" + strings.TrimPrefix(srv.URL, "http")}, s
}

// TestEveryClientExampleOfTheDocsIsTaken says each example on a connection of
// its own and looks at what came of it.
func TestEveryClientExampleOfTheDocsIsTaken(t *testing.T) {
	kinds := map[string]int{}
	for i, example := range examples(t, "client") {
		var m struct {
			Type, Command string
			ID            any
			Entity        entity.ID
			entity.Wish
		}
		if err := json.Unmarshal([]byte(example), &m); err != nil {
			t.Fatalf("%v in %s", err, example)
		}
		kinds[m.Type]++
		t.Run(fmt.Sprint(i, " ", m.Type), func(t *testing.T) {
			r, s := openOffice(t, 0)
			greeting := hello
			if m.Type == "hello" {
				greeting = example
			}
			p := r.dial("", greeting)
			if first := p.next(); first["type"] != "snapshot" && first["type"] != "resumed" {
				t.Fatalf("it got %v", first)
			}
			if m.Type != "hello" {
				p.say(example)
			}
			p.say(`{"type":"ping","id":-1}`) // its pong comes after all that the example leads to
			var answers []message
			for a := p.next(); a["type"] != "pong" || a["id"] != -1.0; a = p.next() {
				answers = append(answers, a)
			}
			s.mu.Lock()
			defer s.mu.Unlock()
			switch m.Type {
			case "hello":
				if len(answers) != 0 {
					t.Errorf("it got %v", answers)
				}
			case "command":
				want, err := entity.ActionOf(m.Wish)
				if err != nil {
					t.Fatal(err)
				}
				if len(s.submitted) != 1 || s.submitted[0].Entity != m.Entity || !reflect.DeepEqual(s.submitted[0].Action, want) {
					t.Errorf("it asked for %+v, want %s %+v", s.submitted, m.Entity, want)
				}
				if len(answers) != 1 || answers[0]["type"] != "result" || answers[0]["id"] != m.ID || answers[0]["status"] != "confirmed" {
					t.Errorf("it got %v", answers)
				}
			case "cancel":
				if len(s.cancelled) != 1 || string(s.cancelled[0]) != m.Command || len(answers) != 0 {
					t.Errorf("cancelled %v and got %v", s.cancelled, answers)
				}
			case "ping":
				if len(answers) != 1 || answers[0]["type"] != "pong" || answers[0]["id"] != m.ID {
					t.Errorf("it got %v", answers)
				}
			default:
				t.Errorf("nobody knows what to expect of %s", example)
			}
		})
	}
	for _, kind := range []string{"hello", "command", "cancel", "ping"} {
		if kinds[kind] == 0 {
			t.Errorf("the docs show no %s", kind)
		}
	}
}

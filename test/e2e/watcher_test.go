//go:build e2e

package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"hob/internal/entity"
	"hob/server/client"
)

// watcher is a live session that keeps the house.
type watcher struct {
	t    *testing.T
	live session
	view client.View
	seen []client.Message
}

func (h *house) watch() *watcher {
	h.t.Helper()
	now := h.revision()
	w := h.open(json.RawMessage(`{"type":"hello","protocol":1}`))
	// The snapshot may be one that was made for somebody before, with what has
	// changed since behind it.
	w.until("the house as it is", func() bool { return w.view.Entities != nil && w.view.Revision >= now })
	return w
}

// revision is the house's newest.
func (h *house) revision() entity.Revision {
	h.t.Helper()
	c := http.Client{Transport: &http.Transport{DialContext: toSocket(h.state), DisableKeepAlives: true}, Timeout: patience}
	resp, err := c.Get("http://localhost/api/house")
	if err != nil {
		h.t.Fatal(err)
	}
	defer resp.Body.Close()
	var house struct{ Revision entity.Revision }
	if err := json.NewDecoder(resp.Body).Decode(&house); err != nil {
		h.t.Fatal(err)
	}
	return house.Revision
}

// open opens a live session with this hello.
func (h *house) open(hello json.RawMessage) *watcher {
	h.t.Helper()
	live, err := dialLive(h.state)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(live.Close)
	w := &watcher{t: h.t, live: live}
	w.send(hello)
	return w
}

// session is a live connection, bare: client.Live would say its own hello.
type session struct{ *websocket.Conn }

func dialLive(state string) (session, error) {
	d := websocket.Dialer{HandshakeTimeout: patience, Subprotocols: []string{"hob.live.1"},
		NetDialContext: toSocket(state)}
	ws, resp, err := d.Dial("ws://localhost/api/live", nil)
	if err == nil {
		_ = resp.Body.Close()
	}
	return session{ws}, err
}

func toSocket(state string) func(ctx context.Context, _, _ string) (net.Conn, error) {
	return func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", filepath.Join(state, client.SocketName))
	}
}

// Close ends it without a goodbye.
func (s session) Close() { _ = s.Conn.Close() }

// next takes one message. It is false when nothing came for long, or the session ended.
func (w *watcher) next() bool {
	var m client.Message
	_ = w.live.SetReadDeadline(time.Now().Add(patience))
	if err := w.live.ReadJSON(&m); err != nil {
		w.t.Log(err)
		return false
	}
	w.seen = append(w.seen, m)
	if _, err := w.view.Apply(m); err != nil {
		w.t.Fatal(err)
	}
	return true
}

func (w *watcher) until(what string, is func() bool) {
	w.t.Helper()
	deadline := time.Now().Add(patience)
	for !is() {
		if time.Now().After(deadline) || !w.next() {
			w.t.Fatalf("%s: it never came; the last messages:\n%s", what, w.lately())
		}
	}
}

// lately is what came last, for when a test fails.
func (w *watcher) lately() string {
	var out strings.Builder
	for _, m := range w.seen[max(0, len(w.seen)-20):] {
		fmt.Fprintf(&out, "  %s %d %s state=%s pending=%v unavailable=%v %s %s\n",
			m.Type, m.Revision, m.ID, m.State, m.Pending, m.Unavailable, m.Status, m.Message)
	}
	return out.String()
}

func (w *watcher) state(id entity.ID, want string) {
	w.t.Helper()
	w.until(fmt.Sprintf("%s is %s", id, want), func() bool {
		e := w.view.Entities[id]
		return e != nil && e.State == want && e.Available
	})
}

// lost waits until an entity is unavailable for this reason, with the state of
// before.
func (w *watcher) lost(id entity.ID, why entity.BoardStatus, state string) {
	w.t.Helper()
	w.until(fmt.Sprintf("%s is unavailable: %s", id, why), func() bool {
		e := w.view.Entities[id]
		return e != nil && e.Unavailable != nil && e.Unavailable.Reason == why
	})
	if e := w.view.Entities[id]; e.Available || e.State != state || e.Unavailable.Message == "" {
		w.t.Errorf("%s is %+v %+v, want %s", id, *e, *e.Unavailable, state)
	}
}

// command sends a command with an id of the test's own.
func (w *watcher) command(id string, target entity.ID, action entity.Verb) {
	w.t.Helper()
	b, err := json.Marshal(map[string]any{"type": "command", "id": id, "entity": target, "action": action})
	if err != nil {
		w.t.Fatal(err)
	}
	w.send(b)
}

// cancel asks for the end of a command by the server's id for it.
func (w *watcher) cancel(id entity.CommandID) {
	w.t.Helper()
	b, err := json.Marshal(map[string]any{"type": "cancel", "command": id})
	if err != nil {
		w.t.Fatal(err)
	}
	w.send(b)
}

// pending waits until a command for the entity is under way.
func (w *watcher) pending(id entity.ID) {
	w.t.Helper()
	w.until(fmt.Sprintf("%s is pending", id), func() bool { return w.view.Entities[id].Pending != nil })
}

// send writes a message of the live protocol as it is.
func (w *watcher) send(message json.RawMessage) {
	w.t.Helper()
	if err := w.live.WriteJSON(message); err != nil {
		w.t.Fatal(err)
	}
}

// result waits for the answer to the command with this id.
func (w *watcher) result(id string) client.Message {
	w.t.Helper()
	var got client.Message
	w.until("the result of "+id, func() bool {
		for _, m := range w.seen {
			if m.Type == "result" && m.Name() == id {
				got = m
				return true
			}
		}
		return false
	})
	return got
}

// first is the first state of an entity among the messages from number from on.
func (w *watcher) first(from int, id entity.ID) (client.Message, bool) {
	for _, m := range w.seen[from:] {
		if m.Type == "state" && m.Name() == string(id) {
			return m, true
		}
	}
	return client.Message{}, false
}

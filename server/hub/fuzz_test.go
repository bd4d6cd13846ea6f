package hub

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// FuzzClientMessage sends whatever comes to a real session. The session must
// answer the ping that follows, or have closed with a reason, and all it says
// must be messages of docs/api.md.
func FuzzClientMessage(f *testing.F) {
	for _, seed := range []string{hello, `{"type":"command","id":"a","entity":"porch","action":"toggle"}`,
		`{"type":"command","id":"a","entity":"stairs","action":"set","level":40,"color":"#ff8800"}`,
		`{"type":"cancel","command":"1"}`, `{"type":"ping","id":7}`, `[1]`, `{"type":"command","id":`, "\xff"} {
		f.Add([]byte(seed))
	}
	r, stop := openRig(f)
	f.Cleanup(stop)
	var ws *websocket.Conn // lives through many inputs, as a session does
	f.Cleanup(func() {
		if ws != nil {
			_ = ws.Close()
		}
	})
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > mostMessage {
			return
		}
		if ws == nil {
			var err error
			if ws, _, err = websocket.DefaultDialer.Dial(r.url, nil); err != nil {
				t.Fatal(err)
			}
			_ = ws.WriteMessage(websocket.TextMessage, []byte(hello))
		}
		_ = ws.WriteMessage(websocket.TextMessage, b)
		_ = ws.WriteMessage(websocket.TextMessage, []byte(`{"type":"ping","id":424242}`))
		for {
			_ = ws.SetReadDeadline(time.Now().Add(20 * time.Second))
			_, raw, err := ws.ReadMessage()
			if err != nil {
				if !websocket.IsCloseError(err, closeBadMessages, closeWrongFrame) {
					t.Fatalf("%q ended the session: %v", b, err)
				}
				_ = ws.Close()
				ws = nil
				return
			}
			var m message
			if err := json.Unmarshal(raw, &m); err != nil {
				t.Fatalf("%q is answered %q: %v", b, raw, err)
			}
			switch m["type"] {
			case "snapshot", "resumed", "state", "entity", "removed", "board", "board_removed", "house", "result", "error":
			case "pong":
				if m["id"] == 424242.0 {
					return
				}
			default:
				t.Fatalf("%q is answered %s", b, raw)
			}
		}
	})
}

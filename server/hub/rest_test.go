package hub

import (
	"encoding/json"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
)

// A client may ping before its hello. What it is sent for that and has not read goes
// out whole, and then the answer to the hello.
func TestTheAnswerToAHelloDoesNotCutWhatIsOnItsWay(t *testing.T) {
	for _, resumes := range []bool{false, true} {
		inBubble(t, func(t *testing.T, r *rig, dial func() *websocket.Conn) {
			hello := hello
			if resumes { // the answer is shorter than a pong
				hello = fmt.Sprintf(`{"type":"hello","protocol":1,"resume":{"epoch":"e1","revision":%d}}`, r.reg.Revision())
			}
			ws := dial()
			if err := ws.WriteControl(websocket.PingMessage, make([]byte, 125), time.Now().Add(time.Second)); err != nil {
				t.Fatal(err)
			}
			synctest.Wait() // the pong waits to be read
			if err := ws.WriteMessage(websocket.TextMessage, []byte(hello)); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			pongs := 0
			ws.SetPongHandler(func(string) error { pongs++; return nil })
			_, b, err := ws.ReadMessage()
			if err != nil || !json.Valid(b) || pongs != 1 {
				t.Errorf("resumes %v: after %d pongs came %q, %v", resumes, pongs, b, err)
			}
		})
	}
}

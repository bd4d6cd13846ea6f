package link

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"hob/internal/entity"
	"hob/internal/wire"
)

// spoiler is somebody on the network who lets some connections through to the
// board and ends the others after the server's first message.
func (r *rig) spoiler(address string, code int, spoil func(first []byte) bool) {
	r.t.Helper()
	through := make(chan net.Conn)
	hall := &pipeListener{n: r.net, address: "behind " + address, conns: through, closed: make(chan struct{})}
	served := make(chan struct{})
	server := &http.Server{Handler: http.HandlerFunc(r.hall.serve)}
	go func() {
		defer close(served)
		_ = server.Serve(hall)
	}()
	r.t.Cleanup(func() {
		_ = server.Close()
		<-served
	})
	up := websocket.Upgrader{Subprotocols: []string{wire.Subprotocol}}
	answer(r.t, r.net, address, func(w http.ResponseWriter, q *http.Request) {
		ws, err := up.Upgrade(w, q, nil)
		if err != nil {
			return
		}
		defer ws.Close()
		_, first, err := ws.ReadMessage()
		if err != nil {
			return
		}
		if spoil(first) {
			if code != 0 {
				_ = ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, "no"), time.Now().Add(time.Second))
			}
			return
		}
		d := websocket.Dialer{NetDialContext: func(context.Context, string, string) (net.Conn, error) {
			near, far := net.Pipe()
			through <- far
			return near, nil
		}}
		board, _, err := d.DialContext(q.Context(), "ws://hall/link", nil)
		if err != nil {
			return
		}
		defer board.Close()
		if board.WriteMessage(websocket.BinaryMessage, first) != nil {
			return
		}
		back := make(chan struct{})
		go func() {
			defer close(back)
			pump(ws, board)
		}()
		pump(board, ws)
		<-back
	})
}

// pump passes messages and the last word on until either end is gone, and ends both.
func pump(to, from *websocket.Conn) {
	defer to.Close()
	defer from.Close()
	for {
		kind, msg, err := from.ReadMessage()
		var closed *websocket.CloseError
		if errors.As(err, &closed) && closed.Code != websocket.CloseAbnormalClosure {
			_ = to.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(closed.Code, ""), time.Now().Add(time.Second))
		}
		if err != nil || to.WriteMessage(kind, msg) != nil {
			return
		}
	}
}

// made says whether a first message was made with a key.
func made(first []byte, key wire.Key) bool {
	_, _, _, err := wire.Respond([]wire.Key{key}, hallID, first)
	return err == nil
}

func TestHowAHandshakeFailsDoesNotKeepTheOtherKeyFromBeingTried(t *testing.T) {
	for _, code := range []int{0, closeBusy, closeNoKeyFit, closeNoKey, closeProto, closeSilent, closeNewKey,
		websocket.CloseNormalClosure, websocket.CloseInternalServerErr} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				next := mustKey(9) // the server died before it sent it
				r := newRig(t, testHouse())
				r.stop()
				r.storeKeys(Pair{Current: testKey, Next: next})
				r.spoiler("192.0.2.8:80", code, func(first []byte) bool { return made(first, next) })
				r.begin(testHouse())
				r.found("192.0.2.8:80")
				pass(time.Second)
				r.want(entity.BoardOnline)
			})
		})
	}
}

// A board may answer 503 or, when its HTTP server has upgraded already, 1013
// before or after it has read anything.
func TestBoardThatIsBusyIsCalledABusyOne(t *testing.T) {
	turnAway := func(w http.ResponseWriter, q *http.Request, read bool) {
		u := websocket.Upgrader{Subprotocols: []string{wire.Subprotocol}}
		ws, err := u.Upgrade(w, q, nil)
		if err != nil {
			return
		}
		defer ws.Close()
		came := make(chan struct{})
		go func() { // as a socket's buffer takes what comes; a pipe has none
			_, _, _ = ws.ReadMessage()
			close(came)
			_, _, _ = ws.ReadMessage()
		}()
		if read {
			<-came
		}
		_ = ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(1013, "too many connections"),
			time.Now().Add(time.Second))
		<-came
	}
	for name, serve := range map[string]http.HandlerFunc{
		"503":                  func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no room", http.StatusServiceUnavailable) },
		"1013 at once":         func(w http.ResponseWriter, q *http.Request) { turnAway(w, q, false) },
		"1013 after message 1": func(w http.ResponseWriter, q *http.Request) { turnAway(w, q, true) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, testHouse())
				answer(t, r.net, "192.0.2.66:80", serve)
				r.found("192.0.2.66:80")
				synctest.Wait()
				r.want(entity.BoardOffline)
				if s := r.status().Message; !strings.Contains(s, "busy") || strings.Contains(s, "no board") {
					t.Fatalf("message %q", s)
				}
				// It is dialled again by and by, and the link comes about when there is room.
				before := r.net.dialled("192.0.2.66:80")
				pass(time.Minute)
				if n := r.net.dialled("192.0.2.66:80") - before; n < 2 || n > 100 {
					t.Fatalf("%d calls within a minute", n)
				}
				r.found(hallAddr)
				pass(time.Minute)
				r.want(entity.BoardOnline)
			})
		})
	}
}

func TestNextKeyThatTheBoardNeverGotIsTriedLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		r.stop()
		next := mustKey(9)
		r.storeKeys(Pair{Current: testKey, Next: next})
		r.begin(testHouse())
		r.online()
		first := r.net.dialled(hallAddr)
		if first != 2 {
			t.Fatalf("%d calls, want one for each key", first)
		}
		r.reconnect()
		if n := r.net.dialled(hallAddr) - first; n != 1 {
			t.Fatalf("%d calls to come back, want one", n)
		}
		if p := mustLoad(t, r.keys); p.Next != next {
			t.Fatal("the next key is gone")
		}
		// The board knew it after all, and now only it.
		r.hall.mu.Lock()
		r.hall.current = next
		r.hall.mu.Unlock()
		r.reconnect()
		if p := mustLoad(t, r.keys); p != (Pair{Current: next}) {
			t.Fatal("the key that works is not the key")
		}
		if err := r.m.Rotate(t.Context(), hallID); err != nil {
			t.Fatal(err)
		}
		pass(time.Second)
		r.wantOneWorld("rotated afterwards")
	})
}

// reconnect ends the link and lets it come back.
func (r *rig) reconnect() {
	r.t.Helper()
	before := r.hall.sessions()
	r.hall.mu.Lock()
	s := r.hall.session
	r.hall.mu.Unlock()
	s.close(websocket.CloseNormalClosure, "")
	pass(2 * time.Second)
	r.want(entity.BoardOnline)
	if r.hall.sessions() == before {
		r.t.Fatal("the link was not ended")
	}
}

func TestOneSpoiledHandshakeDoesNotKeepTheOldKeyAfterARotation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		spoiled := 0
		r.spoiler("192.0.2.8:80", closeNoKeyFit, func(first []byte) bool {
			bad := spoiled == 0 && !made(first, testKey)
			if bad {
				spoiled++
			}
			return bad
		})
		r.found("192.0.2.8:80")
		pass(time.Second)
		if err := r.m.Rotate(t.Context(), hallID); err != nil {
			t.Fatal(err)
		}
		pass(time.Second)
		r.want(entity.BoardOnline)
		if spoiled != 1 || r.hall.current != testKey {
			t.Fatal("the new key was not spoiled")
		}
		r.reconnect()
		r.wantOneWorld("at the next link")
	})
}

func TestProbeAfterAPromotionThatTheDiskRefusedFindsNoStranger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		r.online()
		r.dieBefore(3)
		if err := r.m.Rotate(t.Context(), hallID); err != nil {
			t.Fatal(err)
		}
		pass(time.Second)
		if p := mustLoad(t, r.keys); p.Current != testKey || r.hall.current == testKey {
			t.Fatal("the promotion was not refused")
		}
		r.spoiler("192.0.2.8:80", 0, func([]byte) bool { return false }) // the same board
		r.found(hallAddr, "192.0.2.8:80")
		pass(time.Minute)
		if r.net.dialled("192.0.2.8:80") != 1 {
			t.Fatal("the other address was not called")
		}
		r.want(entity.BoardOnline)
	})
}

func TestBoardThatSaysDialAgainIsNotDialledWithoutAPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		r.intercepts(func(s *fakeSession, f wire.ServerFrame) bool {
			if isCommit(f) {
				s.close(closeNewKey, "dial again")
			}
			return isCommit(f)
		})
		r.found(hallAddr)
		pass(10 * time.Minute)
		if n := r.hall.sessions(); n < 50 || n > 65 {
			t.Fatalf("%d sessions in ten minutes", n)
		}
		r.intercepts(nil)
		pass(maxWait)
		r.want(entity.BoardOnline)
		pass(time.Minute) // a session that has lived is believed
		r.hall.mu.Lock()
		s := r.hall.session
		r.hall.mu.Unlock()
		s.close(closeNewKey, "dial again")
		pass(minWait)
		r.want(entity.BoardOnline)
	})
}

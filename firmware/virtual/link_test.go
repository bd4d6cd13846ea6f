package main

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

func TestOnlyTheLinkIsServed(t *testing.T) {
	r := startRig(t)
	cases := []struct {
		name, method, path string
		header             http.Header
		status             int
	}{
		{"another path", "GET", "/", nil, 404},
		{"another method", "POST", "/link", nil, 405},
		{"no upgrade", "GET", "/link", http.Header{"Sec-Websocket-Protocol": {subprotocol}}, 400},
		{"no subprotocol", "GET", "/link", upgradeHeader(), 400},
		{"a web page", "GET", "/link", upgradeHeader("Sec-Websocket-Protocol", subprotocol, "Origin", "http://"+r.ready.Address), 403},
	}
	for _, c := range cases {
		request, err := http.NewRequestWithContext(t.Context(), c.method, "http://"+r.ready.Address+c.path, nil)
		must(t, err)
		if c.header != nil {
			request.Header = c.header
		}
		response, err := http.DefaultTransport.RoundTrip(request)
		must(t, err)
		must(t, response.Body.Close())
		if response.StatusCode != c.status {
			t.Errorf("%s: %s, want %d", c.name, response.Status, c.status)
		}
	}
	// None of them took one of the board's connections.
	dialLink(t, r.ready.Address)
	dialLink(t, r.ready.Address)
}

func upgradeHeader(more ...string) http.Header {
	h := http.Header{
		"Connection": {"Upgrade"}, "Upgrade": {"websocket"},
		"Sec-Websocket-Version": {"13"}, "Sec-Websocket-Key": {"AAAAAAAAAAAAAAAAAAAAAA=="},
	}
	for i := 0; i+1 < len(more); i += 2 {
		h.Set(more[i], more[i+1])
	}
	return h
}

func TestWhoeverSaysNothingMakesRoomForTheNext(t *testing.T) {
	r := startRig(t)
	silent := make([]*websocket.Conn, coreConns+1)
	for i := range silent {
		silent[i] = dialLink(t, r.ready.Address)
	}
	must(t, silent[0].SetReadDeadline(time.Now().Add(patience)))
	_, _, err := silent[0].ReadMessage()
	if !websocket.IsCloseError(err, 4005) {
		t.Fatalf("the oldest silent connection: %v", err)
	}
	// And a server gets through.
	adopt(t, r.ready.readyBoard)
}

// Those that have answered message 1 make no room within a second; on a busy
// computer that goes by, and it takes some more of them.
func TestConnectionThatThereIsNoRoomForIsRefusedBeforeTheUpgrade(t *testing.T) {
	r := startRig(t)
	key := adopt(t, r.ready.readyBoard)
	d := websocket.Dialer{Subprotocols: []string{subprotocol}, HandshakeTimeout: patience}
	// dial gives nil for one that is refused with 503, the only refusal there may be.
	dial := func() *websocket.Conn {
		ws, response, err := d.DialContext(t.Context(), "ws://"+r.ready.Address+"/link", nil)
		if errors.Is(err, websocket.ErrBadHandshake) && response.StatusCode == http.StatusServiceUnavailable {
			return nil
		}
		must(t, err)
		must(t, ws.SetReadDeadline(time.Now().Add(patience)))
		return ws
	}
	begun := time.Now()
	var taken []*websocket.Conn
	for ws := dial(); ws != nil; ws = dial() {
		taken = append(taken, ws)
		_, _ = shakeHands(t, ws, r.ready.ID, key) // fails for one that has made room meanwhile
		if time.Since(begun) > patience {
			t.Fatal("there is always room")
		}
	}
	if len(taken) < coreConns-1 { // of the adoption one may still be there
		t.Errorf("no room after %d connections", len(taken))
	}
	for _, ws := range taken {
		must(t, ws.Close())
	}
	// And there is room again.
	for ws := dial(); ; ws = dial() {
		if ws != nil {
			must(t, ws.Close())
			return
		}
		if time.Since(begun) > 2*patience {
			t.Fatal("there is never room again")
		}
	}
}

func TestBreakingTheTransportsRulesEndsWith4000(t *testing.T) {
	r := startRig(t)
	cases := map[string]func(ws *websocket.Conn) error{
		"a text message": func(ws *websocket.Conn) error { return ws.WriteMessage(websocket.TextMessage, []byte("{}")) },
		"too long a message": func(ws *websocket.Conn) error {
			return ws.WriteMessage(websocket.BinaryMessage, make([]byte, maxMessage+1))
		},
		"too long a message in pieces": func(ws *websocket.Conn) error {
			w, err := ws.NextWriter(websocket.BinaryMessage)
			if err != nil {
				return err
			}
			if _, err := io.Copy(w, bytes.NewReader(make([]byte, 1<<20))); err != nil {
				return nil // the board may have closed before the end
			}
			return w.Close()
		},
	}
	for name, send := range cases {
		ws := dialLink(t, r.ready.Address)
		must(t, send(ws))
		_, _, err := ws.ReadMessage()
		t.Log(name, err)
		wantCloseError(t, err, 4000)
	}
}

func TestHostileBytesNeverReachTheHouse(t *testing.T) {
	r := startRig(t)
	key := adopt(t, r.ready.readyBoard)
	s := openSession(t, r.ready.Address, r.ready.ID, key)
	s.mustConfigure(theHouse()...)
	for _, text := range []string{
		"", "GET /link HTTP/1.1\r\n", "GET /link HTTP/1.1\r\nHost: x\r\n\r\n", "\x00\xff\x00\xff", "POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\nabc",
	} {
		conn, err := net.Dial("tcp", r.ready.Address)
		must(t, err)
		_, err = io.WriteString(conn, text)
		must(t, err)
		must(t, conn.Close())
	}
	for _, message := range [][]byte{{}, {0}, make([]byte, 48), make([]byte, 47), bytes.Repeat([]byte{0xff}, maxMessage)} {
		ws := dialLink(t, r.ready.Address)
		must(t, ws.WriteMessage(websocket.BinaryMessage, message))
		_, _, err := ws.ReadMessage()
		wantCloseError(t, err, 4001)
		must(t, ws.Close())
	}
	// The session has gone on all the while.
	if result := s.command("gpio16", "on", nil); result["code"] != "done" {
		t.Errorf("%v", result)
	}
}

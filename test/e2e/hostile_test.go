//go:build e2e

package e2e

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"hob/internal/entity"
)

const upgrade = "GET %PATH HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
	"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: %PROTOCOL\r\n\r\n"

// garbage is what may come out of any socket.
func garbage(random *rand.Rand, path, protocol string) [][]byte {
	noise := make([]byte, 4096)
	for i := range noise {
		noise[i] = byte(random.UintN(256))
	}
	up := strings.NewReplacer("%PATH", path, "%PROTOCOL", protocol).Replace(upgrade)
	frame := func(b ...byte) []byte { return append([]byte(up), b...) }
	return [][]byte{
		nil,
		noise,
		[]byte("GET"),
		[]byte("GET / HTTP/9.9\r\n\r\n"),
		[]byte("GET / HTTP/1.1\r\nHost: localhost\r\n" + strings.Repeat("X-A: "+strings.Repeat("a", 1000)+"\r\n", 2000)),
		[]byte("GET /" + strings.Repeat("%2e%2e/", 1000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n"),
		[]byte("POST /api/entities/porch/commands HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n{"),
		[]byte("POST /api/entities/porch/commands HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n"),
		append([]byte("POST /api/entities/porch/commands HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 20000000\r\n\r\n"),
			bytes.Repeat([]byte(`[`), 2_000_000)...),
		[]byte("POST /api/entities/porch/commands HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 4\r\n\r\n\xff\xfe{}"),
		[]byte("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
		[]byte("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n"),
		[]byte(up),
		frame(noise...),
		frame(0x81, 0x05, 'h', 'e', 'l', 'l', 'o'),                   // not masked
		frame(0xf1, 0x80, 0, 0, 0, 0),                                // reserved bits
		frame(0x82, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0),  // an enormous message
		frame(0x01, 0x81, 0, 0, 0, 0, '{'),                           // half a message
		frame(0x80, 0x80, 0, 0, 0, 0),                                // goes on with nothing
		frame(0x89, 0xfe, 0x10, 0x00, 0, 0, 0, 0),                    // a ping that is too long
		frame(bytes.Repeat([]byte{0x89, 0x80, 0, 0, 0, 0}, 2000)...), // very many pings
		frame(append([]byte{0x82, 0xb0, 0, 0, 0, 0}, noise[:48]...)...),
	}
}

// throw sends some bytes and waits for the other side to answer or end; it does
// not care how.
func throw(t *testing.T, dial func(context.Context) (net.Conn, error), b []byte, wait time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, err := dial(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(wait))
	_, _ = conn.Write(b)
	_, _ = io.Copy(io.Discard, conn)
}

func TestBytesFromAnybodyDoNoHarm(t *testing.T) {
	t.Parallel()
	h := newHouse(t, rooms, "esp")
	esp := h.boards["esp"]
	h.must("set", "porch", "on")
	w := h.watch()
	w.state("porch", "on")

	sockets := []struct {
		name, path, protocol string
		dial                 func(context.Context) (net.Conn, error)
	}{
		{"the server's address", "/api/live", "hob.live.1", func(ctx context.Context) (net.Conn, error) {
			return dialIn(t, h.net)(ctx, "tcp", h.listen)
		}},
		{"the server's socket", "/api/live", "hob.live.1", func(ctx context.Context) (net.Conn, error) {
			return toSocket(h.state)(ctx, "", "")
		}},
		{"the board's address", "/link", "hob.link.1", func(ctx context.Context) (net.Conn, error) {
			return dialIn(t, h.net)(ctx, "tcp", esp.address)
		}},
		{"the board's control socket", "/", "x", func(ctx context.Context) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", esp.control)
		}},
	}
	random := rand.New(rand.NewPCG(1, 2))
	round := func() {
		for _, s := range sockets {
			for _, b := range garbage(random, s.path, s.protocol) {
				throw(t, s.dial, b, 20*time.Millisecond)
			}
		}
	}
	round()
	servers, boards := h.server.resident(), esp.resident()
	since := esp.lastEdge()
	for range 3 {
		round()
	}
	// What is thrown need not end before it is answered: the answers are later
	// than everything before.
	w.command("on", "fan", entity.VerbOn)
	if r := w.result("on"); r.Status != entity.StatusConfirmed {
		t.Errorf("the house does not go on: %+v", r)
	}
	h.must("set", "fan", "off")
	esp.press(32)
	w.state("porch", "off")
	esp.quiet(since, 16, 17)
	if e := w.view.Entities["porch"]; e.Cause.Kind != entity.CauseButton {
		t.Errorf("the porch changed by %+v", e.Cause)
	}
	for name, m := range map[string][2]int{"server": {servers, h.server.resident()}, "board": {boards, esp.resident()}} {
		if m[1] > 2*m[0] {
			t.Errorf("the %s grew from %d kB to %d kB", name, m[0], m[1])
		}
	}
}

func TestConnectionsThatHangKeepNobodyOut(t *testing.T) {
	t.Parallel()
	h := newHouse(t, rooms, "esp")
	esp := h.boards["esp"]
	hang := func(address string, n int, half string) {
		for range n {
			conn, err := dialIn(t, h.net)(t.Context(), "tcp", address)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = conn.Close() })
			_, _ = conn.Write([]byte(half))
		}
	}
	live := strings.NewReplacer("%PATH", "/api/live", "%PROTOCOL", "hob.live.1").Replace(upgrade)
	link := strings.NewReplacer("%PATH", "/link", "%PROTOCOL", "hob.link.1").Replace(upgrade)
	hang(h.listen, 100, "GET /api/entities HTTP/1.1\r\nHost: ")
	hang(h.listen, 100, live) // and never a hello
	hang(esp.address, 4, "GET /link HTTP/1.1\r\nHost: ")
	hang(esp.address, 4, link) // and never a handshake
	w := h.watch()
	w.command("on", "fan", entity.VerbOn)
	if r := w.result("on"); r.Status != entity.StatusConfirmed {
		t.Errorf("result: %+v", r)
	}
	// Even a session that is lost while they hang comes back.
	h.server.kill()
	h.serve()
	h.watch().state("fan", "on")
	h.must("set", "fan", "off")
}

func TestBadMessagesOfALiveClientHarmNobodyElse(t *testing.T) {
	t.Parallel()
	h := newHouse(t, rooms, "esp")
	good := h.watch()
	for _, bad := range []string{"", "{", "[]", "null", `{"type":1}`, `{"type":"x"}`, `{"type":"command"}`,
		`{"type":"hello","protocol":1}`, strings.Repeat("[", 4000), "\xff\xfe"} {
		w := h.watch()
		w.write(websocket.TextMessage, []byte(bad))
		w.until("an answer to "+bad, func() bool {
			m := w.seen[len(w.seen)-1]
			return (m.Type == "error" || m.Type == "result") && m.Message != ""
		})
		w.command("on", "fan", entity.VerbOn)
		if r := w.result("on"); r.Status != entity.StatusConfirmed {
			t.Errorf("after %q: %+v", bad, r)
		}
		w.live.Close()
	}
	for kind, bad := range map[int][]byte{websocket.BinaryMessage: []byte("{}"), websocket.TextMessage: bytes.Repeat([]byte("x"), 1<<20)} {
		w := h.watch()
		_ = w.live.WriteMessage(kind, bad) // it may be cut off before its end
		ended(t, w)
	}
	w := h.watch()
	for range 10 {
		w.write(websocket.TextMessage, []byte("{"))
	}
	if code := ended(t, w); code != websocket.ClosePolicyViolation {
		t.Errorf("after ten bad messages it is closed with %d", code)
	}
	h.must("set", "fan", "off")
	good.until("the end of it", func() bool {
		e := good.view.Entities["fan"]
		return e.State == "off" && e.Cause.Kind == entity.CauseCLI
	})
}

func (w *watcher) write(kind int, b []byte) {
	w.t.Helper()
	if err := w.live.WriteMessage(kind, b); err != nil {
		w.t.Fatal(err)
	}
}

// ended waits for the server to end a session and gives the close code, 0 for none.
func ended(t *testing.T, w *watcher) int {
	t.Helper()
	_ = w.live.SetReadDeadline(time.Now().Add(patience))
	var err error
	for err == nil {
		_, _, err = w.live.ReadMessage()
	}
	var closed *websocket.CloseError
	var timeout net.Error
	switch {
	case errors.As(err, &closed):
		return closed.Code
	case errors.As(err, &timeout) && timeout.Timeout():
		t.Fatal("it is never ended")
	}
	return 0
}

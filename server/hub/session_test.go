package hub

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// goodbye reads until the connection ends and gives the close code.
func (p *peer) goodbye() int {
	p.t.Helper()
	for {
		_ = p.ws.SetReadDeadline(time.Now().Add(20 * time.Second))
		_, _, err := p.ws.ReadMessage()
		if err == nil {
			continue
		}
		var end *websocket.CloseError
		if errors.As(err, &end) {
			return end.Code
		}
		p.t.Fatal(err)
	}
}

func TestOneClientTooManyIsToldSoAndTheOthersStay(t *testing.T) {
	r, _ := openOffice(t, 2)
	a, b := r.dial("", hello), r.dial("", hello)
	a.next()
	b.next()
	if code := r.dial("", hello).goodbye(); code != closeTooMany {
		t.Errorf("closed with %d, want %d", code, closeTooMany)
	}
	for _, p := range []*peer{a, b} {
		p.say(`{"type":"ping","id":1}`)
		p.until(kind("pong"))
	}
	if err := a.ws.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(1000, "")); err != nil {
		t.Fatal(err)
	}
	if code := a.goodbye(); code != 1000 {
		t.Errorf("the goodbye was answered with %d", code)
	}
	// Its place is free as soon as the hub has noticed; until then one more is too many.
	for deadline := time.Now().Add(20 * time.Second); ; {
		p := r.dial("", hello)
		_ = p.ws.SetReadDeadline(deadline)
		if _, _, err := p.ws.ReadMessage(); err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the place of one who left is never free again")
		}
	}
}

func TestARequestThatIsNoUpgradeTakesNobodysPlace(t *testing.T) {
	r, _ := openOffice(t, 1)
	for range 3 {
		resp, err := http.Get("http" + strings.TrimPrefix(r.url, "ws"))
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusBadRequest {
			t.Errorf("got %d", resp.StatusCode)
		}
	}
	if m := r.dial("", hello).next(); m["type"] != "snapshot" {
		t.Errorf("then a client got %v", m)
	}
}

func TestANewTokenEndsTheSessionsThatTheOldOneLetIn(t *testing.T) {
	r := newRig(t)
	const hello = `{"type":"hello","protocol":1}`
	old, local := r.dial("?token=1", hello), r.dial("", hello)
	for _, p := range []*peer{old, local} {
		if m := p.next(); m["type"] != "snapshot" {
			t.Fatalf("first came %v", m)
		}
	}
	r.hub.SetToken(2)
	late := r.dial("?token=1", "") // was asked for the token just before it changed
	for name, p := range map[string]*peer{"old": old, "late": late} {
		if _, _, err := p.ws.ReadMessage(); !websocket.IsCloseError(err, closeTokenGone) {
			t.Errorf("%s: %v", name, err)
		}
	}
	now := r.dial("?token=2", hello)
	if m := now.next(); m["type"] != "snapshot" {
		t.Errorf("with the new token came %v", m)
	}
	local.say(`{"type":"ping","id":1}`)
	if m := local.next(); m["type"] != "pong" {
		t.Errorf("who needs no token got %v", m)
	}
}

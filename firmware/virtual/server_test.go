package main

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/flynn/noise"
	"github.com/gorilla/websocket"

	"hob/internal/wire"
)

// frame is one frame of docs/wire.md, decoded.
type frame map[string]any

// session is the server's end of a link, as small as it can be: it is written
// after docs/wire.md and shares no code with the server proper.
type session struct {
	t          *testing.T
	ws         *websocket.Conn
	send, recv *noise.CipherState
	hello      frame
	lastUp     float64
	nextID     int
}

func noiseSuite() noise.CipherSuite {
	return noise.NewCipherSuite(noise.DH25519, noise.CipherChaChaPoly, noise.HashSHA256)
}

// dialLink upgrades a WebSocket on a board's /link.
func dialLink(t *testing.T, address string) *websocket.Conn {
	t.Helper()
	dialer := websocket.Dialer{Subprotocols: []string{subprotocol}, HandshakeTimeout: patience}
	ws, response, err := dialer.Dial("ws://"+address+"/link", nil)
	if err != nil {
		status := ""
		if response != nil {
			status = response.Status
		}
		t.Fatalf("dial %s: %v %s", address, err, status)
	}
	t.Cleanup(func() { ws.Close() })
	must(t, ws.SetReadDeadline(time.Now().Add(patience)))
	return ws
}

// shakeHands runs the handshake; an error is the board's refusal.
func shakeHands(t *testing.T, ws *websocket.Conn, id string, key []byte) (*session, error) {
	t.Helper()
	hs, err := noise.NewHandshakeState(noise.Config{
		CipherSuite: noiseSuite(), Pattern: noise.HandshakeNN, Initiator: true,
		Prologue: []byte(subprotocol + id), PresharedKey: key, PresharedKeyPlacement: 0,
	})
	must(t, err)
	first, _, _, err := hs.WriteMessage(nil, nil)
	must(t, err)
	must(t, ws.WriteMessage(websocket.BinaryMessage, first))
	_, second, err := ws.ReadMessage()
	if err != nil {
		return nil, err
	}
	_, send, recv, err := hs.ReadMessage(nil, second)
	if err != nil {
		return nil, err
	}
	return &session{t: t, ws: ws, send: send, recv: recv}, nil
}

// openSession dials, shakes hands and exchanges hellos.
func openSession(t *testing.T, address, id string, key []byte) *session {
	t.Helper()
	s, err := shakeHands(t, dialLink(t, address), id, key)
	must(t, err)
	s.write(frame{"t": "hello", "proto": 1, "server": "test", "unix": 0})
	s.hello = s.read()
	if s.hello["t"] != "hello" || s.hello["id"] != id {
		t.Fatalf("hello is %v", s.hello)
	}
	return s
}

func (s *session) write(f frame) {
	s.t.Helper()
	text, err := json.Marshal(f)
	must(s.t, err)
	s.writeText(text)
}

func (s *session) writeText(text []byte) {
	s.t.Helper()
	must(s.t, s.tryWrite(text))
}

// tryWrite is for links that may have ended.
func (s *session) tryWrite(text []byte) error {
	sealed, err := s.send.Encrypt(nil, nil, text)
	if err != nil {
		return err
	}
	return s.ws.WriteMessage(websocket.BinaryMessage, sealed)
}

// tryRead gives the next frame, or the error that ended the link.
func (s *session) tryRead() (frame, error) {
	if err := s.ws.SetReadDeadline(time.Now().Add(patience)); err != nil {
		return nil, err
	}
	_, sealed, err := s.ws.ReadMessage()
	if err != nil {
		return nil, err
	}
	text, err := s.recv.Decrypt(nil, nil, sealed)
	if err != nil {
		return nil, fmt.Errorf("decrypt: %w", err)
	}
	// Whatever the core writes, the server's decoder has to understand.
	if known, err := new(wire.Decoder).Board(text); err != nil {
		return nil, fmt.Errorf("%w in %q", err, text)
	} else if unknown, ok := known.(*wire.Unknown); ok {
		return nil, fmt.Errorf("the server does not know %+v", unknown)
	}
	var f frame
	if err := json.Unmarshal(text, &f); err != nil {
		return nil, fmt.Errorf("%w in %q", err, text)
	}
	s.lastUp = f["up"].(float64)
	return f, nil
}

func (s *session) read() frame {
	s.t.Helper()
	f, err := s.tryRead()
	must(s.t, err)
	return f
}

// readUntil gives the first frame of type t, and those before it.
func (s *session) readUntil(t string) (f frame, before []frame) {
	s.t.Helper()
	for {
		f = s.read()
		if f["t"] == t {
			return f, before
		}
		before = append(before, f)
		if len(before) > 200 {
			s.t.Fatalf("no %s among 200 frames", t)
		}
	}
}

// wantClose reads on until the link ends, which has to be with the given code.
func (s *session) wantClose(code int) {
	s.t.Helper()
	for range 200 {
		if _, err := s.tryRead(); err != nil {
			wantCloseError(s.t, err, code)
			return
		}
	}
	s.t.Fatal("the link does not end")
}

func wantCloseError(t *testing.T, err error, code int) {
	t.Helper()
	var closed *websocket.CloseError
	if !errors.As(err, &closed) || closed.Code != code {
		t.Fatalf("link ended with %v, want close code %d", err, code)
	}
}

// encodeItems gives the items as they are sent, and the hash over them.
func encodeItems(t *testing.T, items []frame) (texts []json.RawMessage, sum string) {
	t.Helper()
	hash := sha256.New()
	for _, item := range items {
		text, err := json.Marshal(item)
		must(t, err)
		texts = append(texts, text)
		fmt.Fprintf(hash, "%s\n", text)
	}
	return texts, hex.EncodeToString(hash.Sum(nil))
}

func revision(t *testing.T, items []frame) string {
	t.Helper()
	_, sum := encodeItems(t, items)
	return sum[:16]
}

func (s *session) sendConfig(items []frame) {
	s.t.Helper()
	texts, sum := encodeItems(s.t, items)
	s.write(frame{"t": "config_begin", "rev": sum[:16], "items": len(items), "sha256": sum})
	for i, text := range texts {
		s.writeText(fmt.Appendf(nil, `{"t":"config_item","n":%d,"item":%s}`, i, text))
	}
	s.write(frame{"t": "config_commit", "rev": sum[:16]})
}

// configure sends a configuration and gives the board's verdict.
func (s *session) configure(items ...frame) (verdict frame) {
	s.t.Helper()
	s.sendConfig(items)
	for range 200 {
		verdict := s.read()
		if verdict["t"] == "configured" || verdict["t"] == "config_error" {
			return verdict
		}
	}
	s.t.Fatal("no verdict on a configuration")
	return nil
}

// mustConfigure sends a configuration that the board has to take.
func (s *session) mustConfigure(items ...frame) {
	s.t.Helper()
	if verdict := s.configure(items...); verdict["t"] != "configured" {
		s.t.Fatalf("configuration: %v", verdict)
	}
	s.readUntil("state")
}

// command sends a command that may take its time, and waits for its result.
func (s *session) command(point, do string, more frame) (result frame) {
	s.t.Helper()
	s.nextID++
	f := frame{"t": "command", "id": s.nextID, "point": point, "do": do, "until": s.lastUp + 60000}
	for name, value := range more {
		f[name] = value
	}
	s.write(f)
	result, _ = s.readUntil("result")
	if result["id"] != float64(s.nextID) {
		s.t.Fatalf("result of another command: %v", result)
	}
	return result
}

// adoptionKey derives the key of an adoption session from a setup code.
func adoptionKey(code string) []byte {
	mac := hmac.New(sha256.New, []byte("hob.adopt.1"))
	mac.Write([]byte(strings.ReplaceAll(code, "-", "")))
	return mac.Sum(nil)
}

// adopt gives a new board a key, and gives that key.
func adopt(t *testing.T, b readyBoard) (key []byte) {
	t.Helper()
	s := openSession(t, b.Address, b.ID, adoptionKey(b.SetupCode))
	if s.hello["adopt"] != true {
		t.Fatalf("not an adoption session: %v", s.hello)
	}
	key = make([]byte, 32)
	_, err := rand.Read(key)
	must(t, err)
	s.write(frame{"t": "adopt", "key": hex.EncodeToString(key)})
	s.readUntil("adopted")
	s.wantClose(4006)
	return key
}

// theHouse is the configuration that most tests use: a relay with a button, a
// light, a contact.
func theHouse() []frame {
	return []frame{
		{"kind": "relay", "point": "gpio16", "pin": 16, "boot": "restore"},
		{"kind": "pwm", "point": "gpio18", "pin": 18, "fade": 0},
		{"kind": "input", "point": "gpio32", "pin": 32, "pull": "up", "active": "low", "debounce": 30, "role": "button"},
		{"kind": "input", "point": "gpio33", "pin": 33, "pull": "up", "active": "low", "debounce": 30, "role": "contact"},
		{"kind": "binding", "point": "gpio32", "on": "press", "target": "gpio16", "do": "toggle"},
	}
}

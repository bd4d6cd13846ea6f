package wire

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"testing"

	"github.com/flynn/noise"

	"hob/internal/entity"
)

func testKey(t testing.TB, fill byte) Key {
	t.Helper()
	k, err := KeyOf(bytes.Repeat([]byte{fill}, KeySize))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// pair is the two ends of a new session.
func pair(t testing.TB) (server, board *Session) {
	t.Helper()
	key := testKey(t, 1)
	h, first, err := Initiate(key, "hob-7c9ebd")
	if err != nil {
		t.Fatal(err)
	}
	second, board, _, err := Respond([]Key{key}, "hob-7c9ebd", first)
	if err != nil {
		t.Fatal(err)
	}
	if len(first) != HandshakeSize || len(second) != HandshakeSize {
		t.Fatalf("handshake messages of %d and %d bytes", len(first), len(second))
	}
	server, err = h.Finish(second)
	if err != nil {
		t.Fatal(err)
	}
	return server, board
}

func seal(t testing.TB, s *Session, text string) []byte {
	t.Helper()
	msg, err := s.Seal(nil, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return msg
}

func TestBothEndsReadEachOther(t *testing.T) {
	server, board := pair(t)
	for range 3 {
		for _, way := range [][2]*Session{{server, board}, {board, server}} {
			buf := []byte(`{"t":"ping","n":7}`)
			msg, err := way[0].Seal(buf[:0], buf) // in place, as the link does
			if err != nil {
				t.Fatal(err)
			}
			got, err := way[1].Open(msg[:0], msg)
			if err != nil || string(got) != `{"t":"ping","n":7}` {
				t.Fatalf("%q, %v", got, err)
			}
		}
	}
}

func TestBoardTriesItsKeysInOrder(t *testing.T) {
	a, b, c := testKey(t, 1), testKey(t, 2), testKey(t, 3)
	for want, key := range []Key{a, b, c} {
		_, first, err := Initiate(key, "hob-7c9ebd")
		if err != nil {
			t.Fatal(err)
		}
		_, _, which, err := Respond([]Key{a, b, c}, "hob-7c9ebd", first)
		if err != nil || which != want {
			t.Errorf("key %d fits as %d: %v", want, which, err)
		}
	}
}

func TestHandshakeFailsWith(t *testing.T) {
	key, other := testKey(t, 1), testKey(t, 2)
	for name, board := range map[string]struct {
		keys []Key
		id   string
	}{
		"another key":     {[]Key{other}, "hob-7c9ebd"},
		"no key":          {nil, "hob-7c9ebd"},
		"a key of zeros":  {[]Key{{}}, "hob-7c9ebd"},
		"another id":      {[]Key{key}, "hob-7c9ebe"},
		"a longer id":     {[]Key{key}, "hob-7c9ebd0"},
		"an id cut short": {[]Key{key}, "hob-7c9eb"},
	} {
		t.Run(name, func(t *testing.T) {
			_, first, err := Initiate(key, "hob-7c9ebd")
			if err != nil {
				t.Fatal(err)
			}
			if _, _, _, err := Respond(board.keys, entity.BoardID(board.id), first); !errors.Is(err, ErrAuth) {
				t.Fatalf("%v", err)
			}
		})
	}
	if _, _, err := Initiate(Key{}, "hob-7c9ebd"); !errors.Is(err, ErrKey) {
		t.Errorf("a key of zeros: %v", err)
	}
}

func TestHandshakeMessagesCutOrChangedAreRefused(t *testing.T) {
	key := testKey(t, 1)
	h, first, err := Initiate(key, "hob-7c9ebd")
	if err != nil {
		t.Fatal(err)
	}
	second, _, _, err := Respond([]Key{key}, "hob-7c9ebd", first)
	if err != nil {
		t.Fatal(err)
	}
	for i := range HandshakeSize {
		for _, bad := range [][]byte{first[:i], flip(first, i), append(bytes.Clone(first), byte(i))} {
			if _, _, _, err := Respond([]Key{key}, "hob-7c9ebd", bad); !errors.Is(err, ErrAuth) {
				t.Fatalf("message 1 with byte %d wrong: %v", i, err)
			}
		}
		for _, bad := range [][]byte{second[:i], flip(second, i), append(bytes.Clone(second), byte(i))} {
			again, _, err := Initiate(key, "hob-7c9ebd")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := again.Finish(bad); !errors.Is(err, ErrAuth) {
				t.Fatalf("message 2 with byte %d wrong: %v", i, err)
			}
		}
	}
	if _, err := h.Finish(second[:10]); !errors.Is(err, ErrAuth) {
		t.Fatal(err)
	}
	if _, err := h.Finish(second); err != nil {
		t.Fatalf("a short message has used the handshake up: %v", err)
	}
	if _, err := h.Finish(second); !errors.Is(err, ErrAuth) {
		t.Fatalf("message 2 twice: %v", err)
	}
}

func TestReplayedFirstMessageIsWorthNothing(t *testing.T) {
	key := testKey(t, 1)
	h, first, err := Initiate(key, "hob-7c9ebd")
	if err != nil {
		t.Fatal(err)
	}
	second, board, _, err := Respond([]Key{key}, "hob-7c9ebd", first)
	if err != nil {
		t.Fatal(err)
	}
	server, err := h.Finish(second)
	if err != nil {
		t.Fatal(err)
	}
	frame := seal(t, server, "frame")
	_, replayed, _, err := Respond([]Key{key}, "hob-7c9ebd", first)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := replayed.Open(nil, frame); !errors.Is(err, ErrAuth) {
		t.Fatalf("the frame of another session: %v", err)
	}
	if _, err := board.Open(nil, frame); err != nil {
		t.Fatal(err)
	}
}

func TestFramesOutOfTheirPlaceKillTheSession(t *testing.T) {
	for name, receive := range map[string]func(a, b []byte) [][]byte{
		"replayed":       func(a, _ []byte) [][]byte { return [][]byte{a, a} },
		"reordered":      func(a, b []byte) [][]byte { return [][]byte{b} },
		"empty":          func(_, _ []byte) [][]byte { return [][]byte{nil} },
		"longer":         func(a, _ []byte) [][]byte { return [][]byte{append(bytes.Clone(a), 0)} },
		"far too long":   func(_, _ []byte) [][]byte { return [][]byte{make([]byte, MaxMessage+1)} },
		"from ourselves": nil,
	} {
		t.Run(name, func(t *testing.T) {
			server, board := pair(t)
			var bad [][]byte
			if receive == nil {
				bad = [][]byte{seal(t, board, "one")}
			} else {
				bad = receive(seal(t, server, "one"), seal(t, server, "two"))
			}
			var err error
			for _, msg := range bad {
				_, err = board.Open(nil, msg)
			}
			if !errors.Is(err, ErrAuth) {
				t.Fatal(err)
			}
			if _, err := board.Open(nil, seal(t, server, "three")); !errors.Is(err, ErrDead) {
				t.Fatalf("the session lives on: %v", err)
			}
		})
	}
}

func TestEveryTruncationAndFlipOfAFrameIsRefused(t *testing.T) {
	const text = `{"t":"ping","n":7}`
	for i := range len(text) + tagSize {
		for _, damage := range []func([]byte) []byte{
			func(m []byte) []byte { return m[:i] },
			func(m []byte) []byte { return flip(m, i) },
		} {
			server, board := pair(t)
			if _, err := board.Open(nil, damage(seal(t, server, text))); !errors.Is(err, ErrAuth) {
				t.Fatalf("byte %d: %v", i, err)
			}
		}
	}
}

func TestFrameThatIsTooLongIsNotSealedAndUsesNothingUp(t *testing.T) {
	server, board := pair(t)
	if _, err := server.Seal(nil, make([]byte, MaxFrame+1)); !errors.Is(err, ErrSize) {
		t.Fatal(err)
	}
	got, err := board.Open(nil, seal(t, server, string(make([]byte, MaxFrame))))
	if err != nil || len(got) != MaxFrame {
		t.Fatalf("%d bytes, %v", len(got), err)
	}
}

func TestFrameThatIsTooLongIsNotOpened(t *testing.T) {
	server, board := pair(t)
	msg, err := board.send.Encrypt(nil, nil, make([]byte, MaxFrame+1))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := server.Open(nil, msg); !errors.Is(err, ErrAuth) {
		t.Fatal(err)
	}
}

func flip(msg []byte, i int) []byte {
	out := bytes.Clone(msg)
	out[i] ^= 1
	return out
}

// vectorFile is firmware/test/vectors/noise_nnpsk0.json, which the firmware's
// tests read too; the README beside it names the sources.
type vectorFile struct {
	Protocol string
	Vectors  []struct {
		Name, Prologue, PSK string
		InitiatorEphemeral  string `json:"initiator_ephemeral"`
		ResponderEphemeral  string `json:"responder_ephemeral"`
		HandshakeHash       string `json:"handshake_hash"`
		Messages            []struct{ Payload, Ciphertext string }
	}
}

// The vectors have prologues, payloads and ephemeral keys that a link does not,
// so they check the library with the very suite and pattern that links use.
func TestPublishedNoiseVectors(t *testing.T) {
	text, err := os.ReadFile("../../firmware/test/vectors/noise_nnpsk0.json")
	if err != nil {
		t.Fatal(err)
	}
	var file vectorFile
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Vectors) == 0 || file.Protocol != "Noise_NNpsk0_25519_ChaChaPoly_SHA256" {
		t.Fatalf("%d vectors of %s", len(file.Vectors), file.Protocol)
	}
	for _, v := range file.Vectors {
		t.Run(v.Name, func(t *testing.T) {
			psk, err := KeyOf(unhex(t, v.PSK))
			if err != nil {
				t.Fatal(err)
			}
			var ends [2]*noise.HandshakeState
			for i, ephemeral := range []string{v.InitiatorEphemeral, v.ResponderEphemeral} {
				c := noiseConfig(psk, unhex(t, v.Prologue), i == 0)
				c.Random = bytes.NewReader(unhex(t, ephemeral))
				if ends[i], err = noise.NewHandshakeState(c); err != nil {
					t.Fatal(err)
				}
			}
			var toBoard, toServer *noise.CipherState
			for i, m := range v.Messages {
				payload, want := unhex(t, m.Payload), unhex(t, m.Ciphertext)
				var got []byte
				if i < 2 {
					if got, toBoard, toServer, err = ends[i].WriteMessage(nil, payload); err == nil {
						_, _, _, err = ends[1-i].ReadMessage(nil, got)
					}
				} else {
					got, err = []*noise.CipherState{toBoard, toServer}[i%2].Encrypt(nil, nil, payload)
				}
				if err != nil || !bytes.Equal(got, want) {
					t.Fatalf("message %d: %x, want %x: %v", i, got, want, err)
				}
			}
			if v.HandshakeHash != "" && !bytes.Equal(ends[0].ChannelBinding(), unhex(t, v.HandshakeHash)) {
				t.Errorf("handshake hash %x", ends[0].ChannelBinding())
			}
		})
	}
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func FuzzHandshakeAndOpen(f *testing.F) {
	f.Add(make([]byte, HandshakeSize))
	f.Add([]byte("short"))
	f.Fuzz(func(t *testing.T, msg []byte) {
		key := testKey(t, 1)
		if _, _, _, err := Respond([]Key{key}, "hob-7c9ebd", msg); err == nil {
			t.Fatal("message 1 forged")
		}
		h, _, err := Initiate(key, "hob-7c9ebd")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Finish(msg); err == nil {
			t.Fatal("message 2 forged")
		}
		server, _ := pair(t)
		if _, err := server.Open(nil, msg); err == nil {
			t.Fatal("frame forged")
		}
	})
}

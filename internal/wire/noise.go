package wire

import (
	"errors"

	"github.com/flynn/noise"

	"hob/internal/entity"
)

const (
	tagSize = 16
	// HandshakeSize is the length of either handshake message: a public key and a tag.
	HandshakeSize = 32 + tagSize
)

// Errors of handshakes and sessions. After ErrAuth a session is dead.
var (
	ErrAuth = errors.New("wrong key, wrong board or altered bytes")
	ErrDead = errors.New("session is over")
	ErrSize = errors.New("frame too long")
)

// Initiator is the server's half of a handshake that is under way.
type Initiator struct{ state *noise.HandshakeState }

// Initiate begins a handshake with the board of the given id and returns
// message 1. The error is ErrKey.
func Initiate(key Key, board entity.BoardID) (*Initiator, []byte, error) {
	state, err := handshake(key, board, true)
	if err != nil {
		return nil, nil, err
	}
	msg, _, _, err := state.WriteMessage(make([]byte, 0, HandshakeSize), nil)
	if err != nil {
		return nil, nil, ErrAuth
	}
	return &Initiator{state}, msg, nil
}

// Finish reads message 2. It may be called once; the error is ErrAuth.
func (i *Initiator) Finish(msg []byte) (*Session, error) {
	if i.state == nil || len(msg) != HandshakeSize {
		return nil, ErrAuth
	}
	state := i.state
	i.state = nil
	_, send, receive, err := state.ReadMessage(nil, msg)
	if err != nil {
		return nil, ErrAuth
	}
	return &Session{send: send, receive: receive}, nil
}

// Respond is the board's half: it answers message 1 under the first of keys
// that fits and says which one that was. Zero keys are passed over. The peer
// has proved nothing until the session has opened its first frame, because
// message 1 can be a replay. The error is ErrAuth.
func Respond(keys []Key, board entity.BoardID, msg []byte) (answer []byte, s *Session, which int, err error) {
	if len(msg) != HandshakeSize {
		return nil, nil, 0, ErrAuth
	}
	for which, key := range keys {
		state, err := handshake(key, board, false)
		if err != nil {
			continue
		}
		if _, _, _, err := state.ReadMessage(nil, msg); err != nil {
			continue
		}
		answer, receive, send, err := state.WriteMessage(make([]byte, 0, HandshakeSize), nil)
		if err != nil {
			continue
		}
		return answer, &Session{send: send, receive: receive}, which, nil
	}
	return nil, nil, 0, ErrAuth
}

func handshake(key Key, board entity.BoardID, initiator bool) (*noise.HandshakeState, error) {
	if key.IsZero() {
		return nil, ErrKey // the library would take an empty or zero key
	}
	return noise.NewHandshakeState(noiseConfig(key, append([]byte(Subprotocol), board...), initiator))
}

func noiseConfig(key Key, prologue []byte, initiator bool) noise.Config {
	return noise.Config{
		CipherSuite:  noise.NewCipherSuite(noise.DH25519, noise.CipherChaChaPoly, noise.HashSHA256),
		Pattern:      noise.HandshakeNN,
		Initiator:    initiator,
		Prologue:     prologue,
		PresharedKey: key.b[:],
	}
}

// Session encrypts and decrypts frames, each exactly once and in order. Seal
// and Open are independent of each other; each belongs to one goroutine.
type Session struct {
	send, receive *noise.CipherState
}

// Seal appends the encrypted frame to dst. dst and frame may share their start
// (dst = frame[:0]). ErrSize if the frame is longer than MaxFrame, in which
// case nothing was used up; ErrDead.
func (s *Session) Seal(dst, frame []byte) ([]byte, error) {
	if len(frame) > MaxFrame {
		return nil, ErrSize
	}
	if s.send == nil {
		return nil, ErrDead
	}
	out, err := s.send.Encrypt(dst, nil, frame)
	if err != nil {
		s.send = nil
		return nil, ErrDead
	}
	return out, nil
}

// Open appends the decrypted message to dst, which may be msg[:0]. Anything but
// the peer's next message is ErrAuth and kills this direction of the session.
func (s *Session) Open(dst, msg []byte) ([]byte, error) {
	if s.receive == nil {
		return nil, ErrDead
	}
	if len(msg) <= MaxMessage {
		if out, err := s.receive.Decrypt(dst, nil, msg); err == nil {
			return out, nil
		}
	}
	s.receive = nil
	return nil, ErrAuth
}

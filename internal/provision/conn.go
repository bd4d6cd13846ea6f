package provision

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// again is how long one frame may be unanswered before it is sent once more: a
// line of the board's log may have garbled either.
const again = 1500 * time.Millisecond

// Port is a serial port. Read gives what there is, and 0 bytes without an error
// when nothing has come for a moment, so that others can have their turn.
type Port interface{ io.ReadWriter }

// Conn is a conversation with one board.
type Conn struct {
	port Port
	n    int
	in   lines
}

// New begins a conversation.
func New(port Port) *Conn { return &Conn{port: port} }

// Board is what a board says of itself.
type Board struct {
	ID     string `json:"id"`
	Chip   string `json:"chip"`
	FW     string `json:"fw"`
	State  string `json:"state"`          // "new" or "adopted"
	Code   string `json:"code,omitempty"` // the setup code, while adoption is open
	WiFi   bool   `json:"wifi"`           // it has Wi-Fi at all
	SSID   string `json:"ssid"`           // "" when it has no network stored
	Online bool   `json:"online"`
}

// Settings is what a board is given; what is empty stays as it is.
type Settings struct {
	SSID     string `json:"ssid,omitempty"`
	Password string `json:"password,omitempty"`
	Key      string `json:"key,omitempty"` // 64 hexadecimal digits
}

// Refusal is a board's no.
type Refusal struct{ Code, Message string }

// Error implements error.
func (r *Refusal) Error() string { return fmt.Sprintf("the board refuses: %s (%s)", r.Message, r.Code) }

// ErrSilent says that nothing on the port answers as a board of ours does.
var ErrSilent = errors.New("no board answers on this port")

// answer is any frame of a board.
type answer struct {
	T string `json:"t"`
	N int    `json:"n"`
	Board
	Refused string `json:"-"`
	Message string `json:"message"`
}

// Hello asks who is there, until ctx ends.
func (c *Conn) Hello(ctx context.Context) (Board, error) {
	a, err := c.ask(ctx, "hello", struct{}{})
	if err == nil && a.T != "board" {
		err = fmt.Errorf("the board answers %q to hello", a.T)
	}
	return a.Board, err
}

// Provision gives the board its settings. The error is a *Refusal if it does not
// take them.
func (c *Conn) Provision(ctx context.Context, s Settings) error {
	return c.order(ctx, "provision", s)
}

// Reset brings the board back to the factory's state.
func (c *Conn) Reset(ctx context.Context) error { return c.order(ctx, "reset", struct{}{}) }

func (c *Conn) order(ctx context.Context, what string, members any) error {
	a, err := c.ask(ctx, what, members)
	switch {
	case err != nil:
		return err
	case a.T == "failed":
		return &Refusal{a.Refused, a.Message}
	case a.T != "done":
		return fmt.Errorf("the board answers %q to %s", a.T, what)
	}
	return nil
}

// ask sends a frame until its answer has come.
func (c *Conn) ask(ctx context.Context, what string, members any) (answer, error) {
	c.n++
	object, err := request(what, c.n, members)
	if err != nil {
		return answer{}, err
	}
	for {
		// The line end before it ends whatever the board has got so far.
		if _, err := c.port.Write(append([]byte{'\n'}, wrap(object)...)); err != nil {
			return answer{}, fmt.Errorf("write to the port: %w", err)
		}
		a, err := c.await(ctx, time.Now().Add(again))
		if err != nil || a != nil {
			return deref(a), err
		}
	}
}

func deref(a *answer) answer {
	if a == nil {
		return answer{}
	}
	return *a
}

func request(what string, n int, members any) ([]byte, error) {
	rest, err := json.Marshal(members)
	if err != nil {
		return nil, err
	}
	head := fmt.Appendf(nil, `{"t":%q,"n":%d`, what, n)
	if string(rest) == "{}" {
		return append(head, '}'), nil
	}
	return append(append(head, ','), rest[1:]...), nil
}

// await reads until the answer to the newest frame, nil at the deadline.
func (c *Conn) await(ctx context.Context, deadline time.Time) (*answer, error) {
	var found *answer
	buf := make([]byte, 512)
	for found == nil && time.Now().Before(deadline) {
		if ctx.Err() != nil {
			return nil, ErrSilent
		}
		n, err := c.port.Read(buf)
		if err != nil {
			return nil, fmt.Errorf("read from the port: %w", err)
		}
		c.in.take(buf[:n], func(line []byte) {
			if a, ok := decode(line); ok && a.N == c.n {
				found = &a
			}
		})
	}
	return found, nil
}

func decode(line []byte) (a answer, ok bool) {
	object, ok := unwrap(line)
	if !ok || json.Unmarshal(object, &a) != nil {
		return a, false
	}
	// In a refusal "code" is not the setup code.
	a.Refused = a.Code
	return a, true
}

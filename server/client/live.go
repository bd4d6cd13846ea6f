package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/gorilla/websocket"

	"hob/internal/entity"
)

const (
	closeTokenGone = 4401             // docs/api.md
	silence        = 70 * time.Second // the server pings every 20 s
	sendLimit      = 10 * time.Second
)

// House is the static part of a snapshot.
type House struct {
	Name     string `json:"name"`
	Timezone string `json:"timezone"`
	Units    string `json:"units"` // metric or imperial
	Areas    []struct {
		ID   entity.AreaID `json:"id"`
		Name string        `json:"name"`
	} `json:"areas"`
	Config *entity.ConfigStatus `json:"config"` // nil when the server knows of no file
}

// Message is one message of the live protocol. Which members are set follows
// from Type; see docs/api.md.
type Message struct {
	Type     string               `json:"type"`
	Epoch    string               `json:"epoch"`
	Revision entity.Revision      `json:"revision"`
	House    House                `json:"house"`
	Boards   []entity.BoardRecord `json:"boards"`
	Entities []entity.Record      `json:"entities"`
	Board    entity.BoardRecord   `json:"board"`
	Order    []entity.ID          `json:"order"`  // of the entities, in "house"
	Entity   json.RawMessage      `json:"entity"` // a record in "entity", an id in "result"
	ID       json.RawMessage      `json:"id"`     // a string, or a number in "pong"

	// The dynamic part of an entity, in "state".
	State       string              `json:"state"`
	Attributes  any                 `json:"attributes"`
	Available   *bool               `json:"available"`
	Unavailable *entity.Unavailable `json:"unavailable"`
	Pending     *entity.Pending     `json:"pending"`
	Failure     *entity.Failure     `json:"failure"`
	Changed     int64               `json:"changed"`
	Cause       entity.Cause        `json:"cause"`

	// The end of a command, in "result", and Code and Message in "error".
	Command entity.CommandID `json:"command"`
	Action  entity.Verb      `json:"action"`
	Status  entity.Status    `json:"status"`
	Code    entity.Code      `json:"code"`
	Message string           `json:"message"`
}

// Name is the id of a message as a string.
func (m Message) Name() string {
	var s string
	_ = json.Unmarshal(m.ID, &s) // "" for a message whose id is a number
	return s
}

// Live is a session of the live protocol.
type Live struct {
	ws   *websocket.Conn
	stop func() bool
}

// Live opens a session and says hello; the first message that Next returns is
// the answer. It ends with Close or ctx.
func (c *Client) Live(ctx context.Context) (*Live, error) {
	u := *c.base
	u.Scheme = map[string]string{"http": "ws", "https": "wss"}[u.Scheme]
	h := http.Header{}
	c.sign(h)
	d := websocket.Dialer{NetDialContext: c.dial, HandshakeTimeout: sendLimit, Subprotocols: []string{"hob.live.1"}}
	ws, resp, err := d.DialContext(ctx, u.JoinPath("/api/live").String(), h)
	switch {
	case errors.Is(err, websocket.ErrBadHandshake) && resp != nil:
		return nil, c.refusal(resp)
	case err != nil:
		return nil, c.unreachable(err)
	}
	l := &Live{ws: ws, stop: context.AfterFunc(ctx, func() { _ = ws.Close() })}
	ws.SetPingHandler(func(data string) error {
		_ = ws.SetReadDeadline(time.Now().Add(silence))
		return ws.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(sendLimit))
	})
	if err := l.Send(map[string]any{"type": "hello", "protocol": 1}); err != nil {
		l.Close()
		return nil, c.unreachable(err)
	}
	return l, nil
}

// refusal is why the server did not upgrade. The dialer has read the beginning
// of the body, which a problem fits in.
func (c *Client) refusal(r *http.Response) error {
	b, err := io.ReadAll(r.Body)
	if err != nil {
		b = nil // the status tells what kind of thing it is
	}
	return c.problem(r.StatusCode, b)
}

// Send writes one message. It is not safe for concurrent use.
func (l *Live) Send(v any) error {
	_ = l.ws.SetWriteDeadline(time.Now().Add(sendLimit))
	return l.ws.WriteJSON(v)
}

// Next waits for the next message.
func (l *Live) Next() (Message, error) {
	var m Message
	_ = l.ws.SetReadDeadline(time.Now().Add(silence))
	if err := l.ws.ReadJSON(&m); websocket.IsCloseError(err, closeTokenGone) {
		return m, fmt.Errorf("%w: the token is not valid any more", ErrAuth)
	} else if err != nil {
		return m, fmt.Errorf("the live connection ended: %w", err)
	}
	return m, nil
}

// Close ends the session.
func (l *Live) Close() {
	l.stop()
	_ = l.ws.Close()
}

package hub

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gorilla/websocket"

	"hob/internal/command"
	"hob/internal/entity"
	"hob/internal/registry"
)

// The client's messages of docs/api.md.
type (
	resume struct {
		Epoch    string          `json:"epoch"`
		Revision entity.Revision `json:"revision"`
	}
	helloMessage struct {
		Protocol int     `json:"protocol"`
		Resume   *resume `json:"resume"`
	}
	commandMessage struct {
		ID     string    `json:"id"`
		Entity entity.ID `json:"entity"`
		entity.Wish
	}
	cancelMessage struct {
		Command entity.CommandID `json:"command"`
	}
	pingMessage struct {
		ID int64 `json:"id"`
	}
)

const (
	protocol        = 1
	mostBad         = 10
	badWindow       = time.Minute
	mostClientID    = 32
	mostUnfinished  = 64 // commands of one client
	codeBadMessage  = "bad_message"
	closeWrongFrame = 1003
)

// inbox is what a session keeps between messages.
type inbox struct {
	buf []byte
	bad []time.Time // when bad messages came, the recent ones
}

// readOne handles one message. It reports whether there may be more.
func (c *client) readOne(in *inbox) bool {
	kind, r, err := c.ws.NextReader()
	if err != nil {
		if !c.joined && !errors.Is(err, io.EOF) {
			c.close(closeNoHello, "no hello")
		}
		return false
	}
	if kind != websocket.TextMessage {
		c.close(closeWrongFrame, "text messages only")
		return false
	}
	if in.buf, err = readInto(in.buf[:0], r); err != nil {
		return false
	}
	c.touch()
	if err := c.handle(in.buf); err != nil {
		return c.forgive(in, err)
	}
	return true
}

// forgive answers a bad message. It reports whether the session goes on.
func (c *client) forgive(in *inbox, err error) bool {
	c.hub.refused(c, err)
	c.send(text(errorMessage{"error", codeBadMessage, err.Error()}))
	if in.bad = recent(append(in.bad, time.Now())); len(in.bad) >= mostBad {
		c.close(closeBadMessages, "too many bad messages")
		return false
	}
	if !c.joined {
		c.close(closeNoHello, "hello expected")
		return false
	}
	return true
}

// readInto reads one message; gorilla's read limit bounds it.
func readInto(buf []byte, r io.Reader) ([]byte, error) {
	for {
		if len(buf) == cap(buf) {
			buf = slices.Grow(buf, 128)
		}
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if errors.Is(err, io.EOF) {
			return buf, nil
		}
		if err != nil {
			return buf, err
		}
	}
}

func recent(times []time.Time) []time.Time {
	for len(times) > 0 && time.Since(times[0]) > badWindow {
		times = times[1:]
	}
	return times
}

// handle acts on one message. An error is the client's mistake, in words for
// people; nothing has changed then.
func (c *client) handle(b []byte) error {
	if !utf8.Valid(b) {
		return errors.New("the message is not UTF-8")
	}
	var head struct {
		Type string          `json:"type"`
		ID   json.RawMessage `json:"id"`
	}
	if err := decode(b, &head); err != nil {
		return err
	}
	if !c.joined && head.Type != "hello" {
		return errors.New("hello expected first")
	}
	switch head.Type {
	case "hello":
		return c.hello(b)
	case "command":
		return c.command(b, head.ID)
	case "cancel":
		var m cancelMessage
		if err := decode(b, &m); err != nil {
			return err
		}
		if m.Command == "" {
			return errors.New("command is missing")
		}
		c.cancel(m.Command)
		return nil
	case "ping":
		var m pingMessage
		if err := decode(b, &m); err != nil {
			return err
		}
		c.send(text(pongMessage{"pong", m.ID, time.Now().UnixMilli()}))
		return nil
	case "":
		return errors.New("type is missing")
	}
	return fmt.Errorf("unknown type %q", head.Type)
}

// member is a path to a member as the sender knows it: without the names of the structs
// that are embedded on the way.
func member(path string) string {
	names := slices.DeleteFunc(strings.Split(path, "."), func(name string) bool {
		return name != "" && unicode.IsUpper(rune(name[0]))
	})
	return strings.Join(names, ".")
}

// decode is json.Unmarshal with errors that a person can use.
func decode(b []byte, into any) error {
	err := json.Unmarshal(b, into)
	var kind *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &kind) && kind.Field == "":
		return fmt.Errorf("the message is a JSON %s, not an object", kind.Value)
	case errors.As(err, &kind):
		return fmt.Errorf("%s must not be a JSON %s", member(kind.Field), kind.Value)
	case errors.As(err, &syntax):
		return fmt.Errorf("not JSON: %w (byte %d)", syntax, syntax.Offset)
	}
	return err
}

func (c *client) hello(b []byte) error {
	var m helloMessage
	if err := decode(b, &m); err != nil {
		return err
	}
	if c.joined {
		return errors.New("hello came already")
	}
	if m.Protocol != protocol {
		return fmt.Errorf("protocol must be %d", protocol)
	}
	c.hub.join(c, m.Resume)
	return nil
}

// command hands a command over. What is wrong with it is its result when it
// says for whom; without a usable id it is an error.
func (c *client) command(b []byte, rawID json.RawMessage) error {
	var id string
	if len(rawID) == 0 {
		return errors.New("id is missing")
	}
	if err := json.Unmarshal(rawID, &id); err != nil || id == "" || len(id) > mostClientID {
		return fmt.Errorf("id must be a string of 1 to %d characters", mostClientID)
	}
	var m commandMessage
	err := decode(b, &m)
	var action entity.Action
	if err == nil && m.Entity == "" {
		err = errors.New("entity is missing")
	}
	if err == nil {
		action, err = entity.ActionOf(m.Wish)
	}
	if err != nil {
		c.hub.refused(c, err)
		c.refuse(id, m, entity.CodeInvalid, entity.Said{Message: err.Error()})
		return nil
	}
	if !c.who.Audience.sees(m.Entity) {
		c.refuse(id, m, entity.CodeUnknownEntity, registry.NoEntity(m.Entity))
		return nil
	}
	if !c.hub.commandBegins(c) {
		c.refuse(id, m, entity.CodeBusy, entity.Say("your_commands", "Too many commands are unfinished"))
		return nil
	}
	c.hub.commands.Submit(command.Request{Entity: m.Entity, Action: action, Cause: c.who.Cause}, func(r command.Result) {
		c.send(resultFrame(id, &r))
		c.hub.commandEnds(c)
	})
	return nil
}

// cancel is for the commands of entities that the client sees. Of others it learns
// nothing, as of one that has ended: neither is a mistake.
func (c *client) cancel(id entity.CommandID) {
	if r, ok := c.hub.commands.Find(id); ok && c.who.Audience.sees(r.Entity) {
		c.hub.commands.Cancel(id)
	}
}

func (c *client) refuse(id string, m commandMessage, code entity.Code, why entity.Said) {
	c.send(resultFrame(id, &command.Result{Entity: m.Entity, Action: entity.Verb(m.Action),
		Status: entity.StatusRefused, Code: code, Said: why}))
}

func (h *Hub) commandBegins(c *client) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.commanders[c] >= mostUnfinished {
		return false
	}
	h.commanders[c]++
	return true
}

// commandEnds lets the others have what was held back for the answer.
func (h *Hub) commandEnds(c *client) {
	h.mu.Lock()
	if h.commanders[c]--; h.commanders[c] <= 0 {
		delete(h.commanders, c)
	}
	held := h.held && h.release.Stop()
	h.mu.Unlock()
	if held {
		h.sendAll()
	}
}

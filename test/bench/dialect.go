package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strconv"
	"syscall"
)

// dialect is what a server speaks inside of WebSocket frames.
type dialect interface {
	// greeting is what a browser sends first, as frames.
	greeting() []byte
	// welcome says whether a first message means that the browser is subscribed.
	welcome(payload []byte) bool
	// take counts, in one message, changes of what is measured, and messages
	// about changes of any kind.
	take(c *browser, payload []byte) (changes, messages int)
	// command is the frame by which a browser asks the board for a change; k
	// numbers them. confirms says whether a message is the answer.
	command(k int) []byte
	confirms(payload []byte, k int) bool
}

// endpoint is where browsers connect to.
type endpoint struct {
	address, path, subprotocol string
	speaks                     dialect
}

// open connects a browser that is subscribed when it returns. Its descriptor is
// blocking: epoll says when to read, and commanders wait for their answer.
func (e endpoint) open(receive int) (*browser, error) {
	fd, err := connect(e.address, receive)
	if err != nil {
		return nil, err
	}
	c := &browser{fd: fd}
	if c.rest, err = upgrade(fd, e.address, e.path, e.subprotocol); err == nil {
		err = e.subscribe(c)
	}
	if err != nil {
		_ = syscall.Close(fd)
		return nil, err
	}
	return c, nil
}

func (e endpoint) subscribe(c *browser) error {
	if g := e.speaks.greeting(); g == nil {
		return nil
	} else if err := writeAll(c.fd, g); err != nil {
		return err
	}
	return c.until(e.speaks.welcome)
}

// until reads messages until one fits.
func (c *browser) until(fits func(payload []byte) bool) error {
	buf := make([]byte, 64<<10)
	for {
		op, payload, rest, ok := nextFrame(c.rest)
		if !ok {
			n, err := readSome(c.fd, buf)
			if err != nil {
				return err
			}
			c.rest = append(c.rest, buf[:n]...)
			continue
		}
		c.rest = rest
		switch op {
		case opPing:
			if err := writeAll(c.fd, masked(opPong, payload)); err != nil {
				return err
			}
		case opClose:
			return fmt.Errorf("the server closed the connection: %q", payload)
		default:
			if fits(payload) {
				return nil
			}
		}
	}
}

// payload is a message of the length and kind that Hob sends for a change.
func payload(k int) []byte {
	state := "open"
	if k%2 == 0 {
		state = "closed"
	}
	return fmt.Appendf(nil, `{"type":"state","revision":%d,"id":"door","state":"%s","changed":1795363200000,"cause":{"kind":"board","by":""}}`, 1000000+k, state)
}

// plain is the floor programs': every message is a change.
type plain struct{}

func (plain) greeting() []byte                    { return nil }
func (plain) welcome([]byte) bool                 { return true }
func (plain) take(*browser, []byte) (int, int)    { return 1, 1 }
func (plain) command(int) []byte                  { return nil }
func (plain) confirms(payload []byte, k int) bool { return false }

// live is Hob's (docs/api.md), seen by who looks at one entity.
type live struct{ entity string }

func (live) greeting() []byte { return masked(opText, []byte(`{"type":"hello","protocol":1}`)) }
func (live) welcome(payload []byte) bool {
	return bytes.HasPrefix(payload, []byte(`{"type":"snapshot"`))
}

// take counts a change when the state is not the one of the message before:
// a command makes messages that it is pending, too.
func (l live) take(c *browser, payload []byte) (changes, messages int) {
	if !bytes.HasPrefix(payload, []byte(`{"type":"state"`)) {
		return 0, 0
	}
	const id, state = `"id":"`, `"state":"`
	i := bytes.Index(payload, []byte(id))
	if i < 0 || !bytes.HasPrefix(payload[i+len(id):], []byte(l.entity)) {
		return 0, 1
	}
	i += len(id) + len(l.entity) + len(`",`) + len(state)
	if len(payload) < i+2 {
		return 0, 1
	}
	now := [2]byte(payload[i:])
	if now == c.last {
		return 0, 1
	}
	c.last = now
	return 1, 1
}

func (live) command(k int) []byte {
	return masked(opText, fmt.Appendf(nil, `{"type":"command","id":"c%d","entity":"lamp","action":"toggle"}`, k))
}

func (live) confirms(payload []byte, k int) bool {
	return bytes.HasPrefix(payload, fmt.Appendf(nil, `{"type":"result","id":"c%d",`, k)) &&
		bytes.Contains(payload, []byte(`"status":"confirmed"`))
}

// mqtt is Mosquitto's: MQTT 3.1.1 packets, one or more a frame.
type mqtt struct{}

func (mqtt) greeting() []byte {
	return append(masked(opBinary, mqttConnect()), masked(opBinary, mqttSubscribe("h/s"))...)
}

func mqttConnect() []byte {
	return []byte{0x10, 12, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 0, 0, 0} // clean session, no keep-alive
}

func mqttSubscribe(topic string) []byte {
	b := []byte{0x82, byte(5 + len(topic)), 0, 1}
	b = binary.BigEndian.AppendUint16(b, uint16(len(topic)))
	return append(append(b, topic...), 0)
}

// mqttPublish is a QoS 0 message of less than 2 KB.
func mqttPublish(topic string, payload []byte) []byte {
	n := 2 + len(topic) + len(payload)
	b := []byte{0x30, byte(n&0x7f | 0x80), byte(n >> 7)}
	if n < 128 {
		b = []byte{0x30, byte(n)}
	}
	b = binary.BigEndian.AppendUint16(b, uint16(len(topic)))
	return append(append(b, topic...), payload...)
}

// mqttPacket takes the first whole packet off b.
func mqttPacket(b []byte) (kind byte, rest []byte, ok bool) {
	size, head := 0, 1
	for shift := 0; ; shift += 7 {
		if head >= len(b) {
			return 0, b, false
		}
		size |= int(b[head]&0x7f) << shift
		head++
		if b[head-1] < 0x80 {
			break
		}
	}
	if len(b) < head+size {
		return 0, b, false
	}
	return b[0] >> 4, b[head+size:], true
}

const (
	mqttKindPublish = 3
	mqttKindSuback  = 9
)

func (mqtt) welcome(payload []byte) bool {
	for b := payload; ; {
		kind, rest, ok := mqttPacket(b)
		if !ok || kind == mqttKindSuback {
			return ok
		}
		b = rest
	}
}

func (mqtt) take(c *browser, payload []byte) (changes, messages int) {
	b := payload
	if len(c.inner) > 0 {
		b = append(c.inner, b...)
	}
	for {
		kind, rest, ok := mqttPacket(b)
		if !ok {
			c.inner = append(c.inner[:0], b...)
			return messages, messages
		}
		if b = rest; kind == mqttKindPublish {
			messages++
		}
	}
}

func (mqtt) command(int) []byte {
	return masked(opBinary, mqttPublish("h/c", []byte(`{"action":"toggle"}`)))
}

func (m mqtt) confirms(payload []byte, _ int) bool {
	n, _ := m.take(&browser{}, payload)
	return n > 0
}

// nats is the NATS text protocol, many messages a frame.
type nats struct{}

func (nats) greeting() []byte {
	return masked(opBinary, []byte("CONNECT {\"verbose\":false,\"pedantic\":false,\"protocol\":1}\r\nSUB h.s 1\r\nPING\r\n"))
}

func (nats) welcome(payload []byte) bool { return bytes.Contains(payload, []byte("PONG\r\n")) }

func (nats) take(c *browser, payload []byte) (changes, messages int) {
	b := payload
	if len(c.inner) > 0 {
		b = append(c.inner, b...)
	}
	for {
		line, rest, ok := bytes.Cut(b, []byte("\r\n"))
		size, isMessage := 0, bytes.HasPrefix(line, []byte("MSG "))
		if ok && isMessage {
			size, _ = strconv.Atoi(string(line[bytes.LastIndexByte(line, ' ')+1:]))
			size += 2
		}
		if !ok || len(rest) < size {
			c.inner = append(c.inner[:0], b...)
			return messages, messages
		}
		b = rest[size:]
		switch {
		case isMessage:
			messages++
		case bytes.HasPrefix(line, []byte("PING")): // who does not answer is dropped; the loop notices
			_ = writeAll(c.fd, masked(opBinary, []byte("PONG\r\n")))
		}
	}
}

func (nats) command(int) []byte { return masked(opBinary, []byte("PUB h.c 2\r\n{}\r\n")) }

func (n nats) confirms(payload []byte, _ int) bool {
	k, _ := n.take(&browser{}, payload)
	return k > 0
}

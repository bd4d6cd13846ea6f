package provision

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

// The line is that of docs/provisioning.md, which the firmware's tests know too.
func TestAFrameIsALineWithItsChecksum(t *testing.T) {
	const line = `HOB1 {"t":"hello","n":1} b2ea1d9b`
	if got := string(wrap([]byte(`{"t":"hello","n":1}`))); got != line+"\n" {
		t.Errorf("got %q", got)
	}
	object, ok := unwrap([]byte(line + "\r"))
	if !ok || string(object) != `{"t":"hello","n":1}` {
		t.Errorf("got %q, %v", object, ok)
	}
	for _, bad := range []string{"", "HOB1", "HOB1 ", line[:len(line)-1], strings.Replace(line, "hello", "hallo", 1),
		" " + line, line + " ", "I (312) boot: " + line} {
		if _, ok := unwrap([]byte(bad)); ok {
			t.Errorf("%q is taken for a frame", bad)
		}
	}
}

// port is a serial port with a script on its other end.
type port struct {
	in      bytes.Buffer // what the computer will read
	written []string
	answer  func(line string) string // to each line that is written
}

func (p *port) Read(b []byte) (int, error) {
	n, err := p.in.Read(b)
	if errors.Is(err, io.EOF) {
		time.Sleep(time.Millisecond)
		return 0, nil
	}
	return n, err
}

func (p *port) Write(b []byte) (int, error) {
	for line := range strings.Lines(string(b)) {
		if line = strings.TrimSpace(line); line != "" {
			p.written = append(p.written, line)
			p.in.WriteString(p.answer(line))
		}
	}
	return len(b), nil
}

func framed(object string) string { return string(wrap([]byte(object))) }

func TestAnAnswerIsFoundAmongTheLog(t *testing.T) {
	p := &port{answer: func(string) string {
		return "I (17) wifi: start\r\nHOB1 nonsense\n" + strings.Repeat("x", 3000) + "\n" +
			framed(`{"t":"done","n":7}`) + // to somebody else
			framed(`{"t":"board","n":1,"id":"hob-7c9ebd","chip":"esp32","fw":"0.1.0","state":"new","wifi":true,"ssid":"","online":false}`)
	}}
	b, err := New(p).Hello(t.Context())
	if err != nil || b.ID != "hob-7c9ebd" || b.Chip != "esp32" || b.State != "new" || !b.WiFi || b.Online {
		t.Errorf("%+v, %v", b, err)
	}
}

func TestWhatWasGarbledIsAskedAgain(t *testing.T) {
	p := &port{}
	p.answer = func(string) string {
		good := framed(`{"t":"done","n":1}`)
		if len(p.written) == 1 {
			return good[:10] + "E (9) " + good[10:]
		}
		return good
	}
	if err := New(p).Provision(t.Context(), Settings{SSID: "home", Password: "12345678"}); err != nil {
		t.Error(err)
	}
	if len(p.written) != 2 || p.written[0] != p.written[1] {
		t.Errorf("written: %q", p.written)
	}
}

func TestARefusalSaysWhy(t *testing.T) {
	p := &port{answer: func(string) string {
		return framed(`{"t":"failed","n":1,"code":"storage","message":"it could not be stored"}`)
	}}
	var refused *Refusal
	if err := New(p).Reset(t.Context()); !errors.As(err, &refused) || refused.Code != "storage" {
		t.Errorf("%v", err)
	}
}

func TestNobodyIsWaitedForForEver(t *testing.T) {
	p := &port{answer: func(string) string { return "" }}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := New(p).Hello(ctx); !errors.Is(err, ErrSilent) {
		t.Errorf("%v", err)
	}
}

func FuzzAnythingOnThePort(f *testing.F) {
	f.Add([]byte(framed(`{"t":"board","n":1,"id":"hob-7c9ebd"}`)))
	f.Add([]byte("HOB1 {} 00000000\nHOB1 \n\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var l lines
		l.take(data, func(line []byte) {
			if len(line) > maxLine {
				t.Fatalf("a line of %d bytes", len(line))
			}
			if a, ok := decode(line); ok && !bytes.HasPrefix(line, []byte(prefix)) {
				t.Fatalf("%+v of %q", a, line)
			}
		})
	})
}

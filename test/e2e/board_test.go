//go:build e2e

package e2e

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"net"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"hob/internal/nettest"
)

// board is a hob-board process with one board.
type board struct {
	*process
	t       *testing.T
	net     *nettest.Namespace
	name    string
	id      string
	chip    string
	dir     string
	address string
	listen  string // address to listen on; "" is any port of loopback
	iface   string // where it announces itself; "" is loopback
	code    string // setup code; "" when it is adopted
	serial  string // path of its serial port

	updateKey string // who may sign its firmware; "" for nobody
	control   string
}

// startBoard starts a board, or starts one again that was killed: it has the
// same state directory then, and another address.
func startBoard(t *testing.T, n *nettest.Namespace, dir, name, id, chip string) *board {
	t.Helper()
	b := &board{t: t, net: n, name: name, id: id, chip: chip, dir: filepath.Join(dir, "board-"+name)}
	b.restart()
	return b
}

func (b *board) restart() {
	b.t.Helper()
	var ready struct {
		Address   string `json:"address"`
		SetupCode string `json:"setup_code"`
		Serial    string `json:"serial"`
	}
	b.control = b.dir + ".sock"
	b.process = start(b.t, b.net, &ready, "hob-board", "--id", b.id, "--chip", b.chip, "--state", b.dir,
		"--control", b.control, "--mdns-interface", cmp.Or(b.iface, "lo"), "--listen", cmp.Or(b.listen, "127.0.0.1:0"), "--serial", "--update-key", b.updateKey)
	b.address, b.code, b.serial = ready.Address, ready.SetupCode, ready.Serial
}

// ask sends one request to the control socket and returns the answer.
func (b *board) ask(request map[string]any) map[string]json.RawMessage {
	b.t.Helper()
	conn, err := net.Dial("unix", b.control)
	if err != nil {
		b.t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(2 * patience))
	if err := json.NewEncoder(conn).Encode(request); err != nil {
		b.t.Fatal(err)
	}
	line, err := bufio.NewReader(conn).ReadBytes('\n')
	if err != nil {
		b.t.Fatalf("%v: %v", request, err)
	}
	var answer map[string]json.RawMessage
	if err := json.Unmarshal(line, &answer); err != nil || string(answer["ok"]) != "true" {
		b.t.Fatalf("%v: %s %v", request, line, err)
	}
	return answer
}

func (b *board) do(cmd string) { b.t.Helper(); b.ask(map[string]any{"cmd": cmd}) }

// debounce is longer than any input's debounce time in these tests, in ms.
const debounce = 40

// press is a finger on a button, for as long as its debounce time takes: the
// board's uptime is moved on, so that no busy computer makes a press too short.
// What the board does by itself has happened when it returns.
func (b *board) press(pin int) {
	b.t.Helper()
	b.ask(map[string]any{"cmd": "hold", "pin": pin})
	b.settle()
	b.ask(map[string]any{"cmd": "release", "pin": pin})
	b.settle()
}

// settle makes every input have its debounced state.
func (b *board) settle() {
	b.t.Helper()
	b.advance(0) // it sees the levels as they are
	b.advance(debounce)
}

// advance moves the board's uptime on. What is due by then has happened when it returns.
func (b *board) advance(ms int) {
	b.t.Helper()
	b.ask(map[string]any{"cmd": "advance", "ms": ms})
}

func (b *board) wire(pin int, level bool) {
	b.t.Helper()
	b.ask(map[string]any{"cmd": "set", "pin": pin, "level": level})
}

// edge is one change of a pin.
type edge struct {
	Seq   uint64 `json:"seq"`
	Pin   int    `json:"pin"`
	What  string `json:"what"`
	Level bool   `json:"level"`
	Duty  int    `json:"duty"`
	Up    int64  `json:"up"` // the board's uptime in ms

	UnixNS int64 `json:"unix_ns"`
}

// edges lists what happened after since at the pins that the board drives.
func (b *board) edges(since uint64) (out []edge, last uint64) {
	b.t.Helper()
	answer := b.ask(map[string]any{"cmd": "edges", "since": since})
	var all []edge
	if err := json.Unmarshal(answer["edges"], &all); err != nil {
		b.t.Fatal(err)
	}
	if string(answer["lost"]) != "0" {
		b.t.Fatalf("edges were lost: %s", answer["lost"])
	}
	for _, e := range all {
		if e.What != "input" {
			out = append(out, e)
		}
	}
	_ = json.Unmarshal(answer["last"], &last)
	return out, last
}

// quiet wants no edge after since but at these pins.
func (b *board) quiet(since uint64, but ...int) {
	b.t.Helper()
	edges, _ := b.edges(since)
	for _, e := range edges {
		if !slices.Contains(but, e.Pin) {
			b.t.Errorf("%s: pin %d moved: %+v", b.name, e.Pin, e)
		}
	}
}

func (b *board) lastEdge() uint64 { b.t.Helper(); _, last := b.edges(0); return last }

// level is how a pin is driven now.
func (b *board) level(pin int) string {
	b.t.Helper()
	var pins []struct {
		Pin   int    `json:"pin"`
		Mode  string `json:"mode"`
		Level *bool  `json:"level"`
		Duty  *int   `json:"duty"`
	}
	if err := json.Unmarshal(b.ask(map[string]any{"cmd": "pins"})["pins"], &pins); err != nil {
		b.t.Fatal(err)
	}
	for _, p := range pins {
		switch {
		case p.Pin != pin:
		case p.Level != nil && *p.Level:
			return "high"
		case p.Level != nil:
			return "low"
		case p.Duty != nil:
			return fmt.Sprint(*p.Duty)
		}
	}
	return "off"
}

// awaitLevel waits until a pin is driven so.
func (b *board) awaitLevel(pin int, want string) {
	b.t.Helper()
	deadline := time.Now().Add(patience)
	since := uint64(0)
	for b.level(pin) != want {
		if time.Now().After(deadline) {
			b.t.Fatalf("pin %d of %s is %s, want %s", pin, b.name, b.level(pin), want)
		}
		// Wait for the next edge rather than ask in a loop.
		answer := b.ask(map[string]any{"cmd": "edges", "since": since, "wait_ms": 500})
		_ = json.Unmarshal(answer["last"], &since)
	}
}

// powerCut takes its power away and gives it back. Sockets "hang" leaves the
// connections of before to find out by themselves; "reset" tells them.
func (b *board) powerCut(sockets string) {
	b.t.Helper()
	b.ask(map[string]any{"cmd": "power_cut", "sockets": sockets})
	b.do("power_on")
}

// boardState is what the control socket says of a board.
type boardState struct {
	State        string `json:"state"`
	SetupCode    string `json:"setup_code"`
	AdoptionOpen bool   `json:"adoption_open"`
	Session      bool   `json:"session"`
	Trial        bool   `json:"trial"`
	Config       string `json:"config"`
	Boot         int    `json:"boot"`
	Up           int64  `json:"up"`
}

func (b *board) state() (s boardState) {
	b.t.Helper()
	if err := json.Unmarshal(b.ask(map[string]any{"cmd": "state"})["board"], &s); err != nil {
		b.t.Fatal(err)
	}
	return s
}

// awaitState waits until the board is so. Nothing tells of it, so it asks now and then.
func (b *board) awaitState(what string, is func(boardState) bool) {
	b.t.Helper()
	deadline := time.Now().Add(patience)
	for !is(b.state()) {
		if time.Now().After(deadline) {
			b.t.Fatalf("%s: %s: %+v", b.name, what, b.state())
		}
		b.ask(map[string]any{"cmd": "edges", "since": b.lastEdge(), "wait_ms": 100})
	}
}

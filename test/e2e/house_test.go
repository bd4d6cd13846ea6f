//go:build e2e

package e2e

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"hob/internal/entity"
	"hob/internal/nettest"
	"hob/server/client"
)

// house is a server with its boards.
type house struct {
	t      *testing.T
	net    *nettest.Namespace
	dir    string
	state  string
	config string
	listen string
	iface  string // where it browses
	url    string
	server *process
	boards map[string]*board
}

// newHouse starts a board for each name and a server with the config, and
// adopts the boards. {hall} in the config stands for the id of the board hall.
func newHouse(t *testing.T, config string, names ...string) *house {
	t.Helper()
	return newHouseIn(t, network(t), config, names...)
}

func newHouseIn(t *testing.T, n *nettest.Namespace, config string, names ...string) *house {
	t.Helper()
	h := unadopted(t, n, config, names...)
	h.adoptAll(names...)
	return h
}

// builtHouse is a house around whose boards build has put a world, before
// anything looks at it.
func builtHouse(t *testing.T, config string, build func(*house), names ...string) *house {
	t.Helper()
	h := prepared(t, network(t))
	h.startBoards(config, names...)
	build(h)
	h.write(config)
	h.serve()
	h.adoptAll(names...)
	return h
}

func (h *house) startBoards(config string, names ...string) {
	h.t.Helper()
	for _, name := range names {
		h.boards[name] = startBoard(h.t, h.net, h.dir, name, newID(), chipOf(config, name))
	}
}

func (h *house) adoptAll(names ...string) {
	h.t.Helper()
	for _, name := range names {
		h.awaitStatus(name, entity.BoardNotAdopted)
		h.adopt(h.boards[name])
	}
	for _, name := range names {
		h.awaitStatus(name, entity.BoardOnline)
		h.ready()
	}
	for _, name := range names {
		h.boards[name].settle() // the first level of an input is its state and no press
	}
}

// bareHouse is a house whose boards nobody has adopted yet.
func bareHouse(t *testing.T, config string, names ...string) *house {
	t.Helper()
	return unadopted(t, network(t), config, names...)
}

func unadopted(t *testing.T, n *nettest.Namespace, config string, names ...string) *house {
	t.Helper()
	h := prepared(t, n)
	h.startBoards(config, names...)
	h.write(config)
	h.serve()
	return h
}

// prepared is a house of which nothing runs yet.
func prepared(t *testing.T, n *nettest.Namespace) *house {
	t.Helper()
	// Not t.TempDir: its path is too long for a unix socket.
	dir, err := os.MkdirTemp("", "hob")
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, net: n, dir: dir, state: filepath.Join(dir, "state"), config: filepath.Join(dir, "config.yaml"),
		listen: "127.0.0.1:0", iface: "lo", boards: map[string]*board{}}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return h
}

// newID is a board id that no other test has.
func newID() string {
	var b [6]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	return "hob-" + hex.EncodeToString(b[:])
}

// chipOf is the chip that the config declares for a board.
func chipOf(config, board string) string {
	m := regexp.MustCompile(`\b` + board + `: \{id: [^,]*, chip: (\w+)`).FindStringSubmatch(config)
	if m == nil {
		return "esp32"
	}
	return m[1]
}

// ready waits until every entity is there, and each that a board can know about
// has a state.
func (h *house) ready() {
	h.t.Helper()
	w := h.watch()
	defer w.live.Close()
	w.until("every entity is available", func() bool {
		for _, e := range w.view.Entities {
			if !e.Available || e.State == entity.StateUnknown && known(e) {
				return false
			}
		}
		return true
	})
}

// known says whether an entity's state is known once its board has reported:
// nobody has said where a person is, and no reed where a door without one is.
func known(e *entity.Record) bool {
	return e.Kind != entity.KindPerson && (e.Kind != entity.KindGarageDoor || slices.Contains(e.Features, "close"))
}

// relinked waits for the new session of a board that has just ended one.
func (h *house) relinked(b *board) {
	h.t.Helper()
	b.awaitState("a session", func(s boardState) bool { return s.Session })
	h.ready()
}

// write puts a whole file in the place of the one before, as editors do: whoever
// looks meanwhile sees no half, which would be told as a mistake.
func (h *house) write(config string) {
	h.t.Helper()
	for name, b := range h.boards {
		config = strings.ReplaceAll(config, "{"+name+"}", b.id)
	}
	err := os.WriteFile(h.config+".new", []byte(config), 0o600)
	if err == nil {
		err = os.Rename(h.config+".new", h.config)
	}
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) serve() {
	h.t.Helper()
	var ready struct {
		URL string `json:"url"`
	}
	h.server = start(h.t, h.net, &ready, "hob", "serve", "--config", h.config, "--state", h.state, "--listen", h.listen,
		"--mdns-interface", h.iface, "--json")
	h.url = ready.URL
	h.listen = strings.TrimSuffix(strings.TrimPrefix(ready.URL, "http://"), "/")
}

func (h *house) reload(config string) {
	h.t.Helper()
	h.write(config)
	if err := h.server.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) adopt(b *board) {
	h.t.Helper()
	deadline := time.Now().Add(patience)
	for {
		_, stderr, code := h.hob("adopt", b.id, b.code)
		if code == 0 {
			return
		}
		if time.Now().After(deadline) || !strings.Contains(stderr, "not on the network") {
			h.t.Fatalf("adopt %s: %d %s", b.name, code, stderr)
		}
		h.awaitBoard(b.name, func(r entity.BoardRecord) bool { return r.Address != "" })
	}
}

// hob runs the command line as a script does.
func (h *house) hob(args ...string) (stdout, stderr string, code int) {
	h.t.Helper()
	cmd := exec.Command(bin(h.t, "hob"), append([]string{"--state", h.state}, args...)...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		h.t.Fatal(err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

func (h *house) client() *client.Client {
	h.t.Helper()
	c, err := client.New(client.Options{State: h.state})
	if err != nil {
		h.t.Fatal(err)
	}
	return c
}

func (h *house) awaitBoard(name string, is func(entity.BoardRecord) bool) entity.BoardRecord {
	h.t.Helper()
	w := h.watch()
	defer w.live.Close()
	var got entity.BoardRecord
	w.until("board "+name, func() bool {
		for _, b := range w.view.Boards {
			if (string(b.Name) == name || string(b.ID) == name) && is(*b) {
				got = *b
				return true
			}
		}
		return false
	})
	return got
}

func (h *house) awaitStatus(name string, s entity.BoardStatus) entity.BoardRecord {
	h.t.Helper()
	return h.awaitBoard(name, func(b entity.BoardRecord) bool { return b.Status == s })
}

// must runs the command line and wants success.
func (h *house) must(args ...string) string {
	h.t.Helper()
	stdout, stderr, code := h.hob(args...)
	if code != 0 {
		h.t.Fatalf("hob %v: exit %d: %s", args, code, stderr)
	}
	return stdout
}

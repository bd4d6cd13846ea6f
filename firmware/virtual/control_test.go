package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestRequestsThatMakeNoSenseAreRefusedWithTheReason(t *testing.T) {
	r := startRig(t)
	cases := []struct{ line, code, about string }{
		{`nonsense`, "bad_request", "not a request"},
		{`[]`, "bad_request", "not a request: a JSON array is no object"},
		{`{}`, "bad_request", "no command"},
		{`{"cmd":"explode"}`, "bad_request", "explode"},
		{`{"cmd":"press"}`, "bad_request", "pin"},
		{`{"cmd":5}`, "bad_request", "cmd must not be a JSON number"},
		{`{"cmd":"press","pin":"32"}`, "bad_request", "^pin must not be a JSON string"},
		{`{"cmd":"press","pin":32,"level":true}`, "bad_request", "unknown member \"level\""},
		{`{"cmd":"press","pin":32,"ms":-1}`, "bad_request", "ms"},
		{`{"cmd":"press","pin":32,"ms":60001}`, "bad_request", "ms"},
		{`{"cmd":"press","pin":7}`, "refused", "no usable pin 7"},
		{`{"cmd":"double","pin":32,"gap_ms":-5}`, "bad_request", "gap_ms"},
		{`{"cmd":"set","pin":32}`, "bad_request", "level"},
		{`{"cmd":"state","board":"hob-000000"}`, "bad_request", "hob-000000"},
		{`{"cmd":"power_cut","sockets":"melt"}`, "bad_request", "sockets"},
		{`{"cmd":"power_on"}`, "refused", "power already"},
		{`{"cmd":"power_on","listen":"localhost:0"}`, "bad_request", "listen"},
		{`{"cmd":"reboot","reset":"boredom"}`, "bad_request", "boredom"},
		{`{"cmd":"cut_write"}`, "bad_request", "bytes"},
		{`{"cmd":"cut_write","bytes":-1}`, "bad_request", "bytes"},
		{`{"cmd":"advance"}`, "bad_request", "ms"},
		{`{"cmd":"advance","ms":99999999999999}`, "bad_request", "ms"},
		{`{"cmd":"edges","wait_ms":60001}`, "bad_request", "wait_ms"},
		{`{"cmd":"quit","board":"hob-7c9ebd"}`, "bad_request", "board"},
		{`{"cmd":"boards","board":"hob-7c9ebd"}`, "bad_request", "board"},
		{`{"cmd":"world","name":"hall"}`, "bad_request", "name"},
		{`{"cmd":"room"}`, "bad_request", "name"},
		{`{"cmd":"room","name":"hall","temp":121}`, "bad_request", "temp"},
		{`{"cmd":"room","name":"hall","loss":0}`, "bad_request", "loss"},
		{`{"cmd":"room","name":"hall","heater":7}`, "refused", "no usable pin 7"},
		{`{"cmd":"door","name":"left"}`, "bad_request", "relay"},
		{`{"cmd":"door","name":"left","relay":25,"place":1.5}`, "bad_request", "place"},
		{`{"cmd":"door","name":"left","relay":25,"travel_ms":-1}`, "bad_request", "travel_ms"},
		{`{"cmd":"door","name":"left","relay":25,"open_reed":7}`, "refused", "no usable pin 7"},
		{`{"cmd":"sensor"}`, "bad_request", "pin"},
		{`{"cmd":"sensor","pin":4,"addr":68}`, "bad_request", "pin"},
		{`{"cmd":"sensor","addr":4}`, "bad_request", "addr"},
		{`{"cmd":"sensor","pin":4,"room":"attic"}`, "bad_request", "attic"},
		{`{"cmd":"sensor","pin":4,"fault":"tired"}`, "bad_request", "fault"},
		{`{"cmd":"sensor","pin":4,"noise":-1}`, "bad_request", "noise"},
		{`{"cmd":"sensor","pin":4,"r25":0}`, "bad_request", "r25"},
		{`{"cmd":"weather","factor":3601}`, "bad_request", "factor"},
		{`{"cmd":"weather","board":"hob-7c9ebd"}`, "bad_request", "board"},
	}
	for _, c := range cases {
		if a := r.control.try(c.line); a.OK || a.Code != c.code || !strings.Contains("^"+a.Message, c.about) {
			t.Errorf("%s: %+v; want %s about %s", c.line, a, c.code, c.about)
		}
	}
	if a := r.control.do(`{"cmd":"state"}`); !a.Board.Power || a.Board.Boot != 1 {
		t.Errorf("bad requests changed the board: %+v", a.Board)
	}
}

func TestAnEndlessRequestIsCutOff(t *testing.T) {
	r := startRig(t)
	a := r.control.try(strings.Repeat("x", maxControlLine+1))
	if a.OK || a.Code != "bad_request" {
		t.Errorf("%+v", a)
	}
	if r.control.lines.Scan() {
		t.Error("the connection goes on")
	}
}

func TestWithSeveralBoardsARequestNamesOne(t *testing.T) {
	r := startRig(t, "--boards", "3")
	if a := r.control.try(`{"cmd":"state"}`); a.OK {
		t.Error("answered for some board")
	}
	boards := r.control.do(`{"cmd":"boards"}`).Boards
	if len(boards) != 3 || len(r.ready.Boards) != 3 {
		t.Fatalf("%d boards, %d in the ready line", len(boards), len(r.ready.Boards))
	}
	addresses, codes := map[string]bool{}, map[string]bool{}
	for i, b := range boards {
		if line := r.ready.Boards[i]; line.ID != b.ID || line.Address != b.Address || line.SetupCode != b.SetupCode {
			t.Errorf("ready line says %+v, control says %+v", line, b)
		}
		addresses[b.Address], codes[b.SetupCode] = true, true
	}
	if len(addresses) != 3 || len(codes) != 3 {
		t.Errorf("boards share addresses or setup codes: %+v", boards)
	}
	if a := r.control.do(`{"cmd":"state","board":"hob-7c9ebf"}`); a.Board.ID != "hob-7c9ebf" {
		t.Errorf("%+v", a.Board)
	}
}

func TestTheControlSocketIsTheOwnersAlone(t *testing.T) {
	r := startRig(t)
	info, err := os.Stat(r.ready.Control)
	must(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode().Perm())
	}
	must(t, r.stop())
	if _, err := os.Stat(r.ready.Control); !os.IsNotExist(err) {
		t.Errorf("left behind: %v", err)
	}
}

func TestAControlSocketInUseIsNotTakenOver(t *testing.T) {
	path := filepath.Join(t.TempDir(), "control")
	first, err := listenControl(path)
	must(t, err)
	if _, err := listenControl(path); err == nil {
		t.Error("taken over")
	}
	first.(*net.UnixListener).SetUnlinkOnClose(false) // as kill -9 would leave it
	must(t, first.Close())
	second, err := listenControl(path)
	must(t, err)
	must(t, second.Close())
	if _, err := listenControl(path + strings.Repeat("x", maxSocketPath)); err == nil || !strings.Contains(err.Error(), "107") {
		t.Errorf("too long a path: %v", err)
	}
	must(t, os.WriteFile(path, []byte("a file"), 0o600))
	if _, err := listenControl(path); err == nil {
		t.Error("replaced somebody's file")
	}
}

func TestQuitEndsTheProcess(t *testing.T) {
	r := startRig(t)
	r.control.do(`{"cmd":"quit"}`)
	must(t, r.control.conn.SetReadDeadline(time.Now().Add(patience)))
	if r.control.lines.Scan() {
		t.Errorf("it goes on: %s", r.control.lines.Text())
	}
	must(t, r.stop())
}

func FuzzControlRequests(f *testing.F) {
	for name := range commandTable() {
		f.Add(fmt.Appendf(nil, `{"cmd":%q,"board":"hob-7c9ebd","pin":32,"ms":1}`, name))
		f.Add(fmt.Appendf(nil, `{"cmd":%q}`, name))
	}
	f.Add([]byte(`{"cmd":"edges","since":18446744073709551615,"wait_ms":60000}`))
	ended, cancel := context.WithCancel(context.Background())
	cancel() // so that no request waits
	f.Fuzz(func(t *testing.T, line []byte) {
		if bytes.Contains(line, []byte("listen")) && !bytes.Contains(line, []byte("127.0.0.1:0")) {
			return // only where a test may listen
		}
		r := fuzzRig(t)
		answer, _ := r.answer(ended, line)
		if _, err := json.Marshal(answer); err != nil {
			t.Errorf("%q: %v", line, err)
		}
		if ok, isBool := answer["ok"].(bool); !isBool || !ok && answer["message"] == "" {
			t.Errorf("%q: %v", line, answer)
		}
		if _, err := r.boards[0].info(); err != nil {
			t.Errorf("%q ended the board: %v", line, err)
		}
	})
}

// fuzzRig is the control of one running board, without its socket.
func fuzzRig(t *testing.T) *control {
	t.Helper()
	engines, free, err := newEngines(1)
	must(t, err)
	links := newLinkServer()
	opt, err := parseOptions([]string{"--id", "hob-7c9ebd", "--state", t.TempDir()}, io.Discard)
	must(t, err)
	around := newSurroundings(1, time.Now())
	boards, err := buildBoards(opt, engines, links, around, testLog(t))
	must(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	must(t, startBoards(ctx, opt, boards, &running))
	t.Cleanup(func() {
		cancel()
		running.Wait()
		links.close()
		free()
	})
	return newControl(boards, around, func() {})
}

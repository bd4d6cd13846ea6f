package main

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestRequestsThatMakeNoSenseAreRefusedWithTheReason(t *testing.T) {
	r := startRig(t)
	cases := []struct{ line, code, about string }{
		{`nonsense`, "bad_request", "not a request"},
		{`[]`, "bad_request", "not a request"},
		{`{}`, "bad_request", "no command"},
		{`{"cmd":"explode"}`, "bad_request", "explode"},
		{`{"cmd":"press"}`, "bad_request", "pin"},
		{`{"cmd":"press","pin":"32"}`, "bad_request", "pin"},
		{`{"cmd":"press","pin":32,"level":true}`, "bad_request", "level"},
		{`{"cmd":"press","pin":32,"ms":-1}`, "bad_request", "ms"},
		{`{"cmd":"press","pin":32,"ms":60001}`, "bad_request", "ms"},
		{`{"cmd":"press","pin":7}`, "refused", "no usable pin 7"},
		{`{"cmd":"double","pin":32,"gap_ms":-5}`, "bad_request", "gap_ms"},
		{`{"cmd":"set","pin":32}`, "bad_request", "level"},
		{`{"cmd":"state","board":"hob-000000"}`, "bad_request", "hob-000000"},
		{`{"cmd":"power_cut","sockets":"melt"}`, "bad_request", "sockets"},
		{`{"cmd":"power_on"}`, "refused", "power already"},
		{`{"cmd":"reboot","reset":"boredom"}`, "bad_request", "boredom"},
		{`{"cmd":"cut_write"}`, "bad_request", "bytes"},
		{`{"cmd":"cut_write","bytes":-1}`, "bad_request", "bytes"},
		{`{"cmd":"advance"}`, "bad_request", "ms"},
		{`{"cmd":"advance","ms":99999999999999}`, "bad_request", "ms"},
		{`{"cmd":"edges","wait_ms":60001}`, "bad_request", "wait_ms"},
		{`{"cmd":"quit","board":"hob-7c9ebd"}`, "bad_request", "board"},
		{`{"cmd":"boards","board":"hob-7c9ebd"}`, "bad_request", "board"},
	}
	for _, c := range cases {
		if a := r.control.try(c.line); a.OK || a.Code != c.code || !strings.Contains(a.Message, c.about) {
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

package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"os"
	"strings"
	"testing"
)

// plug is the computer's end of a board's cable.
type plug struct {
	t     *testing.T
	port  *os.File
	lines *bufio.Scanner
	n     int // of the newest frame
}

func plugIn(t *testing.T, path string) *plug {
	t.Helper()
	port, err := os.OpenFile(path, os.O_RDWR, 0)
	must(t, err)
	t.Cleanup(func() { port.Close() })
	return &plug{t: t, port: port, lines: bufio.NewScanner(port)}
}

// send sends a frame with these members, as docs/provisioning.md has it.
func (p *plug) send(members string) {
	p.t.Helper()
	p.n++
	object := fmt.Sprintf(`{"n":%d,%s}`, p.n, members)
	_, err := fmt.Fprintf(p.port, "\nHOB1 %s %08x\n", object, crc32.ChecksumIEEE([]byte(object)))
	must(p.t, err)
}

// say gives the answer, too.
func (p *plug) say(members string) map[string]any {
	p.t.Helper()
	p.send(members)
	for p.lines.Scan() {
		answer, ok := strings.CutPrefix(p.lines.Text(), "HOB1 ")
		if !ok {
			continue // the log
		}
		answer, sum := answer[:len(answer)-9], answer[len(answer)-8:]
		if want := fmt.Sprintf("%08x", crc32.ChecksumIEEE([]byte(answer))); sum != want {
			p.t.Fatalf("checksum %s of %s, want %s", sum, answer, want)
		}
		var out map[string]any
		must(p.t, json.Unmarshal([]byte(answer), &out))
		if out["n"] == float64(p.n) {
			return out
		}
	}
	p.t.Fatalf("no answer: %v", p.lines.Err())
	return nil
}

func (p *plug) want(answer map[string]any, t string) {
	p.t.Helper()
	if answer["t"] != t {
		p.t.Fatalf("%v, want %s", answer, t)
	}
}

const cableKey = "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"

func TestABoardIsProvisionedOverItsCable(t *testing.T) {
	r := startRig(t, "--serial")
	p := plugIn(t, r.ready.Serial)
	first := p.say(`"t":"hello"`)
	if first["id"] != r.ready.ID || first["state"] != "new" || first["code"] != r.ready.SetupCode || first["ssid"] != "" || first["online"] != true {
		t.Fatalf("%v", first)
	}
	p.want(p.say(`"t":"provision","ssid":"home","password":"12345678","key":"`+cableKey+`"`), "done")
	key := make([]byte, 32)
	for i := range key {
		key[i] = byte(i + 1)
	}
	openSession(t, r.ready.Address, r.ready.ID, key)
	if now := p.say(`"t":"hello"`); now["state"] != "adopted" || now["ssid"] != "home" || now["code"] != nil {
		t.Errorf("%v", now)
	}
}

func TestWhatTheCableBroughtOutlivesAPowerCut(t *testing.T) {
	r := startRig(t, "--serial")
	p := plugIn(t, r.ready.Serial)
	p.want(p.say(`"t":"provision","ssid":"home","password":"12345678","key":"`+cableKey+`"`), "done")
	r.control.do(`{"cmd":"power_cut"}`)
	r.control.do(`{"cmd":"power_on"}`)
	if now := p.say(`"t":"hello"`); now["state"] != "adopted" || now["ssid"] != "home" {
		t.Errorf("%v", now)
	}
	p.want(p.say(`"t":"reset"`), "done")
	if now := p.say(`"t":"hello"`); now["state"] != "new" || now["ssid"] != "" || now["code"] == nil {
		t.Errorf("%v", now)
	}
}

func TestAPowerCutWhileProvisioningNeverLeavesAKeyWithoutItsNetwork(t *testing.T) {
	r := startRig(t, "--serial")
	p := plugIn(t, r.ready.Serial)
	cuts := 0
	for cut := 0; cut < 400; cut += 13 {
		p.want(p.say(`"t":"reset"`), "done")
		r.control.do(fmt.Sprintf(`{"cmd":"cut_write","bytes":%d}`, cut))
		p.send(`"t":"provision","ssid":"after","password":"87654321","key":"` + cableKey + `"`)
		after := r.control.waitState(`{"cmd":"state"}`, func(b boardInfo) bool { return !b.Power || b.State == "adopted" })
		if !after.Power {
			cuts++
			r.control.do(`{"cmd":"power_on"}`)
		}
		now := p.say(`"t":"hello"`)
		if now["state"] == "adopted" && now["ssid"] != "after" || now["ssid"] != "" && now["ssid"] != "after" {
			t.Fatalf("cut after %d bytes: %v", cut, now)
		}
		// And the same frame mends it.
		r.control.do(`{"cmd":"reboot"}`)
		p.want(p.say(`"t":"provision","ssid":"after","password":"87654321","key":"`+cableKey+`"`), "done")
	}
	if cuts < 5 {
		t.Errorf("only %d power cuts", cuts)
	}
}

func TestNoiseOnTheCableDisturbsNobody(t *testing.T) {
	r := startRig(t, "--serial")
	p := plugIn(t, r.ready.Serial)
	key := adopt(t, r.ready.readyBoard)
	s := openSession(t, r.ready.Address, r.ready.ID, key)
	s.mustConfigure(theHouse()...)
	_, err := p.port.WriteString(strings.Repeat("\x00\xffnoise", 5000) + "\nHOB1 {} 00000000\n")
	must(t, err)
	if result := s.command("gpio16", "on", nil); result["code"] != "done" {
		t.Errorf("%v", result)
	}
	p.want(p.say(`"t":"dance"`), "failed")
}

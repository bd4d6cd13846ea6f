package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// newTestBench is a bench that measures a server built from this tree.
func newTestBench(t *testing.T) *bench {
	t.Helper()
	b, err := newBench(true, 1, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	b.build, b.temp = t.TempDir(), t.TempDir()
	b.hobProgram = filepath.Join(b.build, "hob")
	build := exec.Command("go", "build", "-o", b.hobProgram, "./server")
	build.Dir = b.root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return b
}

func TestEveryChangeReachesEveryBrowserOfEverySystem(t *testing.T) {
	b := newTestBench(t)
	hob, _, err := b.startHob("hob", smallHouse)
	if err != nil {
		t.Fatal(err)
	}
	defer hob.stop()
	each, err := b.startFloor(nameFloor)
	if err != nil {
		t.Fatal(err)
	}
	defer each.stop()
	batched, err := b.startFloor(nameBatched, "-b")
	if err != nil {
		t.Fatal(err)
	}
	defer batched.stop()
	const browsers, changes = 5, 4
	for _, s := range []*system{hob, each, batched} {
		err := b.with(s, browsers, func(w *swarm) error {
			r, err := s.paced(w, changes, 10*time.Millisecond)
			if err != nil {
				return err
			}
			if len(r.delays) != browsers*changes || r.delays[0] <= 0 || r.perMsg <= 0 {
				t.Errorf("%s: %d delays from %d ns, %v a message", s.name, len(r.delays), r.delays[0], r.perMsg)
			}
			f, err := b.flat(s, w, 0) // which on a busy computer is soon over
			if f.rate <= 0 || f.perChange < f.perMsg {
				t.Errorf("%s: flat out %+v", s.name, f)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}

func TestACommandIsConfirmedAndReachesTheOthers(t *testing.T) {
	b := newTestBench(t)
	s, _, err := b.startHob("hob", smallHouse)
	if err != nil {
		t.Fatal(err)
	}
	defer s.stop()
	err = b.with(s, 3, func(w *swarm) error {
		r, err := s.command(w, 2, time.Millisecond)
		if len(r.own) != 2 || len(r.all) != 6 || r.all[0] <= 0 {
			t.Errorf("own %v, all %v", r.own, r.all)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	if took, err := s.firstMessage(); err != nil || took <= 0 {
		t.Errorf("first message: %v, %v", took, err)
	}
}

func TestATargetIsJudgedByTheMedianOfItsRounds(t *testing.T) {
	r := newResults()
	for _, v := range []float64{1, 9, 2} {
		r.add("cost", nameHob, v)
		r.add("cost", nameFloor, 2)
	}
	for _, c := range []struct {
		t    target
		want string
	}{
		{target{what: "cost", limit: 2}, "met"},
		{target{what: "cost", limit: 1.9}, "missed"},
		{target{what: "cost", against: figure{"cost", nameFloor}, limit: 1}, "met"},
		{target{what: "cost", against: figure{"cost", nameFloor}, limit: 0.9}, "missed"},
		{target{what: "cost", against: figure{"cost", nameNATS}, limit: 9}, "not measured"},
		{target{what: "else", limit: 9}, "not measured"},
	} {
		if f := r.judge(c.t); f.Verdict != c.want {
			t.Errorf("%+v: %s, want %s", c.t, f.Verdict, c.want)
		}
	}
}

func TestTheReportHasEveryTargetInBothForms(t *testing.T) {
	b := &bench{results: newResults(), rounds: 1}
	b.results.add(figDemo, nameHob, 12.5)
	var people, scripts bytes.Buffer
	if err := b.report(&people, false); err != nil {
		t.Fatal(err)
	}
	if err := b.report(&scripts, true); err != nil {
		t.Fatal(err)
	}
	var out struct{ Targets []finding }
	if err := json.Unmarshal(scripts.Bytes(), &out); err != nil || len(out.Targets) != len(targets()) {
		t.Errorf("%v, %d targets", err, len(out.Targets))
	}
	for _, want := range []string{"ok", "12.5", figBoards} {
		if !strings.Contains(people.String(), want) {
			t.Errorf("no %q in\n%s", want, people.String())
		}
	}
}

func TestFramesAndMessagesMayComeInAnyPieces(t *testing.T) {
	text := payload(1)
	for name, c := range map[string]struct {
		speaks dialect
		stream []byte
	}{
		"plain": {plain{}, frameOf(text)},
		"mqtt":  {mqtt{}, append(frameOf(mqttPublish("h/s", text)[:7]), frameOf(mqttPublish("h/s", text)[7:])...)},
		"nats":  {nats{}, append(frameOf([]byte("MSG h.s 1 5\r\nhe")), frameOf([]byte("llo\r\n"))...)},
		"live":  {live{"door"}, frameOf(text)},
	} {
		for cut := 1; cut < len(c.stream); cut++ {
			who, got := &browser{}, 0
			b := c.stream[:cut]
			for range 2 {
				for {
					_, message, rest, ok := nextFrame(b)
					if !ok {
						break
					}
					n, _ := c.speaks.take(who, message)
					got, b = got+n, rest
				}
				b = append(append([]byte(nil), b...), c.stream[cut:]...)
			}
			if got != 1 {
				t.Fatalf("%s, cut at %d: %d changes", name, cut, got)
			}
		}
	}
}

func frameOf(message []byte) []byte {
	b := masked(opText, message)
	head := len(b) - len(message) - 4
	b[1] &^= 0x80
	return append(b[:head:head], message...)
}

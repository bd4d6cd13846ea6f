package main

import (
	"fmt"
	"testing"
)

// theGarage is a door with a reed and a horn that is on at low level.
func theGarage() []frame {
	return []frame{
		{"kind": "relay", "point": "gpio25", "pin": 25},
		{"kind": "relay", "point": "gpio27", "pin": 27, "inverted": true},
		{"kind": "input", "point": "gpio32", "pin": 32, "pull": "up", "active": "low", "debounce": 30, "role": "contact"},
	}
}

// closeDoor asks for a pulse after a warning, while the door is not closed.
func (s *session) closeDoor(warnMS int) {
	s.t.Helper()
	s.nextID++
	s.write(frame{"t": "command", "id": s.nextID, "point": "gpio25", "do": "pulse", "ms": 200,
		"pre":  []frame{{"point": "gpio32", "is": false, "age": 5000}},
		"warn": "gpio27", "warn_ms": warnMS, "until": s.lastUp + 60000})
}

func hornEdge(on bool) func(edgeLine) bool { return outputEdge(27, !on) }

// moves is how often the door's relay went on after edge number since.
func (r *rig) moves(since uint64) (n int) {
	r.t.Helper()
	for _, e := range r.control.do(fmt.Sprintf(`{"cmd":"edges","since":%d}`, since)).Edges {
		if outputEdge(25, true)(e) {
			n++
		}
	}
	return n
}

func TestADoorMovesAfterItsWarning(t *testing.T) {
	r, s, _ := adoptedRig(t, theGarage())
	r.settle()
	since := r.lastEdge()
	s.closeDoor(1000)
	result, before := s.readUntil("result")
	if result["code"] != "done" {
		t.Fatalf("%v", result)
	}
	horn, door := r.control.waitEdge(since, hornEdge(true)), r.control.waitEdge(since, outputEdge(25, true))
	quiet, rest := r.control.waitEdge(since, hornEdge(false)), r.control.waitEdge(since, outputEdge(25, false))
	if door.Seq < horn.Seq || rest.Seq < door.Seq || quiet.Seq < rest.Seq {
		t.Errorf("the edges are %+v, %+v, %+v, %+v", horn, door, rest, quiet)
	}
	if n := r.moves(since); n != 1 {
		t.Errorf("%d pulses", n)
	}
	// Four edges, each told with the command that it belongs to.
	var told []string
	var ups []float64 // by the time the board went by: its process may stand still before it sets a pin
	for _, f := range before {
		points, _ := f["points"].([]any)
		for _, p := range points {
			p := p.(map[string]any)
			if p["cause"] == "command" && p["cmd"] == float64(s.nextID) {
				told, ups = append(told, fmt.Sprint(p["p"], p["v"])), append(ups, p["up"].(float64))
			}
		}
	}
	if got, want := fmt.Sprint(told), "[gpio27true gpio25true gpio25false gpio27false]"; got != want {
		t.Fatalf("told %s, want %s", got, want)
	}
	if ups[1]-ups[0] < 1000 || ups[2]-ups[1] < 200 || ups[3] < ups[2] {
		t.Errorf("it happened at %v", ups)
	}
}

func TestWhateverComesBetweenAWarningAndItsPulseEndsBoth(t *testing.T) {
	cases := []struct {
		name, reason string // "": nobody is told
		happens      func(r *rig, s *session, key []byte)
	}{
		{"the reed moves", "precondition", func(r *rig, _ *session, _ []byte) { r.control.do(`{"cmd":"set","pin":32,"level":false}`) }},
		{"the reed bounces", "precondition", func(r *rig, _ *session, _ []byte) {
			r.control.do(`{"cmd":"set","pin":32,"level":false}`)
			r.control.do(`{"cmd":"set","pin":32,"level":true}`)
		}},
		{"cancel", "cancelled", func(_ *rig, s *session, _ []byte) { s.write(frame{"t": "cancel", "id": s.nextID}) }},
		{"another command", "superseded", func(_ *rig, s *session, _ []byte) {
			s.write(frame{"t": "command", "id": s.nextID + 1, "point": "gpio25", "do": "off", "until": s.lastUp + 60000})
		}},
		{"another configuration", "cancelled", func(_ *rig, s *session, _ []byte) {
			items := theGarage()
			items[0]["max_on"] = 60000
			s.sendConfig(items)
		}},
		{"the link drops", "", func(r *rig, _ *session, _ []byte) { r.control.do(`{"cmd":"drop_link"}`) }},
		{"the server hangs up", "", func(_ *rig, s *session, _ []byte) { must(s.t, s.ws.Close()) }},
		{"the network is blocked", "", func(r *rig, _ *session, _ []byte) {
			r.control.do(`{"cmd":"block"}`)
			r.control.do(`{"cmd":"advance","ms":60000}`)
		}},
		{"another session", "", func(r *rig, s *session, key []byte) { openSession(s.t, r.ready.Address, r.ready.ID, key) }},
		{"a reboot", "", func(r *rig, _ *session, _ []byte) { r.control.do(`{"cmd":"reboot","reset":"watchdog"}`) }},
		{"a restart", "cancelled", func(_ *rig, s *session, _ []byte) { s.write(frame{"t": "restart"}) }},
		{"a power cut", "", func(r *rig, _ *session, _ []byte) {
			r.control.do(`{"cmd":"power_cut"}`)
			r.control.do(`{"cmd":"power_on"}`)
		}},
		{"a board that freezes", "", func(r *rig, _ *session, _ []byte) {
			r.control.do(`{"cmd":"freeze"}`)
			r.control.do(`{"cmd":"advance","ms":90000}`)
			r.control.do(`{"cmd":"thaw"}`)
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r, s, key := adoptedRig(t, theGarage())
			r.settle()
			since := r.lastEdge()
			s.closeDoor(60000)
			sounds := r.control.waitEdge(since, hornEdge(true))
			c.happens(r, s, key)
			// A pin that lost its power is released, which is as quiet.
			r.control.waitEdge(sounds.Seq, func(e edgeLine) bool { return hornEdge(false)(e) || e.Pin == 27 && e.What == "released" })
			if c.reason != "" {
				if result, _ := s.readUntil("result"); result["id"] != float64(s.nextID) || result["reason"] != c.reason {
					t.Errorf("%v, want %s", result, c.reason)
				}
			}
			// Long after the pulse would have been.
			r.control.do(`{"cmd":"advance","ms":70000}`)
			if n := r.moves(since); n != 0 {
				t.Errorf("%d pulses", n)
			}
		})
	}
}

func TestALinkThatFallsSilentDuringAWarningMovesNothing(t *testing.T) {
	r, s, _ := adoptedRig(t, theGarage())
	r.settle()
	since := r.lastEdge()
	s.closeDoor(6000)
	r.control.waitEdge(since, hornEdge(true))
	// Silent for less than what ends a session, and longer than a warning allows.
	r.control.do(`{"cmd":"advance","ms":6000}`)
	if result, _ := s.readUntil("result"); result["reason"] != "cancelled" {
		t.Errorf("%v", result)
	}
	if n := r.moves(since); n != 0 {
		t.Errorf("%d pulses", n)
	}
	// With a server that speaks all the while the same warning ends in a pulse.
	s.closeDoor(6000)
	for range 6 {
		r.control.do(`{"cmd":"advance","ms":1000}`)
		s.write(frame{"t": "ping", "n": 1})
		s.readUntil("pong")
	}
	if result, _ := s.readUntil("result"); result["code"] != "done" {
		t.Errorf("%v", result)
	}
	if n := r.moves(since); n != 1 {
		t.Errorf("%d pulses", n)
	}
}

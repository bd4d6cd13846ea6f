package main

import (
	"encoding/json"
	"fmt"
	"math"
	"testing"
	"time"
)

// worldAnswer is what the command world answers.
type worldAnswer struct {
	Rooms   []roomView   `json:"rooms"`
	Doors   []doorView   `json:"doors"`
	Sensors []sensorView `json:"sensors"`
	Weather weatherView  `json:"weather"`
}

func (c *controlClient) world() (w worldAnswer) {
	c.t.Helper()
	must(c.t, json.Unmarshal(c.raw(`{"cmd":"world"}`), &w))
	return w
}

// waitDoor waits until the only door is as wanted.
func (c *controlClient) waitDoor(want func(doorView) bool) doorView {
	c.t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	poll := time.NewTicker(time.Millisecond)
	defer poll.Stop()
	for {
		d := c.world().Doors[0]
		if want(d) {
			return d
		}
		select {
		case <-poll.C:
		case <-deadline.C:
			c.t.Fatalf("the door stays at %+v", d)
		}
	}
}

func doorHouse() []frame {
	return []frame{
		{"kind": "relay", "point": "gpio25", "pin": 25},
		{"kind": "input", "point": "gpio32", "pin": 32, "pull": "up", "active": "low", "debounce": 5, "role": "contact"},
		{"kind": "input", "point": "gpio33", "pin": 33, "pull": "up", "active": "low", "debounce": 5, "role": "contact"},
	}
}

func (s *session) wantDone(result frame) {
	s.t.Helper()
	if result["code"] != "done" {
		s.t.Fatalf("%v", result)
	}
}

func inputEdge(pin int, level bool) func(edgeLine) bool {
	return func(e edgeLine) bool {
		return e.Pin == pin && e.What == "input" && e.Level != nil && *e.Level == level
	}
}

// A pulse is a press of the opener's button, and the reeds are inputs like any other.
func TestAPulseOpensTheDoorAndItsReedsSaySo(t *testing.T) {
	r, s, _ := adoptedRig(t, doorHouse())
	r.control.do(`{"cmd":"door","name":"left","relay":25,"closed_reed":32,"open_reed":33,"travel_ms":200,"latency_ms":20}`)
	r.settle()
	start := r.lastEdge()
	s.wantDone(s.command("gpio25", "pulse", frame{"ms": 50}))
	pressed := r.control.waitEdge(start, outputEdge(25, true))
	left := r.control.waitEdge(pressed.Seq, inputEdge(32, true))
	arrived := r.control.waitEdge(left.Seq, inputEdge(33, false))
	// Reeds may be late, as this process may be, but never early.
	if took := time.Duration(arrived.UnixNS - pressed.UnixNS); took < 150*time.Millisecond {
		t.Errorf("it was open %v after the pulse began", took)
	}
	d := r.control.waitDoor(func(d doorView) bool { return d.Motion == "still" })
	if !d.Open || d.Closed || d.Place != 1 {
		t.Errorf("%+v", d)
	}
}

func TestAClosingDoorWithSomethingInItsWayIsOpenAgain(t *testing.T) {
	r, s, _ := adoptedRig(t, doorHouse())
	r.control.do(`{"cmd":"door","name":"left","relay":25,"closed_reed":32,"open_reed":33,"travel_ms":200,"latency_ms":0,"place":1}`)
	r.control.do(`{"cmd":"door","name":"left","block":0.5}`)
	r.settle()
	start := r.lastEdge()
	s.wantDone(s.command("gpio25", "pulse", frame{"ms": 20}))
	r.control.waitEdge(start, inputEdge(33, true))
	r.control.waitEdge(start, inputEdge(33, false))
	for _, e := range r.control.do(fmt.Sprintf(`{"cmd":"edges","since":%d}`, start)).Edges {
		if inputEdge(32, false)(e) {
			t.Error("it was closed in between")
		}
	}
}

// The opener has power of its own: a board that loses its own does not stop the
// door, and one that boots does not start it.
func TestADoorGoesOnWithoutTheBoard(t *testing.T) {
	r, s, _ := adoptedRig(t, doorHouse())
	r.control.do(`{"cmd":"door","name":"left","relay":25,"closed_reed":32,"open_reed":33,"travel_ms":500,"latency_ms":0}`)
	r.settle()
	start := r.lastEdge()
	s.wantDone(s.command("gpio25", "pulse", frame{"ms": 20}))
	if e := r.control.waitEdge(start, inputEdge(32, true)); e.Boot != 1 {
		t.Errorf("it left the reed in %+v", e)
	}
	r.control.do(`{"cmd":"power_cut"}`) // on its way, unless this process stood still for as long as that takes
	r.control.waitDoor(func(d doorView) bool { return d.Open && d.Motion == "still" })
	r.control.do(`{"cmd":"power_on"}`)
	if d := r.control.world().Doors[0]; d.Motion != "still" || !d.Open {
		t.Errorf("after the boot %+v", d)
	}
}

func TestTheOpenersOwnRemoteMovesTheDoorToo(t *testing.T) {
	r := startRig(t)
	r.control.do(`{"cmd":"door","name":"left","relay":25,"travel_ms":100,"latency_ms":0}`)
	r.control.do(`{"cmd":"door","name":"left","press":true}`)
	r.control.waitDoor(func(d doorView) bool { return d.Open && d.Motion == "still" })
}

// An hour passes at once, so the room must be where the formula says.
func TestAHeaterWarmsItsRoomAndTheColdTakesItBack(t *testing.T) {
	r, _, key := adoptedRig(t, []frame{{"kind": "relay", "point": "gpio21", "pin": 21, "inverted": true}})
	r.control.do(`{"cmd":"weather","mean":5,"swing":0,"factor":0}`)
	r.control.do(`{"cmd":"room","name":"living","heater":21,"inverted":true,"temp":15,"mass":1200000,"loss":60,"heat":1500}`)
	after := func(from, balance float64) float64 {
		return balance + (from-balance)*math.Exp(-60.0*3600/1.2e6)
	}
	hour := func(want float64, heating bool) {
		t.Helper()
		r.control.do(`{"cmd":"advance","ms":3600000}`)
		room := r.control.world().Rooms[0]
		if math.Abs(room.Temp-want) > 0.002 || room.Heating != heating {
			t.Errorf("%+v, want %v", room, want)
		}
	}
	cold := after(15, 5)
	hour(cold, false)
	s := openSession(t, r.ready.Address, r.ready.ID, key) // the one of before was silent for an hour
	s.wantDone(s.command("gpio21", "on", nil))
	warm := after(cold, 5+1500.0/60)
	hour(warm, true)
	r.control.do(`{"cmd":"power_cut"}`) // a relay without power has let go
	r.control.do(`{"cmd":"power_on"}`)
	hour(after(warm, 5), false)
	r.control.do(`{"cmd":"room","name":"living","draught":true}`)
	r.control.do(`{"cmd":"advance","ms":360000000}`)
	if room := r.control.world().Rooms[0]; math.Abs(room.Temp-5) > 0.01 {
		t.Errorf("with the window open for days %+v", room)
	}
}

func TestTheWeatherRunsFasterWhenTold(t *testing.T) {
	now := time.Date(2026, 1, 10, 15, 0, 0, 0, time.UTC)
	s := newSurroundings(1, now)
	warmest := s.weather.Temperature(s.climate.at(now))
	if math.Abs(warmest-13) > 1e-6 {
		t.Errorf("at 15:00 it has %v", warmest)
	}
	s.climate.run(3600, now)
	coldest := s.weather.Temperature(s.climate.at(now.Add(12 * time.Second)))
	if math.Abs(coldest-3) > 1e-6 {
		t.Errorf("twelve hours later, which are 12 s, it has %v", coldest)
	}
}

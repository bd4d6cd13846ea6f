package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	"hob/internal/entity"
)

// demoWorld is what a house's boards are surrounded by in a demo: a room for
// each heater and cooler, a door for each garage door, and every sensor
// somewhere (docs/virtual-boards.md, "Rooms, doors and weather").
type demoWorld struct {
	requests []worldRequest
	mirrors  []mirror
}

// worldRequest is one line for a board's control socket.
type worldRequest struct {
	board entity.BoardName
	line  map[string]any
}

// mirror is a sensor in a room that another board's process keeps.
type mirror struct {
	room   string
	keeper entity.BoardName
	board  entity.BoardName
	sensor map[string]any
}

// served is the room that a sensor measures, and the board whose process keeps it.
type served struct {
	room  string
	board entity.BoardName
}

// surround plans the world of a house. start spreads the temperatures that
// rooms begin with, so that a demo's first minute shows heaters at work and at rest.
func surround(house *entity.House, start *rand.Rand) demoWorld {
	var w demoWorld
	rooms := map[entity.ID]*served{} // by sensor
	for _, e := range house.Entities {
		switch s := e.Spec.(type) {
		case *entity.Thermostat:
			w.add(s.Board, room(e, s, start))
			if rooms[s.Sensor] == nil {
				rooms[s.Sensor] = &served{string(e.ID), s.Board}
			}
		case *entity.GarageDoor:
			w.add(s.Board, door(e, s))
		}
	}
	for _, e := range house.Entities {
		if s, ok := e.Spec.(*entity.Sensor); ok {
			w.hang(s, rooms[e.ID])
		}
	}
	return w
}

func (w *demoWorld) add(board entity.BoardName, line map[string]any) {
	w.requests = append(w.requests, worldRequest{board, line})
}

// room is what a heater or cooler acts on. It begins near the middle of the
// thermostat's range.
func room(e entity.Entity, t *entity.Thermostat, start *rand.Rand) map[string]any {
	pin, middle := "heater", (t.Low+t.High).Celsius()/2
	if t.Cools {
		pin = "cooler"
	}
	return map[string]any{"cmd": "room", "name": string(e.ID), pin: t.Relay, "inverted": t.Inverted,
		"temp": middle + 2 + 2*start.Float64()}
}

func door(e entity.Entity, d *entity.GarageDoor) map[string]any {
	// A door is a little faster than the travel time that people allow it.
	line := map[string]any{"cmd": "door", "name": string(e.ID), "relay": d.Relay, "inverted": d.Inverted,
		"travel_ms": (d.Travel * 4 / 5).Milliseconds()}
	if d.Closed != nil {
		line["closed_reed"] = d.Closed.Pin
	}
	if d.Open != nil {
		line["open_reed"] = d.Open.Pin
	}
	return line
}

// demoPulses is how many pulses a minute a meter gives: somebody has left a tap open.
const demoPulses = 90

// hang puts a sensor into the room of the thermostat that it serves, else outdoors.
func (w *demoWorld) hang(s *entity.Sensor, serves *served) {
	line := map[string]any{"cmd": "sensor", "noise": 0.03}
	if s.Type == entity.SensorSHT3x {
		line["addr"] = s.Address
	} else {
		line["pin"] = s.Pin
	}
	switch s.Type {
	case entity.SensorNTC:
		line["beta"], line["r25"], line["series"] = s.Beta, s.R25, s.Series
	case entity.SensorPulse:
		line["rate"] = demoPulses
	}
	if serves == nil {
		w.add(s.Board, line)
		return
	}
	if serves.board == s.Board {
		line["room"] = serves.room
	} else {
		w.mirrors = append(w.mirrors, mirror{serves.room, serves.board, s.Board, line})
	}
	w.add(s.Board, line)
}

// build tells the boards. They do not know these pins yet; what is around them
// is there all the same.
func (w *demoWorld) build(ctx context.Context, c *cli) error {
	quiet := &cli{state: c.state, stdout: io.Discard, stderr: c.stderr}
	for _, r := range w.requests {
		if err := quiet.wall(ctx, string(r.board), r.line); err != nil {
			return fmt.Errorf("%v around board %s: %w", cmp.Or(r.line["name"], r.line["pin"], r.line["addr"]), r.board, err)
		}
	}
	return nil
}

const mirrorEvery = time.Second

// reflect keeps sensors warm whose room another process heats, until ctx is done.
// A board that does not answer is one that somebody is doing something to.
func (w *demoWorld) reflect(ctx context.Context, c *cli) {
	if len(w.mirrors) == 0 {
		return
	}
	quiet := &cli{state: c.state, stdout: io.Discard, stderr: io.Discard}
	tick := time.NewTicker(mirrorEvery)
	defer tick.Stop()
	for {
		for _, m := range w.mirrors {
			temp, ok := quiet.roomTemp(ctx, m.keeper, m.room)
			if ok {
				line := map[string]any{"value": temp}
				for k, v := range m.sensor {
					line[k] = v
				}
				_ = quiet.wall(ctx, string(m.board), line)
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// roomTemp asks a board's process for the temperature of a room, in °C.
func (c *cli) roomTemp(ctx context.Context, board entity.BoardName, name string) (float64, bool) {
	var world wallWorld
	answer, err := c.ask(ctx, string(board), map[string]any{"cmd": "world"})
	if err != nil || json.Unmarshal(answer, &world) != nil {
		return 0, false
	}
	for _, r := range world.Rooms {
		if r.Name == name {
			return r.Temp, true
		}
	}
	return 0, false
}

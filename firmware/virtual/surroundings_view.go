package main

import (
	"cmp"
	"context"
	"maps"
	"math"
	"slices"
	"time"

	"hob/firmware/virtual/world"
)

// The surroundings as the control socket shows them.
type roomView struct {
	Name    string  `json:"name"`
	Temp    float64 `json:"temp"`
	Heating bool    `json:"heating"`
	Cooling bool    `json:"cooling"`
	Draught bool    `json:"draught"`
}

type doorView struct {
	Name   string  `json:"name"`
	Place  float64 `json:"place"`
	Motion string  `json:"motion"`
	Closed bool    `json:"closed"`
	Open   bool    `json:"open"`
	Block  float64 `json:"block"`
	Jammed bool    `json:"jammed"`
}

type sensorView struct {
	Board string      `json:"board"`
	Pin   *int        `json:"pin,omitempty"`
	Addr  *int        `json:"addr,omitempty"`
	Room  string      `json:"room"`
	Fault world.Fault `json:"fault"`
	Noise float64     `json:"noise"`
	Value *float64    `json:"value"`
}

type weatherView struct {
	Temp     float64 `json:"temp"`
	Humidity float64 `json:"humidity"`
	Factor   float64 `json:"factor"`
}

// showWorld shows all that is around the boards of the process.
func showWorld(_ context.Context, c *control, line []byte) (fields, error) {
	if err := decodeStrict(line, &noArgs{}); err != nil {
		return nil, err
	}
	s := c.around
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	s.forward(now)
	s.nudge()
	outside := weatherView{round(s.weather.Temperature(s.climate.at(now))), s.weather.Humidity, s.climate.factor}
	return fields{"rooms": s.roomViews(), "doors": s.doorViews(), "sensors": s.sensorViews(), "weather": outside}, nil
}

func round(x float64) float64 { return math.Round(x*1000) / 1000 }

func (s *surroundings) roomViews() []roomView {
	views := []roomView{}
	for _, name := range slices.Sorted(maps.Keys(s.rooms)) {
		r := s.rooms[name]
		views = append(views, roomView{name, round(r.Temp), r.Heating, r.Cooling, r.Draught})
	}
	return views
}

func (s *surroundings) doorViews() []doorView {
	views := []doorView{}
	for _, name := range slices.Sorted(maps.Keys(s.doors)) {
		d := s.doors[name]
		views = append(views, doorView{name, round(d.Place()), d.Motion().String(), d.Closed(), d.Open(), d.Block, d.Jammed})
	}
	return views
}

func (s *surroundings) sensorViews() []sensorView {
	views := []sensorView{}
	for p, x := range s.sensors {
		v := sensorView{Board: p.board.id, Room: x.room, Fault: x.Fault, Noise: x.Noise, Value: x.value}
		if p.i2c {
			v.Addr = &p.at
		} else {
			v.Pin = &p.at
		}
		views = append(views, v)
	}
	slices.SortFunc(views, func(a, b sensorView) int {
		return cmp.Or(cmp.Compare(a.Board, b.Board), cmp.Compare(at(a.Pin), at(b.Pin)), cmp.Compare(at(a.Addr), at(b.Addr)))
	})
	return views
}

func at(n *int) int {
	if n == nil {
		return -1
	}
	return *n
}

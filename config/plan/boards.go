package plan

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"hob/internal/entity"
)

// hardware is what a board is told: its own settings, the specs of what hangs on
// it, and what its buttons do, all without the names that people gave.
type hardware struct {
	board entity.Board
	specs map[string]any // by point
	binds []string
}

// compareConfigurations lists the boards whose configuration would differ.
func (p *Plan) compareConfigurations(a, b *entity.House) {
	before, after := hardwareOf(a), hardwareOf(b)
	for _, x := range b.Boards {
		old, ok := before[x.ID]
		if now := after[x.ID]; !ok || !reflect.DeepEqual(old, now) {
			p.Boards = append(p.Boards, x.Name)
		}
	}
}

// hardwareOf is by the boards' ids: a board that is only called otherwise is the
// same board.
func hardwareOf(h *entity.House) map[entity.BoardID]hardware {
	out := make(map[entity.BoardID]hardware)
	ids := make(map[entity.BoardName]entity.BoardID)
	for _, b := range h.Boards {
		ids[b.Name] = b.ID
		b.Name, b.Address = "", ""
		out[b.ID] = hardware{board: b, specs: make(map[string]any)}
	}
	specs := make(map[entity.ID]entity.Spec)
	for _, e := range h.Entities {
		specs[e.ID] = e.Spec
	}
	for _, e := range h.Entities {
		points := e.Spec.Points()
		if len(points) == 0 {
			continue
		}
		id := ids[points[0].Board]
		hw, ok := out[id]
		if !ok {
			continue
		}
		hw.specs[string(points[0].Point)] = onBoard(e.Spec, ids)
		if button, ok := e.Spec.(*entity.Button); ok {
			hw.binds = append(hw.binds, bindings(button, specs)...)
		}
		slices.Sort(hw.binds)
		out[id] = hw
	}
	feeds(h, specs, ids, out)
	return out
}

// onBoard is the part of a spec that its board is told.
func onBoard(spec entity.Spec, ids map[entity.BoardName]entity.BoardID) any {
	switch s := spec.(type) {
	case *entity.Button: // which gestures mean something; what they do is in binds
		c := *s
		c.Board, c.Bindings, c.Awaited = "", nil, nil
		return []any{c, s.Heeds(entity.GestureDouble), s.Heeds(entity.GestureHold)}
	case *entity.Contact:
		c := *s
		c.Board, c.Class = "", ""
		return c
	case *entity.Switch:
		return plainOutput(s.Output)
	case *entity.Light:
		c := *s
		c.Board = ""
		if c.Drive == entity.DrivePin {
			return plainOutput(c.Output)
		}
		return c
	case *entity.Thermostat: // targets come with the plan, not with the configuration
		c := *s
		c.Board, c.Sensor, c.Presets, c.Manual, c.Boost, c.Windows, c.Zone = "", "", nil, entity.Manual{}, nil, nil, nil
		c.Schedule = entity.Thermostat{}.Schedule
		return []any{c, string(ids[c.SensorPoint.Board])}
	case *entity.Sensor:
		c := *s
		c.Board, c.PerUnit, c.AtZero, c.AtFull, c.Unit = "", 0, 0, 0, ""
		if !s.MeasuresTemp() {
			c.Offset, c.Low, c.High = 0, 0, 0
		}
		return c
	case *entity.GarageDoor:
		// How long a pulse and a warning last comes with each command.
		c := entity.GarageDoor{Relay: s.Relay, Inverted: s.Inverted}
		if w := s.Warning; w != nil {
			c.Warning = &entity.Warning{Pin: w.Pin, Inverted: w.Inverted}
		}
		return []any{c, bareReed(s.Closed), bareReed(s.Open)}
	}
	return spec
}

func bareReed(in *entity.Input) entity.Input {
	if in == nil {
		return entity.Input{}
	}
	c := *in
	c.Board = ""
	return c
}

// plainOutput: a switch and a lamp that is only on or off are the same to a board.
func plainOutput(o entity.Output) any {
	o.Board = ""
	return o
}

// bindings are what a button does on its own board.
func bindings(button *entity.Button, specs map[entity.ID]entity.Spec) []string {
	var out []string
	for _, b := range button.Bindings {
		target := specs[b.Target]
		if target != nil && button.OnBoard(b, target) {
			o, _ := entity.OutputOf(target)
			out = append(out, fmt.Sprintf("%d %s %d %s", button.Pin, b.On, o.Pin, b.Action))
		}
	}
	return out
}

// feeds: a sensor on another board belongs to the configuration of the board
// whose thermostat goes by it, too.
func feeds(h *entity.House, specs map[entity.ID]entity.Spec, ids map[entity.BoardName]entity.BoardID, out map[entity.BoardID]hardware) {
	for _, e := range h.Entities {
		t, ok := e.Spec.(*entity.Thermostat)
		if !ok || t.SensorPoint.Board == t.Board {
			continue
		}
		if sensor, board := specs[t.Sensor], out[ids[t.Board]]; sensor != nil && board.specs != nil {
			key := "feed " + strings.Join([]string{string(ids[t.SensorPoint.Board]), string(t.SensorPoint.Point)}, "/")
			board.specs[key] = fed(sensor)
		}
	}
}

// fed is what the board of the thermostat is told of the sensor: values come with
// the offset in them.
func fed(spec entity.Spec) any {
	s, ok := spec.(*entity.Sensor)
	if !ok {
		return nil
	}
	return [2]entity.Temp{s.Low, s.High}
}

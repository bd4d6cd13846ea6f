package wire

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"hob/internal/entity"
)

// Config is what one board is configured with. Items are in the order in which
// they are sent; Rev and SHA256 follow from their bytes.
type Config struct {
	Rev    string
	SHA256 [32]byte
	Items  [][]byte

	points, bindings, thermostats int
}

// ConfigOf compiles the part of a house that concerns one board: the board,
// its points by pin, the points that are fed, its thermostats, then the bindings
// that it runs by itself. The result is a
// function of the hardware alone: names and ids of entities, areas and boards
// are not in it, so renaming changes nothing on the board.
func ConfigOf(house *entity.House, board entity.BoardName) Config {
	return compile(house, func(b entity.BoardName) bool { return b == board })[board]
}

// Configs compiles every board of a house in one pass.
func Configs(house *entity.House) map[entity.BoardName]Config {
	return compile(house, func(entity.BoardName) bool { return true })
}

// Check says why the configuration is more than a board can hold; nil when it is not.
func (c Config) Check() *entity.Said {
	if c.points > MaxPoints || c.bindings > MaxBindings {
		return new(entity.Say("too_many_points", "the board would have {points} points and {bindings} bindings; it takes {most_points} and {most_bindings}",
			"points", c.points, "bindings", c.bindings, "most_points", MaxPoints, "most_bindings", MaxBindings))
	}
	if c.thermostats > MaxThermostats {
		return new(entity.Say("too_many_thermostats", "the board would have {count} thermostats; it takes {most}", "count", c.thermostats, "most", MaxThermostats))
	}
	size := 0
	for _, item := range c.Items {
		size += len(item) + 1
	}
	if size > MaxConfig {
		return new(entity.Say("config_too_long", "the configuration takes {bytes} bytes, a board stores {most}", "bytes", size, "most", MaxConfig))
	}
	return nil
}

// parts are a board's items with what they are sorted by.
type parts struct {
	board       []byte
	points      []part
	fed         []part
	thermostats []part
	bindings    []part
}

type part struct {
	pin  int
	rank int // of the gesture
	item []byte
}

func compile(house *entity.House, want func(entity.BoardName) bool) map[entity.BoardName]Config {
	boards := make(map[entity.BoardName]*parts)
	ids := make(map[entity.BoardName]entity.BoardID, len(house.Boards))
	for _, b := range house.Boards {
		ids[b.Name] = b.ID
		if want(b.Name) {
			boards[b.Name] = &parts{board: boardItem(b)}
		}
	}
	specs := make(map[entity.ID]entity.Spec, len(house.Entities))
	for _, e := range house.Entities {
		specs[e.ID] = e.Spec
	}
	for _, e := range house.Entities {
		if p := boards[boardOf(e.Spec)]; p != nil {
			p.points = append(p.points, pointItems(e.Spec)...)
			p.bind(e.Spec, specs)
			p.control(e.Spec, specs, ids)
		}
	}
	out := make(map[entity.BoardName]Config, len(boards))
	for name, p := range boards {
		out[name] = p.config()
	}
	return out
}

func (p *parts) bind(spec entity.Spec, specs map[entity.ID]entity.Spec) {
	button, ok := spec.(*entity.Button)
	if !ok {
		return
	}
	for _, b := range button.Bindings {
		if target := specs[b.Target]; button.OnBoard(b, target) {
			out, _ := entity.OutputOf(target)
			p.bindings = append(p.bindings, part{button.Pin, gestureRank(b.On), bindingItem(button, b, out)})
		}
	}
}

// control adds a thermostat, and its sensor when that is on another board.
func (p *parts) control(spec entity.Spec, specs map[entity.ID]entity.Spec, ids map[entity.BoardName]entity.BoardID) {
	t, ok := spec.(*entity.Thermostat)
	if !ok {
		return
	}
	sensor := t.SensorPoint.Point
	if t.SensorPoint.Board != t.Board {
		sensor = FedPoint(ids[t.SensorPoint.Board], t.SensorPoint.Point)
		source, _ := specs[t.Sensor].(*entity.Sensor)
		item := fedItem(sensor, source)
		if !slices.ContainsFunc(p.fed, func(o part) bool { return bytes.Equal(o.item, item) }) {
			p.fed = append(p.fed, part{item: item})
		}
	}
	p.thermostats = append(p.thermostats, part{pin: t.Relay, item: thermostatItem(t, sensor)})
}

func (p *parts) config() Config {
	order := func(a, b part) int {
		return cmp.Or(cmp.Compare(a.pin, b.pin), cmp.Compare(a.rank, b.rank), bytes.Compare(a.item, b.item))
	}
	for _, list := range [][]part{p.points, p.fed, p.thermostats, p.bindings} {
		slices.SortStableFunc(list, order)
	}
	c := Config{points: len(p.points) + len(p.fed), bindings: len(p.bindings), thermostats: len(p.thermostats)}
	if p.board != nil {
		c.Items = append(c.Items, p.board)
	}
	for _, part := range slices.Concat(p.points, p.fed, p.thermostats, p.bindings) {
		c.Items = append(c.Items, part.item)
	}
	hash := sha256.New()
	for _, item := range c.Items {
		hash.Write(item)
		hash.Write([]byte{'\n'})
	}
	hash.Sum(c.SHA256[:0])
	c.Rev = hex.EncodeToString(c.SHA256[:8])
	return c
}

func gestureRank(g entity.Gesture) int {
	return slices.Index([]entity.Gesture{entity.GesturePress, entity.GestureDouble, entity.GestureHold}, g)
}

// boardOf is the board of an entity; "" for those that are on none.
func boardOf(s entity.Spec) entity.BoardName {
	if points := s.Points(); len(points) > 0 {
		return points[0].Board
	}
	return ""
}

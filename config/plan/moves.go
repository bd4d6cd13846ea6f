package plan

import (
	"fmt"
	"reflect"
	"time"

	"hob/internal/entity"
)

// output is a driven pin of the house, whatever it belongs to.
type output struct {
	id   entity.ID
	at   string // "hall/16"
	kind string // how a board drives it
	entity.Output
}

// key is what makes an output the same one to a board.
type key struct {
	board entity.BoardID
	pin   int
}

// compareOutputs lists the outputs that may switch: docs/wire.md says when a
// board touches one, under "Configuration".
func (p *Plan) compareOutputs(a, b *entity.House) {
	before, were := outputsOf(a)
	after, are := outputsOf(b)
	for _, k := range were {
		o := before[k]
		now, kept := after[k]
		switch {
		case !kept:
			p.move(o, "goes off if it is on: nothing is left on this pin")
		case o.kind != now.kind || o.Inverted != now.Inverted:
			p.move(now, "is set up anew in its boot state ("+string(now.Boot)+"): it is driven in another way")
		}
	}
	for _, k := range are {
		now := after[k]
		o, kept := before[k]
		switch {
		case !kept && now.Boot == entity.BootOn:
			p.move(now, "goes on: it is new, with boot: on")
		case !kept:
		default:
			p.compareLimits(o, now)
		}
	}
}

// compareTargets: a thermostat that is to hold something else may switch.
func (p *Plan) compareTargets(a, b *entity.House) {
	before := make(map[entity.ID]*entity.Thermostat)
	for _, e := range a.Entities {
		if t, ok := e.Spec.(*entity.Thermostat); ok {
			before[e.ID] = t
		}
	}
	for _, e := range b.Entities {
		now, ok := e.Spec.(*entity.Thermostat)
		old := before[e.ID]
		if old == nil {
			old = before[e.Was]
		}
		if !ok || old == nil || reflect.DeepEqual(held(old), held(now)) {
			continue
		}
		p.Moves = append(p.Moves, Move{Entity: e.ID, Point: fmt.Sprintf("%s/%d", now.Board, now.Relay),
			Why: "may switch: what it is to hold, or how closely, differs"})
	}
}

// held is what a thermostat's relay goes by.
func held(t *entity.Thermostat) entity.Thermostat {
	c := *t
	c.Relay, c.Board, c.Zone, c.Boost, c.Manual = 0, "", nil, nil, entity.Manual{}
	return c
}

// compareLimits: a shorter limit ends what has already lasted longer, and of a
// new group one output at most stays on.
func (p *Plan) compareLimits(before, after output) {
	if shorter(before.MaxOn, after.MaxOn) {
		p.move(after, fmt.Sprintf("goes off if it has been on for %s", text(after.MaxOn)))
	}
	if shorter(before.OffAfter, after.OffAfter) {
		p.move(after, fmt.Sprintf("goes off if it was switched on %s ago", text(after.OffAfter)))
	}
	if after.Interlock != "" && after.Interlock != before.Interlock {
		p.move(after, fmt.Sprintf("may go off: it comes into the interlock group %q", after.Interlock))
	}
}

// shorter says whether a limit became tighter; 0 is no limit.
func shorter(before, after time.Duration) bool {
	return after != 0 && (before == 0 || after < before)
}

func (p *Plan) move(o output, why string) {
	p.Moves = append(p.Moves, Move{Entity: o.id, Point: o.at, Why: why})
}

// outputsOf lists every driven pin by its board and number, and their order in
// the file.
func outputsOf(h *entity.House) (map[key]output, []key) {
	ids := make(map[entity.BoardName]entity.BoardID)
	for _, b := range h.Boards {
		ids[b.Name] = b.ID
	}
	out, order := make(map[key]output), []key(nil)
	add := func(id entity.ID, kind string, o entity.Output) {
		k := key{ids[o.Board], o.Pin}
		out[k] = output{id: id, at: fmt.Sprintf("%s/%d", o.Board, o.Pin), kind: kind, Output: o}
		order = append(order, k)
	}
	// What has no boot state of its own starts off.
	relay := func(board entity.BoardName, pin int, inverted bool) entity.Output {
		return entity.Output{Board: board, Pin: pin, Inverted: inverted, Boot: entity.BootOff}
	}
	for _, e := range h.Entities {
		switch s := e.Spec.(type) {
		case *entity.Switch:
			add(e.ID, "relay", s.Output)
		case *entity.Light:
			kind := string(s.Drive)
			if s.Drive == entity.DrivePin {
				kind = "relay"
			}
			add(e.ID, kind, s.Output)
		case *entity.Thermostat:
			add(e.ID, "relay", relay(s.Board, s.Relay, s.Inverted))
		case *entity.GarageDoor:
			add(e.ID, "relay", relay(s.Board, s.Relay, s.Inverted))
			if w := s.Warning; w != nil {
				add(e.ID, "relay", relay(s.Board, w.Pin, w.Inverted))
			}
		}
	}
	return out, order
}

package config

import (
	"fmt"
	"reflect"
	"time"

	"hob/internal/diag"
	"hob/internal/entity"
)

// garageDoorYAML is a door that the pulse of a relay moves.
type garageDoorYAML struct {
	commonYAML
	Relay           pin             `yaml:"relay" need:"true" example:"shed/25" doc:"The pin of the relay beside the opener's own button."`
	Inverted        flag            `yaml:"inverted" example:"true" default:"false" doc:"The relay is on at low level."`
	Pulse           duration        `yaml:"pulse" min:"50ms" max:"5s" unit:"ms" example:"500ms" default:"500ms" doc:"How long the relay is on."`
	ClosedReed      pin             `yaml:"closed_reed" example:"shed/32" default:"none" doc:"The pin of a reed to ground, at the magnet while the door is closed. Without one the position is unknown."`
	OpenReed        pin             `yaml:"open_reed" example:"shed/33" default:"none" doc:"The same for the open end."`
	Travel          duration        `yaml:"travel" min:"2s" max:"5m" unit:"s" example:"18s" default:"30s" doc:"How long the door takes at most; after that it counts as obstructed."`
	UnattendedClose unattendedClose `yaml:"unattended_close" example:"{warn: shed/27, for: 6s}" default:"never moves unattended" doc:"How people are warned before the door moves with nobody in front of it. Without it, only people can close the door, and only when they say that they see it."`
}

// unattendedClose is how people are warned before a door moves that nobody
// stands in front of.
type unattendedClose struct {
	slot
	T warningYAML
}

type warningYAML struct {
	Warn     pin      `yaml:"warn" need:"true" example:"shed/27" doc:"The pin of a lamp or buzzer."`
	For      duration `yaml:"for" min:"5s" max:"1m" unit:"s" example:"6s" need:"true" doc:"How long it warns before every move."`
	Inverted flag     `yaml:"inverted" example:"true" default:"false" doc:"It is on at low level."`
}

func (f *unattendedClose) decode(v value, _ reflect.StructTag) {
	f.hold(v)
	f.valid = decodeStruct(v, &f.T)
}

// What a door does unless the file says otherwise.
const (
	defaultPulse  = 500 * time.Millisecond
	defaultTravel = 30 * time.Second
	// reedDebounce outlasts a magnet that trembles at the end of the travel.
	reedDebounce = 50 * time.Millisecond
)

func (y *garageDoorYAML) kind() entity.Kind   { return entity.KindGarageDoor }
func (y *garageDoorYAML) common() *commonYAML { return &y.commonYAML }
func (y *garageDoorYAML) driven() *outputYAML { return nil }

func (y *garageDoorYAML) check(at value) {
	if !y.ClosedReed.given {
		y.checkReedless()
	}
	y.checkOneBoard(at)
}

// checkReedless: where the door is follows from the closed reed.
func (y *garageDoorYAML) checkReedless() {
	for _, o := range []struct {
		slot
		why string
	}{
		{y.OpenReed.slot, `an open reed alone does not tell when the door is closed`},
		{y.UnattendedClose.slot, `without a closed reed nobody knows whether the door is open, and whether it has closed`},
	} {
		if o.given {
			o.at.r.errorAt(o.at.keySpan(), problem{
				code:       diag.DoorNeedsReed,
				message:    fmt.Sprintf(`%s needs "closed_reed": %s`, o.at.label(), o.why),
				suggestion: "add closed_reed: with the pin of a reed that is at the magnet while the door is closed",
			})
		}
	}
	if y.Travel.given {
		y.Travel.at.r.errorAt(y.Travel.at.keySpan(), problem{
			code:       diag.NotApplied,
			message:    `"travel" has no effect on a door without reeds: nobody knows when it has arrived`,
			suggestion: "add closed_reed:, or delete travel",
		})
	}
}

// parts lists the pins of the door with the keys that they stand at.
func (y *garageDoorYAML) parts() []*pin {
	return []*pin{&y.Relay, &y.ClosedReed, &y.OpenReed, &y.UnattendedClose.T.Warn}
}

// checkOneBoard: the board checks the reeds in the very moment in which it
// starts a pulse, so it must have them.
func (y *garageDoorYAML) checkOneBoard(at value) {
	if !y.Relay.valid {
		return
	}
	for _, p := range y.parts()[1:] {
		if !p.valid || p.board == y.Relay.board {
			continue
		}
		there := y.Relay.at.span()
		p.at.problem(problem{
			code: diag.DoorBoards,
			message: fmt.Sprintf("%s is on the board %q, but the relay of %s (%s) is on %q",
				p.at.label(), p.board, at.label(), line(there, p.at.span()), y.Relay.board),
			suggestion: fmt.Sprintf("the board with the relay checks the reeds and gives the warning by itself: wire this to a pin of %q", y.Relay.board),
			part:       p.boardPart(),
		}, diag.Related{Span: there, Message: "the relay"})
	}
}

func (y *garageDoorYAML) pins() []pinUse {
	uses := []pinUse{{pin: &y.Relay, drives: true, channel: plainOutput, role: "relay"}}
	if y.ClosedReed.given {
		uses = append(uses, pinUse{pin: &y.ClosedReed, reed: true, role: "closed reed"})
	}
	if y.OpenReed.given {
		uses = append(uses, pinUse{pin: &y.OpenReed, reed: true, role: "open reed"})
	}
	if warn := &y.UnattendedClose.T.Warn; warn.given {
		uses = append(uses, pinUse{pin: warn, drives: true, channel: plainOutput, role: "warning"})
	}
	return uses
}

func (y *garageDoorYAML) spec() entity.Spec {
	d := &entity.GarageDoor{
		Board: y.Relay.board, Relay: y.Relay.number, Inverted: y.Inverted.value, Pulse: defaultPulse,
		Closed: reedInput(&y.ClosedReed), Open: reedInput(&y.OpenReed),
	}
	if y.Pulse.given {
		d.Pulse = y.Pulse.value
	}
	if d.Closed != nil {
		d.Travel = defaultTravel
	}
	if y.Travel.given {
		d.Travel = y.Travel.value
	}
	if y.UnattendedClose.given {
		w := y.UnattendedClose.T
		d.Warning = &entity.Warning{Pin: w.Warn.number, Inverted: w.Inverted.value, For: w.For.value}
	}
	return d
}

// reedInput is a reed between the pin and ground: it is closed, and the pin low,
// while the magnet is there. pullOfReeds gives it the chip's own pull-up.
func reedInput(p *pin) *entity.Input {
	if !p.given {
		return nil
	}
	return &entity.Input{Board: p.board, Pin: p.number, Pull: entity.PullUp, Debounce: reedDebounce}
}

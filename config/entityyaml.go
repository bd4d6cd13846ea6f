package config

import (
	"time"

	"hob/internal/entity"
)

// commonYAML are the keys of every entity.
type commonYAML struct {
	Name text      `yaml:"name" example:"Porch lamp" default:"from the id" doc:"What people read."`
	Area reference `yaml:"area" names:"the id of an area" example:"hall" default:"none" doc:"Where it is."`
	Icon name      `yaml:"icon" shape:"[a-z0-9][a-z0-9-]{0,47}" like:"lower-case letters, digits and dashes, such as water-pump" example:"water-pump" default:"by kind" doc:"An icon by its Material Design name."`
	Was  name      `yaml:"was" shape:"[a-z][a-z0-9_]{0,31}" like:"the id that it had before" example:"old_porch" doc:"The id that it had before: its history stays its own."`
}

// outputYAML are the keys of everything that drives a pin. The upper bounds
// keep every time within the board's 32-bit milliseconds.
type outputYAML struct {
	commonYAML
	Inverted      flag     `yaml:"inverted" example:"true" default:"false" doc:"On is low level, as with many relay modules."`
	Boot          choice   `yaml:"boot" oneof:"off on restore" example:"restore" default:"off" doc:"What it does after a power cut; *restore* is as it was before."`
	OffAfter      duration `yaml:"off_after" min:"100ms" max:"7d" example:"30m" default:"never" doc:"Goes off by itself this long after it was last switched on."`
	MaxOn         duration `yaml:"max_on" min:"100ms" max:"7d" example:"2h" default:"no limit" doc:"Is never on for longer, whoever asks."`
	Lease         duration `yaml:"lease" min:"5s" max:"1h" unit:"s" example:"60s" default:"no lease" doc:"Goes off when the server has been gone for so long."`
	Interlock     name     `yaml:"interlock" shape:"[a-z0-9_-]{1,15}" like:"1 to 15 lower-case letters, digits, _ or -" example:"valves" default:"none" doc:"A group of which one output at most is on."`
	InterlockWait duration `yaml:"interlock_wait" min:"0s" max:"1m" unit:"ms" example:"2s" default:"0s" doc:"The pause between one going off and another on; the longest of the group's counts for those that give none."`
}

// output is the declared output on a pin.
func (y *outputYAML) output(p *pin) entity.Output {
	boot := entity.Boot(y.Boot.value)
	if boot == "" {
		boot = entity.BootOff
	}
	return entity.Output{
		Board: p.board, Pin: p.number, Inverted: y.Inverted.value, Boot: boot,
		OffAfter: y.OffAfter.value, MaxOn: y.MaxOn.value, Lease: y.Lease.value,
		Interlock: y.Interlock.value, InterlockWait: y.InterlockWait.value,
	}
}

// What inputs do unless the file says otherwise; docs/wire.md has the same
// defaults for the board.
const (
	defaultDebounce  = 30 * time.Millisecond
	defaultHoldAfter = 600 * time.Millisecond
)

// inputYAML are the keys of everything that reads a pin.
type inputYAML struct {
	commonYAML
	Pin      pin      `yaml:"pin" need:"true" example:"hall/32" doc:"The pin that is read."`
	Pull     choice   `yaml:"pull" oneof:"none up down" example:"up" default:"none" doc:"The resistor inside the chip. With *up*, a contact to ground counts as active."`
	Inverted flag     `yaml:"inverted" example:"true" default:"false" doc:"Active is the other level."`
	Debounce duration `yaml:"debounce" min:"1ms" max:"1s" unit:"ms" example:"30ms" default:"30ms" doc:"How long the level must be steady."`
}

func (y *inputYAML) input() entity.Input {
	in := entity.Input{
		Board: y.Pin.board, Pin: y.Pin.number, Pull: y.pull(),
		Inverted: y.Inverted.value, Debounce: defaultDebounce,
	}
	if y.Debounce.given {
		in.Debounce = y.Debounce.value
	}
	return in
}

func (y *inputYAML) pull() entity.Pull {
	if y.Pull.value == "" {
		return entity.PullNone
	}
	return entity.Pull(y.Pull.value)
}

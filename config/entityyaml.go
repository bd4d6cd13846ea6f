package config

import (
	"time"

	"hob/internal/entity"
)

// commonYAML are the keys of every entity.
type commonYAML struct {
	Name text      `yaml:"name"`
	Area reference `yaml:"area" names:"the id of an area"`
	Icon name      `yaml:"icon" shape:"[a-z0-9][a-z0-9-]{0,47}" like:"lower-case letters, digits and dashes, such as water-pump"`
	Was  name      `yaml:"was" shape:"[a-z][a-z0-9_]{0,31}" like:"the id that it had before"`
}

// outputYAML are the keys of everything that drives a pin. The upper bounds
// keep every time within the board's 32-bit milliseconds.
type outputYAML struct {
	commonYAML
	Inverted      flag     `yaml:"inverted"`
	Boot          choice   `yaml:"boot" oneof:"off on restore"`
	OffAfter      duration `yaml:"off_after" min:"100ms" max:"7d" example:"30m"`
	MaxOn         duration `yaml:"max_on" min:"100ms" max:"7d" example:"2h"`
	Lease         duration `yaml:"lease" min:"5s" max:"1h" unit:"s" example:"60s"`
	Interlock     name     `yaml:"interlock" shape:"[a-z0-9_-]{1,15}" like:"1 to 15 lower-case letters, digits, _ or -"`
	InterlockWait duration `yaml:"interlock_wait" min:"0s" max:"1m" unit:"ms" example:"2s"`
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
	Pin      pin      `yaml:"pin" need:"true" example:"hall/32"`
	Pull     choice   `yaml:"pull" oneof:"none up down"`
	Inverted flag     `yaml:"inverted"`
	Debounce duration `yaml:"debounce" min:"1ms" max:"1s" unit:"ms" example:"30ms"`
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

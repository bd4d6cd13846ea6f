package main

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"hob/internal/chip"
)

// pinMode is what the chip uses a pin for.
type pinMode uint8

const (
	modeOff pinMode = iota // an input without pull that nobody reads
	modeOutput
	modeInput
	modePWM
	modeStrip
	modeSensor
	modeI2C
)

func (m pinMode) String() string {
	return [...]string{"off", "output", "input", "pwm", "strip", "sensor", "i2c"}[m]
}

// pinPull is an internal resistor; the values are those of enum hob_pull.
type pinPull uint8

const (
	pullNone pinPull = iota
	pullUp
	pullDown
)

func (p pinPull) String() string { return [...]string{"none", "up", "down"}[p] }

// pin is one GPIO: the chip's side of it, and what is wired to it outside.
type pin struct {
	mode  pinMode
	level bool // of an output
	pull  pinPull
	duty  uint16
	count uint16 // pixels of a strip
	freq  uint32 // of PWM, Hz
	pixel [3]byte

	wired   bool // something outside holds the pin at rest
	rest    bool
	pressed bool // something outside holds it at the opposite of its resting level
}

// input is the level that the chip would read. A pin that nothing holds reads low.
func (p pin) input() bool {
	rest := p.pull == pullUp
	if p.wired {
		rest = p.rest
	}
	return rest != p.pressed
}

// pinBank is all pins of a board, seen from both sides: the core sets them up,
// drives and reads them; the world (the control socket, later doors and rooms)
// watches the edges and drives inputs. It is for use by any goroutine.
//
// Without power every pin is off and nothing that the core asks for happens;
// what is wired to inputs stays.
type pinBank struct {
	chip  chip.Chip
	clock *clock
	edges edgeLog
	wake  chan struct{} // gets a value (cap 1) when changed is not empty

	mu      sync.Mutex
	pins    []pin
	powered bool
	boot    int32
	changed []pinChange // edges at inputs that the core has not been told of
}

func newPinBank(c chip.Chip, clock *clock, keepEdges int) *pinBank {
	return &pinBank{
		chip:  c,
		clock: clock,
		edges: edgeLog{limit: keepEdges},
		wake:  make(chan struct{}, 1),
		pins:  make([]pin, c.PinCount()),
	}
}

// exists refuses pins that the chip has not, or needs for its flash.
func (b *pinBank) exists(n int) error {
	if !b.chip.Pin(n).Usable() {
		return fmt.Errorf("%s has no usable pin %d", b.chip.Name, n)
	}
	return nil
}

func (b *pinBank) log(n int, kind edgeKind, value uint32) {
	b.edges.add(edge{
		unixNS: time.Now().UnixNano(), upMS: int64(b.clock.now()), boot: b.boot,
		pin: uint8(n), kind: kind, value: value,
	})
}

func levelValue(level bool) uint32 {
	if level {
		return 1
	}
	return 0
}

func pixelValue(p [3]byte) uint32 { return uint32(p[0])<<16 | uint32(p[1])<<8 | uint32(p[2]) }

// ---- power ----

// powerOn starts boot number boot.
func (b *pinBank) powerOn(boot int32) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.boot = boot
	b.powered = true
	b.changed = nil
}

// powerOff lets go of every pin.
func (b *pinBank) powerOff() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for n := range b.pins {
		b.releaseLocked(n)
	}
	b.powered = false
}

// ---- the chip's side ----

// setUp changes the mode of a pin. Its edge is logged by the caller.
func (b *pinBank) setUp(n int, mode pinMode, log func(p *pin)) error {
	if err := b.exists(n); err != nil {
		return err
	}
	if mode != modeInput && mode != modeSensor && b.chip.Pin(n).InputOnly() {
		return fmt.Errorf("pin %d of %s is input only", n, b.chip.Name)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.powered {
		return errPowerOff
	}
	log(&b.pins[n])
	b.pins[n].mode = mode
	return nil
}

func (b *pinBank) setOutput(n int, level bool) error {
	return b.setUp(n, modeOutput, func(p *pin) {
		if p.mode != modeOutput || p.level != level {
			p.level = level
			b.log(n, edgeOutput, levelValue(level))
		}
	})
}

func (b *pinBank) setInput(n int, pull pinPull) error {
	if pull != pullNone && !b.chip.Pin(n).Caps.Has(chip.Pull) {
		return fmt.Errorf("pin %d of %s has no pull", n, b.chip.Name)
	}
	return b.setUp(n, modeInput, func(p *pin) {
		if p.mode == modeOutput || p.mode == modePWM || p.mode == modeStrip {
			b.log(n, edgeReleased, 0)
		}
		p.pull = pull
	})
}

func (b *pinBank) setPWM(n int, freqHz uint32, duty uint16) error {
	return b.setUp(n, modePWM, func(p *pin) {
		p.freq = freqHz
		if p.mode != modePWM || p.duty != duty {
			p.duty = duty
			b.log(n, edgePWM, uint32(duty))
		}
	})
}

func (b *pinBank) setStrip(n int, count uint16) error {
	return b.setUp(n, modeStrip, func(p *pin) { p.count = count })
}

// setSensor gives a pin to a sensor or to the I2C bus. The world does not wire
// such a pin: a sensor's answers come from its source.
func (b *pinBank) setSensor(n int, mode pinMode) error {
	return b.setUp(n, mode, func(*pin) {})
}

// releaseBus lets go of the pins of the I2C bus.
func (b *pinBank) releaseBus() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for n := range b.pins {
		if b.powered && b.pins[n].mode == modeI2C {
			b.releaseLocked(n)
		}
	}
}

// driven changes a pin that is in the given mode; others are left alone.
func (b *pinBank) driven(n int, mode pinMode, change func(p *pin)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.powered && n >= 0 && n < len(b.pins) && b.pins[n].mode == mode {
		change(&b.pins[n])
	}
}

func (b *pinBank) write(n int, level bool) {
	b.driven(n, modeOutput, func(p *pin) {
		if p.level != level {
			p.level = level
			b.log(n, edgeOutput, levelValue(level))
		}
	})
}

func (b *pinBank) writePWM(n int, duty uint16) {
	b.driven(n, modePWM, func(p *pin) {
		if p.duty != duty {
			p.duty = duty
			b.log(n, edgePWM, uint32(duty))
		}
	})
}

func (b *pinBank) fillStrip(n int, count uint16, pixel [3]byte) {
	b.driven(n, modeStrip, func(p *pin) {
		if p.pixel != pixel || p.count != count {
			p.pixel, p.count = pixel, count
			b.log(n, edgeStrip, pixelValue(pixel))
		}
	})
}

func (b *pinBank) read(n int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.powered && n >= 0 && n < len(b.pins) && b.pins[n].input()
}

func (b *pinBank) release(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.powered && n >= 0 && n < len(b.pins) {
		b.releaseLocked(n)
	}
}

func (b *pinBank) releaseLocked(n int) {
	p := &b.pins[n]
	if p.mode == modeOutput || p.mode == modePWM || p.mode == modeStrip {
		b.log(n, edgeReleased, 0)
	}
	*p = pin{wired: p.wired, rest: p.rest, pressed: p.pressed}
	b.changed = slices.DeleteFunc(b.changed, func(c pinChange) bool { return c.pin == n })
}

// keepChanges is how many edges wait for a processor that is away. Of more than
// that, the oldest are lost.
const keepChanges = 256

// pinChange is an edge at an input, as an interrupt would note it.
type pinChange struct {
	pin   int
	level bool
	upMS  uint64
}

// takeChanged gives the edges at inputs since the last call, in their order.
func (b *pinBank) takeChanged() []pinChange {
	b.mu.Lock()
	defer b.mu.Unlock()
	changes := b.changed
	b.changed = nil
	return changes
}

func (b *pinBank) changedLocked(n int, level bool) {
	if len(b.changed) == keepChanges {
		b.changed = slices.Delete(b.changed, 0, 1)
	}
	b.changed = append(b.changed, pinChange{pin: n, level: level, upMS: b.clock.now()})
}

// ---- the world's side ----

// output is the level that the chip drives a pin to; false when it drives none.
func (b *pinBank) output(n int) (level, driven bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.pins[n].level, b.pins[n].mode == modeOutput
}

// world changes what is wired to a pin, and raises an edge if the chip sees one.
func (b *pinBank) world(n int, change func(p *pin)) error {
	if err := b.exists(n); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	p := &b.pins[n]
	if p.mode != modeInput && p.mode != modeOff {
		return fmt.Errorf("pin %d is an output now (%s)", n, p.mode)
	}
	before := p.input()
	change(p)
	if p.mode == modeInput && p.input() != before {
		b.log(n, edgeInput, levelValue(p.input()))
		b.changedLocked(n, p.input())
		select {
		case b.wake <- struct{}{}:
		default:
		}
	}
	return nil
}

// hold wires a pin to a level, its new resting level, as a contact or an
// external resistor does.
func (b *pinBank) hold(n int, level bool) error {
	return b.world(n, func(p *pin) { p.wired, p.rest, p.pressed = true, level, false })
}

// letGo takes away whatever hold and press did.
func (b *pinBank) letGo(n int) error {
	return b.world(n, func(p *pin) { p.wired, p.rest, p.pressed = false, false, false })
}

// press brings a pin to the opposite of its resting level, or back.
func (b *pinBank) press(n int, down bool) error {
	return b.world(n, func(p *pin) { p.pressed = down })
}

// pinView is one pin as the control socket shows it.
type pinView struct {
	Pin   int     `json:"pin"`
	Mode  string  `json:"mode"`
	Level *bool   `json:"level,omitempty"`
	Pull  string  `json:"pull,omitempty"`
	Duty  *uint16 `json:"duty,omitempty"`
	Freq  uint32  `json:"freq,omitempty"`
	Count uint16  `json:"count,omitempty"`
	Pixel string  `json:"pixel,omitempty"`
}

// view shows the pins that the chip uses or something is wired to.
func (b *pinBank) view() []pinView {
	b.mu.Lock()
	defer b.mu.Unlock()
	views := []pinView{}
	for n, p := range b.pins {
		if p.mode != modeOff || p.wired || p.pressed {
			views = append(views, p.view(n))
		}
	}
	return views
}

func (p pin) view(n int) pinView {
	v := pinView{Pin: n, Mode: p.mode.String()}
	level := p.input()
	switch p.mode {
	case modeOutput:
		v.Level = &p.level
	case modePWM:
		v.Duty, v.Freq = &p.duty, p.freq
	case modeStrip:
		v.Count, v.Pixel = p.count, pixelHex(p.pixel)
	case modeInput:
		v.Level, v.Pull = &level, p.pull.String()
	case modeOff:
		v.Level = &level
	case modeSensor, modeI2C: // what is said there is no level
	}
	return v
}

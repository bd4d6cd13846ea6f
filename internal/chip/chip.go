// Package chip owns what is known about the pins of every supported ESP32 chip:
// which GPIOs exist, what each can do, and which are better left alone.
//
// It is the one source of these facts: config checks a house against it, and
// `go generate` writes firmware/core/hob_chip_table.{c,h} from it, so that a
// board refuses exactly what `hob check` refuses. Everything here is a pure
// value computed on request; callers may use it from any goroutine and may
// change what they are handed.
package chip

import "slices"

//go:generate go run gen.go ../../firmware/core

// Cap is one capability or restriction of a pin. Values up to [Analog] are
// shared with the firmware (HOB_PIN_… in hob_chip_table.h) and never change.
type Cap uint16

const (
	// Present: the package leads this GPIO out to a pin.
	Present Cap = 1 << iota
	// Output: the pin can drive a level. A present pin without it is input only.
	Output
	// Strapping: the chip samples the pin at reset to choose how it boots; what
	// hangs on it can keep the board from starting.
	Strapping
	// Flash: the pin belongs to the flash chip that holds the firmware.
	Flash
	// Pull: the pin has internal pull-up and pull-down resistors.
	Pull
	// Analog: the pin reads voltages through ADC1. ADC2 shares its converter
	// with Wi-Fi and is unreliable on a board that is online, so it does not count.
	Analog
	// PSRAM: free on most modules, taken on those that carry PSRAM.
	PSRAM
	// Console: the boot log and the flashing tool use the pin as a UART.
	Console
	// USB: the pin is a data line of the chip's own USB port.
	USB
)

// wireCaps are the bits that the firmware knows about.
const wireCaps = Present | Output | Strapping | Flash | Pull | Analog

// Has reports whether c includes every capability in want.
func (c Cap) Has(want Cap) bool { return c&want == want }

// Pin is one GPIO of a chip. The zero Pin is one that the chip does not have.
type Pin struct {
	Number int
	Caps   Cap
	ADC    string // ADC channel as the datasheet names it ("ADC1_CH4"), "" if none
	Note   string // what else the pin does, for people; "" if nothing
}

// Present reports whether the chip has this pin.
func (p Pin) Present() bool { return p.Caps.Has(Present) }

// InputOnly reports whether the pin exists but cannot drive anything.
func (p Pin) InputOnly() bool { return p.Present() && !p.Caps.Has(Output) }

// Usable reports whether a house may use the pin at all.
func (p Pin) Usable() bool { return p.Present() && !p.Caps.Has(Flash) }

// PWM reports whether the pin can be dimmed: every chip routes its LED PWM
// controller to any output through the GPIO matrix.
func (p Pin) PWM() bool { return p.Usable() && p.Caps.Has(Output) }

// Plain reports whether the pin is an output that nothing else on a common
// module wants, that is, one to recommend.
func (p Pin) Plain() bool {
	return p.PWM() && p.Caps&(Strapping|PSRAM|Console|USB) == 0
}

// Chip is one chip type.
type Chip struct {
	Name  string // as in config.yaml: "esp32c3"
	Title string // as Espressif writes it: "ESP32-C3"

	// PWMChannels is how many outputs the LED PWM controller dims at once.
	PWMChannels int
	// StripChannels is how many WS2812 strips the RMT peripheral drives at once.
	StripChannels int

	pins []Pin // index = GPIO number
}

// Pin returns GPIO n, or the zero Pin with that number if the chip has none.
func (c Chip) Pin(n int) Pin {
	if n < 0 || n >= len(c.pins) {
		return Pin{Number: n}
	}
	return c.pins[n]
}

// PinCount is one more than the highest GPIO number of the chip.
func (c Chip) PinCount() int { return len(c.pins) }

// Pins returns every pin that the chip has, in ascending order.
func (c Chip) Pins() []Pin {
	return slices.DeleteFunc(slices.Clone(c.pins), func(p Pin) bool { return !p.Present() })
}

// FreePins returns the numbers of the pins that are fit for want and not in
// used, those without any second role first, each group in ascending order.
// Flash pins are never among them, strapping, console and USB pins neither.
func (c Chip) FreePins(want Cap, used ...int) []int {
	var plain, other []int
	for _, p := range c.pins {
		if !p.Usable() || !p.Caps.Has(want) || slices.Contains(used, p.Number) {
			continue
		}
		switch {
		case p.Caps&(Strapping|Console|USB) != 0:
		case p.Plain():
			plain = append(plain, p.Number)
		default:
			other = append(other, p.Number)
		}
	}
	return append(plain, other...)
}

// Lookup finds a chip by its name in config.yaml.
func Lookup(name string) (Chip, bool) {
	for _, l := range layouts() {
		if l.name == name {
			return l.build(), true
		}
	}
	return Chip{}, false
}

// Names lists the supported chips in the order in which they are documented.
func Names() []string {
	var names []string
	for _, l := range layouts() {
		names = append(names, l.name)
	}
	return names
}

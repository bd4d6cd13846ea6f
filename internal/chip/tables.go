package chip

import (
	"fmt"
	"slices"
)

// layout is how a datasheet tells a chip's pins: mostly by exception.
type layout struct {
	name, title string
	count       int // highest GPIO number + 1
	pwm, strips int
	absent      []int
	inputOnly   []int
	noPull      []int
	strapping   []int
	flash       []int
	psram       []int
	usb         []int
	tx, rx      int   // default console UART
	adc1        []int // index = channel
	adc2        []int // index = channel
	notes       map[int]string
}

// layouts lists the supported chips in the order in which they are documented.
func layouts() []layout {
	return []layout{esp32(), esp32c3(), esp32s3(), esp32c6(), esp32s2()}
}

// esp32: ESP32 Series Datasheet (strapping pins, ADC channels, LED PWM, RMT) and
// ESP-IDF components/soc/esp32/include/soc/soc_caps.h with
// docs/en/api-reference/peripherals/gpio/esp32.inc (valid, output and pull masks).
// GPIO20 exists on the ESP32-PICO-V3 only and counts as absent.
func esp32() layout {
	return layout{
		name: "esp32", title: "ESP32", count: 40, pwm: 16, strips: 8,
		absent:    []int{20, 24, 28, 29, 30, 31},
		inputOnly: span(34, 39),
		noPull:    span(34, 39),
		strapping: []int{0, 2, 5, 12, 15},
		flash:     span(6, 11),
		psram:     []int{16, 17},
		tx:        1, rx: 3,
		adc1: []int{36, 37, 38, 39, 32, 33, 34, 35},
		adc2: []int{4, 0, 2, 15, 13, 12, 14, 27, 25, 26},
		notes: map[int]string{
			0:  "BOOT button on most modules; low at reset starts the flashing mode",
			2:  "must be low or open to enter the flashing mode; often the on-board LED",
			5:  "high at reset; part of the SDIO timing choice",
			12: "high at reset selects 1.8 V flash, and most modules then do not start",
			15: "low at reset silences the boot log",
		},
	}
}

// esp32c3: ESP32-C3 Series Datasheet (strapping pins, VDD_SPI/GPIO11), ESP32-C3
// errata (ADC2 is unusable), ESP-IDF components/soc/esp32c3/include/soc/soc_caps.h
// and docs/en/api-reference/peripherals/gpio/esp32c3.inc.
func esp32c3() layout {
	return layout{
		name: "esp32c3", title: "ESP32-C3", count: 22, pwm: 6, strips: 2,
		strapping: []int{2, 8, 9},
		flash:     span(11, 17),
		usb:       []int{18, 19},
		tx:        21, rx: 20,
		adc1: span(0, 4),
		adc2: []int{5},
		notes: map[int]string{
			2:  "must be high at reset",
			8:  "must be high to enter the flashing mode; often the on-board LED",
			9:  "BOOT button on most modules; low at reset starts the flashing mode",
			11: "VDD_SPI: powers the flash",
		},
	}
}

// esp32s3: ESP32-S3 Series Datasheet (strapping pins), ESP-IDF
// components/soc/esp32s3/include/soc/{gpio,ledc}_caps.h, soc_caps.h and
// docs/en/api-reference/peripherals/gpio/esp32s3.inc (octal flash and PSRAM).
func esp32s3() layout {
	return layout{
		name: "esp32s3", title: "ESP32-S3", count: 49, pwm: 8, strips: 4,
		absent:    span(22, 25),
		strapping: []int{0, 3, 45, 46},
		flash:     span(26, 32),
		psram:     span(33, 37),
		usb:       []int{19, 20},
		tx:        43, rx: 44,
		adc1: span(1, 10),
		adc2: span(11, 20),
		notes: map[int]string{
			0:  "BOOT button on most modules; low at reset starts the flashing mode",
			3:  "selects the source of JTAG signals at reset",
			45: "selects the flash voltage at reset",
			46: "must be low to enter the flashing mode",
		},
	}
}

// esp32c6: ESP32-C6 Series Datasheet (strapping pins, package variants), ESP-IDF
// components/soc/esp32c6/include/soc/soc_caps.h and
// docs/en/api-reference/peripherals/gpio/esp32c6.inc. GPIO10 and 11 are led out
// only without in-package flash, GPIO14 only with it; config cannot know which.
func esp32c6() layout {
	return layout{
		name: "esp32c6", title: "ESP32-C6", count: 31, pwm: 6, strips: 2,
		strapping: []int{4, 5, 8, 9, 15},
		flash:     span(24, 30),
		usb:       []int{12, 13},
		tx:        16, rx: 17,
		adc1: span(0, 6),
		notes: map[int]string{
			8:  "must be high to enter the flashing mode; often the on-board LED",
			9:  "BOOT button on most modules; low at reset starts the flashing mode",
			10: "only on chips without in-package flash",
			11: "only on chips without in-package flash",
			14: "only on chips with in-package flash",
			15: "selects the source of JTAG signals at reset",
		},
	}
}

// esp32s2: ESP32-S2 Series Datasheet (strapping pins), ESP-IDF
// components/soc/esp32s2/include/soc/soc_caps.h and
// docs/en/api-reference/peripherals/gpio/esp32s2.inc (GPIO46 is fixed to
// pull-down and input only).
func esp32s2() layout {
	return layout{
		name: "esp32s2", title: "ESP32-S2", count: 47, pwm: 8, strips: 4,
		absent:    span(22, 25),
		inputOnly: []int{46},
		noPull:    []int{46},
		strapping: []int{0, 45, 46},
		flash:     span(26, 32),
		usb:       []int{19, 20},
		tx:        43, rx: 44,
		adc1: span(1, 10),
		adc2: span(11, 20),
		notes: map[int]string{
			0:  "BOOT button on most modules; low at reset starts the flashing mode",
			45: "selects the flash voltage at reset",
			46: "must be low to enter the flashing mode; always pulled down",
		},
	}
}

func (l layout) build() Chip {
	c := Chip{Name: l.name, Title: l.title, PWMChannels: l.pwm, StripChannels: l.strips}
	for n := range l.count {
		c.pins = append(c.pins, l.pin(n))
	}
	return c
}

func (l layout) pin(n int) Pin {
	if slices.Contains(l.absent, n) {
		return Pin{Number: n}
	}
	p := Pin{Number: n, Caps: Present | Output | Pull, Note: l.notes[n]}
	clear := func(c Cap, in []int) {
		if slices.Contains(in, n) {
			p.Caps &^= c
		}
	}
	set := func(c Cap, in []int, note string) {
		if !slices.Contains(in, n) {
			return
		}
		p.Caps |= c
		if p.Note == "" {
			p.Note = note
		}
	}
	clear(Output, l.inputOnly)
	clear(Pull, l.noPull)
	set(Strapping, l.strapping, "chooses how the chip boots")
	set(Flash, l.flash, "wired to the flash chip")
	set(PSRAM, l.psram, "taken on modules with PSRAM")
	set(USB, l.usb, "USB data line")
	set(Console, []int{l.tx}, "serial console, sends")
	set(Console, []int{l.rx}, "serial console, receives")
	set(Analog, l.adc1, "")
	p.ADC = l.channel(n)
	return p
}

func (l layout) channel(n int) string {
	if i := slices.Index(l.adc1, n); i >= 0 {
		return fmt.Sprintf("ADC1_CH%d", i)
	}
	if i := slices.Index(l.adc2, n); i >= 0 {
		return fmt.Sprintf("ADC2_CH%d", i)
	}
	return ""
}

// span lists the numbers from first to last, both included.
func span(first, last int) []int {
	var out []int
	for n := first; n <= last; n++ {
		out = append(out, n)
	}
	return out
}

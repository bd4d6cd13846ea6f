package chip_test

import (
	"fmt"
	"slices"
	"testing"

	"hob/internal/chip"
)

// Every expectation below is written out from the datasheets' pin lists, on
// purpose not derived from the same spans as the tables.
func TestPinMasksMatchTheDatasheets(t *testing.T) {
	tests := []struct {
		chip                       string
		present, output, strapping uint64
		flash, pull, analog        uint64
	}{
		{
			// soc_caps.h: valid 0xFFFFFFFFFF without 24 and 28-31, here also without 20.
			chip: "esp32", present: 0xFF_0EEF_FFFF, output: 0x03_0EEF_FFFF,
			strapping: 0x9025, flash: 0xFC0, pull: 0x03_0EEF_FFFF, analog: 0xFF_0000_0000,
		},
		{
			chip: "esp32c3", present: 0x3F_FFFF, output: 0x3F_FFFF,
			strapping: 0x304, flash: 0x3_F800, pull: 0x3F_FFFF, analog: 0x1F,
		},
		{
			chip: "esp32s3", present: 0x1_FFFF_FC3F_FFFF, output: 0x1_FFFF_FC3F_FFFF,
			strapping: 0x6000_0000_0009, flash: 0x1_FC00_0000, pull: 0x1_FFFF_FC3F_FFFF, analog: 0x7FE,
		},
		{
			chip: "esp32c6", present: 0x7FFF_FFFF, output: 0x7FFF_FFFF,
			strapping: 0x8330, flash: 0x7F00_0000, pull: 0x7FFF_FFFF, analog: 0x7F,
		},
		{
			chip: "esp32s2", present: 0x7FFF_FC3F_FFFF, output: 0x3FFF_FC3F_FFFF,
			strapping: 0x6000_0000_0001, flash: 0x1_FC00_0000, pull: 0x3FFF_FC3F_FFFF, analog: 0x7FE,
		},
	}
	for _, tt := range tests {
		t.Run(tt.chip, func(t *testing.T) {
			c, ok := chip.Lookup(tt.chip)
			if !ok {
				t.Fatal("chip is missing")
			}
			want := map[chip.Cap]uint64{
				chip.Present: tt.present, chip.Output: tt.output, chip.Strapping: tt.strapping,
				chip.Flash: tt.flash, chip.Pull: tt.pull, chip.Analog: tt.analog,
			}
			for bit, mask := range want {
				if got := maskOf(c, bit); got != mask {
					t.Errorf("capability %#x: pins %#x, want %#x", bit, got, mask)
				}
			}
		})
	}
	if got := len(chip.Names()); got != len(tests) {
		t.Errorf("%d chips, but %d are checked here", got, len(tests))
	}
}

func maskOf(c chip.Chip, bit chip.Cap) uint64 {
	var mask uint64
	for _, p := range c.Pins() {
		if p.Caps.Has(bit) {
			mask |= 1 << p.Number
		}
	}
	return mask
}

func TestPinOutsideTheChipIsAbsent(t *testing.T) {
	for _, name := range chip.Names() {
		c, _ := chip.Lookup(name)
		for _, n := range []int{-1, -1 << 62, c.PinCount(), 255, 1 << 62} {
			p := c.Pin(n)
			if p.Present() || p.Usable() || p.InputOnly() || p.PWM() || p.Number != n {
				t.Errorf("%s: Pin(%d) = %+v, want an absent pin of that number", name, n, p)
			}
		}
	}
}

func TestLookupKnowsNoOtherSpelling(t *testing.T) {
	for _, name := range []string{"", "ESP32", "esp32-c3", "esp32 ", "esp8266"} {
		if c, ok := chip.Lookup(name); ok {
			t.Errorf("Lookup(%q) = %s, want none", name, c.Name)
		}
	}
}

func TestADCChannelNamesAreUnique(t *testing.T) {
	for _, name := range chip.Names() {
		c, _ := chip.Lookup(name)
		seen := map[string]int{}
		for _, p := range c.Pins() {
			if p.ADC == "" {
				continue
			}
			if other, dup := seen[p.ADC]; dup {
				t.Errorf("%s: GPIO%d and GPIO%d are both %s", name, other, p.Number, p.ADC)
			}
			seen[p.ADC] = p.Number
			if p.Caps.Has(chip.Analog) != (p.ADC[:5] == "ADC1_") {
				t.Errorf("%s: GPIO%d is %s but Analog is %v", name, p.Number, p.ADC, p.Caps.Has(chip.Analog))
			}
		}
	}
}

func TestRestrictedPinsExplainThemselves(t *testing.T) {
	for _, name := range chip.Names() {
		c, _ := chip.Lookup(name)
		for _, p := range c.Pins() {
			odd := p.Caps&(chip.Strapping|chip.Flash|chip.PSRAM|chip.Console|chip.USB) != 0
			if odd && p.Note == "" {
				t.Errorf("%s: GPIO%d has a second role but no note", name, p.Number)
			}
		}
	}
}

func TestConsoleIsTwoPins(t *testing.T) {
	want := map[string][]int{
		"esp32": {1, 3}, "esp32c3": {20, 21}, "esp32s3": {43, 44}, "esp32c6": {16, 17}, "esp32s2": {43, 44},
	}
	for _, name := range chip.Names() {
		c, _ := chip.Lookup(name)
		var got []int
		for _, p := range c.Pins() {
			if p.Caps.Has(chip.Console) {
				got = append(got, p.Number)
			}
		}
		if !slices.Equal(got, want[name]) {
			t.Errorf("%s: console pins %v, want %v", name, got, want[name])
		}
	}
}

func TestFreePinsOffersPlainPinsFirstAndNeverARiskyOne(t *testing.T) {
	c, _ := chip.Lookup("esp32")
	got := c.FreePins(chip.Output, 4, 13)
	want := []int{14, 18, 19, 21, 22, 23, 25, 26, 27, 32, 33, 16, 17}
	if !slices.Equal(got, want) {
		t.Errorf("outputs: got %v, want %v", got, want)
	}
	// Inputs without pulls come after every pin that could do more.
	if got := c.FreePins(chip.Present); !slices.Contains(got, 34) || got[0] != 4 {
		t.Errorf("inputs: got %v", got)
	}
	var everything []int
	for n := range c.PinCount() {
		everything = append(everything, n)
	}
	if got := c.FreePins(chip.Present, everything...); len(got) != 0 {
		t.Errorf("nothing is free, got %v", got)
	}
}

func TestCallersCannotChangeTheTables(t *testing.T) {
	c, _ := chip.Lookup("esp32")
	c.Pins()[0].Caps = 0
	if !c.Pin(0).Present() {
		t.Error("writing to Pins() changed the chip")
	}
	before := fmt.Sprint(c.Pin(4))
	other, _ := chip.Lookup("esp32")
	other.Pins()[4].Note = "changed"
	if again, _ := chip.Lookup("esp32"); fmt.Sprint(again.Pin(4)) != before {
		t.Error("writing to one lookup's pins changed another's")
	}
}

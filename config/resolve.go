package config

import (
	"time"

	"hob/internal/chip"
	"hob/internal/entity"
)

// resolve fills in what follows from other parts of the house.
func (b *book) resolve(h *entity.House) {
	zone := zoneOf(h)
	for _, e := range h.Entities {
		switch spec := e.Spec.(type) {
		case *entity.Thermostat:
			spec.Zone = zone
			spec.SensorPoint = b.byID[spec.Sensor].spec().Points()[0]
		case *entity.GarageDoor:
			b.wireReed(spec.Closed)
			b.wireReed(spec.Open)
		}
	}
}

// zoneOf is the house's time zone, the server's own if it names none.
func zoneOf(h *entity.House) *time.Location {
	if loc, err := time.LoadLocation(h.Timezone); err == nil && h.Timezone != "" {
		return loc
	}
	return time.Local
}

// wireReed: a pin without a pull-up has a resistor beside it, and the reed is
// active at low level all the same.
func (b *book) wireReed(in *entity.Input) {
	if in == nil || b.boards[in.Board].T.Chip.value.Pin(in.Pin).Caps.Has(chip.Pull) {
		return
	}
	in.Pull, in.Inverted = entity.PullNone, true
}

package config

import (
	"fmt"
	"testing"
	"time"

	"hob/internal/chip"
	"hob/internal/entity"
	"hob/internal/wire"
)

// crowded is a house whose one board is used as much as config accepts: every pin,
// every option at its longest, some buttons with three gestures each, thermostats
// with their own sensors on another board, and what is left as outputs.
func crowded(c chip.Chip, buttons, thermostats int) *entity.House {
	h := &entity.House{Boards: []entity.Board{{Name: "big", ID: "hob-000001", Chip: c.Name}, {Name: "far", ID: "hob-000002abcdef", Chip: c.Name}}}
	led := 48
	h.Boards[0].StatusLED = &led
	pins := []int{}
	for _, p := range c.Pins() {
		if p.Usable() {
			pins = append([]int{p.Number}, pins...) // long numbers first
		}
	}
	add := func(spec entity.Spec) {
		h.Entities = append(h.Entities, entity.Entity{ID: entity.ID(fmt.Sprint("e", len(h.Entities))), Spec: spec})
	}
	take := func() int {
		n := pins[0]
		pins = pins[1:]
		return n
	}
	output := func() entity.Output {
		return entity.Output{Board: "big", Pin: take(), Inverted: true, Boot: entity.BootRestore, OffAfter: 7*24*time.Hour - 1e6,
			MaxOn: 7*24*time.Hour - 1e6, Lease: time.Hour - 1e6, Interlock: "fifteen_letters", InterlockWait: time.Minute - 1e6}
	}
	level := entity.Level(999)
	strip := func() *entity.Light { // config takes no inverted for one
		o := output()
		o.Inverted = false
		return &entity.Light{Output: o, Drive: entity.DriveWS2812, Fade: time.Minute, MinBrightness: 999, Count: 1024, Order: "bgr"}
	}
	target := entity.Entity{ID: "target", Spec: strip()}
	h.Entities = append(h.Entities, target)
	frost, fallback := entity.Temp(-29_999), entity.Temp(-29_999)
	for i := 0; i < thermostats && len(pins) > 0; i++ {
		sensor := &entity.Sensor{Type: entity.SensorNTC, Board: "far", Pin: 100 + i, Every: time.Hour, Offset: -19_999, Low: -54_999, High: 124_999,
			Beta: 10_000, R25: 10_000_000, Series: 10_000_000}
		add(sensor)
		add(&entity.Thermostat{Board: "big", Relay: take(), Inverted: true, Sensor: h.Entities[len(h.Entities)-1].ID, SensorPoint: sensor.Ref(),
			Low: -29_999, High: 89_999, Hysteresis: 9_999, MinOn: time.Hour, MinOff: time.Hour, LostAfter: time.Hour, Frost: &frost, Fallback: &fallback})
	}
	for i := 0; i < buttons && len(pins) > 0; i++ {
		b := &entity.Button{Input: entity.Input{Board: "big", Pin: take(), Pull: entity.PullDown, Inverted: true, Debounce: 999 * time.Millisecond}, HoldAfter: 9_999 * time.Millisecond}
		for _, g := range []entity.Gesture{entity.GesturePress, entity.GestureDouble, entity.GestureHold} {
			b.Bindings = append(b.Bindings, entity.Binding{On: g, Target: target.ID, Action: entity.Action{Verb: entity.VerbSet, Level: &level}})
		}
		add(b)
	}
	for i := 0; len(pins) > 0; i++ {
		switch {
		case i < c.StripChannels-1:
			add(strip())
		case i < c.StripChannels-1+c.PWMChannels:
			add(&entity.Light{Output: output(), Drive: entity.DrivePWM, Fade: time.Minute, MinBrightness: 999})
		default:
			add(&entity.Switch{Output: output()})
		}
	}
	return h
}

// Why no check counts bytes: what config accepts for one board fits into it.
func TestTheFullestBoardFitsItsStorage(t *testing.T) {
	fullest := 0
	for _, name := range chip.Names() {
		c, _ := chip.Lookup(name)
		for buttons := 0; buttons <= maxBoardBindings/3; buttons++ {
			for thermostats := 0; thermostats <= maxBoardThermostats; thermostats++ {
				config := wire.ConfigOf(crowded(c, buttons, thermostats), "big")
				if err := config.Check(); err != nil {
					t.Fatalf("%s with %d buttons and %d thermostats: %v", c.Title, buttons, thermostats, err)
				}
				size := 0
				for _, item := range config.Items {
					size += len(item) + 1
				}
				fullest = max(fullest, size)
			}
		}
	}
	// Far less would mean that the houses above are no longer the fullest ones.
	if fullest < wire.MaxConfig/2 {
		t.Errorf("the fullest takes only %d of %d bytes", fullest, wire.MaxConfig)
	}
	t.Logf("the fullest takes %d of %d bytes", fullest, wire.MaxConfig)
}

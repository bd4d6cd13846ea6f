package wire

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"hob/internal/entity"
)

func temp(t entity.Temp) *entity.Temp { return &t }

func TestThermostatsAndDoorsCompileToTheGoldenItems(t *testing.T) {
	attic := sensor(entity.SensorDS18B20, 4)
	attic.Board, attic.Low, attic.High = "yard", -30_000, 60_000
	reed := func(pin int) *entity.Input {
		return &entity.Input{Board: "hall", Pin: pin, Pull: entity.PullUp, Debounce: defaultDebounce}
	}
	yard := entity.PointRef{Board: "yard", Point: "gpio4"}
	house := &entity.House{
		Boards: []entity.Board{{Name: "hall", ID: "hob-7c9ebd", Chip: "esp32"}, {Name: "yard", ID: "hob-a0b765", Chip: "esp32"}},
		Entities: []entity.Entity{
			{ID: "attic", Spec: attic},
			{ID: "living", Spec: &entity.Thermostat{Board: "hall", Relay: 23, Sensor: "attic", SensorPoint: yard,
				Low: 5000, High: 25_000, Hysteresis: 500, MinOn: time.Minute, MinOff: time.Minute,
				LostAfter: 5 * time.Minute, Frost: temp(5000)}},
			{ID: "cool", Spec: &entity.Thermostat{Cools: true, Board: "hall", Relay: 22, Inverted: true, Sensor: "attic",
				SensorPoint: yard, Low: 18_000, High: 30_000, Hysteresis: 500, MinOn: time.Minute,
				MinOff: 3 * time.Minute, LostAfter: 5 * time.Minute}},
			{ID: "door", Spec: &entity.GarageDoor{Board: "hall", Relay: 25, Closed: reed(33), Open: reed(32),
				Warning: &entity.Warning{Pin: 27, For: 6 * time.Second}}},
			{ID: "bath", Spec: &entity.Thermostat{Board: "hall", Relay: 21, Sensor: "here",
				SensorPoint: entity.PointRef{Board: "hall", Point: "gpio4"}, Low: 5000, High: 25_000, Hysteresis: 300,
				MinOn: 3 * time.Minute, MinOff: 3 * time.Minute, LostAfter: 10 * time.Minute,
				Frost: temp(5000), Fallback: temp(12_000)}},
			{ID: "here", Spec: sensor(entity.SensorDS18B20, 4)},
		},
	}
	checkItems(t, ConfigOf(house, "hall"), goldenItems(t, "thermostats and a door"))
	if c := ConfigOf(house, "yard"); len(c.Items) != 1 {
		t.Errorf("yard has %d items", len(c.Items))
	}
}

func TestMoreThermostatsThanABoardTakesAreNotSent(t *testing.T) {
	house := &entity.House{Boards: []entity.Board{{Name: "hall", ID: "hob-7c9ebd", Chip: "esp32"}}}
	for n := range MaxThermostats + 1 {
		if err := ConfigOf(house, "hall").Check(); err != nil {
			t.Fatalf("%d: %v", n, err)
		}
		house.Entities = append(house.Entities, entity.Entity{ID: entity.ID(fmt.Sprint("h", n)),
			Spec: &entity.Thermostat{Board: "hall", Relay: 12 + n, SensorPoint: entity.PointRef{Board: "hall", Point: "gpio4"}}})
	}
	if err := ConfigOf(house, "hall").Check(); err == nil || !strings.Contains(err.Message, "9 thermostats") {
		t.Errorf("%v", err)
	}
}

func TestAControlSurvivesTheWire(t *testing.T) {
	var d Decoder
	for _, c := range []entity.Control{
		{Phase: entity.PhaseLost, Source: entity.TargetNone},
		{Phase: entity.PhaseActive, Target: 21_000, HasTo: true, Temp: 20_437, HasTemp: true,
			Source: entity.TargetPlan, Plan: "1a2b3c4d", Warning: entity.WarningNoRise},
		{Phase: entity.PhaseWait, HasTo: true, HasTemp: true, Source: entity.TargetFrost, Warning: entity.WarningStuck},
		{Phase: entity.PhaseRange, Target: -55_000, HasTo: true, Source: entity.TargetFallback, Plan: "1"},
	} {
		p := Point{ID: "gpio21", Value: entity.Value{On: true, Control: &c}, Up: 9100, Cause: CauseThermostat}
		f, err := d.Board((&State{Points: []Point{p}}).Append(nil))
		if err != nil {
			t.Errorf("%+v: %v", c, err)
			continue
		}
		if got := f.(*State).Points[0]; !reflect.DeepEqual(got, p) {
			t.Errorf("%+v became %+v, %+v", c, got, got.Value.Control)
		}
	}
}

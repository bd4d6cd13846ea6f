package wire

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"hob/internal/entity"
)

// goldenItems are the items of a configuration of testdata by its name.
func goldenItems(t *testing.T, name string) []string {
	t.Helper()
	golden := readGolden(t).Configs
	i := slices.IndexFunc(golden, func(g goldenConfig) bool { return g.Name == name })
	if i < 0 {
		t.Fatalf("no configuration %q", name)
	}
	return golden[i].Items
}

func checkItems(t *testing.T, c Config, want []string) {
	t.Helper()
	var items []string
	for _, item := range c.Items {
		items = append(items, string(item))
	}
	if !slices.Equal(items, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(items, "\n"), strings.Join(want, "\n"))
	}
}

// sensor is what config makes of a sensor with nothing but its type and pin.
func sensor(kind entity.SensorType, pin int) *entity.Sensor {
	return &entity.Sensor{Type: kind, Board: "hall", Pin: pin, Every: 30 * time.Second,
		Low: entity.MinTemp, High: entity.MaxTemp}
}

func TestSensorsCompileToTheGoldenItems(t *testing.T) {
	attic := sensor(entity.SensorDS18B20, 4)
	attic.Offset, attic.Low, attic.High = -300, -30_000, 60_000
	bath := sensor(entity.SensorSHT3x, 0)
	bath.Address, bath.Every = 0x44, 10*time.Second
	floor := sensor(entity.SensorNTC, 32)
	floor.Beta, floor.R25, floor.Series = 3950, 10_000, 4700
	tank := sensor(entity.SensorAnalog, 34)
	tank.Every, tank.AtFull, tank.Unit = time.Second, 100, "%"
	meter := sensor(entity.SensorPulse, 35)
	meter.Every, meter.PerUnit, meter.Unit = time.Minute, 1000, "kWh"
	house := &entity.House{
		Boards: []entity.Board{{Name: "hall", ID: "hob-7c9ebd", Chip: "esp32", I2C: &entity.I2C{SDA: 21, SCL: 22}}},
		Entities: []entity.Entity{
			{ID: "meter", Spec: meter}, {ID: "tank", Spec: tank}, {ID: "floor", Spec: floor},
			{ID: "attic", Spec: attic}, {ID: "bath", Spec: bath}, {ID: "cellar", Spec: sensor(entity.SensorDHT22, 5)},
		},
	}
	checkItems(t, ConfigOf(house, "hall"), goldenItems(t, "sensors"))
}

func TestAFedPointIsNamedAfterTheHardware(t *testing.T) {
	// FNV-1a with 32 bits of "hob-7c9ebd/gpio4", computed elsewhere.
	if p := FedPoint("hob-7c9ebd", "gpio4"); p != "fed-e91a01b9" {
		t.Errorf("fed point %s", p)
	}
}

func TestAReadingSurvivesTheWire(t *testing.T) {
	var d Decoder
	for _, r := range []entity.Reading{
		{},
		{Fault: entity.FaultNoAnswer},
		{Valid: true},
		{Valid: true, Number: -10_125, Fault: entity.FaultRange},
		{Valid: true, Number: 4_000_000_000},
		{Valid: true, Number: 25_000, Humidity: 50_001, HasHumidity: true, Fault: entity.FaultChecksum},
	} {
		p := Point{ID: "gpio4", Value: entity.Value{Reading: &r}, Up: 9100, Cause: CauseSensor}
		f, err := d.Board((&State{Points: []Point{p}}).Append(nil))
		if err != nil {
			t.Errorf("%+v: %v", r, err)
			continue
		}
		if got := f.(*State).Points[0]; !reflect.DeepEqual(got, p) {
			t.Errorf("%+v became %+v, %+v", r, got, got.Value.Reading)
		}
	}
}

package rules

import (
	"testing"
	"time"

	"hob/internal/entity"
)

// testHouse has one of each kind that rules can ask for; the sun rises in Berlin.
func testHouse() *entity.House {
	of := func(id entity.ID, spec entity.Spec) entity.Entity { return entity.Entity{ID: id, Spec: spec} }
	pin := func(board entity.BoardName, n int) entity.Output { return entity.Output{Board: board, Pin: n} }
	return &entity.House{
		Timezone: "Europe/Berlin", Location: &entity.Location{Latitude: 52.52, Longitude: 13.40},
		Boards: []entity.Board{{Name: "hall"}, {Name: "shed"}},
		Entities: []entity.Entity{
			of("porch", &entity.Switch{Output: pin("hall", 16)}),
			of("stairs", &entity.Light{Output: pin("hall", 19), Drive: entity.DrivePWM}),
			of("outside", &entity.Sensor{Type: entity.SensorDHT22, Board: "shed", Pin: 4, Low: -40_000, High: 80_000}),
			of("water", &entity.Sensor{Type: entity.SensorPulse, Board: "shed", Pin: 5, Unit: "L"}),
			of("left", &entity.GarageDoor{Board: "shed"}),
			of("bath", &entity.Thermostat{Board: "hall", Low: 5_000, High: 25_000, Presets: []entity.Preset{{Name: "comfort"}}}),
			of("anna", &entity.Person{}),
			of("alarm", &entity.Alarm{}),
		},
	}
}

// testWorld is what a test says is so.
type testWorld struct {
	seen    map[entity.ID]Seen
	offline map[entity.BoardName]bool
}

func (w testWorld) Entity(id entity.ID) Seen { return w.seen[id] }

func (w testWorld) Board(name entity.BoardName) Link {
	if w.offline[name] {
		return LinkOffline
	}
	return LinkOnline
}

// evening is an evening on which all is known.
func evening() testWorld {
	return testWorld{seen: map[entity.ID]Seen{
		"porch":   {State: "on", Available: true},
		"stairs":  {State: "on", Available: true, Brightness: some(40)},
		"outside": {State: "2.4", Available: true, Value: some(2.4), Humidity: some(81)},
		"water":   {State: "12", Available: true, Value: some(12)},
		"left":    {State: "closed", Available: true},
		"bath":    {State: "idle", Available: true, Temperature: some(20.5), Target: some(21), Mode: "auto", Preset: "comfort"},
		"anna":    {State: "home", Available: true},
		"alarm":   {State: "disarmed", Available: true},
	}}
}

// without is the same with something else seen of one entity.
func (w testWorld) with(id entity.ID, seen Seen) testWorld {
	out := testWorld{seen: map[entity.ID]Seen{}, offline: w.offline}
	for k, v := range w.seen {
		out.seen[k] = v
	}
	out.seen[id] = seen
	return out
}

func clockTime(t *testing.T, text string) time.Time {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", text, loc)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func compiled(t testing.TB, c entity.RuleCondition) condition {
	t.Helper()
	g, err := newGround(testHouse())
	if err != nil {
		t.Fatal(err)
	}
	out, err := g.compileCondition(c)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

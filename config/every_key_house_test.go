package config_test

import (
	"reflect"
	"testing"
	"time"

	"hob/internal/entity"
	"hob/internal/schedule"
)

func TestEveryKeyReachesTheHouse(t *testing.T) {
	house := mustParse(t, everyKey)
	house.Tests = nil // TestTestsAreUnderstood looks at them
	led, level, bright := 2, entity.Level(125), entity.Level(400)
	boostTo, warm, frost, fallback := entity.Temp(24_000), entity.Temp(21_000), entity.Temp(6_000), entity.Temp(12_000)
	dim := entity.Level(50)
	want := &entity.House{
		Name: "Lindenweg", Location: &entity.Location{Latitude: -33.8688, Longitude: 151.2093},
		Timezone: "Australia/Sydney", Units: "imperial",
		Boards: []entity.Board{
			{Name: "hall", ID: "hob-7c9ebd", Chip: "esp32", Address: "hall.lan:8080", StatusLED: &led},
			{Name: "yard", ID: "hob-000001", Chip: "esp32", I2C: &entity.I2C{SDA: 21, SCL: 22}},
			{Name: "shed", ID: "hob-a0b765c3d412", Chip: "esp32c3"},
		},
		Areas: []entity.Area{{ID: "living_room", Name: "Living room"}, {ID: "hall", Name: "Entrance"}},
		Entities: []entity.Entity{
			{ID: "strip", Name: "Strip", Spec: &entity.Light{
				Output: entity.Output{Board: "hall", Pin: 18, Boot: entity.BootOn},
				Drive:  entity.DriveWS2812, Fade: time.Second, MinBrightness: 25, Count: 60, Order: "rgb",
			}},
			{ID: "stairs", Name: "Stairs", Area: "hall", Icon: "stairs-up", Spec: &entity.Light{
				Output: entity.Output{Board: "hall", Pin: 19, Boot: entity.BootRestore,
					OffAfter: 30 * time.Minute, MaxOn: 90 * time.Minute, Lease: time.Minute},
				Drive: entity.DrivePWM, Fade: 400 * time.Millisecond, MinBrightness: 40,
			}},
			// The group's longest wait counts for those that name none.
			{ID: "plain", Name: "Plain", Was: "plane", Spec: &entity.Light{
				Output: entity.Output{Board: "hall", Pin: 21, Boot: entity.BootOff,
					Interlock: "valves", InterlockWait: 2 * time.Second},
				Drive: entity.DrivePin,
			}},
			{ID: "pump", Name: "Pump", Area: "living_room", Icon: "water-pump", Spec: &entity.Switch{
				Output: entity.Output{Board: "hall", Pin: 16, Inverted: true, Boot: entity.BootRestore,
					OffAfter: 10 * time.Minute, MaxOn: 2 * time.Hour, Lease: time.Minute,
					Interlock: "valves", InterlockWait: 2 * time.Second},
			}},
			{ID: "valve", Name: "Valve", Spec: &entity.Switch{
				Output: entity.Output{Board: "hall", Pin: 17, Boot: entity.BootOff,
					Interlock: "valves", InterlockWait: 500 * time.Millisecond},
			}},
			{ID: "other", Name: "Other", Spec: &entity.Switch{
				Output: entity.Output{Board: "hall", Pin: 22, Boot: entity.BootOff,
					Interlock: "valves", InterlockWait: 2 * time.Second},
			}},
			{ID: "window", Name: "Window", Area: "hall", Icon: "window-open", Spec: &entity.Contact{
				Input: entity.Input{Board: "hall", Pin: 26, Pull: entity.PullDown, Inverted: true, Debounce: 50 * time.Millisecond},
				Class: entity.ClassWindow,
			}},
			{ID: "plain_contact", Name: "Plain contact", Spec: &entity.Contact{
				Input: entity.Input{Board: "hall", Pin: 34, Pull: entity.PullNone, Debounce: 30 * time.Millisecond},
				Class: entity.ClassOpening,
			}},
			{ID: "bell", Name: "Bell", Area: "hall", Icon: "bell", Spec: &entity.Button{
				Input:     entity.Input{Board: "hall", Pin: 25, Pull: entity.PullNone, Inverted: true, Debounce: 20 * time.Millisecond},
				HoldAfter: 800 * time.Millisecond,
				Bindings: []entity.Binding{
					{On: entity.GesturePress, Target: "plain", Action: entity.Action{Verb: entity.VerbToggle}},
					{On: entity.GestureDouble, Target: "stairs", Action: entity.Action{Verb: entity.VerbSet, Level: &level}},
					{On: entity.GestureHold, Target: "pump", Action: entity.Action{Verb: entity.VerbOff}},
				},
			}},
			{ID: "remote", Name: "Remote", Spec: &entity.Button{
				Input:     entity.Input{Board: "shed", Pin: 3, Pull: entity.PullUp, Debounce: 30 * time.Millisecond},
				HoldAfter: 600 * time.Millisecond,
				Bindings: []entity.Binding{
					{On: entity.GesturePress, Target: "strip", Action: entity.Action{
						Verb: entity.VerbOn, Level: &bright, Color: &entity.RGB{R: 0xff, G: 0x88}}},
					{On: entity.GestureDouble, Target: "stairs", Action: entity.Action{Verb: entity.VerbOn}},
					{On: entity.GestureHold, Target: "bath", Action: entity.Action{
						Verb: entity.VerbBoost, Temp: &boostTo, For: 30 * time.Minute}},
				},
			}},
			{ID: "outside", Name: "Outside", Area: "hall", Icon: "leaf", Spec: &entity.Sensor{
				Type: entity.SensorSHT3x, Board: "yard", Address: 0x45, Every: time.Minute, Offset: -400,
				Low: -30_000, High: 60_000, Unit: "°C",
			}},
			{ID: "plain_sensor", Name: "Plain sensor", Spec: &entity.Sensor{
				Type: entity.SensorDS18B20, Board: "yard", Pin: 4, Every: 30 * time.Second, Low: -55_000, High: 125_000, Unit: "°C",
			}},
			{ID: "moist", Name: "Moist", Spec: &entity.Sensor{
				Type: entity.SensorDHT22, Board: "yard", Pin: 13, Every: 2 * time.Second, Low: -40_000, High: 80_000, Unit: "°C",
			}},
			{ID: "tank", Name: "Tank", Spec: &entity.Sensor{
				Type: entity.SensorNTC, Board: "yard", Pin: 36, Every: 30 * time.Second, Low: -40_000, High: 125_000, Unit: "°C",
				Beta: 3950, R25: 10_000, Series: 4_700,
			}},
			{ID: "level", Name: "Level", Spec: &entity.Sensor{
				Type: entity.SensorAnalog, Board: "yard", Pin: 39, Every: 30 * time.Second, AtZero: -1.5, AtFull: 100, Unit: "%",
			}},
			{ID: "water", Name: "Water", Spec: &entity.Sensor{
				Type: entity.SensorPulse, Board: "yard", Pin: 34, Every: 30 * time.Second, PerUnit: 450, Unit: "L",
			}},
			{ID: "left", Name: "Left door", Area: "hall", Icon: "garage", Spec: &entity.GarageDoor{
				Board: "yard", Relay: 25, Inverted: true, Pulse: 700 * time.Millisecond, Travel: 18 * time.Second,
				Closed: &entity.Input{Board: "yard", Pin: 32, Pull: entity.PullUp, Debounce: 50 * time.Millisecond},
				// GPIO35 has no pull-up: there is a resistor, and the reed is active at low level all the same.
				Open:    &entity.Input{Board: "yard", Pin: 35, Pull: entity.PullNone, Inverted: true, Debounce: 50 * time.Millisecond},
				Warning: &entity.Warning{Pin: 27, Inverted: true, For: 6 * time.Second},
			}},
			{ID: "right", Name: "Right", Spec: &entity.GarageDoor{Board: "yard", Relay: 26, Pulse: 500 * time.Millisecond}},
			{ID: "bath", Name: "Bath", Area: "hall", Icon: "shower", Spec: &entity.Thermostat{
				Board: "yard", Relay: 16, Inverted: true, Sensor: "outside", SensorPoint: entity.PointRef{Board: "yard", Point: "i2c-45"},
				Low: 5_000, High: 25_000, Hysteresis: 300, MinOn: 2 * time.Minute, MinOff: 4 * time.Minute, LostAfter: 10 * time.Minute,
				Frost: &frost, Fallback: &fallback,
				Presets: []entity.Preset{{Name: "away", To: entity.Setting{Temp: 14_000}}, {Name: "holiday", To: entity.Setting{Off: true}},
					{Name: "comfort", To: entity.Setting{Temp: 21_111}}},
				Schedule: bathWeek(t), Zone: sydney(t),
				Manual: entity.Manual{For: 2 * time.Hour}, Boost: &entity.Boost{To: 24_000, For: 30 * time.Minute},
				Windows: []entity.ID{"window"},
			}},
			{ID: "plain_heater", Name: "Plain heater", Spec: &entity.Thermostat{
				Board: "yard", Relay: 17, Sensor: "plain_sensor", SensorPoint: entity.PointRef{Board: "yard", Point: "gpio4"},
				Low: 5_000, High: 30_000, Hysteresis: 500, MinOn: time.Minute, MinOff: time.Minute, LostAfter: 5 * time.Minute,
				Presets: []entity.Preset{{Name: "away", To: entity.Setting{Temp: 15_000}}, {Name: "sleep", To: entity.Setting{Temp: 17_000}},
					{Name: "comfort", To: entity.Setting{Temp: 21_000}}},
				Zone: sydney(t), Manual: entity.Manual{UntilNext: true},
			}},
			{ID: "garage_heater", Name: "Garage heater", Spec: &entity.Thermostat{
				Board: "yard", Relay: 23, Sensor: "moist", SensorPoint: entity.PointRef{Board: "yard", Point: "gpio13"},
				Low: 5_000, High: 30_000, Hysteresis: 500, MinOn: time.Minute, MinOff: time.Minute, LostAfter: 5 * time.Minute,
				Presets: []entity.Preset{{Name: "away", To: entity.Setting{Temp: 15_000}}, {Name: "sleep", To: entity.Setting{Temp: 17_000}},
					{Name: "comfort", To: entity.Setting{Temp: 21_000}}},
				Zone: sydney(t),
			}},
			{ID: "ac", Name: "Ac", Spec: &entity.Thermostat{
				Cools: true, Board: "yard", Relay: 18, Sensor: "moist", SensorPoint: entity.PointRef{Board: "yard", Point: "gpio13"},
				Low: 20_000, High: 30_000, Hysteresis: 500, MinOn: time.Minute, MinOff: 3 * time.Minute, LostAfter: 5 * time.Minute,
				Presets: []entity.Preset{{Name: "away", To: entity.Setting{Temp: 30_000}}, {Name: "sleep", To: entity.Setting{Temp: 26_000}},
					{Name: "comfort", To: entity.Setting{Temp: 24_000}}},
				Zone: sydney(t), Manual: entity.Manual{UntilNext: true},
			}},
			{ID: "night", Name: "Good night", Area: "hall", Icon: "moon", Spec: &entity.Scene{Tasks: []entity.Task{
				{Target: "pump", Action: entity.Action{Verb: entity.VerbOff}},
				{Target: "stairs", Action: entity.Action{Verb: entity.VerbSet, Level: &dim}},
				{Target: "bath", Action: entity.Action{Verb: "away"}},
				{Target: "left", Action: entity.Action{Verb: entity.VerbClose}},
				{Target: "anna", Action: entity.Action{Verb: entity.VerbHome}},
				{Target: "alarm", Action: entity.Action{Verb: entity.VerbArmHome}},
			}}},
			{ID: "late", Name: "Late", Spec: &entity.Scene{Tasks: []entity.Task{
				{Target: "night", Action: entity.Action{Verb: entity.VerbActivate}},
				{Target: "bath", Action: entity.Action{Verb: entity.VerbSet, Temp: &warm, For: 2 * time.Hour}},
			}}},
			{ID: "anna", Name: "Anna", Icon: "cat", Spec: &entity.Person{}},
			{ID: "alarm", Name: "Alarm system", Icon: "shield", Spec: &entity.Alarm{
				ExitDelay: 20 * time.Second, EntryDelay: 10 * time.Second,
				Away: []entity.ID{"window", "plain_contact"}, Home: []entity.ID{"window"}, Siren: "pump", Code: entity.NewSecret("0123"),
			}},
		},
	}
	want.Users = []entity.User{
		{ID: "leo", Name: "Leo", Role: entity.RoleMember, Areas: []entity.AreaID{"hall"}, Notify: []entity.Channel{
			{Dashboard: true}, {URL: entity.NewSecret("ntfy://ntfy.example/house")}}},
		{ID: "boss", Name: "Boss", Role: entity.RoleAdmin},
	}
	want.Rules = everyRule(t)
	for i := range want.Rules {
		if i < len(house.Rules) && !reflect.DeepEqual(house.Rules[i], want.Rules[i]) {
			t.Errorf("got  %+v\nwant %+v", house.Rules[i], want.Rules[i])
		}
	}
	if len(house.Entities) != len(want.Entities) {
		t.Fatalf("%d entities, want %d", len(house.Entities), len(want.Entities))
	}
	for i := range want.Entities {
		got, want := house.Entities[i], want.Entities[i]
		if !reflect.DeepEqual(got, want) {
			t.Errorf("got  %+v %+v\nwant %+v %+v", got, got.Spec, want, want.Spec)
		}
	}
	house.Entities, want.Entities = nil, nil
	if !reflect.DeepEqual(house, want) {
		t.Errorf("got  %+v\nwant %+v", house, want)
	}
}

func sydney(t *testing.T) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation("Australia/Sydney")
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// bathWeek is the schedule of everyKey.
func bathWeek(t *testing.T) schedule.Plan[entity.Planned] {
	t.Helper()
	const hour = 3600
	away := entity.Planned{Preset: "away", To: entity.Setting{Temp: 14_000}}
	comfort := entity.Planned{Preset: "comfort", To: entity.Setting{Temp: 21_111}}
	plan, err := schedule.NewPlan(
		schedule.PlanLine[entity.Planned]{Days: schedule.Weekdays, Points: []schedule.Point[entity.Planned]{
			{At: 6 * hour, Value: comfort}, {At: 22*hour + hour/2, Value: away}}},
		schedule.PlanLine[entity.Planned]{Days: schedule.Weekend, Points: []schedule.Point[entity.Planned]{
			{At: 8 * hour, Value: entity.Planned{To: entity.Setting{Temp: 21_500}}}, {At: 23*hour + hour/2, Value: entity.Planned{To: entity.Setting{Off: true}}}}},
	)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

package config_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"hob"
	"hob/config"
	"hob/internal/entity"
	"hob/internal/schedule"
)

func mustParse(t *testing.T, text string) *entity.House {
	t.Helper()
	house, list := config.Parse("house.yaml", []byte(text))
	if house == nil {
		t.Fatalf("refused:\n%s", asText(t, list))
	}
	house.Files = nil // there is one, and it is none
	return house
}

// The tutorial: an LED on GPIO26, and a button to ground on GPIO22 that toggles it.
func TestTutorialHouse(t *testing.T) {
	house := mustParse(t, `
boards:
  esp: {id: hob-7c9ebd, chip: esp32}
lights:
  led: {pin: esp/26}
buttons:
  button: {pin: esp/22, pull: up, press: toggle led}
`)
	want := &entity.House{
		Name: "Home", Units: "metric",
		Boards: []entity.Board{{Name: "esp", ID: "hob-7c9ebd", Chip: "esp32"}},
		Entities: []entity.Entity{
			{ID: "led", Name: "Led", Spec: &entity.Light{
				Output: entity.Output{Board: "esp", Pin: 26, Boot: entity.BootOff},
				Drive:  entity.DrivePin,
			}},
			{ID: "button", Name: "Button", Spec: &entity.Button{
				Input:     entity.Input{Board: "esp", Pin: 22, Pull: entity.PullUp, Debounce: 30 * time.Millisecond},
				HoldAfter: 600 * time.Millisecond,
				Bindings: []entity.Binding{{
					On: entity.GesturePress, Target: "led", Action: entity.Action{Verb: entity.VerbToggle},
				}},
			}},
		},
	}
	if !reflect.DeepEqual(house, want) {
		t.Errorf("got  %+v\nwant %+v", house, want)
	}
	if button := house.Entities[1].Spec.(*entity.Button); !button.ActiveLow() {
		t.Error("a button with a pull-up is pressed when the pin is low")
	}
}

// Every key that exists, with a value that is not its default.
const everyKey = `
home:
  name: Lindenweg
  location: {latitude: -33.8688, longitude: 151.2093}
  timezone: Australia/Sydney
  units: imperial
boards:
  hall: {id: hob-7c9ebd, chip: esp32, address: hall.lan:8080, status_led: 2}
  yard: {id: hob-000001, chip: esp32, i2c: {sda: 21, scl: 22}}
  shed: {id: hob-a0b765c3d412, chip: esp32c3}
areas:
  living_room:
  hall: {name: Entrance}
lights:
  strip: {ws2812: hall/18, count: 60, order: rgb, fade: 1s, min_brightness: 2.5%, boot: on}
  stairs: {name: Stairs, area: hall, icon: stairs-up, pwm: hall/19, fade: 400ms, min_brightness: 4%, boot: restore,
    off_after: 30m, max_on: 1h30m, lease: 60s}
  plain: {pin: hall/21, interlock: valves, was: plane}
switches:
  pump: {name: Pump, area: living_room, icon: water-pump, pin: hall/16, inverted: true, boot: restore,
    off_after: 10m, max_on: 2h, lease: 1m, interlock: valves, interlock_wait: 2s}
  valve: {pin: hall/17, interlock: valves, interlock_wait: 500ms}
  other: {pin: hall/22, interlock: valves}
contacts:
  window: {name: Window, area: hall, icon: window-open, pin: hall/26, pull: down, inverted: true, debounce: 50ms, class: window}
  plain_contact: {pin: hall/34}
buttons:
  bell: {name: Bell, area: hall, icon: bell, pin: hall/25, pull: none, inverted: true, debounce: 20ms,
    press: toggle plain, double: stairs 12.5%, hold: pump off, hold_after: 800ms}
  remote: {pin: shed/3, pull: up, press: "strip on 40% #ff8800", double: stairs on, hold: bath boost 24°C 30m}
sensors:
  outside: {name: Outside, area: hall, icon: leaf, type: sht3x, board: yard, address: 0x45, every: 1m, offset: -0.4°C, plausible: -30..60°C}
  plain_sensor: {type: ds18b20, pin: yard/4}
  moist: {type: dht22, pin: yard/13, every: 2s}
  tank: {type: ntc, pin: yard/36, beta: 3950, r25: 10k, series: 4.7k}
  level: {type: analog, pin: yard/39, at_zero: -1.5, at_full: 100, unit: "%"}
  water: {type: pulse, pin: yard/34, per_unit: 450, unit: L}
garage_doors:
  left: {name: Left door, area: hall, icon: garage, relay: yard/25, inverted: true, pulse: 700ms, closed_reed: yard/32,
    open_reed: yard/35, travel: 18s, unattended_close: {warn: yard/27, for: 6s, inverted: true}}
  right: {relay: yard/26}
heaters:
  bath:
    {name: Bath, area: hall, icon: shower, relay: yard/16, inverted: true, sensor: outside, range: 5..25°C, hysteresis: 0.3°C,
     min_on: 2m, min_off: 4m, sensor_lost: {after: 10m, then: off}, presets: {away: 14°C, holiday: off, comfort: 70°F},
     schedule: {mon-fri: "06:00 comfort, 22:30 away", sat-sun: [08:00 21.5°C, 23:30 off]},
     frost: 6°C, fallback: 12°C, boost: {to: 24°C, for: 30m}, windows: [window], manual: 2h}
  plain_heater: {relay: yard/17, sensor: plain_sensor}
  garage_heater: {relay: yard/23, sensor: moist, fallback: off, manual: forever}
coolers:
  ac: {relay: yard/18, sensor: moist, range: 20..30°C, manual: until_next}
scenes:
  night: {name: Good night, area: hall, icon: moon, pump: off, stairs: 5%, bath: away, left: close, anna: home, alarm: arm_home}
  late: {night: on, bath: 21°C for 2h}
people:
  anna: {name: Anna, icon: cat}
alarm: {name: Alarm system, icon: shield, exit_delay: 20s, entry_delay: 10s, watches: {away: [window, plain_contact], home: [window]},
  siren: pump, code: "0123"}
users:
  leo: {name: Leo, role: member, areas: [hall], notify: [dashboard, "ntfy://ntfy.example/house"]}
  boss: {role: admin}
rules:
  clock:
    name: By the clock
    when: [{time: ["06:30", "23:45:30"], days: mon-fri}, {cron: "30 6 * * mon-fri"}, {sun: sunset-20m, days: sat, random: 20m}, {time: "19:30", random: 1h30m}, {every: 6h}]
    if: {all: [{time: 22:00..06:00}, {any: [{days: sat-sun}, {sun: up}]}, {not: {alarm: disarmed}}, {expr: "bath.target < 18"}], outside: below 3°C, stairs: above 40%}
    do: [pump on, open left, delay 10m, notify leo "It is done", notify all At last, {if: {pump: on}, then: stop, else: [pump off]},
      {wait: {left: closed}, for: 5m}, {do: stairs off, on_failure: stop},
      {webhook: "https://hooks.example/house", method: put, body: "night", headers: {X-House: lindenweg}, timeout: 5s, retries: 2, on_failure: stop},
      {webhook: "http://hooks.example/"}]
    may_open: [left]
    mode: restart
    cooldown: 1h
    missed: run within 2h
  events:
    when: [{left: open, from: closed, for: 10m}, {outside: below 3°C, hysteresis: 0.5°C, for: 15m}, {moist: humidity above 65%},
      {bath: above 24°C}, {level: above 80%}, {bell: double}, {board: hall, is: offline, for: 1m}, {webhook: gate}, {startup: true}]
    do: bath away
    missed: latest
    enabled: false
tests:
  a night:
    given: {time: "2026-11-25 21:30", pump: on, window: open, outside: 2.5°C humidity 60%, anna: away, bath: comfort, alarm: armed_home, left: open, offline: shed}
    when:
      - {at: sunset-20m}
      - {at: "2026-11-26 08:00", board: shed, is: online}
      - {after: 10m, bell: double, stairs: 40%}
      - {webhook: gate, startup: true}
      - {at: "23:45", run: clock}
    then:
      - {at: "22:00", pump: on, stairs: 40%}
      - {done: [pump on, open left], not_done: bath away, notice: It is done, no_notice: At last}
      - {rule: clock, outcome: skipped, reason: the alarm}
      - {rule: events, outcome: none}
`

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

// everyRule is what the rules of everyKey are.
func everyRule(t *testing.T) []entity.Rule {
	t.Helper()
	cron, err := schedule.ParseCron("30 6 * * mon-fri")
	if err != nil {
		t.Fatal(err)
	}
	sun, err := schedule.ParseSun("sunset-20m")
	if err != nil {
		t.Fatal(err)
	}
	clock := func(raw string) schedule.Clock {
		c, err := schedule.ParseClock(raw)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	do := func(target entity.ID, verb entity.Verb) entity.Step {
		return entity.Do{Task: entity.Task{Target: target, Action: entity.Action{Verb: verb}}}
	}
	cold := entity.Threshold{Entity: "outside", Of: entity.QuantityValue, Below: true, Than: 3}
	return []entity.Rule{
		{
			ID: "clock", Name: "By the clock", Enabled: true,
			When: []entity.Trigger{
				entity.AtTimes{Times: schedule.Times{Clocks: []schedule.Clock{clock("06:30"), clock("23:45:30")}, Days: schedule.Weekdays}},
				entity.AtCron{Cron: cron},
				entity.AtSun{Sun: sun, Days: schedule.DaysOf(time.Saturday), Random: schedule.Random{Within: 20 * time.Minute, Seed: "clock"}},
				entity.AtTimes{Times: schedule.Times{Clocks: []schedule.Clock{clock("19:30")}, Days: schedule.EveryDay,
					Random: schedule.Random{Within: 90 * time.Minute, Seed: "clock"}}},
				entity.AtEvery{Every: schedule.Every(6 * time.Hour)},
			},
			If: entity.All{
				entity.All{
					entity.InWindow{Window: schedule.Window{From: clock("22:00"), To: clock("06:00")}},
					entity.Any{entity.OnDays{Days: schedule.Weekend}, entity.SunIs{Up: true}},
					entity.Not{Condition: entity.InState{Entity: "alarm", State: "disarmed"}},
					entity.Expr{Text: "bath.target < 18"},
				},
				entity.AtLevel{Threshold: cold},
				entity.AtLevel{Threshold: entity.Threshold{Entity: "stairs", Of: entity.QuantityBrightness, Than: 40}},
			},
			Do: []entity.Step{
				do("pump", entity.VerbOn), do("left", entity.VerbOpen), entity.Delay{For: 10 * time.Minute},
				entity.Notify{User: "leo", Text: "It is done"}, entity.Notify{Everyone: true, Text: "At last"},
				entity.Choose{If: entity.InState{Entity: "pump", State: "on"}, Then: []entity.Step{entity.Stop{}}, Else: []entity.Step{do("pump", entity.VerbOff)}},
				entity.Wait{Until: entity.InState{Entity: "left", State: "closed"}, AtMost: 5 * time.Minute},
				entity.Do{Task: entity.Task{Target: "stairs", Action: entity.Action{Verb: entity.VerbOff}}, StopIfFailed: true},
				entity.Call{URL: entity.NewSecret("https://hooks.example/house"), Method: "PUT", Body: "night", Timeout: 5 * time.Second, Retries: 2,
					Headers: []entity.Header{{Name: "X-House", Value: entity.NewSecret("lindenweg")}}, StopIfFailed: true},
				entity.Call{URL: entity.NewSecret("http://hooks.example/"), Method: "POST", Timeout: 10 * time.Second},
			},
			MayOpen: []entity.ID{"left"}, Mode: entity.ModeRestart, Cooldown: time.Hour,
			Missed: entity.Missed{Policy: entity.MissedRun, Within: 2 * time.Hour},
		},
		{
			ID: "events", Name: "Events",
			When: []entity.Trigger{
				entity.OnState{Entity: "left", To: "open", From: "closed", For: 10 * time.Minute},
				entity.OnLevel{Threshold: cold, Hysteresis: 0.5, For: 15 * time.Minute},
				entity.OnLevel{Threshold: entity.Threshold{Entity: "moist", Of: entity.QuantityHumidity, Than: 65}},
				entity.OnLevel{Threshold: entity.Threshold{Entity: "bath", Of: entity.QuantityTemperature, Than: 24}},
				entity.OnLevel{Threshold: entity.Threshold{Entity: "level", Of: entity.QuantityValue, Than: 80}},
				entity.OnGesture{Button: "bell", Gesture: entity.GestureDouble},
				entity.OnBoard{Board: "hall", For: time.Minute},
				entity.OnWebhook{Name: entity.NewSecret("gate")},
				entity.OnStart{},
			},
			Do: []entity.Step{do("bath", "away")}, Mode: entity.ModeSingle,
			Missed: entity.Missed{Policy: entity.MissedLatest, Within: time.Hour},
		},
	}
}

// A field of the House that no key fills would be zero here.
func TestEveryFieldOfTheHouseHasAKey(t *testing.T) {
	house := mustParse(t, everyKey)
	filled := make(map[string]bool)
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Pointer, reflect.Interface:
			if !v.IsNil() {
				walk(v.Elem())
			}
		case reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i))
			}
		case reflect.Struct:
			if v.Type().PkgPath() != reflect.TypeFor[entity.House]().PkgPath() {
				return // a value of a package that has its own tests
			}
			for i := range v.NumField() {
				name := v.Type().Name() + "." + v.Type().Field(i).Name
				filled[name] = filled[name] || !v.Field(i).IsZero()
				walk(v.Field(i))
			}
		}
	}
	walk(reflect.ValueOf(house))
	for name, ok := range filled {
		switch name {
		case "Action.Code", "Action.Confirm": // a person's, not the file's
		case "RGB.B": // of the one colour that the file has
		case "House.Files": // where it was read from
		case "Button.Awaited": // of rules, which are switched off here
		case "OnBoard.Online": // false is a value of its own here
		default:
			if !ok {
				t.Errorf("no key of the file fills %s", name)
			}
		}
	}
}

// A button's board has to look for what only a rule waits for.
func TestAButtonKnowsWhatRulesWaitFor(t *testing.T) {
	house := mustParse(t, `
boards: {hall: {id: hob-7c9ebd, chip: esp32}}
switches: {porch: {pin: hall/16}}
buttons: {bell: {pin: hall/25, pull: up, press: toggle porch, hold_after: 1s}, other: {pin: hall/26, pull: up}}
rules:
  long: {when: [{bell: hold}, {time: "08:00"}], do: [porch off]}
  twice: {when: {bell: double}, do: [porch off], enabled: false}
  again: {when: {bell: hold}, do: [porch on], cooldown: 1m}
`)
	bell, other := house.Entities[1].Spec.(*entity.Button), house.Entities[2].Spec.(*entity.Button)
	if !slices.Equal(bell.Awaited, []entity.Gesture{entity.GestureHold}) || other.Awaited != nil {
		t.Errorf("awaited: %q and %q", bell.Awaited, other.Awaited)
	}
	if got := entity.Features(bell); !slices.Equal(got, []string{"press", "hold"}) {
		t.Errorf("features: %q", got)
	}
}

func TestSampleHouseIsCleanAndShowsEverything(t *testing.T) {
	house, list := config.Parse("config.yaml", hob.SampleConfig)
	if house == nil || len(list) != 0 {
		t.Fatalf("the sample house is not clean:\n%s", asText(t, list))
	}
	chips := map[string]int{}
	for _, b := range house.Boards {
		chips[b.Chip]++
	}
	if len(house.Boards) != 3 || chips["esp32"] != 2 || chips["esp32c3"] != 1 || len(house.Areas) != 5 {
		t.Errorf("%d areas, boards %v", len(house.Areas), chips)
	}
	kinds, drives := map[entity.Kind]int{}, map[entity.Drive]int{}
	inArea := map[entity.AreaID]int{}
	at := map[entity.ID]entity.BoardName{}
	for _, e := range house.Entities {
		kinds[e.Kind()]++
		if points := e.Spec.Points(); len(points) > 0 { // what hangs on a board hangs somewhere
			inArea[e.Area]++
			at[e.ID] = points[0].Board
		}
		if l, ok := e.Spec.(*entity.Light); ok {
			drives[l.Drive]++
		}
	}
	if len(kinds) != 10 || len(drives) != 3 || len(inArea) != 5 || inArea[""] != 0 {
		t.Errorf("kinds %v, drives %v, areas %v", kinds, drives, inArea)
	}
	onBoard, across := 0, 0
	for _, e := range house.Entities {
		if b, ok := e.Spec.(*entity.Button); ok {
			for _, bind := range b.Bindings {
				if at[bind.Target] == b.Board {
					onBoard++
				} else {
					across++
				}
			}
		}
	}
	if onBoard == 0 || across == 0 {
		t.Errorf("%d bindings on a board, %d across boards", onBoard, across)
	}
}

// Names, chosen words and numbers are read from the text as written; what other
// readers of YAML make of it does not matter.
func TestScalarsAreReadAsWritten(t *testing.T) {
	for _, raw := range []string{
		"off", "no", "true", "null", "~", "010", "0x1F", "1e3", "1_000", "23:45", ".inf", "2026-11-22", "=", "<", "-1", "+5",
	} {
		house := mustParse(t, "home: {name: "+raw+"}\nboards: {hall: {id: hob-7c9ebd, chip: esp32}}\n")
		if house.Name != raw {
			t.Errorf("name %s became %q", raw, house.Name)
		}
	}
	for _, raw := range []string{"off", `"off"`, "'off'"} {
		house := mustParse(t, "boards: {hall: {id: hob-7c9ebd, chip: esp32}}\nswitches: {a: {pin: hall/16, boot: "+raw+"}}\n")
		if boot := house.Entities[0].Spec.(*entity.Switch).Boot; boot != entity.BootOff {
			t.Errorf("boot: %s became %q", raw, boot)
		}
	}
}

func TestAliasStandsForItsAnchor(t *testing.T) {
	house := mustParse(t, `
boards: {hall: &board {id: hob-7c9ebd, chip: esp32}}
switches:
  a: {pin: hall/16, off_after: &time 30m, name: &name Twin}
  b: {pin: hall/17, off_after: *time, name: *name}
`)
	a, b := house.Entities[0], house.Entities[1]
	if b.Name != "Twin" || b.Spec.(*entity.Switch).OffAfter != a.Spec.(*entity.Switch).OffAfter {
		t.Errorf("got %+v %+v", b, b.Spec)
	}
}

// The order of the file is the order in which people see things.
func TestEntitiesKeepTheOrderOfTheFile(t *testing.T) {
	house := mustParse(t, `
contacts: {z: {pin: hall/32}}
switches: {m: {pin: hall/16}, a: {pin: hall/17}}
boards: {hall: {id: hob-7c9ebd, chip: esp32}}
lights: {b: {pin: hall/18}}
`)
	var order []entity.ID
	for _, e := range house.Entities {
		order = append(order, e.ID)
	}
	if want := []entity.ID{"z", "m", "a", "b"}; !reflect.DeepEqual(order, want) {
		t.Errorf("got %v, want %v", order, want)
	}
}

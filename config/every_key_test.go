package config_test

import (
	"reflect"
	"testing"

	"hob/internal/entity"
)

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

package plan_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"hob/config"
	"hob/config/plan"
	"hob/internal/entity"
	"hob/internal/wire"
)

const base = `
home: {name: Lindenweg, timezone: Europe/Berlin, location: {latitude: 52.52, longitude: 13.40}}
boards:
  hall: {id: hob-7c9ebd, chip: esp32}
  shed: {id: hob-a0b765, chip: esp32}
areas: {hall: {name: Hall}}
switches:
  porch: {name: Porch lamp, area: hall, pin: hall/16, max_on: 2h}
  fan: {pin: hall/17}
  pump: {pin: shed/16}
lights: {stairs: {pwm: hall/19, fade: 400ms}}
buttons: {bell: {pin: hall/32, pull: up, press: toggle porch, hold: pump on}}
contacts: {door: {pin: hall/33, pull: up}}
sensors: {temp: {type: ds18b20, pin: hall/4}}
heaters: {heat: {relay: shed/21, sensor: temp, schedule: {daily: [06:00 comfort, 22:30 sleep]}}}
garage_doors: {left: {relay: shed/25, closed_reed: shed/32}}
scenes: {night: {porch: off}}
alarm: {watches: {away: [door]}, code: "1111"}
users: {anna: {role: admin, notify: ["ntfy://ntfy.example/aaa"]}}
rules:
  dusk: {when: {sun: sunset-20m}, do: [porch on]}
  early: {when: {time: "06:30"}, do: [fan on]}
`

func parse(t *testing.T, text string) *entity.House {
	t.Helper()
	house, list := config.Parse("config.yaml", []byte(text))
	if house == nil {
		t.Fatalf("refused: %v\n%s", list, text)
	}
	return house
}

// now is a winter's noon in Berlin.
func now() time.Time { return time.Date(2026, 1, 15, 11, 0, 0, 0, time.UTC) }

// edit replaces parts of the base, each of which has to be there.
func edit(t *testing.T, replace ...string) *entity.House {
	t.Helper()
	text := base
	for i := 0; i < len(replace); i += 2 {
		if !strings.Contains(text, replace[i]) {
			t.Fatalf("the base has no %q", replace[i])
		}
		text = strings.Replace(text, replace[i], replace[i+1], 1)
	}
	return parse(t, text)
}

func TestWhatEditsWouldDo(t *testing.T) {
	for name, c := range map[string]struct {
		edit []string
		want string
	}{
		"nothing":   {nil, "Nothing would change.\n"},
		"a comment": {[]string{"areas:", "# rooms\nareas:"}, "Nothing would change.\n"},
		"a name":    {[]string{"Porch lamp", "Porch"}, "switch porch: changed\n  name: Porch lamp -> Porch\nNo output moves.\n"},
		"a new switch": {[]string{"  pump:", "  new: {pin: hall/18}\n  pump:"},
			"switch new: added\nThe board hall gets a new configuration; what has not changed on it is not touched.\nNo output moves.\n"},
		"one that starts on": {[]string{"  pump:", "  new: {pin: hall/18, boot: on}\n  pump:"},
			"switch new: added\nThe board hall gets a new configuration; what has not changed on it is not touched.\nnew (hall/18) goes on: it is new, with boot: on.\n"},
		"a removed one": {[]string{"  fan: {pin: hall/17}\n", "", "do: [fan on]", "do: [porch off]"},
			"switch fan: removed\nrule early: changed\n  do: fan on -> porch off\n" +
				"  next runs: Fri 16 Jan 06:30, Sat 17 Jan 06:30, Sun 18 Jan 06:30\n" +
				"The board hall gets a new configuration; what has not changed on it is not touched.\n" +
				"fan (hall/17) goes off if it is on: nothing is left on this pin.\n"},
		"a rename": {[]string{"  fan: {pin: hall/17}", "  vent: {pin: hall/17, was: fan, name: Fan}", "do: [fan on]", "do: [vent on]"},
			"switch vent: renamed, was fan\nrule early: changed\n  do: fan on -> vent on\n" +
				"  next runs: Fri 16 Jan 06:30, Sat 17 Jan 06:30, Sun 18 Jan 06:30\nNo output moves.\n"},
		"a call, whose address is nobody's business": {[]string{"do: [fan on]", "do: [{do: fan on, on_failure: stop}, {webhook: \"https://hooks.example/t0k3n?key=t0k3n\", headers: {A: t0k3n}, retries: 2}]"},
			"rule early: changed\n  do: fan on -> fan on or stop, webhook POST to hooks.example, timeout 10s, retries 2\n" +
				"  next runs: Fri 16 Jan 06:30, Sat 17 Jan 06:30, Sun 18 Jan 06:30\nNo output moves.\n"},
		"another pin": {[]string{"hall/16, max_on", "hall/18, max_on"},
			"switch porch: changed\n  pin: hall/16 -> hall/18\nThe board hall gets a new configuration; what has not changed on it is not touched.\n" +
				"porch (hall/16) goes off if it is on: nothing is left on this pin.\n"},
		"inverted": {[]string{"{pin: hall/17}", "{pin: hall/17, inverted: true}"},
			"switch fan: changed\n  inverted: false -> true\nThe board hall gets a new configuration; what has not changed on it is not touched.\n" +
				"fan (hall/17) is set up anew in its boot state (off): it is driven in another way.\n"},
		"a switch that becomes a lamp": {[]string{"  fan: {pin: hall/17}\n", "", "stairs: {", "fan: {pin: hall/17}, stairs: {"},
			"light fan: changed\n  kind: switch -> light\n  drive: none -> pin\nNo output moves.\n"},
		"a tighter limit": {[]string{"max_on: 2h", "max_on: 90m"},
			"switch porch: changed\n  max_on: 2h -> 1h30m\nThe board hall gets a new configuration; what has not changed on it is not touched.\n" +
				"porch (hall/16) goes off if it has been on for 1h30m.\n"},
		"a looser limit": {[]string{"max_on: 2h", "max_on: 3h"},
			"switch porch: changed\n  max_on: 2h -> 3h\nThe board hall gets a new configuration; what has not changed on it is not touched.\nNo output moves.\n"},
		"a binding on the board": {[]string{"toggle porch", "toggle fan"},
			"button bell: changed\n  bindings: press: porch toggle, hold: pump on -> " +
				"press: fan toggle, hold: pump on\n" +
				"The board hall gets a new configuration; what has not changed on it is not touched.\nNo output moves.\n"},
		"a binding of the server": {[]string{"hold: pump on", "hold: pump off"},
			"button bell: changed\n  bindings: press: porch toggle, hold: pump on -> " +
				"press: porch toggle, hold: pump off\nNo output moves.\n"},
		"a schedule": {[]string{"06:00 comfort", "07:00 comfort"},
			"heater heat: changed\n  schedule daily 06:00: comfort -> none\n  schedule daily 07:00: none -> comfort\nheat (shed/21) may switch: what it is to hold, or how closely, differs.\n"},
		"a sensor that is fed": {[]string{"ds18b20, pin: hall/4", "ds18b20, pin: hall/4, offset: 1°C"},
			"sensor temp: changed\n  offset: 0°C -> 1°C\nThe board hall gets a new configuration; what has not changed on it is not touched.\n" +
				"No output moves.\n"},
		"what its board may find plausible": {[]string{"ds18b20, pin: hall/4", "ds18b20, pin: hall/4, plausible: 0..40°C"},
			"sensor temp: changed\n  low: -55°C -> 0°C\n  high: 125°C -> 40°C\nThe board hall gets a new configuration; what has not changed on it is not touched.\n" +
				"The board shed gets a new configuration; what has not changed on it is not touched.\nNo output moves.\n"},
		"some days of a schedule": {[]string{"daily: [06:00 comfort, 22:30 sleep]", "mon-fri: [06:00 away, 22:30 sleep], sun: [08:00 20°C]"},
			"heater heat: changed\n  schedule mon-fri 06:00: comfort -> away\n  schedule sat-sun 06:00: comfort -> none\n" +
				"  schedule sat-sun 22:30: sleep -> none\n  schedule sun 08:00: none -> 20°C\n" +
				"heat (shed/21) may switch: what it is to hold, or how closely, differs.\n"},
		"a delay": {[]string{"do: [fan on]", "do: [fan on, delay 90s, fan off]"},
			"rule early: changed\n  do: fan on -> fan on, delay 1m30s, fan off\n" +
				"  next runs: Fri 16 Jan 06:30, Sat 17 Jan 06:30, Sun 18 Jan 06:30\nNo output moves.\n"},
		"an interval": {[]string{"{time: \"06:30\"}", "{every: 6h}"},
			"rule early: changed\n  when: 06:30 daily -> every 6h\n" +
				"  next runs: Thu 15 Jan 18:00, Fri 16 Jan 00:00, Fri 16 Jan 06:00\nNo output moves.\n"},
		"a rule that is switched off": {[]string{"early: {when", "early: {enabled: false, when"},
			"rule early: changed\n  enabled: true -> false\nNo output moves.\n"},
		"a time zone": {[]string{"Europe/Berlin", "Europe/London"},
			"house: changed\n  timezone: Europe/Berlin -> Europe/London\n" +
				"rule dusk: changed\n  next run: 2026-01-15T16:02:09+01:00 -> 2026-01-15T15:02:09Z\n" +
				"  next runs: Thu 15 Jan 15:02, Fri 16 Jan 15:03, Sat 17 Jan 15:05\n" +
				"rule early: changed\n  next run: 2026-01-16T06:30:00+01:00 -> 2026-01-16T06:30:00Z\n" +
				"  next runs: Fri 16 Jan 06:30, Sat 17 Jan 06:30, Sun 18 Jan 06:30\nNo output moves.\n"},
		"a place": {[]string{"longitude: 13.40", "longitude: 23.40"},
			"house: changed\n  location: latitude 52.52, longitude 13.4 -> latitude 52.52, longitude 23.4\n" +
				"rule dusk: changed\n  next run: 2026-01-15T16:02:09+01:00 -> 2026-01-15T15:22:06+01:00\n" +
				"  next runs: Thu 15 Jan 15:22, Fri 16 Jan 15:23, Sat 17 Jan 15:25\nNo output moves.\n"},
		"a code":                  {[]string{"1111", "2222"}, "alarm alarm: changed\n  code: set -> another\nNo output moves.\n"},
		"an address with a token": {[]string{"/aaa", "/bbb"}, "user anna: changed\n  notify: url set -> another\nNo output moves.\n"},
		"a rule": {[]string{"sunset-20m", "sunset-30m"},
			"rule dusk: changed\n  when: sunset-20m daily -> sunset-30m daily\n" +
				"  next runs: Thu 15 Jan 15:52, Fri 16 Jan 15:53, Sat 17 Jan 15:55\nNo output moves.\n"},
		"times that are moved": {[]string{`{time: "06:30"}`, `{time: "06:30", random: 20m}`, "sunset-20m", "sunset-20m, random: 1h30m"},
			"rule dusk: changed\n  when: sunset-20m daily -> sunset-20m ± 1h30m daily\n" +
				"  next runs: Thu 15 Jan 16:57, Fri 16 Jan 16:19, Sat 17 Jan 14:38\n" +
				"rule early: changed\n  when: 06:30 daily -> 06:30 ± 20m daily\n" +
				"  next runs: Fri 16 Jan 06:45, Sat 17 Jan 06:13, Sun 18 Jan 06:19\nNo output moves.\n"},
		"the house": {[]string{"Lindenweg", "Home"}, "house: changed\n  name: Lindenweg -> Home\nNo output moves.\n"},
		"a board's name": {[]string{"  shed:", "  barn:", "shed/16", "barn/16", "shed/21", "barn/21", "shed/25", "barn/25", "shed/32", "barn/32"},
			"board barn: added\nboard shed: removed\nswitch pump: changed\n  pin: shed/16 -> barn/16\nheater heat: changed\n  relay: shed/21 -> barn/21\n" +
				"garage_door left: changed\n  relay: shed/25 -> barn/25\n  closed: board shed, pin 32, pull up, debounce 50ms -> board barn, pin 32, pull up, debounce 50ms\nNo output moves.\n"},
	} {
		t.Run(name, func(t *testing.T) {
			p := plan.Compare(parse(t, base), edit(t, c.edit...), now())
			var out strings.Builder
			if err := p.WriteText(&out); err != nil {
				t.Fatal(err)
			}
			if out.String() != c.want {
				t.Errorf("got:\n%s\nwant:\n%s", out.String(), c.want)
			}
			if strings.Contains(out.String(), "2222") || strings.Contains(out.String(), "bbb") {
				t.Error("a secret is shown")
			}
		})
	}
}

func TestAHouseDoesNotDifferFromItself(t *testing.T) {
	if p := plan.Compare(parse(t, base), parse(t, base), now()); !p.Empty() || len(p.Moves) > 0 {
		t.Errorf("got %+v", p)
	}
}

// The other way round is told too: what is added one way is removed the other.
func TestPlansGoBothWays(t *testing.T) {
	a, b := parse(t, base), edit(t, "  pump:", "  new: {pin: hall/18}\n  pump:")
	there, back := plan.Compare(a, b, now()), plan.Compare(b, a, now())
	if len(there.Changes) != 1 || len(back.Changes) != 1 || there.Changes[0].Op != plan.Added || back.Changes[0].Op != plan.Removed {
		t.Errorf("%+v, %+v", there, back)
	}
}

func TestJSONHasNoNulls(t *testing.T) {
	for _, h := range []*entity.House{parse(t, base), edit(t, "Porch lamp", "Porch"), edit(t, "{time: \"06:30\"}", "{every: 1h}")} {
		text, err := json.Marshal(plan.Compare(parse(t, base), h, now()))
		if err != nil || strings.Contains(string(text), "null") {
			t.Errorf("%s, %v", text, err)
		}
	}
}

// The boards of a plan are those whose configuration on the link differs.
func TestBoardsAreThoseThatTheLinkWouldConfigure(t *testing.T) {
	const plain = `
boards:
  hall: {id: hob-7c9ebd, chip: esp32, i2c: {sda: 21, scl: 22}}
  shed: {id: hob-a0b765, chip: esp32}
switches: {porch: {pin: hall/16}, fan: {pin: hall/17, off_after: 30m}, pump: {pin: shed/16, lease: 60s}}
lights: {stairs: {pwm: hall/19, fade: 400ms}, lamp: {pin: shed/17}, strip: {ws2812: shed/18, count: 10}}
buttons: {bell: {pin: hall/32, pull: up, press: toggle porch, hold: pump on}}
contacts: {door: {pin: hall/33, pull: up, class: door}, pane: {pin: hall/14, pull: up}}
sensors:
  near: {type: ds18b20, pin: shed/4, every: 30s}
  far: {type: ds18b20, pin: hall/4, every: 30s}
  air: {type: dht22, pin: hall/13}
  roof: {type: sht3x, board: hall, address: 0x44}
  tank: {type: ntc, pin: hall/36, beta: 3950, r25: 10k, series: 10k}
  water: {type: pulse, pin: hall/39, per_unit: 450, unit: L}
heaters:
  bath: {relay: shed/21, sensor: near, range: 5..25°C, presets: {away: 14°C}, schedule: {daily: [06:00 20°C, 22:00 away]}}
  loft: {relay: shed/22, sensor: far, windows: [pane]}
coolers: {cold: {relay: hall/18, sensor: near, range: 20..30°C}}
garage_doors:
  left: {relay: shed/25, pulse: 500ms, closed_reed: shed/32, open_reed: shed/33, travel: 18s, unattended_close: {warn: shed/27, for: 6s}}
  right: {relay: shed/26}
scenes: {night: {porch: off}}
`
	for _, replace := range [][2]string{
		{"chip: esp32, i2c", "chip: esp32, status_led: 2, i2c"}, {"sda: 21, scl: 22", "sda: 21, scl: 23"}, {"porch: {", "porch: {name: X, "}, {"porch: {", "porch: {boot: on, "},
		{"off_after: 30m", "off_after: 31m"}, {"lease: 60s", "lease: 61s"}, {"fade: 400ms", "fade: 1s"}, {"pin: shed/17", "pin: shed/23"},
		{"count: 10", "count: 10, order: rgb"}, {"toggle porch", "porch on"}, {"toggle porch", "pump off"}, {"hold: pump on", "hold: pump off"},
		{"scenes: {", "rules: {r: {when: {bell: double}, do: [pump on]}}\nscenes: {"}, {"scenes: {", "rules: {r: {when: {bell: press}, do: [pump on]}}\nscenes: {"},
		{"hold: pump on", "double: pump on"}, {"class: door", "class: window"}, {"pull: up, class", "pull: down, class"},
		{"lights: {stairs", "lights: {hall_stairs"}, {"stairs: {pwm: hall/19", "stairs: {pwm: hall/23"}, {"door: {", "door: {debounce: 60ms, "},
		{"shed: {id: hob-a0b765", "shed: {id: hob-a0b766"}, {"pull: up, press", "pull: up, hold_after: 1s, press"},

		{"shed/4, every: 30s", "shed/4, every: 1m"}, {"shed/4, every: 30s", "shed/4, every: 30s, offset: 1°C"}, {"shed/4, every: 30s", "shed/4, every: 30s, plausible: 0..40°C"},
		{"hall/4, every: 30s", "hall/4, every: 1m"}, {"hall/4, every: 30s", "hall/4, every: 30s, offset: 1°C"}, {"hall/4, every: 30s", "hall/4, every: 30s, plausible: 0..40°C"},
		{"near: {", "near: {name: X, "}, {"type: dht22", "type: dht22, offset: 1°C"}, {"0x44", "0x45"}, {"beta: 3950", "beta: 3951"}, {"r25: 10k", "r25: 11k"},
		{"series: 10k", "series: 11k"}, {"per_unit: 450", "per_unit: 451"}, {"unit: L", "unit: m³"}, {"pin: hall/39", "pin: hall/35"}, {"unit: L", "unit: L, every: 5m"},

		{"range: 5..25°C", "range: 5..26°C"}, {"range: 5..25°C", "range: 5..25°C, hysteresis: 1°C"}, {"range: 5..25°C", "range: 5..25°C, min_on: 7m"},
		{"range: 5..25°C", "range: 5..25°C, min_off: 7m"}, {"range: 5..25°C", "range: 5..25°C, frost: 6°C"}, {"range: 5..25°C", "range: 5..25°C, fallback: 12°C"},
		{"range: 5..25°C", "range: 5..25°C, sensor_lost: {after: 20m, then: off}"}, {"range: 5..25°C", "range: 5..25°C, manual: 2h"}, {"range: 5..25°C", "range: 5..25°C, inverted: true"},
		{"range: 5..25°C", "range: 5..25°C, boost: {to: 24°C, for: 30m}"}, {"away: 14°C", "away: 15°C"}, {"06:00 20°C", "07:00 20°C"}, {"sensor: far, windows: [pane]", "sensor: far"},
		{"sensor: far", "sensor: near"}, {"relay: shed/22", "relay: shed/23"}, {"range: 20..30°C", "range: 21..30°C"}, {"coolers: {cold", "coolers: {ice"}, {"sensor: near, range: 20", "sensor: far, range: 20"},

		{"pulse: 500ms", "pulse: 600ms"}, {"travel: 18s", "travel: 20s"}, {"for: 6s", "for: 7s"}, {"warn: shed/27", "warn: shed/14"}, {", open_reed: shed/33", ""},
		{"closed_reed: shed/32", "closed_reed: shed/14"}, {"left: {", "left: {name: X, "}, {"right: {", "right: {inverted: true, "}, {"relay: shed/26", "relay: shed/14"},
		{", unattended_close: {warn: shed/27, for: 6s}", ""}, {"scenes: {night: {porch: off}}", "scenes: {night: {porch: on}}"},
	} {
		edited := strings.Replace(plain, replace[0], replace[1], 1)
		if edited == plain {
			t.Fatalf("nothing to replace: %v", replace)
		}
		a, b := parse(t, plain), parse(t, edited)
		got := plan.Compare(a, b, now()).Boards
		want := []entity.BoardName{}
		old := make(map[entity.BoardID]string)
		for _, board := range a.Boards {
			old[board.ID] = wire.ConfigOf(a, board.Name).Rev
		}
		for _, board := range b.Boards {
			if rev, ok := old[board.ID]; !ok || rev != wire.ConfigOf(b, board.Name).Rev {
				want = append(want, board.Name)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%v: the plan says %v, the link %v", replace, got, want)
		}
	}
}

// Whatever field of a declaration differs, the plan shows it.
func TestNoFieldIsForgotten(t *testing.T) {
	for _, e := range parse(t, base).Entities {
		spec := reflect.ValueOf(e.Spec).Elem()
		for i := range spec.NumField() {
			name := spec.Type().Field(i).Name
			if name == "Zone" || name == "SensorPoint" || name == "Awaited" || spec.Field(i).Kind() == reflect.Struct && spec.Field(i).NumField() == 0 {
				continue
			}
			other := parse(t, base)
			j := slices.IndexFunc(other.Entities, func(o entity.Entity) bool { return o.ID == e.ID })
			field := reflect.ValueOf(other.Entities[j].Spec).Elem().Field(i)
			if !disturb(field) {
				continue
			}
			if p := plan.Compare(parse(t, base), other, now()); len(p.Changes) == 0 {
				t.Errorf("%s: a change of %s is not told", e.ID, name)
			}
		}
	}
}

// disturb changes a value, if it knows how.
func disturb(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(v.Int() + 1)
	case reflect.Float64:
		v.SetFloat(v.Float() + 1)
	case reflect.String:
		v.SetString(v.String() + "x")
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), v.Len()+1, v.Len()+1))
	case reflect.Struct:
		return v.NumField() > 0 && v.Field(0).CanSet() && disturb(v.Field(0))
	default:
		return false
	}
	return true
}

package config_test

import (
	"strings"
	"testing"

	"hob/config"
	"hob/internal/diag"
	"hob/internal/entity"
)

// actionHouse has one of everything that can be told to do something.
const actionHouse = `
boards:
  hall: {id: hob-7c9ebd, chip: esp32, i2c: {sda: 21, scl: 22}}
  shed: {id: hob-a0b765, chip: esp32}
switches: {porch: {pin: hall/16}, on: {pin: hall/17}, off: {pin: hall/18}}
lights:
  lamp: {pin: hall/19}
  stairs: {pwm: hall/23}
  strip: {ws2812: hall/25, count: 60}
contacts: {door: {pin: hall/33, pull: up}}
sensors: {temp: {type: sht3x, board: hall}}
garage_doors:
  left: {relay: hall/26, closed_reed: hall/27, unattended_close: {warn: hall/13, for: 6s}}
  bare: {relay: hall/14}
  far: {relay: shed/16, closed_reed: shed/17}
heaters: {heat: {relay: shed/21, sensor: temp, range: 5..25°C, presets: {eco: 16°C, comfort: 21°C}}}
coolers: {ac: {relay: shed/22, sensor: temp}}
scenes: {night: {porch: off}}
people: {anna: {}}
alarm: {watches: {away: [door]}}
buttons: {b: {pin: hall/32, pull: up, press: ACTION}}
`

func parseAction(t *testing.T, text string) (entity.Binding, diag.List) {
	t.Helper()
	house, list := config.Parse("house.yaml", []byte(strings.Replace(actionHouse, "ACTION", `"`+text+`"`, 1)))
	if house == nil {
		return entity.Binding{}, list
	}
	for _, e := range house.Entities {
		if b, ok := e.Spec.(*entity.Button); ok {
			return b.Bindings[0], list
		}
	}
	t.Fatal("the button is gone")
	return entity.Binding{}, nil
}

// written is an action with all its arguments, for comparing.
func written(a entity.Action) string {
	out := string(a.Verb)
	if a.Level != nil {
		out += " " + entity.Action{Verb: entity.VerbSet, Level: a.Level}.String()
	}
	if a.Color != nil {
		out += " " + a.Color.String()
	}
	if a.Temp != nil {
		out += " " + a.Temp.String() + "°C"
	}
	if a.For != 0 {
		out += " for " + a.For.String()
	}
	return out
}

func TestActions(t *testing.T) {
	for text, want := range map[string]string{
		"toggle porch":           "porch: toggle",
		"porch on":               "porch: on",
		" porch   off ":          "porch: off",
		"toggle off":             "off: toggle", // the switch that is called off
		"on on":                  "on: on",
		"lamp on":                "lamp: on",
		"stairs 40%":             "stairs: set 40%",
		"stairs on 2.5%":         "stairs: on 2.5%",
		"strip #FF8800":          "strip: set #ff8800",
		"strip on 40% #ff8800":   "strip: on 40% #ff8800",
		"strip #ff8800 40%":      "strip: set 40% #ff8800",
		"open left":              "left: open",
		"close left":             "left: close",
		"pulse left":             "left: pulse",
		"left close":             "left: close",
		"pulse bare":             "bare: pulse",
		"heat comfort":           "heat: comfort",
		"heat eco for 2h":        "heat: eco for 2h0m0s",
		"heat 21.5°C":            "heat: set 21.5°C",
		"heat 70°F":              "heat: set 21.1°C",
		"heat 21°C for 90m":      "heat: set 21°C for 1h30m0s",
		"heat off":               "heat: off",
		"heat frost":             "heat: frost",
		"heat auto":              "heat: auto",
		"heat boost":             "heat: boost",
		"heat boost 24°C 30m":    "heat: boost 24°C for 30m0s",
		"heat boost for 10m":     "heat: boost for 10m0s",
		"heat lock":              "heat: lock",
		"heat unlock":            "heat: unlock",
		"ac sleep":               "ac: sleep", // presets that every cooler has
		"scene night":            "night: activate",
		"anna home":              "anna: home",
		"anna away":              "anna: away",
		"alarm arm_away":         "alarm: arm_away",
		"alarm disarm":           "alarm: disarm",
		"alarm arm_home":         "alarm: arm_home",
		"heat boost 24°C for 1h": "heat: boost 24°C for 1h0m0s",
	} {
		bind, list := parseAction(t, text)
		if got := string(bind.Target) + ": " + written(bind.Action); got != want || len(list) != 0 {
			t.Errorf("%q: got %q, want %q\n%s", text, got, want, asText(t, list))
		}
	}
}

func TestActionsThatAreRefused(t *testing.T) {
	for text, want := range map[string]struct {
		code       diag.Code
		at         string // what the caret stands under
		suggestion string // a part of it
	}{
		"toggle":                {diag.BadAction, "toggle", "toggle porch"},
		"toggle porch now":      {diag.BadAction, "now", "toggle porch"},
		"turn_off porch":        {diag.BadAction, "turn_off porch", "write porch off"},
		"toggel porch":          {diag.BadAction, "toggel", "toggle porch"},
		"porch toggle":          {diag.BadAction, "toggle", "write toggle porch"},
		"porch onn":             {diag.BadAction, "onn", "on?"},
		"porch 40%":             {diag.ImpossibleAction, "40%", "porch on"},
		"lamp 40%":              {diag.ImpossibleAction, "40%", "pwm"},
		"stairs 40":             {diag.MissingUnit, "40", "40%"},
		"stairs 140%":           {diag.OutOfRange, "140%", ""},
		"stairs off 40%":        {diag.BadAction, "40%", "off alone"},
		"stairs 40% 50%":        {diag.BadAction, "50%", "one"},
		"stairs #ff8800":        {diag.ImpossibleAction, "#ff8800", "ws2812"},
		"strip #f80":            {diag.BadColor, "#f80", "#ff8800"},
		"strip #ff88":           {diag.BadColor, "#ff88", "six"},
		"strip #ff8800 #00ff00": {diag.BadAction, "#00ff00", "one"},
		"open bare":             {diag.UnsafeMove, "bare", "pulse bare"},
		"close far":             {diag.UnsafeMove, "close far", "unattended_close"},
		"pulse far":             {diag.UnsafeMove, "pulse far", "unattended_close"},
		"toggle left":           {diag.ImpossibleAction, "left", "pulse left"},
		"heat 21":               {diag.MissingUnit, "21", "21°C"},
		"heat 40°C":             {diag.TargetOutside, "40°C", "5..40°C"},
		"heat cosy":             {diag.UnknownPreset, "cosy", "eco"},
		"heat comfrt":           {diag.UnknownPreset, "comfrt", "comfort"},
		"heat 21°C for":         {diag.BadAction, "for", ""},
		"heat 21°C for 2":       {diag.MissingUnit, "2", ""},
		"heat 21°C 22°C":        {diag.BadAction, "22°C", "one"},
		"heat 21°C for 1s":      {diag.OutOfRange, "1s", ""},
		"heat lock for 2h":      {diag.BadAction, "for", "lock alone"},
		"heat off 21°C":         {diag.BadAction, "21°C", "off alone"},
		"heat 2h":               {diag.BadAction, "2h", ""},
		"ac frost":              {diag.UnknownPreset, "frost", ""},
		"scene porch":           {diag.ImpossibleAction, "porch", "porch on"},
		"scene nigth":           {diag.UnknownEntity, "nigth", "night"},
		"anna gone":             {diag.BadAction, "gone", "home, away"},
		"alarm arm":             {diag.BadAction, "arm", "arm_away"},
		"temp on":               {diag.ImpossibleAction, "", "only reports"},
		"door on":               {diag.ImpossibleAction, "", "only reports"},
		"attic on":              {diag.UnknownEntity, "attic", ""},
	} {
		_, list := parseAction(t, text)
		if len(list) != 1 {
			t.Errorf("%q: %d diagnostics\n%s", text, len(list), asText(t, list))
			continue
		}
		d := list[0]
		marked := string([]rune(d.Excerpt.Text)[d.Column-d.Excerpt.From : d.EndColumn-d.Excerpt.From])
		marked = strings.Trim(marked, `"`)
		if want.at == "" {
			want.at = marked
		}
		if marked != want.at || d.Code != want.code || !strings.Contains(d.Suggestion, want.suggestion) {
			t.Errorf("%q: %s at %q: %s; %s", text, d.Code, marked, d.Message, d.Suggestion)
		}
	}
}

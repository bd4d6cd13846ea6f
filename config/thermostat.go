package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"hob/internal/diag"
	"hob/internal/entity"
	"hob/internal/schedule"
)

// thermostatYAML is a heater, or a cooler: sections of the same shape.
type thermostatYAML struct {
	commonYAML
	cools bool

	Relay      pin              `yaml:"relay" need:"true" example:"hall/21" doc:"The pin of the relay."`
	Inverted   flag             `yaml:"inverted" example:"true" default:"false" doc:"The relay is on at low level."`
	Sensor     reference        `yaml:"sensor" names:"the id of a sensor" need:"true" example:"living_temp" doc:"What it goes by; on another board the server passes the values on."`
	Range      temperatureRange `yaml:"range" min:"-30" max:"90" example:"5..25°C" default:"5..30°C, coolers 16..32°C" doc:"What a target may be. A heater is off at once above the upper end, a cooler below the lower."`
	Hysteresis degrees          `yaml:"hysteresis" min:"0" max:"10" example:"0.3°C" default:"0.5°C" doc:"The whole width of the band around the target."`
	MinOn      duration         `yaml:"min_on" min:"0s" max:"1h" unit:"s" example:"3m" default:"1m" doc:"Stays on for so long, unless safety says otherwise."`
	MinOff     duration         `yaml:"min_off" min:"0s" max:"1h" unit:"s" example:"3m" default:"1m, coolers 3m" doc:"Stays off for so long."`
	SensorLost sensorLost       `yaml:"sensor_lost" example:"{after: 10m, then: off}" default:"{after: 5m, then: off}" doc:"Off when the newest reading is older than *after*."`
	Frost      temperature      `yaml:"frost" min:"-30" max:"90" example:"5°C" default:"none" doc:"A temperature that is kept in every mode (heaters only)."`
	Fallback   setting          `yaml:"fallback" min:"-30" max:"90" example:"12°C" default:"frost, or off" doc:"What the board holds while it has no schedule, such as after a power cut without a server."`
	Presets    presets          `yaml:"presets" example:"{away: 14°C, sleep: 17°C, comfort: 21°C}" default:"away, sleep, comfort" doc:"Targets with names."`
	Schedule   weekPlan         `yaml:"schedule" example:"{mon-fri: [06:00 comfort, 22:30 sleep]}" default:"none" doc:"Days, each with times and what holds from then on: a preset, a temperature or off."`
	Manual     manual           `yaml:"manual" example:"2h" default:"until_next" doc:"How long a setting by hand holds: until the next point of the schedule, for a time, or for good."`
	Boost      boost            `yaml:"boost" example:"{to: 24°C, for: 30m}" default:"none" doc:"A high target for a while, at the touch of a button."`
	Windows    references       `yaml:"windows" names:"ids of contacts" example:"[bath_window]" default:"none" doc:"Contacts: while one is open, only frost protection is kept."`
}

// sensorLost says when a sensor that no longer answers counts as gone. There is
// one thing to do then, and the file says it, so that nobody has to guess.
type sensorLost struct {
	slot
	T sensorLostYAML
}

type sensorLostYAML struct {
	After duration `yaml:"after" min:"30s" max:"1h" unit:"s" example:"10m" need:"true" doc:"How old the newest reading may be."`
	Then  choice   `yaml:"then" oneof:"off" example:"off" default:"off" doc:"What happens then; there is one way."`
}

func (f *sensorLost) decode(v value, _ reflect.StructTag) {
	f.hold(v)
	f.valid = decodeStruct(v, &f.T)
}

// boost is a high target for a while.
type boost struct {
	slot
	T boostYAML
}

type boostYAML struct {
	To  temperature `yaml:"to" min:"-30" max:"90" need:"true" example:"24°C" doc:"The target."`
	For duration    `yaml:"for" min:"1m" max:"1d" unit:"m" need:"true" example:"30m" doc:"For how long."`
}

func (f *boost) decode(v value, _ reflect.StructTag) {
	f.hold(v)
	f.valid = decodeStruct(v, &f.T)
}

// manual says how long a setting by hand holds: until_next, 2h, forever.
type manual struct {
	slot
	value entity.Manual
}

const (
	untilNext   = "until_next"
	forEver     = "forever"
	leastManual = time.Minute
	mostManual  = 7 * 24 * time.Hour
)

func (f *manual) decode(v value, _ reflect.StructTag) {
	f.hold(v)
	raw, ok := v.text("until_next, a duration such as 2h, or forever")
	if !ok {
		return
	}
	switch raw {
	case untilNext:
		f.value, f.valid = entity.Manual{UntilNext: true}, true
		return
	case forEver:
		f.valid = true
		return
	}
	d, p := parseDuration(raw, "")
	switch {
	case p != nil && p.code == diag.BadDuration:
		p.code = diag.BadChoice
		p.message = fmt.Sprintf("%s must be until_next, a duration such as 2h, or forever, not %s", v.label(), quote(raw))
		if near := v.r.nearest(raw, []string{untilNext, forEver}); near != "" {
			p.suggestion = "did you mean " + near + "?"
		}
		v.problem(*p)
	case p != nil:
		p.message = v.label() + " " + p.message
		v.problem(*p)
	case d < leastManual || d > mostManual:
		v.problem(problem{code: diag.OutOfRange, message: fmt.Sprintf("%s must be from %s to %s, not %s",
			v.label(), formatDuration(leastManual), formatDuration(mostManual), raw), suggestion: "write forever for good"})
	default:
		f.value, f.valid = entity.Manual{For: d}, true
	}
}

// setting is a temperature or off.
type setting struct {
	slot
	value entity.Setting
}

func (f *setting) decode(v value, tags reflect.StructTag) {
	f.hold(v)
	if v.node.Value == "off" && v.untagged() {
		f.value, f.valid = entity.Setting{Off: true}, true
		return
	}
	var t temperature
	t.decode(v, tags)
	f.value, f.valid = entity.Setting{Temp: t.value}, t.valid
}

// presets are named settings, in the order of the file.
type presets struct {
	slot
	items []preset
}

type preset struct {
	name string
	to   setting
}

// maxPresets is what people can choose from at a glance.
const maxPresets = 12

func (f *presets) decode(v value, _ reflect.StructTag) {
	f.hold(v)
	entries, ok := v.mapping("a mapping of names to temperatures, such as {away: 14°C, comfort: 21°C}")
	if !ok {
		return
	}
	if len(entries) > maxPresets {
		v.problem(problem{code: diag.OutOfRange, message: fmt.Sprintf("there are %d presets; %d are the most", len(entries), maxPresets)})
	}
	for _, e := range entries {
		checkPresetName(e)
		p := preset{name: e.name}
		p.to.decode(e.value, `min:"-30" max:"90"`)
		f.items = append(f.items, p)
	}
	f.valid = true
}

// notPresets are words that mean something else where a preset's name may stand.
func notPresets() []string {
	return []string{"off", "on", "set", "toggle", "auto", "boost", "frost", "lock", "unlock", "for", untilNext, forEver}
}

func checkPresetName(e entry) {
	switch {
	case slices.Contains(notPresets(), e.name):
		e.r.errorAt(e.keySpan(), problem{code: diag.ReservedWord,
			message:    fmt.Sprintf("a preset cannot be called %s: that word means something else to a heater or cooler", quote(e.name)),
			suggestion: "use another name, such as comfort, sleep or away"})
	case !entity.ValidID(e.name):
		checkID(e)
	}
}

// What a thermostat does unless the file says otherwise. The ranges are those
// of rooms; minutes keep a relay from chattering, and three of them let the
// pressure in a compressor fall before it starts again.
const (
	defaultHysteresis entity.Temp = 500
	defaultMinimum                = time.Minute
	compressorRest                = 3 * time.Minute
	defaultLost                   = 5 * time.Minute
)

func (y *thermostatYAML) limits() (low, high entity.Temp) {
	switch {
	case y.Range.given:
		return y.Range.low, y.Range.high
	case y.cools:
		return 16_000, 32_000
	}
	return 5_000, 30_000
}

// settings are the presets, those of the file or, if it has none, three that
// every scene and rule can count on, moved into the range where they lie outside.
func (y *thermostatYAML) settings() []entity.Preset {
	if y.Presets.given {
		out := []entity.Preset{}
		for _, p := range y.Presets.items {
			out = append(out, entity.Preset{Name: p.name, To: p.to.value})
		}
		return out
	}
	low, high := y.limits()
	at := func(name string, t entity.Temp) entity.Preset {
		return entity.Preset{Name: name, To: entity.Setting{Temp: min(max(t, low), high)}}
	}
	if y.cools {
		return []entity.Preset{at("away", 30_000), at("sleep", 26_000), at("comfort", 24_000)}
	}
	return []entity.Preset{at("away", 15_000), at("sleep", 17_000), at("comfort", 21_000)}
}

func (y *thermostatYAML) kind() entity.Kind {
	if y.cools {
		return entity.KindCooler
	}
	return entity.KindHeater
}

func (y *thermostatYAML) common() *commonYAML { return &y.commonYAML }
func (y *thermostatYAML) driven() *outputYAML { return nil }

func (y *thermostatYAML) pins() []pinUse {
	return []pinUse{{pin: &y.Relay, drives: true, channel: plainOutput, role: "relay"}}
}

func (y *thermostatYAML) check(value) {
	if y.cools && y.Frost.given {
		y.Frost.at.r.errorAt(y.Frost.at.keySpan(), problem{code: diag.NotApplied,
			message: `"frost" has no effect on a cooler`, suggestion: "delete it; it belongs to a heater"})
	}
	y.checkBand()
	y.checkTargets()
	y.checkFrost()
	y.checkSchedule()
}

// checkBand: a band as wide as the range leaves nothing to regulate.
func (y *thermostatYAML) checkBand() {
	if y.Range.given && !y.Range.valid {
		return // nobody knows how wide it is meant to be
	}
	low, high := y.limits()
	if y.Hysteresis.valid && (y.Hysteresis.value == 0 || y.Hysteresis.value > (high-low)/2) {
		y.Hysteresis.at.problem(problem{code: diag.OutOfRange,
			message:    fmt.Sprintf(`"hysteresis" must be above 0°C and at most half of the range (%s), not %s`, formatTemp((high-low)/2), y.Hysteresis.at.node.Value),
			suggestion: "write 0.3°C to 1°C for a room"})
	}
}

// checkTargets: what a thermostat can be told to hold lies in its range.
func (y *thermostatYAML) checkTargets() {
	for _, p := range y.Presets.items {
		y.inRange(p.to.at, "the preset "+quote(p.name), p.to.value, p.to.valid)
	}
	y.inRange(y.Boost.T.To.at, "the target of the boost", entity.Setting{Temp: y.Boost.T.To.value}, y.Boost.T.To.valid)
	y.inRange(y.Fallback.at, "the fallback", y.Fallback.value, y.Fallback.valid)
	y.inRange(y.Frost.at, "the frost protection", entity.Setting{Temp: y.Frost.value}, y.Frost.valid)
}

func (y *thermostatYAML) inRange(at value, what string, to entity.Setting, valid bool) {
	low, high := y.limits()
	if !valid || to.Off || y.Range.given && !y.Range.valid || to.Temp >= low && to.Temp <= high {
		return
	}
	where := fmt.Sprintf("%s to %s", formatTemp(low), formatTemp(high))
	suggestion, related := "widen it: range: "+widened(low, high, to.Temp), []diag.Related(nil)
	if y.Range.given {
		related = append(related, diag.Related{Span: y.Range.at.span(), Message: "the range"})
	} else {
		where += ", the range unless the file gives one"
		suggestion = "give a range: range: " + widened(low, high, to.Temp)
	}
	at.problem(problem{code: diag.TargetOutside,
		message: fmt.Sprintf("%s is %s, outside of %s", what, formatTemp(to.Temp), where), suggestion: suggestion}, related...)
}

func widened(low, high, to entity.Temp) string {
	return formatThousandths(int64(min(low, to))) + ".." + formatThousandths(int64(max(high, to))) + "°C"
}

// checkFrost: what is kept in every mode is the lowest of all targets.
func (y *thermostatYAML) checkFrost() {
	if !y.Frost.valid {
		return
	}
	for _, t := range y.targets() {
		if !t.valid || t.value.Off || t.value.Temp >= y.Frost.value {
			continue
		}
		there := y.Frost.at.span()
		t.at.warning(problem{code: diag.BelowFrost,
			message: fmt.Sprintf("%s is %s, but the frost protection on %s keeps %s: that is what you get",
				t.name, formatTemp(t.value.Temp), line(there, t.at.span()), formatTemp(y.Frost.value)),
			suggestion: "raise it, or lower frost"}, diag.Related{Span: there, Message: "the frost protection"})
	}
}

type namedSetting struct {
	setting
	name string
}

func (y *thermostatYAML) targets() []namedSetting {
	out := []namedSetting{{y.Fallback, "the fallback"}}
	for _, p := range y.Presets.items {
		out = append(out, namedSetting{p.to, "the preset " + quote(p.name)})
	}
	return out
}

// target is what a word of the schedule, a scene or a rule means: a preset, a
// temperature or off. The message of a problem is a sentence.
func (y *thermostatYAML) target(word string) (entity.Setting, *problem) {
	if word == "off" {
		return entity.Setting{Off: true}, nil
	}
	var names []string
	for _, p := range y.settings() {
		if p.Name == word {
			return p.To, nil
		}
		names = append(names, p.Name)
	}
	if strings.ContainsAny(word, "0123456789") {
		t, p := parseTemperature(word)
		if p != nil {
			p.message = "the target " + p.message
			return entity.Setting{}, p
		}
		return entity.Setting{Temp: t}, nil
	}
	p := &problem{code: diag.UnknownPreset, message: fmt.Sprintf("there is no preset %s", quote(word)),
		suggestion: "the presets here are: " + strings.Join(names, ", ")}
	if near := diag.Nearest(word, append(names, "off")); near != "" {
		p.suggestion = "did you mean " + near + "?"
	}
	return entity.Setting{}, p
}

func (y *thermostatYAML) spec() entity.Spec {
	low, high := y.limits()
	t := &entity.Thermostat{
		Cools: y.cools, Board: y.Relay.board, Relay: y.Relay.number, Inverted: y.Inverted.value,
		Sensor: entity.ID(y.Sensor.value), Low: low, High: high, Hysteresis: defaultHysteresis,
		MinOn: defaultMinimum, MinOff: defaultMinimum, LostAfter: defaultLost,
		Presets: y.settings(), Manual: y.Manual.value, Windows: y.Windows.ids(),
	}
	if y.cools {
		t.MinOff = compressorRest
	}
	if plan, err := schedule.NewPlan(y.planLines()...); err == nil { // else checkPlan has said why not
		t.Schedule = plan
	}
	if y.Hysteresis.given {
		t.Hysteresis = y.Hysteresis.value
	}
	for _, d := range []struct {
		from *duration
		to   *time.Duration
	}{{&y.MinOn, &t.MinOn}, {&y.MinOff, &t.MinOff}, {&y.SensorLost.T.After, &t.LostAfter}} {
		if d.from.given {
			*d.to = d.from.value
		}
	}
	if y.Frost.given {
		frost := y.Frost.value
		t.Frost = &frost
	}
	if y.Fallback.given && !y.Fallback.value.Off {
		fallback := y.Fallback.value.Temp
		t.Fallback = &fallback
	}
	if !y.Manual.given {
		t.Manual = entity.Manual{UntilNext: true}
	}
	if y.Boost.given {
		t.Boost = &entity.Boost{To: y.Boost.T.To.value, For: y.Boost.T.For.value}
	}
	return t
}

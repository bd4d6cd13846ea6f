package config

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"hob/internal/diag"
	"hob/internal/entity"
	"hob/internal/schedule"
)

// elsewhere is a trigger, condition or step as other systems write it: a mapping in
// which several keys say one thing.
type elsewhere map[string]*yaml.Node

func elsewhereOf(entries []entry) elsewhere {
	out := elsewhere{}
	for _, e := range entries {
		out[e.name] = e.node
	}
	return out
}

// has says whether one of the keys is there.
func (t elsewhere) has(keys ...string) bool {
	return slices.ContainsFunc(keys, func(k string) bool { return t[k] != nil })
}

// get is the text of the first of the keys that is there; of a list, its first item.
func (t elsewhere) get(keys ...string) string {
	for _, k := range keys {
		n := t[k]
		if n != nil && n.Kind == yaml.SequenceNode && len(n.Content) > 0 {
			n = resolve(n.Content[0])
		}
		if n != nil && n.Kind == yaml.ScalarNode && n.Value != "" {
			return n.Value
		}
	}
	return ""
}

// inner are the keys of a mapping under one of the keys.
func (t elsewhere) inner(keys ...string) elsewhere {
	out := elsewhere{}
	for _, k := range keys {
		if n := t[k]; n != nil && n.Kind == yaml.MappingNode {
			for i := 0; i+1 < len(n.Content); i += 2 {
				out[resolve(n.Content[i]).Value] = resolve(n.Content[i+1])
			}
		}
	}
	return out
}

// entity is the id that is meant: without the kind that others write in front.
func (t elsewhere) entity() string { return bareID(t.get("entity_id", "entity", "zone", "target")) }

func bareID(s string) string {
	if _, bare, ok := strings.Cut(s, "."); ok {
		s = bare
	}
	return strings.TrimSpace(s)
}

// elsewhereTrigger reports a trigger in the words of another system; false if it is
// none.
func (c *ruleCheck) elsewhereTrigger(v value, entries []entry) bool {
	t := elsewhereOf(entries)
	if !t.has("platform", "trigger", "entity_id", "at") || len(entries) > 0 && c.byID[entity.ID(entries[0].name)].body != nil {
		return false
	}
	write := c.triggerFor(t)
	if write == "" {
		write = "write " + oneOf(triggerWords()) + ", or the id of an entity, as in {porch: on}"
	} else {
		write = "write " + write
	}
	v.problem(problem{code: diag.BadTrigger, message: "a trigger names what it waits for by one key: there is no " + entries[0].name, suggestion: write})
	return true
}

func (c *ruleCheck) triggerFor(t elsewhere) string {
	id := t.entity()
	switch t.get("platform", "trigger") {
	case "sun":
		event := t.get("event")
		if event == "" {
			event = "sunset"
		}
		offset := t.get("offset")
		sign := "+"
		if strings.HasPrefix(offset, "-") {
			sign = "-"
		}
		if d := theirDuration(strings.TrimLeft(offset, "+-")); d != "" && d != "0s" {
			event += sign + d
		}
		return fmt.Sprintf("{sun: %s}", event)
	case "time", "":
		if at := t.get("at"); at != "" {
			return fmt.Sprintf("{time: %q}", shortClock(at))
		}
	case "time_pattern":
		for _, key := range []string{"hours", "minutes", "seconds"} {
			if n, every := strings.CutPrefix(t.get(key), "/"); every {
				return fmt.Sprintf("{every: %s%s}", n, key[:1])
			}
		}
		return "{cron: \"30 * * * *\"}, or {every: 5m}"
	case "webhook":
		return "{webhook: a name that nobody guesses}"
	case "homeassistant":
		return "{startup: true}"
	case "numeric_state":
		if id != "" {
			return fmt.Sprintf("{%s: %s}", id, c.levelFor(id, t))
		}
	case "template":
		return "the id of an entity and a state, as in {porch: on}, and put the rest into if: {expr: \"bath.target < 18\"}"
	case "device", "event", "mqtt", "tag", "calendar":
		return ""
	}
	if id == "" {
		return ""
	}
	out := fmt.Sprintf("%s: %s", id, c.stateFor(id, t.get("to", "state")))
	if from := t.get("from"); from != "" {
		out += ", from: " + c.stateFor(id, from)
	}
	if d := durationOf(t["for"]); d != "" {
		out += ", for: " + d
	}
	return "{" + out + "}"
}

// levelFor is "above 25°C", with the unit of the entity.
func (c *ruleCheck) levelFor(id string, t elsewhere) string {
	word, n := "above", t.get("above")
	if n == "" {
		word, n = "below", t.get("below")
	}
	it, ok := c.byID[entity.ID(id)]
	if !ok || n == "" {
		return "above 25°C"
	}
	if _, p := c.quantity(it, firstQuantity(it), n); p != nil {
		if full, ok := strings.CutPrefix(p.suggestion, "write "); ok {
			n = full
		}
	}
	return word + " " + n
}

// stateFor is our word for a state as others write it.
func (c *ruleCheck) stateFor(id, state string) string {
	it, ok := c.byID[entity.ID(id)]
	if !ok || state == "" {
		return "on"
	}
	if word := otherState(it, state); word != "" {
		return word
	}
	return state
}

// otherState is our word for a state of an entity; "" if there is none.
func otherState(it item, theirs string) string {
	known := entity.StatesOf(it.sketch())
	word := normalKey(theirs)
	for _, prefix := range []string{"turned_", "is_", "switched_", "becomes_"} {
		word = strings.TrimPrefix(word, prefix)
	}
	if slices.Contains(known, word) {
		return word
	}
	if len(known) == 2 { // one is active, the other not
		switch word {
		case "on", "true", "yes", "1", "active", "detected", "open", "opened", "home", "present":
			return known[0]
		case "off", "false", "no", "0", "inactive", "clear", "close", "closed", "not_home", "away", "absent":
			return known[1]
		}
	}
	switch it.kind() {
	case entity.KindPerson:
		return map[string]string{"leaves": "away", "left": "away", "gone": "away", "leaving": "away", "out": "away",
			"arrives": "home", "arrived": "home", "comes": "home", "coming": "home", "enters": "home", "in": "home"}[word]
	case entity.KindAlarm:
		return map[string]string{"armed": entity.AlarmArmedAway, "off": entity.AlarmDisarmed, "armed_night": entity.AlarmArmedHome, "on": entity.AlarmTriggered}[word]
	case entity.KindHeater, entity.KindCooler:
		return map[string]string{"heat": entity.ThermostatHeating, "cool": entity.ThermostatCooling, "on": known[0]}[word]
	case entity.KindGarageDoor:
		return map[string]string{"close": entity.DoorClosed, "opened": entity.DoorOpen, "on": entity.DoorOpen, "off": entity.DoorClosed}[word]
	}
	return ""
}

// elsewhereCondition reports a condition in the words of another system; false if
// it is none.
func (c *ruleCheck) elsewhereCondition(v value, entries []entry) bool {
	t := elsewhereOf(entries)
	if !t.has("condition", "entity_id", "state", "value_template", "platform") {
		return false
	}
	id, write := t.entity(), ""
	switch kind := t.get("condition", "platform"); {
	case kind == "numeric_state" && id != "":
		write = fmt.Sprintf("{%s: %s}", id, c.levelFor(id, t))
	case kind == "time":
		after, before := t.get("after"), t.get("before")
		if after != "" || before != "" {
			write = fmt.Sprintf("{time: %s..%s}", shortClock(after), shortClock(before))
		}
		if days := t["weekday"]; days != nil {
			write = strings.TrimSpace(write + " {days: mon-fri}")
		}
	case kind == "sun":
		write = "{sun: up} or {sun: down}"
	case kind == "or", kind == "and", kind == "not":
		write = fmt.Sprintf("%s: in front of the list of conditions", map[string]string{"or": "any", "and": "all", "not": "not"}[kind])
	case kind == "template", t.has("value_template"):
		write = `{expr: "bath.target < 18"}, with the ids of entities`
	case id != "":
		write = fmt.Sprintf("{%s: %s}", id, c.stateFor(id, t.get("state", "to")))
	}
	if write == "" {
		write = "the id of an entity and its state, such as {alarm: disarmed}"
	}
	v.problem(problem{code: diag.BadCondition, message: "a condition is written as what has to be so: there is no " + entries[0].name, suggestion: "write " + write})
	return true
}

// triggerText is the trigger that a bare text stands for: 07:00, sunset-20m, 6h,
// porch on. "" if nobody knows.
func (c *ruleCheck) triggerText(raw string) string {
	if _, err := schedule.ParseClock(raw); err == nil {
		return fmt.Sprintf("{time: %q}", raw)
	}
	if _, err := schedule.ParseSun(raw); err == nil {
		return fmt.Sprintf("{sun: %s}", raw)
	}
	if _, ok := readDuration(raw); ok {
		return fmt.Sprintf("{every: %s}", raw)
	}
	return c.stateText(raw)
}

// stateText is the condition that a bare text such as "porch is on" stands for.
func (c *ruleCheck) stateText(raw string) string {
	var words []word
	for _, w := range split(raw) {
		if !filler.MatchString(w.text) && w.text != "==" {
			words = append(words, w)
		}
	}
	if len(words) == 0 {
		return ""
	}
	it, ok := c.byID[entity.ID(bareID(words[0].text))]
	switch {
	case !ok:
		return ""
	case len(words) == 2 && otherState(it, words[1].text) != "":
		return fmt.Sprintf("{%s: %s}", it.id, otherState(it, words[1].text))
	case len(words) == 3 && (words[1].text == "above" || words[1].text == "below"):
		return fmt.Sprintf("{%s: %s %s}", it.id, words[1].text, words[2].text)
	}
	return ""
}

var conjunction = regexp.MustCompile(`\s+(?:and|&&)\s+`)

// statesText is the condition that a bare text such as "porch is on and door is open"
// stands for; "" if nobody knows.
func (c *ruleCheck) statesText(raw string) string {
	if len(raw) > maxGuessed {
		return ""
	}
	switch strings.ToLower(raw) {
	case "night", "dark", "at night", "it is dark":
		return "{sun: down}"
	case "day", "daylight", "light", "bright":
		return "{sun: up}"
	case "weekday", "weekdays", "weekend":
		return "{days: " + strings.ToLower(raw) + "}"
	}
	var all []string
	for _, one := range conjunction.Split(raw, -1) {
		state := c.stateText(one)
		if state == "" {
			return ""
		}
		all = append(all, strings.Trim(state, "{}"))
	}
	return "{" + strings.Join(all, ", ") + "}"
}

// shortClock is a time of day without seconds; midnight where none is given.
func shortClock(s string) string {
	switch strings.Count(s, ":") {
	case 2:
		return s[:strings.LastIndex(s, ":")]
	case 1:
		return s
	}
	return "00:00"
}

var clockSpan = regexp.MustCompile(`^([0-9]{1,4}):([0-5]?[0-9])(?::([0-5]?[0-9]))?$`)

// theirDuration is a duration as we write it of hours:minutes or
// hours:minutes:seconds; "" if it is none.
func theirDuration(raw string) string {
	m := clockSpan.FindStringSubmatch(strings.TrimSpace(raw))
	if m == nil {
		return ""
	}
	var sum time.Duration
	for i, unit := range []time.Duration{time.Hour, time.Minute, time.Second} {
		n, _ := strconv.Atoi(m[i+1]) // digits, or nothing
		sum += time.Duration(n) * unit
	}
	return formatDuration(sum)
}

// durationOf is a duration as we write it of what others have where one belongs:
// 00:05:00, {minutes: 5}, 300 (seconds). "" if it is none.
func durationOf(n *yaml.Node) string {
	switch {
	case n == nil:
		return ""
	case n.Kind == yaml.MappingNode:
		out := ""
		for _, unit := range []string{"days", "hours", "minutes", "seconds"} {
			if v := (elsewhere{"x": n}).inner("x").get(unit); bareNumber.MatchString(v) && v != "0" {
				out += v + unit[:1]
			}
		}
		return out
	case n.Kind != yaml.ScalarNode:
		return ""
	case bareNumber.MatchString(n.Value):
		return n.Value + "s"
	}
	if _, ok := readDuration(n.Value); ok {
		return n.Value
	}
	return theirDuration(n.Value)
}

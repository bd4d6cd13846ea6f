package config

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"hob/internal/entity"
)

// stepFor is what a step in the words of another system would be here, for people:
// what follows "write". "" if nobody knows.
func (c *ruleCheck) stepFor(entries []entry) string {
	t := elsewhereOf(entries)
	switch {
	case t.has("delay"):
		if d := durationOf(t["delay"]); d != "" {
			return "delay " + d
		}
		return "delay 10m"
	case t.has("service", "action"):
		return c.serviceFor(t)
	case t.has("scene"):
		return "scene " + bareID(t.get("scene"))
	case t.has("wait_template", "wait_for_trigger"):
		return "{wait: {door: closed}, for: 10m}: what has to be so, and how long it waits at most"
	case t.has("choose"):
		return "{if: {alarm: disarmed}, then: [porch on], else: [porch off]}"
	case t.has("repeat", "while"):
		return "what is to happen once; a rule with the trigger {every: 10m} happens again and again"
	case t.has("condition"):
		return "{if: {porch: on}, then: [...]}, or put it into the rule's if"
	case t.has("stop"):
		return "stop"
	case t.has("notify"):
		return c.messageFor(t.inner("notify"), t.get("notify"))
	}
	if len(entries) == 1 {
		return c.pairFor(entries[0])
	}
	return ""
}

// pairFor understands a step that has become a mapping: {porch: on}, {turn_on: porch},
// {toggle: porch}, and a text with a colon in it.
func (c *ruleCheck) pairFor(e entry) string {
	if e.node.Kind != yaml.ScalarNode {
		return ""
	}
	if strings.Contains(e.name, " ") && e.key.Style == 0 {
		whole := strings.ReplaceAll(e.name+": "+e.node.Value, "'", "''")
		return fmt.Sprintf("'%s', in quotes: the colon in the text makes it a mapping", whole)
	}
	words := append(split(e.name), split(e.node.Value)...)
	if it, ok := c.byID[entity.ID(bareID(e.name))]; ok && slices.Contains(it.words(), strings.ToLower(e.node.Value)) {
		return fmt.Sprintf("%s %s", it.id, strings.ToLower(e.node.Value))
	}
	return strings.TrimPrefix(c.freely(words), "write ")
}

// serviceFor turns a call of a service into an action.
func (c *ruleCheck) serviceFor(t elsewhere) string {
	domain, verb, _ := strings.Cut(t.get("service", "action"), ".")
	data := t.inner("data", "service_data")
	id := t.entity()
	if id == "" {
		id = t.inner("target", "data", "service_data").entity()
	}
	if domain == "notify" || domain == "persistent_notification" {
		return c.messageFor(data, data.get("message"))
	}
	if id == "" {
		return ""
	}
	switch verb {
	case "turn_on":
		if domain == "scene" {
			return "scene " + id
		}
		if n := data.get("brightness_pct"); n != "" {
			return fmt.Sprintf("%s %s%%", id, n)
		}
		if n, err := strconv.Atoi(data.get("brightness")); err == nil {
			return fmt.Sprintf("%s %d%%", id, min(max(n, 0), 255)*100/255)
		}
		return id + " on"
	case "turn_off":
		return id + " off"
	case "toggle":
		return "toggle " + id
	case "open_cover", "close_cover":
		return strings.TrimSuffix(verb, "_cover") + " " + id
	case "press":
		return "what the button does: a button is pressed by people"
	case "set_temperature":
		if n := data.get("temperature"); n != "" {
			return fmt.Sprintf("%s %s%s", id, n, likelyScale(n))
		}
	case "set_preset_mode":
		return id + " " + data.get("preset_mode")
	case "alarm_arm_away", "alarm_arm_home", "alarm_disarm":
		return fmt.Sprintf("%s %s", entity.AlarmID, strings.TrimPrefix(verb, "alarm_"))
	}
	return ""
}

// messageFor is the step that sends a message.
func (c *ruleCheck) messageFor(data elsewhere, text string) string {
	if m := data.get("message"); m != "" {
		text = m
	}
	if text == "" || isTemplate(text) || strings.ContainsAny(text, "'\"\n") {
		text = "The door is open"
	}
	return fmt.Sprintf("'notify all %q'", text)
}

var filler = regexp.MustCompile(`^(?:turn|switch|set|put|make|the|to|is|=|state|light|lamp|->)$`)

// freely understands an action in words that others use, in any order, of which one
// is an entity and one what it can become: "turn on porch", "set porch to on",
// "switch.turn_on porch", "porch turn off". It is "" where that is not all there is.
func (b *book) freely(words []word) string {
	var it item
	verb := ""
	for _, w := range words {
		text := strings.ToLower(strings.Trim(w.text, ",;:"))
		id := entity.ID(bareID(text))
		found, isEntity := b.byID[id]
		does := verbOf(bareID(text))
		switch {
		case isEntity && it.body == nil:
			it = found
		case does != "" && verb == "":
			verb = does
		case !filler.MatchString(text):
			return ""
		}
	}
	switch {
	case it.body == nil || verb == "":
		return ""
	case slices.Contains(it.words(), verb) && !slices.Contains(verbsFirst(), verb):
		return fmt.Sprintf("write %s %s", it.id, verb)
	case it.kind() == entity.KindScene:
		return fmt.Sprintf("write scene %s", it.id)
	case verb == string(entity.VerbToggle) && it.driven() != nil, it.kind() == entity.KindGarageDoor && slices.Contains(it.words(), verb):
		return fmt.Sprintf("write %s %s", verb, it.id)
	}
	return ""
}

// verbOf is our verb for a word of others; "" if it is none.
func verbOf(word string) string {
	switch word {
	case "on", "turn_on", "turnon", "switch_on", "start", "enable", "activate":
		return "on"
	case "off", "turn_off", "turnoff", "switch_off", "disable", "deactivate":
		return "off"
	case "toggle", "flip":
		return string(entity.VerbToggle)
	case "open", "open_cover":
		return string(entity.VerbOpen)
	case "close", "close_cover", "shut":
		return string(entity.VerbClose)
	case "disarm", "alarm_disarm":
		return string(entity.VerbDisarm)
	case "arm_away", "alarm_arm_away", "arm":
		return string(entity.VerbArmAway)
	case "arm_home", "alarm_arm_home":
		return string(entity.VerbArmHome)
	}
	return ""
}

package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"hob/internal/diag"
	"hob/internal/entity"
)

// Slips of the hand that are YAML, and not what was meant: a colon without its space,
// an indentation that was forgotten, two things in one line. What was meant is read,
// so that each is one message.

// A key that ran together with its value, inside { }: pin:hall/16, pin = hall/16.
var ranTogether = regexp.MustCompile(`^([\pL_][\pL\pN_]*)\s*([:=])\s*(\S.*)$`)

// separated takes keys apart that ran together with their values. known says which
// keys there are.
func (v value) separated(entries []entry, known func(key string) bool) []entry {
	for i, e := range entries {
		if !isNothing(e.node) || e.key == nil || e.key.Style != 0 || known(e.name) {
			continue
		}
		m := ranTogether.FindStringSubmatch(e.name)
		if m == nil || !known(m[1]) {
			continue
		}
		p := problem{code: diag.WrongType, message: fmt.Sprintf("%s is one word to YAML, a key without a value", quote(e.name)),
			suggestion: fmt.Sprintf("write %s: %s, with a space after the colon", m[1], m[3])}
		if m[2] == "=" {
			p.message, p.suggestion = fmt.Sprintf("%s is a key without a value", quote(e.name)), fmt.Sprintf("write %s: %s", m[1], m[3])
		}
		e.r.errorAt(e.keySpan(), p)
		n := *e.key
		n.Value, n.Tag = m[3], "!!str"
		entries[i] = entry{m[1], value{r: e.r, name: m[1], key: e.key, site: e.key, node: &n}}
	}
	return entries
}

// indented finds keys of a declaration that stand beside its id, and not below it:
//
//	porch:
//	pin: hall/16
//
// known are the keys that a declaration has.
func (v value) indented(entries []entry, known func(key string) bool) []entry {
	if v.node.Kind != yaml.MappingNode || v.node.Style&yaml.FlowStyle != 0 {
		return entries
	}
	var out []entry
	for i := 0; i < len(entries); i++ {
		head := entries[i]
		end := i + 1
		for isNothing(head.node) && end < len(entries) && known(entries[end].name) && isText(entries[end].value) {
			end++
		}
		if end == i+1 {
			out = append(out, head)
			continue
		}
		body := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: head.key.Line, Column: head.key.Column}
		var names []string
		for _, e := range entries[i+1 : end] {
			names = append(names, quote(e.name))
			body.Content = append(body.Content, e.key, e.site)
		}
		stands := "stands"
		if len(names) > 1 {
			stands = "stand"
		}
		first := entries[i+1]
		first.r.errorAt(first.keySpan(), problem{code: diag.WrongType,
			message:    fmt.Sprintf("%s %s beside %q, and not below it", andWords(names), stands, head.name),
			suggestion: fmt.Sprintf("if that belongs to %s, indent it by two more spaces", head.name)})
		head.node = body
		out = append(out, head)
		i = end - 1
	}
	return out
}

// maxStepWords bounds the words of a text that is looked at for more than one step.
const maxStepWords = 100

// severalSteps is how two steps in one text are written: "porch on, stairs off",
// "porch on then stairs off", "porch on for 5m". "" if it is nothing of the kind.
func (c *ruleCheck) severalSteps(words []word) string {
	if len(words) > maxStepWords {
		return ""
	}
	if n := len(words); n > 3 && words[n-2].text == "for" || n > 4 && words[n-3].text == "for" {
		at := slices.IndexFunc(words, func(w word) bool { return w.text == "for" })
		first := c.oneStep(words[:at])
		pause := pauseOf(words[at+1:])
		id, state, _ := strings.Cut(first, " ")
		it := c.byID[entity.ID(id)]
		if pause == "" || it.body == nil || it.driven() == nil || state != "on" && state != "off" {
			return ""
		}
		return fmt.Sprintf("write [%s, delay %s, %s %s]", first, pause, id, map[string]string{"on": "off", "off": "on"}[state])
	}
	var steps []string
	from := 0
	cut := func(to int, last word) bool {
		part := append(slices.Clone(words[from:to]), last)
		part = slices.DeleteFunc(part, func(w word) bool { return w.text == "" })
		step := c.oneStep(part)
		steps = append(steps, step)
		return step != ""
	}
	for i, w := range words {
		bare := strings.TrimRight(w.text, ",;")
		joins := slices.Contains([]string{"then", "and", "&&", "+", ";", ","}, w.text)
		switch {
		case joins && !cut(i, word{}), !joins && bare != w.text && !cut(i, word{text: bare}):
			return ""
		case joins || bare != w.text:
			from = i + 1
		}
	}
	if len(steps) == 0 || from >= len(words) || !cut(len(words), word{}) {
		return ""
	}
	return "write each step as an item of a list: [" + strings.Join(steps, ", ") + "]"
}

// oneStep is a step as it is written here; "" if it is none.
func (c *ruleCheck) oneStep(words []word) string {
	var texts []string
	for _, w := range words {
		texts = append(texts, w.text)
	}
	raw := strings.Join(texts, " ")
	switch {
	case (len(words) == 2 || len(words) == 3) && words[0].text == "delay" && pauseOf(words[1:]) != "":
		return "delay " + pauseOf(words[1:])
	case len(words) < 2:
		return ""
	case slices.Contains(verbsFirst(), words[0].text):
		if it, ok := c.byID[entity.ID(words[1].text)]; ok && len(words) == 2 {
			if _, p := it.doVerb(words[0].text, words[1]); p == nil {
				return raw
			}
		}
	default:
		if it, ok := c.byID[entity.ID(words[0].text)]; ok {
			if _, p := it.become(words[1:], it.words()); p == nil {
				return raw
			}
		}
	}
	better, _ := strings.CutPrefix(c.freely(words), "write ")
	return better
}

// withoutFiller is an action from which a word too much is taken, as in "stairs dim
// 40%" and "heat to 21°C"; "" if there is none.
func (c *ruleCheck) withoutFiller(words []word) string {
	if len(words) < 3 || !slices.Contains([]string{"to", "at", "dim", "brightness", "level", "target", "temperature", "set", "is", "="}, words[1].text) {
		return ""
	}
	if step := c.oneStep(slices.Delete(slices.Clone(words), 1, 2)); step != "" {
		return "write " + step
	}
	return ""
}

// loneWord is what an action of one word is to be: the id of what is there, or a verb.
func (b *book) loneWord(raw string) string {
	if it, ok := b.byID[entity.ID(raw)]; ok {
		return it.forms()
	}
	return ""
}

// noAlarm is said where somebody names the alarm of a house that has none.
const noAlarm = "the house has no alarm: declare it first, such as alarm: {watches: {away: [front_door]}}"

// several says what to do where somebody names more than one thing: all, an area, a
// section. "" if it is nothing of the kind.
func (b *book) several(name string) string {
	if name == string(entity.AlarmID) {
		return noAlarm
	}
	everything := slices.Contains([]string{"all", "everything", "every", "house", "home"}, name)
	section := meantSection(normalKey(name)).key != "" || slices.ContainsFunc(members(b.file), func(m member) bool { return m.name == name })
	area := slices.ContainsFunc(b.file.Areas.items, func(a *declared[areaYAML]) bool { return a.id == name })
	if !everything && !section && !area {
		return ""
	}
	return "one action is for one entity: for several, declare a scene such as all_off: {porch: off, stairs: off}, and write scene all_off"
}

// withoutItself is a section whose included file begins with the section's own key,
// which is in front of the !include already.
func (v value) withoutItself() value {
	n := v.node
	if n.Kind != yaml.MappingNode || len(n.Content) != 2 || v.key == nil || resolve(n.Content[0]).Value != v.name ||
		v.r.sourceOf(n) == v.r.sourceOf(v.key) || resolve(n.Content[1]).Kind != yaml.MappingNode {
		return v
	}
	e, ok := v.entry(n.Content[0], n.Content[1])
	if !ok {
		return v
	}
	e.r.errorAt(e.keySpan(), problem{code: diag.BadInclude, message: fmt.Sprintf("%s is what includes this file", quote(e.name)),
		suggestion: fmt.Sprintf(`delete the line "%s:", and the indentation of what is below it`, e.name)})
	return e.value
}

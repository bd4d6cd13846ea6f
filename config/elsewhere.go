package config

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"hob/internal/diag"
	"hob/internal/entity"
)

// People bring words from other systems: friendly_name, restore_mode, automation.
// This file tells them what each is called here. What such a key says is read as if
// it stood under our name, so that one wrong word is one message: nothing that
// builds upon it is reported too.

// foreign is what a key that does not exist here was meant for.
type foreign struct {
	key string // ours; "" if there is none
	say string // what to do, where there is more to say than our key
}

// unknown is a key that does not exist, with what it was meant for.
type unknown struct {
	entry
	foreign
	slip bool // our key, misspelt
}

// decodeUnknown reports the keys that do not exist, and reads what they say as what
// they mean. seen are the keys that are there.
func decodeUnknown(v value, into any, entries []entry, all []member, seen map[string]bool) {
	var names []string
	for _, m := range all {
		names = append(names, m.name)
	}
	if more := len(entries) - maxProblems; more > 0 { // which are not shown
		v.r.omit(more)
		entries = entries[:maxProblems]
	}
	var list []unknown
	for _, e := range entries {
		u := unknown{entry: e}
		if u.foreign = meantBy(into, normalKey(e.name), names); u.foreign == (foreign{}) {
			u.key, u.slip = e.r.nearest(e.name, names), true
		}
		list = append(list, u)
	}
	switch into.(type) {
	case *ruleYAML:
		list = reportRenamed(list, seen)
	case *houseYAML:
		list = takeOutdented(v, list, all)
	}
	for _, u := range list {
		u.report(seen, names)
	}
	for _, u := range list {
		m, ok := find(all, u.foreign.key)
		if !ok {
			continue
		}
		as := u.value
		as.name, as.node = m.name, ours(m.name, as.node)
		more, section := m.field.(decodesMore)
		switch {
		case !seen[m.name]:
			seen[m.name] = true
			m.field.decode(as, m.tags)
		case section:
			more.decodeMore(as)
		}
	}
}

func normalKey(name string) string {
	return strings.NewReplacer("-", "_", " ", "_").Replace(strings.ToLower(strings.TrimSpace(name)))
}

// meantBy is what another system's key comes to among the keys of a place.
func meantBy(into any, theirs string, keys []string) foreign {
	switch y := into.(type) {
	case *houseYAML:
		return meantSection(theirs)
	case *sceneYAML:
		return foreign{}
	case *sensorYAML:
		if theirs == "unit_of_measurement" && y.Type.valid && y.sort() != entity.SensorAnalog && y.sort() != entity.SensorPulse {
			return foreign{say: needless(into, theirs)}
		}
	}
	for _, key := range otherNames(into, theirs) {
		if slices.Contains(keys, key) {
			return foreign{key: key}
		}
	}
	return foreign{say: needless(into, theirs)}
}

// report says what is wrong with one key.
func (u unknown) report(seen map[string]bool, names []string) {
	p := problem{code: diag.UnknownKey, message: "unknown key " + quote(u.name)}
	odd := oddSpace(u.name)
	switch {
	case u.say == told:
		return
	case odd != 0:
		p.suggestion = retype(odd)
	case u.say != "":
		p.suggestion = u.say
	case u.key == "":
		p.suggestion = "the keys here are: " + strings.Join(names, ", ")
	case u.slip:
		p.suggestion = "did you mean " + u.key + "?"
	case seen[u.key] && u.node.Kind == yaml.MappingNode:
		p.suggestion = fmt.Sprintf("that is called %s here, which is there already: move what is in it there", u.key)
	case seen[u.key]:
		p.suggestion = fmt.Sprintf("that is called %s here, which is there already: delete this", u.key)
	default:
		p.suggestion = "that is called " + u.key + " here"
		if v := ours(u.key, u.node); v != u.node {
			p.suggestion = fmt.Sprintf("write %s: %s", u.key, v.Value)
		}
	}
	u.r.errorAt(u.keySpan(), p)
}

// told marks a key that another message has named.
const told = "told"

// reportRenamed says in one message what the keys of an automation are called in a
// rule.
func reportRenamed(list []unknown, seen map[string]bool) []unknown {
	var named, advice []string
	var related []diag.Related
	first := -1
	for i, u := range list {
		if u.slip || u.key == "" || u.say != "" || seen[u.key] {
			continue
		}
		if first < 0 {
			first = i
		} else {
			related = append(related, diag.Related{Span: u.keySpan(), Message: u.key})
		}
		named, advice = append(named, quote(u.name)), append(advice, fmt.Sprintf("%s for %s", u.key, u.name))
	}
	if len(named) < 2 {
		return list
	}
	at := list[first]
	at.r.errorAt(at.keySpan(), problem{code: diag.UnknownKey, message: "unknown keys " + andWords(named),
		suggestion: "a rule has other words for them: write " + andWords(advice)}, related...)
	for i, u := range list {
		if !u.slip && u.key != "" && u.say == "" && !seen[u.key] {
			list[i].say = told
		}
	}
	return list
}

// takeOutdented finds entities that stand at the margin, below a section that is
// empty because of that. They are read as its entries.
func takeOutdented(v value, list []unknown, all []member) []unknown {
	at := make(map[*yaml.Node]int)
	for i, u := range list {
		at[u.value.key] = i
	}
	var section member
	var taken []*yaml.Node
	end := func() {
		if len(taken) > 0 {
			first := list[at[taken[0]]].value
			first.name, first.site = section.name, taken[0]
			first.node = &yaml.Node{Kind: yaml.MappingNode, Line: taken[0].Line, Column: taken[0].Column, Content: taken}
			section.field.(decodesMore).decodeMore(first)
		}
		section, taken = member{}, nil
	}
	for i := 0; i+1 < len(v.node.Content); i += 2 {
		key, val := v.node.Content[i], v.node.Content[i+1]
		if m, known := find(all, resolve(key).Value); known {
			end()
			if _, takes := m.field.(decodesMore); takes && isNothing(val) {
				section = m
			}
			continue
		}
		n, ok := at[key]
		if !ok || section.field == nil || list[n].sectionOrText() {
			continue
		}
		u := &list[n]
		u.r.errorAt(u.keySpan(), problem{code: diag.UnknownKey, message: "unknown key " + quote(u.name),
			suggestion: fmt.Sprintf("if it belongs to %s, indent it, and what is below it, by two spaces", section.name)})
		u.say, u.foreign.key = told, ""
		taken = append(taken, key, val)
	}
	end()
	return list
}

// sectionOrText says whether a key at the margin is no entity's.
func (u unknown) sectionOrText() bool {
	other := u.foreign.key != "" && !u.slip || u.say != ""
	return other && !hasText(u.node) || u.node.Kind == yaml.ScalarNode && !isNothing(u.node)
}

// decodesMore is a section, which may be written in two places by mistake.
type decodesMore interface{ decodeMore(value) }

// hasText says whether a mapping has keys with plain values, as an entity has and a
// section has not.
func hasText(n *yaml.Node) bool {
	for i := 1; n.Kind == yaml.MappingNode && i < len(n.Content); i += 2 {
		if v := resolve(n.Content[i]); v.Kind == yaml.ScalarNode && !isNothing(v) {
			return true
		}
	}
	return false
}

// andWords writes words for people: "a, b and c".
func andWords(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// ours is a value in our words: what another system calls restore_mode: ALWAYS_OFF
// is boot: off. It is the node itself where the words are the same, or not known.
func ours(key string, n *yaml.Node) *yaml.Node {
	if n.Kind != yaml.ScalarNode || isNothing(n) {
		return n
	}
	word := otherWord(key, n.Value)
	if word == "" || word == n.Value {
		return n
	}
	out := *n
	out.Value, out.Style = word, 0
	return &out
}

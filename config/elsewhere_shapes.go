package config

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"hob/internal/diag"
	"hob/internal/entity"
)

// noTemplates is said where {{ ... }} stands.
const noTemplates = "there are no templates here: write plain text; what is to depend on the house is a condition, such as if: {expr: \"bath.target < 18\"}"

var noSpace = regexp.MustCompile(`^([A-Za-z_][A-Za-z0-9_]*):(\S)`)

// misleading is what is wrong with a text that does not mean what it looks like:
// quotes as books have them, which YAML takes for letters, and templates, which
// nobody would fill in. The message goes on after what the text is for.
func misleading(n *yaml.Node) *problem {
	if bare := unquoted(n.Value); n.Style == 0 && bare != n.Value {
		return &problem{code: diag.BadText, message: "is in typographic quotes, which are letters to YAML: " + quote(n.Value),
			suggestion: fmt.Sprintf("write %q, with the straight quotes of a keyboard", bare)}
	}
	if m := quotedTag.FindStringSubmatch(n.Value); m != nil {
		return &problem{code: diag.BadText, message: "is the text " + quote(n.Value) + ", for the quotes make it one",
			suggestion: fmt.Sprintf("write %s %s, without quotes", m[1], m[2])}
	}
	if isTemplate(n.Value) {
		return &problem{code: diag.BadText, message: "holds a template, which would stay as it is: " + quote(n.Value), suggestion: noTemplates}
	}
	return nil
}

var quotedTag = regexp.MustCompile(`^(!secret|!include)\s+(\S+)$`)

func isTemplate(s string) bool { return strings.Contains(s, "{{") || strings.Contains(s, "{%") }

// unquoted is a text without the typographic quotes around it.
func unquoted(s string) string {
	const opening, closing = "“”„‟«»‹›‘’‚‛", "“”‟«»‹›‘’‛"
	if s == "" || s[0] < utf8.RuneSelf {
		return s
	}
	r := []rune(s)
	if len(r) < 2 || !strings.ContainsRune(opening, r[0]) || !strings.ContainsRune(closing, r[len(r)-1]) {
		return s
	}
	return string(r[1 : len(r)-1])
}

// notMapping advises on what stands where keys with values belong.
func (v value) notMapping() string {
	n := v.node
	src := v.r.sourceOf(v.site)
	switch {
	case n.Kind == yaml.SequenceNode && len(n.Content) > 0 && resolve(n.Content[0]).Kind == yaml.MappingNode:
		return "delete the dashes: keys and their values stand below each other, with the same indentation"
	case n.Kind != yaml.ScalarNode:
		return ""
	case n.Style == 0 && v.site.Line == src.Lines(): // no line end behind it
		return "the file ends here, in the middle of a line: was it still being saved?"
	case n.Style == 0 && strings.Contains(n.Value, ":\u00a0"):
		return retype('\u00a0')
	case n.Style == 0 && noSpace.MatchString(n.Value):
		return fmt.Sprintf("write %q, with a space after the colon", noSpace.ReplaceAllString(strings.SplitN(n.Value, " ", 2)[0], "$1: $2"))
	case pinShape.MatchString(n.Value):
		return "write {pin: " + n.Value + "}"
	case entity.ValidBoardID(n.Value):
		return "write {id: " + n.Value + ", chip: esp32}, with its own chip"
	case v.name == "home":
		return "write home: {name: " + n.Value + "}"
	}
	return ""
}

// joining says what a value is whose rest a comma has cut off.
type joining int

const (
	notJoined  joining = iota
	joinedText         // a text with a comma in it
	joinedList         // items of a list
)

// joined puts together what commas have cut: inside { }, days: mon,wed,fri is three
// entries, of which two are keys with nothing. Each such value is reported once, and
// read as it was meant. known says which keys can stand for themselves, and as which
// of them have values with commas in them.
func (v value) joined(entries []entry, known func(key string) bool, as func(key string) joining) []entry {
	if v.node.Kind != yaml.MappingNode || v.node.Style&yaml.FlowStyle == 0 {
		return entries
	}
	var out []entry
	for i := 0; i < len(entries); {
		head := entries[i]
		end := i + 1
		for end < len(entries) && isPlain(head.node) && as(head.name) != notJoined && entries[end].isRestOf(head, known) {
			end++
		}
		switch {
		case end > i+1:
			head = head.withRest(entries[i+1:end], as(head.name))
		case end < len(entries) && isPlain(head.node) && entries[end].isRestOf(head, known) && head.isDecimal(entries[end].name):
			head = head.withDecimals(entries[end])
			end++
		}
		out, i = append(out, head), end
	}
	return out
}

// isRestOf says whether an entry is what a comma has cut off the value in front. Behind
// days, sun is Sunday, and not the one that rises.
func (e entry) isRestOf(head entry, known func(string) bool) bool {
	return isNothing(e.node) && e.key.Style == 0 && (!known(e.name) || head.name == "days" && e.name == "sun") && !noSpace.MatchString(e.name)
}

var (
	beforeComma = regexp.MustCompile(`^-?[0-9]{1,4}$`)
	afterComma  = regexp.MustCompile(`^[0-9]{1,4}(?:$|[^0-9\s.:/-]{1,8}$)`)
)

// isDecimal says whether a comma has cut a number, as in 0,3°C.
func (e entry) isDecimal(rest string) bool {
	return beforeComma.MatchString(e.node.Value) && afterComma.MatchString(rest)
}

func (e entry) withDecimals(rest entry) entry {
	n := *e.node
	n.Value += "." + rest.name
	rest.r.errorAt(rest.keySpan(), problem{code: diag.WrongType,
		message:    fmt.Sprintf("inside { } a comma ends a value: %q is only %s here", e.name, quote(e.node.Value)),
		suggestion: fmt.Sprintf("write %s: %s, with a decimal point", e.name, n.Value)})
	e.node = &n
	return e
}

func (e entry) withRest(rest []entry, as joining) entry {
	words := []string{e.node.Value}
	for _, r := range rest {
		words = append(words, r.name)
	}
	comma := ", "
	if e.name == "cron" || e.name == "days" {
		comma = ","
	}
	n := *e.node
	n.Value = strings.Join(words, comma)
	list := fmt.Sprintf("%s: [%s]", e.name, strings.Join(words, ", "))
	p := problem{code: diag.WrongType, suggestion: fmt.Sprintf("write %s: %q", e.name, n.Value),
		message: fmt.Sprintf("inside { } a comma ends a value: %q is only %s here", e.name, quote(e.node.Value))}
	switch {
	case as == joinedList:
		p.suggestion = "write " + list
		n = yaml.Node{Kind: yaml.SequenceNode, Line: n.Line, Column: n.Column}
		for _, w := range words {
			item := *e.node
			item.Value = w
			n.Content = append(n.Content, &item)
		}
	case e.name == "days":
		p.suggestion += ", or " + list
	}
	rest[0].r.errorAt(rest[0].keySpan(), p)
	e.node = &n
	return e
}

func isPlain(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Style == 0 && !isNothing(n)
}

// declarations are the entries of a section. A list, as other systems have it, is
// reported once, and read as the mapping that was meant.
func (v value) declarations() ([]entry, bool) {
	if isText(v) && v.untagged() {
		return v.namedOnly()
	}
	if v.node.Kind != yaml.SequenceNode || len(v.node.Content) == 0 {
		return v.mapping("a mapping of ids")
	}
	if !v.untagged() {
		return nil, false
	}
	var out []entry
	advice := ""
	for _, n := range v.node.Content {
		if v.r.gaps.nodes[resolve(n)] {
			continue
		}
		e, how := v.declaration(n)
		if advice == "" {
			advice = how
		}
		if e.key != nil {
			out = append(out, e)
		}
	}
	v.wrongType("a mapping of ids", advice)
	return out, true
}

// namedOnly reads a section in which only names stand: areas: Hall, Living.
func (v value) namedOnly() ([]entry, bool) {
	var out []entry
	var ids []string
	for name := range strings.SplitSeq(v.node.Value, ",") {
		id := idLike(strings.TrimSpace(name))
		if id == "" {
			v.wrongType("a mapping of ids", v.notMapping())
			return nil, false
		}
		nothing := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Line: v.node.Line, Column: v.node.Column}
		ids = append(ids, id+": {}")
		out = append(out, entry{id, value{r: v.r, name: id, key: v.site, site: nothing, node: nothing}})
	}
	v.wrongType("a mapping of ids", fmt.Sprintf("write {%s}", strings.Join(ids, ", ")))
	return out, true
}

// declaration is one item of such a list, and how it would be written. Its name is
// "" where it gives none.
func (v value) declaration(item *yaml.Node) (e entry, how string) {
	n := resolve(item)
	at := func(id string, key, val *yaml.Node) entry {
		return entry{id, value{r: v.r, name: id, key: key, site: val, node: resolve(val)}}
	}
	switch {
	case n.Kind == yaml.ScalarNode && idLike(n.Value) != "":
		nothing := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Line: n.Line, Column: n.Column}
		return at(idLike(n.Value), item, nothing), fmt.Sprintf("write {%s: {}}, and so on", idLike(n.Value))
	case n.Kind != yaml.MappingNode || len(n.Content) < 2:
		return entry{}, ""
	case len(n.Content) == 2 && (isNothing(n.Content[1]) || resolve(n.Content[1]).Kind != yaml.ScalarNode):
		key := resolve(n.Content[0])
		return at(key.Value, n.Content[0], n.Content[1]), fmt.Sprintf("delete the dashes: write %s: instead of - %s:", key.Value, key.Value)
	}
	for _, name := range []string{"id", "unique_id", "name", "alias", "friendly_name"} {
		for k := 0; k+1 < len(n.Content); k += 2 {
			key, val := resolve(n.Content[k]), resolve(n.Content[k+1])
			if key.Value != name || val.Kind != yaml.ScalarNode || val.Value == "" {
				continue
			}
			id := idLike(val.Value)
			if id == "" {
				continue
			}
			body := *n
			if strings.HasSuffix(name, "id") { // it is the key now
				body.Content = append(append([]*yaml.Node{}, n.Content[:k]...), n.Content[k+2:]...)
			}
			e := at(id, n.Content[k+1], item)
			e.node = &body
			return e, fmt.Sprintf("write %s: instead of - %s: %s, with the other keys indented below it", id, name, val.Value)
		}
	}
	return at("", n.Content[0], item), "write an id of your choice and a colon instead of each dash"
}

// idLike is an id made of what somebody calls a thing; "" if none can be made.
func idLike(s string) string {
	if entity.ValidID(s) {
		return s
	}
	return suggestID(s)
}

// isText says whether a value is words and no mapping or list.
func isText(v value) bool { return v.node.Kind == yaml.ScalarNode && !isNothing(v.node) }

package config

import (
	"fmt"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"hob/internal/diag"
)

// value is one YAML value with everything needed to speak about it.
type value struct {
	r    *report
	name string     // the key as people know it: "off_after"; "" for the whole file
	key  *yaml.Node // the key that the value belongs to; nil for the whole file
	site *yaml.Node // where it is written: an alias, or the same as node
	node *yaml.Node // what it says, aliases resolved
}

func rootValue(r *report, n *yaml.Node) value {
	return value{r: r, site: n, node: resolve(n)}
}

// resolve follows aliases; withinLimits has made sure that it ends.
func resolve(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

// span is where the value is written, or its key if nothing is written.
func (v value) span() diag.Span {
	if v.key != nil && isNothing(v.site) {
		return v.keySpan()
	}
	return nodeSpan(v.r.sourceOf(v.site), v.site)
}

// keySpan is where the key is written; for the whole file, its start.
func (v value) keySpan() diag.Span {
	if v.key == nil {
		return v.r.sourceOf(v.node).Span(v.node.Line, v.node.Column, 1)
	}
	return nodeSpan(v.r.sourceOf(v.key), v.key)
}

// problem reports p at the value, or at the part of it that p names.
func (v value) problem(p problem, related ...diag.Related) {
	if v.r.gaps.nodes[v.node] {
		return
	}
	if odd := v.oddSpace(p); odd != 0 {
		p.suggestion = retype(odd)
	}
	v.r.errorAt(v.partSpan(p.part), p, related...)
}

// oddSpace is a character that is not seen and may well be what is wrong; 0 if there is
// none. A text for people may hold it.
func (v value) oddSpace(p problem) rune {
	if v.node == nil || v.node.Kind != yaml.ScalarNode || p.code == diag.BadText || len(v.node.Value) > maxGuessed {
		return 0
	}
	raw := v.node.Value
	if p.part != (part{}) {
		runes := []rune(raw)
		raw = string(runes[min(p.part.from, len(runes)):min(p.part.from+p.part.width, len(runes))])
	}
	return oddSpace(raw)
}

func (v value) warning(p problem, related ...diag.Related) {
	if v.r.gaps.nodes[v.node] {
		return
	}
	v.r.warnAt(v.partSpan(p.part), p, related...)
}

func (v value) partSpan(p part) diag.Span {
	if p == (part{}) || v.site.Kind == yaml.AliasNode || isNothing(v.site) {
		return v.span()
	}
	return partSpan(v.r.sourceOf(v.site), v.site, p)
}

// label names the value in messages.
func (v value) label() string {
	switch {
	case v.key == nil:
		return "the file"
	case v.name == "":
		return "this entry"
	}
	return strconv.Quote(v.name)
}

// wrongType reports that the value is not what is expected, such as "a list".
func (v value) wrongType(expected, suggestion string) {
	if isNothing(v.node) {
		v.problem(problem{
			code:       diag.WrongType,
			message:    fmt.Sprintf("%s has no value; it must be %s", v.label(), expected),
			suggestion: suggestion,
		})
		return
	}
	v.problem(problem{
		code:       diag.WrongType,
		message:    fmt.Sprintf("%s must be %s, not %s", v.label(), expected, describe(v.node)),
		suggestion: suggestion,
	})
}

func describe(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	return quote(n.Value)
}

// quote shows a text of the file in a message, shortened if it is long.
func quote(s string) string {
	const most = 40
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return strconv.Quote(s)
}

// untagged reports false, after saying so, if the value has a tag.
func (v value) untagged() bool {
	if v.node.Style&yaml.TaggedStyle == 0 {
		return true
	}
	tag := v.node.Tag
	if tag == "!secret" {
		v.problem(problem{code: diag.SecretMisplaced, message: "!secret has no place here: messages and pages show this value",
			suggestion: "write the value itself; secrets are for codes, passwords and addresses with a token"})
		return false
	}
	suggestion := "write the value without a tag; the key decides how it is read"
	switch {
	case strings.HasPrefix(tag, "!include"):
		suggestion = "name each file: !include switches.yaml"
	case tag == "!=" && v.node.Kind == yaml.ScalarNode:
		suggestion = fmt.Sprintf("for what must not be so, write not: {%s: %s}", v.name, v.node.Value)
	case tag == "!lambda", tag == "!env_var", tag == "!input", tag == "!extend", tag == "!remove":
		suggestion = "write the value itself: there are no variables and no programs in the file"
	}
	v.problem(problem{
		code:       diag.UnknownTag,
		message:    fmt.Sprintf("the YAML tag %s is not supported", quote(tag)),
		suggestion: suggestion,
	})
	return false
}

// text returns the raw text of a scalar, exactly as written: the type of the
// field decides what it means, never YAML.
func (v value) text(expected string) (string, bool) {
	raw, ok := v.anyText(expected)
	if !ok {
		return "", false
	}
	if p := misleading(v.node); p != nil {
		p.message = v.label() + " " + p.message
		v.problem(*p)
		return "", false
	}
	return raw, true
}

// anyText is text that is for somebody else, who may know templates.
func (v value) anyText(expected string) (string, bool) {
	if !v.untagged() {
		return "", false
	}
	if v.node.Kind != yaml.ScalarNode || isNothing(v.node) {
		v.wrongType(expected, "")
		return "", false
	}
	return v.node.Value, true
}

// entry is one key of a mapping with its value.
type entry struct {
	name string
	value
}

// mapping returns the entries of a mapping in the order of the file. Nothing at
// all counts as an empty mapping: it is what remains when every entry is
// commented out. Of a repeated key the first is returned.
func (v value) mapping(expected string) ([]entry, bool) {
	out, _, ok := v.entries(expected)
	return out, ok
}

// entries is mapping that also returns those whose key is there already.
func (v value) entries(expected string) (out, repeated []entry, ok bool) {
	if !v.untagged() {
		return nil, nil, false
	}
	if isNothing(v.node) {
		return nil, nil, true
	}
	if v.node.Kind != yaml.MappingNode {
		v.wrongType(expected, v.notMapping())
		return nil, nil, false
	}
	first := make(map[string]*yaml.Node)
	for i := 0; i+1 < len(v.node.Content); i += 2 {
		e, ok := v.entry(v.node.Content[i], v.node.Content[i+1])
		if !ok {
			continue
		}
		if other, dup := first[e.name]; dup {
			v.duplicateKey(e, other)
			repeated = append(repeated, e)
			continue
		}
		first[e.name] = e.key
		out = append(out, e)
	}
	return out, repeated, true
}

func (v value) entry(key, val *yaml.Node) (entry, bool) {
	k := resolve(key)
	at := value{r: v.r, name: "key", key: key, site: key, node: k}
	switch {
	case k.Kind == yaml.ScalarNode && k.Tag == "!!merge":
		at.problem(problem{
			code:       diag.MergeKey,
			message:    "merge keys (<<) are not supported",
			suggestion: "write the keys out; a whole value can be repeated with an alias (*name)",
		})
		return entry{}, false
	case k.Kind != yaml.ScalarNode || isNothing(k):
		p := problem{code: diag.WrongType, message: "a key must be a name, not " + describeKey(k)}
		if k.Kind == yaml.MappingNode && v.node.Style&k.Style&yaml.FlowStyle != 0 { // {{ x }} is a mapping in a mapping
			p.suggestion = noTemplates
		}
		at.problem(p)
		return entry{}, false
	case !at.untagged():
		return entry{}, false
	}
	return entry{k.Value, value{r: v.r, name: k.Value, key: key, site: val, node: resolve(val)}}, true
}

func describeKey(k *yaml.Node) string {
	if isNothing(k) {
		return "nothing"
	}
	return describe(k)
}

func (v value) duplicateKey(e entry, other *yaml.Node) {
	here, there := e.keySpan(), nodeSpan(v.r.sourceOf(other), other)
	say := func(at, also diag.Span) {
		v.r.errorAt(at, problem{
			code:       diag.DuplicateKey,
			message:    fmt.Sprintf("the key %s is also on %s", quote(e.name), line(also, at)),
			suggestion: "keep one of the two",
		}, diag.Related{Span: also, Message: "the other one"})
	}
	say(there, here)
	say(here, there)
}

package config

import (
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"hob/internal/entity"
)

// Rename gives an entity of the configuration at path another id, wherever it is
// named, also in the files of tests beside it, and writes was: with the old one. The error is an *EditError where the
// edit is impossible.
func Rename(path string, from, to entity.ID) (*Edit, error) {
	return edit(path, func(e *editor) error { return e.rename(from, to) })
}

// mention is a place of the file in which an entity is named.
type mention struct {
	node *yaml.Node
	part part
}

// mentions is where entities are named, by id.
type mentions map[entity.ID][]mention

// mention notes that part of a node's text, or all of it, is an entity's id.
func (b *book) mention(id entity.ID, n *yaml.Node, p part) {
	if p == (part{}) {
		p.width = utf8.RuneCountInString(n.Value)
	}
	b.mentions[id] = append(b.mentions[id], mention{n, p})
}

func (e *editor) rename(from, to entity.ID) error {
	it, ok := e.book.byID[from]
	switch _, taken := e.book.byID[to]; {
	case !ok:
		if what := whatIs(e.loaded.House, string(from)); what != "" {
			return cannotEdit("%q is %s, and only entities are renamed: edit the file by hand", from, what)
		}
		return cannotEdit("there is no entity %q", from)
	case from == entity.AlarmID && it.kind() == entity.KindAlarm:
		return cannotEdit("the alarm is always called %q", from)
	case !entity.ValidID(string(to)):
		return malformed("%q is not a valid id: a lower-case letter, then up to 31 letters, digits or _", to)
	case taken:
		return cannotEdit("there is an entity %q already", to)
	}
	places := append([]mention{{resolve(it.at.key), part{0, utf8.RuneCountInString(string(from))}}}, e.book.mentions[from]...)
	for _, m := range places {
		if err := e.replaceID(e.book.r, m, from, to); err != nil {
			return err
		}
	}
	if err := e.renameInTests(from, to); err != nil {
		return err
	}
	return e.writeWas(it, from)
}

// replaceID refuses what is not written as it reads: escapes, several lines.
func (e *editor) replaceID(r *report, m mention, from, to entity.ID) error {
	src := r.sourceOf(m.node)
	at := partSpan(src, m.node, m.part)
	l := e.layout(at.File)
	s := l.replace(at, string(to))
	if string(l.data[s.from:s.to]) != string(from) {
		return cannotEdit("%s: %q is written in a way that cannot be edited; write it plainly first", at, from)
	}
	e.splices = append(e.splices, s)
	return nil
}

// writeWas adds was: to the entity, or replaces it.
func (e *editor) writeWas(it item, was entity.ID) error {
	if old := it.common().Was; old.given {
		if !old.valid || old.at.site.Kind == yaml.AliasNode {
			return cannotEdit("%s: was cannot be edited", old.at.span())
		}
		at := old.at.span()
		e.splices = append(e.splices, e.layout(at.File).replace(at, string(was)))
		return nil
	}
	return e.addKey(it.at, "was: "+string(was))
}

// addKey puts "key: value" in front of the other keys of a mapping.
func (e *editor) addKey(v value, text string) error {
	if v.site.Kind == yaml.AliasNode {
		return cannotEdit("%s: this is an alias; write it out first", v.span())
	}
	at := v.span()
	l := e.layout(at.File)
	switch {
	case isNothing(v.node): // after the key: a colon follows it
		key := v.keySpan()
		from := l.offset(key.Line, key.EndColumn)
		colon := strings.IndexByte(string(l.data[from:]), ':')
		if colon < 0 {
			return cannotEdit("%s: this key cannot be edited", key)
		}
		e.splices = append(e.splices, e.layout(key.File).insert(key.File, from+colon+1, " {"+text+"}"))
	case v.node.Style&yaml.FlowStyle != 0:
		brace := l.offset(at.Line, at.Column) + 1
		if len(v.node.Content) > 0 {
			text += ", "
		}
		e.splices = append(e.splices, l.insert(at.File, brace, text))
	default:
		e.splices = append(e.splices, e.beforeFirst(v.node, text))
	}
	return nil
}

// beforeFirst puts a line in front of the first entry of a block mapping.
func (e *editor) beforeFirst(n *yaml.Node, text string) splice {
	first := nodeSpan(e.book.r.sourceOf(n.Content[0]), n.Content[0])
	// Anchors and tags of the key would stand between; keys have none in practice,
	// and the edit is parsed again.
	l := e.layout(first.File)
	return l.insert(first.File, l.offset(first.Line, first.Column), text+l.eol+strings.Repeat(" ", first.Column-1))
}

// whatIs says what of a house has a name that is no entity's; "" if nothing has.
func whatIs(h *entity.House, name string) string {
	for _, b := range h.Boards {
		if string(b.Name) == name {
			return "a board"
		}
	}
	for _, a := range h.Areas {
		if string(a.ID) == name {
			return "an area"
		}
	}
	for _, r := range h.Rules {
		if string(r.ID) == name {
			return "a rule"
		}
	}
	for _, u := range h.Users {
		if string(u.ID) == name {
			return "a user"
		}
	}
	return ""
}

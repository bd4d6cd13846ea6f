package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"gopkg.in/yaml.v3"

	"hob/internal/entity"
)

// KeyValue is one key of a new entity and its value as it would be written.
type KeyValue struct{ Key, Value string }

// Add puts a new entity at the end of its section of the configuration at path,
// with a section of its own if there is none. The error is an *EditError where
// the edit is impossible, with what would be wrong.
func Add(path string, kind entity.Kind, id entity.ID, keys []KeyValue) (*Edit, error) {
	return edit(path, func(e *editor) error { return e.add(kind, id, keys) })
}

// SectionOf is the section of the file in which entities of a kind are declared;
// "" for those that have none.
func SectionOf(kind entity.Kind) string {
	switch kind {
	case entity.KindSwitch:
		return "switches"
	case entity.KindPerson:
		return "people"
	case entity.KindLight, entity.KindButton, entity.KindContact, entity.KindSensor, entity.KindGarageDoor,
		entity.KindHeater, entity.KindCooler, entity.KindScene:
		return string(kind) + "s"
	}
	return ""
}

// kindLike is the kind that a word of other systems, or of the file, stands for; "" if
// nobody knows.
func kindLike(word entity.Kind) entity.Kind {
	section := normalKey(string(word))
	if meant := meantSection(section).key; meant != "" {
		section = meant
	}
	for _, k := range KindsToAdd() {
		if SectionOf(k) == section && section != "" {
			return k
		}
	}
	return ""
}

// KindsToAdd are the kinds that Add takes, in the order in which people are shown them.
func KindsToAdd() []entity.Kind {
	return []entity.Kind{entity.KindSwitch, entity.KindLight, entity.KindButton, entity.KindContact, entity.KindSensor,
		entity.KindGarageDoor, entity.KindHeater, entity.KindCooler, entity.KindScene, entity.KindPerson}
}

func (e *editor) add(kind entity.Kind, id entity.ID, keys []KeyValue) error {
	section := SectionOf(kind)
	for _, k := range keys {
		if err := k.check(); err != nil {
			return err
		}
	}
	switch {
	case section == "":
		if better := kindLike(kind); better != "" {
			return malformed("there is no kind %q to add: did you mean %s?", kind, better)
		}
		return malformed("there is no kind %q to add", kind)
	case !entity.ValidID(string(id)):
		return malformed("%q is not a valid id: a lower-case letter, then up to 31 letters, digits or _", id)
	}
	if it, taken := e.book.byID[id]; taken {
		return cannotEdit("there is %s %q already", aKind(it.kind()), id)
	}
	text := entityText(id, keys)
	m, _ := find(members(e.book.file), section)
	v := slotOf(m.field)
	switch {
	case !v.given:
		e.newSection(section, text)
	case isNothing(v.at.node):
		key := v.at.keySpan()
		l := e.layout(key.File)
		e.splices = append(e.splices, l.insert(key.File, l.start(key.Line+1), l.lead(key.Line+1)+l.indent(key.Line)+"  "+text+l.eol))
	case v.at.site.Kind == yaml.AliasNode || v.at.node.Style&yaml.FlowStyle != 0:
		return e.addKey(v.at, text)
	default:
		e.atEnd(v.at.node, text)
	}
	return nil
}

// check refuses what would be more than one key and its value.
func (k KeyValue) check() error {
	if !plainKey.MatchString(k.Key) {
		return malformed("%q is no key", k.Key)
	}
	if !isFlow(k.Value) {
		return nil // gets quotes where it needs them
	}
	var n, more yaml.Node
	d := yaml.NewDecoder(strings.NewReader(k.Value))
	err := d.Decode(&n)
	if err != nil || !errors.Is(d.Decode(&more), io.EOF) || strings.ContainsAny(k.Value, "\r\n") || n.Content[0].Kind == yaml.ScalarNode {
		return malformed("the value of %s is neither a list nor a mapping: %s", k.Key, k.Value)
	}
	return nil
}

// slotOf is where a section came from.
func slotOf(f field) slot {
	if s, ok := f.(interface{ where() slot }); ok {
		return s.where()
	}
	return slot{}
}

func (s *slot) where() slot { return *s }

// newSection appends a section to the main file.
func (e *editor) newSection(section, text string) {
	l := e.layout(e.path)
	end := len(l.data)
	before := ""
	if end > 0 && !bytes.HasSuffix(l.data, []byte("\n")) && !bytes.HasSuffix(l.data, []byte("\r")) {
		before = l.eol
	}
	e.splices = append(e.splices, l.insert(e.path, end, before+l.eol+section+":"+l.eol+"  "+text+l.eol))
}

// lead is a line end if a line is to be put behind a last one that has none.
func (l layout) lead(line int) string {
	at := l.start(line)
	if at == len(l.data) && at > 0 && l.data[at-1] != '\n' && l.data[at-1] != '\r' {
		return l.eol
	}
	return ""
}

// atEnd puts a line behind the last entry of a block mapping: behind the last line
// that belongs to it, which is indented more than its key.
func (e *editor) atEnd(n *yaml.Node, text string) {
	key := n.Content[len(n.Content)-2]
	at := nodeSpan(e.book.r.sourceOf(key), key)
	l := e.layout(at.File)
	last := at.Line
	for line := at.Line + 1; line <= len(l.lines); line++ {
		t := l.text(line)
		if len(bytes.TrimSpace(t)) == 0 {
			continue // belongs to it only if more of it follows
		}
		if len(l.indent(line)) < at.Column {
			break
		}
		last = line
	}
	e.splices = append(e.splices, l.insert(at.File, l.start(last+1), l.lead(last+1)+strings.Repeat(" ", at.Column-1)+text+l.eol))
}

// entityText is an entity on one line.
func entityText(id entity.ID, keys []KeyValue) string {
	var out []string
	for _, k := range keys {
		out = append(out, k.Key+": "+scalarText(k.Value))
	}
	return fmt.Sprintf("%s: {%s}", id, strings.Join(out, ", "))
}

// plainText says whether s is made of letters, digits and what else stands in a name
// or a value, and begins with none of the marks that only go on with one. (A regular
// expression would hold every letter there is for as long as the server runs.)
func plainText(s string) bool {
	for i, r := range s {
		switch {
		case unicode.IsLetter(r), unicode.IsNumber(r), strings.ContainsRune("_./°%-", r):
		case i > 0 && (r == '+' || r == ' '):
		default:
			return false
		}
	}
	return s != ""
}

var plainKey = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// isFlow says whether a value is meant as a list or a mapping.
func isFlow(s string) bool { return strings.HasPrefix(s, "[") || strings.HasPrefix(s, "{") }

// scalarText writes a value so that it reads as it is given. What begins with a
// bracket is a list or a mapping and stays as it is; anything that could mean
// something to YAML gets quotes.
func scalarText(s string) string {
	switch {
	case isFlow(s):
		return s
	case plainText(s) && strings.TrimSpace(s) == s && !slices.Contains([]string{"-", "null", "~"}, s) && !strings.HasPrefix(s, "- "):
		return s
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\t", `\t`).Replace(s) + `"`
}

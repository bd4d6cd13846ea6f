package config

import (
	"fmt"
	"reflect"
	"strings"

	"hob/internal/diag"
)

// A field type decodes one value of the file into itself and reports what is
// wrong with it; shape is what it accepts. The tags are those of the struct
// field that it is in.
type field interface {
	decode(v value, tags reflect.StructTag)
	shape(tags reflect.StructTag) shape
}

// slot is what every field type embeds: where its value came from.
type slot struct {
	at    value
	given bool // the key is in the file
	valid bool // and its value could be decoded
}

func (s *slot) hold(v value) { s.at, s.given = v, true }

// member is one key that a struct decodes.
type member struct {
	name     string
	required bool
	tags     reflect.StructTag
	field    field
}

// members lists the keys of a struct in the order of its fields, embedded
// structs included. into must be a pointer to a struct whose exported fields
// are all field types with a `yaml:"name"` tag; `need:"true"` makes one required.
func members(into any) []member { return membersOf(reflect.ValueOf(into).Elem()) }

func membersOf(s reflect.Value) []member {
	var out []member
	for i := range s.NumField() {
		info, f := s.Type().Field(i), s.Field(i)
		name := info.Tag.Get("yaml")
		switch {
		case info.Anonymous:
			out = append(out, membersOf(f)...)
		case name != "":
			out = append(out, member{
				name: name, required: info.Tag.Get("need") == "true",
				tags: info.Tag, field: f.Addr().Interface().(field),
			})
		}
	}
	return out
}

// decodeStruct decodes a mapping into a struct, strictly: unknown keys and
// missing ones are reported. It reports false if the value is no mapping.
func decodeStruct(v value, into any) bool {
	entries, repeated, ok := v.entries("a mapping of keys to values")
	if !ok {
		return false
	}
	all := members(into)
	isKey := func(key string) bool { _, known := find(all, key); return known }
	entries = v.separated(entries, isKey)
	entries = v.joined(entries, isKey,
		func(key string) joining { m, _ := find(all, key); return commasIn(m.field) })
	seen := make(map[string]bool)
	unknown := entries[:0] // in their place: a file of nothing else has many
	for _, e := range entries {
		m, known := find(all, e.name)
		if !known {
			unknown = append(unknown, e)
			continue
		}
		seen[e.name] = true
		m.field.decode(e.value, m.tags)
	}
	if len(unknown) > 0 {
		decodeUnknown(v, into, unknown, all, seen)
	}
	for _, e := range repeated { // what a second section declares is there for who refers to it
		if m, known := find(all, e.name); known {
			if s, more := m.field.(decodesMore); more {
				s.decodeMore(e.value)
			}
		}
	}
	for _, m := range all {
		if m.required && !seen[m.name] {
			missingKey(v, m)
		}
	}
	return true
}

// commasIn says what a comma in a value of this type is.
func commasIn(f field) joining {
	switch f.(type) {
	case *text, *missed:
		return joinedText
	case *references, *channels:
		return joinedList
	}
	return notJoined
}

func find(all []member, name string) (member, bool) {
	for _, m := range all {
		if m.name == name {
			return m, true
		}
	}
	return member{}, false
}

func missingKey(v value, m member) {
	what := fmt.Sprintf("%s needs the key %q", v.label(), m.name)
	suggestion := ""
	if example := m.tags.Get("example"); example != "" {
		suggestion = fmt.Sprintf("add %s: %s", m.name, strings.ReplaceAll(example, "hall/", v.r.board+"/"))
	}
	v.r.errorAt(v.keySpan(), problem{code: diag.MissingKey, message: what, suggestion: suggestion})
}

package config

import (
	"fmt"
	"reflect"

	"gopkg.in/yaml.v3"

	"hob/internal/diag"
	"hob/internal/entity"
)

// list returns the items of a list.
func (v value) list(expected, suggestion string) ([]value, bool) {
	if !v.untagged() {
		return nil, false
	}
	if v.node.Kind != yaml.SequenceNode {
		v.wrongType(expected, suggestion)
		return nil, false
	}
	var out []value
	for _, n := range v.node.Content {
		out = append(out, value{r: v.r, name: v.name, key: v.key, site: n, node: resolve(n)})
	}
	return out, true
}

// references is a list of ids that the file declares elsewhere, each once.
type references struct {
	slot
	items []reference
}

func (f *references) decode(v value, tags reflect.StructTag) {
	f.hold(v)
	suggestion := ""
	if v.node.Kind == yaml.ScalarNode && entity.ValidID(v.node.Value) {
		suggestion = "write [" + v.node.Value + "]"
		if v.node.Value == "all" {
			suggestion = "delete the key: without it, all are meant"
			if tags.Get("default") != "all" {
				suggestion = "name each in a list"
			}
		}
	}
	items, ok := v.list("a list of "+tags.Get("names"), suggestion)
	if !ok {
		return
	}
	seen := make(map[string]value)
	for _, at := range items {
		var ref reference
		ref.decode(at, `names:"an id"`)
		first, twice := seen[ref.value]
		switch {
		case !ref.valid:
		case twice:
			at.problem(problem{code: diag.NamedTwice, message: fmt.Sprintf("%s is in this list already", quote(ref.value)),
				suggestion: "name it once"}, diag.Related{Span: first.span(), Message: "the first one"})
		default:
			seen[ref.value] = at
			f.items = append(f.items, ref)
		}
	}
	f.valid = true
}

// ids are the ids of a list whose references have been checked.
func (f *references) ids() []entity.ID {
	var out []entity.ID
	for _, ref := range f.items {
		out = append(out, entity.ID(ref.value))
	}
	return out
}

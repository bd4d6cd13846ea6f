package entity

import (
	"bytes"
	"encoding/json"
)

// Maybe is an attribute that may be missing. With `omitzero` it is then left
// out; a value that is there is shown even when it is zero. It compares with ==.
type Maybe[T comparable] struct {
	Value T
	Given bool
}

// Some is an attribute that is there.
func Some[T comparable](v T) Maybe[T] { return Maybe[T]{v, true} }

// IsZero is what `omitzero` asks.
func (m Maybe[T]) IsZero() bool { return !m.Given }

// MarshalJSON implements json.Marshaler.
func (m Maybe[T]) MarshalJSON() ([]byte, error) {
	if !m.Given {
		return []byte("null"), nil
	}
	return json.Marshal(m.Value)
}

// UnmarshalJSON implements json.Unmarshaler.
func (m *Maybe[T]) UnmarshalJSON(b []byte) error {
	if m.Given = string(b) != "null"; !m.Given {
		m.Value = *new(T)
		return nil
	}
	return json.Unmarshal(b, &m.Value)
}

// List is an attribute that is an array: its JSON text, for slices do not
// compare with == and texts do. The zero value is the empty array.
type List string

// ListOf is the list of these items. What has the same JSON is the same list.
func ListOf[T any](items []T) List {
	if len(items) == 0 {
		return ""
	}
	b, err := json.Marshal(items)
	if err != nil { // only of ids, texts and structs of them: a mistake in this package
		panic("entity: " + err.Error())
	}
	return List(b)
}

// IDsOf lists the ids of a list of ids.
func IDsOf(l List) []ID {
	var ids []ID
	_ = json.Unmarshal([]byte(l), &ids) // the empty text is no JSON, and no ids
	return ids
}

// MarshalJSON implements json.Marshaler.
func (l List) MarshalJSON() ([]byte, error) {
	if l == "" {
		return []byte("[]"), nil
	}
	return []byte(l), nil
}

// UnmarshalJSON implements json.Unmarshaler.
func (l *List) UnmarshalJSON(b []byte) error {
	var items []json.RawMessage
	if err := json.Unmarshal(b, &items); err != nil {
		return err
	}
	*l = ""
	if len(items) > 0 {
		var text bytes.Buffer
		if err := json.Compact(&text, b); err != nil {
			return err
		}
		*l = List(text.String())
	}
	return nil
}

package config

import (
	"bytes"
	"encoding/json"
)

// dialect is the version of JSON Schema that Schema is written in.
const dialect = "https://json-schema.org/draft/2020-12/schema"

// jsonSchema is what Schema needs of a JSON Schema. Its fields stand in the order in
// which people read it.
type jsonSchema struct {
	Version              string        `json:"$schema,omitempty"`
	AnyOf                []*jsonSchema `json:"anyOf,omitempty"`
	Items                *jsonSchema   `json:"items,omitempty"`
	Properties           *properties   `json:"properties,omitempty"`
	AdditionalProperties *jsonSchema   `json:"additionalProperties,omitempty"`
	PropertyNames        *jsonSchema   `json:"propertyNames,omitempty"`
	Type                 string        `json:"type,omitempty"`
	Enum                 []any         `json:"enum,omitempty"`
	Maximum              json.Number   `json:"maximum,omitempty"`
	Minimum              json.Number   `json:"minimum,omitempty"`
	Pattern              string        `json:"pattern,omitempty"`
	UniqueItems          bool          `json:"uniqueItems,omitempty"`
	Required             []string      `json:"required,omitempty"`
	Title                string        `json:"title,omitempty"`
	Description          string        `json:"description,omitempty"`
	Examples             []any         `json:"examples,omitempty"`

	never bool // it is `false`, which nothing satisfies
}

// nothing is a schema that nothing satisfies.
func nothing() *jsonSchema { return &jsonSchema{never: true} }

// MarshalJSON implements json.Marshaler.
func (s *jsonSchema) MarshalJSON() ([]byte, error) {
	if s.never {
		return []byte("false"), nil
	}
	type plain jsonSchema
	return json.Marshal((*plain)(s))
}

// properties are the keys of a mapping with their schemas, in the order in which the
// documentation has them.
type properties []property

type property struct {
	name   string
	schema *jsonSchema
}

// MarshalJSON implements json.Marshaler.
func (p properties) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, one := range p {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(one.name)
		if err != nil {
			return nil, err
		}
		schema, err := json.Marshal(one.schema)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(schema)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

package config

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"hob/internal/chip"
)

// shape is what a field accepts, for editors and for people.
type shape struct {
	schema *jsonSchema
	words  string // such as "duration, 100ms to 7d"
	inner  any    // a struct whose keys are documented by themselves; nil if there is none
	each   any    // the same for every entry of a section
}

// Schema is the JSON schema of the file, made of the very types that decode it.
// Editors use it to complete and check as you type; `hob check` knows more, such
// as which pins are free.
func Schema() ([]byte, error) {
	root := objectSchema(&houseYAML{})
	root.Version = dialect
	root.Title = "Hob: config.yaml"
	out, err := json.MarshalIndent(root, "", "  ")
	return append(out, '\n'), err
}

// TestsSchema is the JSON schema of a file of tests.
func TestsSchema() ([]byte, error) {
	root := optional(&jsonSchema{Type: "object", AdditionalProperties: objectSchema(&testYAML{})})
	root.Version = dialect
	root.Title = "Hob: tests of rules"
	out, err := json.MarshalIndent(root, "", "  ")
	return append(out, '\n'), err
}

// objectSchema is the schema of a mapping that a struct decodes.
func objectSchema(into any) *jsonSchema {
	s := &jsonSchema{Type: "object", Properties: &properties{}, AdditionalProperties: nothing()}
	for _, m := range members(into) {
		field := m.field.shape(m.tags).schema
		field.Description = plain(m.tags.Get("doc"))
		if d := m.tags.Get("default"); d != "" {
			field.Description += " Default: " + d + "."
		}
		if example := m.tags.Get("example"); example != "" {
			field.Examples = []any{example}
		}
		*s.Properties = append(*s.Properties, property{m.name, field})
		if m.required {
			s.Required = append(s.Required, m.name)
		}
	}
	return s
}

// plain is a text without the marks of Markdown.
func plain(doc string) string { return strings.ReplaceAll(doc, "*", "") }

func textSchema(pattern string) *jsonSchema {
	return &jsonSchema{Type: "string", Pattern: pattern}
}

// anyOf is a schema of several types: what YAML makes of a word that is none of
// its own business, such as 4711 for a name.
func anyOf(types ...string) *jsonSchema {
	s := &jsonSchema{}
	for _, t := range types {
		s.AnyOf = append(s.AnyOf, &jsonSchema{Type: t})
	}
	return s
}

func wordsSchema(words []string) *jsonSchema {
	s := &jsonSchema{}
	for _, w := range words {
		s.Enum = append(s.Enum, w)
		if w == "0x44" || w == "0x45" {
			s.Enum = append(s.Enum, map[string]int{"0x44": 0x44, "0x45": 0x45}[w]) // YAML's idea of it
		}
	}
	return s
}

const idPattern = "^[a-z][a-z0-9_]{0,31}$"

func optional(s *jsonSchema) *jsonSchema {
	// Nothing at all is what remains when every entry is commented out.
	return &jsonSchema{AnyOf: []*jsonSchema{s, {Type: "null"}}}
}

func (*text) shape(reflect.StructTag) shape {
	return shape{schema: anyOf("string", "number", "boolean"), words: "text"}
}

func (*name) shape(tags reflect.StructTag) shape {
	return shape{schema: textSchema("^(?:" + everyDialect(tags.Get("shape")) + ")$"), words: "a word"}
}

// everyDialect writes a pattern so that editors and other validators can read it: the
// regular expressions of JavaScript and Python do not all know classes of Unicode.
// Beyond ASCII it lets through more than Hob does.
func everyDialect(pattern string) string {
	return strings.ReplaceAll(pattern, `\p{L}\p{N}`, "A-Za-z0-9\u00aa-\uffdc")
}

func (*reference) shape(tags reflect.StructTag) shape {
	return shape{schema: textSchema(idPattern), words: tags.Get("names")}
}

func (*references) shape(tags reflect.StructTag) shape {
	s := &jsonSchema{Type: "array", Items: textSchema(idPattern), UniqueItems: true}
	return shape{schema: s, words: "a list of " + tags.Get("names")}
}

func (*flag) shape(reflect.StructTag) shape {
	return shape{schema: &jsonSchema{Type: "boolean"}, words: "true or false"}
}

func (*whole) shape(tags reflect.StructTag) shape {
	return shape{schema: &jsonSchema{Type: "integer", Minimum: json.Number(tags.Get("min")), Maximum: json.Number(tags.Get("max"))},
		words: fmt.Sprintf("a whole number, %s to %s", tags.Get("min"), tags.Get("max"))}
}

func (*number) shape(tags reflect.StructTag) shape {
	return shape{schema: &jsonSchema{Type: "number", Minimum: json.Number(tags.Get("min")), Maximum: json.Number(tags.Get("max"))},
		words: fmt.Sprintf("a number, %s to %s", tags.Get("min"), tags.Get("max"))}
}

func (*choice) shape(tags reflect.StructTag) shape {
	words := strings.Fields(tags.Get("oneof"))
	return shape{schema: wordsSchema(words), words: oneOf(words)}
}

func (*contactClass) shape(reflect.StructTag) shape {
	words := contactClasses()
	return shape{schema: wordsSchema(words), words: oneOf(words)}
}

const durationPattern = `(?:[0-9]+(?:\.[0-9]+)?(?:d|h|m|s|ms))+`

func (*duration) shape(tags reflect.StructTag) shape {
	return shape{schema: textSchema("^" + durationPattern + "$"),
		words: fmt.Sprintf("duration, %s to %s", tags.Get("min"), tags.Get("max"))}
}

func (*percent) shape(reflect.StructTag) shape {
	return shape{schema: textSchema(percentage.String()), words: "percentage"}
}

func (*timezone) shape(reflect.StructTag) shape {
	return shape{schema: textSchema("^[A-Za-z0-9_+/-]+$"), words: "the name of a time zone"}
}

func (*boardID) shape(reflect.StructTag) shape {
	return shape{schema: textSchema("^hob-[0-9a-f]{6,12}$"), words: "hob- and 6 to 12 hexadecimal digits"}
}

func (*chipName) shape(reflect.StructTag) shape {
	return shape{schema: wordsSchema(chip.Names()), words: oneOf(chip.Names())}
}

func (*address) shape(reflect.StructTag) shape {
	return shape{schema: textSchema(""), words: "a host name or IP address"}
}

func (*pin) shape(reflect.StructTag) shape {
	return shape{schema: textSchema(pinShape.String()), words: "a pin"}
}

func (*resistance) shape(reflect.StructTag) shape {
	return shape{schema: textSchema(resistanceShape.String()), words: "resistance"}
}

func (*temperature) shape(tags reflect.StructTag) shape {
	return shape{schema: textSchema(temperatureShape.String()), words: temperatureWords("temperature", tags)}
}

func (*degrees) shape(tags reflect.StructTag) shape {
	return shape{schema: textSchema(temperatureShape.String()), words: temperatureWords("difference of temperatures", tags)}
}

func (*temperatureRange) shape(tags reflect.StructTag) shape {
	return shape{schema: textSchema(rangeShape.String()), words: temperatureWords("range of temperatures", tags)}
}

func (*setting) shape(tags reflect.StructTag) shape {
	s := &jsonSchema{AnyOf: []*jsonSchema{wordsSchema([]string{"off"}), textSchema(temperatureShape.String())}}
	return shape{schema: s, words: "off, or a " + temperatureWords("temperature", tags)}
}

func temperatureWords(what string, tags reflect.StructTag) string {
	return fmt.Sprintf("%s, %s°C to %s°C", what, tags.Get("min"), tags.Get("max"))
}

func (*presets) shape(reflect.StructTag) shape {
	of := (&setting{}).shape(`min:"-30" max:"90"`)
	s := &jsonSchema{Type: "object", PropertyNames: textSchema(idPattern), AdditionalProperties: of.schema}
	return shape{schema: s, words: "a mapping of names to temperatures or off"}
}

func (*weekPlan) shape(reflect.StructTag) shape {
	line := &jsonSchema{AnyOf: []*jsonSchema{{Type: "string"}, {Type: "array", Items: &jsonSchema{Type: "string"}}}}
	return shape{schema: &jsonSchema{Type: "object", AdditionalProperties: line}, words: "a mapping of days to times"}
}

func (*manual) shape(reflect.StructTag) shape {
	return shape{schema: textSchema("^(?:" + untilNext + "|" + forEver + "|" + durationPattern + ")$"),
		words: "until_next, a duration, or forever"}
}

func (*missed) shape(reflect.StructTag) shape {
	return shape{schema: textSchema("^(?:skip|(?:run|latest)(?: within " + durationPattern + ")?)$"), words: "skip, run or latest; the last two with within and a duration"}
}

func (*action) shape(reflect.StructTag) shape {
	return shape{schema: textSchema(""), words: "an action"}
}

func (*code) shape(reflect.StructTag) shape {
	return shape{schema: anyOf("string", "integer"), words: "4 to 12 digits"}
}

func (*channels) shape(reflect.StructTag) shape {
	return shape{schema: &jsonSchema{Type: "array", Items: textSchema("")}, words: "a list of dashboard or addresses"}
}

// shape of what the checks decode; the tag `is` says what it is.
func (*later) shape(tags reflect.StructTag) shape {
	either := func(one *jsonSchema) *jsonSchema {
		return &jsonSchema{AnyOf: []*jsonSchema{one, {Type: "array", Items: one}}}
	}
	object := &jsonSchema{Type: "object"}
	switch tags.Get("is") {
	case "triggers":
		return shape{schema: either(object), words: "a trigger, or a list of them"}
	case "condition":
		return shape{schema: object, words: "a condition"}
	case "given":
		return shape{schema: object, words: "a mapping of *time* and what is so"}
	case "happenings":
		return shape{schema: either(object), words: "something that happens, or a list of that"}
	case "checks":
		return shape{schema: either(object), words: "what has to be so, or a list of that"}
	}
	step := &jsonSchema{AnyOf: []*jsonSchema{{Type: "string"}, object}}
	return shape{schema: either(step), words: "a step, or a list of them"}
}

func (*testSection) shape(reflect.StructTag) shape {
	all := &jsonSchema{Type: "object", AdditionalProperties: objectSchema(&testYAML{})}
	return shape{schema: optional(all), words: "a mapping of names", each: &testYAML{}}
}

func nested(into any) shape {
	return shape{schema: objectSchema(into), words: "a mapping", inner: into}
}

func (f *location) shape(reflect.StructTag) shape        { return nested(&f.T) }
func (f *i2cBus) shape(reflect.StructTag) shape          { return nested(&f.T) }
func (f *unattendedClose) shape(reflect.StructTag) shape { return nested(&f.T) }
func (f *sensorLost) shape(reflect.StructTag) shape      { return nested(&f.T) }
func (f *boost) shape(reflect.StructTag) shape           { return nested(&f.T) }
func (f *watches) shape(reflect.StructTag) shape         { return nested(&f.T) }
func (s *homeSection) shape(reflect.StructTag) shape     { return optionalShape(nested(&s.T)) }
func (s *alarmSection) shape(reflect.StructTag) shape    { return nested(&s.T) }

func optionalShape(s shape) shape {
	s.schema = optional(s.schema)
	return s
}

func (s *section[T]) shape(reflect.StructTag) shape {
	each := objectSchema(new(T))
	if _, scene := any(new(T)).(*sceneYAML); scene {
		each.AdditionalProperties = anyOf("string") // ids of entities
		each.AdditionalProperties.Description = "What this entity becomes."
	}
	if len(each.Required) == 0 {
		each = optional(each)
	}
	all := &jsonSchema{Type: "object", PropertyNames: textSchema(idPattern), AdditionalProperties: each}
	return shape{schema: optional(all), words: "a mapping of ids", each: new(T)}
}

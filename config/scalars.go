package config

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"hob/internal/diag"
)

// maxText bounds names for people, in code points.
const maxText = 64

// text is a name for people: one line, not empty.
type text struct {
	slot
	value string
}

func (f *text) decode(v value, _ reflect.StructTag) {
	f.hold(v)
	raw, ok := v.text("a text")
	if !ok {
		return
	}
	switch {
	case strings.TrimSpace(raw) == "":
		v.problem(problem{code: diag.BadText, message: v.label() + " is empty", suggestion: "write a text, or delete the key"})
	case utf8.RuneCountInString(raw) > maxText:
		v.problem(problem{code: diag.BadText, message: fmt.Sprintf("%s is longer than %d characters", v.label(), maxText)})
	case strings.ContainsFunc(raw, unprintable):
		v.problem(problem{code: diag.BadText, message: v.label() + " holds a line break or an invisible character",
			suggestion: "write it on one line"})
	default:
		f.value, f.valid = raw, true
	}
}

// unprintable characters could disguise a name on a page or terminal.
func unprintable(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029'
}

// name is a machine-readable name; the tag `shape` is what it must look like
// and `like` says that to people.
type name struct {
	slot
	value string
}

func (f *name) decode(v value, tags reflect.StructTag) {
	f.hold(v)
	raw, ok := v.text("a name")
	if !ok {
		return
	}
	if !regexp.MustCompile("^(?:" + tags.Get("shape") + ")$").MatchString(raw) {
		p := problem{code: diag.BadText, message: fmt.Sprintf("%s is not a valid %s", quote(raw), v.name), suggestion: "use " + tags.Get("like")}
		for _, set := range []string{"mdi:", "mdi-", "hass:", "si:"} { // icons of other systems have their set in front
			if bare, ok := strings.CutPrefix(raw, set); ok {
				p.suggestion = "write " + bare
			}
		}
		v.problem(p)
		return
	}
	f.value, f.valid = raw, true
}

// reference is the name of something that the file declares elsewhere; whether
// it exists is checked when all of the file has been read.
type reference struct {
	slot
	value string
}

func (f *reference) decode(v value, tags reflect.StructTag) {
	f.hold(v)
	f.value, f.valid = v.text(tags.Get("names"))
}

// flag is true or false.
type flag struct {
	slot
	value bool
}

func (f *flag) decode(v value, _ reflect.StructTag) {
	f.hold(v)
	raw, ok := v.text("true or false")
	if !ok {
		return
	}
	switch raw {
	case "true", "false":
		f.value, f.valid = raw == "true", true
		return
	}
	suggestion := ""
	if word := truth(strings.ToLower(raw)); word != "" {
		suggestion = "write " + word
	}
	v.wrongType("true or false", suggestion)
}

// whole is a whole number within the tags `min` and `max`.
type whole struct {
	slot
	value int
}

var decimal = regexp.MustCompile(`^-?(?:0|[1-9][0-9]*)$`)

func (f *whole) decode(v value, tags reflect.StructTag) {
	f.hold(v)
	raw, ok := v.text("a whole number")
	if !ok {
		return
	}
	if !decimal.MatchString(raw) {
		v.wrongType("a whole number", wholeSuggestion(raw))
		return
	}
	least, most := intTag(tags, "min"), intTag(tags, "max")
	n, err := strconv.Atoi(raw)
	if err != nil || n < least || n > most {
		v.problem(problem{code: diag.OutOfRange,
			message: fmt.Sprintf("%s must be from %d to %d, not %s", v.label(), least, most, raw)})
		return
	}
	f.value, f.valid = n, true
}

// wholeSuggestion handles what other readers would silently turn into another
// number: 010 and 0x10.
func wholeSuggestion(raw string) string {
	if trimmed := strings.TrimLeft(raw, "0"); trimmed != raw && decimal.MatchString(trimmed) {
		return "write " + trimmed
	}
	if n, err := strconv.ParseInt(raw, 0, 32); err == nil {
		return fmt.Sprintf("write %d", n)
	}
	if x, err := strconv.ParseFloat(raw, 64); err == nil && x == float64(int32(x)) {
		return fmt.Sprintf("write %d", int32(x))
	}
	if plain := plainNumber(raw); decimal.MatchString(plain) {
		return "write " + plain
	}
	return ""
}

func intTag(tags reflect.StructTag, key string) int {
	n, err := strconv.Atoi(tags.Get(key))
	if err != nil {
		panic(fmt.Sprintf("config: field tag %s:%q is not a number", key, tags.Get(key)))
	}
	return n
}

// number is a decimal fraction within the tags `min` and `max`.
type number struct {
	slot
	value float64
}

var fraction = regexp.MustCompile(`^-?[0-9]{1,6}(?:\.[0-9]{1,12})?$`)

func (f *number) decode(v value, tags reflect.StructTag) {
	f.hold(v)
	raw, ok := v.text("a number")
	if !ok {
		return
	}
	if !fraction.MatchString(raw) {
		suggestion := ""
		if plain := plainNumber(raw); plain != "" {
			suggestion = "write " + plain
		}
		v.wrongType("a number", suggestion)
		return
	}
	n, err := strconv.ParseFloat(raw, 64)
	least, most := floatTag(tags, "min"), floatTag(tags, "max")
	if err != nil || n < least || n > most {
		v.problem(problem{code: diag.OutOfRange,
			message: fmt.Sprintf("%s must be from %s to %s, not %s", v.label(), tags.Get("min"), tags.Get("max"), raw)})
		return
	}
	f.value, f.valid = n, true
}

func floatTag(tags reflect.StructTag, key string) float64 {
	x, err := strconv.ParseFloat(tags.Get(key), 64)
	if err != nil {
		panic(fmt.Sprintf("config: field tag %s:%q is not a number", key, tags.Get(key)))
	}
	return x
}

// choice is one of the words in the tag `oneof`, separated by spaces.
type choice struct {
	slot
	value string
}

func (f *choice) decode(v value, tags reflect.StructTag) {
	f.hold(v)
	f.value, f.valid = decodeChoice(v, strings.Fields(tags.Get("oneof")), diag.BadChoice)
}

func decodeChoice(v value, words []string, code diag.Code) (string, bool) {
	raw, ok := v.text(oneOf(words))
	if !ok {
		return "", false
	}
	if slices.Contains(words, raw) {
		return raw, true
	}
	suggestion := ""
	if word := otherWord(v.name, raw); slices.Contains(words, word) {
		suggestion = "write " + word
	} else if near := v.r.nearest(raw, words); near != "" {
		suggestion = "did you mean " + near + "?"
	}
	v.problem(problem{code: code,
		message: fmt.Sprintf("%s must be %s, not %s", v.label(), oneOf(words), quote(raw)), suggestion: suggestion})
	return "", false
}

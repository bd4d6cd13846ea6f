package entity

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Said is a sentence for people: in English, and as what any other language is
// made from. Its members go into the objects of docs/api.md as they are.
type Said struct {
	Message string `json:"message"`
	// Detail is "" for words that the server has from somebody else, such as a
	// board of newer firmware.
	Detail Detail `json:"detail,omitempty" doc:"names the sentence for translation; missing where the server only passes words on"`
	Params Params `json:"params,omitempty" doc:"strings and numbers that stand in the sentence"`
}

// Detail is the name of a sentence. It stays when the English is worded anew, and
// a sentence that says something else has another one. testdata/sentences.json
// has all of them; the server's tests and the dashboard's go by it.
type Detail string

// Say is a sentence and its name. A template has values in braces:
//
//	Say("no_reply", "No reply from {board} within {seconds} s", "board", "hall", "seconds", 5)
//
// {name:q} is put in quotes, with what a terminal should not get escaped. Values
// come as names and values in turn; each is a text, a whole number, a float or a
// Temp (in °C), and goes to clients, unless its name begins with "_": that is for
// the English only, as where somebody else's words are passed on. The name of the
// sentence, the template and the names of values are literals, which a test of
// this package collects from all of the server.
func Say(detail Detail, template string, values ...any) Said {
	return Said{Message: expand(template, values), Detail: detail, Params: paramsOf(values)}
}

// expand puts values into a template. What it has no value for stays as it is.
func expand(template string, values []any) string {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(template, "{")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		name, after, _ := strings.Cut(rest, "}")
		name, quoted := strings.CutSuffix(name, ":q")
		text := "{" + name + "}"
		for i := 0; i+1 < len(values); i += 2 {
			if values[i] == name {
				text = fmt.Sprint(values[i+1])
			}
		}
		if quoted {
			text = strconv.Quote(text)
		}
		out.WriteString(text)
		template = after
	}
}

// Params are the values in a sentence: their JSON text, an object, for maps do not
// compare with == and texts do. The zero value is none.
type Params string

func paramsOf(values []any) Params {
	var out []byte
	for i := 0; i+1 < len(values); i += 2 {
		name, _ := values[i].(string)
		if strings.HasPrefix(name, "_") {
			continue
		}
		value := values[i+1]
		if t, ok := value.(Temp); ok {
			value = json.Number(t.String())
		}
		text, err := json.Marshal(value)
		if err != nil { // no text and no number: a mistake of whoever says it
			panic("entity: " + err.Error())
		}
		out = append(strconv.AppendQuote(append(out, ','), name), ':')
		out = append(out, text...)
	}
	if out == nil {
		return ""
	}
	out[0] = '{'
	return Params(append(out, '}'))
}

// MarshalJSON implements json.Marshaler.
func (p Params) MarshalJSON() ([]byte, error) {
	if p == "" {
		return []byte("{}"), nil
	}
	return []byte(p), nil
}

// UnmarshalJSON implements json.Unmarshaler.
func (p *Params) UnmarshalJSON(b []byte) error {
	var kind map[string]any
	if err := json.Unmarshal(b, &kind); err != nil {
		return err
	}
	*p = ""
	if len(kind) > 0 {
		var text bytes.Buffer
		if err := json.Compact(&text, b); err != nil {
			return err
		}
		*p = Params(text.String())
	}
	return nil
}

// Refusal is the error of a command that was not accepted, in words for people.
type Refusal struct {
	Code Code
	Said
}

// Error implements error.
func (r *Refusal) Error() string { return r.Message }

// invalid is the refusal of what makes no sense for this entity, whenever it is asked.
func invalid(detail Detail, template string, values ...any) error {
	return &Refusal{CodeInvalid, Say(detail, template, values...)}
}

// notNow is the refusal of what makes sense, and not as the entity is at this moment.
func notNow(detail Detail, template string, values ...any) error {
	return &Refusal{CodeNotNow, Say(detail, template, values...)}
}

// unknownAction refuses a verb that a kind does not have; knows are the words for
// those that it has.
func unknownAction(kind Kind, knows string, verb Verb) error {
	return invalid("unknown_action", "{_what} {_knows}, not {action:q}", "kind", kind, "action", verb, "_what", aKind(kind), "_knows", knows)
}

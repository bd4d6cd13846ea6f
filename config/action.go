package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"hob/internal/diag"
	"hob/internal/entity"
)

// action is what a button does: "toggle porch", "porch on", "porch off" or
// "stairs 40%". Whether the target exists and can do that is checked when all
// of the file has been read.
type action struct {
	slot
	target     entity.ID
	targetPart part
	action     entity.Action
}

const actionForms = `write "toggle porch", "porch on", "porch off" or "stairs 40%"`

func (f *action) decode(v value, _ reflect.StructTag) {
	f.hold(v)
	raw, ok := v.text(`one action such as "toggle porch"`)
	if !ok {
		return
	}
	target, at, do, p := parseAction(raw)
	if p != nil {
		v.problem(*p)
		return
	}
	f.target, f.targetPart, f.action, f.valid = target, at, do, true
}

// laterActions are what actions of later versions begin with.
func laterActions() []string {
	return []string{"scene", "notify", "delay", "alarm", "open", "close", "stop", "pulse"}
}

// parseAction reads one action.
func parseAction(raw string) (entity.ID, part, entity.Action, *problem) {
	words := strings.Fields(raw)
	if len(words) >= 2 && slices.Contains(laterActions(), words[0]) {
		return "", part{}, entity.Action{}, &problem{code: diag.NotSupported,
			message: fmt.Sprintf("the action %q is not supported by this version", words[0])}
	}
	if len(words) != 2 {
		return "", part{}, entity.Action{}, badAction(raw)
	}
	if words[0] == string(entity.VerbToggle) {
		return entity.ID(words[1]), wordPart(raw, words, 1), entity.Action{Verb: entity.VerbToggle}, nil
	}
	do, p := parseState(words[1])
	if p != nil {
		if p.code == diag.BadAction {
			p.suggestion = suggestAction(words)
		}
		p.part = wordPart(raw, words, 1)
		return "", part{}, entity.Action{}, p
	}
	return entity.ID(words[0]), wordPart(raw, words, 0), do, nil
}

// parseState reads what follows the target: on, off or a brightness.
func parseState(s string) (entity.Action, *problem) {
	switch {
	case s == "on":
		return entity.Action{Verb: entity.VerbOn}, nil
	case s == "off":
		return entity.Action{Verb: entity.VerbOff}, nil
	case strings.HasPrefix(s, "#"):
		return entity.Action{}, &problem{code: diag.NotSupported,
			message: "colours in actions are not supported by this version"}
	case strings.HasSuffix(s, "%") || bareNumber.MatchString(s):
		level, p := parsePercent(s)
		if p != nil {
			p.message = "the brightness " + p.message
			return entity.Action{}, p
		}
		return entity.Action{Verb: entity.VerbSet, Level: &level}, nil
	}
	return entity.Action{}, &problem{code: diag.BadAction, message: fmt.Sprintf("%s is no state to switch to", quote(s))}
}

func badAction(raw string) *problem {
	return &problem{code: diag.BadAction, message: fmt.Sprintf("%s is no action", quote(raw)), suggestion: actionForms}
}

// suggestAction turns around "on porch", "turn_on porch" and "porch toggle".
func suggestAction(words []string) string {
	switch strings.ToLower(words[0]) {
	case "on", "turn_on", "turnon":
		return "write " + words[1] + " on"
	case "off", "turn_off", "turnoff":
		return "write " + words[1] + " off"
	}
	if strings.EqualFold(words[1], "toggle") || strings.EqualFold(words[1], "flip") {
		return "write toggle " + words[0]
	}
	if near := diag.Nearest(words[1], []string{"on", "off"}); near != "" {
		return "did you mean " + words[0] + " " + near + "?"
	}
	if diag.Nearest(words[0], []string{"toggle"}) != "" {
		return "did you mean toggle " + words[1] + "?"
	}
	return actionForms
}

// wordPart is where words[i] stands in raw.
func wordPart(raw string, words []string, i int) part {
	from := strings.Index(raw, words[0])
	for n := 1; n <= i; n++ {
		from += len(words[n-1])
		from += strings.Index(raw[from:], words[n])
	}
	return part{utf8.RuneCountInString(raw[:from]), utf8.RuneCountInString(words[i])}
}

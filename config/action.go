package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"hob/internal/diag"
	"hob/internal/entity"
)

// action is one thing to do, in one line of words: "toggle porch", "stairs 40%",
// "scene night". Which words fit depends on what the target is, so they are
// understood when all of the file has been read (book.checkAction).
type action struct {
	slot
	words []word

	// Set by the checks, when they have found nothing wrong.
	target entity.ID
	action entity.Action
}

// word is one word of a text and where it stands.
type word struct {
	text string
	part part
}

const actionForms = `write the verb first ("toggle porch", "close left", "scene night"), or the target and what it becomes ("porch on", "stairs 40%")`

func (f *action) decode(v value, _ reflect.StructTag) {
	f.hold(v)
	const forms = `one action such as "toggle porch"`
	if !isText(v) && !isNothing(v.node) && v.untagged() {
		v.wrongType(forms, "a button does one thing by itself: for more, have it activate a scene, such as scene night, or let a rule wait for it")
		return
	}
	raw, ok := v.text(forms)
	if !ok {
		return
	}
	f.words = split(raw)
	if len(f.words) < 2 {
		p := problem{code: diag.BadAction, message: fmt.Sprintf("%s is no action", quote(raw)), suggestion: actionForms}
		if id, verb, dotted := strings.Cut(raw, "."); dotted && slices.Contains(verbsFirst(), verb) {
			p.suggestion = fmt.Sprintf("write %s %s", verb, id)
		}
		v.problem(p)
		return
	}
	f.valid = true
}

// split cuts a text at its spaces.
func split(raw string) []word {
	var out []word
	at, open := 0, false
	for _, c := range raw {
		switch {
		case c == ' ' || c == '\t' || c == '\n':
			open = false
		case !open:
			out, open = append(out, word{string(c), part{at, 1}}), true
		default:
			last := &out[len(out)-1]
			last.text += string(c)
			last.part.width++
		}
		at++
	}
	return out
}

// verbsFirst stand in front of their target: "toggle porch".
func verbsFirst() []string {
	return []string{string(entity.VerbToggle), string(entity.VerbOpen), string(entity.VerbClose), string(entity.VerbPulse), "scene"}
}

// checkAction understands an action. It reports what is wrong and says whether
// nothing is.
func (b *book) checkAction(do *action) bool {
	first, rest := do.words[0], do.words[1:]
	verb := ""
	if slices.Contains(verbsFirst(), first.text) {
		verb, first, rest = first.text, rest[0], rest[1:]
	}
	target, ok := b.byID[entity.ID(first.text)]
	if !ok {
		b.unknownTarget(do, verb, first)
		return false
	}
	var p *problem
	switch {
	case verb != "" && len(rest) > 0:
		p = &problem{code: diag.BadAction, message: fmt.Sprintf("%s is too much after %q", quote(rest[0].text), verb+" "+first.text),
			part: rest[0].part, suggestion: fmt.Sprintf("write %s %s", verb, first.text)}
	case target.unknown(): // and so is what it can do
	case verb != "":
		do.action, p = target.doVerb(verb, first)
	default:
		do.action, p = target.become(rest, target.words())
	}
	if p != nil {
		do.at.problem(*p)
		return false
	}
	do.target = target.id
	b.mention(target.id, do.at.node, first.part)
	return true
}

// unknownTarget knows the words in the wrong order: "on porch", "turn_off porch".
func (b *book) unknownTarget(do *action, verb string, target word) {
	if better := b.freely(do.words); better != "" {
		do.at.problem(problem{code: diag.BadAction, message: fmt.Sprintf("%s is no action", quote(do.at.node.Value)), suggestion: better})
		return
	}
	if better := b.turnedAround(do.words); verb == "" && better != "" {
		do.at.problem(problem{code: diag.BadAction, message: fmt.Sprintf("%s is no entity", quote(target.text)),
			suggestion: better, part: target.part})
		return
	}
	if verb == "" && slices.Contains([]string{"notify", "delay"}, target.text) {
		do.at.problem(problem{code: diag.BadAction, message: fmt.Sprintf("only a rule can %s", target.text), part: target.part,
			suggestion: "a button does one thing: " + actionForms})
		return
	}
	names := b.commandable
	if verb == "scene" {
		names = b.named(entity.KindScene)
	}
	suggestion := b.several(target.text)
	if suggestion == "" {
		suggestion = b.r.didYouMean(target.text, names, "declare it in the section of its kind")
	}
	do.at.problem(problem{
		code:       diag.UnknownEntity,
		message:    fmt.Sprintf("there is no entity %s", quote(target.text)),
		suggestion: suggestion,
		part:       target.part,
	})
}

func (b *book) turnedAround(words []word) string {
	if len(words) != 2 {
		return ""
	}
	verb, target := strings.ToLower(words[0].text), words[1].text
	it, ok := b.byID[entity.ID(target)]
	if !ok {
		return ""
	}
	switch verb {
	case "turn_on", "turnon":
		verb = "on"
	case "turn_off", "turnoff":
		verb = "off"
	}
	if slices.Contains(it.words(), verb) {
		return fmt.Sprintf("write %s %s", target, verb)
	}
	if near := diag.Nearest(verb, verbsFirst()); near != "" {
		return fmt.Sprintf("did you mean %s %s?", near, target)
	}
	return ""
}

// named lists the ids of some kinds in the order of the file.
func (b *book) named(kinds ...entity.Kind) []string {
	var out []string
	if b.r.exhausted() {
		return nil // they are for suggestions, and there are no more
	}
	for _, it := range b.items {
		if slices.Contains(kinds, it.kind()) {
			out = append(out, string(it.id))
		}
	}
	return out
}

// doVerb is an action whose verb stands in front of the target at.
func (it item) doVerb(verb string, at word) (entity.Action, *problem) {
	switch {
	case verb == "scene" && it.kind() == entity.KindScene:
		return entity.Action{Verb: entity.VerbActivate}, nil
	case verb == string(entity.VerbToggle) && it.driven() != nil:
		return entity.Action{Verb: entity.VerbToggle}, nil
	}
	if door, ok := it.body.(*garageDoorYAML); ok && verb != "scene" && verb != string(entity.VerbToggle) {
		return entity.Action{Verb: entity.Verb(verb)}, door.cannot(it.id, entity.Verb(verb), at)
	}
	return entity.Action{}, &problem{code: diag.ImpossibleAction, part: at.part,
		message:    fmt.Sprintf("%q is %s: %s does not fit", it.id, aKind(it.kind()), verb),
		suggestion: it.forms()}
}

// forms says how this target is written.
func (it item) forms() string {
	id := it.id
	switch it.kind() {
	case entity.KindSwitch:
		return fmt.Sprintf(`write "%s on", "%[1]s off" or "toggle %[1]s"`, id)
	case entity.KindLight:
		return fmt.Sprintf(`write "%s on", "%[1]s off", "%[1]s 40%%" or "toggle %[1]s"`, id)
	case entity.KindGarageDoor:
		return fmt.Sprintf(`write "open %s", "close %[1]s" or "pulse %[1]s"`, id)
	case entity.KindScene:
		return fmt.Sprintf(`write "scene %s"`, id)
	case entity.KindButton, entity.KindContact, entity.KindSensor:
		return "it only reports; name what is to change"
	}
	return fmt.Sprintf("write %q and one of: %s", id, strings.Join(it.words(), ", "))
}

// aKind names a kind with its article.
func aKind(k entity.Kind) string {
	if k == entity.KindAlarm {
		return "an " + kindName(k)
	}
	return "a " + kindName(k)
}

// kindName is a kind in words for people: "garage door".
func kindName(k entity.Kind) string { return strings.ReplaceAll(string(k), "_", " ") }

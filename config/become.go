package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"hob/internal/diag"
	"hob/internal/entity"
)

// words are what may stand after this target besides numbers: "on", a preset.
func (it item) words() []string {
	var out []string
	if y, ok := it.body.(*thermostatYAML); ok {
		for _, p := range y.settings() {
			out = append(out, p.Name)
		}
	}
	for _, v := range it.kind().Verbs() {
		switch {
		case it.kind() == entity.KindButton, v == entity.VerbToggle: // a hand does that; it stands before its target
		case v == entity.VerbActivate:
			out = append(out, "on")
		default:
			out = append(out, string(v))
		}
	}
	return out
}

// become understands what stands after a target, or as its value in a scene:
// "on", "40%", "on 40% #ff8800", "21°C for 2h", "boost 24°C 30m", "arm_away".
func (it item) become(words []word, known []string) (entity.Action, *problem) {
	if it.unknown() {
		return entity.Action{}, nil
	}
	if len(known) == 0 {
		return entity.Action{}, &problem{code: diag.ImpossibleAction,
			message: fmt.Sprintf("%q is %s: it cannot be switched", it.id, aKind(it.kind())), suggestion: it.forms()}
	}
	if len(words) == 0 {
		return entity.Action{}, &problem{code: diag.BadAction, message: "nothing says what becomes of " + quote(string(it.id)), suggestion: it.forms()}
	}
	var a entity.Action
	for i, w := range words {
		if i == 0 && slices.Contains(known, w.text) {
			a.Verb = entity.Verb(w.text)
			continue
		}
		if p := it.argument(&a, words, i); p != nil {
			if p.part == (part{}) {
				p.part = w.part
			}
			return entity.Action{}, p
		}
	}
	if p := it.finish(&a, words); p != nil {
		return entity.Action{}, p
	}
	return a, nil
}

var (
	startsLikeColor = regexp.MustCompile(`^#`)
	startsWithDigit = regexp.MustCompile(`^-?[0-9]`)
)

// argument takes words[i], which is not a verb.
func (it item) argument(a *entity.Action, words []word, i int) *problem {
	w := words[i].text
	y, thermostat := it.body.(*thermostatYAML)
	switch {
	case startsLikeColor.MatchString(w):
		return it.color(a, w)
	case thermostat && w == "for" && i > 0 && i+1 < len(words):
		return nil // what follows is read by itself
	case thermostat && startsWithDigit.MatchString(w):
		return y.number(a, words, i)
	case strings.HasSuffix(w, "%") || bareNumber.MatchString(w):
		return it.level(a, w)
	}
	return it.unknownWord(words, i)
}

func (it item) unknownWord(words []word, i int) *problem {
	w := words[i].text
	p := &problem{code: diag.BadAction, suggestion: it.forms(),
		message: fmt.Sprintf("%s is nothing that %s can become", quote(w), aKind(it.kind()))}
	if _, ok := it.body.(*thermostatYAML); ok && i == 0 && entity.ValidID(w) {
		p.code, p.message = diag.UnknownPreset, fmt.Sprintf("%q has no preset %s", it.id, quote(w))
	}
	switch near := diag.Nearest(w, it.words()); {
	case i > 0:
		p.message = fmt.Sprintf("%s is too much after %q", quote(w), words[i-1].text)
	case slices.Contains(verbsFirst(), strings.ToLower(w)):
		p.suggestion = fmt.Sprintf("write %s %s", strings.ToLower(w), it.id)
	case near != "":
		p.suggestion = fmt.Sprintf("did you mean %s?", near)
	}
	return p
}

func (it item) light() (*lightYAML, entity.Drive) {
	y, ok := it.body.(*lightYAML)
	if !ok {
		return nil, ""
	}
	drive, _ := y.drive()
	return y, drive
}

func (it item) level(a *entity.Action, w string) *problem {
	level, p := parsePercent(w)
	if p != nil {
		p.message = "the brightness " + p.message
		return p
	}
	y, drive := it.light()
	switch {
	case y == nil:
		return &problem{code: diag.ImpossibleAction, message: fmt.Sprintf("%q is %s: it has no brightness", it.id, aKind(it.kind())), suggestion: it.forms()}
	case drive == entity.DrivePin:
		return &problem{code: diag.ImpossibleAction, message: fmt.Sprintf("%q is a light that is only on or off: it has no brightness", it.id),
			suggestion: "lights with pwm or ws2812 have one"}
	case a.Level != nil:
		return &problem{code: diag.BadAction, message: "a second brightness", suggestion: "keep one of them"}
	}
	a.Level = &level
	return nil
}

var shortColor = regexp.MustCompile(`^#([0-9a-fA-F])([0-9a-fA-F])([0-9a-fA-F])$`)

func (it item) color(a *entity.Action, w string) *problem {
	rgb, err := entity.ParseRGB(w)
	y, drive := it.light()
	switch {
	case err != nil:
		suggestion := "write # and six hexadecimal digits, such as #ff8800"
		if m := shortColor.FindStringSubmatch(w); m != nil {
			suggestion = fmt.Sprintf("write #%s%[1]s%s%[2]s%s%[3]s", m[1], m[2], m[3])
		}
		return &problem{code: diag.BadColor, message: quote(w) + " is no colour", suggestion: suggestion}
	case y == nil || drive != entity.DriveWS2812:
		return &problem{code: diag.ImpossibleAction, message: fmt.Sprintf("%q has no colour", it.id), suggestion: "lights with ws2812 have one"}
	case a.Color != nil:
		return &problem{code: diag.BadAction, message: "a second colour", suggestion: "keep one of them"}
	}
	a.Color = &rgb
	return nil
}

// Bounds of how long a setting by hand or a boost may be asked for.
const (
	leastFor = time.Minute
	mostFor  = 7 * 24 * time.Hour
)

// number is a target or a time of a thermostat.
func (y *thermostatYAML) number(a *entity.Action, words []word, i int) *problem {
	w := words[i].text
	if i > 0 && words[i-1].text == "for" || durationPart.MatchString(w) {
		d, p := parseDuration(w, "m")
		switch {
		case p != nil:
			p.message = "the time " + p.message
			return p
		case d < leastFor || d > mostFor:
			return &problem{code: diag.OutOfRange, message: fmt.Sprintf("the time must be from %s to %s, not %s", formatDuration(leastFor), formatDuration(mostFor), w)}
		case a.For != 0:
			return &problem{code: diag.BadAction, message: "a second time", suggestion: "keep one of them"}
		}
		a.For = d
		return nil
	}
	t, p := parseTemperature(w)
	low, high := y.limits()
	switch {
	case p != nil:
		p.message = "the target " + p.message
		return p
	case a.Temp != nil:
		return &problem{code: diag.BadAction, message: "a second temperature", suggestion: "keep one of them"}
	case (!y.Range.given || y.Range.valid) && (t < low || t > high):
		return &problem{code: diag.TargetOutside, message: fmt.Sprintf("the target is %s, outside of %s to %s", formatTemp(t), formatTemp(low), formatTemp(high)),
			suggestion: "widen it: range: " + widened(low, high, t)}
	}
	a.Temp = &t
	return nil
}

// finish fills in the verb that numbers alone stand for, and refuses numbers
// that the verb has no use for.
func (it item) finish(a *entity.Action, words []word) *problem {
	verb := words[0]
	switch {
	case a.Verb == "" && (a.Level != nil || a.Color != nil || a.Temp != nil):
		a.Verb = entity.VerbSet
	case a.Verb == "":
		return &problem{code: diag.BadAction, message: "a time, and nothing that it is for", part: verb.part, suggestion: it.forms()}
	case (a.Level != nil || a.Color != nil) && a.Verb != entity.VerbOn,
		a.Temp != nil && a.Verb != entity.VerbBoost,
		a.For != 0 && !it.timed(a.Verb):
		return &problem{code: diag.BadAction, message: fmt.Sprintf("%q takes nothing after it", verb.text), part: words[1].part,
			suggestion: "write " + verb.text + " alone"}
	case words[len(words)-1].text == "for":
		return &problem{code: diag.BadAction, message: `a time is missing after "for"`, part: words[len(words)-1].part, suggestion: "write such as for 2h"}
	}
	if it.kind() == entity.KindScene {
		a.Verb = entity.VerbActivate
	}
	if door, ok := it.body.(*garageDoorYAML); ok {
		return door.cannot(it.id, a.Verb, verb)
	}
	return nil
}

// timed says which verbs of a thermostat may last for a time: a boost, and a
// setting by hand.
func (it item) timed(v entity.Verb) bool {
	switch v {
	case entity.VerbAuto, entity.VerbLock, entity.VerbUnlock:
		return false
	}
	return it.kind() == entity.KindHeater || it.kind() == entity.KindCooler
}

// cannot says what this door can never do.
func (y *garageDoorYAML) cannot(id entity.ID, v entity.Verb, at word) *problem {
	if v == entity.VerbPulse || y.ClosedReed.given {
		return nil
	}
	return &problem{code: diag.UnsafeMove, part: at.part,
		message:    fmt.Sprintf("the garage door %q has no reeds, so nobody knows what a pulse would do: it cannot be told to %s", id, v),
		suggestion: fmt.Sprintf("write pulse %s for a button beside it, or give it closed_reed", id)}
}

// Who may want to move a door without standing in front of it.
const (
	byRule  = "a rule"
	byScene = "a scene"
)

// unsafeMove says why someone who does not stand in front of the door must not
// do that to it; nil if it is no door, or may be.
func unsafeMove(target item, v entity.Verb, who string, mayOpen bool) *problem {
	door, ok := target.body.(*garageDoorYAML)
	if !ok || target.unknown() {
		return nil
	}
	switch {
	case !door.ClosedReed.given:
		return &problem{code: diag.UnsafeMove, message: fmt.Sprintf("%s never moves a garage door without reeds, such as %q", who, target.id),
			suggestion: "give it closed_reed and unattended_close, or leave it to people"}
	case v == entity.VerbPulse:
		return &problem{code: diag.UnsafeMove, message: fmt.Sprintf("%s never just pulses a garage door: it may go either way", who),
			suggestion: "write close"}
	case v == entity.VerbOpen && !mayOpen && who == byRule:
		return &problem{code: diag.UnsafeMove, message: fmt.Sprintf("a rule opens a garage door only where it says so, and this one does not name %q", target.id),
			suggestion: "if that is meant, add may_open: [" + string(target.id) + "] to the rule"}
	case v == entity.VerbOpen && !mayOpen:
		return &problem{code: diag.UnsafeMove, message: fmt.Sprintf("%s never opens a garage door", who),
			suggestion: "leave it to people, or to a rule that says may_open: [" + string(target.id) + "]"}
	case v == entity.VerbClose && !door.UnattendedClose.given:
		return &problem{code: diag.UnsafeMove, message: fmt.Sprintf("%s closes %q without anyone in front of it, and nothing would warn people", who, target.id),
			suggestion: "give the door unattended_close: {warn: with the pin of a lamp or buzzer, for: 6s}"}
	}
	return nil
}

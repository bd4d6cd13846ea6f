package config

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"hob/internal/diag"
	"hob/internal/entity"
	"hob/internal/schedule"
)

// triggers are one mapping or a list of them.
func (c *ruleCheck) triggers(v value) []entity.Trigger {
	items := []value{v}
	if v.node.Kind == yaml.SequenceNode {
		items, _ = v.list("", "")
		if len(items) == 0 {
			v.problem(problem{code: diag.BadTrigger, message: "the rule waits for nothing: its list of triggers is empty", suggestion: `add one, such as {time: "23:45"}`})
		}
	}
	var out []entity.Trigger
	for _, item := range items {
		if t := c.trigger(item); t != nil {
			out = append(out, t)
		}
	}
	return out
}

// refinement are the keys beside the one that says what is waited for.
type refinement map[string]value

// trigger understands one mapping; nil if something is wrong with it.
func (c *ruleCheck) trigger(v value) entity.Trigger {
	const forms = "a mapping such as {time: \"23:45\"} or {porch: on}"
	if isText(v) {
		if write := c.triggerText(v.node.Value); write != "" {
			v.wrongType(forms, "write "+write)
			return nil
		}
	}
	entries, ok := v.mapping(forms)
	if !ok || c.elsewhereTrigger(v, entries) {
		return nil
	}
	entries = v.joined(entries, func(name string) bool {
		return c.byID[entity.ID(name)].body != nil || slices.Contains(append(triggerWords(), refinements()...), name)
	}, func(string) joining { return joinedText })
	var main []entry
	more := refinement{}
	for _, e := range entries {
		if slices.Contains(refinements(), e.name) {
			more[e.name] = e.value
		} else {
			main = append(main, e)
		}
	}
	switch {
	case len(main) == 0:
		v.problem(problem{code: diag.BadTrigger, message: "nothing says what the rule waits for",
			suggestion: "write " + oneOf(triggerWords()) + ", or the id of an entity"})
		return nil
	case len(main) > 1 && c.mistyped(main):
		return nil
	case len(main) > 1:
		main[1].r.errorAt(main[1].keySpan(), problem{code: diag.BadTrigger,
			message:    fmt.Sprintf("a trigger waits for one thing: %s and %s are two", quote(main[0].name), quote(main[1].name)),
			suggestion: "for either of them, write a list: when: [{...}, {...}]; to require both, put one into if"})
		return nil
	}
	t, takes := c.mainTrigger(main[0], more)
	for name, at := range more {
		if t != nil && !slices.Contains(takes, name) {
			p := problem{code: diag.NotApplied, message: fmt.Sprintf("%q has no effect on a trigger by %s", name, main[0].name), suggestion: "delete it"}
			if name == "random" {
				p.suggestion = "delete it, or wait for a time or the sun: only what comes once a day is moved"
			}
			at.r.errorAt(at.keySpan(), p)
			t = nil
		}
	}
	return t
}

// mistyped reports what was to refine a trigger and is not spelled so; false if there is none.
func (c *ruleCheck) mistyped(main []entry) bool {
	for _, e := range main {
		if c.byID[entity.ID(e.name)].body != nil || slices.Contains(triggerWords(), e.name) {
			continue
		}
		if near := c.r.nearest(e.name, refinements()); near != "" {
			e.r.errorAt(e.keySpan(), problem{code: diag.UnknownKey, message: "unknown key " + quote(e.name), suggestion: "did you mean " + near + "?"})
			return true
		}
	}
	return false
}

func (c *ruleCheck) mainTrigger(e entry, more refinement) (t entity.Trigger, takes []string) {
	switch e.name {
	case "time":
		return c.timeTrigger(e.value, more), []string{"days", "random"}
	case "sun":
		return c.sunTrigger(e.value, more), []string{"days", "random"}
	case "cron":
		return c.cronTrigger(e.value), nil
	case "every":
		if d, ok := c.span(e.value, "an interval such as 6h", time.Second, 366*24*time.Hour); ok {
			return entity.AtEvery{Every: schedule.Every(d)}, nil
		}
	case "board":
		return c.boardTrigger(e.value, more), []string{"is", "for"}
	case "webhook":
		return c.webhookTrigger(e.value), nil
	case "startup":
		if raw, ok := e.value.text("true"); ok && raw == "true" {
			return entity.OnStart{}, nil
		} else if ok {
			e.value.wrongType("true", "write startup: true")
		}
	default:
		return c.entityTrigger(e, more)
	}
	return nil, nil
}

// span reads a duration within bounds.
func (c *ruleCheck) span(v value, expected string, least, most time.Duration) (time.Duration, bool) {
	raw, ok := v.text(expected)
	if !ok {
		return 0, false
	}
	d, p := parseDuration(raw, "m")
	if p == nil && (d < least || d > most) {
		p = &problem{code: diag.OutOfRange, message: fmt.Sprintf("must be from %s to %s, not %s", formatDuration(least), formatDuration(most), raw)}
	}
	if p != nil {
		p.message = v.label() + " " + p.message
		v.problem(*p)
		return 0, false
	}
	return d, true
}

// held is the refinement `for`.
func (c *ruleCheck) held(more refinement) (time.Duration, bool) {
	v, given := more["for"]
	if !given {
		return 0, true
	}
	return c.span(v, "a duration such as 10m", time.Second, 30*24*time.Hour)
}

func (c *ruleCheck) boardTrigger(v value, more refinement) entity.Trigger {
	name, ok := v.text("the name of a board")
	if !ok {
		return nil
	}
	if _, known := c.boards[entity.BoardName(name)]; !known {
		c.unknownBoard(v, name, part{})
		return nil
	}
	is, given := more["is"]
	if !given {
		v.r.errorAt(v.keySpan(), problem{code: diag.MissingKey, message: "a trigger by a board needs the key \"is\"", suggestion: "add is: offline, or is: online"})
		return nil
	}
	word, known := decodeChoice(is, []string{"online", "offline"}, diag.BadChoice)
	held, ok := c.held(more)
	if !known || !ok {
		return nil
	}
	return entity.OnBoard{Board: entity.BoardName(name), Online: word == "online", For: held}
}

// entityTrigger waits for a state, a number or a gesture.
func (c *ruleCheck) entityTrigger(e entry, more refinement) (t entity.Trigger, takes []string) {
	it, ok := c.byID[entity.ID(e.name)]
	if !ok {
		c.unknownSubject(e, append(triggerWords(), refinements()...))
		return nil, nil
	}
	c.mention(it.id, resolve(e.key), part{})
	raw, ok := e.value.text("a state such as on, or a comparison such as below 3°C")
	if !ok {
		return nil, nil
	}
	if it.kind() == entity.KindButton {
		return c.gestureTrigger(it, e.value, raw), nil
	}
	held, ok := c.held(more)
	if it.kind() == entity.KindSensor && raw == entity.StateUnknown {
		return silence(it, e.value, held, ok), []string{"for"}
	}
	if isLevel(raw) {
		return c.levelTrigger(it, e.value, raw, more, held, ok), []string{"for", "hysteresis"}
	}
	to, known := c.state(it, e.value, raw)
	from, fromKnown := "", true
	if v, given := more["from"]; given {
		word, isText := v.text("a state")
		fromKnown = isText
		if isText {
			from, fromKnown = c.state(it, v, word)
		}
		if fromKnown && known && from == to {
			v.problem(problem{code: diag.BadTrigger, message: fmt.Sprintf("it cannot come from %s to %s", from, to), suggestion: "delete from, or name another state"})
			fromKnown = false
		}
	}
	if !known || !fromKnown || !ok {
		return nil, nil
	}
	return entity.OnState{Entity: it.id, To: to, From: from, For: held}, []string{"for", "from"}
}

// silence waits for a sensor that tells nothing any more.
func silence(it item, v value, held time.Duration, ok bool) entity.Trigger {
	switch {
	case !ok:
		return nil
	case held == 0:
		v.problem(problem{code: diag.BadTrigger, message: "a sensor is unknown for a moment whenever its board starts or its link breaks", suggestion: "add for: 10m"})
		return nil
	}
	return entity.OnState{Entity: it.id, To: entity.StateUnknown, For: held}
}

func (c *ruleCheck) levelTrigger(it item, v value, raw string, more refinement, held time.Duration, ok bool) entity.Trigger {
	t, known := c.threshold(it, v, raw)
	on := entity.OnLevel{Threshold: t, For: held}
	if h, given := more["hysteresis"]; given && known {
		text, isText := h.text("a difference such as 0.5°C")
		if !isText {
			return nil
		}
		n, p := c.difference(it, t.Of, text)
		if p != nil {
			h.problem(*p)
			return nil
		}
		on.Hysteresis = n
	}
	if !known || !ok {
		return nil
	}
	return on
}

func (c *ruleCheck) gestureTrigger(it item, v value, raw string) entity.Trigger {
	gestures := []string{string(entity.GesturePress), string(entity.GestureDouble), string(entity.GestureHold)}
	if !slices.Contains(gestures, raw) {
		v.problem(problem{code: diag.BadState, message: fmt.Sprintf("a button has no gesture %s", quote(raw)), suggestion: "write " + oneOf(gestures)})
		return nil
	}
	c.boundToo(it, v, entity.Gesture(raw))
	return entity.OnGesture{Button: it.id, Gesture: entity.Gesture(raw)}
}

// boundToo warns where the button itself does something at the gesture.
func (c *ruleCheck) boundToo(it item, v value, on entity.Gesture) {
	if c.y.Enabled.given && !c.y.Enabled.value {
		return
	}
	for _, g := range it.body.(*buttonYAML).gestures() {
		if g.on != on || !g.do.valid {
			continue
		}
		there := g.do.at.keySpan()
		v.warning(problem{code: diag.GestureTwice,
			message:    fmt.Sprintf("both happen: this rule runs, and the button %q does %s, as line %s says", it.id, quote(g.do.at.node.Value), strings.TrimPrefix(line(there, v.span()), "line ")),
			suggestion: "use another gesture for one of them, or let the rule do all of it"}, diag.Related{Span: there, Message: string(on)})
	}
}

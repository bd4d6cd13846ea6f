package config

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"hob/internal/diag"
	"hob/internal/entity"
)

// maxMessage bounds what people are told, in code points: a push message's length.
const maxMessage = 200

// Bounds of how long a rule may wait in its middle.
const (
	leastDelay = 100 * time.Millisecond
	mostDelay  = 7 * 24 * time.Hour
)

// steps are one step or a list of them.
func (c *ruleCheck) steps(v value) []entity.Step {
	items := []value{v}
	if v.node.Kind == yaml.SequenceNode {
		items, _ = v.list("", "")
	}
	if len(items) == 0 || isNothing(v.node) {
		v.problem(problem{code: diag.BadAction, message: v.label() + " does nothing", suggestion: "write what to do, such as [porch on]"})
		return nil
	}
	var out []entity.Step
	for i, item := range items {
		if i > 0 && c.cutMessage(v, items[i-1], item) {
			continue
		}
		if s := c.step(item); s != nil {
			out = append(out, s)
		}
	}
	return out
}

// cutMessage reports a message that a comma has cut in two: in [notify anna Well, it
// is on] the second half is an item of its own.
func (c *ruleCheck) cutMessage(list, before, item value) bool {
	if list.node.Style&yaml.FlowStyle == 0 || !isPlain(before.node) || !isPlain(item.node) || !strings.HasPrefix(before.node.Value, "notify ") {
		return false
	}
	words := split(item.node.Value)
	if len(words) == 0 {
		return false
	}
	first := entity.ID(words[0].text)
	if len(words) > 1 && (c.byID[first].body != nil || c.byID[entity.ID(words[1].text)].body != nil) ||
		slices.Contains([]string{"notify", "delay", "stop", "wait"}, words[0].text) || slices.Contains(verbsFirst(), words[0].text) {
		return false
	}
	item.problem(problem{code: diag.BadAction, message: "inside [ ] a comma ends an item: this is no part of the message in front",
		suggestion: fmt.Sprintf("put the whole step into quotes: '%s, %s'", before.node.Value, item.node.Value)})
	return true
}

// step understands one step; nil if something is wrong with it.
func (c *ruleCheck) step(v value) entity.Step {
	if v.node.Kind == yaml.MappingNode {
		return c.mappedStep(v)
	}
	if isText(v) {
		if write := c.loneWord(v.node.Value); write != "" {
			v.problem(problem{code: diag.BadAction, message: fmt.Sprintf("nothing says what becomes of %s", quote(v.node.Value)), suggestion: write})
			return nil
		}
	}
	var do action
	do.decodeStep(v)
	if !do.valid {
		return nil
	}
	switch do.words[0].text {
	case "notify":
		return c.notify(v, do.words)
	case "delay":
		return c.delay(v, do.words)
	case "wait", "sleep", "pause":
		if d := pauseOf(do.words[1:]); d != "" {
			v.problem(problem{code: diag.BadAction, message: "there is no action " + do.words[0].text, part: do.words[0].part, suggestion: "write delay " + d})
			return nil
		}
		if w := c.waitOf(do.words[1:]); w != "" {
			v.problem(problem{code: diag.BadAction, message: "a wait for a condition is a mapping", suggestion: "write " + w})
			return nil
		}
	case "stop":
		if len(do.words) == 1 {
			return entity.Stop{}
		}
	}
	if better := c.withoutFiller(do.words); better != "" {
		v.problem(problem{code: diag.BadAction, message: fmt.Sprintf("%s is too much", quote(do.words[1].text)), suggestion: better, part: do.words[1].part})
		return nil
	}
	if better := c.severalSteps(do.words); better != "" {
		v.problem(problem{code: diag.BadAction, message: fmt.Sprintf("%s is more than one step", quote(v.node.Value)), suggestion: better})
		return nil
	}
	if !c.checkAction(&do) {
		return nil
	}
	target := c.byID[do.target]
	if p := unsafeMove(target, do.action.Verb, byRule, c.mayOpen(do.target)); p != nil {
		v.problem(*p)
		return nil
	}
	if do.action.Verb == entity.VerbOpen {
		c.opened = append(c.opened, do.target)
	}
	return entity.Do{Task: entity.Task{Target: do.target, Action: do.action}}
}

// pauseOf is a duration as we write it of "5m", "5 minutes", "00:05:00"; "" if it is
// none.
func pauseOf(words []word) string {
	raw := words[0].text
	if len(words) == 2 {
		raw += " " + words[1].text
	}
	if _, ok := readDuration(raw); ok {
		return raw
	}
	if d, ok := strings.CutPrefix(suggestDuration(raw, "s"), "write "); ok {
		if _, ok := readDuration(d); ok {
			return d
		}
	}
	return ""
}

// waitOf is the step that "until left is closed for 5m" means; "" if it names no entity.
func (c *ruleCheck) waitOf(words []word) string {
	var of []string
	for _, w := range words {
		if !slices.Contains([]string{"until", "is", "at", "most", "="}, w.text) {
			of = append(of, w.text)
		}
	}
	if len(of) > 0 && of[0] == "for" { // as in "wait for left closed"
		of = of[1:]
	}
	if len(of) < 2 || c.byID[entity.ID(of[0])].body == nil {
		return ""
	}
	state, limit := of[1:], "10m"
	if i := slices.Index(state, "for"); i >= 0 {
		if d := pauseOf([]word{{text: strings.Join(state[i+1:], " ")}}); d != "" {
			limit = d
		}
		state = state[:i]
	}
	if len(state) == 0 {
		return ""
	}
	return fmt.Sprintf("{wait: {%s: %s}, for: %s}", of[0], strings.Join(state, " "), limit)
}

// decodeStep is decode for a rule, where one word may be enough.
func (f *action) decodeStep(v value) {
	f.hold(v)
	raw, ok := v.text(`a step such as "porch on"`)
	if !ok {
		return
	}
	f.words = split(raw)
	if len(f.words) < 2 && raw != "stop" {
		v.problem(problem{code: diag.BadAction, message: fmt.Sprintf("%s is no step of a rule", quote(raw)), suggestion: actionForms})
		return
	}
	f.valid = true
}

func (c *ruleCheck) delay(v value, words []word) entity.Step {
	d, p := parseDuration(words[1].text, "s")
	switch {
	case p != nil:
		p.message = "the delay " + p.message
	case d < leastDelay || d > mostDelay:
		p = &problem{code: diag.OutOfRange, message: fmt.Sprintf("the delay must be from %s to %s, not %s", formatDuration(leastDelay), formatDuration(mostDelay), words[1].text)}
	case len(words) > 2:
		v.problem(problem{code: diag.BadAction, message: fmt.Sprintf("%s is too much after a delay", quote(words[2].text)), part: words[2].part,
			suggestion: "write each step as an item of the list"})
		return nil
	default:
		return entity.Delay{For: d}
	}
	p.part = words[1].part
	v.problem(*p)
	return nil
}

// notify reads `notify anna "The garage is open"`.
func (c *ruleCheck) notify(v value, words []word) entity.Step {
	n := entity.Notify{Everyone: words[1].text == "all"}
	if strings.ContainsAny(words[1].text[:1], "'\"") {
		v.problem(problem{code: diag.BadAction, message: "a message needs somebody to read it", part: words[1].part,
			suggestion: "write the name of a user, or all, in front: notify all " + string([]rune(v.node.Value)[words[1].part.from:])})
		return nil
	}
	if !n.Everyone {
		n.User = entity.UserID(words[1].text)
		if !c.knownUser(v, words[1]) {
			return nil
		}
	}
	runes := []rune(v.node.Value)
	end := words[1].part.from + words[1].part.width
	n.Text = strings.TrimSpace(string(runes[end:]))
	var quoted bool
	n.Text, quoted = withoutQuotes(n.Text)
	p := problem{code: diag.BadText}
	switch length := utf8.RuneCountInString(n.Text); {
	case !quoted && v.node.Style == 0 && strings.HasPrefix(n.Text, `"`):
		p.message = fmt.Sprintf("the quote of this message is never closed: it ends with %s", quote(lastWord(n.Text)))
		p.suggestion = "close it"
		if strings.Contains(v.r.sourceOf(v.site).From(v.site.Line, v.site.Column), " #") {
			p.suggestion = "what stands behind # is a comment to YAML: put the whole step into single quotes"
		}
	case strings.TrimSpace(n.Text) == "":
		p.message, p.suggestion = "the message is empty", fmt.Sprintf(`write such as notify %s "The garage is open"`, words[1].text)
	case length > maxMessage:
		p.message = fmt.Sprintf("the message has %d characters; %d are the most", length, maxMessage)
	case strings.ContainsFunc(n.Text, unprintable):
		p.message = "the message holds a line break or an invisible character"
	default:
		return n
	}
	v.problem(p)
	return nil
}

// withoutQuotes takes the quotes around a message, of whichever kind, for what they are.
func withoutQuotes(s string) (bare string, quoted bool) {
	if len(s) >= 2 && (s[0] == '"' || s[0] == '\'') && s[len(s)-1] == s[0] {
		return s[1 : len(s)-1], true
	}
	bare = unquoted(s)
	return bare, bare != s
}

func lastWord(s string) string { return s[strings.LastIndexByte(s, ' ')+1:] }

func (c *ruleCheck) knownUser(v value, at word) bool {
	if c.users[at.text] {
		return true
	}
	var names []string
	if !c.r.exhausted() {
		for _, d := range c.file.Users.items {
			names = append(names, d.id)
		}
	}
	p := problem{code: diag.UnknownUser, message: fmt.Sprintf("there is no user %s", quote(at.text)), part: at.part,
		suggestion: c.r.didYouMean(at.text, append(names, "all"), "")}
	if !entity.ValidID(at.text) {
		p.suggestion = "write the name of a user, or all, in front of the message: notify all " + string([]rune(v.node.Value)[at.part.from:])
	} else if len(c.users) == 0 {
		p.suggestion = fmt.Sprintf("declare one: users: {%s: {role: admin}}, or write all", at.text)
	}
	v.problem(p)
	return false
}

// mappedStep is a choice, a wait, a call, or an action with what surrounds it.
func (c *ruleCheck) mappedStep(v value) entity.Step {
	entries, ok := v.mapping("")
	if !ok || len(entries) == 0 && len(v.node.Content) > 0 { // whose keys were none
		return nil
	}
	keys := make(map[string]value)
	for _, e := range entries {
		keys[e.name] = e.value
	}
	// The first of these that is there says what the step is.
	var kind string
	var allowed []string
	for _, known := range [][]string{{"do", "on_failure"}, webhookKeys(), {"wait", "for"}, {"if", "then", "else"}} {
		if _, given := keys[known[0]]; given {
			kind, allowed = known[0], known
			break
		}
	}
	if kind == "" {
		p := problem{code: diag.BadAction, message: "this is no step of a rule",
			suggestion: `write an action such as "porch on", {do: "porch on", on_failure: stop}, {webhook: https://...}, {if: ..., then: [...], else: [...]}, or {wait: ..., for: 10m}`}
		if _, pause := keys["delay"]; pause {
			p.message = "a delay is no mapping"
		}
		if write := c.stepFor(entries); write != "" {
			p.suggestion = "write " + write
		}
		v.problem(p)
		return nil
	}
	for _, e := range entries {
		if !slices.Contains(allowed, e.name) {
			e.r.errorAt(e.keySpan(), problem{code: diag.UnknownKey, message: "unknown key " + quote(e.name), suggestion: "the keys here are: " + strings.Join(allowed, ", ")})
			ok = false
		}
	}
	if !ok {
		return nil
	}
	switch kind {
	case "do":
		return c.doStep(keys)
	case "webhook":
		return c.webhookStep(keys)
	case "wait":
		return c.waitStep(v, keys)
	}
	return c.chooseStep(v, keys)
}

// doStep is an action with what becomes of the run if it fails.
func (c *ruleCheck) doStep(keys map[string]value) entity.Step {
	stop, ok := onFailure(keys)
	inner := keys["do"]
	if inner.node.Kind == yaml.MappingNode || inner.node.Kind == yaml.SequenceNode {
		inner.wrongType(`one action such as "porch on"`, "write each step as an item of the rule's list")
		return nil
	}
	switch s := c.step(inner).(type) {
	case nil:
	case entity.Do:
		if s.StopIfFailed = stop; ok {
			return s
		}
	default:
		inner.problem(problem{code: diag.BadAction, message: fmt.Sprintf("%s is no action that could fail", quote(inner.node.Value)),
			suggestion: "write it as a step of its own: - " + inner.node.Value})
	}
	return nil
}

func (c *ruleCheck) waitStep(v value, keys map[string]value) entity.Step {
	if until := keys["wait"]; isDuration(until) {
		v.problem(problem{code: diag.BadAction, message: "a wait is for a condition, not for a time", suggestion: "write delay " + pauseExample(until)})
		return nil
	}
	limit, given := keys["for"]
	if !given {
		v.problem(problem{code: diag.MissingKey, message: "a wait needs an end", suggestion: "add for: 10m"})
		return nil
	}
	d, ok := c.span(limit, "a duration such as 10m", leastDelay, mostDelay)
	until := c.condition(keys["wait"])
	if !ok || until == nil {
		return nil
	}
	return entity.Wait{Until: until, AtMost: d}
}

func isDuration(v value) bool {
	if v.node.Kind != yaml.ScalarNode {
		return false
	}
	_, wrong := parseDuration(v.node.Value, "s")
	return wrong == nil
}

// pauseExample is the duration that is written there, or else one that could be.
func pauseExample(v value) string {
	if isDuration(v) {
		return v.node.Value
	}
	return "10m"
}

func (c *ruleCheck) chooseStep(v value, keys map[string]value) entity.Step {
	then, given := keys["then"]
	if !given {
		v.problem(problem{code: diag.MissingKey, message: `a step with "if" needs "then"`, suggestion: "add then: [porch on]"})
		return nil
	}
	s := entity.Choose{If: c.condition(keys["if"]), Then: c.steps(then)}
	if other, given := keys["else"]; given {
		s.Else = c.steps(other)
	}
	if s.If == nil || len(s.Then) == 0 {
		return nil
	}
	return s
}

package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"hob/internal/diag"
	"hob/internal/entity"
)

// ruleYAML is a rule. When, if and do are understood when all of the file has
// been read: what their words mean depends on the entities that they name.
type ruleYAML struct {
	Name     text       `yaml:"name" example:"Lights at dusk" default:"from the id" doc:"What people read."`
	When     later      `yaml:"when" is:"triggers" need:"true" example:"{time: \"23:45\"}" doc:"What it waits for: one trigger, or a list of which each suffices."`
	If       later      `yaml:"if" is:"condition" example:"{alarm: disarmed}" default:"always" doc:"What has to hold then: every key of the mapping."`
	Do       later      `yaml:"do" is:"steps" need:"true" example:"[porch on]" doc:"What it does, in order."`
	MayOpen  references `yaml:"may_open" names:"ids of garage doors" example:"[left]" default:"none" doc:"Garage doors that it may open."`
	Mode     choice     `yaml:"mode" oneof:"single restart queued" example:"restart" default:"single" doc:"What happens when it is triggered while it runs: nothing, a new start, or one run after the other."`
	Cooldown duration   `yaml:"cooldown" min:"1s" max:"7d" unit:"m" example:"1h" default:"none" doc:"After a run begins it does not run again for so long."`
	Missed   missed     `yaml:"missed" example:"run within 2h" default:"skip" doc:"Runs that were due while the server was down: none, each, or the latest; *run* and *latest* within an hour unless said otherwise."`
	Enabled  flag       `yaml:"enabled" example:"false" default:"true" doc:"Whether it runs at all."`

	rule entity.Rule // as the checks understand it
}

// later is a value that the checks decode.
type later struct{ slot }

func (f *later) decode(v value, _ reflect.StructTag) {
	f.hold(v)
	f.valid = true
}

// missed says what happens to runs that were due while the server was down:
// skip, run, run within 2h, latest, latest within 2h.
type missed struct {
	slot
	value entity.Missed
}

// Bounds and default of how late a missed run may be.
const (
	leastWithin   = time.Minute
	mostWithin    = 7 * 24 * time.Hour
	defaultWithin = time.Hour
)

func (f *missed) decode(v value, _ reflect.StructTag) {
	f.hold(v)
	const forms = "skip, run, latest, or such as run within 2h"
	raw, ok := v.text(forms)
	if !ok {
		return
	}
	words := split(raw)
	var policy string
	if len(words) > 0 {
		policy = words[0].text
	}
	f.value = entity.Missed{Policy: entity.MissedPolicy(policy), Within: defaultWithin}
	switch {
	case policy == string(entity.MissedSkip) && len(words) == 1:
		f.value.Within = 0
	case (policy == string(entity.MissedRun) || policy == string(entity.MissedLatest)) && len(words) == 1:
	case (policy == string(entity.MissedRun) || policy == string(entity.MissedLatest)) && len(words) == 3 && words[1].text == "within":
		d, p := parseDuration(words[2].text, "h")
		if p == nil && (d < leastWithin || d > mostWithin) {
			p = &problem{code: diag.OutOfRange, message: fmt.Sprintf("must be from %s to %s, not %s", formatDuration(leastWithin), formatDuration(mostWithin), words[2].text)}
		}
		if p != nil {
			p.message, p.part = "the time "+p.message, words[2].part
			v.problem(*p)
			return
		}
		f.value.Within = d
	default:
		suggestion := ""
		if near := v.r.nearest(policy, []string{"skip", "run", "latest"}); near != "" {
			suggestion = "did you mean " + near + "?"
		}
		v.problem(problem{code: diag.BadChoice, message: fmt.Sprintf("%s must be %s, not %s", v.label(), forms, quote(raw)), suggestion: suggestion})
		return
	}
	f.valid = true
}

// checkRules understands the rules.
func (b *book) checkRules() {
	for _, d := range b.file.Rules.items {
		y := &d.T
		b.refersTo(y.MayOpen.items, "only a garage door is opened", entity.KindGarageDoor)
		c := ruleCheck{book: b, y: y}
		y.rule = entity.Rule{
			ID: entity.RuleID(d.id), Name: nameOr(y.Name, d.id), Enabled: !y.Enabled.given || y.Enabled.value,
			Mode: entity.RunMode(y.Mode.value), Cooldown: y.Cooldown.value, Missed: y.Missed.value, MayOpen: y.MayOpen.ids(),
		}
		if !y.Mode.given {
			y.rule.Mode = entity.ModeSingle
		}
		if !y.Missed.given {
			y.rule.Missed = entity.Missed{Policy: entity.MissedSkip}
		}
		if y.When.given {
			y.rule.When = c.triggers(y.When.at)
		}
		if y.If.given {
			y.rule.If = c.condition(y.If.at)
		}
		if y.Do.given {
			y.rule.Do = c.steps(y.Do.at)
		}
		c.checkPermissions()
	}
}

// ruleCheck understands one rule.
type ruleCheck struct {
	*book
	y      *ruleYAML
	opened []entity.ID
}

// checkPermissions: a permission that no step needs was meant for something.
func (c *ruleCheck) checkPermissions() {
	for _, ref := range c.y.MayOpen.items {
		used := false
		for _, id := range c.opened {
			used = used || id == entity.ID(ref.value)
		}
		if _, door := c.byID[entity.ID(ref.value)].body.(*garageDoorYAML); door && !used {
			ref.at.warning(problem{code: diag.UnusedPermission, message: fmt.Sprintf("this rule may open %q, and never does", ref.value),
				suggestion: fmt.Sprintf("add open %s to do, or delete it here", ref.value)})
		}
	}
}

func (c *ruleCheck) mayOpen(id entity.ID) bool {
	for _, ref := range c.y.MayOpen.items {
		if entity.ID(ref.value) == id {
			return true
		}
	}
	return false
}

// state reads a word for a state of an entity.
func (c *ruleCheck) state(it item, v value, raw string) (string, bool) {
	known := entity.StatesOf(it.sketch())
	for _, s := range known {
		if s == raw {
			return raw, true
		}
	}
	p := problem{code: diag.BadState, message: fmt.Sprintf("%s is never %s", describeItem(it), quote(raw)),
		suggestion: "it can be " + oneOf(known)}
	if near := c.r.nearest(raw, known); near != "" {
		p.suggestion = "did you mean " + near + "?"
	}
	if word := otherState(it, raw); word != "" {
		p.suggestion = "write " + word
	} else if rest, not := strings.CutPrefix(raw, "not "); not && slices.Contains(known, rest) {
		p.suggestion = fmt.Sprintf("as a condition, write not: {%s: %s}", it.id, rest)
	}
	if state, span, held := strings.Cut(raw, " for "); held && slices.Contains(known, state) {
		if words := split(span); len(words) > 0 && pauseOf(words) != "" {
			d := pauseOf(words)
			p.suggestion = fmt.Sprintf("write {%s: %s, for: %s}", it.id, state, d)
		}
	}
	if len(known) == 0 {
		p.suggestion = "it has no state of its own"
	}
	switch it.kind() {
	case entity.KindSensor:
		p.suggestion = "compare its value, such as below 3°C"
		if raw == entity.StateUnknown {
			p.suggestion = "wait for that in when, with for: 10m, or compare its value, such as below 3°C"
		}
		if rest := strings.TrimPrefix(raw, ">"); rest != raw {
			p.suggestion = "write above " + strings.TrimSpace(strings.TrimPrefix(rest, "="))
		} else if rest := strings.TrimPrefix(raw, "<"); rest != raw {
			p.suggestion = "write below " + strings.TrimSpace(strings.TrimPrefix(rest, "="))
		}
	case entity.KindButton:
		p.suggestion = "a button is waited for in when, with press, double or hold"
	}
	v.problem(p)
	return "", false
}

func describeItem(it item) string { return fmt.Sprintf("the %s %q", kindName(it.kind()), it.id) }

// isLevel says whether a text is a comparison and not a state.
func isLevel(raw string) bool {
	for _, w := range strings.Fields(raw) {
		if w == "below" || w == "above" {
			return true
		}
	}
	return false
}

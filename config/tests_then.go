package config

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"hob/internal/diag"
	"hob/internal/entity"
)

// outcomes are what a test can expect of a rule's newest firing; none is that it
// has not fired.
func outcomes() []string {
	return []string{"ran", "failed", "refused", "skipped", "running", "stopped", "paused", "missed", "none"}
}

// checks understands what a test expects.
func (c *ruleCheck) checks(v value) []entity.Check {
	items := each(v, "a mapping such as {porch: on}")
	if v.node.Kind == yaml.SequenceNode && len(v.node.Content) == 0 { // what is no mapping has been told
		v.problem(problem{code: diag.BadTest, message: "the test expects nothing", suggestion: "write what has to be so, such as {porch: on}"})
	}
	var out []entity.Check
	for _, item := range items {
		entries, ok := item.mapping("a mapping such as {porch: on}")
		if !ok {
			continue
		}
		when, rest, ok := c.moment(entries)
		if !ok {
			continue
		}
		if len(rest) == 0 {
			item.problem(problem{code: diag.BadTest, message: "nothing is expected here", suggestion: "write what has to be so, such as porch: on"})
		}
		at := placeOf(item.span())
		for _, e := range rest {
			for _, check := range c.check(e, rest) {
				check.At, check.When = at, when
				// What is said to come after something is so for all of one mapping: the
				// others are looked at in the same moment.
				when = entity.Moment{}
				out = append(out, check)
			}
		}
	}
	return out
}

// check understands one key.
func (c *ruleCheck) check(e entry, all []entry) []entity.Check {
	switch e.name {
	case "done", "not_done":
		return c.doneChecks(e)
	case "notice", "no_notice":
		raw, ok := e.text("a part of a message")
		if !ok {
			return nil
		}
		if strings.TrimSpace(raw) == "" {
			e.problem(problem{code: diag.BadText, message: e.label() + " is empty", suggestion: "write a part of the message"})
			return nil
		}
		return []entity.Check{{Text: fmt.Sprintf("%s: %q", e.name, raw), Notice: raw, Not: e.name == "no_notice"}}
	case "rule":
		return c.ruleCheck(e, all)
	case "outcome", "reason":
		if !slices.ContainsFunc(all, func(o entry) bool { return o.name == "rule" }) {
			e.r.errorAt(e.keySpan(), problem{code: diag.MissingKey, message: e.label() + ` needs the key "rule"`, suggestion: "add rule: with its id"})
		}
		return nil
	}
	holds, ok := c.exactly(e)
	if !ok {
		holds = c.oneCondition(e)
	}
	if holds == nil {
		return nil
	}
	text := e.name
	if e.node.Kind == yaml.ScalarNode {
		text += ": " + e.node.Value
	}
	return []entity.Check{{Text: text, Holds: holds}}
}

// exactly reads a number that is no comparison: "stairs: 40%", "outside: 2°C". ok
// is false where it is none.
func (c *ruleCheck) exactly(e entry) (holds entity.RuleCondition, ok bool) {
	it, known := c.byID[entity.ID(e.name)]
	if !known || e.node.Kind != yaml.ScalarNode || !startsWithDigit.MatchString(e.node.Value) {
		return nil, false
	}
	of := firstQuantity(it)
	switch {
	case of == entity.QuantityTemperature:
		e.problem(problem{code: diag.BadTest, message: fmt.Sprintf("is that what %s measures, or what it holds?", describeItem(it)),
			suggestion: fmt.Sprintf("write expr: %s.target == 21, or %[1]s: above 20.9°C", it.id)})
		return nil, true
	case of == "":
		return nil, false
	}
	c.mention(it.id, resolve(e.key), part{})
	n, p := c.quantity(it, of, e.node.Value)
	if p != nil {
		p.message = strings.Replace(p.message, "the threshold", "the value", 1)
		e.problem(*p)
		return nil, true
	}
	t := entity.Threshold{Entity: it.id, Of: of, Than: n}
	below := t
	below.Below = true
	return entity.Not{Condition: entity.Any{entity.AtLevel{Threshold: t}, entity.AtLevel{Threshold: below}}}, true
}

// doneChecks are actions that a rule has, or has not, asked for.
func (c *ruleCheck) doneChecks(e entry) []entity.Check {
	items := []value{e.value}
	if e.node.Kind == yaml.SequenceNode {
		items, _ = e.list("", "")
	}
	var out []entity.Check
	for _, item := range items {
		var do action
		do.decode(item, "")
		if !do.valid || !c.checkAction(&do) {
			continue
		}
		out = append(out, entity.Check{Text: e.name + ": " + item.node.Value, Not: e.name == "not_done",
			Done: &entity.Task{Target: do.target, Action: do.action}})
	}
	return out
}

// ruleCheck is how a rule's newest firing has ended.
func (c *ruleCheck) ruleCheck(e entry, all []entry) []entity.Check {
	check := entity.Check{Outcome: "ran"}
	id, ok := c.ruleName(e.value)
	check.Rule = id
	for _, o := range all {
		switch o.name {
		case "outcome":
			word, known := decodeChoice(o.value, outcomes(), diag.BadChoice)
			check.Outcome, ok = word, ok && known
		case "reason":
			raw, isText := o.text("a part of the reason")
			check.Reason, ok = raw, ok && isText
		}
	}
	if !ok {
		return nil
	}
	check.Text = fmt.Sprintf("rule: %s, outcome: %s", id, check.Outcome)
	if check.Reason != "" {
		check.Text += fmt.Sprintf(", reason: %q", check.Reason)
	}
	if check.Outcome == "none" {
		check.Outcome = ""
	}
	return []entity.Check{check}
}

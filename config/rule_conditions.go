package config

import (
	"fmt"
	"slices"

	"gopkg.in/yaml.v3"

	"hob/internal/diag"
	"hob/internal/entity"
	"hob/internal/schedule"
)

func conditionWords() []string {
	return []string{"all", "any", "not", "time", "days", "sun", "expr"}
}

// condition understands a mapping, of which every key has to hold; nil if
// something is wrong with it.
func (c *ruleCheck) condition(v value) entity.RuleCondition {
	if v.node.Kind == yaml.SequenceNode {
		v.wrongType("a mapping such as {alarm: disarmed}", "write all: in front of the list, or any: if one is enough")
		if len(v.node.Content) > 0 {
			c.conditions(v)
		}
		return nil
	}
	if isText(v) {
		if write := c.stateText(v.node.Value); write != "" {
			v.wrongType("a mapping such as {alarm: disarmed}", "write "+write)
			return nil
		}
		if write := c.statesText(v.node.Value); write != "" {
			v.wrongType("a mapping such as {alarm: disarmed}", "write "+write)
			return nil
		}
		if c.expression(v, v.node.Value) == nil {
			v.wrongType("a mapping such as {alarm: disarmed}", fmt.Sprintf("write {expr: %s}", inQuotes(v.node.Value)))
			return nil
		}
	}
	entries, ok := v.mapping("a mapping such as {alarm: disarmed}")
	if !ok || c.elsewhereCondition(v, entries) {
		return nil
	}
	entries = v.joined(entries, func(name string) bool {
		return c.byID[entity.ID(name)].body != nil || slices.Contains(conditionWords(), name)
	}, func(string) joining { return joinedText })
	if len(entries) == 0 {
		v.problem(problem{code: diag.BadCondition, message: v.label() + " requires nothing", suggestion: "delete it, or write what has to hold, such as {alarm: disarmed}"})
		return nil
	}
	var all entity.All
	for _, e := range entries {
		if one := c.oneCondition(e); one != nil {
			all = append(all, one)
		} else {
			ok = false
		}
	}
	switch {
	case !ok:
		return nil
	case len(all) == 1:
		return all[0]
	}
	return all
}

func (c *ruleCheck) oneCondition(e entry) entity.RuleCondition {
	switch e.name {
	case "all":
		if list, ok := c.conditions(e.value); ok {
			return entity.All(list)
		}
	case "any":
		if list, ok := c.conditions(e.value); ok {
			return entity.Any(list)
		}
	case "not":
		if inner := c.condition(e.value); inner != nil {
			return entity.Not{Condition: inner}
		}
	case "time":
		return c.windowCondition(e.value)
	case "days":
		if days, ok := c.days(e.value); ok {
			return entity.OnDays{Days: days}
		}
	case "sun":
		word, ok := decodeChoice(e.value, []string{"up", "down"}, diag.BadChoice)
		if ok && c.hasLocation(e.value) {
			return entity.SunIs{Up: word == "up"}
		}
	case "expr":
		return c.exprCondition(e.value)
	default:
		return c.entityCondition(e)
	}
	return nil
}

func (c *ruleCheck) conditions(v value) ([]entity.RuleCondition, bool) {
	items, ok := v.list("a list of conditions", "")
	if ok && len(items) == 0 {
		v.problem(problem{code: diag.BadCondition, message: v.label() + " is an empty list", suggestion: "put conditions into it, or delete it"})
		return nil, false
	}
	var out []entity.RuleCondition
	for _, item := range items {
		one := c.condition(item)
		ok = ok && one != nil
		out = append(out, one)
	}
	return out, ok
}

func (c *ruleCheck) windowCondition(v value) entity.RuleCondition {
	raw, ok := v.text("a span of the day such as 22:00..06:00")
	if !ok {
		return nil
	}
	w, err := schedule.ParseWindow(raw)
	if err != nil {
		v.syntax(diag.BadTime, err)
		return nil
	}
	return entity.InWindow{Window: w}
}

func (c *ruleCheck) exprCondition(v value) entity.RuleCondition {
	raw, ok := v.text("an expression such as bath.target < 18")
	if !ok {
		return nil
	}
	if p := c.expression(v, raw); p != nil {
		v.problem(*p)
		return nil
	}
	return entity.Expr{Text: raw}
}

func (c *ruleCheck) entityCondition(e entry) entity.RuleCondition {
	it, ok := c.byID[entity.ID(e.name)]
	if !ok {
		c.unknownSubject(e, conditionWords())
		return nil
	}
	c.mention(it.id, resolve(e.key), part{})
	raw, ok := e.value.text("a state such as on, or a comparison such as below 3°C")
	if !ok {
		return nil
	}
	if isLevel(raw) {
		if t, ok := c.threshold(it, e.value, raw); ok {
			return entity.AtLevel{Threshold: t}
		}
		return nil
	}
	if s, ok := c.state(it, e.value, raw); ok {
		return entity.InState{Entity: it.id, State: s}
	}
	return nil
}

func describeRule(id entity.RuleID) string { return fmt.Sprintf("the rule %q", id) }

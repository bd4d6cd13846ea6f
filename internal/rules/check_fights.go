package rules

import (
	"fmt"
	"slices"

	"hob/internal/entity"
)

// wish is what a rule does to an entity as soon as it runs.
type wish struct {
	rule   *checked
	effect effect
	words  string // in which two that do the same are the same
}

// mostPairs of wishes that are compared: a house has some thousands.
const mostPairs = 50_000

// fights finds pairs of rules that tell one entity different things at the same
// moment, whatever else they do later.
func (c *check) fights() []Finding {
	byEntity := make(map[entity.ID][]wish)
	var order []entity.ID
	for _, r := range c.rules {
		for _, w := range wishes(r) {
			target := w.effect.task.Target
			if byEntity[target] == nil {
				order = append(order, target)
			}
			byEntity[target] = append(byEntity[target], w)
		}
	}
	var out []Finding
	told := make(map[[2]*checked]bool)
	pairs := mostPairs
	for _, id := range order {
		for i, b := range byEntity[id] {
			for _, a := range byEntity[id][:i] {
				pair := [2]*checked{a.rule, b.rule}
				if a.rule == b.rule || a.words == b.words || told[pair] {
					continue
				}
				if pairs--; pairs < 0 {
					return out
				}
				if when, ok := c.clash(a, b); ok {
					told[pair] = true
					out = append(out, Finding{Kind: Fight, Rules: []entity.RuleID{b.rule.spec.ID, a.rule.spec.ID},
						Message: fmt.Sprintf("tell %q different things at the same moment, such as %s: %s and %s", id, when, b.said(), a.said()),
						Suggest: "change one of the times, or add conditions of which only one can hold"})
				}
			}
		}
	}
	return out
}

// wishes are a rule's effects that come at once. Of those on one entity the last
// counts, and those after it that need not come.
func wishes(r *checked) []wish {
	var out []wish
	for _, e := range r.effects {
		if e.after > 0 {
			continue
		}
		if len(e.guards) == 0 {
			out = slices.DeleteFunc(out, func(w wish) bool { return w.effect.task.Target == e.task.Target })
		}
		out = append(out, wish{r, e, plainly(e.task.Action)})
	}
	return out
}

// plainly is an action in words that are the same for what comes to the same.
func plainly(a entity.Action) string {
	if a.Verb == entity.VerbOn && (a.Level != nil || a.Color != nil) {
		a.Verb = entity.VerbSet
	}
	return a.String()
}

// said is what the rule says, in quotes.
func (w wish) said() string {
	text := fmt.Sprintf("%q", w.effect.task.Action)
	if w.effect.scene != "" {
		text += fmt.Sprintf(" (scene %s)", w.effect.scene)
	}
	return text
}

// clash looks for a moment at which both wishes come true.
func (c *check) clash(a, b wish) (when string, found bool) {
	goals := append([]goal{{a.rule.cond, false}, {b.rule.cond, false}}, a.effect.guards...)
	goals = append(goals, b.effect.guards...)
	for _, first := range a.rule.triggers {
		for _, second := range b.rule.triggers {
			switch {
			case first.occurs != nil && second.occurs != nil:
				c.common(first, second, func(unix int64) bool {
					when, found = c.both(unix, facts{}, goals)
					return found
				})
			case sameEvent(first.spec, second.spec):
				when, found = c.bothAfter(first.spec, goals)
			}
			if found {
				return when, true
			}
		}
	}
	return "", false
}

// both says whether the goals hold at an instant. Two expressions that nobody
// solves may exclude each other, so they prove nothing.
func (c *check) both(unix int64, known facts, goals []goal) (string, bool) {
	if c.left--; c.left < 0 {
		return "", false
	}
	f, ok := c.solver.solve(c.time(unix), known, goals...)
	if !ok || len(f.opaques) > 1 {
		return "", false
	}
	return c.moment(unix) + with(c.solver.values(f)), true
}

// bothAfter is both after an event that may come at any time.
func (c *check) bothAfter(t entity.Trigger, goals []goal) (string, bool) {
	known, ok := c.fired(t)
	if !ok {
		return "", false
	}
	for _, unix := range c.year.turns(formulas(goals)...) {
		if when, ok := c.both(unix, known, goals); ok {
			return c.eventText(t) + " on " + when, true
		}
	}
	return "", false
}

func formulas(goals []goal) []formula {
	var out []formula
	for _, g := range goals {
		out = append(out, g.of)
	}
	return out
}

// eventText is a trigger in words, as it stands in logs.
func (c *check) eventText(t entity.Trigger) string {
	one, err := (&compiler{ground: c.ground}).trigger(t, true)
	if err != nil { // read has taken it
		return "the trigger"
	}
	return one.text
}

package rules

import (
	"fmt"
	"time"

	"hob/internal/entity"
)

// Bounds of the search for a run of a trigger that seldom fires: the calendar
// repeats after 28 years.
const (
	calendarYears = 28
	mostRare      = 400
)

// nevers finds rules, and triggers of rules, that nothing can come of.
func (c *check) nevers() []Finding {
	var out []Finding
	for _, r := range c.rules {
		var why []string
		for _, t := range r.triggers {
			if reason := c.dead(r, t); reason != "" {
				why = append(why, reason)
			}
		}
		if len(why) == 0 {
			continue
		}
		f := Finding{Kind: Never, Rules: []entity.RuleID{r.spec.ID},
			Message: fmt.Sprintf("the rule %q never runs: %s", r.spec.ID, why[0]),
			Suggest: "change the trigger or the condition"}
		if len(why) < len(r.triggers) {
			f.Message = fmt.Sprintf("one of the triggers of the rule %q never leads to a run: %s", r.spec.ID, why[0])
		}
		out = append(out, f)
	}
	return out
}

// dead is why nothing can come of a trigger; "" if something can, or if that is
// not certain.
func (c *check) dead(r *checked, t *checkedTrigger) string {
	if t.occurs != nil {
		return c.deadTime(r, t)
	}
	known, ok := c.fired(t.spec)
	if !ok {
		return c.neverSo(t.spec)
	}
	if on, level := t.spec.(entity.OnLevel); level {
		is := levelIs{variable{on.Entity, string(on.Of)}, on.Below, on.Than}
		if _, ok := c.solver.solve(time.Time{}, facts{}, goal{is, true}); !ok {
			return fmt.Sprintf("%s is always so, and a rule runs when it becomes so: %s", c.eventText(t.spec), c.rangeText(is.of))
		}
	}
	if c.holds(known, c.year.turns(r.cond), r.cond) {
		return ""
	}
	text := c.eventText(t.spec)
	if known.away != "" && c.holds(facts{}, c.year.turns(r.cond), r.cond) {
		return fmt.Sprintf("it waits for %s, and its condition asks for what only that board knows", text)
	}
	if part, ok := c.culprit(r, func(f formula) bool { return c.holds(known, c.year.turns(f), f) }); ok {
		return fmt.Sprintf("it waits for %s, and %s cannot be so then", text, c.conditionText(part))
	}
	return fmt.Sprintf("it waits for %s, and at no time of a year can its conditions all be so then", text)
}

// holds says whether a formula can hold at one of the instants; true if nobody can
// tell.
func (c *check) holds(known facts, instants []int64, f formula) bool {
	for _, unix := range instants {
		if c.left--; c.left < 0 {
			return true
		}
		if _, ok := c.solver.solve(c.time(unix), known, goal{f, false}); ok || c.solver.gaveUp {
			return true
		}
	}
	return false
}

// culprit is the one condition, of those that all have to hold, that cannot.
func (c *check) culprit(r *checked, can func(formula) bool) (entity.RuleCondition, bool) {
	for _, part := range conjuncts(r.spec.If) {
		f, err := c.formula(part)
		if err == nil && !can(f) {
			return part, true
		}
	}
	return nil, false
}

// conjuncts are the conditions that all have to hold for one to hold.
func conjuncts(c entity.RuleCondition) []entity.RuleCondition {
	all, ok := c.(entity.All)
	if !ok {
		return []entity.RuleCondition{c}
	}
	var out []entity.RuleCondition
	for _, one := range all {
		out = append(out, conjuncts(one)...)
	}
	return out
}

// conditionText is a condition in words, as it stands in traces.
func (c *check) conditionText(of entity.RuleCondition) string {
	if expr, ok := of.(entity.Expr); ok {
		return fmt.Sprintf("%q", expr.Text)
	}
	cond, err := c.compileCondition(of)
	if err != nil || cond == nil {
		return "its condition"
	}
	t := cond.trace(nowhere{}, c.year.from)
	switch of.(type) {
	case entity.Not:
		return fmt.Sprintf("not %q", t.Parts[0].Text)
	case entity.All, entity.Any:
		return "one of its conditions"
	}
	return fmt.Sprintf("%q", t.Text)
}

// nowhere is a world of which nothing is known.
type nowhere struct{}

// Entity implements World.
func (nowhere) Entity(entity.ID) Seen { return Seen{} }

// Board implements World.
func (nowhere) Board(entity.BoardName) Link { return LinkUnknown }

// neverSo is why what a trigger waits for cannot become so.
func (c *check) neverSo(t entity.Trigger) string {
	switch t := t.(type) {
	case entity.OnLevel:
		return fmt.Sprintf("it waits for %s, and %s", c.eventText(t), c.rangeText(variable{t.Entity, string(t.Of)}))
	case entity.OnState:
		if door, ok := c.specs[t.Entity].(*entity.GarageDoor); ok {
			if door.Closed == nil {
				return fmt.Sprintf("it waits for %s, and without reeds nobody knows where %s is", c.eventText(t), t.Entity)
			}
			return fmt.Sprintf("it waits for %s, and without open_reed nobody knows that %s is fully open: when it stands still and is not closed it is \"stopped\"", c.eventText(t), t.Entity)
		}
	}
	return ""
}

// rangeText says what a number can be.
func (c *check) rangeText(v variable) string {
	is := c.solver.span(v)
	unit := c.unit(v.entity, entity.Quantity(v.property))
	return fmt.Sprintf("the %s of %s is from %s to %s", v.property, v.entity, number(is.low)+unit, number(is.high)+unit)
}

// deadTime is dead for a trigger by time.
func (c *check) deadTime(r *checked, t *checkedTrigger) string {
	list := c.list(t)
	if t.untold {
		return ""
	}
	timed := timedFormula(r.cond)
	may := list
	switch {
	case !timed:
		may = may[:min(len(may), 1)] // any moment is as good
	case randomOf(t.spec).Within > 0:
		may = c.chances(t.spec, r.cond)
	}
	if c.holds(facts{}, may, r.cond) {
		return ""
	}
	text := c.eventText(t.spec)
	if timed && !t.complete { // it fires too often to look at each
		if c.holds(facts{}, c.year.turns(r.cond), r.cond) {
			return ""
		}
		return "at no time of a year can its conditions all be so"
	}
	rare, known := c.rare(t)
	switch {
	case len(list) == 0 && len(rare) == 0 && known:
		return fmt.Sprintf("there is no %s in this place", text)
	case !known || c.holds(facts{}, rare, r.cond):
		return ""
	}
	may = append(may, rare...)
	list = append(list, rare...)
	if part, ok := c.culprit(r, func(f formula) bool { return c.holds(facts{}, may, f) }); ok {
		return fmt.Sprintf("its trigger %q fires at times such as %s, and %s is never so then", text, c.moment(list[0]), c.conditionText(part))
	}
	return fmt.Sprintf("its trigger %q fires at times such as %s, and its conditions are never all so then", text, c.moment(list[0]))
}

// rare are occurrences beyond the year of a trigger that has few, as far as the
// calendar goes; known says whether those are all.
func (c *check) rare(t *checkedTrigger) (instants []int64, known bool) {
	const few = 40
	if len(t.instants) > few {
		return nil, true // of every weekday in every season
	}
	until := c.year.from.AddDate(calendarYears, 0, 0)
	at, ok := t.occurs.Next(c.year.to.Add(-time.Second))
	for ok && at.Before(until) {
		if c.year.searches--; c.year.searches < 0 || len(instants) >= mostRare {
			return instants, false
		}
		instants = append(instants, at.Unix())
		at, ok = t.occurs.Next(at)
	}
	return instants, true
}

package rules

import (
	"fmt"
	"slices"
	"time"

	"hob/internal/entity"
)

// Finding is something in the rules that would surprise people, with an example
// of when it happens, or the reason why it never does.
type Finding struct {
	Kind    FindingKind
	Rules   []entity.RuleID // the rule at which it is told first, then the others that it takes
	Message string          // without the rules of a Fight, which whoever shows it names
	Suggest string
}

// FindingKind is what sort of surprise it is.
type FindingKind string

// Values of FindingKind.
const (
	Fight FindingKind = "fight" // two rules tell one entity different things at one moment
	Loop  FindingKind = "loop"  // rules that set each other off without end
	Never FindingKind = "never" // a rule, or one of its triggers, that nothing can come of
)

// Check looks through the enabled rules of a house that config has accepted, over
// the year that begins at from, its clock changes and its sun included. What it
// finds is certain as far as rules go: it assumes nothing of a world that a
// condition excludes, and says nothing where it cannot tell. It takes well under
// 100 ms for a thousand rules, and stops looking where a house would take longer.
func Check(h *entity.House, from time.Time) []Finding {
	if !slices.ContainsFunc(h.Rules, func(r entity.Rule) bool { return r.Enabled }) {
		return nil
	}
	g, err := newGround(h)
	if err != nil {
		return nil
	}
	y := newYear(g, from)
	c := &check{ground: g, year: y, solver: newSolver(g, y)}
	for i := range h.Rules {
		if r := &h.Rules[i]; r.Enabled {
			one, err := c.read(r)
			if err != nil { // Compile says so
				continue
			}
			c.rules = append(c.rules, one)
		}
	}
	var out []Finding
	for _, look := range []func() []Finding{c.fights, c.loops, c.nevers} {
		c.left = mostSolutions
		out = append(out, look()...)
	}
	return out
}

// check is what the checks share.
type check struct {
	*ground
	year   *year
	solver *solver
	rules  []*checked
	left   int // solutions that may still be looked for
}

// mostSolutions bounds each of the checks: 100 ms on a slow computer.
const mostSolutions = 100_000

// checked is a rule as the checks see it.
type checked struct {
	spec     *entity.Rule
	cond     formula // all() where there is none
	triggers []*checkedTrigger
	effects  []effect
	lasts    time.Duration // at least, apart from what its effects take
}

// read understands a rule.
func (c *check) read(r *entity.Rule) (*checked, error) {
	cond, err := c.formula(r.If)
	if err != nil {
		return nil, err
	}
	out := &checked{spec: r, cond: cond}
	for _, t := range r.When {
		out.triggers = append(out.triggers, c.readTrigger(t))
	}
	e := effects{check: c}
	end, err := e.read(r.Do, path{})
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(r.Do, depends) {
		out.lasts = end.after
	}
	out.effects = e.out
	return out, nil
}

// depends says whether how long a step takes depends on the house.
func depends(s entity.Step) bool {
	switch s.(type) {
	case entity.Wait, entity.Choose:
		return true
	}
	return false
}

// moment is an instant for people: "Monday, 2026-01-05 at 08:00".
func (c *check) moment(unix int64) string {
	at := time.Unix(unix, 0).In(c.zone)
	form := "Monday, 2006-01-02 at 15:04"
	if at.Second() != 0 {
		form += ":05"
	}
	return at.Format(form)
}

// with is what has to be so for something to happen, as the end of a sentence.
func with(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return " with " + andList(values)
}

func andList(words []string) string {
	if n := len(words); n > 1 {
		return fmt.Sprintf("%s and %s", joined(words[:n-1]), words[n-1])
	}
	return joined(words)
}

func joined(words []string) string {
	out := ""
	for i, w := range words {
		if i > 0 {
			out += ", "
		}
		out += w
	}
	return out
}

// time is an instant in the house's zone.
func (c *check) time(unix int64) time.Time { return time.Unix(unix, 0).In(c.zone) }

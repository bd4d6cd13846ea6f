package rules

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"hob/internal/entity"
)

// condition is a compiled entity.RuleCondition.
type condition interface {
	// verdict is how it stands.
	verdict(w World, at time.Time) Verdict
	// trace is how it stands, and why.
	trace(w World, at time.Time) Trace
	// words say it, or its opposite, within a sentence.
	words(holds bool) string
	// because is what has it hold, by its trace, whose verdict is Yes.
	because(t *Trace) string
}

// compileCondition makes a condition ready; nil stays nil.
func (g *ground) compileCondition(c entity.RuleCondition) (condition, error) {
	switch c := c.(type) {
	case nil:
		return nil, nil
	case entity.All:
		parts, err := g.compileAll(c)
		return allOf(parts), err
	case entity.Any:
		parts, err := g.compileAll(c)
		return anyOf(parts), err
	case entity.Not:
		inner, err := g.compileCondition(c.Condition)
		return not{inner}, err
	case entity.InState:
		return inState{g, c}, nil
	case entity.AtLevel:
		return atLevel{g, c.Threshold}, nil
	case entity.InWindow:
		return inWindow{g, c.Window}, nil
	case entity.OnDays:
		return onDays{g, c.Days}, nil
	case entity.SunIs:
		return sunIs{g, c.Up}, nil
	case entity.Expr:
		return g.compileExpr(c.Text)
	}
	return nil, fmt.Errorf("rules: a condition of type %T is not known", c)
}

func (g *ground) compileAll(list []entity.RuleCondition) ([]condition, error) {
	var out []condition
	for _, c := range list {
		one, err := g.compileCondition(c)
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

func verdict(yes bool) Verdict {
	if yes {
		return Yes
	}
	return No
}

// timed says whether a condition may change by the clock alone.
func timed(c condition) bool {
	switch c := c.(type) {
	case allOf:
		return anyTimed(c)
	case anyOf:
		return anyTimed(c)
	case not:
		return timed(c.inner)
	case inWindow, onDays, sunIs:
		return true
	}
	return false
}

func anyTimed(list []condition) bool {
	for _, c := range list {
		if timed(c) {
			return true
		}
	}
	return false
}

type allOf []condition

func (a allOf) verdict(w World, at time.Time) Verdict {
	out := Yes
	for _, c := range a {
		switch c.verdict(w, at) {
		case No:
			return No
		case Unknown:
			out = Unknown
		}
	}
	return out
}

func (a allOf) trace(w World, at time.Time) Trace {
	return combined("all of", a.verdict(w, at), a, w, at)
}

type anyOf []condition

func (a anyOf) verdict(w World, at time.Time) Verdict {
	out := No
	for _, c := range a {
		switch c.verdict(w, at) {
		case Yes:
			return Yes
		case Unknown:
			out = Unknown
		}
	}
	return out
}

func (a anyOf) trace(w World, at time.Time) Trace {
	return combined("any of", a.verdict(w, at), a, w, at)
}

// combined is the trace of several conditions; why is that of the parts that decide.
func combined(text string, v Verdict, parts []condition, w World, at time.Time) Trace {
	t := Trace{Text: text, Verdict: v}
	var why []string
	for _, c := range parts {
		part := c.trace(w, at)
		t.Parts = append(t.Parts, part)
		if v != Yes && part.Verdict == v && part.Why != "" {
			why = appendNew(why, part.Why)
		}
	}
	t.Why = strings.Join(why, ", and ")
	return t
}

// appendNew adds what is not there yet.
func appendNew(list []string, one string) []string {
	if slices.Contains(list, one) {
		return list
	}
	return append(list, one)
}

type not struct{ inner condition }

func (n not) verdict(w World, at time.Time) Verdict {
	switch n.inner.verdict(w, at) {
	case Yes:
		return No
	case No:
		return Yes
	}
	return Unknown
}

func (n not) trace(w World, at time.Time) Trace {
	inner := n.inner.trace(w, at)
	t := Trace{Text: "not", Verdict: n.verdict(w, at), Parts: []Trace{inner}}
	switch t.Verdict {
	case Unknown:
		t.Why = inner.Why
	case No:
		t.Why = unwanted(n.inner, &inner)
	}
	return t
}

package rules

import (
	"fmt"
	"strings"
)

// What a condition says, within the sentence of a step; and why it holds where it
// does, which a trace says only of what does not.

// wordsOf is a condition in words: "left is closed", "anna is home or leo is home".
func wordsOf(c condition) string { return c.words(true) }

func isOrNot(holds bool) string {
	if holds {
		return "is"
	}
	return "is not"
}

func (c inState) words(holds bool) string {
	return fmt.Sprintf("%s %s %s", c.Entity, isOrNot(holds), c.State)
}

func (c inState) because(*Trace) string { return c.words(true) }

func (c atLevel) words(holds bool) string {
	return fmt.Sprintf("%s %s %s", quantityOf(c.Threshold), isOrNot(holds), c.limit())
}

// limit is what the number has to be: "below 3°C".
func (c atLevel) limit() string {
	return strings.TrimPrefix(c.g.thresholdText(c.Threshold), quantityOf(c.Threshold)+" ")
}

func (c atLevel) because(t *Trace) string {
	return fmt.Sprintf("%s is %s, %s", quantityOf(c.Threshold), t.Value, c.limit())
}

func (c inWindow) words(holds bool) string {
	return fmt.Sprintf("it %s between %s and %s", isOrNot(holds), c.w.From, c.w.To)
}

func (c inWindow) because(t *Trace) string {
	return fmt.Sprintf("it is %s, between %s and %s", t.Value, c.w.From, c.w.To)
}

func (c onDays) words(holds bool) string { return fmt.Sprintf("it %s %s", isOrNot(holds), c.days) }

func (c onDays) because(t *Trace) string { return "it is " + t.Value }

func (c sunIs) words(holds bool) string {
	return fmt.Sprintf("the sun %s %s", isOrNot(holds), map[bool]string{true: "up", false: "down"}[c.up])
}

func (c sunIs) because(*Trace) string { return c.words(true) }

func (p exprProgram) words(holds bool) string {
	if holds {
		return p.text
	}
	return "not " + p.text
}

func (p exprProgram) because(t *Trace) string {
	if t.Value == "" {
		return p.text
	}
	return fmt.Sprintf("%s, so %s", t.Value, p.text)
}

func (a allOf) words(holds bool) string { return grouped(a, "and", holds) }

func (a allOf) because(t *Trace) string { return reasons(a, t) }

func (a anyOf) words(holds bool) string { return grouped(a, "or", holds) }

func (a anyOf) because(t *Trace) string { return reasons(a, t) }

func (n not) words(holds bool) string { return n.inner.words(!holds) }

func (n not) because(t *Trace) string {
	inner := &t.Parts[0]
	if twice, ok := n.inner.(not); ok {
		return twice.inner.because(&inner.Parts[0])
	}
	return inner.Why
}

// grouped are several conditions in words. What is in brackets reads in one way only.
func grouped(parts []condition, by string, holds bool) string {
	if len(parts) == 1 {
		return parts[0].words(holds)
	}
	var said []string
	for _, c := range parts {
		s := c.words(true)
		if compound(c) {
			s = "(" + s + ")"
		}
		said = append(said, s)
	}
	all := strings.Join(said, " "+by+" ")
	if !holds {
		return "not (" + all + ")"
	}
	return all
}

// compound says whether a condition's words are of several.
func compound(c condition) bool {
	switch c := c.(type) {
	case allOf:
		return len(c) != 1 || compound(c[0])
	case anyOf:
		return len(c) != 1 || compound(c[0])
	case not:
		return compound(c.inner)
	}
	return false
}

// reasons are those of the parts that hold, each once.
func reasons(parts []condition, t *Trace) string {
	var why []string
	for i, c := range parts {
		if part := &t.Parts[i]; part.Verdict == Yes {
			why = appendNew(why, c.because(part))
		}
	}
	return strings.Join(why, ", and ")
}

// unwanted is why a condition that must not hold does, by its trace.
func unwanted(c condition, t *Trace) string {
	switch c := c.(type) {
	case not:
		return t.Parts[0].Why
	case atLevel:
		return fmt.Sprintf("%s is %s, which must not be %s", quantityOf(c.Threshold), t.Value, c.limit())
	case allOf:
		if len(c) > 1 {
			return c.because(t) + ", which must not be so together"
		}
	}
	return c.because(t) + ", which must not be"
}

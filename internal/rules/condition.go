package rules

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"hob/internal/entity"
	"hob/internal/schedule"
)

// condition is a compiled entity.RuleCondition.
type condition interface {
	// verdict is how it stands.
	verdict(w World, at time.Time) Verdict
	// trace is how it stands, and why.
	trace(w World, at time.Time) Trace
}

// ground is what conditions need of a house beside its entities.
type ground struct {
	zone   *time.Location
	place  schedule.Place
	boards map[entity.ID]entity.BoardName // whose entity it is; none for those without a board
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
			why = append(why, part.Why)
		}
	}
	t.Why = strings.Join(why, ", and ")
	return t
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
		t.Why = inner.Text + ", which must not be"
	}
	return t
}

type inState struct {
	g *ground
	entity.InState
}

func (c inState) verdict(w World, _ time.Time) Verdict {
	seen := w.Entity(c.Entity)
	if c.State == entity.StateUnknown { // asked for by name, it is a state like others
		return verdict(!seen.Known())
	}
	if !seen.Known() {
		return Unknown
	}
	return verdict(seen.State == c.State)
}

func (c inState) trace(w World, at time.Time) Trace {
	seen := w.Entity(c.Entity)
	t := Trace{Text: fmt.Sprintf("%s is %s", c.Entity, c.State), Verdict: c.verdict(w, at), Value: seen.State}
	switch t.Verdict {
	case No:
		t.Why = fmt.Sprintf("%s is %s, not %s", c.Entity, orUnknown(seen.State), c.State)
	case Unknown:
		t.Value, t.Why = "", c.g.unknown(w, c.Entity, "how "+string(c.Entity)+" is")
	}
	return t
}

func orUnknown(s string) string {
	if s == "" {
		return entity.StateUnknown
	}
	return s
}

// unknown tells why something of an entity is not known.
func (g *ground) unknown(w World, id entity.ID, what string) string {
	if board, ok := g.boards[id]; ok && !w.Entity(id).Available {
		return fmt.Sprintf("nobody knows %s: the board %s is offline", what, board)
	}
	return fmt.Sprintf("nobody knows %s", what)
}

type atLevel struct {
	g *ground
	entity.Threshold
}

func (c atLevel) verdict(w World, _ time.Time) Verdict {
	n := w.Entity(c.Entity).Number(c.Of)
	if !n.Known {
		return Unknown
	}
	return verdict(beyond(c.Threshold, n.Is))
}

// beyond says whether a number is on the threshold's far side.
func beyond(t entity.Threshold, n float64) bool {
	if t.Below {
		return n < t.Than
	}
	return n > t.Than
}

func thresholdText(t entity.Threshold) string {
	word := "above"
	if t.Below {
		word = "below"
	}
	return fmt.Sprintf("%s %s %s", quantityOf(t), word, number(t.Than))
}

func quantityOf(t entity.Threshold) string {
	if t.Of == entity.QuantityValue {
		return string(t.Entity)
	}
	return fmt.Sprintf("%s.%s", t.Entity, t.Of)
}

func number(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

func (c atLevel) trace(w World, at time.Time) Trace {
	t := Trace{Text: thresholdText(c.Threshold), Verdict: c.verdict(w, at)}
	n := w.Entity(c.Entity).Number(c.Of)
	switch t.Verdict {
	case Unknown:
		t.Why = c.g.unknown(w, c.Entity, quantityOf(c.Threshold))
		return t
	case No:
		t.Why = fmt.Sprintf("%s is %s, not %s", quantityOf(c.Threshold), number(n.Is), strings.TrimPrefix(t.Text, quantityOf(c.Threshold)+" "))
	}
	t.Value = number(n.Is)
	return t
}

type inWindow struct {
	g *ground
	w schedule.Window
}

func (c inWindow) verdict(_ World, at time.Time) Verdict { return verdict(c.w.Contains(at, c.g.zone)) }

func (c inWindow) trace(w World, at time.Time) Trace {
	t := Trace{Text: "time " + c.w.String(), Verdict: c.verdict(w, at), Value: at.In(c.g.zone).Format("15:04:05")}
	if t.Verdict == No {
		t.Why = fmt.Sprintf("it is %s, not between %s and %s", at.In(c.g.zone).Format("15:04"), c.w.From, c.w.To)
	}
	return t
}

type onDays struct {
	g    *ground
	days schedule.Days
}

func (c onDays) verdict(_ World, at time.Time) Verdict {
	return verdict(c.days.Contains(at, c.g.zone))
}

func (c onDays) trace(w World, at time.Time) Trace {
	t := Trace{Text: "days " + c.days.String(), Verdict: c.verdict(w, at), Value: at.In(c.g.zone).Weekday().String()}
	if t.Verdict == No {
		t.Why = fmt.Sprintf("it is %s, not %s", t.Value, c.days)
	}
	return t
}

type sunIs struct {
	g  *ground
	up bool
}

func (c sunIs) verdict(_ World, at time.Time) Verdict { return verdict(c.g.place.Up(at) == c.up) }

func (c sunIs) trace(w World, at time.Time) Trace {
	words := map[bool]string{true: "up", false: "down"}
	t := Trace{Text: "sun " + words[c.up], Verdict: c.verdict(w, at), Value: words[c.g.place.Up(at)]}
	if t.Verdict == No {
		t.Why = "the sun is " + t.Value
	}
	return t
}

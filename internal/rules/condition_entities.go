package rules

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"hob/internal/entity"
)

type inState struct {
	g *ground
	entity.InState
}

func (c inState) verdict(w World, _ time.Time) Verdict {
	seen := w.Entity(c.Entity)
	if c.State == entity.StateUnknown && seen.Available && seen.State != "" {
		return verdict(seen.State == c.State) // asked for by name it is a state: a door that may be anywhere
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
	board, ok := g.boards[id]
	_, past := w.(Past)
	switch {
	case past && (!ok || w.Entity(id).Available):
		if how, is := strings.CutSuffix(what, " is"); is {
			return fmt.Sprintf("it is not recorded %s was", how)
		}
		return fmt.Sprintf("it is not recorded what %s was", what)
	case past:
		return fmt.Sprintf("nobody knew %s: the board %s was away", strings.Replace(what, " is", " was", 1), board)
	case !ok || w.Entity(id).Available:
		return "nobody knows " + what
	case w.Board(board) == LinkOnline:
		return fmt.Sprintf("nobody knows %s: the board %s has not told it yet", what, board)
	}
	return fmt.Sprintf("nobody knows %s: the board %s is offline", what, board)
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

// thresholdText is a threshold in words, with its unit.
func (g *ground) thresholdText(t entity.Threshold) string {
	return thresholdText(t) + g.unit(t.Entity, t.Of)
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

// number is as precise as anybody reads it.
func number(f float64) string {
	const decimals = 1000
	if rounded := math.Round(f*decimals) / decimals; !math.IsNaN(rounded) && !math.IsInf(rounded, 0) {
		f = rounded + 0 // + 0: no "-0"
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

// measured is a number of an entity with its unit. Nobody feels a thousandth of a
// degree.
func (g *ground) measured(id entity.ID, q entity.Quantity, f float64) string {
	unit := g.unit(id, q)
	if unit == "°C" {
		f = math.Round(f*100) / 100
	}
	return number(f) + unit
}

// unit is what stands after a number of an entity.
func (g *ground) unit(id entity.ID, q entity.Quantity) string {
	switch q {
	case entity.QuantityHumidity, entity.QuantityBrightness:
		return "%"
	case entity.QuantityValue:
		if s, ok := g.specs[id].(*entity.Sensor); ok && !s.MeasuresTemp() {
			return " " + s.Unit
		}
	}
	return "°C"
}

func (c atLevel) trace(w World, at time.Time) Trace {
	t := Trace{Text: c.g.thresholdText(c.Threshold), Verdict: c.verdict(w, at)}
	what := quantityOf(c.Threshold)
	n := w.Entity(c.Entity).Number(c.Of)
	if t.Verdict == Unknown {
		t.Why = c.g.unknown(w, c.Entity, what)
		return t
	}
	t.Value = c.g.measured(c.Entity, c.Of, n.Is)
	if t.Verdict == No {
		t.Why = fmt.Sprintf("%s is %s, not %s", what, t.Value, strings.TrimPrefix(t.Text, what+" "))
	}
	return t
}

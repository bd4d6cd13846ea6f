package rules

import (
	"fmt"
	"time"

	"hob/internal/schedule"
)

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

package config

import (
	"fmt"
	"reflect"
	"slices"
	"time"

	"hob/internal/diag"
	"hob/internal/entity"
	"hob/internal/schedule"
)

// What is compared is bounded: a rule's times, all times, and how many different
// wishes for one entity at one moment. Houses stay far below.
const (
	maxMoments    = 700
	maxAllMoments = 200_000
	maxWishes     = 8
)

// checkFights warns of two rules that command one entity in different ways at
// the same moment: at the same clock time on some day of a month, or at the same
// event of the sun.
func (b *book) checkFights() {
	loc := b.zone()
	wishes := make(map[wishKey][]*clockRule)
	told := make(map[[2]entity.RuleID]bool)
	left := maxAllMoments
	for _, r := range b.clockRules() {
		tasks := atOnce(r.y.rule.Do)
		for _, m := range r.moments(loc) {
			for _, task := range tasks {
				left--
				if left < 0 {
					return
				}
				key := wishKey{m, task.Target}
				for _, other := range wishes[key] {
					pair := [2]entity.RuleID{r.y.rule.ID, other.y.rule.ID}
					if other != r && !told[pair] {
						told[pair] = r.fight(other, task, m.in(loc))
					}
				}
				if len(wishes[key]) < maxWishes {
					wishes[key] = append(wishes[key], r)
				}
			}
		}
	}
}

// wishKey is one entity at one moment.
type wishKey struct {
	at     moment
	target entity.ID
}

// zone is where clock times are meant; any zone will do for comparing them.
func (b *book) zone() *time.Location {
	if loc, err := time.LoadLocation(b.file.Home.T.Timezone.value); err == nil {
		return loc
	}
	return time.UTC
}

// clockRule is an enabled rule that runs by the clock or the sun.
type clockRule struct {
	y  *ruleYAML
	at value
}

func (b *book) clockRules() []*clockRule {
	var out []*clockRule
	for _, d := range b.file.Rules.items {
		if d.T.rule.Enabled && len(d.T.rule.When) > 0 && len(d.T.rule.Do) > 0 {
			out = append(out, &clockRule{y: &d.T, at: d.at})
		}
	}
	return out
}

// moment is an instant, or an event of the sun on some weekday.
type moment struct {
	unix int64
	sun  schedule.Sun
	day  time.Weekday
}

// moments lists when the rule runs in the first four weeks of a year.
func (r *clockRule) moments(loc *time.Location) []moment {
	var out []moment
	from := time.Date(firstYear, time.January, 5, 0, 0, 0, 0, loc)
	until := from.AddDate(0, 0, 28)
	for _, t := range r.y.rule.When {
		var when schedule.Occurrences
		switch t := t.(type) {
		case entity.AtTimes:
			when = t.Times.In(loc)
		case entity.AtCron:
			when = t.Cron.In(loc)
		case entity.AtSun:
			for day := range time.Weekday(7) {
				if t.Days.Has(day) {
					out = append(out, moment{sun: t.Sun, day: day})
				}
			}
			continue
		default:
			continue
		}
		for at, ok := when.Next(from.Add(-time.Second)); ok && at.Before(until) && len(out) < maxMoments; at, ok = when.Next(at) {
			out = append(out, moment{unix: at.Unix()})
		}
	}
	return out
}

// fight reports at r if other does something else to the target of a task of r,
// when both run.
func (r *clockRule) fight(other *clockRule, mine entity.Task, when string) bool {
	if r.y.rule.If != nil && other.y.rule.If != nil && excludes(r.y.rule.If, other.y.rule.If) {
		return false
	}
	theirs := atOnce(other.y.rule.Do)
	i := slices.IndexFunc(theirs, func(t entity.Task) bool {
		return t.Target == mine.Target && !reflect.DeepEqual(t.Action, mine.Action)
	})
	if i < 0 {
		return false
	}
	here, there := r.at.keySpan(), other.at.keySpan()
	r.at.r.warnAt(here, problem{
		code: diag.RuleFight,
		message: fmt.Sprintf("%s and, on %s, %s tell %q different things at the same moment, such as %s: %q and %q",
			describeRule(r.y.rule.ID), line(there, here), describeRule(other.y.rule.ID), mine.Target, when, mine.Action, theirs[i].Action),
		suggestion: "change one of the times, or add conditions of which only one can hold",
	}, diag.Related{Span: there, Message: string(other.y.rule.ID)})
	return true
}

// atOnce are the tasks of a rule before anything that takes time.
func atOnce(steps []entity.Step) []entity.Task {
	var out []entity.Task
	for _, s := range steps {
		do, ok := s.(entity.Do)
		if !ok {
			break
		}
		out = append(out, do.Task)
	}
	return out
}

// in is a moment for people.
func (m moment) in(loc *time.Location) string {
	if m.unix != 0 {
		return time.Unix(m.unix, 0).In(loc).Format("Monday, 2006-01-02 at 15:04")
	}
	return fmt.Sprintf("%s on a %s", m.sun, m.day)
}

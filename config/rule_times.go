package config

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"hob/internal/diag"
	"hob/internal/entity"
	"hob/internal/schedule"
)

// maxClocks bounds the times of a trigger: one for each quarter of an hour.
const maxClocks = 96

// daysOf is the refinement `days`, every day unless given.
func (c *ruleCheck) daysOf(more refinement) (schedule.Days, bool) {
	v, given := more["days"]
	if !given {
		return schedule.EveryDay, true
	}
	return c.days(v)
}

// Bounds of how far a time may be moved: by less than half of the time between two events
// of the sun.
const (
	leastRandom = time.Minute
	mostRandom  = 3 * time.Hour
)

// random is the refinement `random`: not at all unless given. What comes of it on a date
// follows from the rule's id.
func (c *ruleCheck) random(more refinement) (schedule.Random, bool) {
	v, given := more["random"]
	if !given {
		return schedule.Random{}, true
	}
	d, ok := c.span(v, "a duration such as 20m", leastRandom, mostRandom)
	if ok && d%time.Second != 0 {
		v.problem(problem{code: diag.OutOfRange, message: v.label() + " must be whole seconds", suggestion: "write " + formatDuration(d.Round(time.Second))})
		ok = false
	}
	return schedule.Random{Within: d, Seed: string(c.y.rule.ID)}, ok
}

func (c *ruleCheck) days(v value) (schedule.Days, bool) {
	if v.node.Kind == yaml.SequenceNode {
		return c.daysOfList(v)
	}
	raw, ok := v.text("days such as mon-fri")
	if !ok {
		return 0, false
	}
	days, err := schedule.ParseDays(raw)
	if err != nil {
		v.syntax(diag.BadDays, err)
		return 0, false
	}
	return days, true
}

// daysOfList reads [mon, wed, sat-sun].
func (c *ruleCheck) daysOfList(v value) (schedule.Days, bool) {
	items, ok := v.list("", "")
	if ok && len(items) == 0 {
		v.problem(problem{code: diag.BadDays, message: v.label() + " is an empty list", suggestion: "name days, or delete it for every day"})
		return 0, false
	}
	var set schedule.Days
	for _, item := range items {
		if item.node.Kind == yaml.SequenceNode {
			item.wrongType("days such as mon-fri", "")
			ok = false
			continue
		}
		days, known := c.days(item)
		if twice := set & days; known && twice != 0 {
			item.problem(problem{code: diag.BadDays, message: twice.String() + " is named twice in this list", suggestion: "name each day once"})
			known = false
		}
		set, ok = set|days, ok && known
	}
	return set, ok
}

func (c *ruleCheck) timeTrigger(v value, more refinement) entity.Trigger {
	items := []value{v}
	if v.node.Kind == yaml.SequenceNode {
		items, _ = v.list("", "")
	}
	days, ok := c.daysOf(more)
	random, known := c.random(more)
	ok = ok && known
	if len(items) > maxClocks {
		v.problem(problem{code: diag.OutOfRange, message: fmt.Sprintf("%s has %d times; %d are the most", v.label(), len(items), maxClocks),
			suggestion: "write {every: 5m}, or a cron line such as \"*/5 6-22 * * *\""})
		return nil
	}
	times := schedule.Times{Days: days, Random: random}
	for _, item := range items {
		raw, isText := item.text(`a time such as "23:45"`)
		if !isText {
			ok = false
			continue
		}
		clock, err := schedule.ParseClock(raw)
		if _, notSun := schedule.ParseSun(raw); err != nil && notSun == nil {
			item.problem(problem{code: diag.BadTime, message: quote(raw) + " is no time of day", suggestion: "write sun: " + raw + ", as a trigger of its own"})
			ok = false
			continue
		}
		if err != nil && severalClocks(raw) != "" {
			item.problem(problem{code: diag.BadTime, message: quote(raw) + " is more than one time of day", suggestion: "write time: " + severalClocks(raw)})
			ok = false
			continue
		}
		if err != nil {
			item.syntax(diag.BadTime, err)
			ok = false
			continue
		}
		times.Clocks = append(times.Clocks, clock)
		if random.Within == 0 { // else nobody minds which second it is
			c.irregular(item, schedule.Times{Clocks: []schedule.Clock{clock}, Days: days}, part{})
		}
	}
	if !ok {
		return nil
	}
	return entity.AtTimes{Times: times}
}

func (c *ruleCheck) cronTrigger(v value) entity.Trigger {
	raw, ok := v.text(`a cron line such as "30 6 * * mon-fri"`)
	if !ok {
		return nil
	}
	cron, err := schedule.ParseCron(raw)
	if err != nil {
		v.syntax(diag.BadCron, err)
		return nil
	}
	c.irregular(v, cron, part{})
	return entity.AtCron{Cron: cron}
}

func (c *ruleCheck) sunTrigger(v value, more refinement) entity.Trigger {
	raw, ok := v.text("an event of the sun such as sunset-20m")
	if !ok {
		return nil
	}
	sun, err := schedule.ParseSun(raw)
	if err != nil {
		v.syntax(diag.BadTime, err)
		return nil
	}
	days, ok := c.daysOf(more)
	random, known := c.random(more)
	if !c.hasLocation(v) || !ok || !known {
		return nil
	}
	return entity.AtSun{Sun: sun, Days: days, Random: random}
}

// hasLocation: the sun rises somewhere.
func (c *ruleCheck) hasLocation(v value) bool {
	if c.file.Home.T.Location.given {
		return true
	}
	v.problem(problem{code: diag.NeedsLocation, message: "nobody knows when the sun rises: the house has no location",
		suggestion: "add home: {location: {latitude: 52.52, longitude: 13.40}}, with yours"})
	return false
}

var betweenClocks = regexp.MustCompile(`\s*(?:,|;|/|\band\b|&)\s*|\s+`)

// severalClocks is the list of times that a text stands for; "" if it is none.
func severalClocks(raw string) string {
	if len(raw) > maxGuessed {
		return ""
	}
	var all []string
	for _, one := range betweenClocks.Split(strings.TrimSpace(raw), -1) {
		clock, err := schedule.ParseClock(one)
		if err != nil {
			return ""
		}
		all = append(all, fmt.Sprintf("%q", clock.String()))
	}
	return "[" + strings.Join(all, ", ") + "]"
}

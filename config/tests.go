package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"hob/internal/diag"
	"hob/internal/entity"
	"hob/internal/schedule"
)

// testYAML is a test. Its parts are understood when all of the file has been read.
type testYAML struct {
	Given later `yaml:"given" is:"given" need:"true" example:"{time: \"2026-11-25 15:00\", alarm: disarmed}" doc:"When it begins, and how the house is then."`
	When  later `yaml:"when" is:"happenings" example:"[{at: sunset-20m}, {front_door: open}]" default:"nothing" doc:"What happens, one after the other."`
	Then  later `yaml:"then" is:"checks" need:"true" example:"[{porch: on}]" doc:"What is expected after that, or at the times that it names."`
}

// testSection is a mapping from what a test is about, in words, to the test.
type testSection struct {
	slot
	items []*declared[testYAML]
}

func (s *testSection) decode(v value, _ reflect.StructTag) {
	s.hold(v)
	entries, ok := v.mapping("a mapping of names to tests")
	if !ok {
		return
	}
	for _, e := range entries {
		name := strings.TrimSpace(e.name)
		if name == "" || utf8.RuneCountInString(name) > maxText || strings.ContainsFunc(name, unprintable) {
			e.r.errorAt(e.keySpan(), problem{code: diag.BadText, message: fmt.Sprintf("the name of a test is one line of 1 to %d characters", maxText),
				suggestion: "write what it shows, such as porch lights at dusk"})
			continue
		}
		d := &declared[testYAML]{id: name, at: e.value}
		decodeStruct(e.value, &d.T)
		s.items = append(s.items, d)
	}
	s.valid = true
}

// Words that are no entities, in each part of a test.
func givenWords() []string { return []string{"time", "offline"} }
func happeningWords() []string {
	return []string{"at", "after", "board", "is", "webhook", "startup", "run"}
}

// checkTests understands the tests in the file itself.
func (b *book) checkTests() {
	c := ruleCheck{book: b, y: &ruleYAML{}}
	b.tests = c.tests(&b.file.Tests)
}

// tests understands a section of tests.
func (c *ruleCheck) tests(s *testSection) []entity.Test {
	var out []entity.Test
	for _, d := range s.items {
		t := entity.Test{Name: d.id, At: placeOf(d.at.keySpan())}
		if d.T.Given.given {
			c.testGiven(d.T.Given.at, &t)
		}
		if d.T.When.given {
			t.When = c.happenings(d.T.When.at)
		}
		if d.T.Then.given {
			t.Then = c.checks(d.T.Then.at)
		}
		out = append(out, t)
	}
	return out
}

func placeOf(at diag.Span) entity.Place { return entity.Place{File: at.File, Line: at.Line} }

// testGiven understands how the house is at the beginning.
func (c *ruleCheck) testGiven(v value, t *entity.Test) {
	entries, ok := v.mapping("a mapping such as {time: \"2026-11-25 15:00\", porch: on}")
	if !ok {
		return
	}
	timed := false
	for _, e := range entries {
		switch e.name {
		case "time":
			timed = true
			c.beginning(e.value, t)
		case "offline":
			t.Away = c.awayBoards(e.value)
		default:
			if g, ok := c.given(e, false); ok {
				t.Given = append(t.Given, g)
			}
		}
	}
	if !timed {
		v.r.errorAt(v.keySpan(), problem{code: diag.MissingKey, message: `"given" needs the key "time"`, suggestion: `add time: "2026-11-25 15:00"`})
	}
}

const dateForms = `a day and a time such as "2026-11-25 15:00"`

func (c *ruleCheck) beginning(v value, t *entity.Test) {
	raw, ok := v.text(dateForms)
	if !ok {
		return
	}
	words := split(raw)
	if len(words) == 0 || len(words) > 2 {
		v.problem(problem{code: diag.BadTime, message: fmt.Sprintf("%s must be %s, not %s", v.label(), dateForms, quote(raw))})
		return
	}
	day, ok := c.date(v, words[0])
	if !ok {
		return
	}
	t.Date = day
	if len(words) == 2 {
		t.Clock, _ = c.clock(v, words[1])
	}
}

func (c *ruleCheck) date(v value, w word) (schedule.Date, bool) {
	day, err := time.Parse("2006-01-02", w.text)
	if err != nil || day.Year() < 1970 || day.Year() > 2200 {
		v.problem(problem{code: diag.BadTime, message: quote(w.text) + " is no day", part: w.part, suggestion: "write it as 2026-11-25"})
		return schedule.Date{}, false
	}
	return schedule.DateOf(day), true
}

func (c *ruleCheck) clock(v value, w word) (schedule.Clock, bool) {
	clock, err := schedule.ParseClock(w.text)
	if err != nil {
		v.problem(problem{code: diag.BadTime, message: err.Error(), part: w.part, suggestion: `write such as "16:10"`})
		return 0, false
	}
	return clock, true
}

// awayBoards is one board or a list of them.
func (c *ruleCheck) awayBoards(v value) []entity.BoardName {
	items := []value{v}
	if v.node.Kind == yaml.SequenceNode {
		items, _ = v.list("", "")
	}
	var out []entity.BoardName
	for _, item := range items {
		if name, ok := c.boardName(item); ok {
			out = append(out, name)
		}
	}
	return out
}

func (c *ruleCheck) boardName(v value) (entity.BoardName, bool) {
	raw, ok := v.text("the name of a board")
	if !ok {
		return "", false
	}
	if _, known := c.boards[entity.BoardName(raw)]; !known {
		c.unknownBoard(v, raw, part{})
		return "", false
	}
	return entity.BoardName(raw), true
}

// each gives the mappings of a part of a test, which is one or a list of them.
func each(v value, expected string) []value {
	items := []value{v}
	if v.node.Kind == yaml.SequenceNode {
		items, _ = v.list("", "")
	}
	return slices.DeleteFunc(items, func(item value) bool {
		if item.node.Kind == yaml.MappingNode {
			return false
		}
		item.wrongType(expected, "")
		return true
	})
}

// moment understands at and after.
func (c *ruleCheck) moment(entries []entry) (m entity.Moment, rest []entry, ok bool) {
	ok = true
	var first *entry
	for _, e := range entries {
		if e.name != "at" && e.name != "after" {
			rest = append(rest, e)
			continue
		}
		if first != nil {
			e.r.errorAt(e.keySpan(), problem{code: diag.KeyConflict, message: "at and after are two ways to say when", suggestion: "keep one of them"})
			return m, rest, false
		}
		first = &e
		if e.name == "after" {
			m.After, ok = c.span(e.value, "a duration such as 10m", time.Millisecond, 366*24*time.Hour)
		} else {
			ok = c.atMoment(e.value, &m)
		}
	}
	return m, rest, ok
}

// atMoment reads "16:10", "2026-11-26 08:00" or "sunset-20m".
func (c *ruleCheck) atMoment(v value, m *entity.Moment) bool {
	raw, ok := v.text(`a time such as "16:10" or sunset-20m`)
	if !ok {
		return false
	}
	words := split(raw)
	switch {
	case len(words) > 0 && raw[0] >= 'a' && raw[0] <= 'z':
		sun, err := schedule.ParseSun(raw)
		if err != nil {
			v.syntax(diag.BadTime, err)
			return false
		}
		m.Sun = &sun
		return c.hasLocation(v)
	case len(words) == 2:
		day, ok := c.date(v, words[0])
		if !ok {
			return false
		}
		m.Date = &day
		words = words[1:]
	case len(words) != 1:
		v.problem(problem{code: diag.BadTime, message: quote(raw) + " is no time", suggestion: `write such as "16:10", "2026-11-26 08:00" or sunset-20m`})
		return false
	}
	clock, ok := c.clock(v, words[0])
	m.Clock = &clock
	return ok
}

// happenings understands what happens in a test.
func (c *ruleCheck) happenings(v value) []entity.Happening {
	var out []entity.Happening
	for _, item := range each(v, "a mapping such as {at: sunset-20m} or {front_door: open}") {
		if h, ok := c.happening(item); ok {
			out = append(out, h)
		}
	}
	return out
}

func (c *ruleCheck) happening(v value) (entity.Happening, bool) {
	h := entity.Happening{At: placeOf(v.span())}
	entries, ok := v.mapping("a mapping such as {at: sunset-20m}")
	if !ok {
		return h, false
	}
	h.When, entries, ok = c.moment(entries)
	if len(entries) == 0 && h.When == (entity.Moment{}) && ok {
		v.problem(problem{code: diag.BadTest, message: "nothing happens here", suggestion: "write such as {at: sunset-20m} or {front_door: open}"})
		return h, false
	}
	for _, e := range entries {
		ok = c.happens(e, entries, &h) && ok
	}
	return h, ok
}

// happens understands one key of a happening.
func (c *ruleCheck) happens(e entry, all []entry, h *entity.Happening) (ok bool) {
	find := func(name string) (entry, bool) {
		i := slices.IndexFunc(all, func(o entry) bool { return o.name == name })
		if i < 0 {
			return entry{}, false
		}
		return all[i], true
	}
	switch e.name {
	case "board":
		is, given := find("is")
		if !given {
			e.r.errorAt(e.keySpan(), problem{code: diag.MissingKey, message: `"board" needs the key "is"`, suggestion: "add is: offline, or is: online"})
			return false
		}
		word, known := decodeChoice(is.value, []string{"online", "offline"}, diag.BadChoice)
		h.Board, ok = c.boardName(e.value)
		h.Online = word == "online"
		return ok && known
	case "is":
		if _, given := find("board"); !given {
			e.r.errorAt(e.keySpan(), problem{code: diag.MissingKey, message: `"is" needs the key "board"`, suggestion: "add board: with its name"})
			return false
		}
		return true
	case "webhook":
		raw, _, ok := e.secretText("the name of a webhook")
		h.Webhook = entity.NewSecret(raw)
		return ok
	case "startup":
		raw, ok := e.text("true")
		if ok && raw != "true" {
			e.wrongType("true", "write startup: true")
		}
		h.Startup = true
		return ok && raw == "true"
	case "run":
		h.Run, ok = c.ruleName(e.value)
		return ok
	}
	g, ok := c.given(e, true)
	h.Given = append(h.Given, g)
	return ok
}

// ruleName is the id of a rule.
func (c *ruleCheck) ruleName(v value) (entity.RuleID, bool) {
	raw, ok := v.text("the id of a rule")
	if !ok {
		return "", false
	}
	var names []string
	for _, d := range c.file.Rules.items {
		if d.id == raw {
			return entity.RuleID(raw), true
		}
		names = append(names, d.id)
	}
	if c.r.gaps.whole["rules"] {
		return "", false
	}
	v.problem(problem{code: diag.BadTest, message: "there is no rule " + quote(raw), suggestion: c.r.didYouMean(raw, names, "declare one under rules")})
	return "", false
}

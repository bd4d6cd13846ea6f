package config

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"hob/internal/diag"
	"hob/internal/entity"
	"hob/internal/schedule"
)

// weekPlan is a week of a thermostat's targets: days, then times with a preset,
// a temperature or off.
type weekPlan struct {
	slot
	lines []planLine
}

type planLine struct {
	at     entry
	days   schedule.Days
	points []planPoint
}

type planPoint struct {
	schedule.Point[string]
	at   value
	part part // the whole point: time and word
	word part // the word
	to   entity.Planned
}

// maxPoints bounds a week's points; a board is sent a day's at a time.
const maxPoints = 96

func (f *weekPlan) decode(v value, _ reflect.StructTag) {
	f.hold(v)
	entries, ok := v.mapping("a mapping of days to times, such as {mon-fri: [06:00 comfort, 22:30 sleep]}")
	if !ok {
		return
	}
	f.valid = true
	entries = v.joined(entries, func(key string) bool { _, err := schedule.ParseDays(key); return err == nil },
		func(string) joining { return joinedText })
	for _, e := range entries {
		line := planLine{at: e}
		days, err := schedule.ParseDays(e.name)
		if err != nil {
			value{r: e.r, name: e.name, key: e.key, site: e.key, node: resolve(e.key)}.syntax(diag.BadDays, err)
			f.valid = false
		}
		line.days = days
		if !line.read(e.value) {
			f.valid = false
		}
		f.lines = append(f.lines, line)
	}
}

// read takes the points, one text with commas or a list.
func (l *planLine) read(v value) bool {
	if v.node.Kind == yaml.SequenceNode {
		items, ok := v.list("", "")
		for _, item := range items {
			ok = l.readText(item) && ok
		}
		return ok
	}
	return l.readText(v)
}

func (l *planLine) readText(v value) bool {
	raw, ok := v.text("times with what holds from then on, such as 06:00 comfort, 22:30 sleep")
	if !ok {
		return false
	}
	points, err := schedule.ParsePoints(raw)
	if err != nil {
		v.syntax(diag.BadTime, err)
		return false
	}
	parts := cutAtCommas(raw)
	for i, p := range points {
		width := utf8.RuneCountInString(p.Value)
		whole := parts[i]
		l.points = append(l.points, planPoint{Point: p, at: v, part: whole, word: part{whole.from + whole.width - width, width}})
	}
	return true
}

// syntax reports an error of internal/schedule's parsers at its place in v.
func (v value) syntax(code diag.Code, err error) {
	p := problem{code: code, message: err.Error()}
	var at *schedule.SyntaxError
	if errors.As(err, &at) {
		p.message, p.suggestion = at.Message, at.Suggestion
		p.part = bytePart(v.node.Value, at.Offset, at.Length)
	}
	v.problem(p)
}

// bytePart is the part of a text that is given in bytes.
func bytePart(text string, offset, length int) part {
	offset = min(max(offset, 0), len(text))
	end := min(max(offset+length, offset), len(text))
	if end == offset {
		return part{}
	}
	return part{utf8.RuneCountInString(text[:offset]), utf8.RuneCountInString(text[offset:end])}
}

// cutAtCommas are the parts of a text between commas, without the spaces around them.
func cutAtCommas(raw string) []part {
	var out []part
	p, blank := part{}, true
	at := 0
	for _, c := range raw {
		switch {
		case c == ',':
			out, blank = append(out, p), true
			p = part{}
		case c != ' ' && c != '\t' && blank:
			p, blank = part{at, 1}, false
		case c != ' ' && c != '\t':
			p.width = at - p.from + 1
		}
		at++
	}
	return append(out, p)
}

// checkSchedule resolves the words of the schedule and puts its lines together.
func (y *thermostatYAML) checkSchedule() {
	count := 0
	for i := range y.Schedule.lines {
		line := &y.Schedule.lines[i]
		for j := range line.points {
			count++
			p := &line.points[j]
			to, problem := y.target(p.Value)
			if problem != nil {
				problem.part = p.word
				p.at.problem(*problem)
				y.Schedule.valid = false
				continue
			}
			p.to = entity.Planned{To: to}
			if y.isPreset(p.Value) {
				p.to.Preset = p.Value
			} else {
				y.inRange(p.at, "the target from "+p.At.String(), to, true)
			}
		}
	}
	if count > maxPoints {
		y.Schedule.at.problem(problem{code: diag.OutOfRange, message: fmt.Sprintf("the schedule has %d points; %d are the most", count, maxPoints)})
		y.Schedule.valid = false
	}
	if y.Schedule.valid && y.Schedule.given {
		y.checkPlan()
	}
}

func (y *thermostatYAML) isPreset(word string) bool {
	return slices.ContainsFunc(y.settings(), func(p entity.Preset) bool { return p.Name == word })
}

// checkPlan reports days in two lines and times out of order.
func (y *thermostatYAML) checkPlan() {
	_, err := schedule.NewPlan(y.planLines()...)
	var wrong *schedule.PlanError
	if !errors.As(err, &wrong) {
		return
	}
	y.Schedule.valid = false
	line := y.Schedule.lines[wrong.Line]
	p := problem{code: diag.ScheduleConflict, message: wrong.Message}
	if wrong.Point < 0 {
		p.suggestion = "name each day in one line"
		line.at.r.errorAt(line.at.keySpan(), p)
		return
	}
	point := line.points[wrong.Point]
	p.part, p.suggestion = point.part, "put the times of a day in order, each once"
	point.at.problem(p)
}

func (y *thermostatYAML) planLines() []schedule.PlanLine[entity.Planned] {
	var lines []schedule.PlanLine[entity.Planned]
	for _, l := range y.Schedule.lines {
		line := schedule.PlanLine[entity.Planned]{Days: l.days}
		for _, p := range l.points {
			line.Points = append(line.Points, schedule.Point[entity.Planned]{At: p.At, Value: p.to})
		}
		lines = append(lines, line)
	}
	return lines
}

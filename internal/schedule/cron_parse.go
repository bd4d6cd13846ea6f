package schedule

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/robfig/cron/v3"
)

// ParseCron reads a cron line. Values, ranges, lists and steps are the usual ones; months and
// weekdays have names of three letters; Sunday is 0 or 7, and may end a range (fri-sun, 5-7).
// Refused, with what to write instead: seconds, time zones, @daily and its like, lines that never
// come (30 February), steps that are longer than their field. The error is a *SyntaxError.
func ParseCron(raw string) (Cron, error) {
	fail := func(message, suggestion string) (Cron, error) {
		return Cron{}, &SyntaxError{Message: message, Suggestion: suggestion, Length: len(raw)}
	}
	line := strings.TrimSpace(raw)
	if strings.Contains(line, "=") {
		return fail("a cron line has no time zone of its own", "delete it: the line runs in the time zone of the house")
	}
	if strings.HasPrefix(line, "@") {
		return fail(excerpt(line)+" is no cron line", suggestDescriptor(line))
	}
	fields, known := strings.Fields(line), cronFields()
	if len(fields) != len(known) {
		return fail(fmt.Sprintf("a cron line has five fields, not %d", len(fields)),
			"write minute, hour, day of the month, month, day of the week, such as 30 6 * * mon-fri")
	}
	for i, f := range known {
		if err := f.check(fields[i]); err != nil {
			return Cron{}, err.within(fieldOffset(raw, i))
		}
	}
	text := strings.Join(fields, " ")
	fields[4] = sundayFirst(fields[4])
	parser := cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow)
	parsed, err := parser.Parse(strings.Join(fields, " "))
	spec, ok := parsed.(*cron.SpecSchedule)
	if err != nil || !ok {
		return fail(excerpt(text)+" is no cron line", reason(err))
	}
	c := cronOf(text, spec)
	if _, ok := c.next(0); !ok {
		return fail(excerpt(text)+" never comes: no such day exists", "")
	}
	return c, nil
}

func reason(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func suggestDescriptor(line string) string {
	word, rest, _ := strings.Cut(strings.ToLower(line), " ")
	switch word {
	case "@every":
		return "write every: " + strings.TrimSpace(rest) + " instead of cron"
	case "@hourly":
		return "write 0 * * * *"
	case "@daily", "@midnight":
		return "write 0 0 * * *"
	case "@weekly":
		return "write 0 0 * * sun"
	case "@monthly":
		return "write 0 0 1 * *"
	case "@yearly", "@annually":
		return "write 0 0 1 1 *"
	}
	return "write five fields, such as 30 6 * * mon-fri"
}

// cronField is what one field may hold. The library reads the values; this refuses what it would
// take in silence, and says where the mistake is.
type cronField struct {
	name        string
	least, most int
	names       string // in order from least on, separated by spaces; empty if there are none
}

func cronFields() [5]cronField {
	return [5]cronField{
		{"minute", 0, 59, ""},
		{"hour", 0, 23, ""},
		{"day of the month", 1, 31, ""},
		{"month", 1, 12, "jan feb mar apr may jun jul aug sep oct nov dec"},
		{"day of the week", 0, 7, "sun mon tue wed thu fri sat"},
	}
}

// check reads a list of *, N, N-M, each with an optional /STEP.
func (f cronField) check(field string) *SyntaxError {
	offset := 0
	for part := range strings.SplitSeq(field, ",") {
		if message, suggestion := f.checkPart(part); message != "" {
			return &SyntaxError{Message: message, Suggestion: suggestion, Offset: offset, Length: len(part)}
		}
		offset += len(part) + 1
	}
	return nil
}

func (f cronField) checkPart(part string) (message, suggestion string) {
	m := regexp.MustCompile(`^(?:\*|([0-9a-zA-Z]+)(?:-([0-9a-zA-Z]+))?)(?:/([0-9]+))?$`).FindStringSubmatch(part)
	if m == nil {
		return fmt.Sprintf("%s cannot stand in the field %s", excerpt(part), f.name), "write *, a value, a range or a step, such as */15"
	}
	first, okFirst := f.value(m[1])
	last, okLast := f.value(m[2])
	for i, ok := range []bool{okFirst, okLast} {
		if m[i+1] != "" && !ok {
			return fmt.Sprintf("%s is no %s", excerpt(m[i+1]), f.name), f.extent()
		}
	}
	if m[2] != "" && f.most == 7 && last == 0 {
		last = 7
	}
	if m[2] != "" && first > last {
		return fmt.Sprintf("the range %s goes backwards", excerpt(part)), "write two ranges with a comma between them"
	}
	if m[3] != "" {
		return f.checkStep(part, m[3])
	}
	return "", ""
}

func (f cronField) checkStep(part, step string) (message, suggestion string) {
	n, err := strconv.Atoi(step)
	if longest := f.most - f.least + 1; err != nil || n < 1 || n > longest {
		suggestion = fmt.Sprintf("a step goes from 1 to %d", longest)
		if f.name == "minute" && n > longest {
			suggestion = "for a longer interval write every: " + step + "m instead of cron"
		}
		return fmt.Sprintf("%s has a step that the field %s does not hold", excerpt(part), f.name), suggestion
	}
	return "", ""
}

// value reads a number or a name.
func (f cronField) value(s string) (int, bool) {
	for i, name := range strings.Fields(f.names) {
		if strings.EqualFold(s, name) {
			return f.least + i, true
		}
	}
	n, err := strconv.Atoi(s)
	return n, err == nil && f.least <= n && n <= f.most
}

func (f cronField) extent() string {
	text := fmt.Sprintf("it goes from %d to %d", f.least, f.most)
	if names := strings.Fields(f.names); len(names) > 0 {
		text += ", or from " + names[0] + " to " + names[len(names)-1]
	}
	return text
}

// sundayFirst rewrites a checked weekday field without a Sunday at the end of the week, which the
// library does not know: 7 becomes 0, and a range up to it a list.
func sundayFirst(field string) string {
	f := cronFields()[4]
	var parts []string
	for part := range strings.SplitSeq(field, ",") {
		span, step, stepped := strings.Cut(part, "/")
		first, last, isRange := strings.Cut(span, "-")
		from, _ := f.value(first)
		to, ok := f.value(last)
		if !isRange && from == 7 {
			// A step begins at Sunday and ends there.
			part = "0"
		} else if isRange && ok && (to == 7 || to == 0 && from > 0) {
			by := 1
			if stepped {
				by = number(step)
			}
			part = dayList(from, by)
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, ",")
}

// dayList lists the days from one up to 7, which is written as 0.
func dayList(from, by int) string {
	var days []string
	for day := from; day <= 7; day += by {
		days = append(days, strconv.Itoa(day%7))
	}
	return strings.Join(days, ",")
}

// fieldOffset returns where the field with the given index begins, as strings.Fields sees fields.
func fieldOffset(raw string, index int) int {
	at := 0
	for {
		at += len(raw[at:]) - len(strings.TrimLeftFunc(raw[at:], unicode.IsSpace))
		if index == 0 {
			return at
		}
		at += strings.IndexFunc(raw[at:], unicode.IsSpace)
		index--
	}
}

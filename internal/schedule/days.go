package schedule

import (
	"math/bits"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Days is a set of weekdays. The zero value is the empty set, on which nothing occurs.
type Days uint8

// Sets that have names of their own.
const (
	Weekdays Days = 1<<time.Monday | 1<<time.Tuesday | 1<<time.Wednesday | 1<<time.Thursday | 1<<time.Friday
	Weekend  Days = 1<<time.Saturday | 1<<time.Sunday
	EveryDay      = Weekdays | Weekend
)

// DaysOf returns the set of the given weekdays.
func DaysOf(days ...time.Weekday) Days {
	var d Days
	for _, day := range days {
		d |= 1 << day
	}
	return d
}

// Has reports whether the weekday is in the set.
func (d Days) Has(day time.Weekday) bool { return d&(1<<day) != 0 }

// size is how many days there are.
func (d Days) size() int { return bits.OnesCount8(uint8(d & EveryDay)) }

// Contains reports whether the local date at t is one of the days. A day begins at its first
// instant; where clocks go back over midnight, the day that has begun goes on.
func (d Days) Contains(t time.Time, loc *time.Location) bool {
	return d.Has(weekdayOfDay(floorDiv(reached(loc, t), secondsPerDay)))
}

// String writes the set in its one canonical form: daily, mon-fri, mon,wed,fri, fri-mon; days in
// a row as a range, the ranges from Monday on. ParseDays reads it back. The empty set is "no day".
func (d Days) String() string {
	switch d & EveryDay {
	case EveryDay:
		return "daily"
	case 0:
		return "no day"
	}
	var parts []string
	for _, first := range week() {
		if !d.Has(first) || d.Has((first+6)%7) {
			continue
		}
		last := first
		for d.Has((last + 1) % 7) {
			last = (last + 1) % 7
		}
		part := dayName(first)
		if last != first {
			part += "-" + dayName(last)
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, ",")
}

// week lists the days from Monday on.
func week() [7]time.Weekday {
	return [7]time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday}
}

func dayName(day time.Weekday) string { return strings.ToLower(day.String()[:3]) }

// ParseDays reads days and ranges of days, separated by commas: mon-fri, sat,sun, fri-mon (a range
// may go over Sunday), monday; and the words daily, every day, weekdays, weekend. Case does not
// matter. A day that is named twice is an error, since another one was probably meant. The error
// is a *SyntaxError.
func ParseDays(raw string) (Days, error) {
	if d, ok := daysByWord(strings.Join(strings.Fields(strings.ToLower(raw)), " ")); ok {
		return d, nil
	}
	var set Days
	offset := 0
	for part := range strings.SplitSeq(raw, ",") {
		days, err := parseDayRange(part)
		if err != nil {
			return 0, err.within(offset)
		}
		if twice := set & days; twice != 0 {
			return 0, &SyntaxError{Message: twice.String() + " is named twice in " + excerpt(raw),
				Suggestion: "name each day once", Offset: offset, Length: len(part)}
		}
		set |= days
		offset += len(part) + 1
	}
	return set, nil
}

func daysByWord(word string) (Days, bool) {
	switch word {
	case "daily", "every day", "everyday", "all", "all days":
		return EveryDay, true
	case "weekday", "weekdays":
		return Weekdays, true
	case "weekend", "weekends":
		return Weekend, true
	}
	return 0, false
}

func parseDayRange(part string) (Days, *SyntaxError) {
	first, last, isRange := strings.Cut(part, "-")
	from, err := parseDay(first)
	if err != nil || !isRange {
		return DaysOf(from), err
	}
	to, err := parseDay(last)
	if err != nil {
		return 0, err.within(len(first) + 1)
	}
	if from == to {
		return 0, &SyntaxError{Message: excerpt(part) + " begins and ends with the same day",
			Suggestion: "write " + dayName(from) + ", or daily", Length: len(part)}
	}
	set := DaysOf(from)
	for day := from; day != to; {
		day = (day + 1) % 7
		set |= DaysOf(day)
	}
	return set, nil
}

// rangeInWords is how people write a range of days elsewhere: monday to friday.
var rangeInWords = regexp.MustCompile(`^([a-z]+)\s*(?:to|until|till|through|thru|bis|/|–|—|\.\.+)\s*([a-z]+)$`)

func parseDay(raw string) (time.Weekday, *SyntaxError) {
	word := strings.ToLower(strings.TrimSpace(raw))
	days := week()
	i := slices.IndexFunc(days[:], func(day time.Weekday) bool {
		return word == dayName(day) || word == strings.ToLower(day.String())
	})
	if i >= 0 {
		return days[i], nil
	}
	suggestion := "write mon, tue, wed, thu, fri, sat, sun, a range such as mon-fri, or daily"
	if m := rangeInWords.FindStringSubmatch(word); m != nil {
		from, notFrom := parseDay(m[1])
		to, notTo := parseDay(m[2])
		if notFrom == nil && notTo == nil {
			return 0, &SyntaxError{Message: excerpt(word) + " is no day of the week",
				Suggestion: "write " + dayName(from) + "-" + dayName(to), Length: len(raw)}
		}
	}
	for _, day := range days {
		if len(word) >= 2 && strings.HasPrefix(word, dayName(day)[:2]) {
			suggestion = "did you mean " + dayName(day) + "?"
		}
	}
	return 0, &SyntaxError{Message: excerpt(strings.TrimSpace(raw)) + " is no day of the week",
		Suggestion: suggestion, Length: len(raw)}
}

package schedule

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Clock is a time of day in seconds since 00:00, from 0 to 86399, as clocks show it: on a day of
// 23 or 25 hours it is not the time elapsed.
type Clock int

const (
	secondsPerMinute = 60
	secondsPerHour   = 60 * secondsPerMinute
	secondsPerDay    = 24 * secondsPerHour
)

// ClockOf returns what a clock in t's location shows at t, without the fraction of a second.
func ClockOf(t time.Time) Clock {
	hour, minute, second := t.Clock()
	return newClock(hour, minute, second)
}

func newClock(hour, minute, second int) Clock {
	return Clock(hour*secondsPerHour + minute*secondsPerMinute + second)
}

// String writes 06:00, or 06:00:30 where there are seconds.
func (c Clock) String() string {
	hour, minute, second := int(c)/secondsPerHour, int(c)/secondsPerMinute%60, int(c)%60
	if second == 0 {
		return fmt.Sprintf("%02d:%02d", hour, minute)
	}
	return fmt.Sprintf("%02d:%02d:%02d", hour, minute, second)
}

// ParseClock reads HH:MM or HH:MM:SS, two digits each, from 00:00 to 23:59:59. The error is a
// *SyntaxError.
func ParseClock(raw string) (Clock, error) {
	c, ok := readClock(raw)
	if !ok {
		return 0, &SyntaxError{Message: excerpt(raw) + " is no time of day", Suggestion: suggestClock(raw), Length: len(raw)}
	}
	return c, nil
}

func readClock(raw string) (Clock, bool) {
	if len(raw) != len("HH:MM") && len(raw) != len("HH:MM:SS") {
		return 0, false
	}
	limits, parts := [3]int{24, 60, 60}, [3]int{}
	for i := range limits {
		at := 3 * i
		if at > len(raw) {
			break
		}
		n, ok := twoDigits(raw[at : at+2])
		if !ok || n >= limits[i] || at > 0 && raw[at-1] != ':' {
			return 0, false
		}
		parts[i] = n
	}
	return newClock(parts[0], parts[1], parts[2]), true
}

func twoDigits(s string) (int, bool) {
	if s[0] < '0' || s[0] > '9' || s[1] < '0' || s[1] > '9' {
		return 0, false
	}
	return int(s[0]-'0')*10 + int(s[1]-'0'), true
}

// suggestClock knows how people write times elsewhere: 6:00, 0600, 6h30, 06.00, 7 pm, 24:00.
func suggestClock(raw string) string {
	const otherwise = "write hours and minutes, such as 06:00 or 23:45"
	form := regexp.MustCompile(`^\s*([0-9]{1,2})(?:\s*[:.hH]\s*([0-9]{1,2})?|([0-9]{2}))?(?::([0-9]{1,2}))?\s*([AaPp]\.?[Mm]\.?)?\s*$`)
	m := form.FindStringSubmatch(raw)
	if m == nil {
		return otherwise
	}
	hour, minute, second := number(m[1]), number(m[2]+m[3]), number(m[4])
	switch half := strings.ToLower(m[5]); {
	case half != "" && (hour < 1 || hour > 12):
		return otherwise
	case strings.HasPrefix(half, "p"):
		hour = hour%12 + 12
	case strings.HasPrefix(half, "a"):
		hour %= 12
	case hour == 24 && minute == 0 && second == 0:
		return "write 00:00, where the next day begins, or 23:59"
	}
	if hour > 23 || minute > 59 || second > 59 {
		return "a day goes from 00:00 to 23:59:59"
	}
	return "write " + newClock(hour, minute, second).String()
}

// number reads a few digits that an expression has matched; none are 0.
func number(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}

package schedule

import (
	"strings"
	"time"
)

// Window is a daily span of time, such as 22:00..06:00. It begins when clocks reach From and ends
// when they reach To, by the rule of the package: From is in it, To is not. Where From is later
// than To it goes over midnight. A window in which both are equal contains nothing.
type Window struct{ From, To Clock }

// String writes 22:00..06:00.
func (w Window) String() string { return w.From.String() + ".." + w.To.String() }

// Contains reports whether t lies in the window. Where an hour repeats, a window that has ended in
// it does not begin again; a window that lies in a gap as a whole is empty that day.
func (w Window) Contains(t time.Time, loc *time.Location) bool {
	c := Clock(floorMod(reached(loc, t), secondsPerDay))
	if w.From > w.To {
		return c >= w.From || c < w.To
	}
	return w.From <= c && c < w.To
}

// ParseWindow reads FROM..TO, each as ParseClock does, different from each other. The error is a
// *SyntaxError.
func ParseWindow(raw string) (Window, error) {
	first, last, ok := strings.Cut(raw, "..")
	if !ok {
		suggestion := "write it as 22:00..06:00"
		if from, to, ok := cutWindow(raw); ok {
			suggestion = "write " + Window{from, to}.String()
		}
		return Window{}, &SyntaxError{Message: excerpt(raw) + " is no window of time", Suggestion: suggestion, Length: len(raw)}
	}
	from, err := parseClockAt(first, 0)
	if err != nil {
		return Window{}, err
	}
	to, err := parseClockAt(last, len(first)+len(".."))
	if err != nil {
		return Window{}, err
	}
	if from == to {
		return Window{}, &SyntaxError{Message: excerpt(raw) + " ends where it begins",
			Suggestion: "leave the condition out if it should always hold", Length: len(raw)}
	}
	return Window{from, to}, nil
}

// parseClockAt allows spaces around a time that stands in a longer text.
func parseClockAt(part string, offset int) (Clock, error) {
	trimmed := strings.TrimSpace(part)
	c, ok := readClock(trimmed)
	if !ok {
		return 0, &SyntaxError{Message: excerpt(trimmed) + " is no time of day", Suggestion: suggestClock(trimmed),
			Offset: offset + strings.Index(part, trimmed), Length: len(trimmed)}
	}
	return c, nil
}

// cutWindow recognizes other ways to write a span.
func cutWindow(raw string) (from, to Clock, ok bool) {
	for _, between := range []string{"-", "–", "—", "…", " to ", "/"} {
		first, last, found := strings.Cut(raw, between)
		if !found {
			continue
		}
		from, okFrom := readClock(strings.TrimSpace(first))
		to, okTo := readClock(strings.TrimSpace(last))
		return from, to, okFrom && okTo
	}
	return 0, 0, false
}

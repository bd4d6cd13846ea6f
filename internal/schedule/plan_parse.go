package schedule

import "strings"

// ParsePoints reads what stands behind the days of a plan: times, each with a word for its value,
// separated by commas, such as `06:00 comfort, 08:30 away`. What the words mean is for the caller;
// they come back trimmed and not empty. The order is NewPlan's to check. The error is a
// *SyntaxError.
func ParsePoints(raw string) ([]Point[string], error) {
	var points []Point[string]
	offset := 0
	for part := range strings.SplitSeq(raw, ",") {
		point, err := parsePoint(part)
		if err != nil {
			return nil, err.within(offset)
		}
		points = append(points, point)
		offset += len(part) + 1
	}
	return points, nil
}

func parsePoint(part string) (Point[string], *SyntaxError) {
	text := strings.TrimSpace(part)
	begin := strings.Index(part, text)
	if text == "" {
		return Point[string]{}, &SyntaxError{Message: "there is nothing between two commas, or before or after one",
			Suggestion: "write such as 06:00 comfort, 08:30 away", Length: len(part)}
	}
	end := strings.IndexAny(text, " \t")
	if end < 0 {
		end = len(text)
	}
	clock, ok := readClock(text[:end])
	if !ok {
		return Point[string]{}, &SyntaxError{Message: excerpt(text[:end]) + " is no time of day",
			Suggestion: suggestClock(text[:end]), Offset: begin, Length: end}
	}
	value := strings.TrimSpace(text[end:])
	if value == "" {
		return Point[string]{}, &SyntaxError{Message: clock.String() + " has no value",
			Suggestion: "write what holds from then on, such as " + clock.String() + " comfort", Offset: begin, Length: len(text)}
	}
	return Point[string]{clock, value}, nil
}

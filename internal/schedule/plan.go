package schedule

import (
	"fmt"
	"slices"
	"time"
)

// Plan is a week of values that change at times of day, such as a heater's presets. The zero Plan
// has no points and no value is ever in force. It is not changed after NewPlan.
type Plan[V any] struct {
	week [7][]Point[V] // by time.Weekday, times ascending
}

// Point says that a value holds from a time of day on, until the next point.
type Point[V any] struct {
	At    Clock
	Value V
}

// PlanLine gives the points of some days: `mon-fri: 06:00 comfort, 22:30 sleep`. Days that no line
// names have no points: what held before goes on.
type PlanLine[V any] struct {
	Days   Days
	Points []Point[V]
}

// Switch is a point of the plan that has become an instant.
type Switch[V any] struct {
	At    time.Time
	Value V
}

// Segment is a span of time in which one value is in force, from From until before To.
type Segment[V any] struct {
	From, To time.Time
	Value    V
}

// PlanError is a mistake in a plan's lines.
type PlanError struct {
	Line    int // index of the line
	Point   int // index of the point in the line; -1: the line's days
	Message string
}

func (e *PlanError) Error() string { return e.Message }

// NewPlan puts lines together. The error is a *PlanError: a day in two lines, a line without days
// or points, or times that do not ascend.
func NewPlan[V any](lines ...PlanLine[V]) (Plan[V], error) {
	var p Plan[V]
	var taken Days
	for i, line := range lines {
		if line.Days&EveryDay == 0 || len(line.Points) == 0 {
			return Plan[V]{}, &PlanError{i, -1, fmt.Sprintf("%s has no points", line.Days)}
		}
		if twice := taken & line.Days; twice != 0 {
			return Plan[V]{}, &PlanError{i, -1, twice.String() + " has points in another line too"}
		}
		taken |= line.Days
		if err := ascending(i, line.Points); err != nil {
			return Plan[V]{}, err
		}
		points := slices.Clone(line.Points)
		for day := range time.Weekday(7) {
			if line.Days.Has(day) {
				p.week[day] = points
			}
		}
	}
	return p, nil
}

// On returns the points of a day, in order.
func (p Plan[V]) On(day time.Weekday) []Point[V] { return slices.Clone(p.week[day]) }

func ascending[V any](line int, points []Point[V]) error {
	for i := 1; i < len(points); i++ {
		before, at := points[i-1].At, points[i].At
		switch {
		case at == before:
			return &PlanError{line, i, at.String() + " stands twice"}
		case at < before:
			return &PlanError{line, i, fmt.Sprintf("%s comes after %s: what is after midnight belongs to the next day", at, before)}
		}
	}
	return nil
}

// InForce returns the value that holds at t, and since when: the latest point that has occurred,
// by the rule of the package. It looks back 8 days, which every plan with points fits in; false
// means that the plan has none.
func (p Plan[V]) InForce(t time.Time, loc *time.Location) (Switch[V], bool) {
	if outOfRange(t) {
		return Switch[V]{}, false
	}
	limit := reached(loc, t)
	today := floorDiv(limit, secondsPerDay)
	for day := today; day >= today-8; day-- {
		points := p.week[weekdayOfDay(day)]
		for i := len(points) - 1; i >= 0; i-- {
			if wall := day*secondsPerDay + int64(points[i].At); wall <= limit {
				return Switch[V]{time.Unix(firstReading(loc, wall), 0).In(loc), points[i].Value}, true
			}
		}
	}
	return Switch[V]{}, false
}

// Next returns the first switch after t, whether or not the value differs from the one before.
// Points that a gap moves to one instant are one switch, to the value of the last of them.
func (p Plan[V]) Next(after time.Time, loc *time.Location) (Switch[V], bool) {
	if outOfRange(after) {
		return Switch[V]{}, false
	}
	limit := reached(loc, after)
	today := floorDiv(limit, secondsPerDay)
	for day := today; day <= today+7; day++ {
		for _, point := range p.week[weekdayOfDay(day)] {
			if wall := day*secondsPerDay + int64(point.At); wall > limit {
				return p.InForce(time.Unix(firstReading(loc, wall), 0), loc)
			}
		}
	}
	return Switch[V]{}, false
}

// Segments covers the time from one instant until another without gaps, in order. The first
// segment begins at from with the value in force there. It is empty if the plan has no points or
// if until is not after from.
func (p Plan[V]) Segments(from, until time.Time, loc *time.Location) []Segment[V] {
	now, ok := p.InForce(from, loc)
	if !ok || !from.Before(until) {
		return nil
	}
	var segments []Segment[V]
	begin := from.In(loc)
	for {
		next, ok := p.Next(begin, loc)
		if !ok || !next.At.Before(until) {
			return append(segments, Segment[V]{begin, until.In(loc), now.Value})
		}
		segments = append(segments, Segment[V]{begin, next.At, now.Value})
		begin, now = next.At, next
	}
}

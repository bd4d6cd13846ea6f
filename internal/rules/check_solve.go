package rules

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"hob/internal/entity"
)

// solver looks for a state of the house in which formulas hold, and gives up
// after so many steps, rather than be slow on what nobody writes.
type solver struct {
	g       *ground
	year    *year
	steps   int  // of this solution
	gaveUp  bool // it did not look everywhere
	domains map[variable][]string
	ranges  map[variable]span
}

// mostSteps of a solution: conditions of people take some tens.
const mostSteps = 3000

func newSolver(g *ground, y *year) *solver {
	return &solver{g: g, year: y, domains: make(map[variable][]string), ranges: make(map[variable]span)}
}

// goal is a formula that has to hold, or not to.
type goal struct {
	of  formula
	not bool
}

// facts are what is assumed of the house. A value of them is not changed: what
// follows from it has its own.
type facts struct {
	words   map[variable][]string // what each may still be, one at least
	levels  map[variable]span
	opaques map[string]bool
	away    entity.BoardName // of whose entities nothing is known; "" is none
}

func (f facts) clone() facts {
	return facts{maps.Clone(f.words), maps.Clone(f.levels), maps.Clone(f.opaques), f.away}
}

// solve says whether the goals can hold at a time, together with the facts, and
// gives the facts that they come to.
func (s *solver) solve(at time.Time, known facts, goals ...goal) (facts, bool) {
	s.steps, s.gaveUp = mostSteps, false
	if len(goals) == 0 {
		return known, true
	}
	return s.search(at, known.clone(), slices.Clone(goals))
}

func (s *solver) search(at time.Time, f facts, goals []goal) (facts, bool) {
	for len(goals) > 0 {
		if s.steps--; s.steps < 0 {
			s.gaveUp = true
			return f, false
		}
		g := goals[len(goals)-1]
		goals = goals[:len(goals)-1]
		switch of := g.of.(type) {
		case isFalse:
			goals = append(goals, goal{of.of, !g.not})
		case allTrue:
			if g.not {
				return s.either(at, f, goals, of, true)
			}
			for _, p := range of {
				// What the time alone decides comes first: it costs no facts.
				if _, timed := p.(timeIs); timed && !s.assume(at, &f, goal{p, false}) {
					return f, false
				} else if !timed {
					goals = append(goals, goal{p, false})
				}
			}
		case anyTrue:
			if !g.not {
				return s.either(at, f, goals, of, false)
			}
			for _, p := range of {
				goals = append(goals, goal{p, true})
			}
		default:
			if !s.assume(at, &f, g) {
				return f, false
			}
		}
	}
	return f, true
}

// either tries one part after the other.
func (s *solver) either(at time.Time, f facts, goals []goal, parts []formula, not bool) (facts, bool) {
	for _, p := range parts {
		if out, ok := s.search(at, f.clone(), append(slices.Clone(goals), goal{p, not})); ok {
			return out, true
		}
	}
	return f, false
}

// assume takes a part for true, or false, if the facts allow it.
func (s *solver) assume(at time.Time, f *facts, g goal) bool {
	switch of := g.of.(type) {
	case timeIs:
		if sun, ok := of.cond.(sunIs); ok {
			return (s.year.sunIsUp(at) == sun.up) != g.not
		}
		return (of.cond.verdict(nil, at) == Yes) != g.not
	case wordIs:
		return s.known(f, of.of.entity) && s.assumeWord(f, of, g.not)
	case levelIs:
		return s.known(f, of.of.entity) && s.assumeLevel(f, of, g.not)
	case opaque:
		for _, id := range of.of {
			if !s.known(f, id) {
				return false
			}
		}
		was, told := f.opaques[of.text]
		if f.opaques == nil {
			f.opaques = make(map[string]bool)
		}
		f.opaques[of.text] = !g.not
		return !told || was != g.not
	}
	return false
}

// known is false for what belongs to a board that is away: of that, nothing
// holds, and nothing is known not to.
func (s *solver) known(f *facts, id entity.ID) bool {
	return f.away == "" || s.g.boards[id] != f.away
}

func (s *solver) assumeWord(f *facts, is wordIs, not bool) bool {
	may, ok := f.words[is.of]
	if !ok {
		may = s.domain(is.of)
	}
	var left []string
	for _, w := range may {
		// Not to be in a state is to be known to be in another one.
		if (w == is.word) != not && (!not || w != entity.StateUnknown) {
			left = append(left, w)
		}
	}
	if f.words == nil {
		f.words = make(map[variable][]string)
	}
	f.words[is.of] = left
	return len(left) > 0 && s.lit(f, is.of.entity)
}

// lit ties the brightness of a light to whether it is on.
func (s *solver) lit(f *facts, id entity.ID) bool {
	light, ok := s.g.specs[id].(*entity.Light)
	if !ok || light.Drive == entity.DrivePin {
		return true
	}
	states, told := f.words[variable{id, propertyState}]
	of := variable{id, string(entity.QuantityBrightness)}
	level, measured := f.levels[of]
	if !told || !measured {
		return true
	}
	if !slices.Contains(states, "on") {
		level = level.upTo(0, false)
	} else if !slices.Contains(states, "off") {
		level = level.from(0, true)
	}
	f.levels[of] = level
	return !level.empty()
}

// domain is what a word of the house can be.
func (s *solver) domain(v variable) []string {
	if words, ok := s.domains[v]; ok {
		return words
	}
	spec := s.g.specs[v.entity]
	var words []string
	for _, r := range refs(v.entity, spec) {
		if r.property == v.property {
			words = r.words
		}
	}
	if door, ok := spec.(*entity.GarageDoor); ok {
		words = doorStates(door)
	}
	s.domains[v] = words
	return words
}

// doorStates are those that the door's reeds can tell.
func doorStates(d *entity.GarageDoor) []string {
	all := entity.StatesOf(d)
	switch {
	case d.Closed == nil:
		return []string{entity.StateUnknown}
	case d.Open == nil:
		return slices.DeleteFunc(all, func(w string) bool { return w == entity.DoorOpen })
	}
	return all
}

func (s *solver) assumeLevel(f *facts, is levelIs, not bool) bool {
	may, ok := f.levels[is.of]
	if !ok {
		may = s.span(is.of)
	}
	if is.below != not {
		may = may.upTo(is.than, !not)
	} else {
		may = may.from(is.than, !not)
	}
	if f.levels == nil {
		f.levels = make(map[variable]span)
	}
	f.levels[is.of] = may
	return !may.empty() && s.lit(f, is.of.entity)
}

// span is how low and how high a number can be.
func (s *solver) span(v variable) span {
	if is, ok := s.ranges[v]; ok {
		return is
	}
	is := span{low: math.Inf(-1), high: math.Inf(1)}
	spec := s.g.specs[v.entity]
	switch entity.Quantity(v.property) {
	case entity.QuantityHumidity, entity.QuantityBrightness:
		is = span{low: 0, high: 100}
	case entity.QuantityTarget:
		if t, ok := spec.(*entity.Thermostat); ok {
			is = targets(t)
		}
	case entity.QuantityTemperature:
		if t, ok := spec.(*entity.Thermostat); ok {
			if sensor, ok := s.g.specs[t.Sensor].(*entity.Sensor); ok {
				is = measures(sensor)
			}
		}
	case entity.QuantityValue:
		if sensor, ok := spec.(*entity.Sensor); ok {
			is = measures(sensor)
		}
	}
	s.ranges[v] = is
	return is
}

// targets are the temperatures that a thermostat may hold.
func targets(t *entity.Thermostat) span {
	is := span{low: t.Low.Celsius(), high: t.High.Celsius()}
	for _, more := range []*entity.Temp{t.Frost, t.Fallback} {
		if more != nil {
			is.low, is.high = min(is.low, more.Celsius()), max(is.high, more.Celsius())
		}
	}
	return is
}

// measures is what a sensor can show: a reading that is not plausible is none.
func measures(s *entity.Sensor) span {
	switch {
	case s.MeasuresTemp() && s.Low < s.High:
		off := math.Abs(s.Offset.Celsius()) // whichever comes first, what is added or what is plausible
		return span{low: s.Low.Celsius() - off, high: s.High.Celsius() + off}
	case s.Type == entity.SensorAnalog:
		return span{low: min(s.AtZero, s.AtFull), high: max(s.AtZero, s.AtFull)}
	case s.Type == entity.SensorPulse:
		return span{low: 0, high: math.Inf(1)}
	}
	return span{low: math.Inf(-1), high: math.Inf(1)}
}

// span is where a number can be: its ends belong to it unless they are open.
type span struct {
	low, high         float64
	lowOpen, highOpen bool
}

func (s span) empty() bool {
	return s.low > s.high || s.low == s.high && (s.lowOpen || s.highOpen)
}

func (s span) upTo(high float64, open bool) span {
	if high < s.high || high == s.high && open {
		s.high, s.highOpen = high, open
	}
	return s
}

func (s span) from(low float64, open bool) span {
	if low > s.low || low == s.low && open {
		s.low, s.lowOpen = low, open
	}
	return s
}

// some is a number in the span, a plain one near the end that is not as it always
// is.
func (s span) some(always span) float64 {
	for _, step := range []float64{1, 0.1, 0.01} {
		candidates := []float64{s.high, s.high - step, s.low, s.low + step}
		if s.high == always.high && s.highOpen == always.highOpen {
			candidates = []float64{s.low, s.low + step, s.high, s.high - step}
		}
		for _, n := range candidates {
			if !math.IsInf(n, 0) && !s.from(n, false).upTo(n, false).empty() {
				return n
			}
		}
	}
	return (s.low + s.high) / 2
}

// values tells the facts in words, sorted: "alarm disarmed", "outside at 2°C".
func (s *solver) values(f facts) []string {
	var out []string
	for v, words := range f.words {
		if len(words) > 0 && !slices.Equal(words, s.domain(v)) {
			out = append(out, fmt.Sprintf("%s %s", v, orNone(words[0])))
		}
	}
	for v, level := range f.levels {
		if level == s.span(v) {
			continue
		}
		out = append(out, fmt.Sprintf("%s at %s%s", strings.TrimSuffix(v.String(), ".value"), number(level.some(s.span(v))), s.g.unit(v.entity, entity.Quantity(v.property))))
	}
	for text, is := range f.opaques {
		if is {
			out = append(out, text)
		} else {
			out = append(out, "not "+text)
		}
	}
	slices.Sort(out)
	return out
}

func orNone(word string) string {
	if word == "" {
		return "none"
	}
	return word
}

package store

import "math"

// step is what a series was in a stretch of time.
type step struct {
	at      int64   // begin, unix ms
	low     float64 // of all values that held, or were sampled, in it
	high    float64
	area    float64 // value x ms, over the time in which it was known
	known   int64   // ms
	samples int64
	last    float64 // at the end
	open    bool    // last is known
	touched bool    // there was a sample, or an end of knowing
}

func (s *step) mean() float64 { return s.area / float64(s.known) }

func (s *step) include(low, high float64) {
	s.low, s.high = min(s.low, low), max(s.high, high)
}

func (s *step) empty() bool { return s.low > s.high }

// reducer makes steps of equal width out of samples, or of narrower steps. A
// value holds until the next; a missing one until there is one again. Sparse, it
// leaves out steps in which nothing happened.
type reducer struct {
	width  int64
	sparse bool
	emit   func(step)

	cur   step
	pos   int64   // everything before is accounted for
	value float64 // holds at pos
	open  bool    // there is one
}

// newReducer begins at from, which begins a step, with what holds there.
func newReducer(from, width int64, value float64, open bool, emit func(step)) *reducer {
	r := &reducer{width: width, emit: emit, pos: from, value: value, open: open}
	r.begin(from)
	return r
}

func (r *reducer) begin(at int64) {
	r.cur = step{at: at, low: math.Inf(1), high: math.Inf(-1)}
}

// sample is a value at a time that is not before any other's.
func (r *reducer) sample(at int64, value float64, known bool) {
	r.hold(at)
	r.value, r.open = value, known
	r.cur.touched = true
	if known {
		r.cur.samples++
		r.cur.include(value, value)
	}
}

// narrower is a step, of the given width, that lies within one of ours.
func (r *reducer) narrower(s *step, width int64) {
	r.hold(s.at)
	if !s.empty() {
		r.cur.include(s.low, s.high)
	}
	r.cur.area += s.area
	r.cur.known += s.known
	r.cur.samples += s.samples
	r.cur.touched = true
	r.value, r.open, r.pos = s.last, s.open, s.at+width
}

// hold lets what holds hold until a time, which then begins or lies in cur.
func (r *reducer) hold(until int64) {
	for end := r.cur.at + r.width; until >= end; end = r.cur.at + r.width {
		r.within(end)
		r.finish()
		next := end
		if r.sparse {
			next = max(end, floor(until, r.width)) // nothing happens before
			r.pos = next
		}
		r.begin(next)
	}
	r.within(until)
}

// within lets it hold until a time that is not after the end of cur.
func (r *reducer) within(until int64) {
	if d := until - r.pos; d > 0 {
		if r.open {
			r.cur.include(r.value, r.value)
			r.cur.area += r.value * float64(d)
			r.cur.known += d
		}
		r.pos = until
	}
}

func (r *reducer) finish() {
	r.cur.last, r.cur.open = r.value, r.open
	if r.cur.touched || !r.sparse {
		r.emit(r.cur)
	}
}

// end accounts for the time until to and emits the step that has begun, if any
// of it is over.
func (r *reducer) end(to int64) {
	r.hold(to)
	if to > r.cur.at {
		r.finish()
	}
}

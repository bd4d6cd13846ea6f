package world

import (
	"math"
	"time"
)

// Motion is which way a door goes.
type Motion int8

// Values of Motion.
const (
	Closing Motion = -1
	Still   Motion = 0
	Opening Motion = 1
)

func (m Motion) String() string {
	switch m {
	case Opening:
		return "opening"
	case Closing:
		return "closing"
	}
	return "still"
}

// Door is a garage door and its opener, which knows one button: a press starts
// the door, stops it in mid-travel, and starts it the other way again. A closing
// door that meets something turns back, as openers must.
type Door struct {
	Travel  time.Duration // from one end to the other
	Latency time.Duration // from a press until the motor turns
	Block   float64       // where something is in the way of a closing door, 0 to 1; 0 is nowhere
	Jammed  bool          // the motor turns nothing

	place  float64 // 0 is closed, 1 is open
	motion Motion
	last   Motion        // the motion before it stood still
	starts time.Duration // when the motor turns; later than at while it waits
	at     time.Duration
}

// reach is how near to an end the reed there is active, in parts of the travel.
const reach = 0.01

// Place is where the door is: 0 is closed, 1 is open.
func (d *Door) Place() float64 { return d.place }

// Motion is which way it goes, or is about to.
func (d *Door) Motion() Motion { return d.motion }

// Closed says whether a reed at the closed end is active.
func (d *Door) Closed() bool { return d.place <= reach }

// Open says whether a reed at the open end is active.
func (d *Door) Open() bool { return d.place >= 1-reach }

// Put sets the door down somewhere, at rest.
func (d *Door) Put(place float64, now time.Duration) {
	d.Advance(now)
	d.place, d.motion, d.last = min(max(place, 0), 1), Still, Still
}

// Press is a press of the opener's button, by the relay or by a remote.
func (d *Door) Press(now time.Duration) {
	d.Advance(now)
	if d.motion != Still {
		d.halt()
		return
	}
	d.motion = d.way()
	d.starts = now + d.Latency
}

// way is where a door at rest goes next: away from an end, else back.
func (d *Door) way() Motion {
	switch {
	case d.Closed():
		return Opening
	case d.Open() || d.last == Opening:
		return Closing
	}
	return Opening
}

func (d *Door) halt() { d.last, d.motion = d.motion, Still }

// Advance brings the door to a moment.
func (d *Door) Advance(now time.Duration) {
	for d.at < now {
		if d.motion == Still {
			d.at = now
			return
		}
		d.at = max(d.at, min(d.starts, now))
		if d.at == now {
			return
		}
		d.move(now)
	}
}

// move goes on until now, or to the next end or obstacle.
func (d *Door) move(now time.Duration) {
	goal := d.goal()
	left := time.Duration(float64(d.Travel) * math.Abs(goal-d.place))
	if d.Jammed {
		d.at = now
		return
	}
	if d.at+left > now {
		d.place += float64(d.motion) * float64(now-d.at) / float64(d.Travel)
		d.at = now
		return
	}
	d.place, d.at = goal, d.at+left
	if d.motion == Closing && goal > 0 {
		d.last, d.motion, d.starts = Closing, Opening, d.at+d.Latency
		return
	}
	d.halt()
}

// goal is where the present motion ends.
func (d *Door) goal() float64 {
	switch {
	case d.motion == Opening:
		return 1
	case d.Block > 0 && d.Block < d.place:
		return d.Block
	}
	return 0
}

// Next is the next moment at which a reed may change; false when nothing moves.
func (d *Door) Next() (time.Duration, bool) {
	if d.motion == Still || d.Jammed {
		return 0, false
	}
	from := max(d.at, d.starts)
	next := d.goal()
	for _, mark := range []float64{reach, 1 - reach} {
		// A hair beyond the mark, so that the reed has changed when it is looked at.
		mark += float64(d.motion) * 1e-6
		if between(mark, d.place, next) {
			next = mark
		}
	}
	return from + time.Duration(float64(d.Travel)*math.Abs(next-d.place)) + time.Microsecond, true
}

func between(x, from, to float64) bool { return from < x && x < to || to < x && x < from }

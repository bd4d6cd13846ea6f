package entity

import "time"

// GarageDoor is a door that a relay's pulse moves, and what is known about
// where it is. Everything hangs on one board, because that board checks the
// reeds in the tick that starts a pulse.
type GarageDoor struct {
	Board    BoardName
	Relay    int  // GPIO of the relay that stands in for the opener's button
	Inverted bool // the relay is on at low level
	Pulse    time.Duration
	Travel   time.Duration // from one end to the other, at most
	Closed   *Input        // reed that is active while the door is closed; nil when there is none
	Open     *Input        // reed that is active while it is fully open; only with Closed
	Warning  *Warning      // how people are warned before a move that nobody watches; nil: no such move
}

// Warning is the lamp or buzzer that is on for a time before an unattended move.
type Warning struct {
	Pin      int
	Inverted bool
	For      time.Duration // at least 5 s
}

// Kind implements Spec.
func (*GarageDoor) Kind() Kind { return KindGarageDoor }

// Points implements Spec.
func (d *GarageDoor) Points() []PointRef {
	refs := []PointRef{{d.Board, GPIO(d.Relay)}}
	for _, reed := range []*Input{d.Closed, d.Open} {
		if reed != nil {
			refs = append(refs, reed.Ref())
		}
	}
	if d.Warning != nil {
		refs = append(refs, PointRef{d.Board, GPIO(d.Warning.Pin)})
	}
	return refs
}

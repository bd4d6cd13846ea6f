package link

import "time"

// settle has everybody know what a board says to be configured with, or has it wait
// for its turn: one that says it all the time, and something else each time, would
// else be shown, renewed and fed as often. What waits is what is so by then. The
// result says whether it was its turn.
func (s *session) settle(now time.Time) (inTime bool) {
	r := &s.ration
	r.mu.Lock()
	inTime = r.configs.take(now, r.every)
	if !inTime && r.settling == nil {
		r.settling = time.AfterFunc(r.configs.wait(now, r.every), s.settleLate)
	}
	r.mu.Unlock()
	if inTime {
		s.settled()
	}
	return inTime
}

// settleLate is settle for what waits.
func (s *session) settleLate() {
	r := &s.ration
	r.mu.Lock()
	r.settling = nil
	over := r.over
	r.mu.Unlock()
	if !over {
		s.settle(time.Now())
	}
}

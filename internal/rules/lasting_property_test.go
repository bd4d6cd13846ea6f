package rules_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"hob/internal/entity"
	"hob/internal/rules"
)

// lasting is a plain model of a trigger with for: real time goes on whatever
// clocks show and whether or not a server runs.
type lasting struct {
	held  time.Duration
	real  time.Duration
	last  string        // known last
	known bool          // it is known now
	since time.Duration // when it opened
	waits bool
	fired []time.Duration
}

func (l *lasting) passes(d time.Duration) {
	if end := l.since + l.held; l.waits && l.known && end <= l.real+d {
		l.waits = false
		l.fired = append(l.fired, max(end, l.real))
	}
	l.real += d
}

func (l *lasting) sees(state string, available bool) {
	l.known = available && state != "unknown"
	switch {
	case !l.known:
		return
	case state != l.last:
		l.waits, l.since = state == "open" && l.last != "", l.real
		l.last = state
	}
	l.passes(0) // it may be known again after its time
}

// restarts: nobody knows how it is until the board has spoken again.
func (l *lasting) restarts(down time.Duration) {
	l.known = false
	l.real += down
}

// What has to last for a while fires once it has, by real time: over restarts,
// clocks that are set, reloads and boards that go.
func TestWhatHasToLastFiresByRealTime(t *testing.T) {
	rounds(t)
	rapid.Check(t, func(t *rapid.T) {
		l := &lasting{held: time.Duration(rapid.IntRange(1, 3600).Draw(t, "for")) * time.Second}
		r := rule("r", entity.OnState{Entity: "window", To: "open", For: l.held}, do("porch", entity.VerbToggle))
		s := newServer(t, houseIn(berlin, r), local(berlin, "2026-06-22 12:00:00"))
		var got []time.Duration
		began, shift := s.now.Wall, time.Duration(0) // of the clock on the wall against real time
		collect := func() {
			for _, a := range s.acts[len(got):] {
				got = append(got, a.at.Wall.Sub(began)-shift)
			}
		}
		for range rapid.IntRange(1, 30).Draw(t, "turns") {
			switch rapid.IntRange(0, 5).Draw(t, "turn") {
			case 0, 1:
				state, available := rapid.SampledFrom([]string{"open", "closed", "unknown"}).Draw(t, "state"), rapid.Bool().Draw(t, "available")
				s.happens(rules.Event{Entity: "window", Seen: rules.Seen{State: state, Available: available}})
				l.sees(state, available)
			case 2:
				d := minutes(t, "passes", 40)
				s.pass(d)
				l.passes(d)
			case 3:
				d := minutes(t, "down", 40)
				s.restart(d)
				l.restarts(d)
			case 4:
				d := minutes(t, "set forward", 300) - minutes(t, "set back", 300)
				collect() // before the clocks differ in another way
				s.set(s.now.Wall.Add(d))
				shift += d
			case 5:
				s.load(s.house)
			}
			collect()
		}
		if len(got) != len(l.fired) {
			t.Fatalf("it fired at %v, want %v", got, l.fired)
		}
		for i := range got {
			if got[i] != l.fired[i] {
				t.Fatalf("it fired at %v, want %v", got, l.fired)
			}
		}
	})
}

package main

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"hob/firmware/virtual/world"
)

// surroundings is what is around the boards of a process: rooms, doors, the
// weather, and the sensors that hang in them (package world). It follows the
// boards' output pins and drives their input pins; it is told what is there
// over the control socket. For use by any goroutine.
//
// Doors live in real time, as the pulses that move them do. Rooms and weather
// live in a time of their own that can run faster, so that a day is seen in a
// minute.
type surroundings struct {
	begun time.Time
	wake  chan struct{} // cap 1: run is to look again

	// inbox is filled while pins are locked, so its lock is the innermost.
	inboxMu sync.Mutex
	watched map[terminal]bool
	inbox   []terminalEdge

	mu      sync.Mutex
	rand    *rand.Rand
	climate climate
	weather world.Weather
	rooms   map[string]*room
	doors   map[string]*door
	sensors map[place]*sensor
}

// terminal is an output pin of a board, with what an active level is.
type terminal struct {
	board *board
	pin   int
}

// terminalEdge is a change at a watched pin.
type terminalEdge struct {
	terminal terminal
	level    bool
	off      bool // nothing drives the pin any more
	at       time.Time
}

// relay is a terminal and at which level what hangs on it is on.
type relay struct {
	terminal
	inverted bool
}

func (r relay) on(e terminalEdge) bool { return !e.off && e.level != r.inverted }

type room struct {
	world.Room
	heater, cooler *relay
}

type door struct {
	world.Door
	relay      relay
	pressed    bool
	closedReed *int // reeds are contacts to ground; nil when there is none
	openReed   *int
}

// place is where a sensor is connected: a pin or an I2C address of a board.
type place struct {
	board *board
	at    int
	i2c   bool
}

type sensor struct {
	world.Sensor
	room  string   // "" is outdoors
	value *float64 // shown whatever is true; nil: the truth is

	beta, r25, series float64 // of a thermistor, K and Ω

	counted float64 // pulses of a meter until since
	since   time.Time
	rate    float64 // pulses a minute
}

// climate is the time of rooms and weather.
type climate struct {
	base   time.Duration
	since  time.Time
	factor float64
}

func (c climate) at(t time.Time) time.Duration {
	return c.base + time.Duration(float64(t.Sub(c.since))*c.factor)
}

func (c *climate) run(factor float64, now time.Time) {
	c.base, c.since, c.factor = c.at(now), now, factor
}

func newSurroundings(seed uint64, now time.Time) *surroundings {
	year, month, date := now.Date()
	midnight := time.Date(year, month, date, 0, 0, 0, 0, now.Location())
	return &surroundings{
		begun: now, wake: make(chan struct{}, 1), watched: map[terminal]bool{},
		rand:    rand.New(rand.NewPCG(seed, 1)),
		climate: climate{since: now, factor: 1},
		weather: world.Weather{Mean: 8, Swing: 5, Humidity: 60, Midnight: midnight.Sub(now)},
		rooms:   map[string]*room{}, doors: map[string]*door{}, sensors: map[place]*sensor{},
	}
}

// watch follows a board's pins from now on.
func (s *surroundings) watch(b *board) {
	b.pins.edges.follow(func(e edge) { s.edge(b, e) })
}

func (s *surroundings) edge(b *board, e edge) {
	if e.kind != edgeOutput && e.kind != edgeReleased {
		return
	}
	w := terminal{b, int(e.pin)}
	s.inboxMu.Lock()
	defer s.inboxMu.Unlock()
	if !s.watched[w] {
		return
	}
	s.inbox = append(s.inbox, terminalEdge{w, e.value == 1, e.kind == edgeReleased, time.Now()})
	s.nudge()
}

func (s *surroundings) nudge() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// run moves the doors until ctx ends.
func (s *surroundings) run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.wake:
		case <-timer.C:
		}
		timer.Reset(s.catchUp())
	}
}

// catchUp brings everything to the present and gives the time until something
// happens by itself.
func (s *surroundings) catchUp() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.forward(time.Now())
}

// forward does what catchUp says. The caller holds s.mu.
func (s *surroundings) forward(now time.Time) time.Duration {
	s.inboxMu.Lock()
	edges := s.inbox
	s.inbox = nil
	s.inboxMu.Unlock()
	for _, e := range edges {
		s.take(e)
	}
	for _, r := range s.rooms {
		r.Advance(s.climate.at(now), s.weather)
	}
	next := time.Hour
	for _, d := range s.doors {
		d.Advance(now.Sub(s.begun))
		d.showReeds()
		if at, moves := d.Next(); moves {
			next = min(next, at-now.Sub(s.begun))
		}
	}
	return max(next, time.Millisecond)
}

// take does what follows from one edge of a relay.
func (s *surroundings) take(e terminalEdge) {
	for _, r := range s.rooms {
		r.Advance(s.climate.at(e.at), s.weather)
		if r.heater != nil && r.heater.terminal == e.terminal {
			r.Heating = r.heater.on(e)
		}
		if r.cooler != nil && r.cooler.terminal == e.terminal {
			r.Cooling = r.cooler.on(e)
		}
	}
	for _, d := range s.doors {
		if d.relay.terminal != e.terminal {
			continue
		}
		on := d.relay.on(e)
		if on && !d.pressed {
			d.Press(e.at.Sub(s.begun))
		}
		d.pressed = on
	}
}

// showReeds puts the reeds to where the door is. A pin that is no input now
// shows nothing.
func (d *door) showReeds() {
	if d.closedReed != nil {
		_ = d.relay.board.pins.hold(*d.closedReed, !d.Closed())
	}
	if d.openReed != nil {
		_ = d.relay.board.pins.hold(*d.openReed, !d.Open())
	}
}

// hang makes a relay's edges known from now on, and says how it stands.
func (s *surroundings) hang(r relay) (on bool) {
	s.inboxMu.Lock()
	s.watched[r.terminal] = true
	s.inboxMu.Unlock()
	level, driven := r.board.pins.output(r.pin)
	return driven && level != r.inverted
}

// advance lets rooms and weather live through a time at once.
func (s *surroundings) advance(by time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forward(time.Now())
	s.climate.base += by
	s.forward(time.Now())
}

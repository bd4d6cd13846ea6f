package main

import (
	"context"
	"math/rand/v2"
	"slices"
	"time"

	"hob/firmware/virtual/world"
)

// What a room is when nothing is said: 20 m² of an old house, with a heater
// that brings it up in an hour or two.
const (
	roomTemp = 19.0  // °C
	roomMass = 1.2e6 // J/K
	roomLoss = 60.0  // W/K
	roomHeat = 2500  // W
	roomCool = 1500  // W
)

// And a door.
const (
	doorTravel  = 15 * time.Second
	doorLatency = 300 * time.Millisecond
)

const (
	maxNames  = 256  // rooms, doors or sensors of a process
	maxFactor = 3600 // how much faster the weather may run
)

// bounded is a number of a request with its bounds; nil when it was left out.
type bounded struct {
	name     string
	value    *float64
	from, to float64
}

func inRange(numbers ...bounded) error {
	for _, n := range numbers {
		if n.value != nil && !(*n.value >= n.from && *n.value <= n.to) {
			return badRequest("%s is a number from %v to %v", n.name, n.from, n.to)
		}
	}
	return nil
}

// named is what rooms and doors are called by.
type named struct {
	head
	Name string `json:"name"`
}

func (n named) check() error {
	if n.Name == "" || len(n.Name) > 64 {
		return badRequest("name is 1 to 64 characters long")
	}
	return nil
}

type roomArgs struct {
	named
	Temp     *float64 `json:"temp"`
	Mass     *float64 `json:"mass"`
	Loss     *float64 `json:"loss"`
	Heat     *float64 `json:"heat"`
	Cool     *float64 `json:"cool"`
	Heater   *int     `json:"heater"`
	Cooler   *int     `json:"cooler"`
	Inverted bool     `json:"inverted"`
	Draught  *bool    `json:"draught"`
}

// setRoom makes a room, or changes what is said of one.
func setRoom(_ context.Context, b *board, args roomArgs) (fields, error) {
	if err := args.check(); err != nil {
		return nil, err
	}
	if err := inRange(bounded{"temp", args.Temp, -60, 120}, bounded{"mass", args.Mass, 1e3, 1e9},
		bounded{"loss", args.Loss, 0.1, 1e5}, bounded{"heat", args.Heat, 0, 1e6}, bounded{"cool", args.Cool, 0, 1e6}); err != nil {
		return nil, err
	}
	heater, err := b.relayAt(args.Heater, args.Inverted)
	if err != nil {
		return nil, err
	}
	cooler, err := b.relayAt(args.Cooler, args.Inverted)
	if err != nil {
		return nil, err
	}
	return nil, b.around.change(func(s *surroundings, now time.Time) error {
		r, err := thing(s.rooms, args.Name, "rooms", func() *room {
			r := &room{Room: world.Room{Temp: roomTemp, Mass: roomMass, Loss: roomLoss, Heat: roomHeat, Cool: roomCool}}
			r.Begin(s.climate.at(now))
			return r
		})
		if err != nil {
			return err
		}
		assign(&r.Temp, args.Temp)
		assign(&r.Mass, args.Mass)
		assign(&r.Loss, args.Loss)
		assign(&r.Heat, args.Heat)
		assign(&r.Cool, args.Cool)
		assign(&r.Draught, args.Draught)
		if heater != nil {
			r.heater, r.Heating = heater, s.hang(*heater)
		}
		if cooler != nil {
			r.cooler, r.Cooling = cooler, s.hang(*cooler)
		}
		return nil
	})
}

// change does something to the surroundings as they are now, and lets what follows
// from it happen: whoever asked finds it done.
func (s *surroundings) change(do func(s *surroundings, now time.Time) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	s.forward(now)
	if err := do(s, now); err != nil {
		return err
	}
	s.forward(now)
	s.nudge()
	return nil
}

// thing is the one with this name or at this place; a new one while there is room for it.
func thing[K comparable, T any](all map[K]*T, key K, what string, create func() *T) (*T, error) {
	if t := all[key]; t != nil {
		return t, nil
	}
	if len(all) == maxNames {
		return nil, badRequest("there are %d %s already", maxNames, what)
	}
	t := create()
	all[key] = t
	return t, nil
}

// assign changes what is said and leaves the rest.
func assign[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

// relayAt is the relay at an output pin; nil when no pin is given.
func (b *board) relayAt(pin *int, inverted bool) (*relay, error) {
	if pin == nil {
		return nil, nil
	}
	if err := b.pins.exists(*pin); err != nil {
		return nil, err
	}
	return &relay{terminal{b, *pin}, inverted}, nil
}

type doorArgs struct {
	named
	Relay      *int     `json:"relay"`
	Inverted   bool     `json:"inverted"`
	ClosedReed *int     `json:"closed_reed"`
	OpenReed   *int     `json:"open_reed"`
	TravelMS   *int64   `json:"travel_ms"`
	LatencyMS  *int64   `json:"latency_ms"`
	Place      *float64 `json:"place"`
	Block      *float64 `json:"block"`
	Jammed     *bool    `json:"jammed"`
	Press      bool     `json:"press"`
}

func (a doorArgs) checkDoor(b *board) error {
	if err := a.check(); err != nil {
		return err
	}
	for _, v := range []*float64{a.Place, a.Block} {
		if v != nil && (*v < 0 || *v > 1) {
			return badRequest("place and block are numbers from 0 (closed) to 1 (open)")
		}
	}
	for _, pin := range []*int{a.ClosedReed, a.OpenReed} {
		if pin != nil {
			if err := b.pins.exists(*pin); err != nil {
				return err
			}
		}
	}
	return nil
}

// setDoor makes a door, or does something to one.
func setDoor(_ context.Context, b *board, args doorArgs) (fields, error) {
	if err := args.checkDoor(b); err != nil {
		return nil, err
	}
	travel, err := duration("travel_ms", args.TravelMS, doorTravel, 10*time.Minute)
	if err != nil {
		return nil, err
	}
	latency, err := duration("latency_ms", args.LatencyMS, doorLatency, time.Minute)
	if err != nil {
		return nil, err
	}
	button, err := b.relayAt(args.Relay, args.Inverted)
	if err != nil {
		return nil, err
	}
	return nil, b.around.change(func(s *surroundings, now time.Time) error {
		if s.doors[args.Name] == nil && button == nil {
			return badRequest("there is no door %q; relay makes one", args.Name)
		}
		d, err := thing(s.doors, args.Name, "doors", func() *door { return &door{} })
		if err != nil {
			return err
		}
		if button != nil { // a new one, or in the place of the one that was there
			*d = door{Door: world.Door{Travel: max(travel, time.Millisecond), Latency: latency}, relay: *button,
				closedReed: args.ClosedReed, openReed: args.OpenReed}
			d.pressed = s.hang(*button)
		}
		at := now.Sub(s.begun)
		if args.Place != nil {
			d.Put(*args.Place, at)
		}
		assign(&d.Block, args.Block)
		assign(&d.Jammed, args.Jammed)
		if args.Press {
			d.Press(at)
		}
		return nil
	})
}

type sensorArgs struct {
	head
	Pin   *int         `json:"pin"`
	Addr  *int         `json:"addr"`
	Room  *string      `json:"room"`
	Noise *float64     `json:"noise"`
	Fault *world.Fault `json:"fault"`
	Value *float64     `json:"value"`
	Free  bool         `json:"free"`
	Rate  *float64     `json:"rate"`

	// Of a thermistor and its resistor.
	Beta   *float64 `json:"beta"`
	R25    *float64 `json:"r25"`
	Series *float64 `json:"series"`
}

// place is where the sensor is connected.
func (a sensorArgs) place(b *board) (place, error) {
	switch {
	case (a.Pin == nil) == (a.Addr == nil):
		return place{}, badRequest("a sensor is at a pin or at an addr")
	case a.Pin != nil:
		return place{board: b, at: *a.Pin}, b.pins.exists(*a.Pin)
	case *a.Addr < 8 || *a.Addr > 119:
		return place{}, badRequest("addr is an I2C address from 8 to 119")
	}
	return place{board: b, at: *a.Addr, i2c: true}, nil
}

func (a sensorArgs) check() error {
	if a.Fault != nil && *a.Fault != world.FaultNone && !slices.Contains(world.Faults(), *a.Fault) {
		return badRequest("fault is one of %v, or empty", world.Faults())
	}
	return inRange(bounded{"noise", a.Noise, 0, 100}, bounded{"value", a.Value, -1e9, 1e9}, bounded{"rate", a.Rate, 0, 1e6},
		bounded{"beta", a.Beta, 1, 1e5}, bounded{"r25", a.R25, 1, 1e7}, bounded{"series", a.Series, 1, 1e7})
}

// setSensor hangs a sensor into a room, or breaks one.
func setSensor(_ context.Context, b *board, args sensorArgs) (fields, error) {
	p, err := args.place(b)
	if err != nil {
		return nil, err
	}
	if err := args.check(); err != nil {
		return nil, err
	}
	return nil, b.around.change(func(s *surroundings, now time.Time) error {
		if args.Room != nil && *args.Room != "" && s.rooms[*args.Room] == nil {
			return badRequest("there is no room %q", *args.Room)
		}
		x, err := thing(s.sensors, p, "sensors", func() *sensor {
			return newSensor(rand.New(rand.NewPCG(s.rand.Uint64(), 0)))
		})
		if err != nil {
			return err
		}
		assign(&x.room, args.Room)
		assign(&x.Noise, args.Noise)
		assign(&x.Fault, args.Fault)
		assign(&x.beta, args.Beta)
		assign(&x.r25, args.R25)
		assign(&x.series, args.Series)
		x.meter(args, now)
		return nil
	})
}

// meter changes what the sensor shows without a room, and what it counts.
func (x *sensor) meter(args sensorArgs, now time.Time) {
	x.counted, x.since = x.count(now), now
	assign(&x.rate, args.Rate)
	if args.Value != nil {
		x.value, x.counted = args.Value, *args.Value
	}
	if args.Free {
		x.value = nil
	}
}

type weatherArgs struct {
	Cmd      string   `json:"cmd"`
	Mean     *float64 `json:"mean"`
	Swing    *float64 `json:"swing"`
	Humidity *float64 `json:"humidity"`
	Factor   *float64 `json:"factor"`
}

// setWeather changes the air outside, and how fast time passes for it and for rooms.
func setWeather(_ context.Context, c *control, line []byte) (fields, error) {
	var args weatherArgs
	if err := decodeStrict(line, &args); err != nil {
		return nil, err
	}
	if err := inRange(bounded{"mean", args.Mean, -60, 60}, bounded{"swing", args.Swing, 0, 40},
		bounded{"humidity", args.Humidity, 0, 100}, bounded{"factor", args.Factor, 0, maxFactor}); err != nil {
		return nil, err
	}
	return nil, c.around.change(func(s *surroundings, now time.Time) error {
		assign(&s.weather.Mean, args.Mean)
		assign(&s.weather.Swing, args.Swing)
		assign(&s.weather.Humidity, args.Humidity)
		if args.Factor != nil {
			s.climate.run(*args.Factor, now)
		}
		return nil
	})
}

// Package world is the small physics around virtual boards: rooms that lose
// heat and are heated, the weather outside, doors that travel, and what sensors
// make of it all. Everything is a plain value that is brought forward to a
// moment; there are no clocks, goroutines or pins in here. The virtual board
// owns one of each per thing that it simulates; tests run a year in a second.
//
// Moments are durations since an epoch of the caller's. Time that goes back
// counts as standing still.
package world

import (
	"math"
	"time"
)

// Weather is the air outside: a day's wave around a mean.
type Weather struct {
	Mean     float64       // °C over a day
	Swing    float64       // °C from the mean to the day's highest
	Humidity float64       // relative, percent
	Midnight time.Duration // moment of some midnight
}

// hottest is when a day's wave has its top: the air follows the sun by about
// three hours.
const (
	day     = 24 * time.Hour
	hottest = 15 * time.Hour
)

// Temperature is that of the air at a moment, in °C.
func (w Weather) Temperature(at time.Duration) float64 {
	phase := (at - w.Midnight - hottest).Hours() / day.Hours() * 2 * math.Pi
	return w.Mean + w.Swing*math.Cos(phase)
}

// Room is one lump of heat behind one wall, which is how a real room looks to
// its thermostat: C dT/dt = P - L (T - outside).
type Room struct {
	Temp    float64 // °C, at the moment of the last Advance
	Mass    float64 // J/K
	Loss    float64 // W/K to the outside
	Heat    float64 // W while the heater is on
	Cool    float64 // W while the cooler is on
	Heating bool
	Cooling bool
	Draught bool // a window is open

	at time.Duration
}

// draught is how much more heat a room loses with a window open.
const draught = 8

// longest is the step within which the weather counts as standing still.
const longest = 5 * time.Minute

// Advance brings the room to a moment. What Heating, Cooling and Draught say
// has been so since the last time.
func (r *Room) Advance(to time.Duration, w Weather) {
	for r.at < to {
		step := min(to-r.at, longest)
		r.step(step, w.Temperature(r.at+step/2))
		r.at += step
	}
}

// step is the exact solution for a constant outside.
func (r *Room) step(dt time.Duration, outside float64) {
	loss, power := r.Loss, 0.0
	if r.Draught {
		loss *= draught
	}
	if r.Heating {
		power += r.Heat
	}
	if r.Cooling {
		power -= r.Cool
	}
	balance := outside + power/loss
	r.Temp = balance + (r.Temp-balance)*math.Exp(-loss*dt.Seconds()/r.Mass)
}

// Begin says from when on the room is followed.
func (r *Room) Begin(at time.Duration) { r.at = at }

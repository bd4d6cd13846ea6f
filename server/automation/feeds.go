package automation

import (
	"context"
	"time"

	"hob/internal/entity"
	"hob/internal/registry"
)

// Sensors is what Feeds needs of the registry.
type Sensors interface {
	Watch
	House() *entity.House
	Sample(entity.ID) (registry.Sample, bool)
}

// Feeder takes what a sensor has measured to a board that is not the sensor's
// own. It never blocks, passes over what is older than what it has, and tells a
// board that comes back by itself.
type Feeder interface {
	Feed(to entity.BoardName, source entity.PointRef, r entity.Reading, sampled time.Time)
}

// refeed is how often everything is fed again, whatever has changed: a sample
// that was lost on its way is no reason for a heater to go off.
const refeed = time.Minute

// Feeds supplies thermostats whose sensor is on another board with its values.
type Feeds struct {
	source Sensors
	feeder Feeder

	// The house that targets was made for, so that a sample costs no walk through it.
	house   *entity.House
	targets map[entity.ID][]target
}

// target is a board that goes by a sensor of another one.
type target struct {
	board  entity.BoardName
	source entity.PointRef
}

// NewFeeds returns a driver; Run it.
func NewFeeds(s Sensors, f Feeder) *Feeds { return &Feeds{source: s, feeder: f} }

// Run feeds until ctx is done.
func (d *Feeds) Run(ctx context.Context) error {
	f := follow(d.source, func(e *registry.Event) bool {
		return e.Entity != nil && (e.Entity.Kind == entity.KindSensor ||
			e.Kind == registry.EntityDeclared && controls(e.Entity.Kind))
	})
	defer f.close()
	var all time.Time // when to feed everything
	for {
		now := time.Now()
		events, lost := f.take()
		if d.declared() || lost || !now.Before(all) {
			all = now.Add(refeed)
			for id := range d.targets {
				d.feed(id)
			}
		}
		for _, e := range events {
			d.feed(e.ID)
		}
		if len(events) == 0 && !f.wait(ctx, time.Until(all)) {
			return nil
		}
	}
}

// declared follows the house, and says whether it is another one.
func (d *Feeds) declared() bool {
	h := d.source.House()
	if h == d.house {
		return false
	}
	d.house, d.targets = h, map[entity.ID][]target{}
	for _, e := range h.Entities {
		if t, ok := e.Spec.(*entity.Thermostat); ok && t.SensorPoint.Board != t.Board {
			d.targets[t.Sensor] = append(d.targets[t.Sensor], target{t.Board, t.SensorPoint})
		}
	}
	return true
}

// feed passes on the newest good sample. What has failed since only makes it
// older, which the board sees by its age.
func (d *Feeds) feed(id entity.ID) {
	targets := d.targets[id]
	if len(targets) == 0 {
		return
	}
	if s, ok := d.source.Sample(id); ok {
		for _, t := range targets {
			d.feeder.Feed(t.board, t.source, s.Reading, s.At)
		}
	}
}

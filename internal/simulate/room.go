package simulate

import (
	"time"

	"hob/internal/entity"
	"hob/internal/registry"
)

// What rooms are like: nobody knows yours, so these are only plausible.
const (
	startTemp    = entity.Temp(20_000)
	coldOutside  = entity.Temp(8_000)  // what a room that is heated cools down to
	warmOutside  = entity.Temp(30_000) // what one that is only cooled warms up to
	leakPerHour  = 500                 // thousandths of a degree
	drivePerHour = 2_000               // by heating or cooling, leak included
	roomStep     = entity.Temp(100)    // how finely its sensor shows it
)

// room is where a thermostat's sensor is.
type room struct {
	board   *board
	sensor  *entity.Sensor
	temp    entity.Temp // as its sensor shows it
	outside entity.Temp
	stats   []*thermostat

	// How far it has come since its sensor has shown anything new: so long ago, at
	// that rate, it was so far from temp, in thousandths of a degree times the
	// nanoseconds of an hour, which leaves nothing to be rounded.
	since time.Time
	rate  int64
	gone  int64
	next  func() // calls the next change off; nil when it does not change
}

// roomOf is the room that a thermostat's sensor measures.
func (h *House) roomOf(spec *entity.Thermostat) *room {
	if r := h.rooms[spec.Sensor]; r != nil {
		return r
	}
	sensor, ok := h.specs[spec.Sensor].(*entity.Sensor)
	if !ok {
		return nil
	}
	r := &room{board: h.byName[sensor.Board], sensor: sensor, temp: startTemp, outside: warmOutside}
	h.rooms[spec.Sensor] = r
	r.board.put(sensor.Ref().Point, r.reading())
	return r
}

// letRoomsChange has rooms warm up and cool down from a moment on. Until then each
// is as warm as it was said to be.
func (h *House) letRoomsChange(from time.Time) {
	h.still = false
	for _, e := range h.declared.Entities { // in the file's order, so that every run is the same
		if r := h.rooms[e.ID]; r != nil {
			r.since = from
			r.goOn()
		}
	}
}

func (r *room) reading() entity.Value {
	old := r.board.values[r.sensor.Ref().Point].Reading
	v := entity.Reading{Valid: true, Number: int64(r.temp)}
	if old != nil {
		v.Humidity, v.HasHumidity = old.Humidity, old.HasHumidity
	}
	return entity.Value{Reading: &v}
}

// pace is how fast it changes, in thousandths of a degree an hour.
func (r *room) pace() int64 {
	for _, t := range r.stats {
		switch {
		case t.active && t.spec.Cools:
			return -drivePerHour
		case t.active:
			return drivePerHour
		}
	}
	switch {
	case r.temp > r.outside:
		return -leakPerHour
	case r.temp < r.outside:
		return leakPerHour
	}
	return 0
}

// goOn goes on from here. A room that changes as it did is not held up by being
// looked at, and one that turns round goes back from where it had come to.
func (r *room) goOn() {
	h, rate := r.board.house, r.pace()
	if h.still || rate == r.rate && r.next != nil {
		return
	}
	stop(&r.next)
	if !h.now.Before(r.since) {
		r.gone += r.rate * int64(h.now.Sub(r.since))
		r.since = h.now
	}
	r.rate = rate
	if rate == 0 {
		return
	}
	step := roomStep
	if rate < 0 {
		step = -step
	}
	left := time.Duration((int64(step)*int64(time.Hour) - r.gone) / rate).Truncate(time.Millisecond) // as all that rules go by
	r.next = h.agenda.add(r.since.Add(left), func() {
		r.next = nil
		r.become(r.temp + step)
	})
}

// become makes it so warm, which its sensor reports and its thermostats go by.
func (r *room) become(t entity.Temp) {
	stop(&r.next)
	r.temp, r.gone, r.since = t, 0, r.board.house.now
	r.board.report(registry.PointReport{Point: r.sensor.Ref().Point, Value: r.reading(), Cause: entity.Cause{Kind: entity.CauseSensor}})
	for _, t := range r.stats {
		t.regulate()
	}
	r.goOn()
}

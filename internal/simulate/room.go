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
	roomStep     = entity.Temp(100)    // how finely its temperature is followed
)

// room is where a thermostat's sensor is.
type room struct {
	board   *board
	sensor  *entity.Sensor
	temp    entity.Temp
	outside entity.Temp
	stats   []*thermostat
	next    func() // calls the next change off; nil when it does not change
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

func (r *room) reading() entity.Value {
	old := r.board.values[r.sensor.Ref().Point].Reading
	v := entity.Reading{Valid: true, Number: int64(r.temp)}
	if old != nil {
		v.Humidity, v.HasHumidity = old.Humidity, old.HasHumidity
	}
	return entity.Value{Reading: &v}
}

// rate is how fast it changes, in thousandths of a degree an hour.
func (r *room) rate() int64 {
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

// go on from here: the next change is a step away.
func (r *room) goOn() {
	stop(&r.next)
	rate := r.rate()
	if rate == 0 || r.board.house.still {
		return
	}
	step := roomStep
	if rate < 0 {
		step, rate = -step, -rate
	}
	r.next = r.board.house.later(time.Duration(int64(roomStep)*int64(time.Hour)/rate), func() {
		r.next = nil
		r.become(r.temp + step)
	})
}

// become makes it so warm, which its sensor reports and its thermostats go by.
func (r *room) become(t entity.Temp) {
	r.temp = t
	r.board.report(registry.PointReport{Point: r.sensor.Ref().Point, Value: r.reading(), Cause: entity.Cause{Kind: entity.CauseSensor}})
	for _, t := range r.stats {
		t.regulate()
	}
	r.goOn()
}
